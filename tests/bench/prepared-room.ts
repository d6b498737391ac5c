// A data folder as a room of thousands has it at some point of its day, for a real server that a bench starts on it. The
// commands are given to the room without wires; nothing is measured here.

import { createHash } from 'node:crypto';
import { cp, rm } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { startEngine, type Engine } from '../../server/compose/engine.js';
import { Undo } from '../../server/compose/undo.js';
import { parseConfig } from '../../server/config.js';
import type { Command, StaffCommand } from '../../server/core/commands.js';
import { createLog } from '../../server/log.js';
import type { LoadedSource } from '../../server/papers/source.js';
import type { ItemSource } from '../../server/protocol/paper-source.js';
import type { RoomAddress } from '../../server/rehearsal/room-address.js';
import { packSnapshot } from '../../server/room-snapshot.js';
import { SNAPSHOT_EVERY_EVENTS } from '../../server/room-upkeep.js';
import { ServerProcess, type ServerProcessOptions } from '../../server/rehearsal/server-process.js';
import { PINS, SESSION, smallSource, type SmallExam } from '../support/small-exam.js';
import { byRoom, byStaff, must } from '../support/small-room.js';
import { COMMAND, prepareServer } from '../support/start-server.js';

export { SESSION };
export const PAPER = 'paper-main';
/** Each candidate answers all of them: 2,000 candidates make 200,000 answers. */
export const ITEMS = 100;
export const OPTIONS = ['a', 'b', 'c', 'd'];

/** A start may take this long before it counts as failed; how long it takes is measured elsewhere. */
export const START_WITHIN_MS = 120_000;

/** How far the day has come: PCs are paired; everybody may log in; everybody waits for the start; everybody writes. */
export type Stage = 'paired' | 'entered' | 'ready' | 'running';

export interface PreparedRoom {
  data: string;
  address: RoomAddress;
  exam: SmallExam;
  candidates: number;
  /** The server on this folder, under another program or with other arguments if asked. */
  server(more?: Partial<ServerProcessOptions>): ServerProcess;
  /** A copy of the folder as it lies there, on the same port: one of them runs at a time. */
  copy(): Promise<PreparedRoom>;
  /** Removes this folder alone. */
  discard(): Promise<void>;
  remove(): Promise<void>;
}

export const itemIdOf = (n: number) => `i${(n % ITEMS) + 1}`;
export const candidateIdOf = (index: number) => `c${index + 1}`;
export const seatIdOf = (index: number) => `s${String(index + 1).padStart(2, '0')}`;
export const ticketOf = (index: number) => `99000020260700000000${String(index + 1).padStart(6, '0')}`;
export const pcSecretOf = (index: number) => createHash('sha256').update(`bench pc ${index}`).digest('hex');
const pcIdOf = (index: number) => createHash('sha256').update(pcSecretOf(index)).digest('hex').slice(0, 32);

const pcOf = (index: number) => ({ kind: 'seat' as const, seatId: seatIdOf(index), pcId: pcIdOf(index) });

function benchItems(): ItemSource[] {
  return Array.from({ length: ITEMS }, (_, n) => ({
    ...{ itemId: itemIdOf(n), type: 'single' as const, points: 1, answer: 'b', shuffleOptions: true },
    stem: `<p>第${n + 1}题：下列哪一项最能提高转化率？</p>`,
    options: OPTIONS.map((id) => ({ id, html: `选项${id}：第${n + 1}题` })),
  }));
}

export interface PreparedRoomOptions {
  candidates: number;
  stage: Stage;
  minutes?: number;
  /** Events in the journal at the end, made of answers; with the stage `running` only. */
  events?: number;
  /** The same people sit so many sessions, one after the other. */
  sessions?: number;
  /** Of the plan, beside what every bench needs. */
  policy?: Record<string, unknown>;
  /** Further settings of config.json. */
  config?: object;
}

/** Makes the folder and brings the room to the stage. @throws Error for a command that the room refuses */
export async function preparedRoom(options: PreparedRoomOptions): Promise<PreparedRoom> {
  const { candidates, stage, minutes = 300, events = 0, config = {}, sessions = 1 } = options;
  const startsAt = Date.now() - 1_000;
  const policy = {
    ...{ entryOpensBeforeMs: 600_000, sealNeedsOrgCode: false, sealNeedsReport: false },
    earlyLeaveBeforeEndMs: minutes * 60_000,
    ...options.policy,
  };
  const source = smallSource({ candidates, minutes, startsAt, policy, more: benchItems() });
  repeatSession(source, sessions);
  const settings = { seats: { maxConnections: Math.max(5_000, candidates + 100) }, ...config };
  const prepared = await prepareServer({ source, config: settings });
  await engaged(prepared.data, async (engine) => {
    await pair(engine, candidates);
    if (stage === 'paired') return;
    await enter(engine, candidates);
    if (stage === 'entered') return;
    await waitForStart(engine, prepared.exam, candidates);
    if (stage === 'ready') return;
    staff(engine, 'chief', { type: 'start-session', sessionId: SESSION });
    await answer(engine, candidates, events);
  });
  return roomOf(prepared.data, prepared, candidates);
}

export const sessionIdOf = (n: number) => (n === 0 ? SESSION : `${SESSION}-${n + 1}`);

export const paperIdOf = (n: number) => (n === 0 ? PAPER : `${PAPER}-${n + 1}`);

