// The answers of one sitting: counted changes, what the room has, what a swap brings, a storage that fails.

import fc from 'fast-check';
import t from 'tap';
import { AnswerBook } from '../../../../kiosk-client/candidate/exam/answer-book.js';
import { hasContent } from '../../../../kiosk-client/candidate/exam/answer-values.js';
import type { AnswerRow } from '../../../../kiosk-client/candidate/local/local-store.js';
import { MemoryStore } from '../../support/memory-store.js';

const EXAM = 's1/c1/1';
const rest = () => new Promise((resolve) => setImmediate(resolve));

async function book(store = new MemoryStore()) {
  let changes = 0;
  const opened = await AnswerBook.open(EXAM, store, () => (changes += 1));
  return { store, book: opened, changes: () => changes };
}
const row = (store: MemoryStore, itemId: string): AnswerRow | undefined =>
  store.answerRows.get(`${EXAM}/${itemId}`);

void t.test('a change is counted, kept, and unsent', async (t) => {
  const { book: answers, store, changes } = await book();
  answers.change('q1', { options: ['a'] }, false, 100);
  t.equal(answers.isWriting, true);
  t.equal(changes(), 1, 'told at once, not after the disk');
  await rest();
  t.equal(answers.isWriting, false);
  t.equal(changes(), 2, 'and when it is on the disk');
  t.match(row(store, 'q1'), { rev: 1, settledRev: 0, madeAt: 100, value: { options: ['a'] }, marked: false });
  t.same(
    answers.unsent().map(({ itemId }) => itemId),
    ['q1'],
  );
});

void t.test('the same again is no change; a mark is one', async (t) => {
  const { book: answers, changes } = await book();
  answers.change('q1', { options: ['a', 'b'] }, false, 1);
  answers.change('q1', { options: ['a', 'b'] }, false, 2);
  t.equal(answers.get('q1')?.rev, 1);
  t.equal(changes(), 1);
  answers.change('q1', { options: ['a', 'b'] }, true, 3);
  answers.change('q1', { options: ['b', 'a'] }, true, 4);
  answers.change('q1', { blanks: ['b', 'a'] }, true, 5);
  answers.change('q1', { blanks: ['b'] }, true, 6);
  t.equal(answers.get('q1')?.rev, 5);
});

void t.test('what the room has is settled up to that revision, and never back', async (t) => {
  const { book: answers } = await book();
  answers.change('q1', { options: ['a'] }, false, 1);
  answers.change('q1', { options: ['b'] }, false, 2);
  answers.settle('q1', 1);
  t.equal(answers.unsent().length, 1, 'the newer one is still to go');
  answers.settle('q1', 2);
  t.equal(answers.unsent().length, 0);
  answers.settle('q1', 1);
  answers.settle('none', 9);
  t.equal(answers.get('q1')?.settledRev, 2);
});

void t.test('the oldest change goes first', async (t) => {
  const { book: answers } = await book();
  answers.change('q1', { options: ['a'] }, false, 30);
  answers.change('q2', { options: ['a'] }, false, 10);
  answers.change('q3', { options: ['a'] }, false, 20);
  t.same(
    answers.unsent().map(({ itemId }) => itemId),
    ['q2', 'q3', 'q1'],
  );
});

void t.test('a page that opens anew has what the one before kept', async (t) => {
  const { book: answers, store } = await book();
  answers.change('q1', { blanks: ['转化率'] }, true, 1);
  await store.keepAnswer({ ...(row(store, 'q1') as AnswerRow), examId: 's1/c2/1', itemId: 'q9' });
  const again = await book(store);
  t.equal(again.book.isMarked('q1'), true);
  t.equal(again.book.isAnswered('q1'), true);
  t.equal(again.book.get('q9'), undefined, 'nothing of another candidate');
  again.book.change('q1', { blanks: ['x'] }, true, 2);
  t.equal(again.book.get('q1')?.rev, 2, 'and counts on');
});

void t.test('an empty value takes an answer back', async (t) => {
  t.equal(hasContent({ options: [] }), false);
  t.equal(hasContent({ options: ['a'] }), true);
  t.equal(hasContent({ blanks: [] }), false);
  t.equal(hasContent({ blanks: ['', ' ', '　'] }), false);
  t.equal(hasContent({ blanks: ['', '0'] }), true);
});

void t.test('made anew: the same value, the next revision, another time', async (t) => {
  const { book: answers } = await book();
  answers.change('q1', { options: ['a'] }, true, 1);
  answers.settle('q1', 1);
  answers.renew('q1', 50);
  answers.renew('none', 50);
  t.match(answers.get('q1'), { rev: 2, settledRev: 1, madeAt: 50, value: { options: ['a'] }, marked: true });
});

