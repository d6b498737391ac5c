// Time given back (REQ-E09): chief and inspector, two different people, up to a ceiling; beyond it only the org by code.

import { happened, refuse, type Deciders, type Decision } from './decision.js';
import type { EventBody } from './events.js';
import { examineOrgCode } from './org-code.js';
import { rolesOf } from './permissions.js';
import { sessionOf } from './state-access.js';
import type { Session, State } from './types.js';

export const extensionDecisions: Deciders<'request-extension' | 'approve-extension' | 'reject-extension'> = {
  'request-extension': (state, { by, sessionId, requestId, candidateId, ms, reason }) => {
    if (by.kind !== 'staff') return refuse('not-allowed');
    const session = sessionOf(state, sessionId);
    const candidate = session.candidates[candidateId];
    if (candidate === undefined) return refuse('unknown-candidate');
    if (!Number.isInteger(ms) || ms <= 0) return refuse('bad-amount');
    if (candidate.attendance !== 'admitted') return refuse('not-admitted');
    if (candidate.ended !== null) return refuse('already-ended');
    const as = powerOf(state, session, by.staffId) ?? 'none';
    return happened({
      type: 'extension-requested',
      sessionId,
      requestId,
      candidateId,
      ms,
      reason,
      requestedBy: by.staffId,
      as,
    });
  },
  'approve-extension': (state, { by, sessionId, requestId, authorisation }, now) => {
    if (by.kind !== 'staff') return refuse('not-allowed');
    const session = sessionOf(state, sessionId);
    const approval = session.approvals[requestId];
    if (approval === undefined) return refuse('unknown-request');
    if (now >= approval.expiresAt) return refuse('request-expired');
    const candidate = session.candidates[approval.candidateId];
    if (candidate === undefined || candidate.ended !== null) return refuse('already-ended');
    const { policy } = session.plan;
    const givenMs = candidate.grants.reduce((sum, grant) => sum + grant.ms, 0);
    const overCeiling = givenMs + approval.ms > policy.extensionCeilingMs;
    const power = powerOf(state, session, by.staffId);
    const chief = approval.chief ?? (power === 'chief' ? by.staffId : null);
    if (authorisation !== null) {
      // By telephone the org stands in for the second approver; the chief still has to want it.
      if (chief === null) return refuse('needs-second-approval');
      const code = examineOrgCode(state, session, authorisation, 'approve-extension', now);
      if (code.decision !== null) return code.decision;
      const approvals: EventBody[] =
        approval.chief === null ? [approvedBy(sessionId, requestId, 'chief', chief)] : [];
      return grant(session, requestId, code.counter, [
        ...approvals,
        approvedBy(sessionId, requestId, 'second', 'org-code'),
      ]);
    }
    if (power === null) return refuse('not-allowed');
    if ((power === 'chief' ? approval.chief : approval.second) !== null)
      return refuse('needs-second-approval');
    if (approval.chief === by.staffId || approval.second === by.staffId) return refuse('same-person');
    const approved = approvedBy(sessionId, requestId, power, by.staffId);
    const complete = (power === 'chief' ? approval.second : approval.chief) !== null;
    if (!complete) return happened(approved);
    if (overCeiling)
      return refuse('over-ceiling', { minutes: Math.floor(policy.extensionCeilingMs / 60_000) });
    return grant(session, requestId, null, [approved]);
  },
  'reject-extension': (state, { sessionId, requestId, reason }) => {
    if (sessionOf(state, sessionId).approvals[requestId] === undefined) return refuse('unknown-request');
    return happened({ type: 'extension-closed', sessionId, requestId, why: 'rejected', reason });
  },
};

/** For which of the two powers this person stands: chief or deputy, inspector or, where none is sent, the org technician. */
export function powerOf(state: State, session: Session, staffId: string): 'chief' | 'second' | null {
  const roles = rolesOf(state, staffId, session.plan.sessionId);
  if (roles.includes('chief') || roles.includes('deputy')) return 'chief';
  const second = session.plan.policy.inspectorSent ? 'inspector' : 'org-technician';
  return roles.includes(second) ? 'second' : null;
}

function approvedBy(sessionId: string, requestId: string, as: 'chief' | 'second', by: string): EventBody {
  return { type: 'extension-approved', sessionId, requestId, as, by };
}

function grant(session: Session, requestId: string, counter: number | null, before: EventBody[]): Decision {
  const approval = session.approvals[requestId];
  if (approval === undefined) return refuse('unknown-request');
  const { candidateId, ms } = approval;
  const { sessionId } = session.plan;
  return happened(...before, { type: 'time-granted', sessionId, requestId, candidateId, ms, counter });
}
