// Why a rehearsal on the PCs was not played to its end, as the line says it in each language.

import t from 'tap';
import { judgePcsRehearsal } from '../../server/preflight/pcs-rehearsal.js';
import { REHEARSED } from '../core/support/usual-commands.js';

const NOW = 1_780_000_000_000;
const causeOf = (more: Partial<typeof REHEARSED>) =>
  judgePcsRehearsal({ rehearsal: { ...REHEARSED, ...more, at: NOW }, now: NOW }).cause;

void t.test('it is said in words, and what went wrong with them', async (t) => {
  t.match(causeOf({ ended: 'time-limit', handedIn: 5 }), {
    zh: /未完成：超过时限$/,
    en: /its end: it was over its time limit$/,
  });
  t.match(causeOf({ ended: 'failed', problems: ['seal: wrong-phase'] }), {
    zh: /未完成：演练出错; seal: wrong-phase$/,
    en: /its end: it failed; seal: wrong-phase$/,
  });
  t.match(causeOf({ problems: ['02: log-in'] }), { zh: /未完成：02: log-in$/ });
  t.match(causeOf({ handedIn: 5 }), { zh: /未完成：5\/6 交卷$/, en: /its end: 5 of 6 handed in$/ });
});
