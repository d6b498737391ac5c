// The defaults of the requirements. A plan carries its own policy; nothing else in the code holds a figure of the rules.

import type { Policy, Subject } from './types.js';

const MINUTE_MS = 60_000;

/** REQ-E06: from when on a candidate may leave early. */
export const EARLY_LEAVE_BEFORE_END_MS: Record<Subject['mode'], number> = {
  theory: 15 * MINUTE_MS,
  practical: 30 * MINUTE_MS,
};

/** Every default with the requirement that it comes from, for a theory exam. */
export const DEFAULT_POLICY: Policy = {
  entryOpensBeforeMs: 30 * MINUTE_MS, // REQ-D03
  rulesReadBeforeMs: 15 * MINUTE_MS, // REQ-D05
  identityRecheckAfterMs: 15 * MINUTE_MS, // REQ-E02
  lateCutOffMs: 30 * MINUTE_MS, // REQ-E03
  remindersBeforeEndMs: [15 * MINUTE_MS, 5 * MINUTE_MS], // REQ-E05; the second one is ours
  earlyLeaveBeforeEndMs: EARLY_LEAVE_BEFORE_END_MS.theory, // REQ-E06
  extensionCeilingMs: 15 * MINUTE_MS, // REQ-E09
  inspectorSent: true, // REQ-E09
  approvalExpiresMs: 10 * MINUTE_MS, // ours
  criticalMomentMs: 60 * MINUTE_MS, // REQ-E10
  handOverWindowMs: 15 * MINUTE_MS, // rule 9
  suspendedDecisionMs: 30 * MINUTE_MS, // rule 7
  clockToleranceMs: 30_000, // rule 6
  seatBinding: 'assigned', // rule 15
  codeTries: 5, // rule 10
  codeLockMs: 10 * MINUTE_MS, // rule 10
  total: { rule: 'weighted', passMark: 60 }, // REQ-F06
  sealNeedsOrgCode: true, // REQ-D01
  sealNeedsReport: true, // REQ-D01
};

/** The defaults for a subject of this mode. */
export function defaultPolicy(mode: Subject['mode']): Policy {
  return { ...DEFAULT_POLICY, earlyLeaveBeforeEndMs: EARLY_LEAVE_BEFORE_END_MS[mode] };
}
