// The paper: dealt to every candidate, opened with the org's and the chief's half (rule 10), replaced by the reserve on the
// org's authority (REQ-E14), the start delayed (REQ-E01).

import { happened, isBlank, refuse, type Deciders } from './decision.js';
import type { EventBody } from './events.js';
import { examineOrgCode } from './org-code.js';
import type { RefusalCode } from './refusals.js';
import { entryOf, sessionOf } from './state-access.js';
import type { PaperOutline, Session } from './types.js';

export const paperDecisions: Deciders<'deal-paper' | 'open-paper' | 'enable-reserve' | 'delay-start'> = {
  'deal-paper': (state, { sessionId, paperId, orders }) => {
    const session = sessionOf(state, sessionId);
    const objection = objectionToPaper(session, paperId);
    if (objection !== null) return refuse(objection);
    const events: EventBody[] = [];
    for (const [candidateId, order] of Object.entries(orders)) {
      const candidate = entryOf(session.candidates, candidateId);
      if (candidate === undefined) return refuse('unknown-candidate');
      if (order.paperId !== paperId) return refuse('paper-not-opened');
      if (candidate.order?.paperId === paperId) continue;
      events.push({ type: 'paper-dealt', sessionId, candidateId, order });
    }
    return happened(...events);
  },
  'open-paper': (state, { sessionId, paperId, opened, codeId }, now) => {
    const session = sessionOf(state, sessionId);
    const { policy } = session.plan;
    const objection = objectionToPaper(session, paperId);
    if (objection !== null) return refuse(objection);
    if (session.paper?.paperId === paperId && session.paper.openedAt !== null) return refuse('nothing-to-do');
    if (session.codesLockedUntil !== null && now < session.codesLockedUntil)
      return refuse('codes-locked', { until: session.codesLockedUntil });
    if (opened) return happened({ type: 'paper-opened', sessionId, paperId, codeId });
    const left = policy.codeTries - session.failedCodes - 1;
    const lockedUntil = left > 0 ? null : now + policy.codeLockMs;
    return refuse('wrong-start-code', { left }, { type: 'opening-failed', sessionId, paperId, lockedUntil });
  },
  'enable-reserve': (state, { sessionId, paperId, reason, authorisation }, now) => {
    const session = sessionOf(state, sessionId);
    const outline = session.plan.papers.find((paper) => paper.paperId === paperId);
    if (outline?.use !== 'reserve') return refuse('paper-not-opened');
    if (session.reserve === paperId) return refuse('nothing-to-do');
    if (isBlank(reason)) return refuse('needs-reason');
    const code = examineOrgCode(state, session, authorisation, 'enable-reserve', now);
    if (code.refused !== null) return code.refused;
    return happened({ type: 'reserve-enabled', sessionId, paperId, reason, counter: code.counter });
  },
  'delay-start': (state, { sessionId, ms, reason, authorisation }, now) => {
    if (!Number.isSafeInteger(ms) || ms <= 0) return refuse('bad-amount');
    if (isBlank(reason)) return refuse('needs-reason');
    const code = examineOrgCode(state, sessionOf(state, sessionId), authorisation, 'delay-start', now);
    if (code.refused !== null) return code.refused;
    return happened({ type: 'start-delayed', sessionId, ms, reason, counter: code.counter });
  },
};

/**
 * Why this paper may not be dealt or opened, or null: the main paper until the org enables a reserve, then that reserve
 * alone. A wire that holds a paper's secrets asks this before it tries them. REQ-C02 [RP1][RP3]
 */
export function objectionToPaper(session: Session, paperId: string): RefusalCode | null {
  const outline = session.plan.papers.find((paper) => paper.paperId === paperId);
  if (outline === undefined) return 'paper-not-opened';
  if (session.reserve === paperId) return null;
  if (outline.use === 'reserve') return 'reserve-not-enabled';
  return session.reserve === null ? null : 'paper-withdrawn';
}

/** The paper that candidates of this session get as things stand, or null where the plan has none. [RP3] */
export function paperInForce({ plan, reserve }: Pick<Session, 'plan' | 'reserve'>): PaperOutline | null {
  const wanted = (paper: PaperOutline) =>
    reserve === null ? paper.use === 'main' : paper.paperId === reserve;
  return plan.papers.find(wanted) ?? null;
}
