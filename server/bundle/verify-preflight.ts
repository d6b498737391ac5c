// The check of the room under which a session was sealed (REQ-D01), as a bundle carries it: the room signed it, and it is the very
// report that the journal names.

import { Value } from '@sinclair/typebox/value';
import type { Session } from '../core/types.js';
import { verifyDsse } from '../keys/dsse.js';
import type { PublicKeys } from '../keys/key-files.js';
import { sha256 } from '../keys/sha256.js';
import { PREFLIGHT_PAYLOAD_TYPE, ReportSchema, type PreflightReport } from '../protocol/preflight.js';
import { readText } from './verify-bag.js';
import type { Note } from './verify-report.js';
import type { Bag } from './verify-zip.js';

/** Where a bag has the report of the session's seal; null where the seal stands under none. */
export function preflightPath({ seal }: Pick<Session, 'seal'>): string | null {
  return seal.reportId === undefined ? null : `data/preflight/${seal.reportId}.json`;
}

/**
 * Holds the report against signature, schema and journal.
 * @param recorded hashes of the reports that the rows name, by id
 */
export async function checkPreflight(
  bag: Bag,
  session: Session,
  trust: readonly PublicKeys[],
  recorded: ReadonlyMap<string, string>,
  note: Note,
): Promise<void> {
  const path = preflightPath(session);
  if (path === null) return;
  if (!bag.paths.includes(path)) {
    // Where the plan asks for it the seal would not stand without it.
    if (session.plan.policy.sealNeedsReport) note('file-missing', path);
    return;
  }
  try {
    const rooms = trust.filter(({ role }) => role === 'room');
    const payload = verifyDsse(JSON.parse(await readText(bag, path)), PREFLIGHT_PAYLOAD_TYPE, rooms);
    const report: unknown = JSON.parse(payload.toString('utf8'));
    const { reportId } = session.seal;
    if (!Value.Check(ReportSchema, report) || (report as PreflightReport).reportId !== reportId)
      throw new Error('another report');
    const hash = recorded.get(reportId ?? '');
    if (hash !== undefined && hash !== sha256(payload)) throw new Error('another report');
  } catch {
    note('preflight-report', path);
  }
}
