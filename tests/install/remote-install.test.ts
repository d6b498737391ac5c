// Remote installation over real sockets: the good way, the ways in which it breaks off, and everything that is refused,
// each with its own code and nothing left behind.

import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Value } from '@sinclair/typebox/value';
import { generateKeys } from '../../server/keys/key-files.js';
import { askReadiness, installRemotely, removeRemotely } from '../../server/install/remote-install.js';
import { UploadStore } from '../../server/install/upload-store.js';
import {
  INSTALL_PATH,
  MAX_PIECE_BYTES,
  PIECE_TYPE,
  ReadinessSchema,
  REMOVAL_PATH,
  UPLOADS_PATH,
} from '../../server/protocol/install.js';
import { FarRoom, type RawRequest } from '../support/far-room.js';
import { SESSION, smallExam } from '../support/small-exam.js';

t.setTimeout(560_000);

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const base64 = (text: string) => Buffer.from(text).toString('base64');

const creation = (bytes: Buffer, more: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  path: UPLOADS_PATH,
  headers: {
    'upload-length': String(bytes.length),
    'upload-metadata': `sha256 ${base64(sha256(bytes))}`,
    ...more,
  },
});
const piece = (path: string, offset: number, body: Buffer): RawRequest => ({
  method: 'PATCH',
  path,
  headers: { 'upload-offset': String(offset), 'content-type': PIECE_TYPE },
  body,
});

async function opened(
  t: Pick<Test, 'teardown'>,
  options: Parameters<typeof FarRoom.open>[0] = {},
): Promise<FarRoom> {
  const room = await FarRoom.open(options);
  t.teardown(() => room.close());
  return room;
}

/** Uploads bytes in one piece; the path of the upload. */
async function uploaded(room: FarRoom, bytes: Buffer): Promise<string> {
  const created = await room.ask(creation(bytes));
  const path = String(created.headers['location']);
  for (let at = 0; at < bytes.length; at += MAX_PIECE_BYTES)
    await room.ask(piece(path, at, bytes.subarray(at, at + MAX_PIECE_BYTES)));
  return path;
}

void t.test(
  'a technician installs: readiness before and after, who and from where in the journal',
  async (t) => {
    const room = await opened(t);
    const client = room.client();
    const before = await askReadiness(client);
    t.match(before, { roomKeyId: room.roomKeyId, package: null, currentSession: null, upload: null });
    t.ok(Value.Check(ReadinessSchema, before));
    t.ok(before.disk.roomForBytes > 0 && Math.abs(before.clock.wallTime - Date.now()) < 5_000);
    const seen: number[] = [];
    const { size } = await import('node:fs').then(({ statSync }) => statSync(room.exam.file));
    const installed = await installRemotely(client, room.exam.file, {
      onProgress: (done) => seen.push(done),
    });
    t.match(installed, {
      packageId: 'small-exam',
      sequence: 1,
      readiness: {
        package: { packageId: 'small-exam', fileThere: true },
        sessions: [{ sessionId: SESSION, phase: 'installed', candidates: 4, seal: { sysadmin: false } }],
        pairing: { seats: 5, paired: 0 },
      },
    });
    t.equal(seen[0], 0);
    t.equal(seen.at(-1), size);
    t.match(room.left().join(' '), /^packages\/small-exam\.1\.[0-9a-f]{12}\.exampkg$/);
    const [event] = await room.events('package-installed');
    t.match(event?.['origin'], {
      ...{ way: 'remote', keyId: room.technician.public.keyId, name: '远助', address: '127.0.0.1' },
    });
    t.same(readFileSync(room.installedFile()), readFileSync(room.exam.file));
    await room.restart();
    t.match(
      await askReadiness(room.client()),
      { package: { sequence: 1, fileThere: true } },
      'and after a restart',
    );
    t.equal((await room.events('package-installed')).length, 1, 'installed once');
  },
);

