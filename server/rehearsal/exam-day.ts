// A whole exam day over real sockets: pairing, seal, entry, log-in, start, answers, a hand, a swap, an extension, the end,
// the collection. What the staff would do by hand, simulated staff do here; what may go wrong on the way is the caller's.

import { performance } from 'node:perf_hooks';
import type { RoomView, StaffRequest } from '../protocol/staff.js';
import { percentiles, type Percentiles } from './percentiles.js';
import type { RoomAddress } from './room-address.js';
import {
  newFigures,
  playCandidate,
  sitExam,
  type CandidateFigures,
  type CandidateScript,
} from './simulated-candidate.js';
import type { Taken } from './scripted-pc.js';
import { SimulatedPc, type SeatRequestBody } from './simulated-pc.js';
import type { CrewMember, CrewRole } from './day-crew.js';
import { SimulatedStaff } from './simulated-staff.js';
import { sysadminsWord } from './sysadmins-word.js';

export interface DayCandidate {
  candidateId: string;
  ticketNo: string;
  seatId: string;
}

export interface DayOptions {
  address: RoomAddress;
  sessionId: string;
  paperId: string;
  startCode: string;
  /** The org's confirmation of the seal, typed by the org technician; null where the policy asks for none. */
  sealCode: string | null;
  staff: Record<CrewRole, CrewMember>;
  candidates: DayCandidate[];
  /** The PCs say what they are; without it they stand for machines. */
  simulated?: boolean;
  /** Seats to pair, spare ones last. */
  seats: { seatId: string; spare: boolean }[];
  random: () => number;
  thinkMs: () => number;
  say: (text: string) => void;
  /** What a candidate writes into fill-ins. */
  sentinel?: (ticketNo: string) => string;
  /** Sees everything that is pushed to staff. */
  onStaffView?: (view: RoomView) => void;
  onAck?: (candidateId: string, body: SeatRequestBody, how: Taken) => void;
  /** Called once in the middle of the answering. */
  inTheMiddle?: () => Promise<void>;
}

export interface DayFigures {
  seats: number;
  admitted: number;
  absent: number;
  handedIn: number;
  logInMs: Percentiles;
  /** Request to acknowledgement, which comes after the fsync. */
  saveMs: Percentiles;
  /** The same for saves that an outage delayed: until the PC was back and the answer on the disk. */
  resentMs: Percentiles;
  /** The chief's command to the paper on each PC. */
  startMs: Percentiles;
  /** The end to "everything received", over all seats. */
  collectMs: number;
  reconnects: number;
  refusals: Record<string, number>;
}

const PATIENCE_MS = 180_000;

/** Plays the day; resolves when the session is collected. @throws Error naming the step that failed */
export async function playDay(options: DayOptions): Promise<DayFigures> {
  const { say, sessionId } = options;
  const staff = await signInStaff(options);
  const pcs = new Map<string, SimulatedPc>();
  try {
    say('配对考位 / Pairing the seats');
    for (const { seatId } of options.seats) await pairPc(options, staff.sysadmin, seatId, pcs);
    say('考前检查，封场 / Checking and sealing the room');
    const word = await sysadminsWord(staff.sysadmin, sessionId);
    await staff.sysadmin.act({ type: 'sign-seal', sessionId, ...word });
    await staff.clerk.act({ type: 'sign-seal', sessionId });
    if (options.sealCode !== null)
      await staff['org-technician'].act({ type: 'confirm-seal', sessionId, orgCode: options.sealCode });
    await untilAccepted(staff.chief, { type: 'open-entry', sessionId }, ['entry-not-open-yet']);
    say('入场：核验证件与准考证 / Entry: documents and tickets are checked');
    const [first, absent, ...others] = options.candidates;
    if (!first || !absent) throw new Error('A day needs three candidates or more');
    const present = [first, ...others];
    for (const candidate of present) await admit(staff.proctor, sessionId, candidate);
    const playing = present.map((candidate, index) =>
      playCandidate(pcOf(pcs, candidate.seatId), options.address, scriptOf(options, candidate, index)),
    );
    const played = Promise.all(playing);
    played.catch(() => undefined);
    await staff.chief.until(
      (view) => view.seats.filter(({ loggedIn }) => loggedIn === 'ready').length === playing.length,
      PATIENCE_MS,
      'all logged in',
    );
    say('主考启封试卷，等待统一开考时间 / The chief opens the paper; waiting for the national start');
    await staff.chief.act({
      type: 'open-paper',
      sessionId,
      paperId: options.paperId,
      startCode: options.startCode,
      pin: options.staff.chief.pin,
    });
    const startMs = await start(staff.chief, sessionId, [...pcs.values()]);
    say('开考：作答中 / Started: candidates are answering');
    const { rest } = await happenings(options, staff, pcs, present);
    say('等待考试结束与收卷 / Waiting for the end and the collection');
    const figures = [...(await played), ...(await rest)];
    const endedAt = performance.now();
    await staff.chief.until(
      (view) => view.session?.phase === 'ended' && view.session.lagging.length === 0,
      PATIENCE_MS,
      'everything received',
    );
    const collectMs = Math.round(performance.now() - endedAt);
    await staff.chief.act({ type: 'collect-session', sessionId, withoutSeats: [], reason: null });
    say('全部收齐，可以离场 / Everything is in the room, all may leave');
    return summary(options, figures, startMs, collectMs, [...pcs.values()]);
  } finally {
    for (const pc of pcs.values()) pc.stop();
    for (const one of Object.values(staff)) one.stop();
  }
}

