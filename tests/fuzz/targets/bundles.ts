// Result bundles, statements and receipts: whatever a bag holds, the verifier names its faults and never stops; what is said to
// hold is the very bag that the room built.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerHistory } from '../../../server/bundle/answer-history.js';
import { buildBundle } from '../../../server/bundle/build.js';
import { readReceipt, signReceipt } from '../../../server/bundle/receipt.js';
import { verifyBundle } from '../../../server/bundle/verify.js';
import { lineToRow, rowHash, rowHeader, rowToLine } from '../../../server/journal/chain.js';
import { openWith } from '../../../server/keys/age-box.js';
import { canonicalBytes } from '../../../server/keys/canonical.js';
import { signDsse } from '../../../server/keys/dsse.js';
import { openBytes, sealBytes } from '../../../server/keys/seal-bytes.js';
import { BAG, STATEMENT_SUFFIX, TAG_MANIFEST_TYPE } from '../../../server/protocol/bundle.js';
import {
  answerAll,
  beginSession,
  collectSession,
  openEngine,
  preparedData,
} from '../../support/direct-session.js';
import { SESSION } from '../../support/small-exam.js';
import { mutateBytes, mutateText, TEXTS } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import { mutateZip, writeZipModel, zipModel, type ZipModel, type ZipPart } from '../mutate-zip.js';
import type { Random } from '../random.js';
import { expect, showBytes, type OpenTarget, type Target } from '../target.js';

const NOBODY = {
  has: () => Promise.reject(new Error('Nobody handed a file in')),
  read: () => {
    throw new Error('Nobody handed a file in');
  },
};

let played: ReturnType<typeof playSession> | null = null;

/** One played session's bundle with what belongs to it; the same for every target of a process. */
function playedBundle() {
  played ??= playSession();
  return played;
}

async function playSession() {
  const folder = await preparedData({ candidates: 2 });
  const engine = await openEngine(folder.data);
  try {
    await beginSession(engine, folder.exam);
    answerAll(engine, folder.exam);
    await collectSession(engine, folder.exam);
    const file = join(folder.data, 'fuzz.bag.zip.age');
    const { statement } = await buildBundle(
      {
        journal: engine.journal,
        room: engine.keys,
        sessionId: SESSION,
        orgRecipients: [folder.exam.org.public.recipient],
        now: engine.room.now(),
        handedIn: NOBODY,
      },
      { file, keepFreeBytes: 0 },
    );
    const sealed = readFileSync(file);
    const envelope = readFileSync(file + STATEMENT_SUFFIX);
    const bag = await openWith(folder.exam.org.identity, sealed);
    const built = { statement, sealed, envelope, bag };
    return { built, exam: folder.exam };
  } finally {
    await engine.stop();
    folder.remove();
  }
}

const inside = ({ name, bytes }: ZipPart, random: Random): Buffer => {
  const text = bytes.toString('utf8');
  if (name === BAG.rows && !random.onceIn(4)) return Buffer.from(mutateLine(text, random));
  if (name.endsWith('.json') && !random.onceIn(4)) return Buffer.from(mutateJson(text, random));
  if (name === BAG.info && random.onceIn(2))
    return Buffer.from(
      text.replace(/^(External-Identifier: ).*$/m, (_, head: string) => head + random.pick(TEXTS)),
    );
  return name.endsWith('.txt') ? Buffer.from(mutateText(text, random)) : mutateBytes(bytes, random);
};

function mutateLine(text: string, random: Random): string {
  const lines = text.split('\n');
  const at = random.below(lines.length);
  const line = lines[at] ?? '';
  switch (random.below(6)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(random.below(lines.length), 0, line);
      break;
    default:
      lines[at] = mutateJson(line, random);
  }
  return lines.join('\n');
}

async function openBags(): Promise<OpenTarget<ZipModel>> {
  const { built, exam } = await playedBundle();
  const sound = zipModel(built.bag);
  // The envelope of the signature is bound by the key alone, not by the bag.
  const contents = (model: ZipModel) =>
    JSON.stringify(
      model.parts
        .flatMap(({ name, bytes }) => (name === BAG.signature ? [] : [[name, bytes.toString('base64')]]))
        .sort(),
    );
  const right = contents(sound);
  return {
    sample: () => sound,
    mutate: (model, random) => mutateZip(model, random, inside),
    attempt: async (model) => {
      const file = writeZipModel(model);
      const { report, bag } = await verifyBundle({ file, envelope: null, trust: [exam.room.public] });
      expect(
        !report.ok || contents(model) === right || model.after.length > 0,
        'A changed bag is said to hold',
      );
      expect(report.ok === (report.problems.length === 0), 'A report that contradicts itself');
      if (report.ok && bag !== null) await answerHistory(bag, 'c1');
    },
    show: (model) => showBytes(writeZipModel(model), 6_000),
    close: async () => undefined,
  };
}

