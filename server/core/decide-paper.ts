// The paper: dealt to every candidate, opened with the org's and the chief's half (rule 10), the start delayed (REQ-E01).

import { happened, isBlank, refuse, type Deciders } from './decision.js';
import type { EventBody } from './events.js';
import { examineOrgCode } from './org-code.js';
import { entryOf, sessionOf } from './state-access.js';

export const paperDecisions: Deciders<'deal-paper' | 'open-paper' | 'delay-start'> = {
  'deal-paper': (state, { sessionId, paperId, orders }) => {
    const session = sessionOf(state, sessionId);
    if (!session.plan.papers.some((paper) => paper.paperId === paperId)) return refuse('paper-not-opened');
    const events: EventBody[] = [];
    for (const [candidateId, order] of Object.entries(orders)) {
      const candidate = entryOf(session.candidates, candidateId);
      if (candidate === undefined) return refuse('unknown-candidate');
      if (order.paperId !== paperId) return refuse('paper-not-opened');
      if (candidate.order?.paperId === paperId) continue;
      // What a candidate began to answer is not exchanged.
      if (candidate.order !== null && session.startedAt !== null)
        return refuse('wrong-phase', { phase: session.phase });
      events.push({ type: 'paper-dealt', sessionId, candidateId, order });
    }
    return happened(...events);
  },
  'open-paper': (state, { sessionId, paperId, opened, codeId }, now) => {
    const session = sessionOf(state, sessionId);
    const { policy, papers } = session.plan;
    if (!papers.some((paper) => paper.paperId === paperId)) return refuse('paper-not-opened');
    if (session.paper?.paperId === paperId && session.paper.openedAt !== null) return refuse('nothing-to-do');
    if (session.codesLockedUntil !== null && now < session.codesLockedUntil)
      return refuse('codes-locked', { until: session.codesLockedUntil });
    if (opened) return happened({ type: 'paper-opened', sessionId, paperId, codeId });
    const left = policy.codeTries - session.failedCodes - 1;
    const lockedUntil = left > 0 ? null : now + policy.codeLockMs;
    return refuse('wrong-start-code', { left }, { type: 'opening-failed', sessionId, paperId, lockedUntil });
  },
  'delay-start': (state, { sessionId, ms, reason, authorisation }, now) => {
    if (!Number.isSafeInteger(ms) || ms <= 0) return refuse('bad-amount');
    if (isBlank(reason)) return refuse('needs-reason');
    const code = examineOrgCode(state, sessionOf(state, sessionId), authorisation, 'delay-start', now);
    if (code.refused !== null) return code.refused;
    return happened({ type: 'start-delayed', sessionId, ms, reason, counter: code.counter });
  },
};
