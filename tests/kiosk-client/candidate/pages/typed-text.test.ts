// Text as people type it: ticket numbers with full-width digits and spaces, blanks with more than fits.

import fc from 'fast-check';
import t from 'tap';
import { shortened } from '../../../../kiosk-client/candidate/pages/answering/blank-field.js';
import { inFours, plain } from '../../../../kiosk-client/candidate/pages/log-in.js';

void t.test('a ticket number may be typed by a Chinese input method, and in groups', async (t) => {
  t.equal(plain('９９０１ 2026　1100'), '990120261100');
  t.equal(plain(' 9901\t2026\n'), '99012026');
  t.equal(plain('ａｂＣ'), 'abC');
  t.equal(plain(''), '');
});

void t.test('what was made plain is plain', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (typed) => {
      const once = plain(typed);
      return plain(once) === once && !/\s/.test(once);
    }),
  );
});

void t.test('groups of four change nothing but the spaces', async (t) => {
  t.equal(inFours('990120261100'), '9901 2026 1100');
  t.equal(inFours('99012'), '9901 2');
  t.equal(inFours('9901'), '9901');
  t.equal(inFours(''), '');
  fc.assert(
    fc.property(fc.stringMatching(/^\d{0,40}$/), (digits) => inFours(digits).replace(/ /g, '') === digits),
  );
});

void t.test('a blank takes as many characters as the paper says, rare ones counted once', async (t) => {
  t.equal(shortened('甲乙丙', 3), '甲乙丙');
  t.equal(shortened('甲乙丙丁', 3), '甲乙丙');
  t.equal(shortened('𠮷𡈽𠀋', 2), '𠮷𡈽', 'no character is cut in two');
  t.equal(
    shortened('e\u0301e\u0301', 2),
    'e\u0301e\u0301',
    'composed characters count as one, and stay as typed',
  );
  t.equal(shortened('x', 0), '');
});

void t.test('what was shortened fits, and is what was typed from the beginning', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 0, max: 30 }), (typed, most) => {
      const kept = shortened(typed, most);
      const points = [...kept.normalize('NFC')].length;
      return points <= most && typed.normalize('NFC').startsWith(kept.normalize('NFC'));
    }),
    { numRuns: 1_000 },
  );
});