interface HostileRows {
  bodies: string[];
  info: string;
}

/** Bodies of another maker, sealed, chained and signed as a room would: the replay meets what no rule ever decided. */
async function openForged(): Promise<OpenTarget<HostileRows>> {
  const { built, exam } = await playedBundle();
  const model = zipModel(built.bag);
  const partOf = (name: string) =>
    model.parts.find((part) => part.name === name)?.bytes.toString('utf8') ?? '';
  const keys = JSON.parse(partOf(BAG.keys)) as Record<string, string>;
  const rows = partOf(BAG.rows).split('\n').slice(0, -1).map(lineToRow);
  const keyOf = (keyId: string) => Buffer.from(keys[keyId] ?? '', 'base64');
  const sound = rows.map((row) =>
    'body' in row && row.keyId !== ''
      ? openBytes(keyOf(row.keyId), row.body, rowHeader(row)).toString('utf8')
      : '',
  );
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const forge = ({ bodies, info }: HostileRows): Buffer => {
    let prev = rows[0]?.prev ?? '';
    const lines = rows.map((row, index) => {
      if (!('body' in row)) return rowToLine(row);
      const header = rowHeader(row);
      const body =
        row.keyId === '' ? row.body : sealBytes(keyOf(row.keyId), Buffer.from(bodies[index] ?? ''), header);
      const hash = rowHash(prev, header, body);
      const line = rowToLine({ ...row, body, prev, hash });
      prev = hash;
      return line;
    });
    const put = (parts: ZipPart[], name: string, text: string) =>
      parts.map((part) => (part.name === name ? { ...part, bytes: Buffer.from(text) } : part));
    let parts = put(put(model.parts, BAG.rows, `${lines.join('\n')}\n`), BAG.info, info);
    const manifest = (names: readonly string[]) =>
      names
        .map(
          (name) =>
            `${sha256(parts.find((part) => part.name === name)?.bytes ?? Buffer.alloc(0))}  ${name}\n`,
        )
        .join('');
    parts = put(
      parts,
      BAG.manifest,
      manifest(parts.map(({ name }) => name).filter((name) => name.startsWith('data/'))),
    );
    const tags = manifest([BAG.declaration, BAG.info, BAG.manifest]);
    parts = put(parts, BAG.tagManifest, tags);
    parts = put(
      parts,
      BAG.signature,
      JSON.stringify(signDsse(TAG_MANIFEST_TYPE, Buffer.from(tags), [exam.room])),
    );
    return writeZipModel({ parts, after: [] });
  };
  const start = { bodies: sound, info: partOf(BAG.info) };
  return {
    sample: () => start,
    mutate: ({ bodies, info }, random) => {
      if (random.onceIn(10))
        return {
          bodies,
          info: info.replace(/^(External-Identifier: ).*$/m, (_, head: string) => head + random.pick(TEXTS)),
        };
      const next = [...bodies];
      const sealed = next.flatMap((body, index) => (body === '' ? [] : [index]));
      const at = random.pick(sealed);
      next[at] = random.onceIn(8) ? (next[random.pick(sealed)] ?? '') : mutateJson(next[at] ?? '', random);
      return { bodies: next, info };
    },
    attempt: async (input) => {
      const { report } = await verifyBundle({
        file: forge(input),
        envelope: null,
        trust: [exam.room.public],
      });
      expect(report.ok === (report.problems.length === 0), 'A report that contradicts itself');
    },
    show: ({ bodies, info }) =>
      [
        ...bodies.flatMap((body, index) =>
          body === sound[index] ? [] : [`row ${index}: ${body.slice(0, 2_000)}`],
        ),
        info,
      ].join('\n'),
    close: async () => undefined,
  };
}

