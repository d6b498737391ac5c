// The seal (REQ-D01): two signatures and the org's confirmation; any later change of the installation breaks it.

import { happened, refuse, signerOf, type Deciders } from './decision.js';
import { examineOrgCode } from './org-code.js';
import type { EventBody } from './events.js';
import { rolesOf } from './permissions.js';
import { sessionOf } from './state-access.js';
import type { Session, State } from './types.js';

export const sealDecisions: Deciders<'sign-seal' | 'confirm-seal'> = {
  'sign-seal': (state, { by, sessionId }) => {
    const session = sessionOf(state, sessionId);
    const staffId = signerOf(by);
    const { seal } = session;
    const roles = rolesOf(state, staffId, sessionId);
    const as = (['sysadmin', 'clerk'] as const).find((role) => roles.includes(role) && seal[role] === null);
    if (as === undefined) return refuse('already-signed');
    if (seal.sysadmin === staffId || seal.clerk === staffId) return refuse('same-person');
    const events: EventBody[] = [{ type: 'seal-signed', sessionId, as, staffId }];
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
