// The wire of handed-in files: tus to the letter, nothing for strangers, nothing that no answer names, and every byte in its
// place whatever the line does.

import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { TUS_PIECE_TYPE, TUS_VERSION } from '../../server/protocol/tus.js';
import { uploadPath } from '../../server/protocol/uploads.js';
import { SESSION, UploadSetting } from './setting.js';

const room = await new UploadSetting().start();
t.teardown(() => room.close());

void t.test('OPTIONS says what the room speaks', async (t) => {
  const { status, headers } = await room.ask('OPTIONS', '/uploads');
  t.equal(status, 204);
  t.match(headers, {
    'tus-resumable': '1.0.0',
    'tus-version': '1.0.0',
    'tus-extension': 'creation',
    'tus-max-size': String(200 * 2 ** 20),
  });
});

void t.test('a file in one piece is acknowledged, and comes back byte by byte', async (t) => {
  const bytes = randomBytes(300_001);
  const name = room.name(bytes);
  const made = await room.create(name, bytes.length);
  t.equal(made.status, 201);
  t.equal(made.headers.location, uploadPath(name));
  t.equal(await room.offset(name), 0);
  const sent = await room.patch(name, 0, bytes);
  t.equal(sent.status, 204);
  t.equal(sent.headers['upload-offset'], String(bytes.length));
  t.equal(sent.headers['tus-resumable'], TUS_VERSION);
  t.equal(room.received.get(name.fileHash), bytes.length, 'recorded');
  const back = await room.ask('GET', uploadPath(name), { 'Tus-Resumable': '' });
  t.equal(back.status, 200);
  t.ok(back.body.equals(bytes));
  t.match(back.headers, { 'cache-control': 'no-store', 'content-disposition': 'attachment' });
  t.equal(await room.offset(name), bytes.length);
  t.equal((await room.create(name, bytes.length)).status, 201, 'asked for again it is simply there');
  t.equal((await room.patch(name, bytes.length, Buffer.alloc(0))).status, 204);
});

void t.test('nothing on the disk shows what was handed in', async (t) => {
  const sentinel = Buffer.from('哨兵：销售额同比增长百分之十二'.repeat(40));
  const name = room.name(sentinel);
  await room.create(name, sentinel.length);
  await room.patch(name, 0, sentinel.subarray(0, 500));
  const file = join(room.folder, SESSION, 'c1', name.fileHash);
  t.notOk(readFileSync(file).includes(sentinel.subarray(0, 30)), 'half of it');
  await room.patch(name, 500, sentinel.subarray(500));
  t.notOk(readFileSync(file).includes(sentinel.subarray(0, 30)), 'all of it');
  const again = room.name(Buffer.concat([sentinel, Buffer.from('2')]));
  await room.create(again, sentinel.length + 1);
  await room.patch(again, 0, sentinel);
  const [a, b] = [name, again].map(({ fileHash }) =>
    readFileSync(join(room.folder, SESSION, 'c1', fileHash)).subarray(-sentinel.length),
  );
  t.notOk(a?.equals(b ?? Buffer.alloc(0)), 'the same bytes never look the same');
});

void t.test('strangers, other leases and what no answer names get nothing', async (t) => {
  const bytes = randomBytes(100);
  const name = room.name(bytes);
  await room.create(name, bytes.length);
  const path = uploadPath(name);
  for (const method of ['HEAD', 'PATCH', 'GET'])
    for (const Authorization of ['', 'Bearer x', `Bearer ${'6'.repeat(64)}`, `Basic ${'5'.repeat(64)}`])
      t.equal((await room.ask(method, path, { Authorization })).status, 401, `${method} ${Authorization}`);
  for (const other of [
    { ...name, lease: 2 },
    { ...name, candidateId: 'c2' },
  ]) {
    t.equal((await room.create(other, 100)).code, 'foreign-lease');
    t.equal((await room.patch(other, 0, bytes)).code, 'foreign-lease');
    t.equal((await room.ask('GET', uploadPath(other))).code, 'foreign-lease');
  }
  const unnamed = { ...name, fileHash: 'e'.repeat(64) };
  t.equal((await room.create(unnamed, 100)).code, 'file-not-declared');
  t.equal((await room.create(name, 99)).code, 'file-not-declared', 'another size');
  t.equal((await room.patch(unnamed, 0, bytes)).status, 404);
  t.equal((await room.ask('GET', path)).status, 404, 'nothing is given out before it is acknowledged');
});

