// Hours of exam in a fraction of the time, on one server that is never restarted: memory, open files, delay and timers are sampled
// all the while. The server takes no driven clock, so sessions and rates are compressed, not time.
// Usage: npm run long-run -- [--minutes 60] [--seats 400] [--json FILE] [--write-docs]

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DayCrew } from '../../server/rehearsal/day-crew.js';
import { withKept } from './figures-page.js';
import { LeanPcs } from './lean-pcs.js';
import { longRunLines, longRunPicture, longRunSection, type LongRun } from './long-run-report.js';
import { Sampler } from './long-run-sampler.js';
import { playSession, type SessionPace, type SessionTold } from './long-run-session.js';
import { thisMachine } from './machine.js';
import { paperIdOf, preparedRoom, sessionIdOf, type PreparedRoom, START_WITHIN_MS } from './prepared-room.js';

/** What an hour of the run stands for. */
const HOURS_IN_ONE = 8;
const MINUTES_OF_A_SESSION = 15;
/** In real time: each candidate saves once in ten seconds, and loses the connection once in four hours. */
const SAVE_EVERY_S = 10;
const CUT_EVERY_S = 4 * 3_600;
const MESSAGE_EVERY_S = 300;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seats: { type: 'string', default: '400' },
    json: { type: 'string' },
    'write-docs': { type: 'boolean', default: false },
  },
});
const [minutes, seats] = [Number(values.minutes), Number(values.seats)];
if (!(minutes >= 3) || !(seats >= 1)) {
  process.stderr.write('--minutes 3 或更多 or more, --seats 1 或更多 or more\n');
  process.exit(2);
}
const run = await longRun();
for (const line of longRunLines(run)) process.stdout.write(`${line}\n`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(run, null, 2)}\n`);
if (values['write-docs']) writeDocs(run);
process.exit(0);

async function longRun(): Promise<LongRun> {
  const sessions = Math.max(2, Math.round(minutes / MINUTES_OF_A_SESSION));
  const slotMinutes = minutes / sessions;
  // A part of a slot is entry, log-in and collection; a subject lasts whole minutes.
  const writingMinutes = Math.max(1, Math.floor(slotMinutes * 0.8));
  const dayMs = 86_400_000;
  const room = await preparedRoom({
    ...{ candidates: seats, stage: 'paired', sessions, minutes: writingMinutes },
    policy: {
      ...{ lateCutOffMs: dayMs, rulesReadBeforeMs: dayMs, handOverWindowMs: 60_000 },
      remindersBeforeEndMs: [writingMinutes * 30_000, writingMinutes * 10_000],
    },
  });
  const found: LongRun = {
    ...{ machine: await thisMachine(), seats, minutes, hours: (minutes / 60) * HOURS_IN_ONE },
    ...{ saves: 0, logIns: 0, reconnects: 0, messages: 0 },
    ...{ remindersLateMs: [], endsLateMs: [], samples: [] },
  };
  const server = room.server();
  const pcs = new LeanPcs({ address: room.address, count: seats, comeBack: true });
  const sampler = new Sampler(
    room,
    found.samples,
    Math.max(1_000, Math.min(5_000, (minutes * 60_000) / 720)),
  );
  try {
    await server.start(START_WITHIN_MS);
    await pcs.connectAll();
    for (let n = 0; n < sessions; n += 1) {
      process.stderr.write(`session ${n + 1} of ${sessions}, ${writingMinutes} min\n`);
      sampler.session = n;
      add(found, await oneSession(room, pcs, sampler, n));
    }
  } finally {
    sampler.stop();
    pcs.stop();
    await server.stop();
    await room.remove();
  }
  return found;
}

async function oneSession(
  { address, exam }: PreparedRoom,
  pcs: LeanPcs,
  sampler: Sampler,
  n: number,
): Promise<SessionTold> {
  const sessionId = sessionIdOf(n);
  const paperId = paperIdOf(n);
  const startCode = exam.secrets.papers.find((paper) => paper.paperId === paperId)?.startCode ?? '';
  const { staff } = exam.source.plan;
  const crew = new DayCrew({ address, sessionId, paperId, startCode, sealCode: '', staff });
  const pace: SessionPace = {
    savesPerSecond: (seats / SAVE_EVERY_S) * HOURS_IN_ONE,
    cutEveryMs: ((CUT_EVERY_S / seats) * 1_000) / HOURS_IN_ONE,
    messageEveryMs: (MESSAGE_EVERY_S * 1_000) / HOURS_IN_ONE,
  };
  try {
    await crew.signIn();
    return await playSession({ crew, pcs, sessionId }, pace, (isWriting) => (sampler.isWriting = isWriting));
  } finally {
    crew.stop();
  }
}

function add(found: LongRun, told: SessionTold): void {
  found.saves += told.saves;
  found.logIns += seats;
  found.reconnects += told.cuts;
  found.messages += told.messages;
  found.remindersLateMs.push(...told.remindersLateMs);
  found.endsLateMs.push(...told.endsLateMs);
}

function writeDocs(done: LongRun): void {
  const page = join('docs', 'figures.md');
  mkdirSync(join('docs', 'pictures'), { recursive: true });
  const before = existsSync(page) ? readFileSync(page, 'utf8') : '# 实测数据 Figures\n';
  writeFileSync(page, withKept(before, longRunSection(done)));
  writeFileSync(join('docs', 'pictures', 'long-run.svg'), longRunPicture(done));
}
