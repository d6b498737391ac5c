// The check of a jammer's effect over the day: a baseline while it is off, a scan some time after it came on and again every
// few minutes. Scans take longer than a poll may, so they run beside the polls and end with the device.

import { readFile, writeFile } from 'node:fs/promises';
import type { Readings } from '../core/readings.js';
import { judgeEffect, strongestOf, type Effect, type WirelessNetwork } from './wifi-effect.js';
import type { Scanner } from './wifi-scan.js';

/** Jammers take a while until every band is silent. */
const SETTLES_MS = 20_000;
const AGAIN_MS = 600_000;
const SCAN_WITHIN_MS = 30_000;
/** A verdict counts no longer than this without a new one. */
const STALE_MS = 2 * AGAIN_MS;

export interface BaselineStore {
  read(): Promise<WirelessNetwork[] | null>;
  write(networks: readonly WirelessNetwork[]): Promise<void>;
}

/** Keeps the baseline beside the room's data; a file that cannot be read is no baseline. */
export function baselineFile(file: string): BaselineStore {
  return {
    async read() {
      try {
        const found: unknown = JSON.parse(await readFile(file, 'utf8'));
        return Array.isArray(found) && found.length <= 10_000 && found.every(isNetwork) ? found : null;
      } catch {
        return null;
      }
    },
    write: (networks) => writeFile(file, `${JSON.stringify(networks)}\n`),
  };
}

function isNetwork(value: unknown): value is WirelessNetwork {
  const { bssid, level } = (value ?? {}) as Partial<WirelessNetwork>;
  return typeof bssid === 'string' && bssid.length <= 20 && typeof level === 'number';
}

export interface EffectCheckOptions {
  scan: Scanner;
  testPoints: readonly string[];
  store: BaselineStore;
  nowMs: () => number;
}

export class EffectCheck {
  readonly #ending = new AbortController();
  #on: boolean | null = null;
  #since: number | null = null;
  #scanned: { at: number; on: boolean } | null = null;
  #running: Promise<void> | null = null;
  #verdict: { at: number; effect: Effect; networks: readonly WirelessNetwork[] } | null = null;

  constructor(private readonly options: EffectCheckOptions) {}

  /** @param on what is known of the jammer apart from its effect; null = nothing, and nothing is scanned */
  look(on: boolean | null): Partial<Readings> {
    const now = this.options.nowMs();
    if (on !== this.#on || this.#since === null) {
      this.#on = on;
      this.#since = now;
      this.#verdict = null;
    }
    if (on !== null && this.#running === null && this.#isDue(on, now, this.#since))
      this.#running = this.#scan(on).finally(() => (this.#running = null));
    if (this.#verdict === null || now - this.#verdict.at > STALE_MS) return {};
    const { effect, networks } = this.#verdict;
    const strongest = strongestOf(networks);
    return {
      'jammer.observed': effect,
      'wifi.networks': networks.length,
      ...(strongest === null ? {} : { 'wifi.strongest': strongest }),
    };
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#running?.catch(() => undefined);
  }

  #isDue(on: boolean, now: number, since: number): boolean {
    if (now - since < SETTLES_MS) return false;
    return (
      this.#scanned === null ||
      this.#scanned.on !== on ||
      this.#scanned.at < since ||
      now - this.#scanned.at >= AGAIN_MS
    );
  }

  async #scan(on: boolean): Promise<void> {
    const { scan, store, testPoints, nowMs } = this.options;
    const since = this.#since;
    this.#scanned = { at: nowMs(), on };
    try {
      const signal = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(SCAN_WITHIN_MS)]);
      const found = await scan(signal);
      // Switched in between: the scan belongs to neither state.
      if (this.#since !== since) return;
      if (on) {
        const effect = judgeEffect(await store.read(), found, { testPoints });
        this.#verdict = { at: nowMs(), effect, networks: found.networks };
      } else if (!found.weak) await store.write(found.networks);
    } catch {
      // No scanner, or it failed: without a scan there is no verdict, and none is shown.
      if (on && this.#since === since)
        this.#verdict = { at: nowMs(), effect: 'not-measurable', networks: [] };
    }
  }
}
