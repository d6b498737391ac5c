// What a figure was measured on: the machine, its disk, the versions. Names no host, no user and no folder.

import { readFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import Database from 'better-sqlite3';
import si from 'systeminformation';
import { percentiles } from '../../server/rehearsal/percentiles.js';
import { VERSION } from '../../server/version.js';
import { measureFlushes } from './slow-flush.js';

export interface Machine {
  cores: number;
  cpu: string;
  memoryGb: number;
  system: string;
  fileSystem: string;
  /** One flush of 4 KiB, milliseconds. */
  flushP50Ms: number;
  flushP99Ms: number;
  versions: Record<string, string>;
  date: string;
}

/** Looks at this machine and times its flushes. */
export async function thisMachine(): Promise<Machine> {
  const [first] = cpus();
  const { distro, release: distroRelease } = await si.osInfo();
  const flushes = percentiles(measureFlushes(0, 200));
  const db = new Database(':memory:');
  const { sqlite } = db.prepare('SELECT sqlite_version() AS sqlite').get() as { sqlite: string };
  db.close();
  const { version: ws } = JSON.parse(readFileSync('node_modules/ws/package.json', 'utf8')) as {
    version: string;
  };
  return {
    cores: cpus().length,
    cpu: first?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${distro} ${distroRelease}, ${process.platform} ${release()} ${process.arch}`,
    fileSystem: await fileSystem(),
    ...{ flushP50Ms: flushes.p50, flushP99Ms: flushes.p99 },
    versions: {
      kaochang: VERSION,
      node: process.versions.node,
      openssl: process.versions.openssl,
      sqlite,
      ws,
    },
    date: new Date().toISOString().slice(0, 10),
  };
}

/** The kind of file system on which the benches keep their data folders. */
async function fileSystem(): Promise<string> {
  const folder = tmpdir();
  const mounts = (await si.fsSize()).filter(
    ({ mount }) => folder === mount || folder.startsWith(mount.replace(/\/?$/, '/')),
  );
  const [nearest] = mounts.sort((a, b) => b.mount.length - a.mount.length);
  return nearest?.type ?? 'unknown';
}
