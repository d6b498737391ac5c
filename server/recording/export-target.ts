// Where an export goes: not into the room's own folders, not over other people's files, and not onto a volume that is too
// small. It says so before the first byte is written.

import { mkdir, open, readFile, realpath, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { syncFolder } from '../durable-file.js';
import { verifyDsse } from '../keys/dsse.js';
import type { PublicKeys } from '../keys/key-files.js';
import { VIDEO_EXPORT_TYPE, type VideoExport } from '../protocol/video-export.js';
import { PARTIAL_SUFFIX } from './export-writer.js';

/** The export cannot be made like this; the sentence is for people and says what would be right. */
export class VideoExportError extends Error {
  constructor(
    readonly code:
      'target-inside' | 'no-space' | 'volume-fault' | 'name-taken' | 'too-large' | 'nothing-recorded',
    zh: string,
    en: string,
  ) {
    super(`${zh} / ${en}`);
    this.name = 'VideoExportError';
  }
}

const FAT_TYPE = 0x4d44;
const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];
const BROKEN = ['EIO', 'ENODEV', 'ENXIO', 'EROFS', 'ESTALE'];
/** Lists, words and what a file system needs for itself. */
const BESIDE_BYTES = 16 * 2 ** 20;

/** Makes the target and says where it really lies. @throws VideoExportError inside of the room's own folders */
export async function targetFolder(to: string, own: readonly string[]): Promise<string> {
  const real = await realPathOf(resolve(to));
  for (const folder of own) {
    const ours = await realPathOf(resolve(folder));
    if (real === ours || real.startsWith(ours.endsWith(sep) ? ours : ours + sep))
      throw new VideoExportError(
        'target-inside',
        `目标目录在考场自己的目录 ${ours} 之内：请导出到 U 盘或另一块盘`,
        `the target lies inside of the room's own folder ${ours}: export to a USB drive or another disk`,
      );
  }
  await mkdir(real, { recursive: true });
  return real;
}

/** Of a folder that is not there yet: where it would be. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPathOf(parent), basename(path));
  }
}

/** True where files end at 4 GiB, or where nobody can say (Windows): parts play everywhere. */
export async function isFat(folder: string): Promise<boolean> {
  const { type } = await statfs(folder);
  return type === FAT_TYPE || (process.platform === 'win32' && type === 0);
}

export interface Claim {
  folder: string;
  /** The signed list's name in it. */
  statementName: string;
  /** Names of the files. */
  names: readonly string[];
  sessionId: string;
  room: PublicKeys;
}

/**
 * Other people's files stay: only what this room began or finished for this session is gone on with or replaced. An earlier list
 * becomes the mark of what was begun, so that it counts no more and its files are still known.
 * @returns names of the files of an earlier export of the session
 * @throws VideoExportError where a name is taken
 */
export async function claimNames({
  folder,
  statementName,
  names,
  sessionId,
  room,
}: Claim): Promise<string[]> {
  const statementFile = join(folder, statementName);
  const mark = statementFile + PARTIAL_SUFFIX;
  const ownMark = `${JSON.stringify({ sessionId, keyId: room.keyId })}\n`;
  const marked = await readText(mark);
  if (marked === ownMark) return [];
  const begun = filesOf(marked, room, sessionId);
  if (begun !== null) return begun;
  const finished = filesOf(await readText(statementFile), room, sessionId);
  if (finished !== null) {
    await rename(statementFile, mark);
    await syncFolder(folder);
    return finished;
  }
  for (const name of [statementName, ...names, ...names.map((name) => name + PARTIAL_SUFFIX)])
    if ((await sizeOf(join(folder, name))) !== null)
      throw new VideoExportError(
        'name-taken',
        `${join(folder, name)} 已存在，且不是本考场这一场次导出的：请换一个空目录`,
        `${join(folder, name)} is there and was not exported from this session by this room: take an empty folder`,
      );
  await writeMark(mark, ownMark);
  return [];
}

/** Removes files of an earlier export that the new one has not: nobody shall take them for part of it. */
export async function removeStale(
  folder: string,
  before: readonly string[],
  now: readonly string[],
): Promise<void> {
  for (const name of before)
    for (const file of [name, name + PARTIAL_SUFFIX])
      if (!now.includes(name) && basename(file) === file) await rm(join(folder, file), { force: true });
}

async function writeMark(mark: string, text: string): Promise<void> {
  const handle = await open(mark, 'w', 0o644);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Names in a list that this room signed for this session; null where the text is none. */
function filesOf(text: string | null, room: PublicKeys, sessionId: string): string[] | null {
  if (text === null) return null;
  try {
    const payload = verifyDsse(JSON.parse(text), VIDEO_EXPORT_TYPE, [room]);
    const statement = JSON.parse(payload.toString('utf8')) as VideoExport;
    if (statement.sessionId !== sessionId) return null;
    return statement.cameras.flatMap(({ files }) => files.map(({ name }) => name));
  } catch {
    return null;
  }
}

/** What is still missing there has to fit. @throws VideoExportError */
export async function assertSpace(
  folder: string,
  files: readonly { name: string; bytes: number }[],
): Promise<void> {
  let needBytes = BESIDE_BYTES;
  for (const { name, bytes } of files) {
    const there = (await sizeOf(join(folder, name))) ?? (await sizeOf(join(folder, name + PARTIAL_SUFFIX)));
    needBytes += Math.max(0, bytes - (there ?? 0));
  }
  const { bavail, bsize } = await statfs(folder);
  if (needBytes > bavail * bsize) throw noSpace(needBytes, bavail * bsize);
}

/** What went wrong with a volume meanwhile, for people. @returns null where the error is another one */
export async function volumeFault(folder: string, error: unknown): Promise<VideoExportError | null> {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (FULL.includes(code)) {
    const { bavail, bsize } = await statfs(folder);
    return noSpace(BESIDE_BYTES, bavail * bsize);
  }
  if (!BROKEN.includes(code)) return null;
  return new VideoExportError(
    'volume-fault',
    `读写出错（${message}）：目标盘可能断开或有故障，插好或换一块盘后再次执行同一命令，会接着导出`,
    `reading or writing failed (${message}): the drive may be unplugged or failing; plug it in or take another and give the same command, it goes on`,
  );
}

function noSpace(needBytes: number, freeBytes: number): VideoExportError {
  const [need, free] = [needBytes, freeBytes].map((bytes) => (bytes / 1e9).toFixed(bytes < 1e8 ? 3 : 1));
  return new VideoExportError(
    'no-space',
    `目标盘还需约 ${need} GB，只有 ${free} GB：请腾出空间或换一块盘，再次执行即可接着导出`,
    `the target needs about ${need} GB more and has ${free} GB: make room or take another drive; the same command goes on`,
  );
}

async function readText(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null);
}

async function sizeOf(file: string): Promise<number | null> {
  return stat(file).then(
    ({ size }) => size,
    () => null,
  );
}
