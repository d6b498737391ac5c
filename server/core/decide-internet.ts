// Whether candidate PCs reach the internet (REQ-A04), by their own probes. A round without proves little, and one with proves
// everything.

import { alarmOf, clearing, raising } from './decide-devices.js';
import { happened, refuse, seatedAt, type Deciders } from './decision.js';
import type { EventBody } from './events.js';
import { seatOf } from './state-access.js';
import type { Seat } from './types.js';

/** As long as nothing changes it is written so often. */
const SAY_AGAIN_MS = 600_000;
/** Rounds without, one after the other, until a seat is believed. [NI2] */
export const CLEAN_ROUNDS = 2;

const CODE = 'seat-reaches-internet';

export const internetDecisions: Deciders<'report-internet'> = {
  'report-internet': (state, { by, reached, probes }, now) => {
    // A round in which nothing was tried says nothing.
    if (!Number.isInteger(probes) || probes < 1) return refuse('bad-amount');
    const { seatId } = seatedAt(by);
    const seat = seatOf(state, seatId);
    const alarm = alarmOf(state, { seatId, code: CODE });
    const stands = alarm?.clearedAt === null;
    const { internet } = seat;
    const isNews = internet?.reached !== reached || now - internet.at >= SAY_AGAIN_MS;
    if (!isNews && !(stands && !reached)) return happened();
    const events: EventBody[] = [{ type: 'internet-checked', seatId, reached }];
    if (reached && !stands) events.push(raising(state, { deviceId: null, seatId, code: CODE }));
    if (!reached && stands && internet?.cleanRounds === CLEAN_ROUNDS - 1) events.push(clearing(alarm));
    return happened(...events);
  },
};

/** True from the first round that reached it until two in a row did not. [NI2] */
export function reachesInternet({ internet }: Seat): boolean {
  return internet !== undefined && internet.cleanRounds < CLEAN_ROUNDS;
}
