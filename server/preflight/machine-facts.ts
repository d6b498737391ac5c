// Measures the server that this runs on. The disk is measured by writing to it; everything else is what the system says.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { open, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import si from 'systeminformation';
import { percentiles } from '../rehearsal/percentiles.js';
import type { MachineFacts, NetworkCard } from './machine-checks.js';

const run = promisify(execFile);
const ASK_MS = 3_000;
const WRITES = 200;
const WRITE_BYTES = 4_096;

/** @param folder where the room keeps its data: that disk is measured */
export function machineFacts(folder: string): MachineFacts {
  return {
    cpu: async () => {
      const { cores, brand } = await si.cpu();
      return { cores, model: brand };
    },
    memoryBytes: async () => (await si.mem()).total,
    disk: async () => {
      const { bsize, blocks, bavail } = await statfs(await existing(folder));
      return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
    },
    syncLatency: async (signal) => syncLatency(await existing(folder), signal),
    networkCards: async () => cardsOf(await si.networkInterfaces(), await leasedAddresses()),
    machine: async () => {
      const { virtual, virtualHost = '', manufacturer, model } = await si.system();
      return { virtual, host: virtualHost, model: `${manufacturer} ${model}`.trim() };
    },
    system: async () => {
      const { platform, distro, release } = await si.osInfo();
      return {
        platform: platform.toLowerCase().startsWith('win') ? 'win32' : platform,
        name: distro,
        release,
      };
    },
  };
}

/** The folder itself, or the first above it that is there: before the installation the check leaves nothing behind. */
async function existing(folder: string): Promise<string> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory() === true || dirname(path) === path) return path;
  }
}

type Interfaces = Awaited<ReturnType<typeof si.networkInterfaces>>;

/** The kernel knows which addresses have a term: those that somebody lent. null where it cannot be asked. */
async function leasedAddresses(): Promise<ReadonlySet<string> | null> {
  if (process.platform !== 'linux') return null;
  return run('ip', ['-4', '-j', 'addr'], { timeout: ASK_MS }).then(
    ({ stdout }) => leasedIn(stdout),
    () => null,
  );
}

/** @param json what `ip -j addr` says. null where it is none */
export function leasedIn(json: string): ReadonlySet<string> | null {
  try {
    const links = JSON.parse(json) as { addr_info?: { local?: string; dynamic?: boolean }[] }[];
    const addresses = links.flatMap(({ addr_info: list }) => list ?? []);
    return new Set(addresses.flatMap(({ local, dynamic }) => (dynamic === true && local ? [local] : [])));
  } catch {
    return null;
  }
}

/** The cards that are up, the one of the default route first. @param leased null = go by what the library says */
export function cardsOf(interfaces: Interfaces, leased: ReadonlySet<string> | null = null): NetworkCard[] {
  const all = Array.isArray(interfaces) ? interfaces : [interfaces];
  return all
    .filter(({ internal, operstate, ip4 }) => !internal && operstate === 'up' && ip4 !== '')
    .sort((a, b) => Number(b.default) - Number(a.default))
    .map(({ iface, ip4, speed, dhcp, type, virtual }) => ({
      name: iface,
      address: ip4,
      megabits: typeof speed === 'number' && speed > 0 ? speed : null,
      dhcp: leased !== null ? leased.has(ip4) : typeof dhcp === 'boolean' ? dhcp : null,
      wireless: type === 'wireless',
      virtual,
    }));
}

/** Writes small records and brings each to the disk, as the journal does. @throws Error when the folder cannot be written */
export async function syncLatency(
  folder: string,
  signal: AbortSignal,
): Promise<{ p50Ms: number; p99Ms: number; writes: number }> {
  const file = join(folder, `.preflight-sync-${process.pid}`);
  const took: number[] = [];
  const handle = await open(file, 'w', 0o600);
  try {
    for (let n = 0; n < WRITES && !signal.aborted; n++) {
      const bytes = randomBytes(WRITE_BYTES);
      const beganAt = performance.now();
      await handle.write(bytes);
      await handle.datasync();
      took.push(performance.now() - beganAt);
    }
  } finally {
    await handle.close();
    await rm(file, { force: true });
  }
  const { p50, p99, count } = percentiles(took);
  return { p50Ms: p50, p99Ms: p99, writes: count };
}
