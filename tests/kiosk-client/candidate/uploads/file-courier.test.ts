// Files on their way from a PC to the room, against the room's real uploads: nothing before the answer that names it, nothing
// twice, nothing lost whatever breaks, and never a seat that waits for what will not come.

import { randomBytes } from 'node:crypto';
import t from 'tap';
import { AnswerBook } from '../../../../kiosk-client/candidate/exam/answer-book.js';
import { FileCourier, type CourierHost } from '../../../../kiosk-client/candidate/uploads/file-courier.js';
import { nextPiece } from '../../../../kiosk-client/candidate/uploads/bring-file.js';
import { SECRET, sha256, UploadSetting } from '../../../uploads/setting.js';
import { MemoryStore } from '../../support/memory-store.js';

const EXAM = { examId: 's/c1/1', candidateId: 'c1', lease: 1 };

class Pc {
  readonly store = new MemoryStore();
  book!: AnswerBook;
  courier!: FileCourier;
  online = true;
  readonly asked: string[] = [];
  /** Called before each request; throws where the line breaks. */
  before: (method: string, path: string) => void = () => undefined;

  constructor(readonly room: UploadSetting) {}

  async open(): Promise<this> {
    this.courier?.stop();
    this.book = await AnswerBook.open(EXAM.examId, this.store, () => this.courier?.push());
    const url = (path: string) => `http://127.0.0.1:${this.room.port}${path}`;
    const host: CourierHost = {
      store: this.store,
      send: async (method, path, headers, body) => {
        this.before(method, path);
        this.asked.push(method);
        const response = await fetch(url(path), { method, headers, body });
        return {
          status: response.status,
          header: (name) => response.headers.get(name),
          code: async () => ((await response.json()) as { code?: string }).code ?? null,
        };
      },
      fetchFile: async (path, headers) => {
        const response = await fetch(url(path), { headers });
        if (!response.ok) throw new Error(String(response.status));
        return response.arrayBuffer();
      },
      pcSecret: () => SECRET,
      online: () => this.online,
      monotonic: () => performance.now(),
      changed: () => undefined,
    };
    this.courier = await FileCourier.open(EXAM, this.book, host);
    return this;
  }

  /** Names a file in an answer; the room knows of it where `settled`. */
  async name(bytes: Buffer, settled = true, itemId = 'f1'): Promise<ReturnType<typeof fileOf>> {
    const file = fileOf(bytes);
    await this.courier.keep(file.fileHash, new Blob([new Uint8Array(bytes)]));
    this.book.change(itemId, { files: [file] }, false, Date.now());
    if (settled) this.settle(bytes, itemId);
    return file;
  }