void t.test('an upload goes on after a cut and after a restart of the room', async (t) => {
  const room = await opened(t);
  const bytes = readFileSync(room.exam.file);
  const path = String((await room.ask(creation(bytes))).headers['location']);
  const half = Math.floor(bytes.length / 2);
  t.equal((await room.ask(piece(path, 0, bytes.subarray(0, half)))).headers['upload-offset'], String(half));
  await t.test('a piece that is cut off counts for nothing', async (t) => {
    const cut = await room.signed(piece(path, half, bytes.subarray(half)));
    await new Promise<void>((resolve) => {
      const ongoing = request(new URL(path, room.address.url), {
        ...{ method: 'PATCH', ca: room.address.ca, agent: false },
        headers: { ...cut.headers, 'content-length': String(bytes.length - half) },
      });
      ongoing.on('error', () => resolve());
      ongoing.write(bytes.subarray(half, half + 100), () => ongoing.destroy());
    });
    const { headers } = await room.ask({ method: 'HEAD', path });
    t.equal(headers['upload-offset'], String(half));
  });
  await room.restart();
  t.match((await room.ask({ method: 'HEAD', path })).headers, { 'upload-offset': String(half) });
  const again = await room.ask(creation(bytes));
  t.match(again.headers, { location: path, 'upload-offset': String(half) }, 'the same file goes on');
  const seen: number[] = [];
  await installRemotely(room.client(), room.exam.file, { onProgress: (done) => seen.push(done) });
  t.equal(seen[0], half, 'nothing is sent twice');
  t.match(room.left().join(' '), /^packages\/small-exam\.1\.[0-9a-f]{12}\.exampkg$/);
});

void t.test(
  'what a crash wrote beyond its word is cut off; notes that say nonsense are dropped',
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'kaochang-store-'));
    t.teardown(() => rmSync(folder, { recursive: true }));
    const store = await UploadStore.open(folder, 'x', 0);
    const declared = { length: 10, sha256: 'a'.repeat(64), keyId: 'k', address: '' };
    await store.begin(declared, 1);
    await store.append(Buffer.from('12345'), 2);
    const handle = openSync(store.file, 'a');
    writeSync(handle, 'torn');
    closeSync(handle);
    const again = await UploadStore.open(folder, 'x', 0);
    t.equal(again.current?.offset, 5);
    t.equal(await again.hash(), sha256(Buffer.from('12345')));
    for (const wrong of ['{', '{}', JSON.stringify({ ...again.current, offset: 6 })]) {
      writeFileSync(join(folder, 'x.json'), wrong);
      t.equal((await UploadStore.open(folder, 'x', 0)).current, null, wrong.slice(0, 20));
    }
  },
);

void t.test('who is not known, or signed something else, gets nowhere', async (t) => {
  const room = await opened(t);
  const bytes = readFileSync(room.exam.file);
  const good = await room.signed(creation(bytes));
  const other = await generateKeys('technician', '路人');
  const changed = (headers: Record<string, string>): RawRequest => ({
    ...good,
    headers: { ...good.headers, ...headers },
  });
  const refusals: [string, RawRequest, number, string][] = [
    ['nothing signed', { path: INSTALL_PATH }, 401, 'signature-needed'],
    ['a key from elsewhere', await room.signed({ path: INSTALL_PATH }, other), 401, 'unknown-key'],
    ['a room’s own key', await room.signed({ path: INSTALL_PATH }, room.exam.room), 401, 'unknown-key'],
    ['another length', changed({ 'upload-length': '1' }), 401, 'wrong-signature'],
    [
      'another file',
      changed({ 'upload-metadata': `sha256 ${base64('0'.repeat(64))}` }),
      401,
      'wrong-signature',
    ],
    ['another body', changed({ 'content-digest': 'sha-256=:AAAA:' }), 401, 'wrong-signature'],
    ['another method', { ...good, method: 'PATCH' }, 401, 'wrong-signature'],
    ['another path', { ...good, path: REMOVAL_PATH }, 401, 'wrong-signature'],
    ['a field more', changed({ 'upload-offset': '0' }), 401, 'wrong-signature'],
    ['another room', changed({ 'kaochang-room': '0'.repeat(16) }), 401, 'wrong-room'],
    ['half a signature', changed({ signature: 'sig=:AA==:' }), 401, 'wrong-signature'],
    ['no list', changed({ 'signature-input': 'sig=()' }), 400, 'bad-signature-input'],
    ['a query', { ...good, path: `${UPLOADS_PATH}?x=1` }, 400, 'bad-request'],
    ['a body that was not signed', { ...good, body: Buffer.from('x') }, 400, 'wrong-digest'],
  ];
  for (const [what, wish, status, code] of refusals) {
    const answer = await room.send(wish);
    t.same([answer.status, answer.code], [status, code], what);
  }
  t.same(room.left(), []);
  t.equal((await room.events('install-refused')).length, 0, 'strangers write nothing into the journal');
});