type StaffOnDuty = Record<keyof DayOptions['staff'], SimulatedStaff>;

async function signInStaff(options: DayOptions): Promise<StaffOnDuty> {
  const signedIn = Object.entries(options.staff).map(async ([role, { staffId, pin }]) => {
    const one = new SimulatedStaff(options.address, staffId, pin);
    one.on('view', (view: RoomView) => options.onStaffView?.(view));
    await one.signIn();
    return [role, one] as const;
  });
  return Object.fromEntries(await Promise.all(signedIn)) as StaffOnDuty;
}

async function pairPc(
  options: DayOptions,
  sysadmin: SimulatedStaff,
  seatId: string,
  pcs: Map<string, SimulatedPc>,
): Promise<void> {
  const candidateId =
    options.candidates.find((candidate) => candidate.seatId === seatId)?.candidateId ?? seatId;
  const pc = new SimulatedPc({
    address: options.address,
    simulated: options.simulated ?? false,
    onAck: (body, how) => options.onAck?.('candidateId' in body ? body.candidateId : candidateId, body, how),
  });
  // Known before anything can fail: whoever ends the day ends this PC too.
  pcs.set(seatId, pc);
  pc.start();
  const { pairingCode } = await pc.until((state) => state.pairingCode !== null, 60_000);
  await sysadmin.act({ type: 'pair-seat', pairingCode: pairingCode ?? '', seatId });
  await pc.until((state) => state.stage !== 'unpaired', 60_000);
  const check = { browser: 'rehearsal', screen: '1366x768', storageOk: true, cryptoOk: true, passed: true };
  await pc.request({ t: 'check', check });
}

function admit(proctor: SimulatedStaff, sessionId: string, { candidateId }: DayCandidate): Promise<void> {
  return proctor.act({
    type: 'check-in',
    sessionId,
    candidateId,
    outcome: 'admitted',
    documentSeen: true,
    ticketSeen: true,
    reason: null,
    happenedAt: null,
  });
}

/** Gives the start as soon as it is allowed. @returns milliseconds from the command to the paper, per PC that got it */
async function start(chief: SimulatedStaff, sessionId: string, pcs: SimulatedPc[]): Promise<number[]> {
  const { session } = await chief.until((view) => view.session !== null, PATIENCE_MS, 'a session');
  const startsAt = session?.startsAt ?? 0;
  const roomNow = pcs.map((pc) => pc.roomNow()).find((now) => now !== null) ?? 0;
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, startsAt - roomNow)));
  const givenAt = await untilAccepted(chief, { type: 'start-session', sessionId }, ['too-early']);
  const seated = pcs.filter(({ state }) => state?.candidate);
  await Promise.all(seated.map((pc) => pc.untilPaper(PATIENCE_MS)));
  return seated.map(({ paperAt }) => (paperAt ?? givenAt) - givenAt);
}

