// What Windows says of its battery, which is how it shows a UPS on USB: one question to its own classes, and what the
// answer means. The question is fixed text; nothing of it comes from outside.

import { execFile } from 'node:child_process';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { isReading, type ReadingName, type Readings } from '../core/readings.js';
import { DeviceFault } from './contract.js';

const QUESTION = `
$ErrorActionPreference = 'SilentlyContinue'
[Console]::OutputEncoding = [Text.Encoding]::UTF8
@{
  battery = @(Get-CimInstance -ClassName Win32_Battery |
    Select-Object BatteryStatus, EstimatedChargeRemaining, EstimatedRunTime, Name, DeviceID)
  power = @(Get-CimInstance -Namespace root/wmi -ClassName BatteryStatus |
    Select-Object PowerOnline, Critical)
} | ConvertTo-Json -Compress -Depth 3`;
const LONGEST_ANSWER_BYTES = 65_536;

const maybe = <T extends ReturnType<typeof Type.Number | typeof Type.String | typeof Type.Boolean>>(
  type: T,
) => Type.Optional(Type.Union([type, Type.Null()]));
const AnswerSchema = Type.Object({
  battery: Type.Array(
    Type.Object({
      BatteryStatus: maybe(Type.Number()),
      EstimatedChargeRemaining: maybe(Type.Number()),
      EstimatedRunTime: maybe(Type.Number()),
      Name: maybe(Type.String()),
      DeviceID: maybe(Type.String()),
    }),
  ),
  power: Type.Array(Type.Object({ PowerOnline: maybe(Type.Boolean()), Critical: maybe(Type.Boolean()) })),
});

/** Asks Windows; ends the question with the signal. @throws DeviceFault */
export function askWindows(signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = ['-NoProfile', '-NonInteractive', '-NoLogo', '-Command', QUESTION];
    const options = { signal, windowsHide: true, maxBuffer: LONGEST_ANSWER_BYTES };
    execFile('powershell.exe', args, options, (error, stdout) => {
      if (error === null) resolve(stdout);
      else
        reject(
          new DeviceFault(signal.aborted ? 'timed-out' : 'bad-answer', String(error.code ?? error.name)),
        );
    });
  });
}

/** Win32_Battery.BatteryStatus: discharging, low and critical are without mains; the charging ones and full are with it. */
const WITHOUT_MAINS = new Set([1, 4, 5]);
const WITH_MAINS = new Set([2, 3, 6, 7, 8, 9, 11]);
const LOW = new Set([4, 5, 8, 9]);
/** Minutes that stand for "not known", as while mains is there. */
const NO_RUNTIME_FROM = 71_582_788;

/** The readings in the answer of Windows. @throws DeviceFault for another text, or where there is no battery */
export function windowsReadings(json: string): Readings {
  const answer = parsed(json);
  if (!Value.Check(AnswerSchema, answer)) throw new DeviceFault('bad-answer', json.slice(0, 80));
  const [battery] = answer.battery;
  if (battery === undefined) throw new DeviceFault('not-installed', 'Windows shows no battery');
  const status = battery.BatteryStatus ?? 0;
  const readings: Readings = {};
  const isOnline = answer.power.find(({ PowerOnline }) => typeof PowerOnline === 'boolean')?.PowerOnline;
  if (typeof isOnline === 'boolean') readings['mains.present'] = isOnline;
  else if (WITHOUT_MAINS.has(status)) readings['mains.present'] = false;
  else if (WITH_MAINS.has(status)) readings['mains.present'] = true;
  if (LOW.has(status) || answer.power.some(({ Critical }) => Critical === true))
    readings['battery.low'] = true;
  else if (WITHOUT_MAINS.has(status) || WITH_MAINS.has(status)) readings['battery.low'] = false;
  take(readings, 'battery.charge', battery.EstimatedChargeRemaining);
  const minutes = battery.EstimatedRunTime;
  if (typeof minutes === 'number' && minutes > 0 && minutes < NO_RUNTIME_FROM)
    take(readings, 'battery.runtime', minutes * 60);
  // The system's own guess from the last minutes, never the word of the UPS.
  if (readings['battery.runtime'] !== undefined) readings['battery.runtime-source'] = 'estimated';
  take(readings, 'model', (battery.Name || battery.DeviceID || '').trim().slice(0, 200) || undefined);
  return readings;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function take(readings: Readings, name: ReadingName, value: unknown): void {
  if (isReading(name, value)) Object.assign(readings, { [name]: value });
}
