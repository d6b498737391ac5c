// Events of the room itself: packages, seats, clock, mains, staff, seal.

import type { Handlers } from './evolve.js';
import { seatOf, sessionOf } from './state-access.js';
import type { Candidate, RosterEntry, Session, SessionPlan, State } from './types.js';

type RoomEvents =
  | 'package-installed'
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
  | 'machine-checked'
  | 'command-refused'
  | 'code-refused'
  | 'seal-signed'
  | 'room-sealed'
  | 'seal-broken'
  | 'stand-in-recorded';

const nothing = () => undefined;

export const evolveRoom: Handlers<RoomEvents> = {
  'package-installed': (state, event) => {
    const { package: installed } = event;
    state.package = installed;
    for (const { seatId, label, spare } of installed.seats) {
      const before = state.seats[seatId];
      if (before) Object.assign(before, { label, spare });
      else
        state.seats[seatId] = {
          seatId,
          label,
          spare,
          pcId: null,
          connected: false,
          changedAt: null,
          check: null,
        };
    }
    for (const member of installed.staff)
      state.staff[member.staffId] = { ...member, standIn: [], failedSignIns: 0, lockedUntil: null };
    for (const plan of installed.sessions) {
      const before = state.sessions[plan.sessionId];
      if (before === undefined || before.phase === 'installed')
        state.sessions[plan.sessionId] = newSession(plan);
    }
  },
  'server-started': (state, event) => {
    // Nobody was told that the connections went; they went with the server, at the last thing it wrote.
    for (const seat of Object.values(state.seats))
      if (seat.connected) markOffline(state, seat.seatId, Math.max(state.lastAt, seat.changedAt ?? 0));
    state.clock.bootId = event.bootId;
    state.outage = state.lastAt === 0 ? null : { from: state.lastAt, to: event.at };
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
    // Until the clock is confirmed nobody knows how long the server was away.
    if (state.outage !== null) state.outage.to = null;
  },
  'clock-confirmed': (state) => {
    state.clock.trusted = true;
    state.clock.doubtMs = null;
  },
  'mains-lost': (state, event) => {
    state.mains = { present: false, changedAt: event.at };
  },
  'mains-restored': (state, event) => {
    state.mains = { present: true, changedAt: event.at };
    for (const session of Object.values(state.sessions)) session.criticalPassed = false;
  },
  'staff-signed-in': (state, event) => {
    const staff = state.staff[event.staffId];
    if (staff) Object.assign(staff, { failedSignIns: 0, lockedUntil: null });
  },
  'sign-in-refused': (state, event) => {
    const staff = state.staff[event.staffId];
    if (staff === undefined || event.code === 'sign-in-locked') return;
    staff.failedSignIns = event.lockedUntil === null ? staff.failedSignIns + 1 : 0;
    staff.lockedUntil = event.lockedUntil;
  },
  'seat-paired': (state, event) => {
    Object.assign(seatOf(state, event.seatId), {
      pcId: event.pcId,
      connected: false,
      changedAt: event.at,
      check: null,
    });
  },
  'seat-unpaired': (state, event) => {
    const seat = seatOf(state, event.seatId);
    if (seat.connected) markOffline(state, event.seatId, event.at);
    Object.assign(seat, { pcId: null, connected: false, changedAt: event.at, check: null });
  },
  'seat-connected': (state, event) => {
    Object.assign(seatOf(state, event.seatId), { connected: true, changedAt: event.at });
    for (const lease of leasesOf(state, event.seatId, event.pcId)) {
      const last = lease.offline.at(-1);
      if (last && last.to === null) last.to = event.at;
    }
  },
  'seat-disconnected': (state, event) => markOffline(state, event.seatId, event.at),
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
    seal.brokenBy = null;
  },
  'room-sealed': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    session.phase = 'sealed';
    session.seal.orgConfirmed = true;
    if (event.counter !== null) state.usedCounters.push(event.counter);
  },
  'seal-broken': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    session.phase = 'installed';
    session.seal = { sysadmin: null, clerk: null, orgConfirmed: false, brokenBy: event.by };
  },
  'stand-in-recorded': (state, event) => {
    state.staff[event.staffId]?.standIn.push({ sessionId: event.sessionId, role: event.role });
  },
};

function markOffline(state: State, seatId: string, at: number): void {
  const seat = seatOf(state, seatId);
  const { pcId } = seat;
  seat.connected = false;
  seat.changedAt = at;
  if (pcId === null) return;
  for (const lease of leasesOf(state, seatId, pcId)) {
    const last = lease.offline.at(-1);
    if (last === undefined || last.to !== null) lease.offline.push({ from: at, to: null });
  }
}

/** Leases of this PC in sessions that are not over: what it may still send is judged by when it was away. */
function leasesOf(state: State, seatId: string, pcId: string) {
  const session = state.currentSession === null ? undefined : state.sessions[state.currentSession];
  return Object.values(session?.candidates ?? {}).flatMap(({ leases }) =>
    leases.filter((lease) => lease.seatId === seatId && lease.pcId === pcId),
  );
}

/** A session as a package brings it. */
export function newSession(plan: SessionPlan): Session {
  return {
    plan,
    phase: 'installed',
    seal: { sysadmin: null, clerk: null, orgConfirmed: false, brokenBy: null },
    startDelayMs: 0,
    openedAt: null,
    startedAt: null,
    runs: [],
    pauseReason: null,
    suspended: null,
    endedAt: null,
    collectedAt: null,
    handedOverAt: null,
    paper: null,
    failedCodes: 0,
    codesLockedUntil: null,
    failedOrgCodes: 0,
    orgCodesLockedUntil: null,
    candidates: Object.fromEntries(plan.roster.map((entry) => [entry.candidateId, newCandidate(entry)])),
    approvals: {},
    cutOffRecorded: false,
    criticalPassed: false,
    incidents: [],
    receipt: null,
    bundle: null,
  };
}

function newCandidate(entry: RosterEntry): Candidate {
  return {
    entry,
    attendance: 'expected',
    checkedInAt: null,
    refusedReason: null,
    leases: [],
    movingTo: null,
    identityConfirmedAt: null,
    rulesReadAt: null,
    order: null,
    answers: {},
    contested: [],
    grants: [],
    remindersGiven: [],
    handRaisedAt: null,
    away: null,
    ended: null,
    receivedAllAt: null,
    gapsMs: 0,
  };
}
