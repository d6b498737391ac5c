// The seal (REQ-D01): ticks, the report, two signatures and the org's confirmation; any later change of the installation breaks it.

import { happened, refuse, signerOf, type Deciders, type Decision } from './decision.js';
import { examineOrgCode } from './org-code.js';
import { SEAL_TICKS, type SealTick } from './device-types.js';
import type { EventBody } from './events.js';
import { rolesOf } from './permissions.js';
import { sessionOf } from './state-access.js';
import type { Session, State } from './types.js';

/** A report of the room is worth so long. REQ-D01 */
const REPORT_LASTS_MS = 24 * 3_600_000;

export const sealDecisions: Deciders<'sign-seal' | 'confirm-seal'> = {
  'sign-seal': (state, { by, sessionId, ticks, reportId }, now) => {
    const session = sessionOf(state, sessionId);
    const staffId = signerOf(by);
    const { seal } = session;
    const roles = rolesOf(state, staffId, sessionId);
    const as = (['sysadmin', 'clerk'] as const).find((role) => roles.includes(role) && seal[role] === null);
    if (as === undefined) return refuse('already-signed');
    if (seal.sysadmin === staffId || seal.clerk === staffId) return refuse('same-person');
    if (as === 'sysadmin' && session.plan.policy.sealNeedsReport) {
      const refused = refusedReport(state, ticks ?? [], reportId, now);
      if (refused !== null) return refused;
    }
    const said = { ...(ticks && { ticks }), ...(reportId !== undefined && { reportId }) };
    const events: EventBody[] = [{ type: 'seal-signed', sessionId, as, staffId, ...said }];
    const complete = (as === 'sysadmin' ? seal.clerk : seal.sysadmin) !== null;
    if (complete && !session.plan.policy.sealNeedsOrgCode)
      events.push({ type: 'room-sealed', sessionId, counter: null });
    return happened(...events);
  },
  'confirm-seal': (state, { sessionId, authorisation }, now) => {
    const session = sessionOf(state, sessionId);
    const { sysadmin, clerk } = session.seal;
    if (sysadmin === null || clerk === null) return refuse('seal-incomplete');
    const code = examineOrgCode(state, session, authorisation, 'confirm-seal', now);
    if (code.refused !== null) return code.refused;
    return happened({ type: 'room-sealed', sessionId, counter: code.counter });
  },
};

/** The sysadmin stands for every line of REQ-D01 and for a report of the room as it is now. [SL6][SL7] */
function refusedReport(
  { preflight, installation }: State,
  ticks: readonly SealTick[],
  reportId: string | undefined,
  now: number,
): Decision | null {
  const missing = SEAL_TICKS.filter((tick) => !ticks.includes(tick)).length;
  if (missing > 0) return refuse('ticks-missing', { count: missing });
  if (preflight === null || reportId !== preflight.reportId) return refuse('report-missing');
  if (preflight.red > 0) return refuse('report-red', { count: preflight.red });
  const isOfNow = JSON.stringify(preflight.fingerprint) === JSON.stringify(installation);
  if (!isOfNow || now - preflight.at > REPORT_LASTS_MS) return refuse('report-old', { at: preflight.at });
  return null;
}

/** Breaks every seal that stands, signed halves included, visibly and with its cause. [SL4] */
export function breakSeals(state: State, by: string): EventBody[] {
  return Object.values(state.sessions)
    .filter(hasSealToBreak)
    .map(({ plan }) => ({ type: 'seal-broken', sessionId: plan.sessionId, by }));
}

function hasSealToBreak({ phase, seal }: Session): boolean {
  if (phase === 'installed') return seal.sysadmin !== null || seal.clerk !== null;
  if (phase === 'collected' || phase === 'handed-over' || phase === 'ended') return false;
  return seal.brokenBy === null;
}
