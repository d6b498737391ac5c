// The text of papers is cleaned when a package is built: what could load, run or style is gone, what Chinese papers need stays.

import fc from 'fast-check';
import t from 'tap';
import { cleanRichText } from '../../server/papers/rich-text.js';

void t.test('what papers need stays as it is', (t) => {
  for (const html of [
    '<p>根据<b>下表</b>，H<sub>2</sub>O 与 m<sup>2</sup></p>',
    '<p><ruby>粿<rp>(</rp><rt>guǒ</rt><rp>)</rp></ruby>条</p>',
    '<table><tr><th>月份</th><td>三月</td></tr></table>',
  ])
    t.equal(cleanRichText(html), html);
  t.end();
});

void t.test('what could load, run or style is gone, its text is not', (t) => {
  for (const html of [
    '<script>alert(1)</script><p>题干</p>',
    '<p onclick="x()">题干</p>',
    '<p style="position:fixed">题干</p>',
    '<iframe src="https://a.example"></iframe><p>题干</p>',
    '<p>题干<img src="https://a.example/x.png"></p>',
    '<a href="javascript:x()"><p>题干</p></a>',
    '<svg onload="x()"></svg><p>题干</p>',
  ]) {
    const clean = cleanRichText(html);
    t.match(clean, /题干/);
    t.notMatch(clean, /script|onclick|onload|style|iframe|https?:|svg|href/, html);
  }
  t.end();
});

void t.test('cleaning twice is cleaning once, whatever was written', (t) => {
  const piece = fc.oneof(
    fc.constantFrom(
      '<p>',
      '</p>',
      '<A',
      '<li>',
      '<td>',
      '<script>',
      '<img src=x onerror=y>',
      '<ruby>',
      '<',
      '>',
      '&lt;',
      '&',
      '"',
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const once = cleanRichText(pieces.join(''));
      return cleanRichText(once) === once && !/<script|onerror=/i.test(once);
    }),
    { examples: [[['<p>', '<A', '<p>', '<p>']]] },
  );
  t.end();
});
