// Events of the room itself: packages, seats, clock, mains, staff, seal.

import type { CarriedRoom } from './events.js';
import type { Handlers } from './evolve-handlers.js';
import { plainCopy } from './plain-copy.js';
import { newSession, seatRoster } from './new-session.js';
import { currentSession, entryOf, seatOf, sessionOf, staffOf } from './state-access.js';
import type { InstalledPackage, Lease, Seat, State } from './types.js';
import { candidatesAtPc, notePairing } from './whereabouts.js';

type RoomEvents =
  | 'package-installed'
  | 'package-removed'
  | 'install-refused'
  | 'roster-installed'
  | 'server-started'
  | 'clock-sampled'
  | 'wall-clock-stepped'
  | 'clock-doubted'
  | 'clock-confirmed'
  | 'mains-lost'
  | 'mains-restored'
  | 'staff-signed-in'
  | 'sign-in-refused'
  | 'seat-paired'
  | 'seat-unpaired'
  | 'seat-connected'
  | 'seat-disconnected'
  | 'simulated-refused'
  | 'machine-checked'
  | 'command-refused'
  | 'code-refused'
  | 'seal-signed'
  | 'room-sealed'
  | 'seal-broken'
  | 'stand-in-recorded';

const nothing = () => undefined;
const TRUSTED = { trusted: true, doubtMs: null, aheadMs: null };

export const evolveRoom: Handlers<RoomEvents> = {
  'package-installed': (state, event) => {
    const { carried } = event;
    if (carried !== undefined) carryOver(state, carried);
    install(state, event.package, carried);
  },
  'package-removed': (state, { packageId, sequence, at }) => {
    state.package = null;
    state.removed = { packageId, sequence, at };
    state.sessions = collectedOf(state);
  },
  'install-refused': nothing,
  'roster-installed': (state, event) => seatRoster(sessionOf(state, event.sessionId), event.roster),
  'server-started': (state, event) => {
    // Nobody was told that the connections went; they went with the server, at the last thing it wrote.
    disconnectAll(state, state.lastAt);
    const { clock, outage } = state;
    if (clock.bootId !== event.bootId) Object.assign(clock, TRUSTED);
    clock.bootId = event.bootId;
    // An outage whose length nobody knows yet goes on.
    const from = outage !== null && outage.to === null ? outage.from : state.lastAt;
    state.outage = { from, to: clock.trusted ? event.at : null };
  },
  'clock-sampled': (state, event) => {
    state.clock.bootId = event.bootId;
    // Room time may have jumped forward over the outage when the clock was confirmed: only now is its length known.
    if (state.clock.trusted && state.outage?.to === null) state.outage.to = event.at;
  },
  'wall-clock-stepped': nothing,
  'clock-doubted': (state, event) => {
    state.clock.trusted = false;
    state.clock.doubtMs = event.doubtMs;
    state.clock.aheadMs = event.aheadMs;
    if (state.outage !== null) state.outage.to = null;
  },
  'clock-confirmed': (state) => {
    Object.assign(state.clock, TRUSTED);
  },
  'mains-lost': (state, event) => {
    state.mains = { present: false, changedAt: event.at };
  },
  'mains-restored': (state, event) => {
    state.mains = { present: true, changedAt: event.at };
  },
  'staff-signed-in': (state, event) => {
    Object.assign(staffOf(state, event.staffId), { failedSignIns: 0, lockedUntil: null });
  },
  'sign-in-refused': (state, event) => {
    const staff = staffOf(state, event.staffId);
    // Trying again does not make a lock last longer.
    if (event.code === 'sign-in-locked') return;
    staff.failedSignIns = event.lockedUntil === null ? staff.failedSignIns + 1 : 0;
    staff.lockedUntil = event.lockedUntil;
  },
  'seat-paired': (state, event) => {
    const fresh = { pcId: event.pcId, connected: false, changedAt: event.at, check: null };
    const seat = Object.assign(seatOf(state, event.seatId), fresh);
    delete seat.simulated;
    delete seat.internet;
    if (event.simulated === true) seat.simulated = true;
    notePairing(state, seat, event.pcId);
  },
  'seat-unpaired': (state, event) => {
    const seat = seatOf(state, event.seatId);
    if (seat.connected) disconnect(state, seat, event.at);
    Object.assign(seat, { pcId: null, changedAt: event.at, check: null });
    delete seat.simulated;
    delete seat.internet;
  },
  'seat-connected': (state, event) => {
    Object.assign(seatOf(state, event.seatId), { connected: true, changedAt: event.at });
    eachLeaseOf(state, event.pcId, ({ offline }) => {
      const last = offline.at(-1);
      if (last !== undefined && last.to === null) last.to = event.at;
    });
  },
  'seat-disconnected': (state, event) => {
    const seat = seatOf(state, event.seatId);
    disconnect(state, seat, Math.min(event.at, Math.max(event.silentSince ?? event.at, seat.changedAt ?? 0)));
  },
  'simulated-refused': nothing,
  'machine-checked': (state, event) => {
    seatOf(state, event.seatId).check = event.check;
  },
  'command-refused': nothing,
  'code-refused': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    session.failedOrgCodes = event.lockedUntil === null ? session.failedOrgCodes + 1 : 0;
    session.orgCodesLockedUntil = event.lockedUntil;
  },
  'seal-signed': (state, event) => {
    const { seal } = sessionOf(state, event.sessionId);
    seal[event.as] = event.staffId;
    if (event.ticks !== undefined) seal.ticks = event.ticks;
    if (event.reportId !== undefined) seal.reportId = event.reportId;
  },
  'room-sealed': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    session.phase = 'sealed';
    session.seal.orgConfirmed = event.counter !== null;
    session.seal.brokenBy = null;
    if (event.counter !== null) useCounter(state, event.sessionId, event.counter);
  },
  'seal-broken': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    if (session.phase === 'sealed' || session.phase === 'installed') {
      session.phase = 'installed';
      session.seal = { sysadmin: null, clerk: null, orgConfirmed: false, brokenBy: event.by };
    } else session.seal.brokenBy = event.by;
  },
  'stand-in-recorded': (state, event) => {
    staffOf(state, event.staffId).standIn.push({ sessionId: event.sessionId, role: event.role });
  },
};

