// Which files of the project itself go into an archive: what runs, its pages, samples, settings and guides. No tests, no
// sources, no tools of the makers.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from './modules.js';

const FOLDERS = ['build/server', 'build/scripts', 'build/web', 'docs', 'firmware-config', 'samples'];
const FILES = ['package.json', 'LICENSE', 'README.md', 'CHANGELOG.md'];
/** Of the folders above: what the makers alone use, and maps for debuggers. */
const LEFT_OUT = [
  /\.map$/,
  /^build\/scripts\/(dist\/|write-protocol-docs)/,
  /^build\/scripts\/protocol-docs\//,
];

/** One file: where it lies in the checkout, and its path in the archive. */
export interface OwnFile {
  from: string;
  to: string;
  executable: boolean;
}

/** All of them, sorted by path in the archive. @throws Error when something of the build is missing */
export function ownFiles(root: string, platform: Platform): OwnFile[] {
  const missing = [...FOLDERS, ...FILES].filter((path) => !existsSync(join(root, path)));
  if (missing.length > 0) throw new Error(`Not built, or not there: ${missing.join(', ')}`);
  const plain = [...FILES, ...FOLDERS.flatMap((folder) => filesBelow(root, folder))]
    .filter((path) => !LEFT_OUT.some((pattern) => pattern.test(path)) && hasSource(root, path))
    .map((path) => ({ from: path, to: path, executable: /\.sh$/.test(path) }));
  const setUp = platform === 'linux-x64' ? linuxFiles(root) : windowsFiles(root);
  return [...plain, ...setUp].sort((a, b) => (a.to < b.to ? -1 : 1));
}

/** What was compiled of a source that is there no more is left of another commit's build. */
function hasSource(root: string, path: string): boolean {
  const source = /^build\/((?:server|scripts)\/.*)\.js$/.exec(path)?.[1];
  return source === undefined || existsSync(join(root, `${source}.ts`));
}

function linuxFiles(root: string): OwnFile[] {
  const script = (name: string, to: string) => ({ from: `scripts/linux/${name}`, to, executable: true });
  return [
    script('install.sh', 'install.sh'),
    script('kaochang.sh', 'bin/kaochang'),
    script('kaochang-rollback.sh', 'bin/kaochang-rollback'),
    script('kaochang-uninstall.sh', 'bin/kaochang-uninstall'),
    { ...script('setup-lib.sh', 'lib/setup-lib.sh'), executable: false },
    ...filesBelow(root, 'systemd').map((path) => ({ from: path, to: path, executable: false })),
  ];
}

function windowsFiles(root: string): OwnFile[] {
  return filesBelow(root, 'scripts/windows').map((path) => ({
    from: path,
    to: path.slice('scripts/windows/'.length),
    executable: false,
  }));
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesBelow(root, `${folder}/${entry.name}`)
        : entry.isFile()
          ? [`${folder}/${entry.name}`]
          : [],
    )
    .sort();
}
