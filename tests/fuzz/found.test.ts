// What the fuzzing found, each by its smallest input: it is refused by its name now, and stays so.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from '@sinclair/typebox/value';
import t from 'tap';
import { parseConfig, type ConfigProblem } from '../../server/config.js';
import { installRemotely, RoomRefusal, askReadiness } from '../../server/install/remote-install.js';
import { SignedClient } from '../../server/install/signed-client.js';
import { readDataKey } from '../../server/journal/data-keys.js';
import { generateKeys, keyIdOf, readPrivateKeys, readPublicKeys } from '../../server/keys/key-files.js';
import { NONCE_HEADER, ROOM_HEADER } from '../../server/protocol/install.js';
import { ID_PATTERN } from '../../server/protocol/ids.js';
import { PackageRosterSchema } from '../../server/protocol/package.js';
import { PolicySchema } from '../../server/protocol/policy.js';
import { MAX_SEAT_FRAME_BYTES } from '../../server/protocol/seat.js';
import { readMarkingSheet } from '../../scripts/commands/marking-sheet.js';
import { receipt } from '../../scripts/commands/bundle.js';
import { BundleFiles } from '../../server/bundle/bundle-files.js';
import {
  answerAll,
  beginSession,
  collectSession,
  openEngine,
  preparedData,
} from '../support/direct-session.js';
import { SESSION } from '../support/small-exam.js';
import { TARGETS } from './catalogue.js';
import { runTarget } from './run-target.js';
import { Random } from './random.js';

const folder = mkdtempSync(join(tmpdir(), 'fuzz-found-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const written = (name: string, bytes: string | Buffer) => {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
};

/** Opens a target and gives it one input made of a sound one. */
async function attempt(name: string, change: (sound: never) => unknown): Promise<void> {
  const target = TARGETS.find((one) => one.name === name);
  const opened = await target?.open();
  try {
    const sound = (await opened?.sample(new Random(1))) as never;
    await opened?.attempt(change(sound));
  } finally {
    await opened?.close();
  }
}

void t.test(
  'a signed package whose roster names a word as a candidate is refused, not stumbled over',
  async (t) => {
    await attempt('package-signed', (sound: { roster: string }) => {
      const roster = JSON.parse(sound.roster) as { candidates: unknown[] };
      roster.candidates[3] = 'deputy';
      return { ...sound, roster: JSON.stringify(roster) };
    });
    t.notOk(
      Value.Check(PackageRosterSchema, {
        candidates: [],
        staff: [{ staffId: 'a' }],
        photoKey: '',
        authorisationKey: '',
      }),
    );
  },
);

void t.test('an id is no path and no name that objects inherit', async (t) => {
  const pattern = new RegExp(ID_PATTERN);
  for (const id of ['.', '..', '__proto__', 'constructor', 'toString', 'a/b', ''])
    t.notOk(pattern.test(id), id);
  for (const id of ['theory-am', 'q1', 'constructor-1', '...', '_']) t.ok(pattern.test(id), id);
});

void t.test('a policy with a slip in a name, or of another type, is refused', async (t) => {
  t.ok(Value.Check(PolicySchema, { lateCutOffMs: 60_000, total: { rule: 'every-subject' } }));
  for (const policy of [
    { lateCutoffMs: 60_000 },
    { lateCutOffMs: '60000' },
    { remindersBeforeEndMs: 5 },
    { codeTries: 0 },
    { handOverWindowMs: -1 },
  ])
    t.notOk(Value.Check(PolicySchema, policy), JSON.stringify(policy));
});

void t.test(
  'a bundle of a session named like a field of every object, and rows that lead nowhere, are named faults',
  async () => {
    await attempt('bundle-forged', (sound: { bodies: string[]; info: string }) => ({
      ...sound,
      info: sound.info.replace('External-Identifier: theory-am', 'External-Identifier: constructor'),
    }));
    await attempt('bundle-forged', (sound: { bodies: string[]; info: string }) => ({
      ...sound,
      bodies: sound.bodies.map((body) => body.replace(/"value":\{[^}]*\}/, '"value":{"options":"x"}')),
    }));
    await attempt('bundle-forged', (sound: { bodies: string[]; info: string }) => ({
      ...sound,
      bodies: sound.bodies.map((body) => body.replace(/"savedAt":\d+/, '"savedAt":[[]]')),
    }));
  },
);

void t.test('a damaged data key is damage of the journal, by its name', async (t) => {
  const room = await generateKeys('room', '102');
  written('theory-am.1.age', 'age-encryption.org/v1\nnot a key');
  await t.rejects(readDataKey(folder, 'theory-am.1', room), { name: 'JournalDamagedError', damage: 'key' });
  t.equal(await readDataKey(folder, 'theory-am.2', room), null);
});

void t.test('a column of another type, after a damaged page, is damage of the journal', async () => {
  const target = TARGETS.find(({ name }) => name === 'journal');
  const opened = await target?.open();
  if (target === undefined || opened === undefined) throw new Error('No such target');
  // The seeds with which it was found: a snapshot without a body, a key row that is no JSON.
  const { findings } = await runTarget(target, opened, { seed: 1, inputs: 70 });
  await opened.close();
  t.same(findings, []);
  await attempt('journal', (sound: { file: Buffer }) => {
    // The name of a table in the schema.
    const file = Buffer.from(sound.file);
    for (let at = file.indexOf('snapshots'); at !== -1; at = file.indexOf('snapshots', at + 1))
      file[at] = 0x7a;
    return { ...sound, file };
  });
});

