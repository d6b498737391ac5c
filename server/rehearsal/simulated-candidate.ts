// One candidate who sits a whole exam on a simulated PC: logs in, confirms, waits, answers in the order dealt, hands in.

import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { ItemContent, PaperMessage, SeatStage } from '../protocol/seat.js';
import { anyAnswer } from './any-answer.js';
import { inDealtOrder, sealedTextOf } from './dealt-items.js';
import { openItems } from './open-items.js';
import { fetchBytes, type RoomAddress } from './room-address.js';
import type { SeatAnswer, SeatRequestBody, SimulatedPc } from './simulated-pc.js';

/** What one candidate's day took, for the figures. */
export interface CandidateFigures {
  ticketNo: string;
  logInMs: number | null;
  saveMs: number[];
  /** Saves that were on their way when the connection broke. */
  resentMs: number[];
  refused: string[];
  handedIn: boolean;
}

export interface CandidateScript {
  ticketNo: string;
  /** Pause between two answers, milliseconds. */
  thinkMs: () => number;
  /** A number in [0, 1). */
  random: () => number;
  /** Text for fill-in answers that can be told from everybody else's; numbers where absent. */
  sentinel?: string;
  /** Hands in before the time is over; otherwise the clock ends it. */
  submits: boolean;
  /** How long to wait for the start and for the collection, milliseconds. */
  patienceMs: number;
}

/** Nothing is counted yet. @param logInMs what the log-in took, milliseconds; null before it */
export function newFigures(ticketNo: string, logInMs: number | null = null): CandidateFigures {
  return { ticketNo, logInMs, saveMs: [], resentMs: [], refused: [], handedIn: false };
}

/** Writing has ended at this PC. */
const OVER: readonly SeatStage[] = ['ended', 'received', 'moved'];
/** How often somebody who thinks looks up. */
const LOOK_UP_MS = 500;

/** Logs in and sits the exam. @throws Error when the room does not move on in time */
export async function playCandidate(
  pc: SimulatedPc,
  address: RoomAddress,
  script: CandidateScript,
): Promise<CandidateFigures> {
  const figures = newFigures(script.ticketNo);
  await logIn(pc, script, figures);
  return sitExam(pc, address, script, figures);
}

/** From the paper to "received", or until another PC took over. @throws Error when the room does not move on in time */
export async function sitExam(
  pc: SimulatedPc,
  address: RoomAddress,
  script: CandidateScript,
  figures: CandidateFigures,
): Promise<CandidateFigures> {
  const paper = await pc.untilPaper(script.patienceMs);
  const items = await readPaper(pc, address, paper);
  await answerAll(pc, paper, items, script, figures);
  if (script.submits && pc.state?.stage === 'answering')
    note(figures, await pc.request({ t: 'submit', ...leaseOf(paper), madeAt: madeNow(pc) }));
  await handIn(pc, paper, script, figures);
  return figures;
}

async function logIn(pc: SimulatedPc, script: CandidateScript, figures: CandidateFigures): Promise<void> {
  await pc.until((state) => state.stage === 'log-in', script.patienceMs);
  const body = { t: 'log-in', ticketNo: script.ticketNo, password: script.ticketNo.slice(-6) } as const;
  let answer = await pc.request(body);
  while (!answer.ok && answer.code === 'not-checked-in') {
    await pause(200);
    answer = await pc.request(body);
  }
  if (!answer.ok) throw new Error(`${script.ticketNo} could not log in: ${answer.code}`);
  figures.logInMs = answer.tookMs;
  const { candidate } = await pc.until((state) => state.candidate !== null, script.patienceMs);
  if (candidate === null) throw new Error('A state without the candidate who logged in');
  const who = { candidateId: candidate.candidateId, lease: candidate.lease };
  note(figures, await pc.request({ t: 'confirm', ...who, what: 'identity' }));
  note(figures, await pc.request({ t: 'confirm', ...who, what: 'rules' }));
}

/** Fetches and opens the sealed text as a browser would; answers with the items in the dealt order. */
async function readPaper(pc: SimulatedPc, address: RoomAddress, paper: PaperMessage): Promise<ItemContent[]> {
  const session = pc.state?.session;
  if (!session) throw new Error('A paper came without a session');
  const part = sealedTextOf(paper, session);
  const sealed = await fetchPatiently(address, `/content/${part.sha256}`);
  return inDealtOrder(paper, openItems(paper, session, part, sealed));
}

/** A real PC fetched this long before the start; a simulated one may ask while the server is away. */
async function fetchPatiently(address: RoomAddress, path: string): Promise<Buffer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetchBytes(address, path);
    } catch (error) {
      if (attempt === 20) throw error;
      await pause(500);
    }
  }
}

async function answerAll(
  pc: SimulatedPc,
  paper: PaperMessage,
  items: readonly ItemContent[],
  script: CandidateScript,
  figures: CandidateFigures,
): Promise<void> {
  const revisions = new Map(paper.answers.map(({ itemId, rev }) => [itemId, rev]));
  const waiting: Promise<void>[] = [];
  for (const item of items) {
    await think(pc, script.thinkMs());
    while (pc.state?.stage === 'paused')
      await pc.until((state) => state.stage !== 'paused', script.patienceMs);
    if (pc.stopped || pc.state?.stage !== 'answering') break;
    const rev = (revisions.get(item.itemId) ?? 0) + 1;
    revisions.set(item.itemId, rev);
    const save: SeatRequestBody = {
      t: 'save',
      ...leaseOf(paper),
      itemId: item.itemId,
      rev,
      value: anyAnswer(item, script.random, script.sentinel),
      marked: script.random() < 0.1,
      madeAt: madeNow(pc),
    };
    waiting.push(pc.request(save).then((answer) => note(figures, answer, true)));
  }
  await Promise.all(waiting);
}

/** Takes so long over an item, unless the writing ends. */
async function think(pc: SimulatedPc, ms: number): Promise<void> {
  const thoughtAt = performance.now() + ms;
  for (let leftMs = ms; leftMs > 0; leftMs = thoughtAt - performance.now()) {
    if (pc.stopped || OVER.includes(pc.state?.stage ?? 'answering')) return;
    await pause(Math.min(leftMs, LOOK_UP_MS));
  }
}

/** After the end: says that nothing is unsent, and waits until the room has everything. */
async function handIn(
  pc: SimulatedPc,
  paper: PaperMessage,
  script: CandidateScript,
  figures: CandidateFigures,
): Promise<void> {
  const { stage } = await pc.until((state) => OVER.includes(state.stage), script.patienceMs);
  note(figures, await pc.request({ t: 'nothing-unsent', ...leaseOf(paper) }));
  if (stage === 'moved') return;
  // A session that was collected at once has freed its PCs already.
  await pc.until(({ stage }) => stage === 'received' || stage === 'waiting', script.patienceMs);
  figures.handedIn = true;
}

function leaseOf({ candidateId, lease }: PaperMessage) {
  return { candidateId, lease };
}

function madeNow(pc: SimulatedPc): number {
  const now = pc.roomNow();
  if (now === null) throw new Error('This PC has not heard the room time yet');
  return now;
}

function note(figures: CandidateFigures, answer: SeatAnswer, timed = false): void {
  if (answer.ok) {
    if (timed) (answer.resent ? figures.resentMs : figures.saveMs).push(answer.tookMs);
  } else figures.refused.push(answer.code);
}
