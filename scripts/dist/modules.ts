// Which npm modules a room needs and which of their files: the production part of the lock file, without sources of compiled
// modules, type declarations, maps, and binaries of other platforms. It reads and chooses; it copies nothing.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What an archive is made for. */
export type Platform = 'linux-x64' | 'win32-x64';

/** One module as the lock file knows it. */
export interface Module {
  /** From the project's root, `node_modules/...`. */
  path: string;
  name: string;
  version: string;
  optional: boolean;
}

interface LockEntry {
  version?: string;
  dev?: boolean;
  devOptional?: boolean;
  optional?: boolean;
  link?: boolean;
}

/** Modules that a room runs with, sorted by path. Type packages hold no code. */
export function productionModules(lock: { packages: Record<string, LockEntry> }): Module[] {
  return Object.entries(lock.packages)
    .filter(([path, { dev, devOptional, link }]) => path !== '' && !dev && !devOptional && !link)
    .filter(([path]) => !path.includes('node_modules/@types/'))
    .map(([path, { version = '', optional = false }]) => ({
      path,
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      optional,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Files of a module that travel, from the module's folder; nested modules are entries of their own. */
export function moduleFiles(root: string, { path, name }: Module, platform: Platform): string[] {
  const folder = join(root, path);
  const found: string[] = [];
  const visit = (below: string): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const file = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules' && travels(name, `${file}/`, platform)) visit(file);
      } else if (entry.isFile() && travels(name, file, platform)) found.push(file);
    }
  };
  visit('');
  return found.sort();
}

/** Sources and leftovers of compiling; the licences of what is inside them are kept by name below. */
const SOURCES: Record<string, RegExp> = {
  'better-sqlite3': /^(deps|src)\/|^build\/(?!$|Release\/$|Release\/better_sqlite3\.node$)/,
  'node-hid': /^(hidapi|src)\//,
  '@serialport/bindings-cpp': /^(src|build)\//,
};
/** For a room with neither compiler nor debugger. */
const NOT_NEEDED = /(\.d\.[cm]?ts|\.map|\.tsbuildinfo|\.markdown|\.flow|\.c|\.cc|\.cpp|\.h|\.gyp|\.gypi)$/i;
const LICENCE = /(^|\/)(licen[cs]e|notice|copying|unlicense|authors|patents)[^/]*$/i;
const PREBUILD = /^prebuilds\/([^/]+)\//;

/** @param file ends with `/` for a folder: false = nothing below it travels */
export function travels(module: string, file: string, platform: Platform): boolean {
  if (LICENCE.test(file)) return true;
  if (SOURCES[module]?.test(file)) return false;
  // Compiled here: for this platform alone.
  if (platform !== 'linux-x64' && /^build\/.*\.node$/.test(file)) return false;
  const prebuild = PREBUILD.exec(file)?.[1];
  if (prebuild !== undefined && !prebuild.endsWith(`-${platform}`) && prebuild !== platform) return false;
  // For another C library than that of the installer's check.
  if (/\bmusl\b/.test(file)) return false;
  if (/^readme(\.md)?$/i.test(file)) return false;
  return !NOT_NEEDED.test(file);
}

/** Modules of the lock file that are not in node_modules: an archive without them would fail in the room. */
export function missingModules(root: string, modules: readonly Module[]): Module[] {
  return modules.filter(({ path, optional }) => !optional && !existsSync(join(root, path, 'package.json')));
}

/** The lock file of a checkout. @throws Error where there is none */
export function readLock(root: string): { packages: Record<string, LockEntry> } {
  return JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockEntry>;
  };
}
