// Decisions of the room itself: server start, clock, connections, sign-in, stand-ins.

import { happened, refuse, signerOf, type Deciders } from './decision.js';
import type { EventBody } from './events.js';
import { ownRolesOf, rolesOf, STAND_INS } from './permissions.js';
import { DEFAULT_POLICY } from './policy.js';
import { currentSession, entryOf } from './state-access.js';
import type { Policy, SessionPhase, State } from './types.js';

type RoomDecisions =
  | 'start-server'
  | 'sample-clock'
  | 'compare-clock'
  | 'confirm-clock'
  | 'connect-seat'
  | 'disconnect-seat'
  | 'record-simulated-refused'
  | 'record-sign-in'
  | 'stand-in';

/** Phases in which clocks of candidates are at stake. */
const IN_PROGRESS: readonly SessionPhase[] = ['running', 'paused', 'suspended', 'ended'];
/** So many PCs outvote a wall clock; where fewer are connected, all of them (rule 6). */
const MIN_PCS = 3;
const NEWS_MS = 1_000;

export const roomDecisions: Deciders<RoomDecisions> = {
  'start-server': (state, { bootId, wallAt, monoMs, version }) => {
    const events: EventBody[] = [{ type: 'server-started', bootId, wallAt, monoMs, version }];
    if (isClockDoubtful(state, bootId, wallAt))
      events.push({ type: 'clock-doubted', doubtMs: null, aheadMs: null });
    return happened(...events);
  },
  'sample-clock': (_state, { bootId, wallAt, monoMs, steppedByMs }) => {
    const events: EventBody[] = [{ type: 'clock-sampled', bootId, wallAt, monoMs }];
    if (steppedByMs !== undefined) events.unshift({ type: 'wall-clock-stepped', byMs: steppedByMs });
    return happened(...events);
  },
  'compare-clock': (state, { deviationsMs, aheadMs }) => {
    const connected = Object.values(state.seats).filter((seat) => seat.connected).length;
    const enough = Math.max(1, Math.min(MIN_PCS, connected));
    if (state.clock.trusted || deviationsMs.length < enough) return happened();
    const medianMs = medianOf(deviationsMs);
    const toleranceMs = policyOf(state).clockToleranceMs;
    if (Math.abs(medianMs) <= toleranceMs)
      return happened({ type: 'clock-confirmed', byPcs: true, wallRight: true, advanceMs: 0 });
    const said = { doubtMs: medianMs, aheadMs: medianOf(aheadMs) };
    const { clock } = state;
    const isNews = isOther(clock.doubtMs, said.doubtMs) || isOther(clock.aheadMs, said.aheadMs);
    return isNews ? happened({ type: 'clock-doubted', ...said }) : happened();
  },
  'confirm-clock': (state, { wallRight }) =>
    state.clock.trusted
      ? refuse('nothing-to-do')
      : happened({
          ...{ type: 'clock-confirmed', byPcs: false, wallRight },
          advanceMs: wallRight ? 0 : Math.max(0, state.clock.aheadMs ?? 0),
        }),
  'connect-seat': (state, { seatId, pcId }) => {
    const seat = entryOf(state.seats, seatId);
    if (seat === undefined) return refuse('unknown-seat');
    if (seat.pcId !== pcId) return refuse('seat-not-paired', { seat: seat.label });
    return seat.connected ? happened() : happened({ type: 'seat-connected', seatId, pcId });
  },
  'disconnect-seat': (state, { seatId, pcId, silentSince }) => {
    const seat = entryOf(state.seats, seatId);
    if (seat === undefined || !seat.connected || seat.pcId !== pcId) return happened();
    const event: EventBody = { type: 'seat-disconnected', seatId, pcId };
    return happened(silentSince === undefined ? event : { ...event, silentSince });
  },
  'record-simulated-refused': (_state, { address }) => happened({ type: 'simulated-refused', address }),
  'record-sign-in': (state, { staffId, ok }, now) => {
    const staff = entryOf(state.staff, staffId);
    if (staff === undefined) return refuse('unknown-staff');
    const { lockedUntil: until } = staff;
    if (until !== null && now < until) {
      const code = 'sign-in-locked';
      return refuse(code, { until }, { type: 'sign-in-refused', staffId, code, lockedUntil: until });
    }
    if (ok) return happened({ type: 'staff-signed-in', staffId });
    const { codeTries, codeLockMs } = policyOf(state);
    const left = codeTries - staff.failedSignIns - 1;
    const lockedUntil = left > 0 ? null : now + codeLockMs;
    const code = 'sign-in-refused';
    return refuse(code, { left }, { type: 'sign-in-refused', staffId, code, lockedUntil });
  },
  'stand-in': (state, { by, sessionId, staffId, role, absentStaffId, reason }) => {
    const standsIn = entryOf(state.staff, staffId);
    if (standsIn === undefined || !ownRolesOf(state, absentStaffId).includes(role))
      return refuse('unknown-staff');
    // Nobody gives himself a power.
    if (staffId === absentStaffId || staffId === signerOf(by)) return refuse('same-person');
    if (!standsIn.roles.some((own) => STAND_INS[role].includes(own))) return refuse('not-allowed');
    if (rolesOf(state, staffId, sessionId).includes(role)) return refuse('nothing-to-do');
    return happened({ type: 'stand-in-recorded', sessionId, staffId, role, absentStaffId, reason });
  },
};

/** Each further PC moves the median by a hair; that is no event. */
function isOther(known: number | null, said: number): boolean {
  return known === null || Math.abs(said - known) >= NEWS_MS;
}

/**
 * Rule 6: after a new boot the wall clock is doubted where clocks of candidates are at stake, and always where it lies
 * before the last entry by more than the tolerance. [CK1][CK2]
 */
function isClockDoubtful(state: State, bootId: string, wallAt: number): boolean {
  if (state.clock.bootId === bootId) return false;
  const session = currentSession(state);
  if (session !== null && IN_PROGRESS.includes(session.phase)) return true;
  return state.clock.bootId !== null && wallAt < state.lastAt - policyOf(state).clockToleranceMs;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

/** The policy for what concerns the room: of the session that holds it, else of the first in the package. */
function policyOf(state: State): Policy {
  const session = currentSession(state) ?? Object.values(state.sessions)[0];
  return session === undefined ? DEFAULT_POLICY : session.plan.policy;
}
