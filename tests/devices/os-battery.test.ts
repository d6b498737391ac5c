// The system's own battery: each system says it in its own way, and each is known to say something wrongly.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { Systeminformation } from 'systeminformation';
import t from 'tap';
import { isReading } from '../../server/core/readings.js';
import { DeviceFault } from '../../server/devices/contract.js';
import { linuxMains } from '../../server/devices/os-battery-linux.js';
import { windowsReadings } from '../../server/devices/os-battery-windows.js';
import { batteryReadings, openOsBattery, type BatterySources } from '../../server/devices/os-battery.js';

const BATTERY: Systeminformation.BatteryData = {
  hasBattery: true,
  cycleCount: 3,
  isCharging: false,
  voltage: 12,
  designedCapacity: 50,
  maxCapacity: 48,
  currentCapacity: 46,
  capacityUnit: 'mWh',
  percent: 96,
  timeRemaining: 90,
  acConnected: false,
  type: 'Li-ion',
  model: 'B1',
  manufacturer: 'Maker',
  serial: 'S1',
};

const sources = (more: Partial<BatterySources>): BatterySources => ({
  platform: 'linux',
  battery: async () => BATTERY,
  mains: async () => false,
  windows: async () => '{}',
  ...more,
});
const poll = (more: Partial<BatterySources>) =>
  openOsBattery('ups', {}, sources(more)).poll(AbortSignal.timeout(2_000));
const outcome = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

void t.test('Linux: mains is what the adapters say, not what the library makes of two names', async (t) => {
  const offMains = await poll({});
  t.same(offMains, {
    'mains.present': false,
    'battery.charge': 96,
    'battery.runtime': 5_400,
    'battery.runtime-source': 'estimated',
    model: 'Maker B1',
    serial: 'S1',
  });
  const onMains = await poll({ mains: async () => true });
  t.equal(onMains['mains.present'], true, 'the library says acConnected: false on many machines');
  t.notOk('battery.runtime' in onMains, 'on mains the figure is no runtime');
  const unknown = await poll({ mains: async () => null });
  t.notOk('mains.present' in unknown, 'nothing says so: nothing is said');
  const charging = await poll({
    mains: async () => null,
    battery: async () => ({ ...BATTERY, isCharging: true }),
  });
  t.equal(charging['mains.present'], true, 'charging is proof');
});

void t.test('macOS: mains as the system says it; a runtime that is not known yet is none', async (t) => {
  const battery = (more: object) => async () => ({ ...BATTERY, ...more });
  const platform = 'darwin';
  t.equal((await poll({ platform, battery: battery({ acConnected: true }) }))['mains.present'], true);
  const away = await poll({ platform, battery: battery({ timeRemaining: 65_535 }) });
  t.equal(away['mains.present'], false);
  for (const timeRemaining of [65_535, 0, -1, NaN, null])
    t.notOk(
      'battery.runtime' in batteryReadings({ ...BATTERY, timeRemaining: timeRemaining as number }, false),
    );
});

void t.test('no battery is no device', async (t) => {
  const none = { ...BATTERY, hasBattery: false };
  t.match(await outcome(poll({ battery: async () => none })), { code: 'not-installed' });
  const windows = async () => '{"battery":[],"power":[]}';
  t.match(await outcome(poll({ platform: 'win32', windows })), { code: 'not-installed' });
});

void t.test('a system that does not answer is given up', async (t) => {
  const device = openOsBattery('ups', {}, sources({ battery: () => new Promise(() => undefined) }));
  const controller = new AbortController();
  setImmediate(() => controller.abort());
  t.match(await outcome(device.poll(controller.signal)), { code: 'timed-out' });
  t.match(await outcome(device.poll(AbortSignal.abort())), { code: 'timed-out' });
  await device.close();
});

