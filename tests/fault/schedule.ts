// What goes wrong in an exam, and when: drawn from the seed alone, so that a schedule that found something can be played again.
// Nothing here acts.

import { SeededRandom } from './seeded-random.js';

/** What lies between the PCs and the room. `held`: bytes wait and nobody is told; `late`: they come late and in heaps. */
export type LineFault =
  | { how: 'cut' }
  | { how: 'held'; ways: 'up' | 'down' | 'both'; then: 'deliver' | 'reset' }
  | { how: 'late'; delayMs: number; jitterMs: number; lossShare: number };

export type FaultAct =
  /** kill -9; the service comes back after `lastsMs`. `afterReadyMs`: not before it has been ready for so long. */
  | { kind: 'kill'; afterReadyMs?: number }
  /** SIGSTOP, then SIGCONT. */
  | { kind: 'freeze' }
  /** The disk takes no byte more; needs a disk of its own. */
  | { kind: 'disk-full' }
  /** Every flush takes so much longer. */
  | { kind: 'slow-flush'; addedMs: number }
  /** The wall clock of the server's machine jumps and stays. */
  | { kind: 'wall-step'; byMs: number }
  /** Loss of mains: kill -9, and what was written but not flushed is torn. */
  | { kind: 'power-cut'; tear: 'cut' | 'scribble' | 'zero' }
  /** kill -9, then half a page of garbage at the end of the write-ahead log. */
  | { kind: 'torn-tail'; bytes: number }
  | { kind: 'line'; seats: number[]; line: LineFault }
  /** The page is loaded anew, in good order. */
  | { kind: 'reload'; seats: number[] }
  /** The browser dies right after a change, before its storage has it. */
  | { kind: 'client-kill'; seats: number[] }
  /** The line breaks, the candidate writes on, and is moved to a spare PC; the old PC comes back at the end. */
  | { kind: 'swap'; seat: number }
  /** The chief stops all clocks, and starts them again. */
  | { kind: 'pause' }
  /** A minute given back by two people. */
  | { kind: 'extension'; seat: number }
  | { kind: 'hand'; seat: number };

export type FaultKind = FaultAct['kind'];

export type Fault = FaultAct & {
  /** After the start of the session, ms; below zero while people come in. */
  atMs: number;
  lastsMs: number;
};

export interface ExamShape {
  candidates: number;
  spares: number;
  /** From the opening of the entry to the start. */
  entryMs: number;
  /** Of the session. */
  lastsMs: number;
  /** Faults go on for so long after the common end. */
  afterMs: number;
  /** Between the end of one fault and the next. */
  gapMs: { least: number; most: number };
  /** Kinds to draw from, each as often as it stands here. */
  kinds: readonly FaultKind[];
  /** How often a second fault strikes while the first lasts. */
  pairShare: number;
  /** Kills wait until the service has been ready for up to so long; absent = they strike at their time. */
  killReadyMs?: number;
  /** What strikes the server waits until it is ready, one after the other: on a slow machine none is left out. */
  inTurn?: boolean;
  /** How often the server is away over the end of the session, and somebody has to decide. */
  endOutageShare: number;
  /** How often the paper is the practical one. */
  practicalShare: number;
}

export interface ExamSchedule {
  /** Of the whole: together with `exam` it is all that is needed to play it again. */
  seed: string;
  exam: number;
  shape: ExamShape;
  faults: Fault[];
  /** What staff decide when the session comes back suspended. */
  afterOutage: 'continue' | 'close';
  /** On the practical paper candidates hand in files. */
  paper: 'theory' | 'practical';
}

export const ALL_KINDS: readonly FaultKind[] = [
  ...(['kill', 'kill', 'freeze', 'disk-full', 'slow-flush', 'wall-step', 'power-cut', 'torn-tail'] as const),
  ...(['line', 'line', 'line', 'reload', 'client-kill', 'client-kill', 'swap'] as const),
  ...(['pause', 'extension', 'hand'] as const),
];

/** These end or hold up the one server; two of them at once are one of them. */
export const OF_SERVER: readonly FaultKind[] = [
  'kill',
  'freeze',
  'disk-full',
  'power-cut',
  'torn-tail',
  'slow-flush',
];
/** Only while candidates write. */
const WHILE_RUNNING: readonly FaultKind[] = ['swap', 'pause', 'extension', 'hand', 'disk-full'];
/** Each of these at most so often in an exam. */
const MOST: Partial<Record<FaultKind, number>> = { pause: 2, extension: 2, 'disk-full': 1 };