void t.test('a recording counts once, and not after a restart', async (t) => {
  const room = await opened(t);
  const recorded = await room.signed({ path: INSTALL_PATH });
  t.equal((await room.send(recorded)).status, 200);
  t.same((await room.send(recorded)).code, 'replayed');
  const later = await room.signed({ path: INSTALL_PATH });
  await room.restart();
  t.same((await room.send(later)).code, 'stale-nonce');
  const client = room.client();
  t.ok(await askReadiness(client));
});

void t.test('pieces: only at the end, only as signed, never beyond what was declared', async (t) => {
  const room = await opened(t, { config: { install: { maxPackageMegabytes: 1 } } });
  const bytes = Buffer.alloc(1000, 1);
  const path = String((await room.ask(creation(bytes))).headers['location']);
  const codes = async (wish: RawRequest) => {
    const { status, code } = await room.ask(wish);
    return [status, code];
  };
  t.same(await codes(piece(path, 1, bytes)), [409, 'wrong-offset']);
  t.same(await codes(piece(path, 0, Buffer.alloc(1001))), [413, 'piece-too-large']);
  t.same(await codes(piece(path, 0, Buffer.alloc(0))), [400, 'bad-request']);
  const typed = piece(path, 0, bytes);
  t.same(await codes({ ...typed, headers: { ...typed.headers, 'content-type': 'text/plain' } }), [
    ...[400, 'bad-request'],
  ]);
  t.same(await codes({ method: 'POST', path: `${path}/finish` }), [409, 'upload-incomplete']);
  t.same(await codes(piece(`${UPLOADS_PATH}/${'0'.repeat(32)}`, 0, bytes)), [404, 'unknown-upload']);
  t.same(await codes({ path: `${INSTALL_PATH}/elsewhere` }), [404, 'not-found']);
  t.same(await codes({ method: 'PUT', path }), [405, 'method-not-allowed']);
  t.same(await codes(creation(Buffer.alloc(2 ** 20 + 1))), [413, 'package-too-large']);
  t.same(await codes(creation(bytes, { 'upload-metadata': 'name eA==' })), [400, 'bad-request']);
  const tus = creation(bytes, { 'tus-resumable': '0.2.0' });
  t.same(await codes(tus), [412, 'tus-version']);
  t.match(
    (await room.ask({ method: 'HEAD', path })).headers,
    { 'upload-offset': '0' },
    'all that left no byte',
  );
  const big = await room.signed(piece(path, 0, bytes));
  const declared = { ...big.headers, 'content-length': String(MAX_PIECE_BYTES + 1) };
  const answer = await new Promise<number>((resolve, reject) => {
    const ongoing = request(
      new URL(path, room.address.url),
      { method: 'PATCH', ca: room.address.ca, agent: false, headers: declared },
      (response) => {
        resolve(response.statusCode ?? 0);
        ongoing.destroy();
      },
    );
    ongoing.on('error', reject);
    ongoing.flushHeaders();
  });
  t.equal(answer, 413, 'refused at the header, before a byte of it came');
  t.match(await room.events('install-refused'), [{ code: 'package-too-large' }]);
});

