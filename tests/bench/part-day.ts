// One exam of a room of thousands on the real server: everybody logs in at once, writes at a steady rate and as fast as the room
// takes it, hands in within a second; then the bundle. The same frames go to a bare server afterwards.

import { execFile } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { BundleFiles } from '../../server/bundle/bundle-files.js';
import { percentiles } from '../../server/rehearsal/percentiles.js';
import { SimulatedStaff } from '../../server/rehearsal/simulated-staff.js';
import { PINS } from '../support/small-exam.js';
import { COMMAND } from '../support/start-server.js';
import { buildBundle } from './build-bundle.js';
import { LeanPcs } from './lean-pcs.js';
import { allAtOnce, offer, saturate, spreadOver, type Load } from './loads.js';
import { people, startAll, type Out, type Part, type Size } from './part.js';
import { PAPER, preparedRoom, SESSION, type PreparedRoom, START_WITHIN_MS } from './prepared-room.js';
import { besideBare } from './raw-limits.js';
import { serverFigures, type ServerFigures } from './server-figures.js';

/** Saves on their way in the closed loop: enough that the room is never idle. */
const ON_THEIR_WAY = 400;

interface Exam {
  logInMs: number;
  steady: Load;
  /** Before and after the steady load. */
  before: ServerFigures;
  after: ServerFigures;
  saturated: Load;
  saturatedCpuSeconds: number;
  answers: number;
  rssMb: number;
  heapMb: number;
  peakMb: number | null;
  handInMs: number;
}

interface BareExam {
  logInMs: number;
  steady: Load;
  saturated: Load;
  saturatedCpuSeconds: number;
  handInMs: number;
}

export const day: Part = async (size, out) => {
  out.say(`a room of ${people(size.candidates)} is prepared`);
  const room = await preparedRoom({ candidates: size.candidates, stage: 'entered' });
  try {
    const exam = await playExam(room, size, out);
    const bare = await playBare(size, out);
    tell(size, exam, bare, out);
    await verify(room, out);
  } finally {
    await room.remove();
  }
};

async function playExam(room: PreparedRoom, size: Size, out: Out): Promise<Exam> {
  const { address } = room;
  const server = room.server();
  const pcs = new LeanPcs({ address, count: size.candidates });
  const chief = new SimulatedStaff(address, 'chief', PINS.chief);
  const sysadmin = new SimulatedStaff(address, 'sysadmin', PINS.others);
  try {
    await server.start(START_WITHIN_MS);
    out.say('everybody connects and logs in');
    await pcs.connectAll();
    const logInMs = await allAtOnce(pcs, (index) => pcs.logIn(index));
    for (const what of ['identity', 'rules'])
      await allAtOnce(pcs, (index) => pcs.askFor(index, { t: 'confirm', what }));
    await chief.signIn();
    const { startCode } = room.exam;
    const opening = { sessionId: SESSION, paperId: PAPER, startCode, pin: PINS.chief };
    await chief.act({ type: 'open-paper', ...opening });
    await pause(size.quietMs);
    await startAll(pcs, chief, SESSION);
    await pause(size.quietMs);
    out.say(`${people(size.candidates)} saves a second for ${size.seconds} s`);
    const before = await serverFigures(address);
    const steady = await offer(pcs, size.candidates, size.seconds);
    const after = await serverFigures(address);
    out.say(`as many saves as the room takes, for ${size.saturatedSeconds} s`);
    const cpuBefore = after.cpuSeconds;
    const saturated = await saturate(pcs, ON_THEIR_WAY, size.saturatedSeconds);
    const saturatedCpuSeconds = (await serverFigures(address)).cpuSeconds - cpuBefore;
    const each = Math.ceil(size.answers / size.candidates);
    while (Math.min(...pcs.pcs.map(({ rev }) => rev)) < each) await saturate(pcs, ON_THEIR_WAY, 1);
    await pause(3 * size.quietMs);
    const { rssMb, heapMb } = await serverFigures(address);
    const peakMb = peakMemoryMb(server.pid);
    out.say('everybody hands in within a second');
    const handInMs = await handIn(pcs);
    await allAtOnce(pcs, (index) => pcs.askFor(index, { t: 'nothing-unsent' }));
    await chief.until((view) => view.session !== null, 10_000, 'the session');
    if (chief.view?.session?.phase === 'running')
      await chief.act({ type: 'end-session', sessionId: SESSION, reason: '全部交卷' });
    await chief.act({ type: 'collect-session', sessionId: SESSION, withoutSeats: [], reason: null });
    out.say('the bundle is built');
    await sysadmin.signIn();
    await timeBundle(sysadmin, out);
    const answers = size.candidates * each;
    return {
      ...{
        logInMs,
        steady,
        before,
        after,
        saturated,
        saturatedCpuSeconds,
        answers,
        rssMb,
        heapMb,
        peakMb,
        handInMs,
      },
    };
  } finally {
    chief.stop();
    sysadmin.stop();
    pcs.stop();
    await server.stop();
  }
}

/** Handed in means: acknowledged, and frozen at the PC. */
async function handIn(pcs: LeanPcs): Promise<number> {
  const frozen = new Set<number>();
  const begunMs = performance.now();
  const allFrozen = new Promise<void>((resolve) => {
    pcs.onState = (index) => {
      if (pcs.pcs[index]?.stage === 'ended' || pcs.pcs[index]?.stage === 'received') frozen.add(index);
      if (frozen.size === pcs.count) resolve();
    };
  });
  await spreadOver(pcs, 1_000, (index) => pcs.askFor(index, { t: 'submit', madeAt: Date.now() }));
  await allFrozen;
  return performance.now() - begunMs;
}

