// Two scorers that share no code agree on every answer; break a rule of one and they do not.

import fc from 'fast-check';
import t from 'tap';
import type { AnswerValue } from '../../server/core/types.js';
import { partPaper } from '../../server/papers/part-paper.js';
import { rescoreCandidate } from '../../server/papers/rescore.js';
import { normaliseFillIn } from '../../server/papers/scoring/normalise.js';
import { RULES, scoreCandidate } from '../../server/papers/scoring/score.js';
import { totalOf } from '../../server/papers/scoring/totals.js';
import type { ScoringPart } from '../../server/protocol/package.js';
import { smallSource } from '../support/small-exam.js';

const loaded = smallSource().papers.get('main');
if (loaded === undefined) throw new Error('no paper');
const { scoring: items } = partPaper(loaded, () => ({ path: '', sha256: '' }));
const scoring: ScoringPart = {
  packageId: 'p',
  paperId: 'paper-main',
  title: '',
  passMark: 60,
  weight: 30,
  contentKey: '',
  items,
};
const dealt = items.map(({ itemId }) => itemId);

const one = (itemId: string, value: AnswerValue) =>
  scoreCandidate(scoring, [itemId], { [itemId]: value }).points;

void t.test('single, multiple, true-false and fill-in score as the org wrote', async (t) => {
  t.equal(one('q1', { options: ['b'] }), 1);
  t.equal(one('q1', { options: ['a'] }), 0);
  t.equal(one('q1', { options: [] }), 0);
  t.equal(one('q3', { options: ['c', 'a'] }), 2, 'all of them');
  t.equal(one('q3', { options: ['a'] }), 1, 'one missing, none wrong');
  t.equal(one('q3', { options: ['a', 'b'] }), 0, 'one wrong');
  t.equal(one('q3', { options: [] }), 0);
  t.equal(one('q4', { options: ['b'] }), 0, 'all or nothing');
  t.equal(one('q4', { options: ['d', 'b'] }), 2);
  t.equal(one('q5', { options: ['true'] }), 1);
  t.equal(one('q5', { options: ['false'] }), 0);
  t.equal(one('q6', { blanks: ['ＲＯＩ', ' 3．5 ％'] }), 3, 'full width and blanks do not matter');
  t.equal(one('q6', { blanks: ['投资回报率', ''] }), 1.5);
});

void t.test('unlike characters are made alike', async (t) => {
  t.equal(normaliseFillIn('　Ａｂ Ｃ１２％ '), 'abc12%');
  t.not(normaliseFillIn('3.5'), normaliseFillIn('35'));
});

const anyValue = (itemId: string): fc.Arbitrary<AnswerValue> => {
  const item = items.find((each) => each.itemId === itemId);
  if (item?.type === 'fill-in')
    return fc.record({
      blanks: fc.array(
        fc.oneof(
          fc.constantFrom('roi', 'ＲＯＩ', '3.5%', '３．５％', ' 投资 回报率', ''),
          fc.string({ maxLength: 6 }),
        ),
        { minLength: 2, maxLength: 2 },
      ),
    });
  const options = item?.type === 'true-false' ? ['true', 'false'] : ['a', 'b', 'c', 'd'];
  return fc.record({ options: fc.subarray(options) });
};
const anyAnswers = fc.record(
  Object.fromEntries(dealt.map((id) => [id, fc.option(anyValue(id), { nil: undefined })])),
);

const cents = (points: number | null) => (points === null ? null : Math.round(points * 100));

function disagreements(answers: Record<string, AnswerValue>, rules = RULES): string[] {
  const first = scoreCandidate(scoring, dealt, answers, new Map(), rules).items;
  const second = rescoreCandidate(scoring, dealt, answers);
  return first.filter(({ points }, n) => cents(points) !== second[n]?.cents).map(({ itemId }) => itemId);
}

void t.test('both scorers agree on any answers', async (t) => {
  fc.assert(
    fc.property(anyAnswers, (answers) => disagreements(answers as Record<string, AnswerValue>).length === 0),
    { numRuns: 2_000 },
  );
  t.pass();
});

void t.test('a fault in the first scorer shows', async (t) => {
  const generous = { ...RULES, multiple: () => 2 };
  t.strictSame(disagreements({ q3: { options: ['a'] } }, generous), ['q3']);
  const careless = { ...RULES, single: () => 0 };
  t.strictSame(disagreements({ q1: { options: ['b'] } }, careless), ['q1']);
});

void t.test('[REQ-F06] totals: weighted, or every subject; pending is never 0', async (t) => {
  const theory = { subjectNo: '1', weight: 30, passMark: 60, score: 90 };
  const practical = { subjectNo: '2', weight: 70, passMark: 60, score: 50 };
  t.strictSame(totalOf([theory, practical], { rule: 'weighted', passMark: 60 }), {
    state: 'passed',
    total: 62,
  });
  t.strictSame(totalOf([theory, { ...practical, score: 47 }], { rule: 'weighted', passMark: 60 }), {
    state: 'failed',
    total: 59.9,
  });
  t.strictSame(totalOf([theory, practical], { rule: 'every-subject' }), { state: 'failed', total: null });
  t.strictSame(totalOf([theory, { ...practical, score: 60 }], { rule: 'every-subject' }), {
    state: 'passed',
    total: null,
  });
  t.strictSame(totalOf([theory, { ...practical, score: null }], { rule: 'weighted', passMark: 60 }), {
    state: 'pending',
  });
  t.strictSame(totalOf([], { rule: 'weighted', passMark: 60 }), { state: 'pending' });
});
