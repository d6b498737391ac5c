// Measures the server that this runs on. The disk is measured by writing to it; everything else is what the system says.

import { randomBytes } from 'node:crypto';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import si from 'systeminformation';
import { percentiles } from '../rehearsal/percentiles.js';
import type { MachineFacts, NetworkCard } from './machine-checks.js';

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
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { bsize, blocks, bavail } = await statfs(folder);
      return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
    },
    syncLatency: (signal) => syncLatency(folder, signal),
    networkCards: async () => cardsOf(await si.networkInterfaces()),
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

type Interfaces = Awaited<ReturnType<typeof si.networkInterfaces>>;

/** The cards that are up, the one of the default route first. */
export function cardsOf(interfaces: Interfaces): NetworkCard[] {
  const all = Array.isArray(interfaces) ? interfaces : [interfaces];
  return all
    .filter(({ internal, operstate, ip4 }) => !internal && operstate === 'up' && ip4 !== '')
    .sort((a, b) => Number(b.default) - Number(a.default))
    .map(({ iface, ip4, speed, dhcp, type, virtual }) => ({
      name: iface,
      address: ip4,
      megabits: typeof speed === 'number' && speed > 0 ? speed : null,
      dhcp: typeof dhcp === 'boolean' ? dhcp : null,
      wireless: type === 'wireless',
      virtual,
    }));
}

/** Writes small records and brings each to the disk, as the journal does. @throws Error when the folder cannot be written */
export async function syncLatency(
  folder: string,
  signal: AbortSignal,
): Promise<{ p50Ms: number; p99Ms: number; writes: number }> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, '.preflight-sync');
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
