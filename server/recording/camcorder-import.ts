// Takes the files of a camcorder in: copied beside the other recordings, read back and compared, listed in the camera's manifest
// like them. It changes nothing on the card and never writes over a recording.

import { createHash, type Hash } from 'node:crypto';
import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { syncFolder } from '../durable-file.js';
import { lookAtFile, type CamcorderFacts } from './camcorder-file.js';
import { videoPaths } from './contract.js';
import { appendLines, readManifest } from './manifest.js';
import { stampOf } from './segment-file.js';
import type { LineBody } from './video-line.js';

/** One file and when it was filmed. */
export interface PlannedImport {
  path: string;
  bytes: number;
  facts: CamcorderFacts;
  /** Wall clock, milliseconds. */
  startAt: number;
  endAt: number;
  /** Who says when it began: the person, the file itself, or that it goes on where the one before ended. */
  startFrom: 'person' | 'file' | 'file-before';
}

/** The files cannot be taken in; both sentences are for people. */
export class ImportRefusal extends Error {
  constructor(
    readonly code: 'no-file' | 'start-unknown' | 'no-space' | 'differs',
    zh: string,
    en: string,
  ) {
    super(`${zh} / ${en}`);
    this.name = 'ImportRefusal';
  }
}

/** A camera's clock may say a little less than its film lasts. */
const OVERLAP_MS = 2_000;
const CHUNK_BYTES = 4 * 2 ** 20;

/**
 * When each file was filmed, in their order: to be shown to the person and confirmed before anything is copied.
 * @param startAt of the first file, by the person; null = as the first file says
 * @throws ImportRefusal `no-file`, `start-unknown`
 */
export async function planImport(
  { ffprobe, files, startAt }: { ffprobe: string; files: readonly string[]; startAt: number | null },
  signal: AbortSignal,
): Promise<PlannedImport[]> {
  const found: { path: string; bytes: number; facts: CamcorderFacts }[] = [];
  for (const path of files) {
    const { size } = await stat(path).catch(() => {
      throw new ImportRefusal('no-file', `${path}：读不到`, `${path} cannot be read`);
    });
    found.push({ path, bytes: size, facts: await lookAtFile(ffprobe, path, signal) });
  }
  return timesOf(found, startAt);
}

/** Pure: each file begins when its own clock says, moved by as much as the person corrected the first; else behind the one before. */
export function timesOf(
  found: readonly Pick<PlannedImport, 'path' | 'bytes' | 'facts'>[],
  startAt: number | null,
): PlannedImport[] {
  const [first] = found;
  if (first === undefined) return [];
  const begins = startAt ?? first.facts.createdAt;
  if (begins === null)
    throw new ImportRefusal(
      'start-unknown',
      `${basename(first.path)} 没有记录开拍时间，请用 --start 给出`,
      `${basename(first.path)} does not say when it was filmed: give it with --start`,
    );
  const corrected = first.facts.createdAt === null ? null : begins - first.facts.createdAt;
  const plan: PlannedImport[] = [];
  for (const file of found) {
    const { createdAt, durationMs } = file.facts;
    const before = plan.at(-1);
    const own = createdAt === null || corrected === null ? null : createdAt + corrected;
    const isOwn = own !== null && (before === undefined || own >= before.endAt - OVERLAP_MS);
    const at = before === undefined ? begins : isOwn ? own : before.endAt;
    const startFrom =
      before === undefined ? (startAt === null ? 'file' : 'person') : isOwn ? 'file' : 'file-before';
    plan.push({ ...file, startAt: at, endAt: at + durationMs, startFrom });
  }
  return plan;
}

export interface ImportProgress {
  /** 0, 1, 2 ... of `files`. */
  file: number;
  files: number;
  /** Copied and compared so far, of twice the bytes of all files. */
  doneBytes: number;
  totalBytes: number;
}

export interface ImportOptions {
  /** The video folder. */
  folder: string;
  cameraId: string;
  plan: readonly PlannedImport[];
  /** So much stays free for the answers, bytes. */
  keepFreeBytes: number;
  onProgress?: (progress: ImportProgress) => void;
}

/** What came of a file. */
export interface ImportedFile {
  path: string;
  /** Below the video folder. */
  file: string;
  sha256: string;
  /** It was taken in before; nothing was copied. */
  wasThere: boolean;
}

/**
 * Copies, compares and lists the files of one camcorder. Done again it goes on where it ended. REQ-A06
 * @throws ImportRefusal; the signal's reason where it was given up: whole files stay, of half a file nothing does
 */
