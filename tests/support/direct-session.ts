// A whole session given to the room command by command, without wires: for tests of what lies on the disk before and after.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signReceipt } from '../../server/bundle/receipt.js';
import { BundleFiles } from '../../server/bundle/bundle-files.js';
import { startEngine, type Engine } from '../../server/compose/engine.js';
import { Undo } from '../../server/compose/undo.js';
import { readConfig } from '../../server/config.js';
import type { Command, SeatCommand, StaffCommand } from '../../server/core/commands.js';
import type { AnswerValue } from '../../server/core/types.js';
import { createLog } from '../../server/log.js';
import { installPackage } from '../../server/papers/installed-package.js';
import { PINS, smallExam, type SmallExam, type SmallExamOptions } from './small-exam.js';

export const PAPER = 'paper-main';
/** The start has come, the door is open, nobody waits for a code. */
export const AT_ONCE = { entryOpensBeforeMs: 600_000, sealNeedsOrgCode: false, sealNeedsReport: false };

export interface DataFolder {
  exam: SmallExam;
  data: string;
  remove(): void;
}

/** A data folder with keys, trust and the installed package of a small exam that starts now. */
export async function preparedData(options: SmallExamOptions = {}): Promise<DataFolder> {
  const { policy = {} } = options;
  const exam = await smallExam({
    startsAt: Date.now() - 30_000,
    ...options,
    policy: { ...AT_ONCE, ...policy },
  });
  const data = mkdtempSync(join(tmpdir(), 'kaochang-data-'));
  for (const folder of ['keys', 'trust']) mkdirSync(join(data, folder));
  writeFileSync(join(data, 'keys', 'room.key'), JSON.stringify(exam.room), { mode: 0o600 });
  writeFileSync(join(data, 'keys', 'room.pub'), JSON.stringify(exam.room.public));
  writeFileSync(join(data, 'trust', 'org.pub'), JSON.stringify(exam.org.public));
  writeFileSync(join(data, 'config.json'), JSON.stringify({ ballastMegabytes: 1 }));
  await install(data, exam);
  const remove = () => {
    for (const folder of [data, exam.folder]) rmSync(folder, { recursive: true, force: true });
  };
  return { exam, data, remove };
}

/** Lays a package into the data folder, as `kaochang install` does. */
export async function install(data: string, { file, room, org }: SmallExam): Promise<void> {
  const options = { trust: [org.public], now: Date.now(), serverVersion: '0.1.0' };
  (await installPackage(file, data, room, options)).close();
}

export interface OpenEngine extends Engine {
  stop(): Promise<void>;
}

/** Starts the room of a data folder without its wires. */
export async function openEngine(data: string, onFatal = (error: Error) => void error): Promise<OpenEngine> {
  const log = createLog('silent');
  const undo = new Undo(log);
  try {
    const config = readConfig({ data, file: null });
    const engine = await startEngine({ data, config, log, onFatal }, undo);
    return { ...engine, stop: () => undo.run() };
  } catch (error) {
    await undo.run();
    throw error;
  }
}

/** Gives a command and expects it to be accepted. */
export function must({ room }: Pick<Engine, 'room'>, command: Command): void {
  const { refusal } = room.handle(command);
  if (refusal !== null) throw new Error(`${command.type} was refused: ${refusal.code}`);
}

export const staff = (engine: Engine, staffId: string, command: StaffCommand) =>
  must(engine, { ...command, by: { kind: 'staff', staffId, station: 'test' } });

export const pc = (engine: Engine, seatId: string, command: SeatCommand) =>
  must(engine, { ...command, by: { kind: 'seat', seatId, pcId: `pc-${seatId}` } });

/** What a candidate wrote into the fill-in, to be looked for afterwards. */
export const wordsOf = (candidateId: string) => `答案哨兵${candidateId}`;

/** The session that an exam brings. */
export const sessionIdOf = ({ source }: SmallExam): string => source.plan.sessions[0]?.sessionId ?? '';

/**
 * From the pairing to the start: everybody is there, the paper is opened with its real code.
 * @param isSigned the sysadmin signed the seal already, and every seat is paired
 */
