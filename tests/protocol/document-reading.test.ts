// Documents at the check-in: a reader's typing told from a person's, numbers compared, candidates found or rightly not.

import fc from 'fast-check';
import t from 'tap';
import { identityNumberProblem } from '../../server/papers/identity-number.js';
import {
  cleanDocumentNo,
  isIdentityNumber,
  matchDocument,
  isReader,
  NO_KEYS,
  typedDocument,
  wedgeKey,
  wedgePause,
  READER_END_MS,
  type RosterPerson,
} from '../../server/protocol/document-reading.js';

/** An invented number with a right check digit. */
const numberOf = (seventeen: string) =>
  [...'0123456789X'].map((check) => seventeen + check).find((number) => isIdentityNumber(number)) ?? '';
const digits17 = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 17, maxLength: 17 })
  .map((all) => all.join(''));

const MINE = numberOf('11010119900101123');

function typed(keys: readonly string[], gapMs: number): string[] {
  let memory = NO_KEYS;
  const found: string[] = [];
  for (const [index, key] of keys.entries()) {
    const step = wedgeKey(memory, key, index * gapMs);
    memory = step.memory;
    if (step.typed !== null) found.push(step.typed);
  }
  return found;
}

t.test('the check digit is the one that packages are checked with', async () => {
  fc.assert(
    fc.property(
      digits17,
      fc.constantFrom(...'0123456789X'),
      (number, check) =>
        isIdentityNumber(number + check) === (identityNumberProblem(number + check) === null),
    ),
  );
});

t.test('of the eleven check digits one fits, and it is the published one', async (t) => {
  t.ok(isIdentityNumber('11010519491231002X'), 'the example of GB 11643');
  fc.assert(
    fc.property(
      digits17,
      (number) => [...'0123456789X'].filter((check) => isIdentityNumber(number + check)).length === 1,
    ),
  );
});

t.test('what a reader types to its end is one number; what a person types is none', async () => {
  fc.assert(
    fc.property(
      digits17,
      fc.constantFrom('Enter', 'Tab'),
      fc.integer({ min: 1, max: 40 }),
      (number, end, gap) => {
        const whole = numberOf(number);
        const keys = [...whole, end];
        return (
          typed(keys, gap)[0] === whole && typed(keys, gap).length === 1 && typed(keys, 41 + gap).length === 0
        );
      },
    ),
  );
});

t.test('a reader that follows a half-typed word gives its own number alone', async (t) => {
  let memory = NO_KEYS;
  for (const [key, at] of [
    ['张', 0],
    ['1', 300],
  ] as const)
    memory = wedgeKey(memory, key, at).memory;
  const found: string[] = [];
  for (const [index, key] of [...'110101199001011237', 'Enter'].entries()) {
    const step = wedgeKey(memory, key, 2_000 + index * 5);
    memory = step.memory;
    if (step.typed !== null) found.push(step.typed);
  }
  t.same(found, ['110101199001011237']);
});

t.test('no sequence of keys makes more than a bounded number', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('1', 'X', 'Shift', 'Enter', 'Backspace', '张')),
      fc.nat(100),
      (keys, gap) =>
        typed(keys, gap).every((number) => number === '' || (number.length >= 8 && number.length <= 64)),
    ),
  );
});

t.test('seven fast keys are a person who is quick, eight are a reader', async (t) => {
  t.same(typed([...'0700015', 'Enter'], 5), []);
  t.same(typed([...'07000151', 'Enter'], 5), ['07000151']);
  let memory = NO_KEYS;
  const seen = [...'07000151'].map((key, index) => {
    memory = wedgeKey(memory, key, index * 5).memory;
    return isReader(memory);
  });
  t.same(seen, [false, false, false, false, false, false, false, true]);
});

t.test('the key that ends a number may come later than its figures, not much', async (t) => {
  const after = (ms: number) => {
    let memory = NO_KEYS;
    for (const [index, key] of [...MINE].entries()) memory = wedgeKey(memory, key, index).memory;
    return wedgeKey(memory, 'Enter', MINE.length - 1 + ms).typed;
  };
  t.equal(after(READER_END_MS), MINE);
  t.equal(after(READER_END_MS + 1), null);
});

