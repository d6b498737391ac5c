// How long the UPS carries the room, and who says so: the verdict on what a UPS reports, and the arithmetic of a discharge
// test. Pure; it asks nobody and keeps nothing.

import type { Readings } from './readings.js';

/** Who says the runtime: the UPS, a discharge in this room, arithmetic over a voltage, or a person. */
export type RuntimeSource = 'device' | 'tested' | 'estimated' | 'attested';

/** A runtime that does not come from the readings: a discharge test of this room, or a person's word with a paper. */
export interface KnownRuntime {
  source: 'tested' | 'attested';
  runtimeS: number;
  /** When it was measured or said; server time. */
  at: number;
}

/** What speaks against the UPS, worst first where several do. */
export type UpsObjection =
  | 'no-answer'
  | 'on-battery'
  | 'battery-low'
  | 'forced-shutdown'
  | 'battery-replace'
  | 'overload'
  | 'bypass'
  | 'output-off'
  | 'alarm'
  | 'mains-unknown'
  | 'runtime-unknown'
  | 'runtime-short'
  | 'runtime-below-plan'
  | 'runtime-not-proven'
  | 'test-too-old'
  | 'below-the-test'
  | 'charge-low'
  | 'charge-unknown'
  | 'load-off-range'
  | 'load-unknown';

export interface UpsVerdict {
  verdict: 'pass' | 'warn' | 'fail';
  /** What the verdict rests on; null where nothing says a runtime. */
  runtimeS: number | null;
  source: RuntimeSource | null;
  objections: UpsObjection[];
}

/** REQ-A07: two hours for the server; a plan may ask for more. */
export const REQUIRED_RUNTIME_S = 7_200;
/** The UPS itself says less than this part of what a test showed: the battery has aged, or the load has grown. */
const TEST_DOUBTED_BELOW = 0.5;
const DAY_MS = 86_400_000;
/** A battery ages: an older test says nothing of it. */
const TEST_HOLDS_MS = 180 * DAY_MS;
const CHARGED_FROM = 95;
/** Below, a runtime is one without the room; above, the next device trips it. */
const LOAD_FROM = 5;
const LOAD_TO = 80;

const FAILING: ReadonlySet<UpsObjection> = new Set([
  'no-answer',
  'on-battery',
  'battery-low',
  'forced-shutdown',
  'battery-replace',
  'overload',
  'bypass',
  'output-off',
  'alarm',
  'runtime-unknown',
  'runtime-short',
]);

/**
 * REQ-A07. Passes on mains, without a bad word, charged and loaded as in an exam, for the time asked for, by the UPS's own
 * word or a test that is not too old. Fails below half the time, with any bad word, or without an answer.
 * @param readings of the last good poll; null where the UPS does not answer now
 */
export function judgeUps(
  readings: Readings | null,
  known: readonly KnownRuntime[],
  now: number,
  requiredS: number = REQUIRED_RUNTIME_S,
): UpsVerdict {
  const { runtimeS, source, isOld } = bestRuntime(readings, known, now);
  const objections: UpsObjection[] = [
    ...(readings === null ? (['no-answer'] as const) : stateObjections(readings)),
    ...runtimeObjections(runtimeS, source, requiredS),
    ...(isOld ? (['test-too-old'] as const) : []),
    ...(source === 'tested' && ownWordOf(readings) < runtimeS * TEST_DOUBTED_BELOW
      ? (['below-the-test'] as const)
      : []),
    ...(readings === null ? [] : [...chargeObjections(readings), ...loadObjections(readings, source)]),
  ];
  const verdict =
    objections.length === 0 ? 'pass' : objections.some((one) => FAILING.has(one)) ? 'fail' : 'warn';
  return { verdict, runtimeS, source, objections };
}

/** A test of this room before the UPS's own word, that before a person's, and a guess last. */
function bestRuntime(readings: Readings | null, known: readonly KnownRuntime[], now: number) {
  const newest = (source: KnownRuntime['source']) =>
    known
      .filter((one) => one.source === source)
      .reduce<KnownRuntime | null>((best, one) => (best === null || one.at >= best.at ? one : best), null);
  const tested = newest('tested');
  const isOld = tested !== null && now - tested.at > TEST_HOLDS_MS;
  if (tested !== null && !isOld) return { runtimeS: tested.runtimeS, source: tested.source, isOld };
  const ownWordS = ownWordOf(readings);
  if (ownWordS !== Infinity) return { runtimeS: ownWordS, source: 'device' as const, isOld };
  const attested = newest('attested');
  if (attested !== null) return { runtimeS: attested.runtimeS, source: attested.source, isOld };
  const reportedS = readings?.['battery.runtime'];
  if (reportedS !== undefined) return { runtimeS: reportedS, source: 'estimated' as const, isOld };
  return { runtimeS: null, source: null, isOld };
}

