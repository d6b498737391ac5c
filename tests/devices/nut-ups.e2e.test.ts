// A UPS behind a real upsd with NUT's own dummy driver: on line, on battery, low, stale, without driver, forced shutdown.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from '@sinclair/typebox/value';
import t, { type Test } from 'tap';
import type { Readings } from '../../server/core/readings.js';
import { DeviceFault, type Device } from '../../server/devices/contract.js';
import { NutSettings, openNutUps } from '../../server/devices/nut-ups.js';
import { startNutServer, until } from './support/nut-server.js';

const VARIABLES = {
  'ups.status': 'OL CHRG',
  'battery.charge': '96',
  'battery.runtime': '8040',
  'ups.load': '31',
  'input.voltage': '229.1',
  'ups.serial': 'T-0001',
  'ups.mfr': 'Maker',
  'ups.model': 'UPS 3000',
};

const poll = (device: Device) => device.poll(AbortSignal.timeout(20_000));

async function reads(t: Test, device: Device, what: Readings, name: string) {
  let last: unknown;
  await until(async () => {
    last = await poll(device).catch((error: unknown) => error);
    return Object.entries(what).every(([key, value]) => (last as Record<string, unknown>)[key] === value);
  }).catch(() => undefined);
  t.match(last, what, name);
}

async function faults(t: Test, device: Device, code: string, name: string) {
  let last: unknown;
  await until(async () => {
    last = await poll(device).catch((error: unknown) => error);
    return last instanceof DeviceFault && last.code === code;
  }).catch(() => undefined);
  t.match(last, { code }, name);
}

void t.test('a UPS behind a real upsd', async (t) => {
  const server = await startNutServer({ variables: VARIABLES, maxAgeS: 3 });
  t.teardown(() => server.remove());
  const settings = Value.Parse(NutSettings, { host: server.host, port: server.port });
  const device = openNutUps('ups-1', settings);
  t.teardown(() => device.close());

  await t.test('on line, with all its figures', async (t) => {
    t.same(await poll(device), {
      'mains.present': true,
      'battery.charge': 96,
      'battery.runtime': 8_040,
      'battery.runtime-source': 'device',
      'battery.low': false,
      'battery.replace': false,
      'ups.load': 31,
      'ups.overload': false,
      'ups.bypass': false,
      'ups.off': false,
      'ups.forced-shutdown': false,
      'input.voltage': 229.1,
      model: 'Maker UPS 3000',
      serial: 'T-0001',
    });
  });

  await t.test('on battery, then low', async (t) => {
    await server.set('ups.status', 'OB DISCHRG');
    await reads(t, device, { 'mains.present': false, 'battery.low': false }, 'on battery');
    await server.set('battery.runtime', '290');
    await server.set('ups.status', 'OB DISCHRG LB');
    await reads(
      t,
      device,
      { 'mains.present': false, 'battery.low': true, 'battery.runtime': 290 },
      'battery low',
    );
    await server.set('ups.status', 'OL CHRG RB OVER');
    const worn = { 'mains.present': true, 'battery.replace': true, 'ups.overload': true };
    await reads(t, device, worn, 'mains is back, battery worn, too much load');
  });

  await t.test('a frozen driver is stale data, not the last good reading', async (t) => {
    server.freezeDriver();
    await faults(t, device, 'stale-data', 'frozen');
    server.thawDriver();
    await reads(t, device, { 'mains.present': true }, 'thawed');
  });

  await t.test('a dead driver is named at once', async (t) => {
    await server.killDriver();
    await faults(t, device, 'driver-gone', 'killed');
    await server.startDriver();
    await reads(t, device, { 'mains.present': true, 'battery.charge': 96 }, 'started again');
  });

  await t.test('a forced shutdown stays latched when mains is back, until upsd starts again', async (t) => {
    await server.set('ups.status', 'OB DISCHRG LB');
    await server.forceShutdown();
    await reads(t, device, { 'ups.forced-shutdown': true, 'mains.present': false }, 'forced shutdown');
    await server.set('ups.status', 'OL CHRG');
    await reads(t, device, { 'ups.forced-shutdown': true, 'mains.present': true }, 'mains is back');
    await server.killServer();
    await faults(t, device, 'unreachable', 'upsd is gone');
    await server.startServer();
    await reads(t, device, { 'ups.forced-shutdown': false, 'mains.present': true }, 'upsd is back');
  });

  await t.test('a name that upsd does not know', async (t) => {
    const other = openNutUps('ups-2', { ...settings, ups: 'nobody' });
    t.teardown(() => other.close());
    await faults(t, other, 'not-installed', 'unknown');
  });

  await t.test('logs in where the room says so, and says what is missing', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'kaochang-nut-login-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const passwordFile = join(folder, 'password');
    const login = { username: 'reader', passwordFile };
    const other = openNutUps('ups-3', { ...settings, login });
    t.teardown(() => other.close());
    await faults(t, other, 'not-installed', 'no file');
    writeFileSync(passwordFile, 'a "word" \\ more\n', { mode: 0o600 });
    await reads(t, other, { 'mains.present': true }, 'with the password');
    t.match(
      await server.tell('LIST CLIENT ups'),
      ['BEGIN LIST CLIENT ups', 'END LIST CLIENT ups'],
      'no load',
    );
  });

  await t.test('an upsd that cannot speak TLS is not spoken to plainly', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'kaochang-nut-tls-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, '');
    const other = openNutUps('ups-4', { ...settings, tls: { caFile, serverName: 'ups.exam' } });
    t.teardown(() => other.close());
    await faults(t, other, 'refused', 'no TLS there');
  });
});
