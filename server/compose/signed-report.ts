// The bytes of a signed check of the room, for the bundle.

import { readFile } from 'node:fs/promises';
import { dataPaths } from '../data-folder.js';
import { reportFile, reportFileName } from '../preflight/report-files.js';

/** null where it is not there, or the name is none. */
export async function signedReport(data: string, reportId: string): Promise<Buffer | null> {
  const file = reportFile(dataPaths(data).preflight, reportFileName(reportId, 'json'));
  return file === null ? null : readFile(file).catch(() => null);
}
