// All devices of the room: asks each in its rhythm, lets the rules say what a report means, and tells the room what changed
// for good. It knows no kind by name and no wire.

import type { DischargeResult } from '../core/ups-runtime.js';
import type { AlarmCode } from '../core/alarm-codes.js';
import { watchDevice, watchMemory, type WatchMemory } from '../core/device-watch.js';
import type { DeviceFaultCode, DeviceKind, Readings } from '../core/readings.js';
import type { Device, DeviceAct } from './contract.js';
import { PolledDevice, type DeviceReport, type Timers } from './polled-device.js';
import { RHYTHMS, type Rhythm } from './rhythm.js';
import { Discharges } from './discharges.js';
import { Trends, type TrendPoint } from './trends.js';

/** What goes into the journal. */
export interface JournaledReport {
  deviceId: string;
  readings: Readings | null;
  fault: DeviceFaultCode | null;
  changes: { raise: AlarmCode[]; clear: AlarmCode[] };
}

export interface SupervisorHost {
  /** Milliseconds of a clock that never goes back. */
  nowMs(): number;
  timers: Timers;
  /** Alarms of this device that stand in the room's state, after a restart. */
  standing(deviceId: string): AlarmCode[];
  /** How often an unchanged device is journaled all the same: its history in the bundle. Milliseconds. */
  journalEveryMs(): number;
  report(report: JournaledReport): void;
  /** For the log: a fault with its detail, once when it begins. */
  noteFault(deviceId: string, fault: DeviceFaultCode, detail: string | null): void;
}

export interface SupervisedDevice {
  deviceId: string;
  kind: DeviceKind;
  open: () => Device;
  rhythm?: Partial<Rhythm>;
}

/** The last poll, and when it ended, by the supervisor's clock. */
export type LastReport = Pick<DeviceReport, 'readings' | 'fault'> & { at: number };

/** Switches that change all the time are journaled no more often. */
const SWITCHES_EVERY_MS = 5_000;

interface Watched {
  kind: DeviceKind;
  polled: PolledDevice;
  memory: WatchMemory;
  last: LastReport | null;
  journaledAt: number | null;
  journaled: string;
}

export class Supervisor {
  readonly #watched = new Map<string, Watched>();
  readonly #trends = new Trends();
  readonly #discharges = new Discharges();

  constructor(
    private readonly host: SupervisorHost,
    devices: readonly SupervisedDevice[],
  ) {
    for (const device of devices) this.#add(device);
  }

  /** Begins to poll every device. */
  start(): void {
    for (const { polled } of this.#watched.values()) polled.start();
  }

  /** Numbers of the last hours, for small plots. */
  trends(deviceId: string): Record<string, TrendPoint[]> {
    return this.#trends.of(deviceId);
  }

  /** What the last discharge of a UPS proves; null where there was none in the last day. */
  discharge(deviceId: string): DischargeResult | null {
    return this.#discharges.result(deviceId, this.host.nowMs());
  }

  /** @returns why it failed, null where the device took it; what came of it shows in the next report */
  async act(deviceId: string, act: DeviceAct): Promise<DeviceFaultCode | null> {
    const watched = this.#watched.get(deviceId);
    return watched === undefined ? 'refused' : watched.polled.act(act);
  }

  /** What the device said last; null before the first poll or for an unknown one. */
  latest(deviceId: string): LastReport | null {
    return this.#watched.get(deviceId)?.last ?? null;
  }

  /** Resolves when nothing of any device runs any more. */
  async stop(): Promise<void> {
    await Promise.all([...this.#watched.values()].map(({ polled }) => polled.stop()));
  }

  #add({ deviceId, kind, open, rhythm }: SupervisedDevice): void {
    const polled = new PolledDevice({
      open,
      rhythm: { ...RHYTHMS[kind], ...rhythm },
      timers: this.host.timers,
      onReport: (report) => this.#take(deviceId, kind, watched, report),
    });
    const memory = watchMemory(this.host.standing(deviceId));
    const watched: Watched = { kind, polled, memory, last: null, journaledAt: null, journaled: '' };
    this.#watched.set(deviceId, watched);
  }

  /** @returns true while an alarm of the device stands */
  #take(deviceId: string, kind: DeviceKind, watched: Watched, report: DeviceReport): boolean {
    const { host } = this;
    const now = host.nowMs();
    const { fault, detail } = report;
    const readings = kind === 'ups' ? this.#besideContact(report.readings) : report.readings;
    if (fault !== null && watched.last?.fault !== fault) host.noteFault(deviceId, fault, detail);
    watched.last = { readings, fault, at: now };
    if (readings !== null) this.#trends.add(deviceId, now, readings);
    if (kind === 'ups' && readings !== null) this.#discharges.add(deviceId, now, readings);
    const seen = watchDevice(watched.memory, kind, { readings, fault }, now);
    watched.memory = seen.memory;
    const { raise, clear } = seen;
    const switches = switchesOf(readings);
    const isNews = raise.length + clear.length > 0 || this.#isDue(watched, now);
    const isSwitched = switches !== watched.journaled && this.#rested(watched, now);
    if (isNews || isSwitched) {
      watched.journaledAt = now;
      watched.journaled = switches;
      host.report({ deviceId, readings, fault, changes: { raise, clear } });
    }
    return seen.memory.standing.length > 0;
  }

  /** What the mains contact says, beside the UPS's own word: where they disagree one of them is wired wrongly. */
  #besideContact(readings: Readings | null): Readings | null {
    if (readings === null) return null;
    for (const { kind, last } of this.#watched.values()) {
      const mains = kind === 'contact' ? last?.readings?.['contact.mains'] : undefined;
      if (mains !== undefined) return { ...readings, 'contact.mains': mains };
    }
    return readings;
  }

  /** A contact that bounces fills no journal. */
  #rested({ journaledAt }: Watched, now: number): boolean {
    return journaledAt === null || now - journaledAt >= SWITCHES_EVERY_MS;
  }

  #isDue({ journaledAt }: Watched, now: number): boolean {
    return journaledAt === null || now - journaledAt >= this.host.journalEveryMs();
  }
}

/** What is journaled at once when it changes and no rule waits for it: nothing that moves by itself. */
function switchesOf(readings: Readings | null): string {
  const shown: Partial<Readings> = {};
  if (readings === null) return '';
  for (const name of ['jammer.reported', 'jammer.observed', 'jammer.bands', 'relay.on'] as const)
    if (readings[name] !== undefined) Object.assign(shown, { [name]: readings[name] });
  return JSON.stringify(shown);
}