void t.test('two uploads at once: the second waits, unless the first was left', async (t) => {
  const room = await opened(t);
  const second = await generateKeys('technician', '第二人');
  writeFileSync(join(room.data, 'trust', 'second.pub'), JSON.stringify(second.public));
  const one = Buffer.alloc(1000, 1);
  const two = Buffer.alloc(1000, 2);
  const path = String((await room.ask(creation(one))).headers['location']);
  const refused = await room.ask(creation(two), second);
  t.same([refused.status, refused.code, refused.headers['location']], [409, 'upload-in-progress', undefined]);
  t.same((await room.ask(piece(path, 0, one), second)).code, 'unknown-upload', 'nor into the other’s');
  t.same((await room.ask({ method: 'DELETE', path }, second)).code, 'unknown-upload');
  const own = await room.ask(creation(two));
  t.same([own.code, own.headers['location']], ['upload-in-progress', path], 'the owner learns which');
  t.equal((await room.ask({ method: 'DELETE', path })).status, 204);
  t.same(room.left(), []);
  t.equal((await room.ask(creation(two), second)).status, 201);
  t.same(room.left(), ['incoming/remote.json', 'incoming/remote.part']);
  const notes = join(room.data, 'incoming/remote.json');
  const left = { ...(JSON.parse(readFileSync(notes, 'utf8')) as object), touchedAt: Date.now() - 3_600_000 };
  await room.server.stop();
  writeFileSync(notes, JSON.stringify(left));
  await room.start();
  t.equal((await room.ask(creation(one))).status, 201, 'one that stood still for an hour makes way');
});

void t.test('pieces that come together: one is written, the others are told', async (t) => {
  const room = await opened(t);
  const bytes = Buffer.alloc(3_000_000, 1);
  const path = String((await room.ask(creation(bytes))).headers['location']);
  const wishes = await Promise.all([0, 1, 2, 3].map(() => room.signed(piece(path, 0, bytes))));
  const codes = (await Promise.all(wishes.map((wish) => room.send(wish)))).map(
    ({ status, code }) => code || status,
  );
  t.equal(codes.filter((code) => code === 204).length, 1);
  t.ok(codes.every((code) => code === 204 || code === 'upload-busy' || code === 'wrong-offset'));
  t.equal((await askReadiness(room.client())).upload?.offset, bytes.length);
});

