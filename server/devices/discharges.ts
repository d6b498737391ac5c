// What a UPS told while mains was away, as the curve of a discharge: from the first poll on battery to the last one. In memory only;
// what it proves is recorded by a person, in the journal.

import type { Readings } from '../core/readings.js';
import { dischargeRuntime, type DischargePoint, type DischargeResult } from '../core/ups-runtime.js';

/** Often enough that no gap shows, seldom enough that a night on battery fits. */
const EVERY_MS = 10_000;
const MOST_POINTS = 8_640;
/** What was discharged longer ago says nothing of the battery as it is recorded. */
const WORTH_MS = 86_400_000;

interface Curve {
  points: DischargePoint[];
  isOver: boolean;
  /** The last one before that proved something: a short failure of mains after it takes nothing away. */
  proven: { result: DischargeResult; endedAt: number } | null;
}

export class Discharges {
  readonly #curves = new Map<string, Curve>();

  /** Takes what a poll gave. @param at milliseconds of the supervisor's clock */
  add(deviceId: string, at: number, readings: Readings): void {
    const { 'mains.present': mains, 'battery.charge': charge, 'contact.mains': contact = null } = readings;
    const known = this.#curves.get(deviceId);
    if (mains === true && known !== undefined) known.isOver = true;
    if (mains !== false || charge === undefined) return;
    const curve = known === undefined || known.isOver ? this.#begin(deviceId, known) : known;
    const { points } = curve;
    const beforeLast = points.at(-2);
    if (beforeLast !== undefined && at - beforeLast.at <= EVERY_MS) points.pop();
    if (points.length < MOST_POINTS) points.push({ at, charge, mains, contact });
  }

  /** What the last discharge proves, or why it proves nothing; null where there was none in the last day. */
  result(deviceId: string, now: number): DischargeResult | null {
    const curve = this.#curves.get(deviceId);
    if (curve === undefined) return null;
    const of = ({ points }: Curve) => ({ result: dischargeRuntime(points), endedAt: points.at(-1)?.at ?? 0 });
    const last = of(curve);
    const best = 'runtimeS' in last.result ? last : (curve.proven ?? last);
    return now - best.endedAt > WORTH_MS ? null : best.result;
  }

  #begin(deviceId: string, before: Curve | undefined): Curve {
    const result = before === undefined ? null : dischargeRuntime(before.points);
    const endedAt = before?.points.at(-1)?.at ?? 0;
    const proven = result !== null && 'runtimeS' in result ? { result, endedAt } : (before?.proven ?? null);
    const curve: Curve = { points: [], isOver: false, proven };
    this.#curves.set(deviceId, curve);
    return curve;
  }
}
