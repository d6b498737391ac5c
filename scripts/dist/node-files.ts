// The Node that goes into an archive: the binary of a release, and the licence file without which it may not be passed on.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface NodeFiles {
  /** `node` or `node.exe`. */
  binary: string;
  licence: string;
  /** As `v20.20.2`. */
  version: string;
}

/**
 * Finds a Node and its licence.
 * @param folder an unpacked release of Node; null = the one that runs
 * @throws Error when it is no release, or its licence is not beside it
 */
export function findNode(folder: string | null, isWindows: boolean): NodeFiles {
  const name = isWindows ? 'node.exe' : 'node';
  const binary =
    folder === null
      ? process.execPath
      : [join(folder, name), join(folder, 'bin', name)].find((file) => existsSync(file));
  if (binary === undefined || !statSync(binary).isFile()) throw new Error(`There is no ${name} in ${folder}`);
  const version = isWindows ? versionInside(binary) : versionOf(binary);
  const above = dirname(dirname(binary));
  const licence = [
    join(dirname(binary), 'LICENSE'),
    join(above, 'LICENSE'),
    join(above, 'share', 'doc', 'nodejs', 'LICENSE'),
    join(above, 'share', 'doc', 'node', 'LICENSE'),
  ].find((file) => existsSync(file) && /Node\.js is licensed/.test(readFileSync(file, 'utf8')));
  if (licence === undefined)
    throw new Error(`The licence of ${binary} is not beside it; an archive does not go without`);
  return { binary, licence, version };
}

/** @throws Error for a build that nobody released */
function versionOf(binary: string): string {
  const said = spawnSync(binary, ['-p', 'JSON.stringify([process.release, process.version, process.arch])'], {
    encoding: 'utf8',
  });
  if (said.status !== 0) throw new Error(`${binary} does not run: ${said.stderr}`);
  const [release, version, arch] = JSON.parse(said.stdout) as [
    { name?: string; sourceUrl?: string },
    string,
    string,
  ];
  if (release.name !== 'node' || !/nodejs\.org\/download\/release\//.test(release.sourceUrl ?? ''))
    throw new Error(`${binary} is no release of Node (${release.sourceUrl ?? 'unknown source'})`);
  if (arch !== 'x64') throw new Error(`${binary} is for ${arch}`);
  return version;
}

/** A Windows program does not run here: its version stands in it as text. @throws Error when it does not */
function versionInside(binary: string): string {
  const bytes = readFileSync(binary);
  if (bytes.subarray(0, 2).toString('latin1') !== 'MZ') throw new Error(`${binary} is no Windows program`);
  const match = /nodejs\.org\/download\/release\/(v\d+\.\d+\.\d+)\//.exec(bytes.toString('latin1'));
  if (match?.[1] === undefined) throw new Error(`${binary} is no release of Node`);
  return match[1];
}