  /** The room has the answer on its disk. */
  settle(bytes: Buffer, itemId = 'f1'): void {
    this.room.sizes.set(sha256(bytes), bytes.length);
    this.book.settle(itemId, this.book.get(itemId)?.rev ?? 0);
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (!holds()) {
      if (Date.now() > deadline) throw new Error(`In vain: ${what}`);
      this.courier.push();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

const fileOf = (bytes: Buffer) => ({
  fileHash: sha256(bytes),
  ...{ size: bytes.length, name: 'a.xlsx', type: '' },
});
const textOf = async (blob: Blob) => Buffer.from(await new Response(blob).arrayBuffer());

async function setting(t: { teardown(end: () => Promise<void>): void }): Promise<Pc> {
  const room = await new UploadSetting().start();
  const pc = await new Pc(room).open();
  t.teardown(async () => {
    pc.courier.stop();
    await room.close();
  });
  return pc;
}

void t.test(
  'a file goes out once the room holds the answer that names it, and then it is there',
  async (t) => {
    const pc = await setting(t);
    const bytes = randomBytes(900_000);
    const file = await pc.name(bytes, false);
    pc.courier.push();
    await new Promise((resolve) => setTimeout(resolve, 50));
    t.same(pc.asked, [], 'nothing before');
    t.equal(pc.courier.pending, 1);
    t.match(pc.courier.state(file), { where: 'here', problem: null });
    pc.settle(bytes);
    await pc.until(() => pc.courier.pending === 0, 'it arrives');
    t.equal(pc.room.received.get(file.fileHash), bytes.length);
    t.same(pc.courier.state(file), { where: 'room' });
    t.ok((await textOf(await pc.courier.bytes(file))).equals(bytes), 'opened from here');
  },
);

void t.test('a broken line costs nothing but time', async (t) => {
  const pc = await setting(t);
  const bytes = randomBytes(2_000_000);
  let pieces = 0;
  pc.before = (method) => {
    if (method === 'PATCH' && (pieces += 1) === 3) throw new Error('cut');
  };
  const file = await pc.name(bytes);
  await pc.until(() => pieces === 3, 'the cut');
  const before = await pc.room.offset({ ...EXAM, fileHash: file.fileHash });
  t.ok(before !== null && before > 0);
  await pc.until(() => pc.courier.pending === 0, 'it arrives after all');
  t.ok(pc.room.received.has(file.fileHash));
});

void t.test('the page is loaded anew in the middle: it goes on from where the room is', async (t) => {
  const pc = await setting(t);
  const bytes = randomBytes(1_500_000);
  let pieces = 0;
  pc.before = (method) => {
    if (method === 'PATCH' && (pieces += 1) > 1) throw new Error('cut');
  };
  const file = await pc.name(bytes);
  await pc.until(() => pieces > 1, 'one piece');
  pc.before = () => undefined;
  await pc.open();
  t.match(pc.courier.state(file), { where: 'here' });
  pc.asked.length = 0;
  await pc.until(() => pc.courier.pending === 0, 'it arrives');
  t.ok(pc.room.received.has(file.fileHash));
  await pc.open();
  t.same(pc.courier.state(file), { where: 'room' }, 'and the next page knows');
});

void t.test('a PC without the file opens it from the room, and knows when nobody has it', async (t) => {
  const pc = await setting(t);
  const bytes = randomBytes(50_000);
  const file = await pc.name(bytes);
  await pc.until(() => pc.courier.pending === 0, 'it arrives');
  pc.store.fileRows.clear();
  await pc.open();
  t.same(pc.courier.state(file), { where: 'away' });
  t.equal(pc.courier.pending, 0, 'nothing here to be brought');
  pc.courier.roomHas([file.fileHash]);
  t.same(pc.courier.state(file), { where: 'room' });
  t.ok((await textOf(await pc.courier.bytes(file))).equals(bytes));
  await t.rejects(pc.courier.bytes(fileOf(randomBytes(10))));
});

void t.test('the room misses a file that this page thought was there: it goes out again', async (t) => {
  const pc = await setting(t);
  const bytes = randomBytes(5_000);
  const file = await pc.name(bytes);
  await pc.until(() => pc.courier.pending === 0, 'it arrives');
  pc.room.received.clear();
  await pc.room.store().remove({ sessionId: 'practical-pm', candidateId: 'c1', fileHash: file.fileHash });
  pc.courier.askAnew();
  await pc.until(() => pc.room.received.has(file.fileHash), 'it arrives again');
});

void t.test('what the room will never take keeps nobody waiting; named anew it is tried anew', async (t) => {
  const pc = await setting(t);
  const bytes = randomBytes(5_000);
  const file = await pc.name(bytes, false);
  // The answer was refused for good: the room knows of no such file.
  pc.book.settle('f1', 1);
  await pc.until(() => pc.courier.pending === 0, 'it gives up');
  t.match(pc.courier.state(file), { where: 'here', problem: 'file-not-declared' });
  pc.book.change('f1', { files: [] }, false, Date.now());
  await pc.name(bytes);
  t.equal(pc.courier.pending, 1);
});

void t.test('a file that was removed meanwhile is not brought to its end', async (t) => {
  const pc = await setting(t);
  const bytes = randomBytes(3_000_000);
  let pieces = 0;
  pc.before = (method) => {
    if (method === 'PATCH' && (pieces += 1) === 2) pc.book.change('f1', { files: [] }, false, Date.now());
  };
  const file = await pc.name(bytes);
  await pc.until(() => pieces >= 2, 'it is on its way');
  await pc.until(() => pc.courier.pending === 0, 'nobody wants it');
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.notOk(pc.room.received.has(file.fileHash));
});

void t.test('a PC that cannot store keeps the file in memory and says so', async (t) => {
  const pc = await setting(t);
  pc.store.isFull = true;
  const bytes = randomBytes(5_000);
  const file = await pc.name(bytes);
  t.equal(pc.courier.storageFailed, true);
  await pc.until(() => pc.room.received.has(file.fileHash), 'it arrives all the same');
});

void t.test('pieces take about two seconds each', async (t) => {
  t.equal(nextPiece(256 * 1024, 100), 512 * 1024, 'a fast line: twice as much');
  t.equal(nextPiece(256 * 1024, 4_000), 128 * 1024, 'a slow one: half');
  t.equal(nextPiece(32 * 1024, 60_000), 32 * 1024, 'never less');
  t.equal(nextPiece(8 * 2 ** 20, 1), 8 * 2 ** 20, 'never more');
});
