// Exam packages: a file that anybody changed, and contents that an organisation signed without having built them as we do.

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decide } from '../../../server/core/decide.js';
import { evolve } from '../../../server/core/evolve.js';
import { initialState } from '../../../server/core/initial.js';
import { seatFacts, sessionView } from '../../../server/core/views.js';
import { openWith, sealTo } from '../../../server/keys/age-box.js';
import { signDsse } from '../../../server/keys/dsse.js';
import { openInstalled } from '../../../server/papers/installed-package.js';
import { openForOrg } from '../../../server/papers/open-scoring.js';
import { PackageRefusal } from '../../../server/papers/refusal.js';
import {
  MANIFEST_ENTRY,
  PACKAGE_PAYLOAD_TYPE,
  PLAN_ENTRY,
  ROSTER_ENTRY,
  type Manifest,
} from '../../../server/protocol/package.js';
import { PINS, smallExam, type SmallExam } from '../../support/small-exam.js';
import { mutateBytes } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import { mutateZip, writeZipModel, zipModel, type ZipModel, type ZipPart } from '../mutate-zip.js';
import type { Random } from '../random.js';
import { expect, Finding, showBytes, type OpenTarget, type Target } from '../target.js';

const NOW = Date.now();

interface Bench {
  exam: SmallExam;
  folder: string;
  file: string;
  options: Parameters<typeof openInstalled>[2];
  close: () => Promise<void>;
}

async function bench(): Promise<Bench> {
  const exam = await smallExam();
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-package-'));
  const options = { trust: [exam.org.public], now: NOW, serverVersion: '0.1.0' };
  const close = async () =>
    [folder, exam.folder].forEach((one) => rmSync(one, { recursive: true, force: true }));
  return { exam, folder, file: join(folder, 'offered.exampkg'), options, close };
}

/** Nothing of what a package hides is in what a person is told. */
function assertNoSecret(text: string, { exam }: Bench): void {
  for (const secret of [
    exam.startCode,
    exam.room.identity,
    exam.org.identity,
    exam.secrets.authorisationKey,
    PINS.chief,
  ])
    expect(!text.includes(secret), 'A secret is in the message');
}

/** What the rules say of a package that was opened; anything but a decision is a finding. */
function giveToRules(opened: Awaited<ReturnType<typeof openInstalled>>): void {
  const state = initialState();
  const command = { type: 'install-package', package: opened.toInstalled(), by: { kind: 'room' } } as const;
  const { refusal, events } = decide(state, command, NOW);
  if (refusal !== null) return expect(events.length === 0, 'A refused package makes events');
  const after = events.reduce(
    (before, event) => evolve(before, { ...event, at: NOW } as Parameters<typeof evolve>[1]),
    state,
  );
  for (const session of Object.values(after.sessions)) sessionView(session);
  for (const seatId of Object.keys(after.seats)) seatFacts(after, seatId, NOW);
  JSON.stringify(after);
}

const inside = ({ name, bytes }: ZipPart, random: Random): Buffer =>
  name.endsWith('.json') && !random.onceIn(3)
    ? Buffer.from(mutateJson(bytes.toString('utf8'), random))
    : mutateBytes(bytes, random);

async function openFiles(): Promise<OpenTarget<ZipModel>> {
  const setting = await bench();
  const { exam, file, options } = setting;
  const sound = zipModel(readFileSync(exam.file));
  const right = await openInstalled(exam.file, exam.room, options);
  const wanted = JSON.stringify(right.toInstalled());
  right.close();
  return {
    sample: () => sound,
    mutate: (model, random) => mutateZip(model, random, inside),
    attempt: async (model) => {
      writeFileSync(file, writeZipModel(model));
      try {
        const opened = await openInstalled(file, exam.room, options);
        const taken = JSON.stringify(opened.toInstalled());
        opened.close();
        expect(taken === wanted, 'Another content was taken for the signed one');
      } catch (error) {
        if (error instanceof Finding || !(error instanceof PackageRefusal)) throw error;
        assertNoSecret(error.message, setting);
      }
    },
    show: (model) => showBytes(writeZipModel(model), 4_000),
    close: () => setting.close(),
  };
}

interface SignedInput {
  manifest: string;
  plan: string;
  roster: string;
  scoring: string;
}

