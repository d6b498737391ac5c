// How the cost grows with the room: the same load per candidate in rooms of several sizes.

import { setTimeout as pause } from 'node:timers/promises';
import { percentiles } from '../../server/rehearsal/percentiles.js';
import type { GrowthPoint } from './growth.js';
import { LeanPcs } from './lean-pcs.js';
import { offer } from './loads.js';
import { people, type Part } from './part.js';
import { preparedRoom, START_WITHIN_MS } from './prepared-room.js';
import { serverFigures } from './server-figures.js';

export const growth: Part = async (size, out) => {
  let emptyMb: number | null = null;
  for (const candidates of size.growth) {
    out.say(`a room of ${people(candidates)}, one save a second each, for ${size.growthSeconds} s`);
    const room = await preparedRoom({ candidates, stage: 'running' });
    const server = room.server();
    const pcs = new LeanPcs({ address: room.address, count: candidates });
    try {
      await server.start(START_WITHIN_MS);
      // The smallest room before anybody came: what a server takes by itself.
      emptyMb ??= (await serverFigures(room.address)).rssMb;
      await pcs.connectAll();
      await pause(size.quietMs);
      const before = await serverFigures(room.address);
      const { tookMs } = await offer(pcs, candidates, size.growthSeconds);
      const after = await serverFigures(room.address);
      const { p50, p99, count } = percentiles(tookMs);
      const point: GrowthPoint = {
        ...{ candidates, p50Ms: p50, p99Ms: p99, rssMb: after.rssMb, loopP99Ms: after.loopP99Ms },
        cpuPer1000Saves: ((after.cpuSeconds - before.cpuSeconds) / count) * 1_000,
        memoryPerCandidateKb: ((after.rssMb - emptyMb) * 1_024) / candidates,
      };
      out.growth(point);
    } finally {
      pcs.stop();
      await server.kill();
      await room.remove();
    }
  }
};
