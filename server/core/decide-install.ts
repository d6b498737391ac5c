// Packages come in, seats are paired with PCs, and what either does to a seal that stands.

import { happened, refuse, seatedAt, type Deciders } from './decision.js';
import { breakSeals } from './decide-seal.js';
import type { CarriedRoom, EventBody } from './events.js';
import { entryOf, occupantOf, currentSession } from './state-access.js';
import type { InstalledPackage, State } from './types.js';

export const installDecisions: Deciders<'install-package' | 'pair-seat' | 'unpair-seat' | 'report-check'> = {
  'install-package': (state, command) => {
    const before = state.package;
    const { sequence, packageId } = command.package;
    if (state.currentSession !== null) return refuse('room-busy', { session: state.currentSession });
    if (before !== null && packageId === before.packageId && sequence === before.sequence)
      return refuse('nothing-to-do');
    // Another plan has a numbering of its own; within one plan nothing rolls back.
    if (before !== null && packageId === before.packageId && sequence < before.sequence)
      return refuse('package-older', { installed: before.sequence, offered: sequence });
    return happened(...breakSeals(state, 'package-installed'), ...installed(state, command.package));
  },
  'pair-seat': (state, { seatId, pcId }) => {
    const seat = entryOf(state.seats, seatId);
    if (seat === undefined) return refuse('unknown-seat');
    if (seat.pcId === pcId) return refuse('nothing-to-do');
    if (seat.pcId !== null) return refuse('seat-taken', { seat: seat.label });
    const other = Object.values(state.seats).find((one) => one.pcId === pcId);
    if (other !== undefined) return refuse('pc-already-paired', { seat: other.label });
    return happened(...breakSeals(state, `seat-paired ${seat.label}`), { type: 'seat-paired', seatId, pcId });
  },
  'unpair-seat': (state, { seatId, reason }) => {
    const seat = entryOf(state.seats, seatId);
    if (seat === undefined) return refuse('unknown-seat');
    if (seat.pcId === null) return refuse('seat-not-paired', { seat: seat.label });
    if (seat.connected && sitsSomebody(state, seatId)) return refuse('seat-taken', { seat: seat.label });
    return happened(...breakSeals(state, `seat-unpaired ${seat.label}`), {
      type: 'seat-unpaired',
      seatId,
      reason,
    });
  },
  'report-check': (_state, { by, check }) =>
    happened({ type: 'machine-checked', seatId: seatedAt(by).seatId, check }),
};

/** The package without its people, who come session by session: each wipe takes its own along. [WP1] */
function installed(state: State, offered: InstalledPackage): EventBody[] {
  const sessions = offered.sessions.map((plan) => ({ ...plan, roster: [] }));
  const rosters = offered.sessions.flatMap(({ sessionId, roster }): EventBody[] => {
    const isOver = (entryOf(state.sessions, sessionId)?.collectedAt ?? null) !== null;
    return isOver ? [] : [{ type: 'roster-installed', sessionId, roster }];
  });
  const carried = carriedFrom(state);
  return [{ type: 'package-installed', package: { ...offered, sessions }, carried }, ...rosters];
}

/** [SE6] */
function carriedFrom({ clock, mains, outage, usedCounters, lastAt, seats, staff }: State): CarriedRoom {
  return {
    ...{ clock: { ...clock }, mains: { ...mains }, outage: outage === null ? null : { ...outage } },
    usedCounters: [...usedCounters],
    lastAt,
    seats: Object.fromEntries(
      Object.values(seats).map(({ seatId, pcId, connected, changedAt, check }) => [
        seatId,
        { pcId, connected, changedAt, check },
      ]),
    ),
    staff: Object.fromEntries(
      Object.values(staff).map(({ staffId, failedSignIns, lockedUntil }) => [
        staffId,
        { failedSignIns, lockedUntil },
      ]),
    ),
  };
}

/** A PC that a candidate works at is not taken away by mistake; one that is gone may be replaced. [SL5] */
function sitsSomebody(state: State, seatId: string): boolean {
  const session = currentSession(state);
  return session !== null && occupantOf(session, seatId) !== null;
}