async function openStatements(): Promise<OpenTarget<{ envelope: string; receipt: string }>> {
  const { built, exam } = await playedBundle();
  const trust = [exam.room.public, exam.org.public];
  const envelope = built.envelope.toString('utf8');
  const receipt = signReceipt(built.statement, exam.org, 1);
  const wanted = JSON.stringify(readReceipt(receipt, trust, built.statement));
  const sign = (type: string, payload: string) =>
    canonicalBytes(signDsse(type, Buffer.from(payload), [exam.org])).toString('utf8');
  const resign = (text: string, random: Random): string => {
    const { payload, payloadType } = JSON.parse(text) as { payload: string; payloadType: string };
    return sign(payloadType, mutateJson(Buffer.from(payload, 'base64').toString('utf8'), random));
  };
  return {
    sample: () => ({ envelope, receipt }),
    mutate: (input, random) => {
      if (random.onceIn(3)) return { ...input, envelope: mutateJson(input.envelope, random) };
      if (random.onceIn(2)) return { ...input, receipt: mutateJson(input.receipt, random) };
      try {
        return { ...input, receipt: resign(input.receipt, random) };
      } catch {
        return { ...input, receipt: mutateText(input.receipt, random) };
      }
    },
    attempt: async (input) => {
      const outer = await verifyBundle({ file: built.sealed, envelope: Buffer.from(input.envelope), trust });
      if (outer.report.ok)
        expect(
          canonicalBytes(outer.report.statement).equals(canonicalBytes(built.statement)),
          'Another statement holds',
        );
      const read = readReceipt(input.receipt, trust, built.statement);
      if (read === null) return;
      expect(
        read.sha256 === built.statement.sha256 && read.sessionId === SESSION,
        'A receipt for another bundle',
      );
      expect(
        Object.keys(read).length === Object.keys(JSON.parse(wanted) as object).length,
        'A receipt with other fields',
      );
    },
    show: ({ envelope: one, receipt: two }) => `${one.slice(0, 2_000)}\n${two.slice(0, 2_000)}`,
    close: async () => undefined,
  };
}

/** The sealed file itself: read at any place, so that each of its pieces has to prove where it belongs. */
async function openSealedFiles(): Promise<OpenTarget<Buffer>> {
  const { built, exam } = await playedBundle();
  const { sealed, envelope } = built;
  const trust = [exam.room.public];
  const { identity } = exam.org;
  const isSealed = (bytes: Buffer) => bytes.subarray(0, 21).toString('latin1') === 'age-encryption.org/v1';
  return {
    sample: () => sealed,
    mutate: mutateBytes,
    attempt: async (file) => {
      for (const known of [{}, { identity }]) {
        const { report } = await verifyBundle({ file, envelope, trust, ...known });
        expect(!report.ok || file.equals(sealed), 'A changed file is said to hold');
      }
      if (file.equals(sealed) || !isSealed(file)) return;
      // Nothing of a changed file is read as if it were whole.
      const { report } = await verifyBundle({ file, envelope: null, trust, identity });
      expect(!report.ok, 'A changed file without its statement is said to hold');
    },
    show: (file) => showBytes(file, 4_000),
    close: async () => undefined,
  };
}

export const bundleTargets: readonly Target[] = [
  {
    name: 'bundle',
    reads: [
      'server/bundle/verify-bag.ts',
      'server/bundle/verify-journal.ts',
      'server/bundle/verify-zip.ts',
      'server/journal/chain.ts',
      'server/bundle/answer-history.ts',
    ],
    about:
      'The unsealed bag of a played session; its zip, tag files, rows and JSON changed. Never a throw; holds only unchanged.',
    inputsInTests: 120,
    open: () => openBags() as Promise<OpenTarget<unknown>>,
  },
  {
    name: 'bundle-forged',
    reads: [
      'server/bundle/verify.ts',
      'server/bundle/verify-derived.ts',
      'server/bundle/verify-files.ts',
      'server/protocol/journal-event.ts',
    ],
    about:
      'The same with event bodies changed and sealed, chained and signed anew: the replay never throws out of the verifier.',
    inputsInTests: 80,
    open: () => openForged() as Promise<OpenTarget<unknown>>,
  },
  {
    name: 'statement-receipt',
    reads: ['server/bundle/receipt.ts', 'server/bundle/verify.ts', 'server/keys/dsse.ts'],
    about: 'The statement beside a bundle and the receipt of an organisation, changed or signed anew.',
    inputsInTests: 300,
    open: () => openStatements() as Promise<OpenTarget<unknown>>,
  },
  {
    name: 'bundle-sealed',
    reads: ['server/keys/age-stream.ts', 'server/keys/readable-bytes.ts', 'server/bundle/verify.ts'],
    about:
      'The sealed bundle with its statement; bytes changed. Holds only unchanged, with the organisation’s key and without.',
    inputsInTests: 60,
    open: () => openSealedFiles() as Promise<OpenTarget<unknown>>,
  },
];
