// The seal (REQ-D01): two signatures and the org's confirmation; any later change of the installation breaks it.

import { happened, refuse, type Deciders } from './decision.js';
import { examineOrgCode } from './org-code.js';
import type { EventBody } from './events.js';
import { rolesOf } from './permissions.js';
import type { State } from './types.js';

export const sealDecisions: Deciders<'sign-seal' | 'confirm-seal'> = {
  'sign-seal': (state, { by, sessionId }) => {
    const session = state.sessions[sessionId];
    if (by.kind !== 'staff' || session === undefined) return refuse('not-allowed');
    const { seal } = session;
    const roles = rolesOf(state, by.staffId, sessionId);
    const open = (['sysadmin', 'clerk'] as const).filter(
      (role) => roles.includes(role) && seal[role] === null,
    );
    const as = open[0];
    if (as === undefined) return refuse('already-signed');
    if (seal.sysadmin === by.staffId || seal.clerk === by.staffId) return refuse('same-person');
    const complete = (as === 'sysadmin' ? seal.clerk : seal.sysadmin) !== null;
    const events: EventBody[] = [{ type: 'seal-signed', sessionId, as, staffId: by.staffId }];
    if (complete && !session.plan.policy.sealNeedsOrgCode)
      events.push({ type: 'room-sealed', sessionId, counter: null });
    return happened(...events);
  },
  'confirm-seal': (state, { sessionId, authorisation }, now) => {
    const session = state.sessions[sessionId];
    if (session === undefined) return refuse('unknown-session');
    const { sysadmin, clerk } = session.seal;
    if (sysadmin === null || clerk === null) return refuse('seal-incomplete');
    const code = examineOrgCode(state, session, authorisation, 'confirm-seal', now);
    if (code.decision !== null) return code.decision;
    return happened({ type: 'room-sealed', sessionId, counter: code.counter });
  },
};

/** Breaks the seal of every session that is sealed and not yet entered. [SL4] */
export function breakSeals(state: State, by: string): EventBody[] {
  return Object.values(state.sessions)
    .filter(
      ({ phase, seal }) =>
        phase === 'sealed' || (phase === 'installed' && (seal.sysadmin ?? seal.clerk) !== null),
    )
    .map(({ plan }) => ({ type: 'seal-broken', sessionId: plan.sessionId, by }));
}
