// Hands the recordings of a session over: films of every camera with their manifests to another volume, and a list of it all
// that the room's key signs. It can be interrupted and goes on at its next run; in the video folder it changes nothing.

import { basename, dirname, join } from 'node:path';
import type { ExportedWhat } from '../core/video-export-types.js';
import { writeDurably } from '../durable-file.js';
import { canonicalBytes } from '../keys/canonical.js';
import { signDsse } from '../keys/dsse.js';
import type { PrivateKeys } from '../keys/key-files.js';
import { sha256 } from '../keys/sha256.js';
import {
  VIDEO_EXPORT_FORMAT,
  VIDEO_EXPORT_SUFFIX,
  VIDEO_EXPORT_TYPE,
  type ExportedCamera,
  type VideoExport,
} from '../protocol/video-export.js';
import { exportStem } from './export-names.js';
import { exportReadme } from './export-readme.js';
import { planSession, type PlannedCamera, type SessionToPlan, type UnsoundRow } from './export-session.js';
import {
  assertDevice,
  assertSpace,
  claimNames,
  deviceOf,
  isFat,
  removeStale,
  targetFolder,
  volumeFault,
} from './export-target.js';
import { writePieces, type WrittenFile } from './export-writer.js';
import { NO_LINE } from './video-line.js';

export interface VideoExportRequest extends SessionToPlan {
  /** The target; made if it is not there. */
  to: string;
  /** Folders that the target may not lie in: the room's own. */
  own: readonly string[];
  room: PrivateKeys;
  version: string;
  /** Wall clock, ms. */
  now: number;
  fat32: 'auto' | 'yes' | 'no';
  /** Of the drive that was chosen; null or absent = whatever lies at `to`. */
  device?: number | null;
  /** Bytes written and read back, of all, and of the file that it is at. */
  onProgress?: ((doneBytes: number, ofBytes: number, file: FileProgress) => void) | undefined;
}

/** How far one file is: the first half of its bytes is written, the second read back. */
export interface FileProgress {
  name: string;
  /** 1, 2 ... of `count`. */
  number: number;
  count: number;
  doneBytes: number;
  ofBytes: number;
}

export interface VideoExportResult {
  statement: VideoExport;
  statementFile: string;
  /** SHA-256 of that file. */
  statementHash: string;
  files: string[];
  /** The files are in parts, as FAT32 needs it. */
  isDivided: boolean;
  /** `cache`: of some file the system may have answered from memory when it was read back. */
  readFrom: WrittenFile['readFrom'];
  /** Cameras whose manifest does not hold in itself, with its rows. */
  unsound: UnsoundRow[];
}

/** What the journal keeps of an export that is done. */
export function exportedWhat(result: VideoExportResult): ExportedWhat {
  const { statement, statementHash, files, readFrom, unsound } = result;
  const all = statement.cameras.flatMap((camera) => camera.files);
  return {
    ...{ manifestHash: statementHash, files: files.length, readFrom },
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    lacking: unsound.length + statement.cameras.reduce((sum, { faults }) => sum + faults.length, 0),
  };
}

/**
 * Exports the recordings of a session and signs the list of them.
 * @throws VideoExportError; ReadBackError; Error of a disk; the signal's reason: what was written stays for the next run
 */
export async function exportVideo(request: VideoExportRequest): Promise<VideoExportResult> {
  const own = [...request.own, request.videoFolder];
  const to = await targetFolder(request.to, own, request.device ?? null);
  const device = await deviceOf(to);
  const stem = exportStem(request.session);
  const statementFile = join(to, stem + VIDEO_EXPORT_SUFFIX);
  const isDivided = request.fat32 === 'yes' || (request.fat32 === 'auto' && (await isFat(to)));
  const { cameras: planned, unsound } = await planSession(request, isDivided);
  const files = planned.flatMap((camera) => camera.files);
  const names = files.map(({ name }) => name);
  const before = await onVolume(to, () =>
    claimNames({
      ...{ folder: to, statementName: basename(statementFile), names },
      ...{ sessionId: request.session.sessionId, room: request.room.public },
    }),
  );
  await assertSpace(to, files);

  const total = files.reduce((sum, { bytes }) => sum + 2 * bytes, 0);
  let done = 0;
  const written = new Map<string, WrittenFile>();
  for (const [index, { name, bytes, pieces }] of files.entries()) {
    await assertDevice(to, device);
    const file = { name, number: index + 1, count: files.length, doneBytes: 0, ofBytes: 2 * bytes };
    const advance = (more: number) => {
      done = Math.min(total, done + more);
      file.doneBytes = Math.min(file.ofBytes, file.doneBytes + more);
      request.onProgress?.(done, total, { ...file });
    };
    written.set(name, await writeFile(join(to, name), pieces, { advance, signal: request.signal }));
  }
  await assertDevice(to, device);

  const cameras: ExportedCamera[] = [];
  for (const camera of planned)
    cameras.push(await onVolume(to, () => finishCamera(camera, { to, stem, written })));
  const { session, from, judgedUntil, now, version } = request;
  const { sessionId, packageId, siteName, roomName } = session;
  const statement: VideoExport = {
    ...{ format: VIDEO_EXPORT_FORMAT, sessionId, packageId, siteName, roomName },
    ...{ from, to: judgedUntil, exportedAt: now, version, cameras },
  };
  const words = Buffer.from(exportReadme(statement, basename(statementFile)));
  const envelope = signDsse(VIDEO_EXPORT_TYPE, canonicalBytes(statement), [request.room]);
  const signed = Buffer.from(`${JSON.stringify(envelope)}\n`);
  await onVolume(to, async () => {
    await writeDurably(join(to, `${stem}-说明.txt`), words, 0o644);
    await removeStale(to, before, names);
    // The mark has the name that the statement is written under: with it the export is finished.
    await writeDurably(statementFile, signed, 0o644);
  });
  const isCached = [...written.values()].some(({ readFrom }) => readFrom === 'cache');
  return {
    ...{ statement, statementFile, statementHash: sha256(signed), isDivided, unsound },
    ...{ readFrom: isCached ? 'cache' : 'medium' },
    files: names.map((name) => join(to, name)),
  };
}

function writeFile(...args: Parameters<typeof writePieces>): Promise<WrittenFile> {
  return onVolume(dirname(args[0]), () => writePieces(...args));
}

async function onVolume<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw (await volumeFault(folder, error)) ?? error;
  }
}

async function finishCamera(
  { cameraId, name, number, lines, files, faults, coveredMs, gaps }: PlannedCamera,
  { to, stem, written }: { to: string; stem: string; written: ReadonlyMap<string, WrittenFile> },
): Promise<ExportedCamera> {
  const text = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const manifestName = `${stem}-摄像机${number}.jsonl`;
  await writeDurably(join(to, manifestName), text, 0o644);
  const changed = files.flatMap((file) => written.get(file.name)?.changed ?? []);
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