/** What the UPS itself says, in seconds; Infinity where it says nothing of its own. */
function ownWordOf(readings: Readings | null): number {
  return readings?.['battery.runtime-source'] === 'device'
    ? (readings['battery.runtime'] ?? Infinity)
    : Infinity;
}

function stateObjections(readings: Readings): UpsObjection[] {
  const words: [UpsObjection, boolean][] = [
    ['on-battery', readings['mains.present'] === false],
    ['battery-low', readings['battery.low'] === true],
    ['forced-shutdown', readings['ups.forced-shutdown'] === true],
    ['battery-replace', readings['battery.replace'] === true],
    ['overload', readings['ups.overload'] === true],
    ['bypass', readings['ups.bypass'] === true],
    ['output-off', readings['ups.off'] === true],
    ['alarm', (readings['ups.alarm'] ?? '') !== ''],
    ['mains-unknown', readings['mains.present'] === undefined],
  ];
  return words.filter(([, holds]) => holds).map(([word]) => word);
}

function runtimeObjections(
  runtimeS: number | null,
  source: RuntimeSource | null,
  requiredS: number,
): UpsObjection[] {
  if (runtimeS === null) return ['runtime-unknown'];
  if (runtimeS < requiredS / 2) return ['runtime-short'];
  const objections: UpsObjection[] = runtimeS < requiredS ? ['runtime-below-plan'] : [];
  if (source === 'estimated' || source === 'attested') objections.push('runtime-not-proven');
  return objections;
}

function chargeObjections(readings: Readings): UpsObjection[] {
  const charge = readings['battery.charge'];
  if (charge === undefined) return ['charge-unknown'];
  return charge < CHARGED_FROM ? ['charge-low'] : [];
}

function loadObjections(readings: Readings, source: RuntimeSource | null): UpsObjection[] {
  const load = readings['ups.load'];
  // A test ran with the load of the room, whatever the UPS can say about it.
  if (load === undefined) return source === 'tested' ? [] : ['load-unknown'];
  return load < LOAD_FROM || load > LOAD_TO ? ['load-off-range'] : [];
}

/** One look at the UPS during a discharge test. */
export interface DischargePoint {
  at: number;
  /** Per cent. */
  charge: number;
  /** What the UPS says of mains. */
  mains: boolean;
  /** What the mains contact says; null where there is none. */
  contact: boolean | null;
}

export type DischargeResult =
  { runtimeS: number; seconds: number; chargeFrom: number; chargeTo: number } | { refused: DischargeRefusal };

/** Why a discharge proves nothing. */
export type DischargeRefusal =
  | 'not-charged'
  | 'mains-was-there'
  | 'contact-disagrees'
  | 'gap-in-curve'
  | 'charge-rose'
  | 'too-short'
  | 'too-small-a-drop';

/** Ten minutes at the load of the room. */
export const DISCHARGE_S = 600;
const SMALLEST_DROP = 3;
/** What a UPS keeps back, and how much of a straight line an old battery does not follow. */
const KEPT_BACK = 10;
const CAUTION = 0.8;
/** Without a look for longer, mains may have been back in between. */
const LONGEST_GAP_MS = 60_000;
/** A reading may tick up by one while it falls. */
const NOISE = 1;

/**
 * The runtime that a discharge with mains unplugged proves: a straight line down to what the UPS keeps back, cautiously.
 * Source: `seconds * (from - 10) / (from - to) * 0.8`, at least ten minutes and a drop of three per cent. REQ-A07.
 * @param curve in the order of time, all while mains was unplugged
 */
export function dischargeRuntime(curve: readonly DischargePoint[]): DischargeResult {
  const first = curve[0];
  const last = curve[curve.length - 1];
  if (first === undefined || last === undefined) return { refused: 'too-short' };
  if (curve.some(({ mains }) => mains)) return { refused: 'mains-was-there' };
  if (curve.some(({ contact }) => contact === true)) return { refused: 'contact-disagrees' };
  if (first.charge < CHARGED_FROM) return { refused: 'not-charged' };
  let lowest = first.charge;
  let before = first.at;
  for (const { at, charge } of curve) {
    if (at < before || at - before > LONGEST_GAP_MS) return { refused: 'gap-in-curve' };
    if (charge > lowest + NOISE) return { refused: 'charge-rose' };
    lowest = Math.min(lowest, charge);
    before = at;
  }
  const seconds = Math.floor((last.at - first.at) / 1_000);
  if (seconds < DISCHARGE_S) return { refused: 'too-short' };
  const drop = first.charge - last.charge;
  if (drop < SMALLEST_DROP) return { refused: 'too-small-a-drop' };
  const line = Math.floor(((seconds * (first.charge - KEPT_BACK)) / drop) * CAUTION);
  // What it has run without mains it can run.
  const runtimeS = Math.max(line, seconds);
  return { runtimeS, seconds, chargeFrom: first.charge, chargeTo: last.charge };
}
