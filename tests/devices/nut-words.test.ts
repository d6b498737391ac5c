// The words of NUT's lines: whatever is written is read again, and half a line is never words.

import * as fc from 'fast-check';
import t from 'tap';
import { readWords, writeWords } from '../../server/devices/nut-words.js';

void t.test('words are read as upsd writes them', async (t) => {
  t.same(readWords('VAR ups ups.status "OL CHRG"'), ['VAR', 'ups', 'ups.status', 'OL CHRG']);
  t.same(readWords('VAR ups ups.mfr "a \\"b\\" \\\\ c"'), ['VAR', 'ups', 'ups.mfr', 'a "b" \\ c']);
  t.same(readWords('VAR ups ups.alarm ""'), ['VAR', 'ups', 'ups.alarm', '']);
  t.same(readWords('  ERR   DATA-STALE '), ['ERR', 'DATA-STALE']);
  t.same(readWords(''), []);
});

void t.test('half a line is no line', async (t) => {
  for (const line of ['VAR ups x "OL', 'VAR ups x "OL\\', 'VAR ups x\\', 'VAR ups x "OL"CHRG', 'VA"R'])
    t.equal(readWords(line), null, line);
  t.equal(readWords('x '.repeat(65)), null, 'a line of endless words');
});

void t.test('whatever words are written are read again', async () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/\p{Cc}/u.test(text));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      const again = readWords(writeWords(words));
      return JSON.stringify(again) === JSON.stringify(words);
    }),
    { numRuns: 500 },
  );
});

void t.test('a cut value is never read as a shorter one', async () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), (value, cut) => {
      const clean = value.replace(/\p{Cc}/gu, '').replace(/[\\"]/g, '\\$&');
      const line = `VAR ups x "${clean}"`;
      const part = line.slice(0, cut % line.length);
      const words = readWords(part);
      return words === null || words.length < 4;
    }),
    { numRuns: 500 },
  );
});

void t.test('a word with a line end is refused: it would be a second command', async (t) => {
  t.throws(() => writeWords(['USERNAME', 'x\nFSD ups']), /control character/);
  t.throws(() => writeWords(['USERNAME', 'x\u0000']), /control character/);
});
