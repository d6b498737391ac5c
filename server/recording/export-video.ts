// Hands the recordings of a session over: films of every camera with their manifests to another volume, and a list of it all
// that the room's key signs. It can be interrupted and goes on at its next run; in the video folder it changes nothing.

import { basename, dirname, join, resolve, sep } from 'node:path';
import type { SegmentLine, VideoLine } from '../core/video-types.js';
import { writeDurably } from '../durable-file.js';
import { canonicalBytes } from '../keys/canonical.js';
import { signDsse } from '../keys/dsse.js';
import type { PrivateKeys } from '../keys/key-files.js';
import { bytesOfFile } from '../keys/readable-bytes.js';
import { sha256 } from '../keys/sha256.js';
import {
  VIDEO_EXPORT_FORMAT,
  VIDEO_EXPORT_SUFFIX,
  VIDEO_EXPORT_TYPE,
  type ExportedCamera,
  type VideoExport,
} from '../protocol/video-export.js';
import { videoPaths } from './contract.js';
import { coverageOf } from './coverage.js';
import { exportStem, type NamedSession } from './export-names.js';
import { planCamera, type CameraPlan, type FoundSegment } from './export-plan.js';
import { exportReadme } from './export-readme.js';
import {
  assertSpace,
  claimNames,
  volumeFault,
  isFat,
  removeStale,
  targetFolder,
  VideoExportError,
} from './export-target.js';
import { writePieces, type WrittenFile } from './export-writer.js';
import { checkManifest } from './manifest-check.js';
import { readSegmentIndex } from './segment-index.js';
import { NO_LINE } from './video-line.js';

export interface VideoExportRequest {
  /** Where the recordings lie. */
  videoFolder: string;
  /** The target; made if it is not there. */
  to: string;
  /** Folders that the target may not lie in: the room's own. */
  own: readonly string[];
  session: NamedSession & { sessionId: string; packageId: string };
  /** Wall clock, ms, half open: what was recorded then is handed over. */
  from: number;
  until: number;
  /** Coverage is of [from, judgedUntil): what is recorded after the collection is more than was asked for. */
  judgedUntil: number;
  cameras: readonly { cameraId: string; name: string }[];
  room: PrivateKeys;
  version: string;
  /** Wall clock, ms. */
  now: number;
  fat32: 'auto' | 'yes' | 'no';
  signal?: AbortSignal | undefined;
  /** Bytes written and read back, of all. */
  onProgress?: ((doneBytes: number, ofBytes: number) => void) | undefined;
}

export interface VideoExportResult {
  statement: VideoExport;
  statementFile: string;
  files: string[];
  /** The files are in parts, as FAT32 needs it. */
  isDivided: boolean;
  /** `cache`: of some file the system may have answered from memory when it was read back. */
  readFrom: WrittenFile['readFrom'];
  /** Cameras whose manifest does not hold in itself, with its rows. */
  unsound: { cameraId: string; row: number; fault: string }[];
}

/** FAT takes files below 4 GiB. */
const FAT_FILE_BYTES = Math.floor(3.9 * 2 ** 30);

interface PlannedCamera extends CameraPlan {
  cameraId: string;
  name: string;
  number: number;
  lines: VideoLine[];
}

/**
 * Exports the recordings of a session and signs the list of them.
 * @throws VideoExportError; ReadBackError; Error of a disk; the signal's reason: what was written stays for the next run
 */
