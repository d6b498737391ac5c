// A UPS that the operating system shows as a battery. It reads what the system says and guesses nothing about mains where
// the system is known to say it wrongly. Where there is no battery there is no device.

import { Type, type Static } from '@sinclair/typebox';
import type { Systeminformation } from 'systeminformation';
import { isReading, type ReadingName, type Readings } from '../core/readings.js';
import { DeviceFault, type Device } from './contract.js';
import { linuxMains } from './os-battery-linux.js';
import { askWindows, windowsReadings } from './os-battery-windows.js';

/** Settings of the system's own battery: there is nothing to set. */
export const OsBatterySettings = Type.Object({}, { additionalProperties: false });
export type OsBatterySettings = Static<typeof OsBatterySettings>;

/** Where the adapter looks; tests put their own in. */
export interface BatterySources {
  platform: NodeJS.Platform;
  battery: () => Promise<Systeminformation.BatteryData>;
  /** Linux: whether a mains adapter is on; null where none says so. */
  mains: () => Promise<boolean | null>;
  /** Windows: what its battery classes say, as JSON. */
  windows: (signal: AbortSignal) => Promise<string>;
}

const SYSTEM: BatterySources = {
  platform: process.platform,
  battery: async () => (await import('systeminformation')).default.battery(),
  mains: () => linuxMains(),
  windows: askWindows,
};

/**
 * Opens the battery that the system shows. On Linux a USB UPS is no such battery: it needs NUT. REQ-A07.
 * A runtime from here is always a guess of the system's.
 */
export function openOsBattery(
  deviceId: string,
  _settings: OsBatterySettings = {},
  sources: BatterySources = SYSTEM,
): Device {
  const read = async (signal: AbortSignal): Promise<Readings> => {
    // The library calls a battery that Windows names low or critical a charging one: there the system is asked directly.
    if (sources.platform === 'win32') return windowsReadings(await sources.windows(signal));
    const battery = await sources.battery();
    const mains = sources.platform === 'linux' ? await sources.mains() : battery.acConnected;
    return batteryReadings(battery, mains);
  };
  const poll = async (signal: AbortSignal): Promise<Readings> => {
    if (signal.aborted) throw new DeviceFault('timed-out', 'given up before it was asked');
    let giveUp: () => void = () => undefined;
    const over = new Promise<never>((_, reject) => {
      giveUp = () => reject(new DeviceFault('timed-out', 'the system did not answer'));
      signal.addEventListener('abort', giveUp, { once: true });
    });
    try {
      return await Promise.race([read(signal), over]);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  };
  return { deviceId, kind: 'ups', poll, close: async () => undefined };
}

/**
 * What the system's battery means in the dictionary. @param mains null where nothing says whether mains is there
 * @throws DeviceFault where there is no battery
 */
export function batteryReadings(battery: Systeminformation.BatteryData, mains: boolean | null): Readings {
  if (!battery.hasBattery) throw new DeviceFault('not-installed', 'the system shows no battery');
  const readings: Readings = {};
  // Charging is proof of mains, whatever adapter the system forgets to show.
  if (mains !== null || battery.isCharging) readings['mains.present'] = mains === true || battery.isCharging;
  take(readings, 'battery.charge', battery.percent);
  // While mains is there the figure is the time to a full battery, or of another day.
  if (readings['mains.present'] === false) {
    take(readings, 'battery.runtime', runtimeOf(battery.timeRemaining));
    if (readings['battery.runtime'] !== undefined) readings['battery.runtime-source'] = 'estimated';
  }
  take(readings, 'model', [battery.manufacturer, battery.model].filter(Boolean).join(' ') || undefined);
  take(readings, 'serial', battery.serial || undefined);
  return readings;
}

/** Minutes of the system in seconds; 65535 is how it says that it does not know yet, and so is none at all. */
function runtimeOf(minutes: unknown): number | undefined {
  return typeof minutes === 'number' && minutes > 0 && minutes < 65_535 ? minutes * 60 : undefined;
}

function take(readings: Readings, name: ReadingName, value: unknown): void {
  const bounded = typeof value === 'string' ? value.slice(0, 200) : value;
  if (isReading(name, bounded)) Object.assign(readings, { [name]: bounded });
}
