// What a session's recordings become on another volume: the lines of every camera in its time, and the files they make. Reads the
// video folder; writes nothing.

import { resolve, sep } from 'node:path';
import type { SegmentLine, VideoLine } from '../core/video-types.js';
import { bytesOfFile } from '../keys/readable-bytes.js';
import { videoPaths } from './contract.js';
import { coverageOf, type Coverage } from './coverage.js';
import { VideoExportError } from './export-error.js';
import { exportStem, type NamedSession } from './export-names.js';
import { planCamera, type CameraPlan, type FoundSegment } from './export-plan.js';
import { checkManifest } from './manifest-check.js';
import { readSegmentIndex } from './segment-index.js';

export interface SessionToPlan {
  /** Where the recordings lie. */
  videoFolder: string;
  session: NamedSession & { sessionId: string; packageId: string };
  /** Wall clock, ms, half open: what was recorded then is handed over. */
  from: number;
  until: number;
  /** Coverage is of [from, judgedUntil): what is recorded after the collection is more than was asked for. */
  judgedUntil: number;
  cameras: readonly { cameraId: string; name: string }[];
  /** A day has thousands of files to look at. */
  signal?: AbortSignal | undefined;
}

/** A row of a list that does not hold in itself. */
export interface UnsoundRow {
  cameraId: string;
  row: number;
  fault: string;
}

export interface PlannedCamera extends CameraPlan, Coverage {
  cameraId: string;
  name: string;
  number: number;
  lines: VideoLine[];
}

export interface PlannedSession {
  cameras: PlannedCamera[];
  unsound: UnsoundRow[];
}

/** FAT takes files below 4 GiB. */
const FAT_FILE_BYTES = Math.floor(3.9 * 2 ** 30);

/**
 * Looks at every recorded file of the session.
 * @param isDivided in parts that FAT32 takes
 * @throws VideoExportError where there is nothing, or a file that the volume does not take; Error of the disk; the signal's reason
 */
export async function planSession(session: SessionToPlan, isDivided: boolean): Promise<PlannedSession> {
  const stem = exportStem(session.session);
  const unsound: UnsoundRow[] = [];
  const cameras: PlannedCamera[] = [];
  for (const [index, camera] of session.cameras.entries())
    cameras.push(await planOf(session, camera, index + 1, { stem, isDivided, unsound }));
  if (cameras.every(({ files }) => files.length === 0))
    throw new VideoExportError(
      'nothing-recorded',
      '这一场次没有任何录像，请核对场次编号和录像目录',
      'nothing was recorded of this session: check its id and the video folder',
    );
  assertSizes(cameras);
  return { cameras, unsound };
}

async function planOf(
  { videoFolder, from, until, judgedUntil, signal }: SessionToPlan,
  camera: { cameraId: string; name: string },
  number: number,
  { stem, isDivided, unsound }: { stem: string; isDivided: boolean; unsound: UnsoundRow[] },
): Promise<PlannedCamera> {
  const { cameraId } = camera;
  const file = videoPaths(videoFolder).manifest(cameraId);
  const { lines: all, problems } = await checkManifest(file, cameraId);
  for (const { row, fault } of problems) unsound.push({ cameraId, row, fault });
  const lines = linesOfTime(all, from, until);
  const wanted = lines.filter((line) => touches(line, from, until));
  const maxFileBytes = isDivided ? FAT_FILE_BYTES : null;
  const look = (line: SegmentLine) => {
    signal?.throwIfAborted();
    return lookAtSegment(videoFolder, line);
  };
  const plan = await planCamera({ lines: wanted, stem, number, maxFileBytes, look });
  const gone = new Set(plan.faults.map(({ line }) => line));
  const there = lines.filter(({ line }) => !gone.has(line));
  return { ...camera, number, lines, ...plan, ...coverageOf(there, from, judgedUntil) };
}

function touches(line: VideoLine, from: number, until: number): boolean {
  const [start, end] = line.kind === 'segment' ? [line.startAt, line.endAt] : [line.from, line.to];
  return end > from && start < until;
}

/** All lines from the first to the last that has to do with the time: a chain has no holes. */
function linesOfTime(lines: VideoLine[], from: number, until: number): VideoLine[] {
  const first = lines.findIndex((line) => touches(line, from, until));
  const last = lines.findLastIndex((line) => touches(line, from, until));
  return first < 0 ? [] : lines.slice(first, last + 1);
}

/** null where the file is gone, or where its name leads elsewhere. */
async function lookAtSegment(videoFolder: string, line: SegmentLine): Promise<FoundSegment | null> {
  const path = resolve(videoFolder, line.file);
  if (!path.startsWith(resolve(videoFolder) + sep)) return null;
  let bytes: Awaited<ReturnType<typeof bytesOfFile>>;
  try {
    bytes = await bytesOfFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const isImported = line.flags.includes('imported');
    return { path, size: bytes.size, tracks: isImported ? [] : await readSegmentIndex(bytes) };
  } finally {
    await bytes.close();
  }
}

function assertSizes(planned: readonly PlannedCamera[]): void {
  const tooLarge = planned.flatMap((camera) => camera.tooLarge);
  if (tooLarge.length > 0)
    throw new VideoExportError(
      'too-large',
      `目标盘是 FAT32，单个文件不能超过 4 GB：${tooLarge.join('、')}。请换用 exFAT 或 NTFS 格式的盘`,
      `the target is FAT32, where a file ends at 4 GB: ${tooLarge.join(', ')}. Take a drive formatted as exFAT or NTFS`,
    );
}
