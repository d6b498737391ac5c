// `npm run dist`: the offline archive of one platform: Node, the program, its modules, hashes, a signature and an installer. It
// takes what lies in the checkout and asks no network.
// Usage: node build/scripts/dist/dist.js [--platform linux-x64|win32-x64] [--node FOLDER] [--key FILE] [--out FOLDER] [--json]

import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { JOURNAL_FORMAT } from '../../server/journal/schema.js';
import { readPrivateKeys } from '../../server/keys/key-files.js';
import { sha256 } from '../../server/keys/sha256.js';
import {
  hashFolder,
  SIGNATURE_FILE,
  signSums,
  SUMS_FILE,
  writeSums,
} from '../../server/release/release-folder.js';
import { PROJECT_ROOT, VERSION } from '../../server/version.js';
import { licenceList } from './licences.js';
import { missingModules, moduleFiles, productionModules, readLock, type Platform } from './modules.js';
import { findNode } from './node-files.js';
import { ownFiles } from './own-files.js';
import { packTar, packZip } from './pack.js';

export interface DistOptions {
  platform: Platform;
  /** Unpacked release of Node; null = the one that runs. */
  node: string | null;
  /** Private keys that sign; none = not signed. */
  keys: string[];
  out: string;
}

/** A release as a folder. */
export interface ReleaseReport {
  /** SHA-256 of the list of hashes: what the makers read to a room over the telephone. */
  fingerprint: string;
  files: number;
  modules: number;
  node: string;
  signed: boolean;
}

/** And as one file. */
export interface DistReport extends ReleaseReport {
  archive: string;
  sha256: string;
  bytes: number;
}

/** Lays the release into a folder of its own in `out`. @returns its name there. @throws Error naming what is missing */
export async function makeRelease({
  platform,
  node,
  keys,
  out,
}: DistOptions): Promise<{ name: string; report: ReleaseReport }> {
  const isWindows = platform === 'win32-x64';
  const nodeFiles = findNode(node, isWindows);
  const lock = readLock(PROJECT_ROOT);
  const modules = productionModules(lock).filter(({ path }) => existsSync(join(PROJECT_ROOT, path)));
  const missing = missingModules(PROJECT_ROOT, productionModules(lock));
  if (missing.length > 0)
    throw new Error(`npm ci first; missing: ${missing.map(({ name }) => name).join(', ')}`);
  const compiled = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';
  if (!isWindows && !existsSync(join(PROJECT_ROOT, compiled))) throw new Error(`${compiled} is not there`);
  const name = `kaochang-${VERSION}-${platform}`;
  const folder = join(out, name);
  rmSync(folder, { recursive: true, force: true });
  const put = (from: string, to: string, mode = 0o644) => {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    copyFileSync(from, join(folder, to));
    chmodSync(join(folder, to), mode);
  };
  for (const { from, to, executable } of ownFiles(PROJECT_ROOT, platform))
    put(join(PROJECT_ROOT, from), to, executable ? 0o755 : 0o644);
  for (const module of modules)
    for (const file of moduleFiles(PROJECT_ROOT, module, platform))
      put(join(PROJECT_ROOT, module.path, file), `${module.path}/${file}`);
  put(nodeFiles.binary, isWindows ? 'node/node.exe' : 'node/bin/node', 0o755);
  put(nodeFiles.licence, 'node/LICENSE');
  const nodeText = { version: nodeFiles.version, text: '' };
  write(folder, 'LICENCES.txt', licenceList(PROJECT_ROOT, modules, nodeText));
  const release = { version: VERSION, platform, node: nodeFiles.version, journalFormat: JOURNAL_FORMAT };
  write(folder, 'release.json', `${JSON.stringify(release, null, 2)}\n`);
  const { files, faults } = await hashFolder(folder);
  if (faults.length > 0) throw new Error(`Not a plain file: ${faults[0]?.path ?? ''}`);
  const sums = writeSums(files);
  write(folder, SUMS_FILE, sums);
  const signers = await Promise.all(keys.map((file) => readPrivateKeys(file)));
  if (signers.length > 0) write(folder, SIGNATURE_FILE, `${JSON.stringify(signSums(sums, signers))}\n`);
  const report = {
    fingerprint: sha256(Buffer.from(sums, 'utf8')),
    files: files.length,
    modules: modules.length,
    node: nodeFiles.version,
    signed: signers.length > 0,
  };
  return { name, report };
}

/** Builds the archive. @throws Error naming what is missing */
export async function makeArchive(options: DistOptions): Promise<DistReport> {
  const { platform, out } = options;
  const { name, report } = await makeRelease(options);
  const folder = join(out, name);
  const file = `${name}.${platform === 'win32-x64' ? 'zip' : 'tar.gz'}`;
  const archive = join(out, file);
  await (platform === 'win32-x64' ? packZip : packTar)(folder, archive, sourceTime());
  rmSync(folder, { recursive: true, force: true });
  const hash = sha256(await readFile(archive));
  writeFileSync(`${archive}.sha256`, `${hash}  ${file}\n`);
  return { ...report, archive, sha256: hash, bytes: statSync(archive).size };
}

function write(folder: string, path: string, text: string): void {
  writeFileSync(join(folder, path), text, { mode: 0o644 });
}

/** Seconds since 1970 that stand for all files: as given, of the last change of the sources, or of package.json. */
function sourceTime(): number {
  const given = Number(process.env['SOURCE_DATE_EPOCH']);
  if (Number.isInteger(given) && given > 0) return given;
  try {
    const options = { cwd: PROJECT_ROOT, encoding: 'utf8' } as const;
    return Number(execFileSync('git', ['log', '-1', '--format=%ct'], options).trim());
  } catch {
    return Math.floor(statSync(join(PROJECT_ROOT, 'package.json')).mtimeMs / 1_000);
  }
}

/** The command line. */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      platform: { type: 'string', default: 'linux-x64' },
      node: { type: 'string' },
      key: { type: 'string', multiple: true, default: [] },
      out: { type: 'string', default: 'dist' },
      json: { type: 'boolean', default: false },
    },
  });
  const { platform } = values;
  if (platform !== 'linux-x64' && platform !== 'win32-x64')
    throw new Error('--platform linux-x64 | win32-x64');
  const out = resolve(values.out);
  mkdirSync(out, { recursive: true });
  const node = values.node === undefined ? null : resolve(values.node);
  const report = await makeArchive({ platform, node, keys: values.key, out });
  process.stdout.write(
    `${report.archive}\n` +
      `${(report.bytes / 2 ** 20).toFixed(1)} MB，${report.files} 个文件 / files，${report.modules} 个模块 / modules，Node ${report.node}\n` +
      `SHA-256 ${report.sha256}\n` +
      `指纹 / fingerprint ${report.fingerprint}\n` +
      (report.signed ? '' : '没有签名（--key）/ not signed (--key)\n'),
  );
  if (values.json) process.stdout.write(`${JSON.stringify({ ok: true, ...report })}\n`);
}