async function openSigned(): Promise<OpenTarget<SignedInput>> {
  const setting = await bench();
  const { exam, file, options } = setting;
  const { parts } = zipModel(readFileSync(exam.file));
  const bytesOf = (name: string) => parts.find((part) => part.name === name)?.bytes ?? Buffer.alloc(0);
  const envelope = JSON.parse(bytesOf(MANIFEST_ENTRY).toString('utf8')) as { payload: string };
  const manifest = JSON.parse(Buffer.from(envelope.payload, 'base64').toString('utf8')) as Manifest;
  const scoringPath = manifest.entries.find(({ path }) => path.endsWith('/scoring.age'))?.path ?? '';
  const sound: SignedInput = {
    manifest: JSON.stringify(manifest),
    plan: bytesOf(PLAN_ENTRY).toString('utf8'),
    roster: (await openWith(exam.room.identity, bytesOf(ROSTER_ENTRY))).toString('utf8'),
    scoring: (await openWith(exam.org.identity, bytesOf(scoringPath))).toString('utf8'),
  };
  const write = async (input: SignedInput) => {
    const changed = new Map<string, Buffer>([[PLAN_ENTRY, Buffer.from(input.plan)]]);
    if (input.roster !== sound.roster)
      changed.set(ROSTER_ENTRY, await sealTo([exam.room.public.recipient], Buffer.from(input.roster)));
    if (input.scoring !== sound.scoring)
      changed.set(scoringPath, await sealTo([exam.org.public.recipient], Buffer.from(input.scoring)));
    const own = parts.map((part) => ({ ...part, bytes: changed.get(part.name) ?? part.bytes }));
    let payload = input.manifest;
    if (payload === sound.manifest) {
      const entries = manifest.entries.map((entry) => {
        const bytes = changed.get(entry.path);
        if (bytes === undefined) return entry;
        return { ...entry, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
      });
      payload = JSON.stringify({ ...manifest, entries });
    }
    const signed = signDsse(PACKAGE_PAYLOAD_TYPE, Buffer.from(payload), [exam.org]);
    const top = { name: MANIFEST_ENTRY, bytes: Buffer.from(JSON.stringify(signed)), method: 0 };
    writeFileSync(
      file,
      writeZipModel({ parts: [top, ...own.filter(({ name }) => name !== MANIFEST_ENTRY)], after: [] }),
    );
  };
  return {
    sample: () => sound,
    mutate: (input, random) => {
      const part = random.pick(['manifest', 'plan', 'plan', 'roster', 'roster', 'scoring'] as const);
      return { ...input, [part]: mutateJson(input[part], random) };
    },
    attempt: async (input) => {
      await write(input);
      try {
        const opened = await openInstalled(file, exam.room, options);
        try {
          giveToRules(opened);
          await opened.checkStaffPin('chief', '000000');
        } finally {
          opened.close();
        }
      } catch (error) {
        if (!(error instanceof PackageRefusal)) throw error;
        assertNoSecret(error.message, setting);
      }
      if (input.scoring === sound.scoring) return;
      await openForOrg(file, exam.org, options).catch((error: unknown) => {
        if (!(error instanceof PackageRefusal)) throw error;
      });
    },
    show: (input) =>
      (['manifest', 'plan', 'roster', 'scoring'] as const)
        .filter((part) => input[part] !== sound[part])
        .map((part) => `${part}: ${input[part].slice(0, 3_000)}`)
        .join('\n'),
    close: () => setting.close(),
  };
}

export const packageTargets: readonly Target[] = [
  {
    name: 'package',
    reads: [
      'server/papers/zip.ts',
      'server/papers/open-package.ts',
      'server/keys/dsse.ts',
      'server/papers/installed-package.ts',
    ],
    about:
      'A small real package; its zip, manifest, plan and sealed parts changed. Taken only where the content is the signed one.',
    inputsInTests: 150,
    open: () => openFiles() as Promise<OpenTarget<unknown>>,
  },
  {
    name: 'package-signed',
    reads: [
      'server/papers/open-package.ts',
      'server/papers/installed-package.ts',
      'server/papers/open-scoring.ts',
      'server/keys/pin.ts',
    ],
    about:
      'The same with manifest, plan, roster or key changed and signed and sealed anew by the trusted organisation; then the rules.',
    inputsInTests: 120,
    open: () => openSigned() as Promise<OpenTarget<unknown>>,
  },
];
