// Where the room's time and memory go under a load: CPU profiles of every thread of the real server,
// a heap profile, and the hottest places.
// Usage: npm run profile -- [--seats 2000] [--seconds 60] [--what saves|connect|log-in|start|hand-in] [--consoles 1] [--garbage] [--out FOLDER]

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../../server/rehearsal/free-port.js';
import { SimulatedStaff } from '../../server/rehearsal/simulated-staff.js';
import { PINS } from '../support/small-exam.js';
import { busyMs, byFile, heldMemory, hotFunctions, type Place } from './hot-places.js';
import { Inspector, type CpuProfile, type HeapNode } from './inspector.js';
import { LeanPcs } from './lean-pcs.js';
import { allAtOnce, offer, spreadOver } from './loads.js';
import { startAll } from './part.js';
import { preparedRoom, SESSION, START_WITHIN_MS, type Stage } from './prepared-room.js';
import { serverFigures } from './server-figures.js';

const LOADS = ['saves', 'connect', 'log-in', 'start', 'hand-in'] as const;
type ProfiledLoad = (typeof LOADS)[number];

/** How far the room's day has come before the load; where it is not named, everybody writes. */
const STAGES: Partial<Record<ProfiledLoad, Stage>> = { 'log-in': 'entered', start: 'ready' };

const { values } = parseArgs({
  options: {
    seats: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '60' },
    what: { type: 'string', default: 'saves' },
    consoles: { type: 'string', default: '1' },
    garbage: { type: 'boolean', default: false },
    out: { type: 'string', default: join('build', 'profiles') },
  },
});
const seats = Number(values.seats);
const seconds = Number(values.seconds);
const what = LOADS.find((one) => one === values.what);
if (what === undefined || !(seats > 0) || !(seconds > 0)) {
  process.stderr.write(`--what ${LOADS.join('|')}, --seats and --seconds above 0\n`);
  process.exit(2);
}
await profile(what);

async function profile(load: ProfiledLoad): Promise<void> {
  const room = await preparedRoom({ candidates: seats, stage: STAGES[load] ?? 'running' });
  const port = await freePort();
  const server = room.server({
    env: { NODE_OPTIONS: `--enable-source-maps=false --inspect=127.0.0.1:${port}` },
  });
  const pcs = new LeanPcs({ address: room.address, count: seats });
  const chief = new SimulatedStaff(room.address, 'chief', PINS.chief);
  const consoles = Array.from(
    { length: Number(values.consoles) },
    () => new SimulatedStaff(room.address, 'chief', PINS.chief),
  );
  try {
    await server.start(START_WITHIN_MS);
    const inspector = await Inspector.join(port);
    const run: Record<ProfiledLoad, () => Promise<unknown>> = {
      saves: () => offer(pcs, seats, seconds),
      connect: () => pcs.connectAll(),
      'log-in': () => allAtOnce(pcs, (index) => pcs.logIn(index)),
      start: async () => say(`${(await startAll(pcs, chief, SESSION)).toFixed(0)} ms to the last PC`),
      'hand-in': () => spreadOver(pcs, 1_000, (i) => pcs.askFor(i, { t: 'submit', madeAt: Date.now() })),
    };
    for (const one of load === 'start' ? [chief, ...consoles] : consoles) await one.signIn();
    if (load !== 'connect') await pcs.connectAll();
    const threads = inspector.threads;
    for (const one of [inspector, ...threads]) await one.startCpuProfile();
    // The start is over in a moment, of which the heap's sampling would be the larger part.
    const head = load === 'start' ? null : await inspector.heapProfile(values.garbage, run[load]);
    if (head === null) await run[load]();
    const cpu = await inspector.stopCpuProfile();
    const beside = await Promise.all(
      threads.map(async (thread) => ({ file: thread.file, cpu: await thread.stopCpuProfile() })),
    );
    const figures = await serverFigures(room.address);
    inspector.close();
    await mkdir(values.out, { recursive: true });
    await writeFile(join(values.out, `${load}.cpuprofile`), JSON.stringify(cpu));
    say(
      `${load}, ${seats} PCs: resident ${figures.rssMb.toFixed(0)} MB, heap ${figures.heapMb.toFixed(0)} MB`,
    );
    tellCpu('main thread', cpu);
    for (const one of beside) {
      await writeFile(join(values.out, `${load}.${one.file}.cpuprofile`), JSON.stringify(one.cpu));
      tellCpu(`thread ${one.file}`, one.cpu);
    }
    if (head !== null) await tellMemory(load, head);
    say(`\n${join(values.out, load)}.cpuprofile, .heapprofile: for the developer tools of a browser`);
  } finally {
    for (const one of [chief, ...consoles]) one.stop();
    pcs.stop();
    await server.kill();
    await room.remove();
  }
}

function tellCpu(whose: string, cpu: CpuProfile): void {
  const { busy, idle } = busyMs(cpu);
  const share = Math.round((100 * busy) / (busy + idle));
  say(`\n${whose}: busy for ${(busy / 1_000).toFixed(1)} s (${share} %)`);
  const functions = hotFunctions(cpu);
  table('CPU by function, own time', functions, 'ms', 25);
  table('CPU by file, own time', byFile(functions), 'ms', 20);
}

async function tellMemory(load: ProfiledLoad, head: HeapNode): Promise<void> {
  await writeFile(join(values.out, `${load}.heapprofile`), JSON.stringify({ head, samples: [] }));
  const held = heldMemory(head);
  const title = values.garbage ? 'Memory allocated, also what is gone' : 'Memory held of what was allocated';
  table(`${title}, by function`, held, 'kB', 25);
  table(`${title}, by file`, byFile(held), 'kB', 12);
}

function table(title: string, places: readonly Place[], unit: 'ms' | 'kB', count: number): void {
  say(`\n${title}`);
  for (const { where, self, share } of places.slice(0, count)) {
    const value = (unit === 'ms' ? self : self / 1024).toFixed(0).padStart(9);
    say(`${value} ${unit}  ${(share * 100).toFixed(1).padStart(5)} %  ${where}`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
