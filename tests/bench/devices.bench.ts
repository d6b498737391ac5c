// What devices at their worst cost the exam: the p99 of the saves of 40 candidates and the delay of the server's event loop,
// without devices and beside twenty that answer garbage, half a line, too late, twice or never. Loopback only, bounded. Not
// run by the tests. Usage: node build/tests/bench/devices.bench.js [seconds of a slice] [saves/s] [rounds]

import { setTimeout as pause } from 'node:timers/promises';
import { percentiles } from '../../server/rehearsal/percentiles.js';
import { startBadDevices, VICES } from './bad-devices.js';
import { LeanPcs } from './lean-pcs.js';
import { offer } from './loads.js';
import { preparedRoom, START_WITHIN_MS, type PreparedRoom } from './prepared-room.js';
import { serverFigures } from './server-figures.js';

const CANDIDATES = 40;
const DEVICES = 20;
const LIMIT = 2;
const LOOP_LIMIT_MS = 20;
const [seconds = 15, perSecond = 200, rounds = 3] = process.argv.slice(2).map(Number);

interface Slice {
  tookMs: number[];
  loopP99Ms: number;
  loopMaxMs: number;
  cpuShare: number;
}

async function slice(room: PreparedRoom): Promise<Slice> {
  const server = room.server();
  const pcs = new LeanPcs({ address: room.address, count: CANDIDATES });
  try {
    await server.start(START_WITHIN_MS);
    await pcs.connectAll();
    // The first polls, their time-outs and the first devices that are opened anew belong to the slice that follows.
    await pause(2_000);
    const before = await serverFigures(room.address);
    const { tookMs } = await offer(pcs, perSecond, seconds);
    const after = await serverFigures(room.address);
    const { loopP99Ms, loopMaxMs } = after;
    return { tookMs, loopP99Ms, loopMaxMs, cpuShare: (after.cpuSeconds - before.cpuSeconds) / seconds };
  } finally {
    pcs.stop();
    await server.stop();
  }
}

const { child, ports } = await startBadDevices();
const devices = Array.from({ length: DEVICES }, (_, n) => {
  const vice = VICES[n % VICES.length] ?? 'never';
  return {
    id: `bad-${n + 1}`,
    name: `坏设备 ${n + 1}`,
    adapter: 'nut',
    host: '127.0.0.1',
    port: ports[vice],
  };
});
const rooms = {
  'no devices': await preparedRoom({ candidates: CANDIDATES, stage: 'running' }),
  'twenty bad ones': await preparedRoom({ candidates: CANDIDATES, stage: 'running', config: { devices } }),
};
const slices: Record<string, Slice[]> = { 'no devices': [], 'twenty bad ones': [] };
try {
  for (let round = 0; round < rounds; round++)
    for (const [name, room] of Object.entries(rooms)) slices[name]?.push(await slice(room));
} finally {
  child.disconnect();
  for (const room of Object.values(rooms)) await room.remove();
}

const p99: number[] = [];
let loop = 0;
process.stdout.write(`${CANDIDATES} candidates, ${perSecond} saves/s, ${rounds} x ${seconds} s each\n`);
for (const [name, all] of Object.entries(slices)) {
  const figures = percentiles(all.flatMap(({ tookMs }) => tookMs));
  loop = Math.max(...all.map(({ loopP99Ms }) => loopP99Ms));
  const cpu = Math.round((all.reduce((sum, { cpuShare }) => sum + cpuShare, 0) / all.length) * 100);
  p99.push(figures.p99);
  process.stdout.write(
    `${name.padEnd(16)} saves p50 ${figures.p50} ms, p99 ${figures.p99} ms, max ${figures.max} ms; ` +
      `event loop p99 ${loop.toFixed(1)} ms, max ${Math.max(...all.map(({ loopMaxMs }) => loopMaxMs)).toFixed(1)} ms; CPU ${cpu} %\n`,
  );
}
const [idle = 0, beside = 0] = p99;
process.stdout.write(
  `p99 ${(beside / idle).toFixed(2)} x (limit ${LIMIT} x), event loop p99 ${loop.toFixed(1)} ms (limit ${LOOP_LIMIT_MS} ms)\n`,
);
