// The paper in the candidate's order: numbers, letters, pooled items, and orders that do not belong to the paper.

import fc from 'fast-check';
import t from 'tap';
import { dealPaper } from '../../../../kiosk-client/candidate/exam/dealt-paper.js';
import type { ItemContent, PaperContent, PaperMessage } from '../../../../server/protocol/seat.js';

const item = (itemId: string, options: string[], stem: string | null = itemId): ItemContent => ({
  ...{ itemId, type: 'single', points: 1, scoringNote: null, stem, blanks: [], media: [] },
  options: options.map((id) => ({ id, html: `<b>${id}</b>` })),
});
const content: PaperContent = {
  ...{ paperId: 'p', title: '卷' },
  sections: [
    { sectionId: 'a', title: '一', instructions: '说明', items: [item('a1', ['x', 'y']), item('a2', ['x'])] },
    { sectionId: 'b', title: '二', instructions: '', items: [item('b1', [], null)] },
  ],
};
const order = (...sections: [string, ...(readonly [string, ...string[]])[]][]): PaperMessage['order'] => ({
  paperId: 'p',
  sections: sections.map(([sectionId, ...items]) => ({
    sectionId,
    items: items.map(([itemId, ...options]) => ({ itemId, options })),
  })),
});
const none: ReadonlyMap<string, ItemContent> = new Map();

void t.test('numbers run through the paper, letters follow the dealt order', async (t) => {
  const dealt = dealPaper(content, order(['b', ['b1']], ['a', ['a2', 'x'], ['a1', 'y', 'x']]), none);
  t.equal(dealt.title, '卷');
  t.same(
    dealt.items.map(({ number, sectionTitle, content: { itemId } }) => [number, sectionTitle, itemId]),
    [
      [1, '二', 'b1'],
      [2, '一', 'a2'],
      [3, '一', 'a1'],
    ],
  );
  t.same(dealt.items[2]?.options, [
    { id: 'y', letter: 'A', html: '<b>y</b>' },
    { id: 'x', letter: 'B', html: '<b>x</b>' },
  ]);
  t.equal(dealt.sections[1]?.instructions, '说明');
  t.equal(dealt.items[2]?.instructions, '说明', 'each item knows what its section asks for');
});

void t.test('an item that was sealed apart takes the place of its empty one', async (t) => {
  const pooled = new Map([['b1', item('b1', ['z'], '题')]]);
  const dealt = dealPaper(content, order(['b', ['b1', 'z']]), pooled);
  t.equal(dealt.items[0]?.content.stem, '题');
  t.equal(dealt.items[0]?.options[0]?.id, 'z');
});

void t.test('an order that does not belong to the paper is named, not shown in part', async (t) => {
  t.throws(() => dealPaper(content, order(['c']), none), /no section c/);
  t.throws(() => dealPaper(content, order(['a', ['a9']]), none), /no item a9/);
  t.throws(() => dealPaper(content, order(['a', ['b1']]), none), /no item b1/, 'of another section');
  t.throws(() => dealPaper(content, order(['a', ['a1', 'z']]), none), /no option z/);
});

void t.test('whatever order comes: it is dealt as it says, or refused', async (t) => {
  const some = fc.constantFrom('a', 'b', 'a1', 'a2', 'b1', 'x', 'y', '', '__proto__', 'constructor');
  const anyOrder = fc.record({
    paperId: some,
    sections: fc.array(
      fc.record({
        sectionId: some,
        items: fc.array(fc.record({ itemId: some, options: fc.array(some, { maxLength: 3 }) }), {
          maxLength: 4,
        }),
      }),
      { maxLength: 3 },
    ),
  });
  let dealt = 0;
  fc.assert(
    fc.property(anyOrder, (any) => {
      let paper;
      try {
        paper = dealPaper(content, any, none);
      } catch (error) {
        return /^(The paper|Item)/.test((error as Error).message);
      }
      dealt += 1;
      const ids = any.sections.flatMap(({ items }) => items.map(({ itemId }) => itemId));
      return (
        JSON.stringify(paper.items.map((one) => one.content.itemId)) === JSON.stringify(ids) &&
        paper.items.every((one, index) => one.number === index + 1)
      );
    }),
    { numRuns: 2_000 },
  );
  t.ok(dealt > 20, `${dealt} were dealt`);
});

void t.test('the items of a case come one after the other, each knows its case and its place', async (t) => {
  const inner = [item('k1', ['x'], null), item('k2', [], null)];
  const bare: ItemContent = { ...item('k', [], null), type: 'case', case: { materials: [], items: inner } };
  const whole: ItemContent = {
    ...item('k', [], '情景'),
    type: 'case',
    case: { materials: [], items: [item('k1', ['x'], '甲'), item('k2', [], '乙')] },
  };
  const paper: PaperContent = {
    ...content,
    sections: [{ sectionId: 'c', title: '三', instructions: '', items: [bare, item('s', [])] }],
  };
  const dealtOrder = {
    paperId: 'p',
    sections: [
      {
        sectionId: 'c',
        items: [
          { itemId: 's', options: [] },
          { itemId: 'k2', options: [], caseId: 'k' },
          { itemId: 'k1', options: ['x'], caseId: 'k' },
        ],
      },
    ],
  };
  const dealt = dealPaper(paper, dealtOrder, new Map([['k', whole]]));
  t.same(
    dealt.items.map(({ number, content: { itemId, stem }, within }) => [
      number,
      itemId,
      stem,
      within && [within.content.stem, within.place, within.of],
    ]),
    [
      [1, 's', 's', null],
      [2, 'k2', '乙', ['情景', 1, 2]],
      [3, 'k1', '甲', ['情景', 2, 2]],
    ],
  );
  const lost = {
    ...dealtOrder,
    sections: [{ sectionId: 'c', items: [{ itemId: 'k9', options: [], caseId: 'k' }] }],
  };
  t.throws(() => dealPaper(paper, lost, none), /no item k9/);
});
