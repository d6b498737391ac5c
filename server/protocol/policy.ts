// What a plan may say of its own policy: the names of core/policy.ts and nothing else. A name with a slip in it would leave the
// default in force, and nobody would know.

import { Type } from '@sinclair/typebox';
import { PlanBandsSchema } from './preflight-bands.js';

const strict = { additionalProperties: false } as const;
/** A week: no figure of a day is longer. */
const Ms = Type.Integer({ minimum: 0, maximum: 7 * 86_400_000 });

/** `policy` of a plan: only what differs from the defaults, milliseconds. */
export const PolicySchema = Type.Partial(
  Type.Object(
    {
      entryOpensBeforeMs: Ms,
      rulesReadBeforeMs: Ms,
      identityRecheckAfterMs: Ms,
      lateCutOffMs: Ms,
      remindersBeforeEndMs: Type.Array(Ms, { maxItems: 20 }),
      earlyLeaveBeforeEndMs: Ms,
      extensionCeilingMs: Ms,
      inspectorSent: Type.Boolean(),
      approvalExpiresMs: Ms,
      criticalMomentMs: Ms,
      handOverWindowMs: Ms,
      suspendedDecisionMs: Ms,
      clockToleranceMs: Ms,
      seatBinding: Type.Union([Type.Literal('assigned'), Type.Literal('any')]),
      codeTries: Type.Integer({ minimum: 1, maximum: 100 }),
      codeLockMs: Ms,
      total: Type.Union([
        Type.Object(
          { rule: Type.Literal('weighted'), passMark: Type.Number({ minimum: 0, maximum: 1000 }) },
          strict,
        ),
        Type.Object({ rule: Type.Literal('every-subject') }, strict),
      ]),
      sealNeedsOrgCode: Type.Boolean(),
      sealNeedsReport: Type.Boolean(),
      preflight: PlanBandsSchema,
    },
    strict,
  ),
  strict,
);
