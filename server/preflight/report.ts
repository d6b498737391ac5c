// The report of one preflight: what was found, by whom and on which installation, signed with the room's key. It can be
// printed (report-page.ts), it goes into the bundle, and the seal names it.

import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { canonicalBytes } from '../keys/canonical.js';
import { signDsse, verifyDsse, type DsseEnvelope } from '../keys/dsse.js';
import type { PrivateKeys, PublicKeys } from '../keys/key-files.js';
import { sha256 } from '../keys/sha256.js';
import { LINE_GROUPS, VERDICTS, type PreflightLine, type Verdict } from './line.js';

export const PREFLIGHT_PAYLOAD_TYPE = 'application/vnd.kaochang.preflight+json';

const strict = { additionalProperties: false } as const;
const Text = Type.String({ maxLength: 4_000 });
const BothSchema = Type.Object({ zh: Text, en: Text }, strict);
const literals = <T extends string>(names: readonly T[]) =>
  Type.Union(names.map((name) => Type.Literal(name)));

const LineSchema = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 200 }),
    group: literals(LINE_GROUPS),
    verdict: literals(VERDICTS),
    title: BothSchema,
    requirement: Type.String({ maxLength: 40 }),
    measured: BothSchema,
    required: BothSchema,
    cause: Type.Optional(BothSchema),
    nextStep: Type.Optional(BothSchema),
    tookMs: Type.Integer({ minimum: 0 }),
  },
  strict,
);

export const ReportSchema = Type.Object(
  {
    schema: Type.Literal('kaochang-preflight/1'),
    reportId: Type.String({ pattern: '^[0-9a-z-]{8,64}$' }),
    /** Room time, milliseconds since the epoch. */
    at: Type.Integer({ minimum: 0 }),
    roomName: Text,
    version: Type.String({ maxLength: 100 }),
    /** Who ran it; null = the command, on the server itself. */
    by: Type.Union([Type.String({ maxLength: 200 }), Type.Null()]),
    package: Type.Union([
      Type.Object({ packageId: Text, sequence: Type.Integer(), manifestHash: Text }, strict),
      Type.Null(),
    ]),
    lines: Type.Array(LineSchema, { maxItems: 5_000 }),
  },
  strict,
);

export type PreflightReport = Static<typeof ReportSchema>;

/** How many lines have each verdict. */
export function countsOf(lines: readonly Pick<PreflightLine, 'verdict'>[]): Record<Verdict, number> {
  const counts = { green: 0, amber: 0, red: 0, unknown: 0 };
  for (const { verdict } of lines) counts[verdict]++;
  return counts;
}

/** @returns the envelope, and the SHA-256 of what is signed, 64 hex digits: the report's name in the journal */
export function signReport(
  report: PreflightReport,
  key: PrivateKeys,
): { envelope: DsseEnvelope; hash: string } {
  const payload = canonicalBytes(report);
  return { envelope: signDsse(PREFLIGHT_PAYLOAD_TYPE, payload, [key]), hash: sha256(payload) };
}

/** Reads a signed report. @throws DsseError or Error naming the first field that is wrong */
export function readReport(envelope: unknown, trusted: readonly PublicKeys[]): PreflightReport {
  const payload = verifyDsse(envelope, PREFLIGHT_PAYLOAD_TYPE, trusted);
  const report: unknown = JSON.parse(payload.toString('utf8'));
  const [wrong] = Value.Errors(ReportSchema, report);
  if (wrong !== undefined) throw new Error(`${wrong.path}: ${wrong.message}`);
  return report as PreflightReport;
}
