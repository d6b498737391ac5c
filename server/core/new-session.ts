// A session and its candidates as a package brings them: nothing has happened yet.

import type { Candidate, RosterEntry, Session, SessionPlan } from './types.js';

/** A session in phase `installed`. */
export function newSession(packageId: string, plan: SessionPlan): Session {
  return {
    packageId,
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
    handOverUntil: null,
    collectedAt: null,
    handedOverAt: null,
    reserve: null,
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
    wiped: null,
  };
}

/** Gives a session its people; nobody has come yet. */
export function seatRoster(session: Session, roster: RosterEntry[]): void {
  session.plan = { ...session.plan, roster };
  session.candidates = Object.fromEntries(roster.map((entry) => [entry.candidateId, newCandidate(entry)]));
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
    answered: 0,
    contested: [],
    grants: [],
    remindersGiven: [],
    handRaisedAt: null,
    away: null,
    ended: null,
    receivedAllAt: null,
    gaps: [],
    gapsMs: 0,
  };
}
