// Fetching the sealed paper: the text first, few at once, damaged parts again, nothing twice, nothing left over.

import { createHash } from 'node:crypto';
import { mock } from 'node:test';
import t from 'tap';
import { PartFetcher } from '../../../../kiosk-client/candidate/room/part-fetcher.js';
import type { SealedPart } from '../../../../server/protocol/seat.js';
import { settle } from '../../support/fake-room.js';
import { MemoryStore } from '../../support/memory-store.js';

const { timers } = mock;
t.beforeEach(() => timers.enable({ apis: ['setTimeout'] }));
t.afterEach(() => timers.reset());

const bytesOf = (name: string) => new TextEncoder().encode(`sealed ${name}`).buffer as ArrayBuffer;
const part = (path: string): SealedPart => {
  const bytes = bytesOf(path);
  return {
    path,
    sha256: createHash('sha256').update(Buffer.from(bytes)).digest('hex'),
    bytes: bytes.byteLength,
  };
};
const TEXT = part('papers/p/text.sealed');
const ITEM = part('papers/p/items/q1.sealed');
const MEDIA = ['a', 'b', 'c', 'd'].map((name) => part(`papers/p/media/${name}.sealed`));

function room() {
  const store = new MemoryStore();
  const asked: string[] = [];
  let now = 0;
  let most = 0;
  const byPath = new Map([TEXT, ITEM, ...MEDIA].map(({ path, sha256 }) => [`/content/${sha256}`, path]));
  const here = {
    ...{ store, asked, up: true, damaged: new Set<string>(), most: () => most },
    fetcher: undefined as unknown as PartFetcher,
    async pass(ms: number) {
      for (let left = ms; left > 0; left -= 500) {
        timers.tick(500);
        await settle();
      }
    },
  };
  here.fetcher = new PartFetcher({
    store,
    random: () => 0.5,
    changed: () => undefined,
    fetchBytes: async (path) => {
      const name = byPath.get(path) ?? '';
      asked.push(name);
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      if (!here.up) throw new Error('away');
      return here.damaged.delete(name) ? bytesOf('other') : bytesOf(name);
    },
  });
  return here;
}

void t.test('the text is fetched first, then items, then pictures; three at once', async (t) => {
  const here = room();
  void here.fetcher.want([...MEDIA, ITEM, TEXT]);
  await here.pass(2_000);
  t.same(here.asked, [TEXT.path, ITEM.path, ...MEDIA.map(({ path }) => path)]);
  t.equal(here.most(), 3);
  t.same(here.fetcher.progress, { have: 6, all: 6 });
  t.equal(here.store.parts.size, 6);
});

void t.test('PCs of a room do not begin at the same moment', async (t) => {
  const here = room();
  void here.fetcher.want([TEXT]);
  await settle();
  t.same(here.asked, [], 'a moment of its own first');
  await here.pass(1_000);
  t.equal(here.asked.length, 1);
});

void t.test('what is here already is not fetched; what is of no use is removed', async (t) => {
  const here = room();
  await here.store.keepPart(TEXT.sha256, bytesOf(TEXT.path));
  await here.store.keepPart('old', bytesOf('old'));
  void here.fetcher.want([TEXT, ITEM]);
  await here.pass(2_000);
  t.same(here.asked, [ITEM.path]);
  t.same([...here.store.parts.keys()].sort(), [TEXT.sha256, ITEM.sha256].sort());
});

void t.test('the same list again asks for nothing', async (t) => {
  const here = room();
  void here.fetcher.want([TEXT]);
  await here.pass(2_000);
  void here.fetcher.want([{ ...TEXT }]);
  await here.pass(2_000);
  t.equal(here.asked.length, 1);
});

void t.test('another list while the first is on its way: all of it comes', async (t) => {
  const here = room();
  void here.fetcher.want([TEXT]);
  await settle();
  void here.fetcher.want([ITEM, ...MEDIA]);
  await here.pass(3_000);
  t.same(here.fetcher.progress, { have: 5, all: 5 });
});

void t.test('a damaged part is thrown away and fetched again', async (t) => {
  const here = room();
  here.damaged.add(TEXT.path);
  void here.fetcher.want([TEXT]);
  await here.pass(1_500);
  t.same(here.fetcher.progress, { have: 0, all: 1 });
  t.equal(here.store.parts.size, 0, 'what is wrong is not kept');
  await here.pass(4_000);
  t.same(here.asked, [TEXT.path, TEXT.path]);
  t.same(here.fetcher.progress, { have: 1, all: 1 });
});

void t.test('a room that is away is asked again without haste', async (t) => {
  const here = room();
  here.up = false;
  void here.fetcher.want([TEXT]);
  await here.pass(20_000);
  t.ok(here.asked.length >= 5 && here.asked.length <= 9, `${here.asked.length} times in 20 s`);
  here.up = true;
  await here.pass(4_000);
  t.same(here.fetcher.progress, { have: 1, all: 1 });
});

void t.test('after stop nothing is asked', async (t) => {
  const here = room();
  here.up = false;
  void here.fetcher.want([TEXT]);
  await here.pass(3_000);
  const before = here.asked.length;
  here.fetcher.stop();
  await here.pass(10_000);
  t.equal(here.asked.length, before);
});

void t.test('bytes are those that are kept; two who want them at once fetch them once', async (t) => {
  const here = room();
  const [one, two] = await Promise.all([here.fetcher.bytes(TEXT.sha256), here.fetcher.bytes(TEXT.sha256)]);
  t.same(Buffer.from(one), Buffer.from(bytesOf(TEXT.path)));
  t.same(one, two);
  t.equal(here.asked.length, 1);
  here.up = false;
  t.same(Buffer.from(await here.fetcher.bytes(TEXT.sha256)), Buffer.from(one), 'without the room');
  await t.rejects(here.fetcher.bytes(ITEM.sha256), /away/);
});

void t.test('a storage that is full keeps nobody from the paper', async (t) => {
  const here = room();
  here.store.keepPart = async () => {
    throw new Error('QuotaExceededError');
  };
  void here.fetcher.want([TEXT]);
  await here.pass(2_000);
  t.same(here.fetcher.progress, { have: 1, all: 1 });
  t.same(Buffer.from(await here.fetcher.bytes(TEXT.sha256)), Buffer.from(bytesOf(TEXT.path)));
});