void t.test('what is not tus is refused, and changes nothing', async (t) => {
  const bytes = randomBytes(1_000);
  const name = room.name(bytes);
  await room.create(name, bytes.length);
  const path = uploadPath(name);
  const piece = { 'Content-Type': TUS_PIECE_TYPE, 'Upload-Offset': '0' };
  const tries: [string, Record<string, string>, number][] = [
    ['PATCH', { ...piece, 'Tus-Resumable': '0.2.2' }, 412],
    ['PATCH', { ...piece, 'Content-Type': 'application/octet-stream' }, 415],
    ['PATCH', { 'Content-Type': TUS_PIECE_TYPE }, 400],
    ['PATCH', { ...piece, 'Upload-Offset': '1' }, 409],
    ['PUT', piece, 405],
    ['DELETE', piece, 405],
  ];
  for (const [method, headers, status] of tries)
    t.equal((await room.ask(method, path, headers, bytes)).status, status, `${method} ${status}`);
  t.equal((await room.ask('POST', path)).status, 405);
  for (const wrong of ['/uploads/', '/uploads/c1/1', '/uploads/c1/1/zz', '/uploads/c1/0/x', `${path}/x`])
    t.equal((await room.ask('HEAD', wrong)).status, 404, wrong);
  for (const [length, metadata] of [
    ['-1', 'candidate YzE=,lease MQ==,sha256 x'],
    ['', ''],
    ['10', 'candidate'],
    ['10', `candidate YzE=,candidate YzE=,lease MQ==`],
  ] as const)
    t.equal(
      (await room.ask('POST', '/uploads', { 'Upload-Length': length, 'Upload-Metadata': metadata })).status,
      400,
    );
  t.equal((await room.create(name, 200 * 2 ** 20 + 1)).status, 413);
  t.equal((await room.patch(name, 0, Buffer.concat([bytes, bytes]))).status, 413, 'more than the file');
  t.equal(await room.offset(name), 0);
});

void t.test('a body without a length that is too long stops at the end of the file', async (t) => {
  const bytes = randomBytes(1_000);
  const name = room.name(bytes);
  await room.create(name, bytes.length);
  const headers = {
    ...{ 'Content-Type': TUS_PIECE_TYPE, 'Upload-Offset': '0', 'Transfer-Encoding': 'chunked' },
  };
  const answer = await room.ask('PATCH', uploadPath(name), headers, randomBytes(5_000));
  t.equal(answer.status, 413);
  const file = join(room.folder, SESSION, 'c1', name.fileHash);
  t.ok(readFileSync(file).length < 1_200);
  t.notOk(room.received.has(name.fileHash));
});

void t.test(
  'bytes that are another file are thrown away, and the right ones are taken afterwards',
  async (t) => {
    const bytes = randomBytes(70_000);
    const name = room.name(bytes);
    await room.create(name, bytes.length);
    const wrong = Buffer.from(bytes);
    wrong[69_999] = (wrong[69_999] ?? 0) ^ 1;
    t.equal((await room.patch(name, 0, wrong)).code, 'wrong-hash');
    t.notOk(room.received.has(name.fileHash));
    t.equal(await room.offset(name), null, 'nothing is left of it');
    await room.create(name, bytes.length);
    t.equal((await room.patch(name, 0, bytes)).status, 204);
    t.ok(room.received.has(name.fileHash));
  },
);

void t.test('a byte that the disk changed is found before anything is acknowledged', async (t) => {
  const bytes = randomBytes(10_000);
  const name = room.name(bytes);
  await room.create(name, bytes.length);
  await room.patch(name, 0, bytes.subarray(0, 5_000));
  const file = join(room.folder, SESSION, 'c1', name.fileHash);
  const stored = readFileSync(file);
  stored[stored.length - 1] = (stored.at(-1) ?? 0) ^ 8;
  writeFileSync(file, stored);
  t.equal((await room.patch(name, 5_000, bytes.subarray(5_000))).code, 'wrong-hash');
  t.notOk(room.received.has(name.fileHash));
});

void t.test('pieces of any size, lines that die anywhere: the file is the file', async () => {
  const pieces = fc.array(
    fc.record({ size: fc.integer({ min: 0, max: 90_000 }), cutAt: fc.option(fc.double({ min: 0, max: 1 })) }),
    { minLength: 1, maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 200_000 }), pieces, async (size, plan) => {
      const bytes = randomBytes(size);
      const name = room.name(bytes);
      await room.create(name, size);
      for (const { size: most, cutAt } of plan) {
        const at = (await room.offset(name)) ?? -1;
        const piece = bytes.subarray(at, at + most);
        if (cutAt !== null && piece.length > 1 && !Number.isNaN(cutAt)) {
          await room.cut(name, at, piece, Math.floor(cutAt * (piece.length - 1)));
          const now = (await room.offset(name)) ?? -1;
          if (now < at || now > at + piece.length) return false;
        } else if ((await room.patch(name, at, piece)).status !== 204) return false;
      }
      const at = (await room.offset(name)) ?? -1;
      await room.patch(name, at, bytes.subarray(at));
      const back = await room.ask('GET', uploadPath(name));
      return room.received.get(name.fileHash) === size && back.body.equals(bytes);
    }),
    { numRuns: 25 },
  );
});

