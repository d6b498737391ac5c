// Whether a report of the check of the room will do for the seal. Pure; the room decides.

import type { PreflightView } from '../../../server/protocol/staff.js';

/** A report is worth so long; the room refuses an older one. */
export const REPORT_LASTS_MS = 24 * 3_600_000;

/** True where the room will take a signature under this report. */
export function isReportGood(preflight: PreflightView | null, now: number): boolean {
  return (
    preflight !== null &&
    preflight.red === 0 &&
    preflight.changed.length === 0 &&
    now - preflight.at <= REPORT_LASTS_MS
  );
}