void t.test('this machine answers in some way that the room understands', async (t) => {
  const device = openOsBattery('ups');
  const result = await outcome(device.poll(AbortSignal.timeout(5_000)));
  if (result instanceof DeviceFault) t.equal(result.code, 'not-installed');
  else t.ok(Object.entries(result as object).every(([name, value]) => isReading(name, value)));
});

const windows = (battery: object, power: object[] = []) =>
  windowsReadings(
    JSON.stringify({ battery: [{ EstimatedChargeRemaining: 80, Name: 'UPS', ...battery }], power }),
  );

void t.test('Windows: low and critical are without mains, charging ones with it', async (t) => {
  for (const [status, mains, low] of [
    [1, false, false],
    [2, true, false],
    [3, true, false],
    [4, false, true],
    [5, false, true],
    [6, true, false],
    [8, true, true],
    [9, true, true],
    [11, true, false],
  ] as const)
    t.match(windows({ BatteryStatus: status }), { 'mains.present': mains, 'battery.low': low }, `${status}`);
  t.notOk('mains.present' in windows({ BatteryStatus: 10 }), 'undefined says nothing');
  t.equal(windows({ BatteryStatus: 2 }, [{ PowerOnline: false }])['mains.present'], false, 'the line itself');
  t.equal(windows({ BatteryStatus: 1 }, [{ PowerOnline: true }])['mains.present'], true);
  t.equal(windows({ BatteryStatus: 1 }, [{ PowerOnline: false, Critical: true }])['battery.low'], true);
});

void t.test('Windows: a runtime is a guess, and 71582788 minutes are none', async (t) => {
  t.match(windows({ BatteryStatus: 1, EstimatedRunTime: 100 }), {
    'battery.runtime': 6_000,
    'battery.runtime-source': 'estimated',
    'battery.charge': 80,
    model: 'UPS',
  });
  t.notOk('battery.runtime' in windows({ BatteryStatus: 2, EstimatedRunTime: 71_582_788 }));
});

void t.test('whatever Windows prints, what comes out is in the dictionary or a fault', async () => {
  const value = fc.oneof(fc.jsonValue(), fc.integer(), fc.boolean(), fc.string());
  const shaped = fc.record({
    battery: fc.array(
      fc.record(
        { BatteryStatus: value, EstimatedChargeRemaining: value, EstimatedRunTime: value, Name: value },
        { requiredKeys: [] },
      ),
    ),
    power: fc.array(fc.record({ PowerOnline: value, Critical: value }, { requiredKeys: [] })),
  });
  const text = fc.oneof(
    fc.string(),
    shaped.map((answer) => JSON.stringify(answer)),
  );
  fc.assert(
    fc.property(text, (json) => {
      try {
        return Object.entries(windowsReadings(json)).every(([name, read]) => isReading(name, read));
      } catch (error) {
        return error instanceof DeviceFault;
      }
    }),
    { numRuns: 500 },
  );
});

void t.test('Linux: adapters of the kernel’s list', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-supplies-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const supply = (name: string, facts: Record<string, string>) => {
    mkdirSync(join(folder, name), { recursive: true });
    for (const [fact, text] of Object.entries(facts)) writeFileSync(join(folder, name, fact), `${text}\n`);
  };
  t.equal(await linuxMains(join(folder, 'none')), null, 'no list');
  supply('BAT0', { type: 'Battery', online: '1' });
  supply('hidpp_battery_0', { type: 'Mains', online: '1', scope: 'Device' });
  supply('ucsi-1', { type: 'USB', online: '0' });
  t.equal(await linuxMains(folder), null, 'batteries, mice and empty ports say nothing of mains');
  supply('ADP1', { type: 'Mains', online: '0' });
  t.equal(await linuxMains(folder), false, 'an adapter of any name');
  supply('ucsi-1', { type: 'USB', online: '1' });
  t.equal(await linuxMains(folder), true, 'a port that charges');
  supply('ucsi-1', { type: 'USB', online: '0' });
  supply('ADP1', { type: 'Mains', online: '1' });
  t.equal(await linuxMains(folder), true);
});
