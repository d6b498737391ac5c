// A UPS over SNMP against a real snmpd that serves the UPS-MIB: versions 1, 2c and 3, on line, on battery, low, gone.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from '@sinclair/typebox/value';
import t, { type Test } from 'tap';
import type { DeviceFaultCode } from '../../server/core/readings.js';
import { DeviceFault, type Device } from '../../server/devices/contract.js';
import { openSnmpUps, SnmpUpsSettings } from '../../server/devices/snmp-ups.js';
import { HEALTHY_MIB, startSnmpServer, UPS_MIB } from './support/snmp-agent.js';

const HEALTHY = {
  'mains.present': true,
  'battery.charge': 97,
  'battery.runtime': 8_040,
  'battery.runtime-source': 'device',
  'battery.low': false,
  'battery.replace': false,
  'ups.load': 41,
  'ups.overload': false,
  'ups.bypass': false,
  'ups.off': false,
  'ups.forced-shutdown': false,
  'input.voltage': 229,
  model: 'Maker UPS 3000',
  firmware: 'v1.2',
};

const poll = (device: Device, ms = 20_000) => device.poll(AbortSignal.timeout(ms));

async function faults(t: Test, polling: Promise<unknown>, code: DeviceFaultCode, name: string) {
  const error: unknown = await polling.catch((reason: unknown) => reason);
  t.ok(error instanceof DeviceFault && error.code === code, `${name}: ${String(error)}`);
}

void t.test('a UPS behind a real SNMP agent', async (t) => {
  const server = await startSnmpServer(HEALTHY_MIB);
  t.teardown(() => server.remove());
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-snmp-keys-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const keyFile = (name: string, text: string) => {
    writeFileSync(join(folder, name), `${text}\n`, { mode: 0o600 });
    return join(folder, name);
  };
  const settings = (more: object) =>
    Value.Parse(SnmpUpsSettings, { host: server.host, port: server.port, ...more });
  const open = (t: Test, more: object = {}) => {
    const device = openSnmpUps('ups', settings(more));
    t.teardown(() => device.close());
    return device;
  };
  const auth = { protocol: 'sha256', keyFile: keyFile('auth', 'pass phrase 1') };
  const privacy = { protocol: 'aes', keyFile: keyFile('privacy', 'pass phrase 2') };

  await t.test('versions 1, 2c and 3 read the same', async (t) => {
    for (const more of [
      { version: '1' },
      { version: '2c' },
      { version: '3', user: { name: 'reader', auth, privacy } },
    ]) {
      const device = open(t, more);
      t.same(await poll(device), HEALTHY, `version ${more.version}`);
      t.same(await poll(device), HEALTHY, 'and again');
    }
  });

  await t.test('on battery, low, an alarm, back', async (t) => {
    const device = open(t);
    await server.set('4.1.0', 'integer', 5);
    await server.set('2.3.0', 'integer', 20);
    t.match(await poll(device), { 'mains.present': false, 'battery.low': false, 'battery.runtime': 1_200 });
    await server.set('2.1.0', 'integer', 3);
    t.match(await poll(device), { 'mains.present': false, 'battery.low': true });
    await server.set('6.1.0', 'uinteger', 1);
    await server.set('6.2.1.2.1', 'object_id', `${UPS_MIB}.6.3.1`);
    const worn = await poll(device);
    t.ok(worn['battery.replace'] && !('ups.alarm' in worn), 'the battery has a reading of its own');
    await server.set('6.2.1.2.1', 'object_id', `${UPS_MIB}.6.3.16`);
    t.match(await poll(device), { 'battery.replace': false, 'ups.alarm': /fan/ });
    await server.set('6.2.1.2.1', 'object_id', `${UPS_MIB}.6.3.20`);
    await faults(t, poll(device), 'stale-data', 'the card has lost the UPS');
    await server.set('6.1.0', 'uinteger', 0);
    await server.set('2.1.0', 'integer', 2);
    await server.set('4.1.0', 'integer', 4);
    t.match(await poll(device), { 'mains.present': true, 'ups.bypass': true, 'battery.low': false });
    await server.set('4.1.0', 'integer', 2);
    const off = await poll(device);
    t.ok(off['ups.off'] && !('mains.present' in off), 'output off says nothing of mains');
    await server.set('4.1.0', 'integer', 3);
    await server.set('2.3.0', 'integer', 134);
    t.same(await poll(device), HEALTHY);
  });

  await t.test('what the agent refuses, and an agent that hangs', async (t) => {
    await faults(t, poll(open(t, { community: 'secret' }), 300), 'timed-out', 'a wrong community is silence');
    const wrong = { ...auth, keyFile: keyFile('wrong', 'not the pass phrase') };
    for (const [name, user] of [
      ['a wrong pass phrase', { name: 'reader', auth: wrong, privacy }],
      ['a user that it does not know', { name: 'nobody', auth, privacy }],
      ['no encryption where it asks for it', { name: 'reader', auth }],
    ] as const)
      await faults(t, poll(open(t, { version: '3', user })), 'refused', name);
    const gone = { name: 'reader', auth: { ...auth, keyFile: join(folder, 'none') }, privacy };
    await faults(t, poll(open(t, { version: '3', user: gone })), 'not-installed', 'no file');
    await faults(t, poll(open(t, { version: '3' })), 'not-installed', 'no user');
    const device = open(t);
    t.match(await poll(device), { 'mains.present': true });
    server.freeze();
    await faults(t, poll(device, 300), 'timed-out', 'it hangs');
    server.thaw();
    t.match(
      await poll(device),
      { 'mains.present': true },
      'it answers again, and the late answer is nobody’s',
    );
  });
});

void t.test('an agent without the UPS-MIB', async (t) => {
  const server = await startSnmpServer([['9.1.0', 'integer', 1]]);
  t.teardown(() => server.remove());
  for (const version of ['1', '2c'] as const) {
    const device = openSnmpUps(
      'ups',
      Value.Parse(SnmpUpsSettings, { host: server.host, port: server.port, version }),
    );
    t.teardown(() => device.close());
    await faults(t, poll(device), 'not-installed', `version ${version}`);
  }
});