/** The schedule of one exam. Pure: the same arguments give the same faults. */
export function scheduleOf(seed: string, exam: number, shape: ExamShape): ExamSchedule {
  const random = new SeededRandom(`${seed}/exam ${exam}`);
  const faults: Fault[] = [];
  const counts = new Map<FaultKind, number>();
  const moved = new Set<number>();
  const untilMs = shape.lastsMs + shape.afterMs;
  const draw = (atMs: number, besides: Fault | null): Fault | null => {
    const possible = shape.kinds.filter((kind) => {
      if ((counts.get(kind) ?? 0) >= (kind === 'swap' ? shape.spares : (MOST[kind] ?? Infinity)))
        return false;
      if (WHILE_RUNNING.includes(kind) && (atMs < 1_000 || atMs > shape.lastsMs - 8_000)) return false;
      return besides === null || !(OF_SERVER.includes(kind) && OF_SERVER.includes(besides.kind));
    });
    if (possible.length === 0) return null;
    const fault = drawFault(random, random.pick(possible), shape, moved);
    counts.set(fault.kind, (counts.get(fault.kind) ?? 0) + 1);
    return { ...fault, atMs };
  };
  for (let atMs = -shape.entryMs + random.between(500, 1_500); atMs < untilMs;) {
    const fault = draw(atMs, null);
    if (fault === null) break;
    faults.push(fault);
    let overMs = atMs + fault.lastsMs;
    if (random.chance(shape.pairShare)) {
      const second = draw(atMs + random.between(0, Math.max(1, fault.lastsMs)), fault);
      if (second !== null) {
        faults.push(second);
        overMs = Math.max(overMs, second.atMs + second.lastsMs);
      }
    }
    atMs = overMs + random.between(shape.gapMs.least, shape.gapMs.most);
  }
  if (random.chance(shape.endOutageShare)) overTheEnd(random, shape, faults);
  faults.sort((a, b) => a.atMs - b.atMs);
  const afterOutage = random.pick(['continue', 'close'] as const);
  return {
    seed,
    exam,
    shape,
    faults,
    afterOutage,
    paper: random.chance(shape.practicalShare) ? 'practical' : 'theory',
  };
}

/** The server is away while the time is over: nothing else happens to it meanwhile. */
function overTheEnd(random: SeededRandom, shape: ExamShape, faults: Fault[]): void {
  const atMs = shape.lastsMs - random.between(1_500, 5_000);
  const lastsMs = shape.lastsMs - atMs + random.between(2_000, 5_000);
  for (let index = faults.length - 1; index >= 0; index--) {
    const one = faults[index] as Fault;
    const meets = one.atMs + one.lastsMs > atMs - 4_000 && one.atMs < atMs + lastsMs + 4_000;
    if (meets && (OF_SERVER.includes(one.kind) || one.kind === 'pause')) faults.splice(index, 1);
  }
  faults.push({ kind: 'kill', atMs, lastsMs });
}

function drawFault(
  random: SeededRandom,
  kind: FaultKind,
  shape: ExamShape,
  moved: Set<number>,
): FaultAct & { lastsMs: number } {
  const seats = Array.from({ length: shape.candidates }, (_, index) => index);
  const few = () => {
    const some = random.some(seats, random.between(1, Math.max(1, Math.ceil(shape.candidates / 5))));
    // The first seats may be real browsers: of so few of them chance alone would seldom find one.
    const first = random.chance(0.6) ? random.between(0, Math.min(1, shape.candidates - 1)) : null;
    return first === null || some.includes(first) ? some : [first, ...some];
  };
  switch (kind) {
    case 'kill': {
      const lastsMs = random.between(0, shape.killReadyMs === undefined ? 3_000 : 500);
      if (shape.killReadyMs === undefined) return { kind, lastsMs };
      return { kind, lastsMs, afterReadyMs: random.between(100, shape.killReadyMs) };
    }
    case 'torn-tail':
      return { kind, lastsMs: random.between(0, 1_500), bytes: random.between(1, 8_000) };
    case 'power-cut':
      return { kind, lastsMs: random.between(500, 2_000), tear: random.pick(['cut', 'scribble', 'zero']) };
    case 'freeze':
      return { kind, lastsMs: random.between(300, 10_000) };
    case 'disk-full':
      return { kind, lastsMs: random.between(2_000, 6_000) };
    case 'slow-flush':
      return { kind, lastsMs: random.between(2_000, 6_000), addedMs: random.between(20, 400) };
    case 'wall-step': {
      const byMs = random.pick([1_000, 60_000, 3_600_000, 86_400_000]) * random.pick([1, -1]);
      return { kind, lastsMs: 0, byMs };
    }
    case 'line':
      return {
        ...{ kind, lastsMs: random.between(500, 9_000), line: drawLine(random) },
        seats: random.chance(0.3) ? seats : few(),
      };
    case 'reload':
      return { kind, lastsMs: random.between(100, 3_000), seats: few() };
    case 'client-kill':
      return { kind, lastsMs: random.between(100, 6_000), seats: few() };
    case 'swap': {
      const seat = random.pick(seats.filter((one) => !moved.has(one)));
      moved.add(seat);
      return { kind, lastsMs: random.between(3_000, 8_000), seat };
    }
    case 'pause':
      return { kind, lastsMs: random.between(1_000, 6_000) };
    case 'extension':
    case 'hand':
      return { kind, lastsMs: 0, seat: random.pick(seats) };
  }
}

function drawLine(random: SeededRandom): LineFault {
  switch (random.pick(['cut', 'held', 'held', 'late', 'late'] as const)) {
    case 'cut':
      return { how: 'cut' };
    case 'held':
      return {
        how: 'held',
        ways: random.pick(['up', 'down', 'both']),
        then: random.pick(['deliver', 'reset']),
      };
    case 'late': {
      const delayMs = random.between(20, 800);
      return { how: 'late', delayMs, jitterMs: random.between(0, delayMs), lossShare: random.next() * 0.3 };
    }
  }
}

/** One line for people: what strikes when. */
export function describe({ kind, atMs, lastsMs, ...rest }: Fault): string {
  const details = Object.entries(rest)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ');
  const lasts = lastsMs === 0 ? '' : ` for ${(lastsMs / 1_000).toFixed(1)} s`;
  return `${(atMs / 1_000).toFixed(1).padStart(6)} s  ${kind}${lasts}${details === '' ? '' : ` (${details})`}`;
}
