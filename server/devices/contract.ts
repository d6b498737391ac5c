// What every device of the room is to the rest: one bounded poll, perhaps acts, a close. When it is polled, how long that
// may take, what happens after failures and when silence becomes an alarm is the supervisor's alone.

import type { DeviceAct } from '../core/device-types.js';
import type { DeviceFaultCode, DeviceKind, Readings } from '../core/readings.js';

export type { DeviceAct };

/** A poll or an act failed; `detail` is for technicians, bounded, without secrets. */
export class DeviceFault extends Error {
  constructor(
    readonly code: DeviceFaultCode,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
    this.name = 'DeviceFault';
  }
}

export interface Device {
  readonly deviceId: string;
  readonly kind: DeviceKind;
  /**
   * One question and its answer. Never tries twice, keeps no timer and ends when `signal` does; the connection may stay open
   * between polls. Every value holds the dictionary (core/readings.ts). @throws DeviceFault
   */
  poll(signal: AbortSignal): Promise<Readings>;
  /** Absent where nothing can be switched. The effect shows in later polls, never here. @throws DeviceFault */
  act?(act: DeviceAct, signal: AbortSignal): Promise<void>;
  /** Devices that speak by themselves (readers, contacts): the supervisor polls at once when called. */
  onChange?(listener: () => void): void;
  /** Ends connections and child processes; resolves when nothing of it runs. Never throws. */
  close(): Promise<void>;
}
