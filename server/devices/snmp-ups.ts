// A UPS with a network card that speaks the UPS-MIB (RFC 1628): reads it over SNMP. It writes nothing and shuts nothing down.

import { isReading, type ReadingName, type Readings } from '../core/readings.js';
import { DeviceFault, type Device } from './contract.js';
import { SnmpAgentSettings, SnmpSession, type SnmpNext, type SnmpValue } from './snmp-session.js';

/** Settings of one UPS read over SNMP. */
export const SnmpUpsSettings = SnmpAgentSettings;
export type SnmpUpsSettings = SnmpAgentSettings;

const MIB = '1.3.6.1.2.1.33.1';
/** Rows of a table are found as what follows the row before: three lines of input and output are the most there are. */
const lines = (column: string) => [column, `${column}.1`, `${column}.2`];
const ALARM_ROWS = `${MIB}.6.2.1.2`;
const WELL_KNOWN_ALARMS = `${MIB}.6.3.`;
const MOST_ALARMS = 24;

const OBJECTS = {
  maker: [`${MIB}.1.1`],
  model: [`${MIB}.1.2`],
  firmware: [`${MIB}.1.3`],
  batteryStatus: [`${MIB}.2.1`],
  minutesRemaining: [`${MIB}.2.3`],
  chargeRemaining: [`${MIB}.2.4`],
  outputSource: [`${MIB}.4.1`],
  alarmsPresent: [`${MIB}.6.1`],
  inputVoltage: lines(`${MIB}.3.3.1.3`),
  outputLoad: lines(`${MIB}.4.4.1.5`),
} as const;
type ObjectName = keyof typeof OBJECTS;
const QUESTIONS = Object.entries(OBJECTS).flatMap(([name, oids]) =>
  oids.map((oid) => ({ name: name as ObjectName, oid, column: OBJECTS[name as ObjectName][0] })),
);

/** upsOutputSource: what the load lives on. */
const SOURCE = { other: 1, none: 2, normal: 3, bypass: 4, battery: 5, booster: 6, reducer: 7 } as const;
/** upsBatteryStatus: unknown, normal, low, depleted. */
const BATTERY = { unknown: 1, normal: 2, low: 3, depleted: 4 } as const;

/** The well-known alarms by their number; those with readings of their own are not repeated as text. */
const ALARMS: Record<number, string> = {
  5: '电池温度异常 battery temperature',
  6: '输入异常 input bad',
  7: '输出异常 output bad',
  10: '旁路异常 bypass bad',
  13: '充电器故障 charger failed',
  16: '风扇故障 fan failure',
  17: '熔断器故障 fuse failure',
  18: '一般故障 general fault',
  19: '自检未通过 diagnostic test failed',
};
/** Alarms that say something of the state, or nothing that is wrong: on battery, low, bypass, off as asked, a test. */
const KNOWN_ELSEWHERE = new Set([1, 2, 3, 4, 8, 9, 11, 12, 14, 15, 21, 22, 23, 24]);
const ALARM = {
  batteryBad: 1,
  lowBattery: 3,
  depletedBattery: 4,
  outputOverload: 8,
  onBypass: 9,
  outputOff: 14,
  systemOff: 15,
  communicationsLost: 20,
  shutdownPending: 22,
  shutdownImminent: 23,
} as const;

/**
 * Opens a UPS read over SNMP; nothing is sent before the first poll. REQ-A07.
 * @param folder what relative paths of the settings are below
 */
export function openSnmpUps(deviceId: string, settings: SnmpUpsSettings, folder = '.'): Device {
  const session = new SnmpSession(settings, folder);
  const poll = async (signal: AbortSignal): Promise<Readings> => {
    const answers = await session.next(
      QUESTIONS.map(({ oid }) => oid),
      signal,
    );
    const values = new Map<ObjectName, SnmpValue[]>();
    for (const [index, { name, column }] of QUESTIONS.entries()) {
      const answer = answers[index] ?? null;
      if (answer !== null && isUnder(answer.oid, column))
        values.set(name, [...(values.get(name) ?? []), answer.value]);
    }
    const alarms = (figure(values, 'alarmsPresent') ?? 0) > 0 ? await alarmsOf(session, signal) : [];
    return upsMibReadings(values, alarms);
  };
  return { deviceId, kind: 'ups', poll, close: async () => session.close() };
}

/** What the alarm table lists: numbers of well-known alarms, or objects of the maker's. */
async function alarmsOf(session: SnmpSession, signal: AbortSignal): Promise<(number | string)[]> {
  const alarms: (number | string)[] = [];
  let at = ALARM_ROWS;
  while (alarms.length < MOST_ALARMS) {
    const [row = null]: SnmpNext[] = await session.next([at], signal);
    // An agent that does not go forward would be asked for ever.
    if (row === null || !isUnder(row.oid, ALARM_ROWS) || row.oid === at) break;
    at = row.oid;
    const what = String(row.value);
    const known = what.startsWith(WELL_KNOWN_ALARMS) ? Number(what.slice(WELL_KNOWN_ALARMS.length)) : NaN;
    alarms.push(Number.isInteger(known) ? known : what);
  }
  return alarms;
}