/** Repeats a command while it is refused for being too early. @returns when the accepted one was given */
async function untilAccepted(one: SimulatedStaff, request: StaffRequest, early: string[]): Promise<number> {
  for (;;) {
    const givenAt = performance.now();
    const outcome = await one.command(request);
    if (outcome.ok) return givenAt;
    if (!early.includes(outcome.code)) throw new Error(`${request.type}: ${outcome.code}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * A raised hand, a minute that two people give back, a PC that dies and is replaced.
 * @returns the rest of the exam of the candidate who moved
 */
async function happenings(
  options: DayOptions,
  staff: StaffOnDuty,
  pcs: Map<string, SimulatedPc>,
  present: DayCandidate[],
): Promise<{ rest: Promise<CandidateFigures[]> }> {
  const { sessionId, say } = options;
  const [withHand, delayed, unlucky] = present;
  if (!withHand || !delayed || !unlucky) throw new Error('A day needs five candidates or more');
  const hand = pcOf(pcs, withHand.seatId);
  const lease = { candidateId: withHand.candidateId, lease: hand.state?.candidate?.lease ?? 1 };
  await hand.request({ t: 'hand', ...lease, up: true });
  await staff.proctor.until(
    (view) => view.todo.some(({ kind }) => kind === 'hand'),
    60_000,
    'the hand on the console',
  );
  await staff.proctor.act({ type: 'answer-hand', sessionId, candidateId: withHand.candidateId });
  say(
    '举手已处理；主考与巡考员同意为一名考生补时 / A hand was answered; chief and inspector give one candidate time back',
  );
  const { candidateId } = delayed;
  const reason = '机器重启 / PC restarted';
  await staff.chief.act({ type: 'request-extension', sessionId, candidateId, minutes: 1, reason });
  const seen = (view: RoomView) => view.todo.find((todo) => todo.kind === 'extension');
  const view = await staff.inspector.until((now) => seen(now) !== undefined, 60_000, 'the request for time');
  const todo = seen(view);
  if (todo?.kind === 'extension')
    await staff.inspector.act({
      type: 'approve-extension',
      sessionId,
      requestId: todo.requestId,
      orgCode: null,
    });
  const moved = await swap(options, staff, pcs, unlucky);
  await options.inTheMiddle?.();
  return { rest: Promise.all(moved === null ? [] : [moved.sitting]) };
}

async function swap(
  options: DayOptions,
  staff: StaffOnDuty,
  pcs: Map<string, SimulatedPc>,
  unlucky: DayCandidate,
): Promise<{ sitting: Promise<CandidateFigures> } | null> {
  const spare = options.seats.find((seat) => seat.spare);
  if (!spare) return null;
  options.say('一台考生机断网，考生换到备用机 / One PC loses its cable, the candidate moves to a spare');
  const old = pcOf(pcs, unlucky.seatId);
  const fresh = pcOf(pcs, spare.seatId);
  old.unplug();
  await staff.proctor.act({
    type: 'swap-machine',
    sessionId: options.sessionId,
    candidateId: unlucky.candidateId,
    toSeatId: spare.seatId,
    reason: '网线故障 / cable fault',
  });
  const { ticketNo } = unlucky;
  const answer = await fresh.request({ t: 'log-in', ticketNo, password: ticketNo.slice(-6) });
  if (!answer.ok) throw new Error(`log-in at the spare PC: ${answer.code}`);
  await fresh.untilPaper(60_000);
  old.plugIn();
  const figures = newFigures(ticketNo, answer.tookMs);
  return { sitting: sitExam(fresh, options.address, scriptOf(options, unlucky, 0), figures) };
}

/** Every third candidate writes until the clock ends it; the others hand in before. */
function scriptOf(options: DayOptions, { ticketNo }: DayCandidate, index: number): CandidateScript {
  const { thinkMs, random } = options;
  const sentinel = options.sentinel?.(ticketNo);
  const script = { ticketNo, thinkMs, random, submits: index % 3 !== 0, patienceMs: PATIENCE_MS };
  return sentinel === undefined ? script : { ...script, sentinel };
}

function pcOf(pcs: Map<string, SimulatedPc>, seatId: string): SimulatedPc {
  const pc = pcs.get(seatId);
  if (pc === undefined) throw new Error(`No PC at seat ${seatId}`);
  return pc;
}

function summary(
  options: DayOptions,
  figures: CandidateFigures[],
  startMs: number[],
  collectMs: number,
  pcs: SimulatedPc[],
): DayFigures {
  const tickets = new Set(figures.map(({ ticketNo }) => ticketNo));
  const refusals: Record<string, number> = {};
  for (const code of figures.flatMap(({ refused }) => refused)) refusals[code] = (refusals[code] ?? 0) + 1;
  return {
    seats: options.seats.length,
    admitted: tickets.size,
    absent: options.candidates.length - tickets.size,
    handedIn: figures.filter(({ handedIn }) => handedIn).length,
    logInMs: percentiles(figures.flatMap(({ logInMs }) => (logInMs === null ? [] : [logInMs]))),
    saveMs: percentiles(figures.flatMap(({ saveMs }) => saveMs)),
    resentMs: percentiles(figures.flatMap(({ resentMs }) => resentMs)),
    startMs: percentiles(startMs),
    collectMs,
    reconnects: pcs.reduce((sum, { reconnects }) => sum + reconnects, 0),
    refusals,
  };
}
