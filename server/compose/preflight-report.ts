// Makes the report of a check of the room, whoever ran it: the service for its staff, or the command on the server itself. Signed
// where the room has a key, on the disk when it resolves; what is recorded of it is the service's.

import { randomUUID } from 'node:crypto';
import type { InstalledPackage } from '../core/types.js';
import type { PrivateKeys } from '../keys/key-files.js';
import type { PreflightLine } from '../preflight/line.js';
import { reportFileName, writeReport } from '../preflight/report-files.js';
import { reportPage } from '../preflight/report-page.js';
import { signReport, type PreflightReport } from '../preflight/report.js';
import type { RoomStandard } from '../preflight/standard.js';
import { VERSION } from '../version.js';

export interface CheckedRoom {
  lines: PreflightLine[];
  /** Room time, milliseconds. */
  at: number;
  /** Who ran it; null = the command. */
  by: string | null;
  installed: InstalledPackage | null;
  standard: RoomStandard;
}

/** A report as it lies on the disk, by the names of its two files. */
export interface MadeReport {
  report: PreflightReport;
  /** SHA-256 of what was signed, hex. */
  hash: string;
  names: readonly [json: string, html: string];
}

/**
 * @param folder where both files go; it is made where it is not there
 * @param keys null before the first start: the report is then what it says, and nobody's word
 */
export async function makeReport(
  folder: string,
  { lines, at, by, installed, standard }: CheckedRoom,
  keys: PrivateKeys | null,
): Promise<MadeReport> {
  const report: PreflightReport = {
    schema: 'kaochang-preflight/1',
    reportId: randomUUID(),
    at,
    roomName: installed?.roomName ?? '',
    version: VERSION,
    by,
    package: packageOf(installed),
    ...standard,
    lines,
  };
  const { reportId } = report;
  const { envelope, hash } = signReport(report, keys);
  await writeReport(folder, reportId, envelope, reportPage(report, hash, chinaTime, keys !== null));
  return { report, hash, names: [reportFileName(reportId, 'json'), reportFileName(reportId, 'html')] };
}

function packageOf(installed: InstalledPackage | null): PreflightReport['package'] {
  if (installed === null) return null;
  const { packageId, sequence, manifestHash } = installed;
  return { packageId, sequence, manifestHash };
}

/** Local time of the exam, for paper. */
function chinaTime(at: number): string {
  return new Date(at).toLocaleString('zh-CN', { timeZone: 'Asia/Shanghai', hour12: false });
}
