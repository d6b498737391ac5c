// Packages come and go, seats are paired with PCs, and what that does to a seal that stands.

import { happened, isBlank, refuse, seatedAt, type Deciders } from './decision.js';
import { alarmOf, clearing } from './decide-devices.js';
import { breakSeals } from './decide-seal.js';
import type { CarriedRoom, EventBody } from './events.js';
import { plainCopy } from './plain-copy.js';
import type { RefusalCode } from './refusals.js';
import { takesSimulated, unpairSimulated } from './simulated-pcs.js';
import { entryOf, occupantOf, currentSession, sessionOf } from './state-access.js';
import type { InstalledPackage, PackageOrigin, Session, State } from './types.js';
import { pairedSeat } from './whereabouts.js';

type InstallCommands =
  | 'install-package'
  | 'remove-package'
  | 'record-install-refused'
  | 'pair-seat'
  | 'unpair-seat'
  | 'report-check';

export const installDecisions: Deciders<InstallCommands> = {
  'install-package': (state, command) => {
    const { sequence, packageId } = command.package;
    if (state.currentSession !== null) return refuse('room-busy', { session: state.currentSession });
    const before = state.package ?? state.removed;
    // Another plan has a numbering of its own; within one plan nothing rolls back, also not by way of a removal. [RV3]
    if (before?.packageId === packageId) {
      if (state.package !== null && sequence === before.sequence) return refuse('nothing-to-do');
      if (sequence < before.sequence)
        return refuse('package-older', { installed: before.sequence, offered: sequence });
    }
    // What was collected under this name would hide the new session. [SE7]
    for (const { sessionId } of command.package.sessions) {
      const known = entryOf(state.sessions, sessionId);
      if (known !== undefined && known.collectedAt !== null && known.packageId !== packageId)
        return refuse('session-id-taken', { session: sessionId });
    }
    const seals = breakSeals(state, 'package-installed');
    const rehearsed = unpairSimulated(state, command.package);
    return happened(...seals, ...installed(state, command.package, command.origin), ...rehearsed);
  },
  'remove-package': (state, { packageId, reason, origin }) => {
    const present = state.package;
    if (present?.packageId !== packageId) return refuse('no-package');
    if (state.currentSession !== null) return refuse('room-busy', { session: state.currentSession });
    for (const { sessionId } of present.sessions) {
      const code = whyKept(sessionOf(state, sessionId));
      if (code !== null) return refuse(code, { session: sessionId });
    }
    if (isBlank(reason)) return refuse('needs-reason');
    const { sequence } = present;
    return happened({ type: 'package-removed', packageId, sequence, reason, origin });
  },
  'record-install-refused': (_state, { act, code, packageId, origin }) =>
    happened({ type: 'install-refused', act, code, packageId, origin }),
  'pair-seat': (state, { seatId, pcId, simulated }) => {
    const seat = entryOf(state.seats, seatId);
    if (seat === undefined) return refuse('unknown-seat');
    if (seat.pcId === pcId) return refuse('nothing-to-do');
    if (seat.pcId !== null) return refuse('seat-taken', { seat: seat.label });
    const other = pairedSeat(state, pcId);
    if (other !== undefined) return refuse('pc-already-paired', { seat: other.label });
    if (simulated === true && !takesSimulated(state)) return refuse('simulated-pc');
    const said = simulated === true ? { simulated } : {};
    return happened(...breakSeals(state, `seat-paired ${seat.label}`), {
      ...{ type: 'seat-paired', seatId, pcId },
      ...said,
    });
  },
  'unpair-seat': (state, { seatId, reason }) => {
    const seat = entryOf(state.seats, seatId);
    if (seat === undefined) return refuse('unknown-seat');
    if (seat.pcId === null) return refuse('seat-not-paired', { seat: seat.label });
    if (seat.connected && sitsSomebody(state, seatId)) return refuse('seat-taken', { seat: seat.label });
    // What the PC said of the internet goes with it. [NI3]
    const alarm = alarmOf(state, { seatId, code: 'seat-reaches-internet' });
    const events: EventBody[] = [{ type: 'seat-unpaired', seatId, reason }];
    if (alarm?.clearedAt === null) events.push(clearing(alarm));
    return happened(...breakSeals(state, `seat-unpaired ${seat.label}`), ...events);
  },
  'report-check': (_state, { by, check }) =>
    happened({ type: 'machine-checked', seatId: seatedAt(by).seatId, check }),
};

/** Before the seal a package may go; after the wipe nothing needs it; in between it is needed. [RV1] */
function whyKept({ phase, wiped }: Session): RefusalCode | null {
  if (phase === 'installed') return null;
  if (phase === 'sealed') return 'already-sealed';
  return wiped === null ? 'not-wiped' : null;
}

/** The package without its people, who come session by session: each wipe takes its own along. [WP1] */
function installed(state: State, offered: InstalledPackage, origin: PackageOrigin | undefined): EventBody[] {
  const sessions = offered.sessions.map((plan) => ({ ...plan, roster: [] }));
  const rosters = offered.sessions.flatMap(({ sessionId, roster }): EventBody[] => {
    const isOver = (entryOf(state.sessions, sessionId)?.collectedAt ?? null) !== null;
    return isOver ? [] : [{ type: 'roster-installed', sessionId, roster }];
  });
  const carried = carriedFrom(state);
  const from = origin === undefined ? {} : { origin };
  return [{ type: 'package-installed', package: { ...offered, sessions }, carried, ...from }, ...rosters];
}

/** [SE6] */
function carriedFrom(state: State): CarriedRoom {
  const { clock, mains, outage, usedCounters, lastAt, seats, staff } = state;
  const { devices, alarms, alarmsRaised, preflight, installation, video, roomRehearsal } = state;
  return {
    ...{ clock: { ...clock }, mains: { ...mains }, outage: outage === null ? null : { ...outage } },
    usedCounters: [...usedCounters],
    lastAt,
    equipment: plainCopy({
      ...{ devices, alarms, alarmsRaised, preflight, installation, video },
      ...(roomRehearsal === undefined ? {} : { roomRehearsal }),
    }),
    seats: Object.fromEntries(
      Object.values(seats).map(({ seatId, pcId, connected, changedAt, check, simulated, internet }) => [
        seatId,
        {
          ...{ pcId, connected, changedAt, check },
          ...(simulated === true ? { simulated } : {}),
          ...(internet === undefined ? {} : { internet }),
        },
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
