// Time given back (REQ-E09): chief and second approver, two different people, up to a ceiling; beyond it only the org by code.

import { grantedMs } from './deadlines.js';
import { happened, isBlank, refuse, signerOf, type Deciders, type Decision } from './decision.js';
import type { EventBody } from './events.js';
import { examineOrgCode } from './org-code.js';
import { leads, rolesOf } from './permissions.js';
import { candidateOf, entryOf, must, sessionOf } from './state-access.js';
import type { Approval, Session, State } from './types.js';

export const extensionDecisions: Deciders<'request-extension' | 'approve-extension' | 'reject-extension'> = {
  'request-extension': (state, command) => {
    const { by, sessionId, requestId, candidateId, ms, reason } = command;
    const session = sessionOf(state, sessionId);
    const { attendance, ended } = candidateOf(state, command);
    if (!Number.isSafeInteger(ms) || ms <= 0) return refuse('bad-amount');
    if (isBlank(reason)) return refuse('needs-reason');
    if (attendance !== 'admitted') return refuse('not-admitted');
    if (ended !== null) return refuse('already-ended');
    if (entryOf(session.approvals, requestId) !== undefined) return refuse('nothing-to-do');
    const requestedBy = signerOf(by);
    const as = powerOf(state, session, requestedBy) ?? 'none';
    const asked = { requestId, candidateId, ms, reason };
    return happened({ type: 'extension-requested', sessionId, ...asked, requestedBy, as });
  },
  'approve-extension': (state, { by, sessionId, requestId, authorisation }, now) => {
    const session = sessionOf(state, sessionId);
    const approval = openRequest(session, requestId);
    if ('refusal' in approval) return approval;
    const staffId = signerOf(by);
    const power = powerOf(state, session, staffId);
    if (authorisation === null) return approveInPerson(state, session, approval, staffId, power);
    // By telephone the org stands for the second approver; the chief still has to want it.
    if (approval.chief === null && power !== 'chief') return refuse('needs-second-approval');
    const code = examineOrgCode(state, session, authorisation, 'approve-extension', now);
    if (code.refused !== null) return code.refused;
    const chief: EventBody[] =
      approval.chief === null ? [approvedBy(session, requestId, 'chief', staffId)] : [];
    const second = approvedBy(session, requestId, 'second', 'org-code');
    return happened(...chief, second, granted(session, approval, code.counter));
  },
  'reject-extension': (state, { sessionId, requestId, reason }) => {
    const approval = openRequest(sessionOf(state, sessionId), requestId);
    if ('refusal' in approval) return approval;
    if (isBlank(reason)) return refuse('needs-reason');
    return happened({ type: 'extension-closed', sessionId, requestId, why: 'rejected', reason });
  },
};

function approveInPerson(
  state: State,
  session: Session,
  approval: Approval,
  staffId: string,
  power: 'chief' | 'second' | null,
): Decision {
  // Where no inspector is sent the org technician approves by code alone.
  if (power === null) return refuse('needs-second-approval');
  if (approval[power] !== null) return refuse('already-signed');
  const other = power === 'chief' ? approval.second : approval.chief;
  if (other === staffId) return refuse('same-person');
  const { extensionCeilingMs } = session.plan.policy;
  const candidate = candidateOf(state, {
    sessionId: session.plan.sessionId,
    candidateId: approval.candidateId,
  });
  const overCeiling = grantedMs(candidate) + approval.ms > extensionCeilingMs;
  if (overCeiling && (power === 'second' || other !== null))
    return refuse('over-ceiling', { minutes: Math.floor(extensionCeilingMs / 60_000) });
  const approved = approvedBy(session, approval.requestId, power, staffId);
  return other === null ? happened(approved) : happened(approved, granted(session, approval, null));
}

/** A request that still waits, or why it is no longer to be decided. */
function openRequest(session: Session, requestId: string): Approval | Decision {
  const approval = entryOf(session.approvals, requestId);
  if (approval === undefined) return refuse('unknown-request');
  if (approval.closed === 'expired') return refuse('request-expired');
  if (approval.closed !== null) return refuse('nothing-to-do');
  const { ended } = must(entryOf(session.candidates, approval.candidateId), 'candidate of the request');
  return ended === null ? approval : refuse('already-ended');
}

/** For which of the two powers this person stands: chief or deputy, or the inspector where one is sent. [EX2] */
export function powerOf(state: State, session: Session, staffId: string): 'chief' | 'second' | null {
  const { sessionId, policy } = session.plan;
  if (leads(state, staffId, sessionId)) return 'chief';
  return policy.inspectorSent && rolesOf(state, staffId, sessionId).includes('inspector') ? 'second' : null;
}

function approvedBy(session: Session, requestId: string, as: 'chief' | 'second', by: string): EventBody {
  return { type: 'extension-approved', sessionId: session.plan.sessionId, requestId, as, by };
}

function granted(
  session: Session,
  { requestId, candidateId, ms }: Approval,
  counter: number | null,
): EventBody {
  return { type: 'time-granted', sessionId: session.plan.sessionId, requestId, candidateId, ms, counter };
}
