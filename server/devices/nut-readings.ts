// What NUT's variables mean in the dictionary of readings. Pure: it knows no connection. A token or a figure that is not
// understood is left out, never guessed.

import { isReading, type ReadingName, type Readings } from '../core/readings.js';
import { DeviceFault } from './contract.js';

/** Drivers of UPSes that have no runtime of their own: NUT guesses one from `runtimecal` and the battery's voltage. */
const GUESSING_DRIVERS = /^(nutdrv_qx|blazer_(ser|usb))$/;

/**
 * The readings of one UPS from `LIST VAR`. Source: docs/nut-names.txt and the status tokens of docs/new-drivers.txt of NUT;
 * unknown tokens are to be ignored. REQ-A07. @throws DeviceFault where there is no state of the UPS to speak of
 */
export function nutReadings(variables: ReadonlyMap<string, string>): Readings {
  const status = variables.get('ups.status');
  if (status === undefined) throw new DeviceFault('bad-answer', 'upsd has no ups.status of this UPS');
  const tokens = new Set(status.split(/\s+/));
  // upsd met the driver a moment ago and has nothing of the UPS yet.
  if (tokens.has('WAIT')) throw new DeviceFault('stale-data', 'the driver has not read the UPS yet');
  const readings: Readings = {
    'battery.low': tokens.has('LB'),
    'battery.replace': tokens.has('RB'),
    'ups.overload': tokens.has('OVER'),
    'ups.bypass': tokens.has('BYPASS'),
    'ups.off': tokens.has('OFF'),
    'ups.forced-shutdown': tokens.has('FSD'),
  };
  if (tokens.has('ALARM')) readings['ups.alarm'] = shown(variables.get('ups.alarm')) || 'ALARM';
  if (tokens.has('OB')) readings['mains.present'] = false;
  else if (tokens.has('OL')) readings['mains.present'] = true;
  take(readings, 'battery.charge', figure(variables.get('battery.charge')));
  take(readings, 'ups.load', figure(variables.get('ups.load')));
  take(readings, 'input.voltage', figure(variables.get('input.voltage')));
  take(readings, 'temperature', figure(variables.get('ups.temperature')));
  take(readings, 'battery.runtime', figure(variables.get('battery.runtime')));
  if (readings['battery.runtime'] !== undefined)
    readings['battery.runtime-source'] = isGuessed(variables) ? 'estimated' : 'device';
  const maker = first(variables, 'device.mfr', 'ups.mfr');
  const model = first(variables, 'device.model', 'ups.model');
  take(readings, 'model', shown([maker, model].filter(Boolean).join(' ')) || undefined);
  take(readings, 'serial', first(variables, 'device.serial', 'ups.serial'));
  take(readings, 'firmware', first(variables, 'ups.firmware'));
  return readings;
}

/** True where the runtime is arithmetic over a voltage. */
function isGuessed(variables: ReadonlyMap<string, string>): boolean {
  return (
    GUESSING_DRIVERS.test(variables.get('driver.name') ?? '') && variables.has('driver.parameter.runtimecal')
  );
}

/** Sets a reading that the dictionary takes; a UPS that says 131 % of charge has said nothing about its charge. */
function take(readings: Readings, name: ReadingName, value: string | number | undefined): void {
  if (value !== undefined && isReading(name, value)) Object.assign(readings, { [name]: value });
}

function figure(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*-?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

function first(variables: ReadonlyMap<string, string>, ...names: string[]): string | undefined {
  for (const name of names) {
    const text = shown(variables.get(name));
    if (text !== '') return text;
  }
  return undefined;
}

/** One line of bounded length, as a page may show it. */
function shown(text: string | undefined): string {
  return (text ?? '')
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 200);
}
