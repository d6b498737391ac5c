// One device and its polls: never two at once, each bounded, whatever the device does with its signal. It holds no rule: what
// a report means is said elsewhere. A device that hangs is given up and opened anew.

import { isReading, type DeviceFaultCode, type Readings } from '../core/readings.js';
import { DeviceFault, type Device, type DeviceAct } from './contract.js';
import { waitMs, type Rhythm } from './rhythm.js';

/** What one poll gave: readings, or why there are none. */
export interface DeviceReport {
  readings: Readings | null;
  fault: DeviceFaultCode | null;
  /** For technicians; never shown as the device's word. */
  detail: string | null;
}

/** Waiting, by whoever drives the clock. */
export interface Timers {
  /** Calls once after so many milliseconds; returns what cancels it. */
  after(ms: number, call: () => void): () => void;
}

export const NODE_TIMERS: Timers = {
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/** A change that a device announces is looked at no more often than this, however often it announces. */
const SHORTEST_WAIT_MS = 50;
/** A poll that outlives its time so many times over is not waited for any longer. */
const HANGS_AFTER = 2;
/** Nor is a device that does not close. */
const CLOSE_WITHIN_MS = 2_000;
const LONGEST_DETAIL = 200;

export interface PolledDeviceOptions {
  open: () => Device;
  rhythm: Rhythm;
  timers: Timers;
  /** Called after each poll; returns true while an alarm of this device stands. */
  onReport: (report: DeviceReport) => boolean;
}

export class PolledDevice {
  #device: Device;
  #failures = 0;
  #alert = false;
  #polling = false;
  /** Ends when the question that is under way is answered: a poll and an act never meet. */
  #turn: Promise<void> = Promise.resolve();
  #stopped = false;
  /** What to give up at a stop: waits that are under way. */
  readonly #waits = new Set<() => void>();
  /** Something changed while a poll was under way: ask again at once. */
  #askAgain = false;
  #cancel: (() => void) | null = null;
  #ended: Promise<void>[] = [];

  constructor(private readonly options: PolledDeviceOptions) {
    this.#device = this.#open();
  }

  /** Begins to poll, at once. */
  start(): void {
    this.#next(0);
  }

  /** True where the device can be switched at all. */
  get acts(): boolean {
    return this.#device.act !== undefined;
  }

  /** Switches the device, bounded like a poll, and looks at once what came of it. @returns why it failed, null if it did not */
  async act(act: DeviceAct): Promise<DeviceFaultCode | null> {
    if (this.#stopped || !this.acts) return 'refused';
    const report = await this.#inTurn(async (device, signal) => {
      await device.act?.(act, signal);
      return {};
    });
    this.#hurry();
    return report.fault;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const giveUp of this.#waits) giveUp();
    this.#cancel?.();
    this.#cancel = null;
    this.#ended.push(closed(this.#device));
    const { timers } = this.options;
    let cancel: () => void = () => undefined;
    const late = new Promise<void>((resolve) => (cancel = timers.after(CLOSE_WITHIN_MS, resolve)));
    await Promise.race([Promise.all(this.#ended), late]);
    cancel();
  }

  #open(): Device {
    const device = this.options.open();
    device.onChange?.(() => this.#hurry());
    return device;
  }

  #next(ms: number): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#stopped) return;
    this.#cancel = this.options.timers.after(ms, () => {
      this.#cancel = null;
      void this.#poll();
    });
  }

  #hurry(): void {
    if (this.#polling) this.#askAgain = true;
    else if (!this.#stopped) this.#next(SHORTEST_WAIT_MS);
  }

  async #poll(): Promise<void> {
    if (this.#polling || this.#stopped) return;
    this.#polling = true;
    this.#askAgain = false;
    const report = await this.#inTurn((device, signal) => device.poll(signal));
    this.#polling = false;
    if (this.#stopped) return;
    this.#failures = report.fault === null ? 0 : this.#failures + 1;
    this.#alert = this.options.onReport(report);
    const wait = waitMs(this.options.rhythm, this.#failures, this.#alert);
    this.#next(this.#askAgain ? SHORTEST_WAIT_MS : wait);
  }

  /** The report comes when the time is over, at the latest; a late answer is thrown away. */
  #inTurn(ask: (device: Device, signal: AbortSignal) => Promise<Readings>): Promise<DeviceReport> {
    const { timeoutMs } = this.options.rhythm;
    return new Promise((resolve) => {
      this.#turn = this.#turn.then(async () => {
        const controller = new AbortController();
        const answer = attempt((signal) => ask(this.#device, signal), controller.signal);
        const report = await this.#within(timeoutMs, answer);
        resolve(report ?? failed('timed-out', `no answer in ${timeoutMs} ms`));
        if (report !== null) return;
        controller.abort();
        await this.#letGo(answer);
      });
    });
  }

  /** Who does not even end when told to is closed and opened anew: the next poll meets a fresh device. */
  async #letGo(answer: Promise<unknown>): Promise<void> {
    const ended = await this.#within(this.options.rhythm.timeoutMs * HANGS_AFTER, answer);
    if (ended !== null || this.#stopped) return;
    this.#ended.push(closed(this.#device));
    this.#device = this.#open();
  }

  /** @returns null when the time was over first, or the room stops */
  async #within<T>(ms: number, promise: Promise<T>): Promise<T | null> {
    let giveUp: () => void = () => undefined;
    const over = new Promise<null>((resolve) => (giveUp = () => resolve(null)));
    const cancel = this.options.timers.after(ms, giveUp);
    this.#waits.add(giveUp);
    if (this.#stopped) giveUp();
    try {
      return await Promise.race([promise, over]);
    } finally {
      cancel();
      this.#waits.delete(giveUp);
    }
  }
}

async function attempt(
  ask: (signal: AbortSignal) => Promise<Readings>,
  signal: AbortSignal,
): Promise<DeviceReport> {
  try {
    return checked(await ask(signal));
  } catch (error) {
    if (error instanceof DeviceFault) return failed(error.code, error.detail);
    return failed('bad-answer', error instanceof Error ? error.message : 'it threw something');
  }
}

/** An adapter's slip must not become a fact: a name or a value that the dictionary does not know is a bad answer. */
function checked(readings: Readings): DeviceReport {
  for (const [name, value] of Object.entries(readings))
    if (!isReading(name, value)) return failed('bad-answer', `${name} = ${JSON.stringify(value)}`);
  return { readings, fault: null, detail: null };
}

function failed(fault: DeviceFaultCode, detail: string): DeviceReport {
  return { readings: null, fault, detail: detail.slice(0, LONGEST_DETAIL) };
}

async function closed(device: Device): Promise<void> {
  await device.close().catch(() => undefined);
}