async function timeBundle(sysadmin: SimulatedStaff, out: Out): Promise<void> {
  const begunMs = performance.now();
  await buildBundle(sysadmin, SESSION);
  out.found({
    ...{ id: 'bundle-build', what: ['生成成绩包', 'bundle built'], unit: 's', budget: { atMost: 60 } },
    figure: (performance.now() - begunMs) / 1_000,
  });
}

async function verify(room: PreparedRoom, out: Out): Promise<void> {
  out.say('the bundle is verified');
  const file = new BundleFiles(room.data).sealed(SESSION);
  const identity = join(room.exam.folder, 'org.key');
  writeFileSync(identity, JSON.stringify(room.exam.org), { mode: 0o600 });
  const trust = join(room.data, 'keys', 'room.pub');
  const args = [COMMAND, 'bundle', 'verify', file, '--trust', trust, '--identity', identity, '--json'];
  const begunMs = performance.now();
  await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 28 });
  out.found({
    ...{ id: 'bundle-verify', what: ['核验成绩包', 'bundle verified'], unit: 's', budget: { atMost: 60 } },
    figure: (performance.now() - begunMs) / 1_000,
    note: `${(statSync(file).size / 2 ** 20).toFixed(1)} MB; kaochang bundle verify --identity`,
  });
}

async function playBare(size: Size, out: Out): Promise<BareExam> {
  out.say('the same on a bare server');
  return besideBare({ what: 'commit', count: size.candidates }, async ({ pcs, cpuSeconds }) => {
    const logInMs = await allAtOnce(pcs, (index) => pcs.logIn(index));
    const steady = await offer(pcs, size.candidates, Math.min(10, size.seconds));
    const cpuBefore = await cpuSeconds();
    const saturated = await saturate(pcs, ON_THEIR_WAY, size.saturatedSeconds);
    const saturatedCpuSeconds = (await cpuSeconds()) - cpuBefore;
    const handInMs = await spreadOver(pcs, 1_000, (index) => pcs.askFor(index, { t: 'submit', madeAt: 0 }));
    return { logInMs, steady, saturated, saturatedCpuSeconds, handInMs };
  });
}

const BARE_COMMIT = ['裸 ws 回显 + 裸组提交', 'bare ws echo + bare group commit'] as const;

function tell(size: Size, exam: Exam, bare: BareExam, out: Out): void {
  const n = people(size.candidates);
  out.found({
    ...{ id: 'log-in', what: [`${n} 人同时登录`, `${n} log-ins at once`], unit: 's' },
    ...{ figure: exam.logInMs / 1_000, budget: { atMost: 10 } },
    raw: { figure: bare.logInMs / 1_000, what: BARE_COMMIT },
  });
  const [took, bareTook] = [percentiles(exam.steady.tookMs), percentiles(bare.steady.tookMs)];
  const offered = `${n} 人，每秒 ${n} 次保存` as const;
  const { before, after } = exam;
  out.found({
    ...{ id: 'save-p99', what: [`${offered}，p99`, `${n} candidates, ${n} saves/s, p99`], unit: 'ms' },
    ...{ figure: took.p99, budget: { atMost: 50 }, raw: { figure: bareTook.p99, what: BARE_COMMIT } },
    note:
      `${size.seconds} s, ${people(took.count)} saves, p50 ${took.p50} ms, p95 ${took.p95} ms, max ${took.max} ms; ` +
      `event loop p99 ${after.loopP99Ms.toFixed(1)} ms, max ${after.loopMaxMs.toFixed(0)} ms`,
  });
  out.found({
    ...{ id: 'save-cpu', what: ['每千次保存的 CPU', 'CPU per 1,000 saves'], unit: 'ms' },
    figure: ((after.cpuSeconds - before.cpuSeconds) / took.count) * 1e6,
    note: 'server, all its threads, at the steady rate',
  });
  const cpu = (seconds: number, load: Load) => ((seconds / load.tookMs.length) * 1e6).toFixed(0);
  out.found({
    ...{ id: 'save-rate', what: ['最高持久保存速率', 'highest rate of durable saves'], unit: '/s' },
    ...{ figure: exam.saturated.perSecond, ratioBudget: { atLeast: 0.4 } },
    raw: { figure: bare.saturated.perSecond, what: BARE_COMMIT },
    note:
      `closed loop, ${ON_THEIR_WAY} on their way; CPU per 1,000: ` +
      `${cpu(exam.saturatedCpuSeconds, exam.saturated)} ms, bare ${cpu(bare.saturatedCpuSeconds, bare.saturated)} ms`,
  });
  const peak = exam.peakMb === null ? '' : `; peak since the start ${exam.peakMb.toFixed(0)} MB`;
  out.found({
    ...{
      id: 'memory',
      what: [
        `${n} 人 ${people(exam.answers)} 个答案时的内存`,
        `memory, ${n} candidates, ${people(exam.answers)} answers`,
      ],
    },
    ...{ unit: 'MB', figure: exam.rssMb, budget: { atMost: 400 } },
    note: `resident; JavaScript heap in use ${exam.heapMb.toFixed(0)} MB${peak}`,
  });
  out.found({
    ...{ id: 'hand-in', what: [`一秒内 ${n} 人交卷`, `${n} hand-ins within a second`], unit: 's' },
    ...{ figure: exam.handInMs / 1_000, budget: { atMost: 3 } },
    raw: { figure: bare.handInMs / 1_000, what: BARE_COMMIT },
    note: 'from the first to the last one acknowledged and frozen; the second in which they are given is part of it',
  });
}

/** The most memory that a process ever had; null where the system does not tell. */
function peakMemoryMb(pid: number | undefined): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) / 1024;
  } catch {
    return null;
  }
}
