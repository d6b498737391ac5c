// The last hours of every number that a device reports, for the small plots of the dashboard. Kept in memory only: the
// history that counts is the journal's.

import { READINGS, type ReadingName, type Readings } from '../core/readings.js';

export interface TrendPoint {
  /** Milliseconds of the supervisor's clock. */
  at: number;
  value: number;
}

/** A point a quarter of a minute for two hours: 480 numbers a reading. */
const EVERY_MS = 15_000;
const KEPT = 480;

export class Trends {
  readonly #points = new Map<string, Map<ReadingName, TrendPoint[]>>();

  /** Takes what a poll gave; more often than `EVERY_MS` the newest point is replaced. */
  add(deviceId: string, at: number, readings: Readings): void {
    const ofDevice = this.#points.get(deviceId) ?? new Map<ReadingName, TrendPoint[]>();
    this.#points.set(deviceId, ofDevice);
    for (const [key, value] of Object.entries(readings)) {
      const name = key as ReadingName;
      if (READINGS[name].type !== 'number' || typeof value !== 'number') continue;
      const points = ofDevice.get(name) ?? [];
      ofDevice.set(name, points);
      const beforeLast = points[points.length - 2];
      if (beforeLast !== undefined && at - beforeLast.at <= EVERY_MS) points.pop();
      points.push({ at, value });
      if (points.length > KEPT) points.shift();
    }
  }

  /** By reading, oldest first. */
  of(deviceId: string): Record<string, TrendPoint[]> {
    return Object.fromEntries(this.#points.get(deviceId) ?? []);
  }
}
