// Decisions of the room itself: packages, server start, clock, connections, pairing, mains, sign-in.

import { happened, refuse, type Deciders } from './decision.js';
import type { EventBody } from './events.js';
import { breakSeals } from './decide-seal.js';
import { candidateAt } from './state-access.js';
import type { SessionPhase, State } from './types.js';

type RoomDecisions =
  | 'install-package'
  | 'start-server'
  | 'sample-clock'
  | 'compare-clock'
  | 'confirm-clock'
  | 'connect-seat'
  | 'disconnect-seat'
  | 'record-sign-in'
  | 'pair-seat'
  | 'unpair-seat'
  | 'report-check'
  | 'report-mains'
  | 'stand-in';

/** Phases in which clocks of candidates are at stake. */
const IN_PROGRESS: SessionPhase[] = ['running', 'paused', 'suspended', 'ended'];
const MIN_PCS = 3;

export const roomDecisions: Deciders<RoomDecisions> = {
  'install-package': (state, command) => {
    const before = state.package;
    const busy = state.currentSession;
    if (busy !== null) return refuse('room-busy', { session: busy });
    if (
      before !== null &&
      command.package.sequence <= before.sequence &&
      command.package.packageId === before.packageId
    )
      return refuse('package-older', { installed: before.sequence, offered: command.package.sequence });
    return happened(
      { type: 'package-installed', package: command.package },
      ...breakSeals(state, 'package-installed'),
    );
  },
  'start-server': (state, { bootId, wallAt, monoMs, version }) => {
    const events: EventBody[] = [{ type: 'server-started', bootId, wallAt, monoMs, version }];
    const session = state.currentSession === null ? undefined : state.sessions[state.currentSession];
    const inProgress = session !== undefined && IN_PROGRESS.includes(session.phase);
    if (inProgress && state.clock.bootId !== bootId) events.push({ type: 'clock-doubted', doubtMs: null });
    return { events, refusal: null };
  },
  'sample-clock': (_state, { bootId, wallAt, monoMs, steppedByMs }) => {
    const sampled: EventBody = { type: 'clock-sampled', bootId, wallAt, monoMs };
    return steppedByMs === undefined
      ? happened(sampled)
      : happened({ type: 'wall-clock-stepped', byMs: steppedByMs }, sampled);
  },
  'compare-clock': (state, { deviationsMs }) => {
    if (state.clock.trusted) return happened();
    const connected = Object.values(state.seats).filter((seat) => seat.connected).length;
    if (deviationsMs.length === 0 || deviationsMs.length < Math.min(MIN_PCS, connected)) return happened();
    const sorted = [...deviationsMs].sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    const toleranceMs = sessionPolicy(state)?.clockToleranceMs ?? 0;
    if (Math.abs(median) <= toleranceMs)
      return happened({ type: 'clock-confirmed', byPcs: true, wallRight: true });
    return state.clock.doubtMs === median ? happened() : happened({ type: 'clock-doubted', doubtMs: median });
  },
  'confirm-clock': (state, { wallRight }) =>
    state.clock.trusted
      ? refuse('nothing-to-do')
      : happened({ type: 'clock-confirmed', byPcs: false, wallRight }),
  'connect-seat': (state, { seatId, pcId }) => {
    const seat = state.seats[seatId];
    if (seat === undefined) return refuse('unknown-seat');
    if (seat.pcId !== pcId) return refuse('seat-not-paired');
    return seat.connected ? happened() : happened({ type: 'seat-connected', seatId, pcId });
  },
  'disconnect-seat': (state, { seatId, pcId }) => {
    const seat = state.seats[seatId];
    return seat?.connected && seat.pcId === pcId
      ? happened({ type: 'seat-disconnected', seatId, pcId })
      : happened();
  },
  'record-sign-in': (state, { staffId, ok }, now) => {
    const staff = state.staff[staffId];
    if (staff === undefined) return refuse('unknown-staff');
    if (staff.lockedUntil !== null && now < staff.lockedUntil)
      return refuse(
        'sign-in-locked',
        { until: staff.lockedUntil },
        {
          type: 'sign-in-refused',
          staffId,
          code: 'sign-in-locked',
          lockedUntil: staff.lockedUntil,
        },
      );
    if (ok) return happened({ type: 'staff-signed-in', staffId });
    const policy = sessionPolicy(state);
    const tries = policy?.codeTries ?? 5;
    const lockedUntil = staff.failedSignIns + 1 >= tries ? now + (policy?.codeLockMs ?? 600_000) : null;
    const left = tries - staff.failedSignIns - 1;
    return refuse(
      'sign-in-refused',
      { left },
      { type: 'sign-in-refused', staffId, code: 'sign-in-refused', lockedUntil },
    );
  },
  'pair-seat': (state, { seatId, pcId }) => {
    const seat = state.seats[seatId];
    if (seat === undefined) return refuse('unknown-seat');
    if (seat.pcId === pcId) return refuse('nothing-to-do');
    if (Object.values(state.seats).some((other) => other.pcId === pcId)) return refuse('pc-already-paired');
    if (seat.pcId !== null) return refuse('seat-taken', { seat: seat.label });
    return happened({ type: 'seat-paired', seatId, pcId }, ...breakSeals(state, `seat-paired ${seat.label}`));
  },
  'unpair-seat': (state, { seatId, reason }) => {
    const seat = state.seats[seatId];
    if (seat === undefined) return refuse('unknown-seat');
    if (seat.pcId === null) return refuse('seat-not-paired');
    if (candidateAt(state, seatId) !== null) return refuse('seat-taken', { seat: seat.label });
    return happened(
      { type: 'seat-unpaired', seatId, reason },
      ...breakSeals(state, `seat-unpaired ${seat.label}`),
    );
  },
  'report-check': (state, { by, check }) => {
    if (by.kind !== 'seat' || state.seats[by.seatId]?.pcId !== by.pcId) return refuse('seat-not-paired');
    return happened({ type: 'machine-checked', seatId: by.seatId, check });
  },
  'report-mains': (state, { present }) => {
    if (state.mains.present === present) return refuse('nothing-to-do');
    return happened({ type: present ? 'mains-restored' : 'mains-lost' });
  },
  'stand-in': (state, { sessionId, staffId, role, absentStaffId, reason }) => {
    if (state.staff[staffId] === undefined || state.staff[absentStaffId] === undefined)
      return refuse('unknown-staff');
    if (staffId === absentStaffId) return refuse('same-person');
    if (!state.staff[absentStaffId].roles.includes(role)) return refuse('not-allowed');
    return happened({ type: 'stand-in-recorded', sessionId, staffId, role, absentStaffId, reason });
  },
};

function sessionPolicy(state: State) {
  const session =
    (state.currentSession === null ? undefined : state.sessions[state.currentSession]) ??
    Object.values(state.sessions)[0];
  return session?.plan.policy;
}