export async function beginSession(
  engine: Engine,
  exam: SmallExam,
  { isSigned = false }: { isSigned?: boolean } = {},
): Promise<void> {
  const { roster } = exam.source;
  const sessionId = sessionIdOf(exam);
  for (const { seatId } of roster) {
    if (engine.room.state.seats[seatId]?.pcId == null)
      staff(engine, 'sysadmin', { type: 'pair-seat', seatId, pcId: `pc-${seatId}` });
    must(engine, { type: 'connect-seat', seatId, pcId: `pc-${seatId}`, by: { kind: 'room' } });
  }
  if (!isSigned) staff(engine, 'sysadmin', { type: 'sign-seal', sessionId });
  staff(engine, 'clerk', { type: 'sign-seal', sessionId });
  staff(engine, 'chief', { type: 'open-entry', sessionId });
  await engine.room.settled();
  await engine.dealing.settled();
  for (const { candidateId, ticketNo, seatId } of roster) {
    const seen = {
      outcome: 'admitted',
      documentSeen: true,
      ticketSeen: true,
      reason: null,
      happenedAt: null,
    };
    staff(engine, 'proctor', { type: 'check-in', sessionId, candidateId, ...seen } as StaffCommand);
    pc(engine, seatId, { type: 'log-in', sessionId, ticketNo, password: ticketNo.slice(-6) });
    pc(engine, seatId, { type: 'confirm-identity', candidateId, lease: 1 });
    pc(engine, seatId, { type: 'confirm-rules', candidateId, lease: 1 });
  }
  const opening = { sessionId, paperId: PAPER, startCode: exam.startCode };
  const opened = await engine.openedPapers.open({ ...opening, staffId: 'chief', pin: PINS.chief });
  if (!opened.ok) throw new Error(`The paper was not opened: ${opened.wrong}`);
  staff(engine, 'chief', {
    type: 'open-paper',
    sessionId,
    paperId: PAPER,
    opened: true,
    codeId: 'k',
  });
  staff(engine, 'chief', { type: 'start-session', sessionId });
}

/** Everybody answers every item once. */
export function answerAll(engine: Engine, exam: SmallExam): void {
  const sessionId = sessionIdOf(exam);
  for (const { candidateId, seatId } of exam.source.roster) {
    const order = engine.room.state.sessions[sessionId]?.candidates[candidateId]?.order;
    for (const { itemId, options } of order?.sections.flatMap(({ items }) => items) ?? []) {
      const value: AnswerValue =
        options.length === 0 ? { blanks: [wordsOf(candidateId), ''] } : { options: [options[0] ?? ''] };
      const answer = { itemId, rev: 1, value, marked: false, madeAt: engine.room.now() };
      pc(engine, seatId, { type: 'save-answer', candidateId, lease: 1, ...answer });
    }
  }
}

/** Ends, collects and builds the bundle. */
export async function collectSession(engine: Engine, exam: SmallExam): Promise<void> {
  const sessionId = sessionIdOf(exam);
  staff(engine, 'chief', { type: 'end-session', sessionId, reason: '全部交卷' });
  for (const { candidateId, seatId } of exam.source.roster)
    pc(engine, seatId, { type: 'confirm-nothing-unsent', candidateId, lease: 1 });
  staff(engine, 'chief', { type: 'collect-session', sessionId, withoutSeats: [], reason: null });
  await engine.results.buildBundle(sessionId);
}

/** The organisation's receipt for the bundle comes in. */
export function handOver(engine: Engine, data: string, exam: SmallExam): void {
  const sessionId = sessionIdOf(exam);
  const statement = new BundleFiles(data).statement(sessionId);
  if (statement === null) throw new Error('There is no bundle');
  const receiptId = engine.results.verifyReceipt(sessionId, signReceipt(statement, exam.org, Date.now()));
  if (receiptId === null) throw new Error('The receipt does not hold');
  staff(engine, 'technician', { type: 'confirm-receipt', sessionId, receiptId, verified: true });
}
