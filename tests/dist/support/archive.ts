// An archive made of this build, signed by a maker of its own, unpacked; and programs run without any network.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeArchive, makeRelease, type DistReport } from '../../../scripts/dist/dist.js';
import { generateKeys } from '../../../server/keys/key-files.js';

/** A release in a folder, signed by a maker of its own. */
export interface Laid {
  folder: string;
  /** The unpacked release. */
  release: string;
  /** Holds the release alone. */
  releases: string;
  /** The maker's public key. */
  trust: string;
  /** The maker's private key, a file. */
  key: string;
  remove(): void;
}

export interface Unpacked extends Laid {
  report: DistReport;
}

/** What a program said and how it ended. */
export interface Said {
  status: number | null;
  text: string;
}

/** Builds, signs and unpacks. */
export async function unpackedArchive(): Promise<Unpacked> {
  const maker = await newMaker();
  const { folder, key, releases } = maker;
  const report = await makeArchive({ platform: 'linux-x64', node: null, keys: [key], out: folder });
  const tar = await run('tar', ['-xzf', report.archive, '-C', releases]);
  if (tar.status !== 0) throw new Error(tar.text);
  const name = /([^/]+)\.tar\.gz$/.exec(report.archive)?.[1] ?? '';
  return { ...maker, release: join(releases, name), report };
}

/** Builds and signs, as it would be unpacked: for tests that ask nothing of the archive. */
export async function laidRelease(): Promise<Laid> {
  const maker = await newMaker();
  const { key, releases } = maker;
  const { name } = await makeRelease({ platform: 'linux-x64', node: null, keys: [key], out: releases });
  return { ...maker, release: join(releases, name) };
}

async function newMaker(): Promise<Omit<Laid, 'release'>> {
  const folder = mkdtempSync(join(tmpdir(), 'release-'));
  const maker = await generateKeys('org', 'maker');
  const key = join(folder, 'maker.key');
  const trust = join(folder, 'maker.pub');
  writeFileSync(key, JSON.stringify(maker), { mode: 0o600 });
  writeFileSync(trust, JSON.stringify(maker.public, null, 2));
  const releases = join(folder, 'releases');
  mkdirSync(releases);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { folder, releases, trust, key, remove };
}

/** Runs a program to its end; it is killed after `timeoutMs`. */
export function run(program: string, args: string[], timeoutMs = 150_000): Promise<Said> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    child.on('error', reject);
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status, text });
    });
  });
}

/** Runs a shell script in a network of its own that has nothing but loopback. */
export function withoutNetwork(script: string, ...args: string[]): Promise<Said> {
  return run('unshare', ['--net', 'sh', '-c', `ip link set lo up; ${script}`, 'sh', ...args]);
}

/**
 * Runs a script in a machine of its own with a real systemd and no network (systemd-machine.sh).
 * @param releases what is seen as /mnt/release
 * @param out made where it is not there; what is seen as /mnt/out, and may be written
 * @returns the facts that it told, by name
 */
export async function inSystemdMachine(
  {
    folder,
    releases,
    trust,
    out = join(folder, 'out'),
  }: Pick<Laid, 'folder' | 'releases' | 'trust'> & { out?: string },
  script: string,
): Promise<Map<string, string>> {
  const support = join(process.cwd(), 'tests', 'dist', 'support');
  const work = join(folder, 'work');
  for (const one of [work, out]) mkdirSync(one, { recursive: true });
  writeFileSync(join(out, script), readFileSync(join(support, script)));
  writeFileSync(join(out, 'org.pub'), readFileSync(trust));
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  const tree = mounts.find(([, , type]) => type === 'cgroup2')?.[1];
  if (tree === undefined) throw new Error('There is no cgroup2 here');
  // systemd takes all processes of the group that it begins in: this one has none but its own.
  const group = join(tree, `kaochang-test-${process.pid}`);
  mkdirSync(group);
  const spaces = ['mount', 'pid', 'cgroup', 'uts', 'ipc', 'net'].map((name) => `--${name}`).join(' ');
  const begin = `echo $$ >"$1/cgroup.procs"; shift; exec unshare --fork --kill-child ${spaces} sh "$@"`;
  const machine = join(support, 'systemd-machine.sh');
  const seen = [machine, work, releases, out, script, process.cwd()];
  const ended = await run('sh', ['-c', begin, 'sh', group, ...seen], 420_000);
  const said = (() => {
    try {
      return readFileSync(join(out, 'said'), 'utf8');
    } catch {
      return '';
    }
  })();
  await removeGroup(group);
  const facts = new Map<string, string>();
  for (const [, name = '', value = ''] of said.matchAll(/^fact (\S+) ?(.*)$/gm)) facts.set(name, value);
  if (!facts.has('end'))
    throw new Error(`The machine ended early (${ended.status}):\n${ended.text}\n${said}`);
  return facts;
}

async function removeGroup(group: string): Promise<void> {
  const found = await run('find', [group, '-depth', '-type', 'd']);
  for (const folder of found.text.split('\n').filter((line) => line !== '')) {
    try {
      rmdirSync(folder);
    } catch {
      // A process that is still on its way out holds it; an empty group costs nothing.
    }
  }
}
