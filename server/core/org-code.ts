// Typed codes of the org (rule 14): verified by the caller, used once, and locked after too many wrong ones. [OC1]

import type { OrgAuthorisation } from './commands.js';
import { refuse, type Decision } from './decision.js';
import type { Session, State } from './types.js';

/** The counter of a good code, or the decision that refuses it. */
export type ExaminedCode = { counter: number; refused: null } | { refused: Decision };

/** @param command the act for which the code was typed, for the record */
export function examineOrgCode(
  state: State,
  session: Session,
  authorisation: OrgAuthorisation | null,
  command: string,
  now: number,
): ExaminedCode {
  const { policy, sessionId } = session.plan;
  if (authorisation === null) return { refused: refuse('needs-second-approval') };
  if (session.orgCodesLockedUntil !== null && now < session.orgCodesLockedUntil)
    return { refused: refuse('codes-locked', { until: session.orgCodesLockedUntil }) };
  if (!authorisation.ok) {
    const left = policy.codeTries - session.failedOrgCodes - 1;
    const lockedUntil = left > 0 ? null : now + policy.codeLockMs;
    return {
      refused: refuse('wrong-org-code', { left }, { type: 'code-refused', sessionId, command, lockedUntil }),
    };
  }
  if (state.usedCounters.includes(authorisation.counter)) return { refused: refuse('org-code-used') };
  return { counter: authorisation.counter, refused: null };
}
