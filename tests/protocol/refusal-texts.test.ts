// Every refusal has its sentences in both languages, each with the next step.

import t from 'tap';
import { REFUSAL_CODES } from '../../server/core/refusals.js';
import { Refusals } from '../../scripts/protocol-docs/refusals.js';
import { REFUSAL_TEXTS, refusalText } from '../../server/protocol/refusal-texts.js';
import { SeatRequestSchemas, type SeatRequest } from '../../server/protocol/seat.js';
import { SEAT_TEXTS, seatRefusalText } from '../../server/protocol/seat-refusal-texts.js';

void t.test('every code has its sentences, and no sentence is without a code', async (t) => {
  t.same(Object.keys(REFUSAL_TEXTS).sort(), [...REFUSAL_CODES].sort());
  for (const code of REFUSAL_CODES) {
    const { zh, en, nextZh, nextEn } = REFUSAL_TEXTS[code];
    for (const sentence of [zh, nextZh]) t.match(sentence, /[\u4e00-\u9fff]/, `${code}: Chinese`);
    for (const sentence of [en, nextEn]) {
      t.match(sentence, /^[A-Z]/, `${code}: English`);
      t.notMatch(sentence, /[\u4e00-\u9fff]/, `${code}: nothing but English`);
    }
    for (const sentence of [zh, en, nextZh, nextEn]) t.ok(sentence.length <= 110, `${code}: short`);
    t.not(zh, nextZh, `${code}: the next step says more`);
  }
});

void t.test('the kiosk has the sentence of everything that a PC can be refused', async (t) => {
  const refusals = new Refusals(process.cwd());
  const types = Object.keys(SeatRequestSchemas) as SeatRequest['t'][];
  const codes = new Set([
    ...types.flatMap((type) => refusals.ofSeatRequest(type)),
    ...refusals.ofCommand('receive-file'),
  ]);
  t.ok(codes.size > 20);
  t.same(
    [...codes].filter((code) => !(code in SEAT_TEXTS)),
    [],
  );
  for (const code of Object.keys(SEAT_TEXTS)) t.same(seatRefusalText(code), refusalText(code));
});

void t.test('values are filled in, missing ones leave no hole', async (t) => {
  t.match(refusalText('wrong-seat', { seat: '07' }), { zh: /07/, en: /07/ });
  for (const code of REFUSAL_CODES)
    for (const sentence of Object.values(refusalText(code))) t.notMatch(sentence, /[[\]{}]|undefined/, code);
  t.equal(refusalText('wrong-seat').zh, '这不是您的考位');
  t.match(refusalText('still-unsent', { seats: '03, 08' }).zh, /：03, 08$/);
});

void t.test('instants appear as the time of day', async (t) => {
  const at = Date.UTC(2027, 2, 6, 1, 5, 7);
  t.match(refusalText('too-early', { at }).nextZh, /09:05:07/);
  t.match(refusalText('codes-locked', { until: at }).nextEn, /09:05:07/);
});

void t.test('a code that this page does not know still makes a sentence', async (t) => {
  t.match(refusalText('code-of-tomorrow'), { zh: /code-of-tomorrow/, nextZh: /求助电话/ });
  t.match(refusalText('constructor'), { en: /constructor/ });
});