export async function importCamcorderFiles(
  { folder, cameraId, plan, keepFreeBytes, onProgress }: ImportOptions,
  signal: AbortSignal,
): Promise<ImportedFile[]> {
  const own = `${cameraId}/imported`;
  await mkdir(join(folder, own), { recursive: true });
  const before = await listedHashes(folder, cameraId);
  const totalBytes = 2 * plan.reduce((sum, { bytes }) => sum + bytes, 0);
  let doneBytes = 0;
  const done: ImportedFile[] = [];
  for (const [file, one] of plan.entries()) {
    const beganBytes = doneBytes;
    const count = (bytes: number) => {
      doneBytes += bytes;
      onProgress?.({ file, files: plan.length, doneBytes, totalBytes });
    };
    await assertSpace(folder, one.bytes, keepFreeBytes);
    const partial = join(folder, own, `${stampOf(one.startAt)}-${file}.partial`);
    try {
      const sha256 = await copied(one.path, partial, count, signal);
      const known = before.get(sha256);
      if (known === undefined) {
        await assertSame(partial, sha256, count, signal);
        const name = await named(partial, folder, `${own}/${stampOf(one.startAt)}`, endingOf(one.path));
        await appendLines(folder, cameraId, [bodyOf(one, name, sha256)]);
        before.set(sha256, name);
        done.push({ path: one.path, file: name, sha256, wasThere: false });
      } else done.push({ path: one.path, file: known, sha256, wasThere: true });
    } finally {
      // Of its own making only; what has its name is there under that.
      await rm(partial, { force: true });
    }
    doneBytes = beganBytes + 2 * one.bytes;
  }
  return done;
}

function bodyOf({ bytes, facts, startAt, endAt }: PlannedImport, file: string, sha256: string): LineBody {
  const { codec, width, height, frames, isReadable } = facts;
  return {
    ...{ kind: 'segment', file, startAt: Math.round(startAt), endAt: Math.round(endAt), bytes, sha256 },
    ...{ frames, width, height, codec, flags: isReadable ? ['imported'] : ['imported', 'damaged'] },
  };
}

async function listedHashes(folder: string, cameraId: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for await (const { line } of readManifest(videoPaths(folder).manifest(cameraId)))
    if (line?.kind === 'segment') hashes.set(line.sha256, line.file);
  return hashes;
}

async function assertSpace(folder: string, bytes: number, keepFreeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize - bytes >= keepFreeBytes) return;
  throw new ImportRefusal(
    'no-space',
    '录像盘空间不够，请先腾出空间；答案优先，本系统不删除录像',
    'too little space on the video disk: make room first; answers come first, and nothing is deleted by itself',
  );
}

/** @returns SHA-256 of what was read from the card */
async function copied(
  from: string,
  to: string,
  count: (bytes: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const target = await open(to, 'w', 0o600);
  try {
    const sha256 = await eachPart(from, signal, async (part) => {
      await target.writeFile(part);
      count(part.length);
    });
    await target.sync();
    return sha256;
  } finally {
    await target.close();
  }
}

/** What lies on the disk now is read again, as far as the system does not answer from its memory. */
async function assertSame(
  copy: string,
  sha256: string,
  count: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const again = await eachPart(copy, signal, (part) => {
    count(part.length);
    return Promise.resolve();
  });
  if (again === sha256) return;
  throw new ImportRefusal(
    'differs',
    `${basename(copy)}：读回来与写入的不同，磁盘可能有故障`,
    `${basename(copy)}: what is read back is not what was written: the disk may be failing`,
  );
}

async function eachPart(
  file: string,
  signal: AbortSignal,
  take: (part: Buffer) => Promise<void>,
): Promise<string> {
  const hash: Hash = createHash('sha256');
  const handle = await open(file, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES);
      if (bytesRead === 0) return hash.digest('hex');
      const part = chunk.subarray(0, bytesRead);
      hash.update(part);
      await take(part);
    }
  } finally {
    await handle.close();
  }
}

/** Small letters and digits of its ending; a name on a card may be anything. */
function endingOf(path: string): string {
  const ending = extname(path).slice(1).toLowerCase();
  return /^[a-z0-9]{1,5}$/.test(ending) ? ending : 'bin';
}

/** Under the time that it was filmed, with a number where another file has that name. @returns the name below the video folder */
async function named(partial: string, folder: string, stem: string, ending: string): Promise<string> {
  for (let n = 0; ; n++) {
    const name = `${stem}${n === 0 ? '' : `-${n}`}.${ending}`;
    const taken = await stat(join(folder, name)).then(
      () => true,
      () => false,
    );
    if (taken) continue;
    await rename(partial, join(folder, name));
    await syncFolder(join(folder, stem, '..'));
    return name;
  }
}
