// The line about the rehearsal on the room's own PCs: what makes it well and what does not.

import { judgePcsRehearsal, type PcsRehearsalFound } from '../../../server/preflight/pcs-rehearsal.js';
import type { Judgement } from '../../../server/preflight/line.js';
import { REHEARSED } from '../../core/support/usual-commands.js';
import type { Cases } from './verdicts.js';

const NOW = 1_780_000_000_000;
const HOUR = 3_600_000;

type PcsRehearsal = NonNullable<PcsRehearsalFound['rehearsal']>;

/** What two PCs played without fault, but for what a test says; `pc` of the second one. */
function onPcs(more: Partial<PcsRehearsal> = {}, pc: Partial<PcsRehearsal['pcs'][number]> = {}): Judgement {
  const [first, second] = REHEARSED.pcs;
  if (first === undefined || second === undefined) throw new Error('Two PCs played');
  const rehearsal = { ...REHEARSED, at: NOW - HOUR, pcs: [first, { ...second, ...pc }], ...more };
  return judgePcsRehearsal({ rehearsal, now: NOW });
}

export const PCS_REHEARSAL: Cases = {
  green: () => [onPcs(), onPcs({ refused: 0 }, { saveP99Ms: 250, firstPaperP99Ms: 3_000 })],
  amber: () => [
    onPcs({}, { saveP99Ms: 251 }),
    onPcs({}, { firstPaperP99Ms: 3_001 }),
    onPcs({ refused: 1 }),
    onPcs({ missing: ['07'] }),
  ],
  red: () => [
    onPcs({ lost: 1 }),
    onPcs({ lost: 1, ended: 'stopped' }),
    onPcs({ handedIn: 5 }),
    onPcs({ problems: ['02: it went away'] }),
    onPcs({ ended: 'time-limit' }),
    onPcs({ ended: 'failed' }),
    onPcs({}, { saveP99Ms: 1_001 }),
    onPcs({}, { firstPaperP99Ms: 10_001 }),
  ],
  unknown: () => [
    judgePcsRehearsal({ rehearsal: null, now: NOW }),
    onPcs({ at: NOW - 36 * HOUR - 1 }),
    onPcs({ ended: 'stopped' }),
    onPcs({ ended: 'room-needed' }),
  ],
};
