// A manifest read as a stranger would: every line against its form, its hash and the line before it. It takes what a torn or
// changed file still says and names what is wrong; it never writes.

import { stat } from 'node:fs/promises';
import type { VideoLine } from '../core/video-types.js';
import { readManifest } from './manifest.js';
import { isSoundLine } from '../keys/video-line.js';
import { NO_LINE } from './video-line.js';

export type ManifestFault =
  /** Not a line of a manifest. */
  | 'line-unreadable'
  /** Its number does not follow. */
  | 'line-number'
  /** It does not name the line before. */
  | 'line-prev'
  /** It was changed after it was written. */
  | 'line-hash'
  /** It speaks of another camera. */
  | 'line-camera';

export interface CheckedManifest {
  lines: VideoLine[];
  problems: { fault: ManifestFault; /** Counted from 1, as editors count. */ row: number }[];
  /** The file ends in the middle of a line: its writer was at work, or was ended and sets that end aside at its next start. */
  isTorn: boolean;
}

/**
 * Reads a manifest and checks its chain; a file that is not there has no lines.
 * @param first what the first line must follow: its own number, and the hash of the line before it
 * @throws Error where the file cannot be read
 */
export async function checkManifest(
  file: string,
  cameraId: string,
  first: { line: number; prev: string } = { line: 0, prev: NO_LINE },
): Promise<CheckedManifest> {
  const checked: CheckedManifest = { lines: [], problems: [], isTorn: false };
  let expected = first;
  let row = 0;
  let end = 0;
  for await (const { line, endsAt } of readManifest(file)) {
    row++;
    end = endsAt;
    if (line === null) {
      checked.problems.push({ fault: 'line-unreadable', row });
      continue;
    }
    const fault = faultOf(line, cameraId, expected);
    if (fault !== null) checked.problems.push({ fault, row });
    checked.lines.push(line);
    expected = { line: line.line + 1, prev: line.hash };
  }
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  return { ...checked, isTorn: size > end };
}

function faultOf(
  line: VideoLine,
  cameraId: string,
  expected: { line: number; prev: string },
): ManifestFault | null {
  if (!isSoundLine(line)) return 'line-hash';
  if (line.cameraId !== cameraId) return 'line-camera';
  if (line.line !== expected.line) return 'line-number';
  return line.prev === expected.prev ? null : 'line-prev';
}