void t.test('what is not a sound package is refused by its own code, recorded, and gone', async (t) => {
  const room = await opened(t);
  const bytes = readFileSync(room.exam.file);
  const tampered = Buffer.from(bytes);
  tampered[Math.floor(bytes.length / 2)] = (tampered[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
  const stranger = await smallExam({ keys: { org: await generateKeys('org', 'x'), room: room.exam.room } });
  const elsewhere = await smallExam({ keys: { org: room.exam.org, room: await generateKeys('room', 'x') } });
  t.teardown(() => [stranger, elsewhere].forEach(({ folder }) => rmSync(folder, { recursive: true })));
  const cases: [string, Buffer, RegExp][] = [
    ['tampered', tampered, /^(wrong-hash|damaged|wrong-signature)$/],
    ['cut off', bytes.subarray(0, bytes.length - 100), /^damaged$/],
    ['no package', Buffer.alloc(5000, 7), /^damaged$/],
    ['signed by a stranger', readFileSync(stranger.file), /^wrong-signature$/],
    ['for another room', readFileSync(elsewhere.file), /^foreign-room$/],
  ];
  for (const [what, content, code] of cases) {
    const answer = await room.ask({ method: 'POST', path: `${await uploaded(room, content)}/finish` });
    t.equal(answer.status, 422, what);
    t.match(answer.code, code, what);
    t.same(room.left(), [], `${what}: nothing is left`);
  }
  const created = await room.ask({
    ...creation(bytes),
    headers: {
      'upload-length': String(bytes.length),
      'upload-metadata': `sha256 ${base64('0'.repeat(64))}`,
    },
  });
  const path = String(created.headers['location']);
  await room.ask(piece(path, 0, bytes));
  t.equal((await room.ask({ method: 'POST', path: `${path}/finish` })).code, 'wrong-file-hash');
  t.same(room.left(), []);
  const refused = await room.events('install-refused');
  t.equal(refused.length, cases.length + 1, 'each is on record, with its key');
  t.match(refused.at(-1), { act: 'install', origin: { keyId: room.technician.public.keyId } });
  t.equal(room.server.room.state.package, null);
});

void t.test('nothing rolls back, and an older package never replaces the file of the newer', async (t) => {
  const room = await opened(t, { sequence: 3 });
  const keys = { org: room.exam.org, room: room.exam.room };
  const older = await smallExam({ sequence: 2, keys });
  t.teardown(() => rmSync(older.folder, { recursive: true }));
  await installRemotely(room.client(), room.exam.file);
  await t.rejects(installRemotely(room.client(), older.file), { code: 'package-older' });
  await t.rejects(installRemotely(room.client(), room.exam.file), { code: 'nothing-to-do' });
  t.same(readFileSync(room.installedFile()), readFileSync(room.exam.file));
  await room.restart();
  t.match(await askReadiness(room.client()), { package: { sequence: 3, fileThere: true } });
});

void t.test(
  'not while a session is open, with a sentence and the next step; before the seal it can go',
  async (t) => {
    const room = await opened(t, { startsAt: Date.now() + 60_000 });
    const client = room.client();
    await installRemotely(client, room.exam.file);
    const keys = { org: room.exam.org, room: room.exam.room };
    const newer = await smallExam({ sequence: 2, keys });
    t.teardown(() => rmSync(newer.folder, { recursive: true }));
    await t.test('removal, and the same package again', async (t) => {
      t.match(await removeRemotely(client, 'small-exam', '装错考场'), { package: null, sessions: [] });
      t.same(room.left(), []);
      t.match(await room.events('package-removed'), [
        { packageId: 'small-exam', reason: '装错考场', origin: { way: 'remote', address: '127.0.0.1' } },
      ]);
      await room.restart();
      t.match(await askReadiness(room.client()), { package: null }, 'also after a restart');
      await t.rejects(removeRemotely(room.client(), 'small-exam', 'x'), { code: 'no-package' });
      await installRemotely(room.client(), room.exam.file);
    });
    const fresh = room.client();
    const bytes = readFileSync(newer.file);
    const path = String((await room.ask(creation(bytes))).headers['location']);
    room.seal(SESSION);
    await t.rejects(removeRemotely(fresh, 'small-exam', 'x'), { code: 'already-sealed' });
    room.staff('chief', { type: 'open-entry', sessionId: SESSION });
    t.match(await askReadiness(fresh), { currentSession: SESSION, sessions: [{ phase: 'open' }] });
    for (const wish of [
      creation(bytes),
      piece(path, 0, bytes),
      { method: 'POST', path: `${path}/finish` },
      { method: 'POST', path: REMOVAL_PATH, body: Buffer.from('{"packageId":"small-exam","reason":"x"}') },
    ]) {
      const answer = await room.ask(wish);
      t.same([answer.status, answer.code], [409, 'session-open'], `${wish.method} ${wish.path.slice(0, 30)}`);
      t.match(answer.body.toString('utf8'), /收卷完成后重试.*try again/);
    }
    t.equal(room.server.room.state.package?.sequence, 1);
  },
);

void t.test('a disk that is full keeps nothing of an upload', async (t) => {
  const room = await opened(t, { config: { install: { keepFreeMegabytes: 1_000_000 } } });
  const answer = await room.ask(creation(readFileSync(room.exam.file)));
  t.same([answer.status, answer.code], [507, 'disk-full']);
  t.same(room.left(), []);
  t.equal((await askReadiness(room.client())).disk.roomForBytes, 0);
});

void t.test('a room that takes nothing from afar has no such address', async (t) => {
  const room = await opened(t, { config: { install: { remote: false } } });
  t.equal((await room.send({ path: INSTALL_PATH })).status, 404);
});