/** A code of the org works once, and a right one forgets the wrong ones before it. [OC1] */
export function useCounter(state: State, sessionId: string, counter: number): void {
  state.usedCounters.push(counter);
  Object.assign(sessionOf(state, sessionId), { failedOrgCodes: 0, orgCodesLockedUntil: null });
}

const FRESH_SEAT: CarriedRoom['seats'][string] = {
  ...{ pcId: null, connected: false, changedAt: null, check: null },
};

/** In a room that has seen everything this changes nothing. [SE6] */
function carryOver(state: State, carried: CarriedRoom): void {
  const { clock, mains, outage, usedCounters, lastAt, equipment } = carried;
  // Whoever keeps the event keeps it unchanged.
  if (equipment !== undefined) Object.assign(state, plainCopy(equipment));
  Object.assign(state, {
    clock: { ...clock },
    mains: { ...mains },
    outage: outage === null ? null : { ...outage },
    usedCounters: [...usedCounters],
    lastAt,
  });
}

/** Sessions that are over keep what happened in them; pairings and locks outlast a package. [SE5] */
function install(state: State, installed: InstalledPackage, carried: CarriedRoom | undefined): void {
  const { sessions } = state;
  const { seats, staff } = carried ?? state;
  state.package = installed;
  delete state.removed;
  state.seats = Object.fromEntries(
    installed.seats.map(({ seatId, label, spare }) => {
      const { pcId, connected, changedAt, check, simulated, internet } = entryOf(seats, seatId) ?? FRESH_SEAT;
      const said = { ...(simulated === true && { simulated }), ...(internet && { internet }) };
      return [seatId, { seatId, label, spare, pcId, connected, changedAt, check, ...said }];
    }),
  );
  for (const { alarmId, seatId } of Object.values(state.alarms))
    if (seatId !== null && !Object.hasOwn(state.seats, seatId)) delete state.alarms[alarmId];
  state.staff = Object.fromEntries(
    installed.staff.map((member) => {
      const { staffId } = member;
      const { failedSignIns, lockedUntil } = entryOf(staff, staffId) ?? {
        failedSignIns: 0,
        lockedUntil: null,
      };
      const standIn = entryOf(state.staff, staffId)?.standIn ?? [];
      return [staffId, { ...member, standIn, failedSignIns, lockedUntil }];
    }),
  );
  const brought = installed.sessions.map((plan) => {
    const session = newSession(installed.packageId, plan);
    session.seal.brokenBy = entryOf(sessions, plan.sessionId)?.seal.brokenBy ?? null;
    return [plan.sessionId, session] as const;
  });
  state.sessions = { ...Object.fromEntries(brought), ...collectedOf(state) };
}

/** What happened stays, whatever package comes or goes. [SE5][RV2] */
function collectedOf({ sessions }: State): State['sessions'] {
  return Object.fromEntries(Object.entries(sessions).filter(([, { collectedAt }]) => collectedAt !== null));
}

/** All at once: one look at the leases, not one for each seat. */
function disconnectAll(state: State, at: number): void {
  const pcIds = new Set<string | null>();
  for (const seat of Object.values(state.seats)) {
    if (!seat.connected) continue;
    pcIds.add(seat.pcId);
    Object.assign(seat, { connected: false, changedAt: at });
  }
  const candidates = currentSession(state)?.candidates ?? {};
  for (const { leases } of Object.values(candidates))
    for (const { pcId, from, offline } of leases)
      if (pcIds.has(pcId)) offline.push({ from: Math.max(from, at), to: null });
}

function disconnect(state: State, seat: Seat, at: number): void {
  const pcId = seat.pcId;
  seat.connected = false;
  seat.changedAt = at;
  eachLeaseOf(state, pcId, ({ from, offline }) => offline.push({ from: Math.max(from, at), to: null }));
}

/** Leases of this PC in the session that holds the room: what it still sends is judged by when it was away. */
function eachLeaseOf(state: State, pcId: string | null, see: (lease: Lease) => void): void {
  const session = currentSession(state);
  if (session === null || pcId === null) return;
  for (const { leases } of candidatesAtPc(session, pcId))
    for (const lease of leases) if (lease.pcId === pcId) see(lease);
}
