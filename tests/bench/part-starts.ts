// The national start: from the chief's command to the key on the last PC, over many starts of the same room, each on a fresh
// copy of it; beside a bare broadcast of the same frame.

import { setTimeout as pause } from 'node:timers/promises';
import { percentiles } from '../../server/rehearsal/percentiles.js';
import { SimulatedStaff } from '../../server/rehearsal/simulated-staff.js';
import { PINS } from '../support/small-exam.js';
import { LeanPcs } from './lean-pcs.js';
import { people, startAll, type Part } from './part.js';
import { preparedRoom, SESSION, type PreparedRoom, START_WITHIN_MS } from './prepared-room.js';
import { bareBroadcast, besideBare } from './raw-limits.js';

export const starts: Part = async (size, out) => {
  const { candidates: count } = size;
  const room = await preparedRoom({ candidates: count, stage: 'ready' });
  const tookMs: number[] = [];
  let paperText = '';
  try {
    for (let n = 0; n < size.starts; n += 1) {
      out.say(`start ${n + 1} of ${size.starts}`);
      const once = await startOnce(room);
      tookMs.push(once.tookMs);
      paperText = once.paperText;
    }
  } finally {
    await room.remove();
  }
  const bareMs = await besideBare({ what: 'broadcast', count }, async (bare) => {
    const all: number[] = [];
    for (let n = 0; n < size.starts; n += 1) {
      all.push(await bareBroadcast(bare, paperText));
      await pause(200);
    }
    return all;
  });
  const [took, bareTook] = [percentiles(tookMs), percentiles(bareMs)];
  const n = people(count);
  out.found({
    ...{
      id: 'start',
      what: [
        `开考：指令到第 ${n} 台机拿到密钥，p99`,
        `start: command to the key on the last of ${n} PCs, p99`,
      ],
    },
    ...{ unit: 'ms', figure: took.p99, budget: { atMost: 250 }, ratioBudget: { atMost: 3 } },
    raw: { figure: bareTook.p99, what: ['裸 ws 群发', 'bare ws broadcast'] },
    note:
      `${size.starts} starts, frames of ${people(Buffer.byteLength(paperText))} bytes; p50 ${took.p50} ms, bare p50 ${bareTook.p50} ms; ` +
      'the p99 of so few is the slowest',
  });
};

async function startOnce(room: PreparedRoom): Promise<{ tookMs: number; paperText: string }> {
  const copy = await room.copy();
  const server = copy.server();
  const pcs = new LeanPcs({ address: copy.address, count: copy.candidates });
  const chief = new SimulatedStaff(copy.address, 'chief', PINS.chief);
  try {
    await server.start(START_WITHIN_MS);
    await pcs.connectAll();
    await chief.signIn();
    await pause(1_000);
    return { tookMs: await startAll(pcs, chief, SESSION), paperText: pcs.paperText };
  } finally {
    chief.stop();
    pcs.stop();
    await server.kill();
    await copy.discard();
  }
}