void t.test('the room knows more under this lease: taken over and counted on', async (t) => {
  const { book: answers } = await book();
  answers.change('q1', { options: ['a'] }, false, 1);
  answers.merge(1, [{ itemId: 'q1', lease: 1, rev: 4, value: { options: ['d'] }, marked: true }]);
  t.match(answers.get('q1'), { rev: 4, settledRev: 4, value: { options: ['d'] }, marked: true });
  t.equal(answers.unsent().length, 0);
});

void t.test('the room knows less under this lease: only what it has is settled', async (t) => {
  const { book: answers } = await book();
  for (const id of ['a', 'b', 'c']) answers.change('q1', { options: [id] }, false, 1);
  answers.merge(1, [{ itemId: 'q1', lease: 1, rev: 2, value: { options: ['b'] }, marked: false }]);
  t.match(answers.get('q1'), { rev: 3, settledRev: 2, value: { options: ['c'] } });
});

void t.test('[rule 16] an earlier lease fills what is empty here and undoes nothing', async (t) => {
  const { book: answers } = await book();
  answers.change('q1', { options: ['a'] }, false, 1);
  const earlier = { lease: 1, value: { options: ['z'] }, marked: false };
  answers.merge(2, [
    { itemId: 'q1', rev: 9, ...earlier },
    { itemId: 'q2', rev: 9, ...earlier },
  ]);
  t.match(answers.get('q1'), { rev: 1, value: { options: ['a'] } });
  t.match(answers.get('q2'), { rev: 0, settledRev: 0, value: { options: ['z'] } });
  t.same(
    answers.unsent().map(({ itemId }) => itemId),
    ['q1'],
    'what was taken over is not sent back',
  );
});

void t.test(
  '[rule 16] what the earlier PC delivers late is shown where nothing was changed here',
  async (t) => {
    const { book: answers, store } = await book();
    const told = (itemId: string, rev: number, text: string) => ({
      ...{ itemId, lease: 1, rev, value: { text }, marked: false },
    });
    answers.merge(2, [told('e1', 3, '摘要'), told('e2', 1, '甲')]);
    answers.change('e2', { text: '甲乙' }, false, 5);
    answers.merge(2, [
      told('e1', 7, '摘要，以及原机上后写的一段'),
      told('e2', 4, '甲丙'),
      told('e3', 1, '丁'),
    ]);
    await rest();
    const shown = ['e1', 'e2', 'e3'].map((id) => answers.get(id)?.value);
    t.same(shown, [{ text: '摘要，以及原机上后写的一段' }, { text: '甲乙' }, { text: '丁' }]);
    t.same(
      answers.unsent().map(({ itemId }) => itemId),
      ['e2'],
      'what was taken over is not sent back',
    );
    answers.change('e1', { text: '续写' }, false, 9);
    t.match(answers.get('e1'), { rev: 1, value: { text: '续写' } });
    answers.merge(2, [told('e1', 8, '更晚到的')]);
    t.match(answers.get('e1'), { rev: 1, value: { text: '续写' } });
    await rest();
    t.equal(store.answerRows.size, 3);
  },
);

void t.test('a storage that fails is said, and loses nothing that is in memory', async (t) => {
  const { book: answers, store } = await book();
  store.isFull = true;
  answers.change('q1', { options: ['a'] }, false, 1);
  await rest();
  t.equal(answers.storageFailed, true);
  t.equal(answers.isWriting, false);
  t.equal(answers.unsent().length, 1);
});

