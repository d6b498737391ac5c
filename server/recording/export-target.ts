// Where an export goes: not into the room's own folders, not over other people's files, and not onto a volume that is too
// small. It says so before the first byte is written.

import { lstat, mkdir, open, readFile, realpath, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { OWN_NEW_FILE, syncFolder } from '../durable-file.js';
import { verifyDsse } from '../keys/dsse.js';
import type { PublicKeys } from '../keys/key-files.js';
import { VIDEO_EXPORT_TYPE, type VideoExport } from '../protocol/video-export.js';
import { VideoExportError } from './export-error.js';
import { PARTIAL_SUFFIX } from './export-writer.js';
import { keepsNames, readMountInfo, volumeAt } from './mounted-volumes.js';
import { freeBytesOf } from './space.js';

const FAT_TYPE = 0x4d44;
const FULL = ['ENOSPC', 'EDQUOT'];
const BROKEN = ['EIO', 'ENODEV', 'ENXIO', 'ESTALE', 'ENOTCONN', 'ESHUTDOWN'];
/** A drive that was taken out of the system leaves its folder behind, or not even that. */
const GONE = ['ENOENT', 'ENOTDIR'];
const LOCKED = ['EROFS', 'EACCES', 'EPERM'];
/** A link lies where a file is to be written. */
const LINKED = ['ELOOP', 'EMLINK'];
/** Lists, words and what a file system needs for itself. */
const BESIDE_BYTES = 16 * 2 ** 20;
/** A day of four cameras has a list of some megabytes. */
const MOST_LIST_BYTES = 64 * 2 ** 20;

/**
 * Makes the target and says where it really lies.
 * @param device of the drive that was chosen: a drive that is gone leaves an empty folder of the system's own disk behind; null =
 * whatever lies there
 * @throws VideoExportError inside of the room's own folders, on another device, where names do not last, or where nothing can be
 * written
 */
export async function targetFolder(
  to: string,
  own: readonly string[],
  device: number | null = null,
): Promise<string> {
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
  if (device !== null && (await deviceOf(real)) !== device) throw pulledOut(real);
  const volume = volumeAt(
    real,
    readMountInfo(await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')),
  );
  if (volume !== null && !keepsNames(volume)) throw namesGarbled(volume.path);
  try {
    await mkdir(real, { recursive: true });
  } catch (error) {
    throw (await volumeFault(real, error)) ?? error;
  }
  return real;
}

/** Which device a path lies on, or would. @returns null where nobody can say */
export async function deviceOf(path: string): Promise<number | null> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found !== null) return found.dev;
    if (dirname(at) === at) return null;
  }
}

/** The drive is still the one on which the export began. @throws VideoExportError */
export async function assertDevice(folder: string, device: number | null): Promise<void> {
  if ((await deviceOf(folder)) !== device) throw pulledOut(folder);
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
  const handle = await open(mark, OWN_NEW_FILE, 0o644);
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

/** Bytes that have to be free there: of what an earlier run left, only the rest. */
export async function missingBytes(
  folder: string,
  files: readonly { name: string; bytes: number }[],
): Promise<number> {
  let needBytes = BESIDE_BYTES;
  for (const { name, bytes } of files) {
    const there = (await sizeOf(join(folder, name))) ?? (await sizeOf(join(folder, name + PARTIAL_SUFFIX)));
    needBytes += Math.max(0, bytes - (there ?? 0));
  }
  return needBytes;
}

/** What is still missing there has to fit. @throws VideoExportError */
export async function assertSpace(
  folder: string,
  files: readonly { name: string; bytes: number }[],
): Promise<void> {
  const needBytes = await missingBytes(folder, files);
  const freeBytes = await freeBytesOf(folder);
  if (needBytes > freeBytes) throw noSpace(needBytes, freeBytes);
}

/** What went wrong with a volume meanwhile, for people. @returns null where the error is another one */
export async function volumeFault(folder: string, error: unknown): Promise<VideoExportError | null> {
  const { code = '', message, path } = error as NodeJS.ErrnoException;
  if (FULL.includes(code)) return noSpace(BESIDE_BYTES, await freeBytesOf(folder));
  if (code === 'EFBIG')
    return new VideoExportError(
      'too-large',
      `${folder} 所在的盘放不下这么大的单个文件（像 FAT32）：换用 exFAT 或 NTFS 格式的盘，或在服务器终端用 kaochang video export … --fat32 yes 分段导出`,
      `the drive of ${folder} takes no file of this size (as FAT32 does): take one with exFAT or NTFS, or divide the films at the server's terminal: kaochang video export … --fat32 yes`,
    );
  if (LOCKED.includes(code))
    return new VideoExportError(
      'read-only',
      `不能写入 ${folder}（${code}）：盘可能写保护，或没有写入权限。拨开写保护开关或换一块盘`,
      `${folder} cannot be written to (${code}): the drive is write-protected or not this service's to write. Unlock it or take another`,
    );
  if (LINKED.includes(code))
    return new VideoExportError(
      'name-taken',
      `${path ?? folder} 是一个链接，不是本考场导出的文件：请换一个空目录`,
      `${path ?? folder} is a link and no file that this room exported: take an empty folder`,
    );
  if (GONE.includes(code) && path?.startsWith(folder) === true) return pulledOut(folder);
  if (!BROKEN.includes(code)) return null;
  return new VideoExportError(
    'volume-fault',
    `读写出错（${message}）：目标盘可能断开或有故障。插好后再次导出，会接着写；仍出错就换一块盘`,
    `reading or writing failed (${message}): the drive may be unplugged or failing; plug it in and export again, it goes on where it was; if that fails take another`,
  );
}

function namesGarbled(path: string): VideoExportError {
  return new VideoExportError(
    'names-garbled',
    `${path} 挂载时没有启用 UTF-8 文件名，中文文件名到别的电脑上会成乱码：用 mount -t vfat -o utf8 重新挂载，或换一块 exFAT 格式的盘`,
    `${path} is mounted without UTF-8 names, Chinese names would be garbled on other machines: mount it with mount -t vfat -o utf8, or take a drive with exFAT`,
  );
}

function pulledOut(folder: string): VideoExportError {
  return new VideoExportError(
    'volume-fault',
    `${folder} 所在的盘已断开：插好后再次导出，会接着写`,
    `the drive of ${folder} is gone: plug it in and export again, it goes on where it was`,
  );
}

function noSpace(needBytes: number, freeBytes: number): VideoExportError {
  const [need, free] = [needBytes, freeBytes].map((bytes) => (bytes / 1e9).toFixed(bytes < 1e8 ? 3 : 1));
  return new VideoExportError(
    'no-space',
    `目标盘还需约 ${need} GB，只有 ${free} GB：请腾出空间或换一块盘，再次导出会接着写`,
    `the target needs about ${need} GB more and has ${free} GB: make room or take another drive; exported again it goes on where it was`,
  );
}

/** null for what is no file of ours at all: a link, a pipe, a heap of bytes. */
async function readText(file: string): Promise<string | null> {
  const found = await lstat(file).catch(() => null);
  if (found === null || !found.isFile() || found.size > MOST_LIST_BYTES) return null;
  return readFile(file, 'utf8').catch(() => null);
}

/** null where nothing lies there; of a link its own. */
async function sizeOf(file: string): Promise<number | null> {
  return lstat(file).then(
    ({ size }) => size,
    () => null,
  );
}
