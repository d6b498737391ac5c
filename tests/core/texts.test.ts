// Short texts, essays and cases: what a text may be, that a case is answered by its items, and that bringing an earlier version
// back is an ordinary save with an event of its own.

import t from 'tap';
import type { AnswerValue, ItemOutline } from '../../server/core/types.js';
import { answerable } from '../../server/core/answer-values.js';
import { hm } from './support/sample-plan.js';
import { codeOf, running, type Scene } from './support/scene.js';

const CASE: ItemOutline = {
  ...{ itemId: 'k1', type: 'case', points: 30, shuffleItems: false },
  items: [
    { itemId: 'k1a', type: 'single', points: 5, options: ['a', 'b'], shuffleOptions: false },
    { itemId: 'k1b', type: 'essay', points: 20, maxLength: 12 },
    { itemId: 'k1c', type: 'short-text', points: 5, maxLength: 3 },
  ],
};

/** Gives the running exam a case of three items. */
function withCase(scene: Scene): Scene {
  for (const paper of scene.session.plan.papers)
    paper.sections = [
      ...paper.sections,
      { sectionId: 'case', title: '三', shuffleItems: false, draw: null, items: [CASE] },
    ];
  for (const { order } of Object.values(scene.session.candidates))
    order?.sections.push({
      sectionId: 'case',
      items: ['k1a', 'k1b', 'k1c'].map((itemId) => ({ itemId, options: [], caseId: 'k1' })),
    });
  return scene;
}
const writing = () => withCase(running()).at('09:10');
const write = (scene: Scene, rev: number, text: string, restores?: { rev: number; ofRev: number }[]) =>
  scene.save('s1', 'c1', {
    ...{ itemId: 'k1b', rev, value: { text } },
    ...(restores === undefined ? {} : { restores }),
  });

void t.test('[SV7] a text is one text of at most so many characters, composed', async (t) => {
  const rows: [string, AnswerValue, string | null][] = [
    ['k1b', { text: '转化率下降，因流量不精准' }, null],
    ['k1b', { text: '转化率下降，因流量不够精准' }, 'answer-too-long'],
    ['k1b', { text: '' }, null],
    ['k1b', { text: '𠮷'.repeat(12) }, null],
    ['k1b', { text: 'e\u0301'.repeat(12) }, null],
    ['k1b', { text: '\n'.repeat(12) }, null],
    ['k1b', { text: '\n'.repeat(13) }, 'answer-too-long'],
    ['k1b', { blanks: ['x'] }, 'wrong-answer-type'],
    ['k1b', { options: ['a'] }, 'wrong-answer-type'],
    ['k1c', { text: '客单价' }, null],
    ['k1c', { text: '客单价高' }, 'answer-too-long'],
    ['k1a', { text: 'a' }, 'wrong-answer-type'],
    ['q1', { text: 'a' }, 'wrong-answer-type'],
    ['q4', { text: 'a' }, 'wrong-answer-type'],
  ];
  for (const [itemId, value, code] of rows)
    t.equal(
      codeOf(writing().save('s1', 'c1', { itemId, value })),
      code,
      `${itemId} ${JSON.stringify(value)}`,
    );
});

void t.test('[SV9] a case is answered by its items, and not itself', async (t) => {
  const scene = writing();
  t.equal(codeOf(scene.save('s1', 'c1', { itemId: 'k1', value: { text: 'x' } })), 'unknown-item');
  t.equal(codeOf(scene.save('s1', 'c1', { itemId: 'k1', value: { options: [] } })), 'unknown-item');
  scene.save('s1', 'c1', { itemId: 'k1a', value: { options: ['b'] } });
  scene.save('s1', 'c1', { itemId: 'k1b', value: { text: '因为' } });
  t.equal(scene.candidate().answered, 2);
  scene.save('s1', 'c1', { itemId: 'k1b', value: { text: '' } });
  t.equal(scene.candidate().answered, 1, 'an empty text takes the answer back');
  t.same(
    answerable([CASE]).map(({ itemId }) => itemId),
    ['k1a', 'k1b', 'k1c'],
  );
});