/** Further sessions for the same people, each with a paper of its own. */
function repeatSession({ plan, roster, papers }: LoadedSource, sessions: number): void {
  const [first] = plan.sessions;
  const main = papers.get('main');
  if (first === undefined || main === undefined) throw new Error('The plan has no session');
  for (let n = 1; n < sessions; n += 1) {
    const paperId = paperIdOf(n);
    papers.set(paperId, { ...main, folder: paperId, paper: { ...main.paper, paperId } });
    const subject = { ...first.subject, subjectNo: String(20 + n) };
    plan.sessions.push({ ...first, sessionId: sessionIdOf(n), subject, main: paperId, reserve: null });
  }
  for (const entry of roster) entry.sessions = plan.sessions.map(({ sessionId }) => sessionId);
}

function roomOf(
  data: string,
  prepared: { address: RoomAddress; exam: SmallExam },
  candidates: number,
): PreparedRoom {
  const { address, exam } = prepared;
  return {
    ...{ data, address, exam, candidates },
    server: (more = {}) => new ServerProcess({ command: COMMAND, data, address, ...more }),
    copy: async () => {
      const other = `${data}-${createHash('sha256').update(String(performance.now())).digest('hex').slice(0, 8)}`;
      await cp(data, other, { recursive: true });
      return roomOf(other, prepared, candidates);
    },
    discard: () => rm(data, { recursive: true, force: true }),
    remove: async () => {
      for (const folder of [data, exam.folder]) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The room of a data folder without wires, stopped in order afterwards. */
async function engaged(data: string, work: (engine: Engine) => Promise<void>): Promise<void> {
  const log = createLog('error');
  const undo = new Undo(log);
  const config = parseConfig({ ballastMegabytes: 1 }, []);
  if (config === null) throw new Error('The defaults of the settings do not hold');
  const onFatal = (error: Error) => {
    throw error;
  };
  try {
    const engine = await startEngine({ data, config, log, onFatal }, undo);
    await work(engine);
    await engine.room.settled();
  } finally {
    await undo.run();
  }
}

const staff = ({ room }: Engine, staffId: string, command: StaffCommand) =>
  must(room, { ...command, by: byStaff(staffId) } as Command);

async function pair(engine: Engine, candidates: number): Promise<void> {
  for (let i = 0; i < candidates; i += 1) {
    staff(engine, 'sysadmin', { type: 'pair-seat', pcId: pcIdOf(i), seatId: seatIdOf(i) });
    if (i % 500 === 499) await engine.room.settled();
  }
}

async function enter(engine: Engine, candidates: number): Promise<void> {
  const { room, dealing } = engine;
  for (const who of ['sysadmin', 'clerk']) staff(engine, who, { type: 'sign-seal', sessionId: SESSION });
  staff(engine, 'chief', { type: 'open-entry', sessionId: SESSION });
  await room.settled();
  await nextTurn();
  await dealing.settled();
  for (let i = 0; i < candidates; i += 1) {
    staff(engine, 'proctor', {
      ...{ type: 'check-in', sessionId: SESSION, candidateId: candidateIdOf(i), outcome: 'admitted' },
      ...{ documentSeen: true, ticketSeen: true, reason: null, happenedAt: null },
    });
    if (i % 500 === 499) await room.settled();
  }
}

async function waitForStart(engine: Engine, exam: SmallExam, candidates: number): Promise<void> {
  const { room, openedPapers } = engine;
  for (let i = 0; i < candidates; i += 1) {
    const by = pcOf(i);
    const [candidateId, ticketNo] = [candidateIdOf(i), ticketOf(i)];
    must(room, { type: 'connect-seat', seatId: by.seatId, pcId: by.pcId, by: byRoom });
    must(room, { type: 'log-in', sessionId: SESSION, ticketNo, password: ticketNo.slice(-6), by });
    must(room, { type: 'confirm-identity', candidateId, lease: 1, by });
    must(room, { type: 'confirm-rules', candidateId, lease: 1, by });
    if (i % 200 === 199) await room.settled();
  }
  const { startCode } = exam;
  const which = { sessionId: SESSION, paperId: PAPER };
  const opened = await openedPapers.open({ ...which, startCode, staffId: 'chief', pin: PINS.chief });
  if (!opened.ok) throw new Error(`The paper did not open: wrong ${opened.wrong}`);
  staff(engine, 'chief', { type: 'open-paper', ...which, opened: true, codeId: 'main' });
  await room.settled();
}

/**
 * Answers go round the room until the journal has so many events, faster than any room: the snapshots that a room's upkeep takes
 * beside its saves are waited for here.
 */
async function answer({ room, journal }: Engine, candidates: number, events: number): Promise<void> {
  let { snapshotSeq } = room;
  for (let n = 0; room.lastSeq < events; n += 1) {
    if (room.lastSeq - snapshotSeq >= SNAPSHOT_EVERY_EVENTS) {
      await room.settled();
      snapshotSeq = room.lastSeq;
      await journal.writeSnapshot({ seq: snapshotSeq, json: await packSnapshot(room.state, room.anchor) });
    }
    const i = n % candidates;
    const rev = Math.floor(n / candidates) + 1;
    const made = { value: { options: [OPTIONS[rev % 4] ?? 'a'] }, marked: false, madeAt: room.now() };
    const held = { candidateId: candidateIdOf(i), lease: 1, itemId: itemIdOf(rev), rev };
    must(room, { type: 'save-answer', ...held, ...made, by: pcOf(i) });
    if (n % 2_000 === 1_999) await (n % 20_000 === 19_999 ? room.settled() : nextTurn());
  }
  await room.settled();
}
