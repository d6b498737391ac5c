// Typed codes of the org (rule 14): verified by the caller, used once, and locked after too many wrong ones. [OC1]

import type { OrgAuthorisation } from './commands.js';
import { refuse, type Decision } from './decision.js';
import type { Session, State } from './types.js';

/** The counter of a good code, or the decision that refuses it. */
export type ExaminedCode = { counter: number; decision: null } | { counter: null; decision: Decision };

/** @param command the act for which the code was typed, for the record */
export function examineOrgCode(
  state: State,
  session: Session,
  authorisation: OrgAuthorisation | null,
  command: string,
  now: number,
): ExaminedCode {
  const no = (decision: Decision): ExaminedCode => ({ counter: null, decision });
  const { policy, sessionId } = session.plan;
  if (session.orgCodesLockedUntil !== null && now < session.orgCodesLockedUntil)
    return no(refuse('codes-locked', { until: session.orgCodesLockedUntil }));
  if (authorisation === null) return no(refuse('needs-second-approval'));
  if (!authorisation.ok) {
    const lockedUntil = session.failedOrgCodes + 1 >= policy.codeTries ? now + policy.codeLockMs : null;
    return no(
      refuse(
        'wrong-org-code',
        { left: Math.max(0, policy.codeTries - session.failedOrgCodes - 1) },
        {
          type: 'code-refused',
          sessionId,
          command,
          lockedUntil,
        },
      ),
    );
  }
  if (state.usedCounters.includes(authorisation.counter)) return no(refuse('org-code-used'));
  return { counter: authorisation.counter, decision: null };
}
