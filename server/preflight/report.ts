// The report of one preflight: what was found, by whom and on which installation, signed with the room's key. It can be
// printed (report-page.ts), it goes into the bundle, and the seal names it.

import { Value } from '@sinclair/typebox/value';
import { canonicalBytes } from '../keys/canonical.js';
import { signDsse, verifyDsse, type DsseEnvelope } from '../keys/dsse.js';
import type { PrivateKeys, PublicKeys } from '../keys/key-files.js';
import { sha256 } from '../keys/sha256.js';
import {
  PREFLIGHT_PAYLOAD_TYPE,
  ReportSchema,
  type PreflightLine,
  type PreflightReport,
  type Verdict,
} from '../protocol/preflight.js';

export type { PreflightReport } from '../protocol/preflight.js';

/** How many lines have each verdict. */
export function countsOf(lines: readonly Pick<PreflightLine, 'verdict'>[]): Record<Verdict, number> {
  const counts = { green: 0, amber: 0, red: 0, unknown: 0 };
  for (const { verdict } of lines) counts[verdict]++;
  return counts;
}

/** @param key null before the room has one: nobody signs then. @returns the envelope, and the SHA-256 of what is signed, 64 hex digits: the report's name in the journal */
export function signReport(
  report: PreflightReport,
  key: PrivateKeys | null,
): { envelope: DsseEnvelope; hash: string } {
  const payload = canonicalBytes(report);
  const keys = key === null ? [] : [key];
  return { envelope: signDsse(PREFLIGHT_PAYLOAD_TYPE, payload, keys), hash: sha256(payload) };
}

/** Reads a signed report. @throws DsseError or Error naming the first field that is wrong */
export function readReport(envelope: unknown, trusted: readonly PublicKeys[]): PreflightReport {
  const payload = verifyDsse(envelope, PREFLIGHT_PAYLOAD_TYPE, trusted);
  const report: unknown = JSON.parse(payload.toString('utf8'));
  const wrong = Value.Errors(ReportSchema, report).First();
  if (wrong !== undefined) throw new Error(`${wrong.path}: ${wrong.message}`);
  return report as PreflightReport;
}
