// The reports of a room on its disk: the signed one that goes into the bundle, and beside it the page to print.

import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../durable-file.js';
import type { DsseEnvelope } from '../keys/dsse.js';
import type { PublicKeys } from '../keys/key-files.js';
import { sha256 } from '../keys/sha256.js';
import { readReport, type PreflightReport } from './report.js';

const NAME = /^preflight-([0-9a-z-]{8,64})\.(json|html)$/;

export const reportFileName = (reportId: string, type: 'json' | 'html') => `preflight-${reportId}.${type}`;

/** Where a file of a report lies, or null for a name that is none. */
export function reportFile(folder: string, name: string): string | null {
  return NAME.test(name) ? join(folder, name) : null;
}

/** Writes both files; they are on the disk when it resolves. */
export async function writeReport(
  folder: string,
  reportId: string,
  envelope: DsseEnvelope,
  page: string,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeDurably(join(folder, reportFileName(reportId, 'html')), Buffer.from(page));
  await writeDurably(
    join(folder, reportFileName(reportId, 'json')),
    Buffer.from(`${JSON.stringify(envelope)}\n`),
  );
}

export interface StoredReport {
  report: PreflightReport;
  hash: string;
}

/** A report that was stored, if it is there and the room signed it. */
export async function storedReport(
  folder: string,
  reportId: string,
  room: PublicKeys,
): Promise<StoredReport | null> {
  const text = await readFile(join(folder, reportFileName(reportId, 'json')), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const envelope = JSON.parse(text) as DsseEnvelope;
    const report = readReport(envelope, [room]);
    return { report, hash: sha256(Buffer.from(envelope.payload, 'base64')) };
  } catch {
    return null;
  }
}