/**
 * What the UPS-MIB's objects mean in the dictionary. @throws DeviceFault where the card says nothing of a UPS, has lost it
 * itself, or answers its state with what is none
 */
export function upsMibReadings(
  values: ReadonlyMap<ObjectName, readonly SnmpValue[]>,
  alarms: readonly (number | string)[],
): Readings {
  if (!values.has('outputSource') && !values.has('batteryStatus'))
    throw new DeviceFault('not-installed', 'the agent has no UPS-MIB (RFC 1628)');
  const has = (...numbers: number[]) => numbers.some((number) => alarms.includes(number));
  // The card answers from memory while its cable to the UPS is off: no figure of it is true now.
  if (has(ALARM.communicationsLost)) throw new DeviceFault('stale-data', 'the card has lost the UPS');
  const source = state(values, 'outputSource', SOURCE.reducer);
  const battery = state(values, 'batteryStatus', BATTERY.depleted);
  const readings: Readings = {
    'battery.low':
      battery === BATTERY.low || battery === BATTERY.depleted || has(ALARM.lowBattery, ALARM.depletedBattery),
    'battery.replace': has(ALARM.batteryBad),
    'ups.overload': has(ALARM.outputOverload),
    'ups.bypass': source === SOURCE.bypass || has(ALARM.onBypass),
    'ups.off': source === SOURCE.none || has(ALARM.outputOff, ALARM.systemOff),
    // The card counts down to cutting the load off.
    'ups.forced-shutdown': has(ALARM.shutdownPending, ALARM.shutdownImminent),
  };
  take(readings, 'ups.alarm', alarmText(alarms));
  if (source === SOURCE.battery) readings['mains.present'] = false;
  else if (source !== undefined && source !== SOURCE.other && source !== SOURCE.none)
    readings['mains.present'] = true;
  const minutes = figure(values, 'minutesRemaining');
  take(readings, 'battery.runtime', minutes === undefined ? undefined : minutes * 60);
  if (readings['battery.runtime'] !== undefined) readings['battery.runtime-source'] = 'device';
  take(readings, 'battery.charge', figure(values, 'chargeRemaining'));
  take(readings, 'input.voltage', figure(values, 'inputVoltage'));
  // The line that is loaded most is the one that trips.
  const loads = (values.get('outputLoad') ?? []).filter((value) => typeof value === 'number');
  take(readings, 'ups.load', loads.length > 0 ? Math.max(...loads) : undefined);
  const model = [text(values, 'maker'), text(values, 'model')].filter(Boolean).join(' ').slice(0, 200);
  take(readings, 'model', model === '' ? undefined : model);
  take(readings, 'firmware', text(values, 'firmware'));
  return readings;
}

function alarmText(alarms: readonly (number | string)[]): string | undefined {
  const words = alarms.flatMap((alarm) =>
    typeof alarm === 'number' && KNOWN_ELSEWHERE.has(alarm)
      ? []
      : [typeof alarm === 'number' ? (ALARMS[alarm] ?? `alarm ${alarm}`) : alarm],
  );
  return words.join('; ').slice(0, 200) || undefined;
}

const isUnder = (oid: string, root: string) => oid.startsWith(`${root}.`);

/** A state by number, from 1. @throws DeviceFault for anything else: a state is not guessed */
function state(
  values: ReadonlyMap<ObjectName, readonly SnmpValue[]>,
  name: ObjectName,
  last: number,
): number | undefined {
  const value = values.get(name)?.[0];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= last) return value;
  throw new DeviceFault('bad-answer', `${name} is ${JSON.stringify(value).slice(0, 60)}`);
}

function figure(values: ReadonlyMap<ObjectName, readonly SnmpValue[]>, name: ObjectName): number | undefined {
  const value = values.get(name)?.[0];
  return typeof value === 'number' ? value : undefined;
}

function text(values: ReadonlyMap<ObjectName, readonly SnmpValue[]>, name: ObjectName): string | undefined {
  const value = values.get(name)?.[0];
  if (!Buffer.isBuffer(value)) return undefined;
  const shown = value.toString('utf8').replace(/\p{Cc}+/gu, ' ');
  return shown.trim().slice(0, 200) || undefined;
}

/** Sets a reading that the dictionary takes; a figure beyond it is no figure. */
function take(readings: Readings, name: ReadingName, value: number | string | undefined): void {
  if (value !== undefined && isReading(name, value)) Object.assign(readings, { [name]: value });
}
