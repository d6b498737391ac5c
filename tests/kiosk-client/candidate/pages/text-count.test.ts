// How long a text is, as a Chinese editor counts it and as the room does; what goes where it is too long.

import fc from 'fast-check';
import t from 'tap';
import {
  countCharacters,
  countWords,
  excess,
} from '../../../../kiosk-client/candidate/pages/answering/text-count.js';

void t.test('words: each Chinese sign is one, each run of other letters is one', async (t) => {
  const rows: [string, number][] = [
    ['', 0],
    [' \n　', 0],
    ['转化率', 3],
    ['转化率下降，原因有二。', 11],
    ['ROI 由 6.60 降到 2.43', 6],
    ['ROI由6.60降到2.43', 6],
    ['Excel2019', 1],
    ['it’s John‘s', 2],
    ['“山野集”', 5],
    ['一——二……', 6],
    ['𠮷野家', 3],
    ['３．５％', 4],
    ['a\nb\n\nc', 3],
  ];
  for (const [text, words] of rows) t.equal(countWords(text), words, JSON.stringify(text));
});

void t.test('characters: code points of the composed form', async (t) => {
  t.equal(countCharacters('e\u0301𠮷\n'), 3);
});

void t.test('too much goes where it came: right before the caret', async (t) => {
  t.equal(excess('12345', 5, 5), null);
  t.same(excess('12345', 5, 3), { from: 3, to: 5 }, 'typed on at the end');
  t.same(excess('12xx345', 4, 5), { from: 2, to: 4 }, 'pasted into the middle: what stood there stays');
  t.same(excess('一𠮷𠮷', 5, 2), { from: 3, to: 5 }, 'never half a sign');
  t.same(excess('xx12345', 0, 5), { from: 5, to: 7 }, 'with the caret at the beginning the end goes');
});

void t.test('whatever is typed where, it fits afterwards and no sign is cut', async (t) => {
  const text = fc.string({
    unit: fc.constantFrom('a', '字', '𠮷', 'e\u0301', '\n', '가', '\u1100\u1161'),
    maxLength: 30,
  });
  fc.assert(
    fc.property(text, fc.nat(40), fc.nat(20), (whole, at, maxLength) => {
      let caret = Math.min(at, whole.length);
      if (/[\udc00-\udfff]/.test(whole[caret] ?? '')) caret += 1;
      const range = excess(whole, caret, maxLength);
      if (range === null) return countCharacters(whole) <= maxLength;
      const left = whole.slice(0, range.from) + whole.slice(range.to);
      return countCharacters(left) <= maxLength && !/[\ud800-\udbff](?![\udc00-\udfff])/.test(left);
    }),
    { numRuns: 1_000 },
  );
  t.pass();
});