export async function exportVideo(request: VideoExportRequest): Promise<VideoExportResult> {
  const to = await targetFolder(request.to, [...request.own, request.videoFolder]);
  const stem = exportStem(request.session);
  const statementFile = join(to, stem + VIDEO_EXPORT_SUFFIX);
  const isDivided = request.fat32 === 'yes' || (request.fat32 === 'auto' && (await isFat(to)));
  const unsound: VideoExportResult['unsound'] = [];
  const planned: PlannedCamera[] = [];
  for (const [index, camera] of request.cameras.entries())
    planned.push(await planOf(request, camera, index + 1, { stem, isDivided, unsound }));
  const files = planned.flatMap((camera) => camera.files);
  if (files.length === 0)
    throw new VideoExportError(
      'nothing-recorded',
      '这一场次没有任何录像，请核对场次编号和录像目录',
      'nothing was recorded of this session: check its id and the video folder',
    );
  assertSizes(planned);
  const names = files.map(({ name }) => name);
  const before = await claimNames({
    ...{ folder: to, statementName: basename(statementFile), names },
    ...{ sessionId: request.session.sessionId, room: request.room.public },
  });
  await assertSpace(to, files);

  const total = files.reduce((sum, { bytes }) => sum + 2 * bytes, 0);
  let done = 0;
  const advance = (bytes: number) => request.onProgress?.((done = Math.min(total, done + bytes)), total);
  const written = new Map<string, WrittenFile>();
  for (const { name, pieces } of files)
    written.set(name, await writeFile(join(to, name), pieces, { advance, signal: request.signal }));

  const cameras: ExportedCamera[] = [];
  for (const camera of planned) cameras.push(await finishCamera(request, camera, { to, stem, written }));
  const { session, from, judgedUntil, now, version } = request;
  const { sessionId, packageId, siteName, roomName } = session;
  const statement: VideoExport = {
    ...{ format: VIDEO_EXPORT_FORMAT, sessionId, packageId, siteName, roomName },
    ...{ from, to: judgedUntil, exportedAt: now, version, cameras },
  };
  await writeDurably(
    join(to, `${stem}-说明.txt`),
    Buffer.from(exportReadme(statement, basename(statementFile))),
    0o644,
  );
  const envelope = signDsse(VIDEO_EXPORT_TYPE, canonicalBytes(statement), [request.room]);
  await removeStale(to, before, names);
  // The mark has the name that the statement is written under: with it the export is finished.
  await writeDurably(statementFile, Buffer.from(`${JSON.stringify(envelope)}\n`), 0o644);
  const isCached = [...written.values()].some(({ readFrom }) => readFrom === 'cache');
  return {
    ...{ statement, statementFile, isDivided, unsound, readFrom: isCached ? 'cache' : 'medium' },
    files: names.map((name) => join(to, name)),
  };
}

async function planOf(
  { videoFolder, from, until }: VideoExportRequest,
  camera: { cameraId: string; name: string },
  number: number,
  { stem, isDivided, unsound }: { stem: string; isDivided: boolean; unsound: VideoExportResult['unsound'] },
): Promise<PlannedCamera> {
  const { cameraId } = camera;
  const file = videoPaths(videoFolder).manifest(cameraId);
  const { lines: all, problems } = await checkManifest(file, cameraId);
  for (const { row, fault } of problems) unsound.push({ cameraId, row, fault });
  const lines = linesOfTime(all, from, until);
  const wanted = lines.filter((line) => touches(line, from, until));
  const maxFileBytes = isDivided ? FAT_FILE_BYTES : null;
  const look = (line: SegmentLine) => lookAtSegment(videoFolder, line);
  const plan = await planCamera({ lines: wanted, stem, number, maxFileBytes, look });
  return { ...camera, number, lines, ...plan };
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

async function writeFile(...args: Parameters<typeof writePieces>): Promise<WrittenFile> {
  try {
    return await writePieces(...args);
  } catch (error) {
    throw (await volumeFault(dirname(args[0]), error)) ?? error;
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

async function finishCamera(
  { from, judgedUntil }: VideoExportRequest,
  { cameraId, name, number, lines, files, faults }: PlannedCamera,
  { to, stem, written }: { to: string; stem: string; written: ReadonlyMap<string, WrittenFile> },
): Promise<ExportedCamera> {
  const text = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const manifestName = `${stem}-摄像机${number}.jsonl`;
  await writeDurably(join(to, manifestName), text, 0o644);
  const changed = files.flatMap((file) => written.get(file.name)?.changed ?? []);
  const gone = new Set(faults.map(({ line }) => line));
  const { coveredMs, gaps } = coverageOf(
    lines.filter(({ line }) => !gone.has(line)),
    from,
    judgedUntil,
  );
  return {
    ...{ cameraId, number, name, coveredMs, gaps },
    manifest: {
      ...{ name: manifestName, bytes: text.length, sha256: sha256(text), lines: lines.length },
      ...{ firstLine: lines[0]?.line ?? 0, prev: lines[0]?.prev ?? NO_LINE },
      head: lines.at(-1)?.hash ?? NO_LINE,
    },
    files: files.map(({ name: file, kind, bytes, startAt, endAt, segments }) => ({
      ...{ name: file, kind, bytes, startAt, endAt, segments },
      sha256: written.get(file)?.sha256 ?? '',
    })),
    faults: [...faults, ...changed.map((line) => ({ line, fault: 'changed' as const }))].sort(
      (a, b) => a.line - b.line,
    ),
  };
}
