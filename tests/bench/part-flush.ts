// The same load on disks whose every flush takes longer: what a room feels of a slow disk. Beside the bare server on the same
// slowness.

import { setTimeout as pause } from 'node:timers/promises';
import { percentiles } from '../../server/rehearsal/percentiles.js';
import type { FlushPoint } from './growth.js';
import { LeanPcs } from './lean-pcs.js';
import { offer } from './loads.js';
import { people, type Part } from './part.js';
import { preparedRoom, type PreparedRoom, START_WITHIN_MS } from './prepared-room.js';
import { besideBare } from './raw-limits.js';
import { serverFigures } from './server-figures.js';
import { canSlowFlushes, measureFlushes, underSlowFlushes } from './slow-flush.js';

/** The design's budget for a save, and the slowness up to which it holds. */
const BUDGET_MS = 50;
const BUDGET_HOLDS_TO_MS = 10;

export const flush: Part = async (size, out) => {
  if (!canSlowFlushes()) return out.say('strace is missing: flushes cannot be made slow here');
  const room = await preparedRoom({ candidates: size.candidates, stage: 'running' });
  try {
    for (const { addedMs, seconds } of size.flushes) {
      out.say(
        `${people(size.candidates)} saves a second, ${addedMs} ms added to every flush, for ${seconds} s`,
      );
      const point = await measure(room, addedMs, seconds);
      out.flush(point);
      if (addedMs === 0) continue;
      const bareMs = await bare(size.candidates, addedMs, Math.min(5, seconds));
      const n = people(size.candidates);
      out.found({
        id: `save-p99-flush-${addedMs}`,
        what: [
          `每次落盘加 ${addedMs} ms，每秒 ${n} 次保存，p99`,
          `${addedMs} ms added to every flush, ${n} saves/s, p99`,
        ],
        ...{ unit: 'ms', figure: point.p99Ms },
        ...(addedMs <= BUDGET_HOLDS_TO_MS ? { budget: { atMost: BUDGET_MS } } : {}),
        raw: { figure: bareMs, what: ['同样慢的盘上的裸服务器', 'bare server on the same slow disk'] },
        note:
          `${seconds} s; p50 ${point.p50Ms} ms, max ${point.maxMs} ms; ${point.savesPerCommit.toFixed(0)} saves in a commit; ` +
          `added as measured: ${point.measuredMs.toFixed(1)} ms`,
      });
    }
  } finally {
    await room.remove();
  }
};

async function measure(room: PreparedRoom, addedMs: number, seconds: number): Promise<FlushPoint> {
  const median = (extraMs: number) => percentiles(measureFlushes(extraMs, 50)).p50;
  const measuredMs = addedMs === 0 ? 0 : median(addedMs) - median(0);
  const copy = await room.copy();
  const server = copy.server({ under: underSlowFlushes(addedMs) });
  const pcs = new LeanPcs({ address: copy.address, count: copy.candidates });
  try {
    await server.start(START_WITHIN_MS);
    await pcs.connectAll();
    await pause(500);
    const before = await serverFigures(copy.address);
    const load = await offer(pcs, copy.candidates, seconds);
    const after = await serverFigures(copy.address);
    const { p50, p95, p99, max, count } = percentiles(load.tookMs);
    const savesPerCommit = count / (after.commits - before.commits);
    return { addedMs, measuredMs, p50Ms: p50, p95Ms: p95, p99Ms: p99, maxMs: max, savesPerCommit };
  } finally {
    pcs.stop();
    await server.kill();
    await copy.discard();
  }
}

const bare = (count: number, flushMs: number, seconds: number) =>
  besideBare({ what: 'commit', count, flushMs }, async ({ pcs }) => {
    const load = await offer(pcs, count, seconds);
    return percentiles(load.tookMs).p99;
  });
