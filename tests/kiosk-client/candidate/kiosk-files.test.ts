// What handed-in files mean for the kiosk: a seat says "nothing unsent" when its files are in the room too, and never before.

import { createHash } from 'node:crypto';
import t from 'tap';
import { FakeRoom, settle } from '../support/fake-room.js';

const BYTES = Buffer.from('一份表格');
const FILE = {
  fileHash: createHash('sha256').update(BYTES).digest('hex'),
  ...{ size: BYTES.length, name: 'a.xlsx', type: '' },
};
const MINUTE = 60_000;

/** A room whose uploads take what comes, while `takes`. */
async function roomWithUploads(): Promise<{ room: FakeRoom; uploads: { takes: boolean; taken: number } }> {
  const room = new FakeRoom();
  const uploads = { takes: true, taken: 0 };
  room.kiosk.stop();
  room.uploads = {
    fetchFile: () => Promise.reject(new Error('away')),
    send: async (method, _path, _headers, body) => {
      if (!uploads.takes) throw new Error('cut');
      if (method === 'PATCH') uploads.taken += body?.size ?? 0;
      const offset = method === 'HEAD' ? uploads.taken % BYTES.length : uploads.taken;
      return {
        status: method === 'POST' ? 201 : method === 'HEAD' ? 200 : 204,
        header: () => String(offset),
        code: async () => null,
      };
    },
  };
  await room.reload();
  await room.begin();
  return { room, uploads };
}

async function name(room: FakeRoom): Promise<void> {
  const { kiosk } = room;
  await kiosk.sitting?.files.keep(FILE.fileHash, new Blob([BYTES]));
  kiosk.change('q1', { files: [FILE] }, false);
  await settle();
}

const eventually = async (holds: () => boolean) => {
  for (let round = 0; round < 400 && !holds(); round++) await settle();
};

void t.test('the answer that names a file goes first, the bytes after it', async (t) => {
  const { room, uploads } = await roomWithUploads();
  room.silent = true;
  await name(room);
  t.equal(room.of('save').length, 1);
  t.equal(uploads.taken, 0, 'the room has not said that it holds the answer');
  t.equal(room.kiosk.sittings.unsent(null).count, 2, 'answer and file');
  room.silent = false;
  room.say({ t: 'ack', ids: [room.of('save')[0]?.id ?? 0], now: room.now });
  await eventually(() => room.kiosk.sittings.unsent(null).count === 0);
  t.equal(uploads.taken, BYTES.length);
  t.match(room.kiosk.sitting?.files.state(FILE), { where: 'room' });
  room.kiosk.stop();
});

void t.test('nobody is let go while a file is on its way', async (t) => {
  const { room, uploads } = await roomWithUploads();
  uploads.takes = false;
  await name(room);
  await room.show(room.stage('ended'));
  t.equal(room.of('nothing-unsent').length, 0);
  t.equal(room.kiosk.sittings.unsent(null).count, 1);
  uploads.takes = true;
  await eventually(() => room.of('nothing-unsent').length > 0);
  t.equal(room.of('nothing-unsent').length, 1);
  t.equal(uploads.taken, BYTES.length);
  t.equal(room.store.fileRows.size, 0, 'and nothing stays on the PC');
  room.kiosk.stop();
});

void t.test('the room misses a file: it goes out again before anybody is let go', async (t) => {
  const { room, uploads } = await roomWithUploads();
  await name(room);
  await eventually(() => uploads.taken > 0);
  room.refuse = ({ t: type }) =>
    type === 'nothing-unsent' && uploads.taken < 2 * BYTES.length ? 'files-missing' : null;
  await room.show(room.stage('ended'));
  await eventually(() => room.kiosk.sitting === null);
  t.equal(uploads.taken, 2 * BYTES.length, 'brought twice');
  t.ok(room.of('nothing-unsent').length >= 2);
  t.equal(room.store.fileRows.size, 0);
  room.kiosk.stop();
});

void t.test('on a spare PC the room says which files it holds', async (t) => {
  const { room } = await roomWithUploads();
  room.state = room.answering(room.now + MINUTE, 2);
  await room.show(room.state);
  const saved = { itemId: 'q1', lease: 1, rev: 3, value: { files: [FILE] }, marked: false };
  room.say({ ...room.paper(2, [saved]), files: [FILE.fileHash] });
  await eventually(() => room.kiosk.sitting?.book.isAnswered('q1') === true);
  t.match(room.kiosk.sitting?.files.state(FILE), { where: 'room' });
  t.equal(room.kiosk.sittings.unsent(null).count, 0);
  room.kiosk.stop();
});