void t.test('whatever stands in the headers, the answer is one of the protocol', async (t) => {
  const bytes = randomBytes(64);
  const name = room.name(bytes);
  await room.create(name, bytes.length);
  const text = fc.string({ unit: fc.constantFrom(...'0123456789-+. eEx,=abcAB/'), maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(text, text, text, async (offset, length, metadata) => {
      const headers = { 'Upload-Offset': offset, 'Content-Type': TUS_PIECE_TYPE, 'Content-Length': '0' };
      const patched = await room.ask('PATCH', uploadPath(name), headers);
      const made = await room.ask('POST', '/uploads', {
        'Upload-Length': length,
        'Upload-Metadata': metadata,
      });
      const isZero = offset.trim() === '0';
      return (isZero ? patched.status === 204 : [400, 409].includes(patched.status)) && made.status === 400;
    }),
    { numRuns: 60 },
  );
  t.equal(await room.offset(name), 0);
});

void t.test('who asks anew has given his old line up', async (t) => {
  const slow = new UploadSetting();
  slow.bytesPerSecond = 100_000;
  await slow.start();
  t.teardown(() => slow.close());
  // Ten seconds' worth, of which one is waited for: whoever is slow meanwhile has neither nothing nor all.
  const bytes = randomBytes(1_000_000);
  const name = slow.name(bytes);
  await slow.create(name, bytes.length);
  const first = slow.patch(name, 0, bytes).then(
    ({ status }) => status,
    () => 'broken',
  );
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const at = (await slow.offset(name)) ?? -1;
  t.ok(at > 0 && at < bytes.length, `goes on at ${at}`);
  t.equal(await first, 'broken');
  slow.bytesPerSecond = 10 ** 9;
  await slow.stop();
  await slow.start();
  t.equal((await slow.patch(name, at, bytes.subarray(at))).status, 204);
  t.ok(slow.received.has(name.fileHash));
});

void t.test(
  'all bytes came and the server died before the journal knew: the next question settles it',
  async (t) => {
    const bytes = randomBytes(5_000);
    const name = room.name(bytes);
    await room.create(name, bytes.length);
    await room.patch(name, 0, bytes);
    room.received.delete(name.fileHash);
    await room.stop();
    await room.start();
    t.equal(await room.offset(name), bytes.length);
    t.equal(room.received.get(name.fileHash), bytes.length);
  },
);

void t.test('the rules have the last word', async (t) => {
  const bytes = randomBytes(5_000);
  const name = room.name(bytes);
  await room.create(name, bytes.length);
  room.refusal = { code: 'after-collection' };
  const answer = await room.patch(name, 0, bytes);
  room.refusal = null;
  t.match(answer, { status: 410, code: 'after-collection' });
});

void t.test('a full disk takes no file, says so, and takes it when there is space', async (t) => {
  const full = new UploadSetting();
  full.keepFreeBytes = 2 ** 60;
  await full.start();
  t.teardown(() => full.close());
  const bytes = randomBytes(5_000);
  const name = full.name(bytes);
  t.match(await full.create(name, bytes.length), { status: 507, code: 'disk-full' });
  full.keepFreeBytes = 0;
  await full.stop();
  await full.start();
  t.equal((await full.create(name, bytes.length)).status, 201);
  t.equal((await full.patch(name, 0, bytes)).status, 204);
});

void t.test('what is named no more leaves the disk at the next file', async (t) => {
  const old = randomBytes(2_000);
  const before = room.name(old);
  await room.create(before, old.length);
  await room.patch(before, 0, old);
  room.sizes.delete(before.fileHash);
  const bytes = randomBytes(2_000);
  await room.create(room.name(bytes), bytes.length);
  t.ok(room.dropped.includes(before.fileHash));
  t.notOk(readdirSync(join(room.folder, SESSION, 'c1')).includes(before.fileHash));
});

void t.test('a session whose key is destroyed has no files, and its folder goes', async (t) => {
  const wiped = await new UploadSetting().start();
  t.teardown(() => wiped.close());
  const bytes = randomBytes(2_000);
  const name = wiped.name(bytes);
  await wiped.create(name, bytes.length);
  await wiped.patch(name, 0, bytes);
  wiped.keys = [];
  t.equal((await wiped.ask('GET', uploadPath(name))).status, 404);
  await wiped.store().removeSession(SESSION);
  t.notOk(existsSync(join(wiped.folder, SESSION)));
});
