// What every local store has to do, whether in memory or in a browser. Throws where it does not; knows no test program, so that
// it runs inside a page too.

import type { AnswerRow, ExamRecord, LocalStore } from '../../../kiosk-client/candidate/local/local-store.js';
import type { SeatState } from '../../../server/protocol/seat.js';

export interface StoreFact {
  name: string;
  /** @param open opens the same store again, as a page that is loaded anew does */
  run(open: () => Promise<LocalStore>): Promise<void>;
}

const newKey = () =>
  crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);

async function exam(examId: string): Promise<ExamRecord> {
  const key = await newKey();
  return {
    ...{ examId, sessionId: 's', packageId: 'p', candidateId: 'c', lease: 1, paperId: 'main' },
    ...{ contentKey: key, itemKeys: { q1: key }, itemId: 'q1', submit: null, gaps: [], aliveAt: 5 },
    order: { paperId: 'main', sections: [{ sectionId: 'a', items: [{ itemId: 'q1', options: ['x'] }] }] },
  };
}

const row = (examId: string, itemId: string, rev = 1): AnswerRow => ({
  ...{ examId, itemId, rev, marked: false, madeAt: rev, settledRev: 0 },
  value: { blanks: ['转化率𠮷', ''] },
});

function same(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: ${a} is not ${b}`);
}

export const STORE_CONTRACT: readonly StoreFact[] = [
  {
    name: 'an empty store has nothing',
    async run(open) {
      const store = await open();
      const all = [
        await store.pcSecret(),
        await store.clockMark(),
        await store.lastState(),
        await store.part('x'),
      ];
      same(all, [null, null, null, null], 'single values');
      same([await store.partHashes(), await store.exams(), await store.answers('e')], [[], [], []], 'lists');
    },
  },
  {
    name: 'what was kept is there for the next page',
    async run(open) {
      const store = await open();
      const state = { t: 'state', stage: 'waiting', roomName: '一〇二' } as unknown as SeatState;
      await store.keepPcSecret('ab');
      await store.keepClockMark({ roomNow: 7, wallNow: 8 });
      await store.keepLastState(state);
      const next = await open();
      same(await next.pcSecret(), 'ab', 'secret');
      same(await next.clockMark(), { roomNow: 7, wallNow: 8 }, 'clock');
      same(await next.lastState(), state, 'state');
      await next.keepPcSecret('cd');
      same(await store.pcSecret(), 'cd', 'the later one stands');
    },
  },
  {
    name: 'sealed parts are kept byte by byte, and dropped',
    async run(open) {
      const store = await open();
      const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => index * 7);
      await store.keepPart('h1', bytes.buffer);
      await store.keepPart('h2', new ArrayBuffer(0));
      const next = await open();
      same((await next.partHashes()).sort(), ['h1', 'h2'], 'hashes');
      same([...new Uint8Array((await next.part('h1')) as ArrayBuffer)], [...bytes], 'bytes');
      same((await next.part('h2'))?.byteLength, 0, 'an empty part is a part');
      await next.dropPart('h1');
      await next.dropPart('none');
      same(await next.partHashes(), ['h2'], 'dropped');
    },
  },
  {
    name: 'an exam comes back with keys that work and cannot be read out',
    async run(open) {
      const store = await open();
      const kept = await exam('e1');
      const iv = new Uint8Array(12);
      const sealed = await crypto.subtle.encrypt(
        { name: 'AES-GCM', iv },
        kept.contentKey,
        new Uint8Array([1, 2]),
      );
      await store.keepExam(kept);
      const [found] = await (await open()).exams();
      if (found === undefined) throw new Error('no exam');
      const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, found.contentKey, sealed);
      same([...new Uint8Array(plain)], [1, 2], 'the key opens');
      same(found.contentKey.extractable, false, 'extractable');
      const out = await crypto.subtle.exportKey('raw', found.contentKey).then(
        () => 'read out',
        () => 'refused',
      );
      same(out, 'refused', 'export');
      same(Object.keys(found.itemKeys), ['q1'], 'item keys');
      same({ ...found, contentKey: 0, itemKeys: 0 }, { ...kept, contentKey: 0, itemKeys: 0 }, 'the rest');
    },
  },
  {
    name: 'an exam is replaced, not doubled; what is changed outside is not changed inside',
    async run(open) {
      const store = await open();
      const first = await exam('e1');
      await store.keepExam(first);
      await store.keepExam({ ...first, itemId: 'q2', submit: { madeAt: 9, settled: false } });
      first.gaps.push({ from: 1, to: 2 });
      const found = await store.exams();
      same(found.length, 1, 'count');
      same(
        [found[0]?.itemId, found[0]?.submit, found[0]?.gaps],
        ['q2', { madeAt: 9, settled: false }, []],
        'values',
      );
    },
  },
  {
    name: 'answers of one exam are its own; the last revision stands',
    async run(open) {
      const store = await open();
      await Promise.all([
        store.keepAnswer(row('e1', 'q1')),
        store.keepAnswer(row('e1', 'q1', 2)),
        store.keepAnswer(row('e1', 'q2')),
        store.keepAnswer(row('e2', 'q1')),
      ]);
      const found = (await (await open()).answers('e1')).sort((a, b) => (a.itemId < b.itemId ? -1 : 1));
      same(found, [row('e1', 'q1', 2), row('e1', 'q2')], 'answers of e1');
      same(await store.answers('e'), [], 'an exam whose name begins the same');
    },
  },
  {
    name: 'a value that is changed after it was kept stays as it was kept',
    async run(open) {
      const store = await open();
      const kept = row('e1', 'q1');
      await store.keepAnswer(kept);
      if ('blanks' in kept.value) kept.value.blanks[0] = 'changed';
      same((await store.answers('e1'))[0]?.value, { blanks: ['转化率𠮷', ''] }, 'value');
    },
  },
  {
    name: 'dropping an exam takes its answers and keys along, and nobody else’s',
    async run(open) {
      const store = await open();
      await store.keepExam(await exam('s/c/1'));
      await store.keepExam(await exam('s/c/10'));
      for (const examId of ['s/c/1', 's/c/10']) await store.keepAnswer(row(examId, 'q1'));
      await store.dropExam('s/c/1');
      await store.dropExam('none');
      const next = await open();
      same(
        (await next.exams()).map(({ examId }) => examId),
        ['s/c/10'],
        'exams',
      );
      same(await next.answers('s/c/1'), [], 'its answers');
      same((await next.answers('s/c/10')).length, 1, 'answers of the other');
    },
  },
  {
    name: 'versions of texts are kept, replaced, and dropped with their exam',
    async run(open) {
      const store = await open();
      const versions = [{ rev: 1, text: '第一稿𠮷', madeAt: 5 }];
      await store.keepExam(await exam('s/c/1'));
      await store.keepVersions({ examId: 's/c/1', itemId: 'e1', versions: [] });
      await store.keepVersions({ examId: 's/c/1', itemId: 'e1', versions });
      await store.keepVersions({ examId: 's/c/10', itemId: 'e1', versions });
      const next = await open();
      same(
        await next.versions('s/c/1'),
        [{ examId: 's/c/1', itemId: 'e1', versions }],
        'the later ones stand',
      );
      await next.dropExam('s/c/1');
      same(await store.versions('s/c/1'), [], 'dropped');
      same((await store.versions('s/c/10')).length, 1, 'those of the other');
    },
  },
  {
    name: 'files are kept byte by byte, marked when the room has them, and dropped with their exam',
    async run(open) {
      const store = await open();
      const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => index * 5);
      const file = { fileHash: 'a1', bytes: new Blob([bytes], { type: 'image/png' }), inRoom: false };
      await store.keepFile({ examId: 's/c/1', ...file });
      await store.keepFile({ examId: 's/c/10', ...file });
      await store.keepFile({ examId: 's/c/1', ...file, inRoom: true });
      const next = await open();
      const listed = (await next.files('s/c/1')).map(({ fileHash, inRoom }) => [fileHash, inRoom]);
      same(listed, [['a1', true]], 'listed once, with its mark');
      const found = (await next.fileBytes('s/c/1', 'a1')) as Blob;
      const read = new Uint8Array(await new Response(found).arrayBuffer());
      same(found.type, 'image/png', 'type');
      same([...read], [...bytes], 'bytes');
      same(await next.fileBytes('s/c/1', 'b2'), null, 'a file that is not');
      await next.dropExam('s/c/1');
      same(await next.files('s/c/1'), [], 'dropped');
      same((await next.files('s/c/10')).length, 1, 'the files of the other');
    },
  },
  {
    name: 'a hundred changes at once all arrive',
    async run(open) {
      const store = await open();
      await Promise.all(Array.from({ length: 100 }, (_, n) => store.keepAnswer(row('e1', `q${n}`, n + 1))));
      const found = await (await open()).answers('e1');
      same(found.length, 100, 'count');
      same(
        found.every(({ itemId, rev }) => itemId === `q${rev - 1}`),
        true,
        'each its own',
      );
    },
  },
];
