// Starts the bare server that the room is held against (raw-server.ts) and connects the same PCs to it.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openTlsFolder, serverNames } from '../../server/http/tls/tls-folder.js';
import { LeanPcs } from './lean-pcs.js';
import type { RawOrder } from './raw-server.js';
import { underSlowFlushes } from './slow-flush.js';

export interface Bare {
  pcs: LeanPcs;
  /** CPU that the bare server has used until now. */
  cpuSeconds(): Promise<number>;
}

/**
 * Runs a bare server with so many PCs connected, over the same TLS, for as long as the work takes.
 * @param flushMs what every flush of it takes longer
 */
export async function besideBare<T>(
  { what, count, flushMs = 0 }: { what: 'commit' | 'broadcast'; count: number; flushMs?: number },
  work: (bare: Bare) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'kaochang-bare-'));
  const tls = await openTlsFolder(folder, 'bare', serverNames('room.exam', []), Date.now());
  const [execPath = process.execPath, ...execArgv] = [...underSlowFlushes(flushMs), process.execPath];
  const child = fork(fileURLToPath(new URL('./raw-server.js', import.meta.url)), [], { execPath, execArgv });
  const { certificate, privateKey } = tls;
  const file = join(folder, 'bare.db');
  child.send({ file, certificate, privateKey, broadcast: what === 'broadcast' } satisfies RawOrder);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const address = { url: `https://127.0.0.1:${port}`, ca: tls.ca, serverName: 'room.exam' };
  const pcs = new LeanPcs({ address, count, greet: false });
  try {
    await pcs.connectAll();
    return await work({
      pcs,
      cpuSeconds: async () => {
        child.send('cpu');
        const [{ cpuSeconds }] = (await once(child, 'message')) as [{ cpuSeconds: number }];
        return cpuSeconds;
      },
    });
  } finally {
    pcs.stop();
    const gone = once(child, 'exit');
    child.disconnect();
    await gone;
    await rm(folder, { recursive: true });
  }
}

/** One broadcast of this text. @returns milliseconds from sending the command to the frame at the last PC */
export async function bareBroadcast({ pcs }: Bare, text: string): Promise<number> {
  let missing = pcs.count;
  const arrived = new Promise<void>((resolve) => {
    pcs.onPaper = () => {
      missing -= 1;
      if (missing === 0) resolve();
    };
  });
  const sentMs = performance.now();
  pcs.send(0, text);
  await arrived;
  return performance.now() - sentMs;
}