void t.test('[journal] any page of another kind is damage of the journal, whenever it is read', async (t) => {
  const target = TARGETS.find(({ name }) => name === 'journal');
  const opened = await target?.open();
  const sound = (await opened?.sample(new Random(1))) as { file: Buffer };
  for (let at = 4_096; at < sound.file.length; at += 4_096) {
    const file = Buffer.from(sound.file);
    file[at] = 0x77;
    await opened?.attempt({ ...sound, file });
  }
  await opened?.close();
  t.ok(sound.file.length >= 8 * 4_096, 'it has pages enough');
});

void t.test('a key file says at once that its key is damaged or of another kind', async (t) => {
  const org = await generateKeys('org', '组织');
  const spki = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    type: 'spki',
    format: 'der',
  });
  const foreign = { ...org.public, signing: spki.toString('base64'), keyId: keyIdOf(spki) };
  await t.rejects(readPublicKeys(written('a.pub', JSON.stringify(foreign))), { name: 'KeyFileError' });
  await t.rejects(readPublicKeys(written('b.pub', JSON.stringify({ ...org.public, recipient: 'age1x' }))), {
    name: 'KeyFileError',
  });
  const other = await generateKeys('org', '别家');
  for (const broken of [
    { ...org, signing: other.signing },
    { ...org, signing: 'AAAA' },
    { ...org, public: { ...org.public, keyId: '0'.repeat(16) } },
  ])
    await t.rejects(readPrivateKeys(written('a.key', JSON.stringify(broken))), { name: 'KeyFileError' });
  t.same(await readPrivateKeys(written('b.key', JSON.stringify(org))), org);
});

void t.test('settings that are nested without end are a fault with a name', async (t) => {
  const problems: ConfigProblem[] = [];
  const deep = JSON.parse('{"seats":' + '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_001)) as unknown;
  t.equal(parseConfig(deep, problems), null);
  t.match(problems, [{ en: /nested/ }]);
});

void t.test('a sheet of marks that is damaged, or none, is named', async (t) => {
  await t.rejects(readMarkingSheet(written('marks.xlsx', 'PK\u0003\u0004x')), { name: 'MarkingSheetError' });
  await t.rejects(readMarkingSheet(written('marks.csv', '"a')), { name: 'MarkingSheetError' });
});

void t.test(
  'a room that takes every piece and never goes on is given up; an answer that is no JSON is understood as none',
  async (t) => {
    const technician = await generateKeys('technician', '远助');
    const head = `${NONCE_HEADER}: nonce-12345678\r\n${ROOM_HEADER}: ${'0'.repeat(16)}\r\nUpload-Offset: 0\r\nLocation: /api/v1/install/uploads/${'1'.repeat(32)}\r\nConnection: close\r\n`;
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(`HTTP/1.1 201 Created\r\n${head}Content-Length: 4\r\n\r\n{}{}`));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = () => new SignedClient({ url }, technician, '0'.repeat(16), 2_000);
    await t.rejects(installRemotely(client(), written('x.exampkg', 'bytes'), { patienceMs: 0 }), RoomRefusal);
    await t.rejects(askReadiness(client()), RoomRefusal);
  },
);

void t.test(
  'no receipt for a bundle that is not whole: the room would destroy its copy for it',
  async (t) => {
    const played = await preparedData({ candidates: 2 });
    t.teardown(() => played.remove());
    const engine = await openEngine(played.data);
    await beginSession(engine, played.exam);
    answerAll(engine, played.exam);
    await collectSession(engine, played.exam);
    await engine.stop();
    const file = new BundleFiles(played.data).sealed(SESSION);
    const orgKey = written('org.key', JSON.stringify(played.exam.org));
    const trust = [written('room.pub', JSON.stringify(played.exam.room.public))];
    const out = join(folder, 'receipt.json');
    const whole = readFileSync(file);
    for (const [what, bytes] of [
      ['cut', whole.subarray(0, -20)],
      ['changed', Buffer.concat([whole.subarray(0, -1), Buffer.from('x')])],
      ['empty', Buffer.alloc(0)],
    ] as const) {
      writeFileSync(file, bytes);
      await t.rejects(receipt({ file, orgKey, out, trust }), what);
    }
    writeFileSync(file, whole);
    const stranger = written('other.key', JSON.stringify(await generateKeys('org', '无关组织')));
    await t.rejects(receipt({ file, orgKey: stranger, out, trust }), /not-for-this-key/);
    const foreign = [written('other.pub', JSON.stringify((await generateKeys('room', '别处')).public))];
    await t.rejects(receipt({ file, orgKey, out, trust: foreign }), /statement-signature/);
    t.notOk(existsSync(out), 'nothing was written so far');
    t.match(await receipt({ file, orgKey, out, trust }), { ok: true });
    t.ok(existsSync(out));
  },
);

void t.test('a frame that is too large and no text is closed for its size', async () => {
  await attempt('seat-frames', () => ({
    bytes: Buffer.alloc(MAX_SEAT_FRAME_BYTES + 1, 0xff),
    binary: false,
  }));
});

void t.test('a staff request about a session named like a field of every object is refused', async (t) => {
  const requests = [
    { type: 'approve-extension', sessionId: 'hasOwnProperty', requestId: 'id-1', orgCode: null },
    { type: 'approve-extension', sessionId: 'theory-am', requestId: 'constructor', orgCode: null },
    { type: 'open-paper', sessionId: 'constructor', paperId: 'theory-main', startCode: '1', pin: '1' },
  ];
  for (const request of requests) {
    const payload = JSON.stringify(request);
    await t.resolves(
      attempt('staff-events', () => ({ staffId: 'zhang', event: 'command', payload, raw: null })),
      payload,
    );
  }
});
