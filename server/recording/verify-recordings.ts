// Checks the room's own recordings where they lie: every manifest's chain, every file against its line, and files that no line
// names. What the journal knows of the lists is compared where it is given. Writes nothing; the recorder may be at work.

import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import type { SegmentLine, VideoLine } from '../core/video-types.js';
import { bytesOfFile, streamOf } from '../keys/readable-bytes.js';
import { videoPaths } from './contract.js';
import { checkManifest } from './manifest-check.js';
import type { VerifyProgress, VideoFault, VideoReport } from './verify-report.js';

/** What the journal says of a camera's list. */
export interface JournaledHead {
  lines: number;
  headHash: string;
}

export interface RecordingsOptions {
  /** Wall clock, ms: files of the last minutes may not be listed yet. */
  now: number;
  heads?: ReadonlyMap<string, JournaledHead>;
  /** Names of cameras, where they are known. */
  names?: ReadonlyMap<string, string>;
  onProgress?: VerifyProgress;
}

/** A closed file is listed within a second; after a crash by the next recorder. */
const PENDING_MS = 120_000;

/** Cameras that have a list in this folder. */
export async function camerasIn(videoFolder: string): Promise<string[]> {
  const cameras: string[] = [];
  for (const entry of await readdir(videoFolder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    const isCamera = await stat(videoPaths(videoFolder).manifest(entry.name)).then(
      () => true,
      () => false,
    );
    if (isCamera) cameras.push(entry.name);
  }
  return cameras.sort();
}

/** @throws Error where the folder or a file in it cannot be read */
export async function verifyRecordings(
  videoFolder: string,
  options: RecordingsOptions,
): Promise<VideoReport> {
  const report: VideoReport = {
    ...{ ok: true, cameras: [], files: 0, bytes: 0, segments: 0, pending: 0, problems: [] },
  };
  const note = (fault: VideoFault, where: string) => report.problems.push({ fault, where });
  const cameras = await camerasIn(videoFolder);
  const lists = new Map<string, VideoLine[]>();
  for (const cameraId of cameras) {
    const file = videoPaths(videoFolder).manifest(cameraId);
    const { lines, problems } = await checkManifest(file, cameraId);
    for (const { fault, row } of problems) note(fault, `${cameraId}/manifest.jsonl:${row}`);
    lists.set(cameraId, lines);
  }
  for (const [cameraId, head] of options.heads ?? []) {
    const last = lists.get(cameraId)?.[head.lines - 1];
    if (head.lines > 0 && last?.hash !== head.headHash)
      note('journal-differs', `${cameraId}/manifest.jsonl:${head.lines}`);
  }
  const ofBytes = [...lists.values()]
    .flat()
    .reduce((sum, line) => sum + (line.kind === 'segment' ? line.bytes : 0), 0);
  let doneBytes = 0;
  const advance = (bytes: number) => options.onProgress?.((doneBytes += bytes), ofBytes);
  for (const [cameraId, lines] of lists) {
    const segments = lines.filter((line) => line.kind === 'segment');
    for (const line of segments) {
      const found = await checkSegment(videoFolder, line, advance);
      if (found !== null) note(found, line.file);
      else report.bytes += line.bytes;
      report.files++;
    }
    report.segments += segments.length;
    const listed = new Set(segments.map(({ file }) => file));
    for (const file of await filesOf(videoFolder, cameraId)) {
      if (listed.has(file)) continue;
      const { mtimeMs } = await stat(join(videoFolder, file));
      if (options.now - mtimeMs < PENDING_MS) report.pending++;
      else note('file-added', file);
    }
    report.cameras.push({
      ...{ cameraId, name: options.names?.get(cameraId) ?? cameraId, plannedMs: null },
      coveredMs: segments.reduce((sum, { startAt, endAt }) => sum + Math.max(0, endAt - startAt), 0),
      gaps: lines.length - segments.length,
    });
  }
  return { ...report, ok: report.problems.length === 0 };
}

async function checkSegment(
  videoFolder: string,
  line: SegmentLine,
  advance: (bytes: number) => void,
): Promise<VideoFault | null> {
  const path = resolve(videoFolder, line.file);
  if (!path.startsWith(resolve(videoFolder) + sep)) return 'file-missing';
  let bytes: Awaited<ReturnType<typeof bytesOfFile>>;
  try {
    bytes = await bytesOfFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'file-missing';
    throw error;
  }
  try {
    if (bytes.size !== line.bytes) return 'file-changed';
    const hash = createHash('sha256');
    for await (const chunk of streamOf(bytes)) {
      hash.update(chunk);
      advance(chunk.length);
    }
    return hash.digest('hex') === line.sha256 ? null : 'file-changed';
  } finally {
    await bytes.close();
  }
}

/** Films below a camera's folder, as lines name them. */
async function filesOf(videoFolder: string, cameraId: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (folder: string, depth: number) => {
    for (const entry of await readdir(join(videoFolder, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory() && depth > 0) await walk(path, depth - 1);
      else if (entry.isFile() && !/manifest\.jsonl/.test(entry.name) && !/\.partial$/.test(entry.name))
        found.push(path);
    }
  };
  await walk(cameraId, 3);
  return found.sort();
}