void t.test(
  'whatever the room says it holds: nothing newer here is lost, nothing unsent is called sent',
  async (t) => {
    const id = fc.constantFrom('q1', 'q2', '__proto__');
    const option = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      fc.record({ do: fc.constant('change' as const), id, option, marked: fc.boolean() }),
      fc.record({ do: fc.constant('settle' as const), id, rev: fc.nat(6) }),
      fc.record({
        do: fc.constant('merge' as const),
        id,
        option,
        lease: fc.integer({ min: 1, max: 3 }),
        rev: fc.integer({ min: 1, max: 6 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { book: answers, store } = await book();
        for (const one of steps) {
          const before = answers.get(one.id);
          if (one.do === 'change') answers.change(one.id, { options: [one.option] }, one.marked, 1);
          if (one.do === 'settle') answers.settle(one.id, Math.min(one.rev, before?.rev ?? 0));
          if (one.do === 'merge')
            answers.merge(2, [
              {
                itemId: one.id,
                lease: one.lease,
                rev: one.rev,
                value: { options: [one.option] },
                marked: false,
              },
            ]);
          const after = answers.get(one.id);
          if (before !== undefined && after !== undefined) {
            t.ok(after.rev >= before.rev && after.settledRev >= before.settledRev, 'counts never go back');
            const replaced = JSON.stringify(after.value) !== JSON.stringify(before.value);
            if (one.do !== 'change' && replaced)
              t.ok(
                after.rev > before.rev || before.rev === 0,
                'what was changed here by something newer only',
              );
          }
          if (after !== undefined) t.ok(after.settledRev <= after.rev);
        }
        await rest();
        for (const stored of store.answerRows.values())
          t.same(stored, answers.get(stored.itemId), 'the disk holds what the page shows');
      }),
    );
  },
);

void t.test(
  'a text that is changed much leaves a version; bringing it back is a change that says so',
  async (t) => {
    const { book: answers, store } = await book();
    const first = '短视频渠道自第十五周起投入产出比下降。';
    answers.change('e1', { text: first }, false, 1_000);
    answers.change('e1', { text: '' }, false, 2_000);
    const [version] = answers.versions('e1');
    t.match(version, { rev: 1, text: first, madeAt: 1_000 });
    if (version === undefined) throw new Error('no version');
    answers.change('e1', { text: '重写' }, true, 3_000);
    answers.restore('e1', version, 4_000);
    t.match(answers.get('e1'), {
      rev: 4,
      value: { text: first },
      marked: true,
      madeAt: 4_000,
      restores: [{ rev: 4, ofRev: 1 }],
    });
    t.same(
      answers.versions('e1').map(({ rev, text }) => [rev, text]),
      [
        [1, first],
        [3, '重写'],
      ],
      'what stood there became a version',
    );
    answers.restore('e1', version, 5_000);
    t.equal(answers.get('e1')?.rev, 4, 'what stands there already is not brought back');
    answers.restore('none', version, 5_000);
    t.equal(answers.get('none'), undefined);
    await rest();
    const { book: next } = await book(store);
    t.same(next.versions('e1'), answers.versions('e1'), 'the next page has them too');
  },
);

void t.test('a restore is told until the room has heard of it, whatever is typed meanwhile', async (t) => {
  const { book: answers } = await book();
  answers.change('e1', { text: '第一稿，写了二十多个字，之后全部被删掉了。' }, false, 1);
  answers.change('e1', { text: '' }, false, 2);
  const [version] = answers.versions('e1');
  if (version === undefined) throw new Error('no version');
  answers.restore('e1', version, 3);
  answers.change('e1', { text: '又改' }, false, 4);
  t.match(answers.get('e1'), { rev: 4, restores: [{ rev: 3, ofRev: 1 }] }, 'not sent yet');
  answers.restore('e1', version, 5);
  t.same(answers.get('e1')?.restores, [
    { rev: 3, ofRev: 1 },
    { rev: 5, ofRev: 1 },
  ]);
  answers.settle('e1', 3);
  t.same(answers.get('e1')?.restores, [{ rev: 5, ofRev: 1 }], 'the room has the first');
  answers.settle('e1', 5);
  t.notOk('restores' in (answers.get('e1') ?? {}), 'and the second');
});

void t.test('a storage that is full loses no answer for want of a version', async (t) => {
  const { book: answers, store } = await book();
  answers.change('e1', { text: '写了二十多个字，之后这些字又全部被删掉了。' }, false, 1);
  await rest();
  store.isFull = true;
  answers.change('e1', { text: '' }, false, 2);
  await rest();
  t.equal(answers.versions('e1').length, 1, 'in memory');
  t.equal(answers.storageFailed, true);
});

void t.test('a page that comes back uses no revision again that an earlier page may have sent', async (t) => {
  const { book: before, store } = await book();
  before.change('q1', { options: ['a'] }, false, 1);
  await rest();
  const after = await AnswerBook.open(EXAM, store, () => undefined, true);
  after.change('q1', { options: ['c'] }, false, 3);
  after.change('q2', { options: ['c'] }, false, 3);
  after.change('q1', { options: ['d'] }, false, 4);
  t.equal(after.get('q1')?.rev, 1_002, 'once, not with every change');
  t.equal(after.get('q2')?.rev, 1_000, 'its first answer may have been lost too');
  // What the earlier page sent, and this PC's storage lost.
  const lost = { lease: 1, value: { options: ['b'] }, marked: false };
  after.merge(1, [
    { itemId: 'q1', rev: 2, ...lost },
    { itemId: 'q2', rev: 1, ...lost },
    { itemId: 'q3', rev: 5, ...lost },
  ]);
  t.match(
    after.unsent().map(({ itemId, value }) => [itemId, value]),
    [
      ['q2', { options: ['c'] }],
      ['q1', { options: ['d'] }],
    ],
  );
  after.change('q3', { options: ['e'] }, false, 5);
  t.equal(after.get('q3')?.rev, 6, 'once the room has said what it holds, changes are counted on');
});