void t.test('[SV10] each restore is an event, once, and the save counts like any other', async (t) => {
  const scene = writing();
  write(scene, 1, '第一稿');
  write(scene, 2, '第二稿');
  const restored = write(scene, 3, '第一稿', [{ rev: 3, ofRev: 1 }]);
  t.match(restored.events, [
    { type: 'answer-restored', candidateId: 'c1', itemId: 'k1b', lease: 1, rev: 3, ofRev: 1 },
    { type: 'answer-saved', record: { rev: 3, value: { text: '第一稿' } } },
  ]);
  t.same(scene.candidate().answers['k1b']?.value, { text: '第一稿' });
  t.same(write(scene, 3, '第一稿', [{ rev: 3, ofRev: 1 }]).events, [], 'sent twice, told once');
  const again = write(scene, 6, '第二稿。', [
    { rev: 3, ofRev: 1 },
    { rev: 4, ofRev: 2 },
  ]);
  t.same(
    again.events.map(({ type }) => type),
    ['answer-restored', 'answer-saved'],
    'what an earlier save told is not told again',
  );
  t.match(again.events[0], { rev: 4, ofRev: 2 });
});

void t.test('[SV10] nothing is restored from what is not older, or by what is not the save', async (t) => {
  for (const restores of [
    [{ rev: 4, ofRev: 1 }],
    [{ rev: 3, ofRev: 3 }],
    [{ rev: 3, ofRev: -1 }],
    [
      { rev: 3, ofRev: 1 },
      { rev: 2, ofRev: 2 },
    ],
  ]) {
    const scene = writing();
    write(scene, 2, '第二稿');
    t.equal(codeOf(write(scene, 3, '第一稿', restores)), 'stale-revision', JSON.stringify(restores));
    t.same(scene.candidate().answers['k1b']?.value, { text: '第二稿' });
  }
  t.match(
    write(writing(), 1, '换机前', [{ rev: 1, ofRev: 0 }]).events,
    [{ type: 'answer-restored', ofRev: 0 }, { type: 'answer-saved' }],
    'what another PC had left has no number here',
  );
});

const swapToSpare = {
  type: 'swap-machine',
  sessionId: 'am',
  candidateId: 'c1',
  toSeatId: 'b1',
  reason: '死机',
} as const;

void t.test('[SV11] each play of a recording is an event, counted over all PCs', async (t) => {
  const scene = writing();
  const play = (count: number, itemId = 'k1', seatId = 's1', lease = 1) =>
    scene.pc(seatId, { type: 'note-play', candidateId: 'c1', lease, itemId, count });
  t.match(play(1).events, [{ type: 'audio-played', itemId: 'k1', lease: 1, count: 1 }]);
  t.same(play(1), { events: [], refusal: null }, 'told twice, counted once');
  play(1, 'k1b');
  play(2);
  t.same(scene.candidate().plays, { k1: 2, k1b: 1 });
  scene.staff('proctor', swapToSpare);
  scene.logIn('c1', 'b1');
  t.same(play(2, 'k1', 'b1', 2).events, [], 'the new PC begins with what the room knows');
  t.match(play(3, 'k1', 'b1', 2).events, [{ lease: 2, count: 3 }]);
  t.same(play(3).events, [], 'what the old one tells late is known');
});

void t.test('[SV11] only what was dealt is played, and in whole numbers', async (t) => {
  const scene = writing();
  const code = (itemId: string, count: number) =>
    codeOf(scene.pc('s1', { type: 'note-play', candidateId: 'c1', lease: 1, itemId, count }));
  t.equal(code('q5', 1), 'unknown-item');
  t.equal(code('constructor', 1), 'unknown-item');
  for (const count of [0, -1, 1.5, NaN, Infinity]) t.equal(code('k1', count), 'bad-amount', String(count));
  scene.candidate().order = null;
  t.equal(code('k1', 1), 'unknown-item');
});

void t.test('[SV10] a restore after the end is no restore', async (t) => {
  const scene = writing();
  write(scene, 1, '第一稿');
  scene.at('10:00').room({ type: 'tick' });
  t.equal(
    codeOf(
      scene.save('s1', 'c1', {
        ...{ itemId: 'k1b', rev: 2, value: { text: '' }, madeAt: hm('10:00') },
        restores: [{ rev: 2, ofRev: 1 }],
      }),
    ),
    'after-deadline',
  );
});
