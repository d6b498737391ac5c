// The sentence of the check of the input method: it passes when compositions brought every character of it, and not before.

import fc from 'fast-check';
import t from 'tap';
import {
  NOTHING_TYPED,
  SENTENCE,
  composed,
  judgeSentence,
} from '../../../kiosk-client/candidate/typed-sentence.js';

const brought = (...parts: string[]) => parts.reduce(composed, NOTHING_TYPED);

void t.test('however an input method cuts it, the whole sentence passes', async () => {
  fc.assert(
    fc.property(fc.array(fc.nat(SENTENCE.length)), (cuts) => {
      const at = [0, ...new Set(cuts), SENTENCE.length].sort((a, b) => a - b);
      const parts = at.slice(1).map((end, index) => SENTENCE.slice(at[index], end));
      return judgeSentence(SENTENCE, brought(...parts)) === 'passed';
    }),
  );
});

void t.test('anything else is wrong, nothing is nothing, and blanks do not count', async (t) => {
  const all = brought(SENTENCE);
  t.equal(judgeSentence('', all), 'empty');
  t.equal(judgeSentence('  ', all), 'empty');
  t.equal(judgeSentence(` ${SENTENCE} `, all), 'passed');
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      (text) => text.replace(/\s+/g, '') === SENTENCE || judgeSentence(text, all) !== 'passed',
    ),
  );
});

void t.test('the sentence without an input method does not pass', async (t) => {
  t.equal(judgeSentence(SENTENCE, NOTHING_TYPED), 'no-method');
  t.equal(judgeSentence(SENTENCE, brought('数字营销')), 'no-method', 'the rest was pasted');
  t.equal(judgeSentence(SENTENCE, brought(SENTENCE.slice(0, 5), '的', SENTENCE.slice(5))), 'passed');
});

void t.test('no typing makes it grow for ever', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.string()),
      (parts) => brought(...parts, 'x'.repeat(5_000)).composed.length <= 1_000,
    ),
  );
});
