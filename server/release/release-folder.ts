// What a release carries to prove itself: SHA256SUMS over every file, and the makers' signature over that list. It reads and
// checks; it neither builds nor installs.

import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DsseError, signDsse, verifyDsse, type DsseEnvelope } from '../keys/dsse.js';
import type { PrivateKeys, PublicKeys } from '../keys/key-files.js';

export const SUMS_FILE = 'SHA256SUMS';
export const SIGNATURE_FILE = 'SHA256SUMS.dsse.json';
/** What a signature over a release says it is; a signature over anything else does not pass for one. */
export const SUMS_TYPE = 'application/vnd.kaochang.release-sums.v1';

/** One file of a release, `path` with `/` from the release's folder. */
export interface ReleaseFile {
  path: string;
  sha256: string;
}

/** What is wrong with a release, file by file. */
export interface ReleaseFault {
  path: string;
  fault: 'missing' | 'changed' | 'unlisted' | 'not-a-file';
}

export class ReleaseError extends Error {
  constructor(
    readonly code: 'bad-list' | 'unsigned' | 'wrong-signature',
    message: string,
  ) {
    super(message);
    this.name = 'ReleaseError';
  }
}

/** The list as `sha256sum -c` reads it, sorted by path. @throws ReleaseError for a path that the list cannot name */
export function writeSums(files: readonly ReleaseFile[]): string {
  const lines = [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, sha256 }) => {
      if (!isPlainPath(path)) throw new ReleaseError('bad-list', `A release cannot hold ${path}`);
      return `${sha256}  ${path}\n`;
    });
  return lines.join('');
}

/** Reads the list. @throws ReleaseError for anything but lines of hash and a path below the release, each once */
export function readSums(text: string): ReleaseFile[] {
  const bad = (line: string) =>
    new ReleaseError('bad-list', `文件清单有误 / not a line of a list of hashes: ${line.slice(0, 200)}`);
  if (text !== '' && !text.endsWith('\n')) throw bad(text.slice(text.lastIndexOf('\n') + 1));
  const known = new Set<string>();
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const match = /^([0-9a-f]{64}) {2}(.+)$/.exec(line);
      const [, sha256 = '', path = ''] = match ?? [];
      if (match === null || !isPlainPath(path) || known.has(path)) throw bad(line);
      known.add(path);
      return { path, sha256 };
    });
}

/** Relative, without `..`, control characters or what `sha256sum` would escape. */
function isPlainPath(path: string): boolean {
  const parts = path.split('/');
  return (
    parts.every((part) => part !== '' && part !== '.' && part !== '..') &&
    // eslint-disable-next-line no-control-regex
    !/[\\\u0000-\u001f\u007f:]/.test(path) &&
    path !== SUMS_FILE &&
    path !== SIGNATURE_FILE
  );
}

/** Hashes every file below a folder but the list and its signature. Links are refused: a release has none. */
export async function hashFolder(folder: string): Promise<{ files: ReleaseFile[]; faults: ReleaseFault[] }> {
  const files: ReleaseFile[] = [];
  const faults: ReleaseFault[] = [];
  const visit = async (below: string): Promise<void> => {
    for (const name of (await readdir(join(folder, below))).sort()) {
      const path = below === '' ? name : `${below}/${name}`;
      if (path === SUMS_FILE || path === SIGNATURE_FILE) continue;
      const found = await lstat(join(folder, path));
      if (found.isDirectory()) await visit(path);
      else if (found.isFile()) files.push({ path, sha256: await hashFile(join(folder, path)) });
      else faults.push({ path, fault: 'not-a-file' });
    }
  };
  await visit('');
  return { files, faults };
}

/** Signs the list of a release. */
export function signSums(sums: string, keys: readonly PrivateKeys[]): DsseEnvelope {
  return signDsse(SUMS_TYPE, Buffer.from(sums, 'utf8'), keys);
}

/**
 * Checks a release's folder: who signed it, and every file.
 * @param trusted whose signature counts; none = the hashes alone
 * @returns the faults found; empty when the folder is what was signed
 * @throws ReleaseError when the list itself cannot be believed
 */
export async function checkRelease(
  folder: string,
  trusted: readonly PublicKeys[],
): Promise<{ files: number; faults: ReleaseFault[] }> {
  const sums = await readFile(join(folder, SUMS_FILE), 'utf8').catch(() => {
    throw new ReleaseError('bad-list', `没有 ${SUMS_FILE} / there is no ${SUMS_FILE}: ${folder}`);
  });
  if (trusted.length > 0) await checkSignature(folder, sums, trusted);
  const listed = new Map(readSums(sums).map(({ path, sha256 }) => [path, sha256]));
  const { files, faults } = await hashFolder(folder);
  for (const { path, sha256 } of files) {
    const wanted = listed.get(path);
    if (wanted === undefined) faults.push({ path, fault: 'unlisted' });
    else if (wanted !== sha256) faults.push({ path, fault: 'changed' });
  }
  const there = new Set([...files, ...faults].map(({ path }) => path));
  for (const path of listed.keys()) if (!there.has(path)) faults.push({ path, fault: 'missing' });
  return { files: files.length, faults };
}

async function checkSignature(folder: string, sums: string, trusted: readonly PublicKeys[]): Promise<void> {
  const text = await readFile(join(folder, SIGNATURE_FILE), 'utf8').catch(() => {
    throw new ReleaseError('unsigned', '发行包没有签名 / the release is not signed');
  });
  try {
    const payload = verifyDsse(JSON.parse(text), SUMS_TYPE, trusted);
    if (payload.toString('utf8') === sums) return;
  } catch (error) {
    if (!(error instanceof DsseError || error instanceof SyntaxError)) throw error;
  }
  throw new ReleaseError(
    'wrong-signature',
    '签名不符：不是受信任的一方发布的，或已被改动 / the signature does not hold: not from a trusted maker, or changed',
  );
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