t.test('without an end only a whole identity number counts', async (t) => {
  const memory = (keys: string) => ({ keys, lastAt: 0 });
  t.equal(wedgePause(memory(MINE)), MINE);
  t.equal(wedgePause(memory(MINE.slice(0, 17))), '', 'half a number');
  t.equal(wedgePause(memory('E12345678')), '', 'nobody knows where a passport number ends');
});

t.test('more than any number has is noise to its end, and the next number is read', async (t) => {
  const long = [...'9'.repeat(200), 'Enter'];
  t.same(typed(long, 3), ['']);
  t.same(typed([...long, ...MINE, 'Enter'], 3), ['', MINE]);
});

t.test('a name in Chinese before the number is the name of the document', async (t) => {
  t.same(typedDocument(MINE), { documentNo: MINE });
  for (const written of [`王小明${MINE}`, `王小明，${MINE}`, `王小明| ${MINE.toLowerCase()}`])
    t.same(typedDocument(written), { documentNo: MINE, name: '王小明' }, written);
  t.same(typedDocument(`/周${MINE}`), { documentNo: MINE }, 'a key before the reader began');
  t.same(typedDocument(`阿依古丽·买买提 ${MINE}`), { documentNo: MINE, name: '阿依古丽·买买提' });
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const { documentNo, name } = typedDocument(text);
      return !/\s/.test(documentNo) && name !== '';
    }),
  );
});

const person = (
  candidateId: string,
  sessionId: string,
  documentNo: string,
  name = '王小明',
): RosterPerson => ({
  candidateId,
  sessionId,
  name,
  documentNo,
});
const OTHER = numberOf('31010119950505222');
const ROSTER = [person('c1', 's1', MINE), person('c2', 's2', OTHER, '李四'), person('c3', 's2', MINE)];

t.test('the session under way first, then the others, and nobody who is not there', async (t) => {
  t.match(matchDocument({ documentNo: MINE }, ROSTER, 's1'), { outcome: 'match', candidateId: 'c1' });
  t.match(matchDocument({ documentNo: MINE }, ROSTER, 's2'), { outcome: 'match', candidateId: 'c3' });
  t.match(matchDocument({ documentNo: OTHER }, ROSTER, 's1'), { outcome: 'other-session', sessionId: 's2' });
  t.match(matchDocument({ documentNo: OTHER }, ROSTER, null), { outcome: 'other-session' });
  t.match(matchDocument({ documentNo: numberOf('44010119990909333') }, ROSTER, 's1'), {
    outcome: 'not-on-roster',
  });
  t.match(
    matchDocument({ documentNo: `${MINE.slice(0, 17)}${MINE.endsWith('0') ? '1' : '0'}` }, ROSTER, 's1'),
    {
      outcome: 'unreadable',
    },
  );
  t.match(matchDocument({ documentNo: '' }, ROSTER, 's1'), { outcome: 'unreadable' });
});

t.test('another name on the document is told, spelling of it is not', async (t) => {
  t.same(matchDocument({ documentNo: MINE, name: ' 王 小明' }, ROSTER, 's1').differing, []);
  t.same(matchDocument({ documentNo: MINE, name: '王晓明' }, ROSTER, 's1').differing, ['name']);
});

t.test('a match has the number of the document, however it is written', async () => {
  const roster = fc.array(
    fc
      .tuple(digits17, fc.constantFrom('s1', 's2'))
      .map(([number, session]) => ({ number: numberOf(number), session })),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(
      roster,
      fc.nat(30),
      fc.constantFrom('s1', 's2', null),
      fc.boolean(),
      (rows, pick, session, odd) => {
        const people = rows.map((row, n) => person(`c${n}`, row.session, row.number));
        const sought = rows[pick]?.number ?? numberOf('12345619000101000');
        const written = odd ? ` ${sought.slice(0, 6)}-${sought.slice(6).toLowerCase()}` : sought;
        const found = matchDocument({ documentNo: written }, people, session);
        const holds = people.filter(({ documentNo }) => documentNo === cleanDocumentNo(written));
        if (holds.length === 0) return found.outcome === 'not-on-roster';
        const here = holds.some(({ sessionId }) => sessionId === session);
        return (
          found.outcome === (here ? 'match' : 'other-session') &&
          holds.some(({ candidateId }) => candidateId === found.candidateId)
        );
      },
    ),
  );
});
