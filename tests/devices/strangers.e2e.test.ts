// Profiles of devices against servers by other people, in programs of their own: Modbus by pymodbus in both framings and over a
// serial line, SNMP by Net-SNMP's snmpd. What one library says to itself proves less.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { loadProfile, transportFor } from '../../server/devices/profile.js';
import { ProfileDevice } from '../../server/devices/profile-device.js';
import { startModbusPeer, type Held, type ModbusPeer } from './support/modbus-peer.js';
import { startSnmpServer } from './support/snmp-agent.js';

const within = () => AbortSignal.timeout(30_000);

async function device(id: string, target: Record<string, unknown>): Promise<ProfileDevice> {
  const loaded = await loadProfile(id, '.');
  return new ProfileDevice(loaded, transportFor(loaded, target)());
}

async function peer(
  t: { teardown(end: () => Promise<void>): unknown },
  framing: 'tcp' | 'rtu',
  held: readonly Held[],
): Promise<ModbusPeer> {
  const server = await startModbusPeer(framing, held);
  t.teardown(() => server.remove());
  return server;
}

void t.test('[modbus-tcp] a box: inputs are read, outputs are switched and stay', async (t) => {
  const { host, port } = await peer(t, 'tcp', [
    [2, 0, 1],
    [2, 2, 1],
    [1, 1, 1],
  ]);
  const box = await device('modbus-4di4do', { host, port, timeoutMs: 3_000 });
  t.match(await box.points(within()), { di1: true, di2: false, di3: true, do1: false, do2: true });
  await box.run('do1-on', within());
  await box.run('do2-off', within());
  t.match(await box.points(within()), { do1: true, do2: false });
  await box.close();
});

const JAMMER: readonly Held[] = [
  [1, 2, 1],
  [4, 10, 425],
];

void t.test('[modbus-rtu-tcp] a jammer behind a gateway: frames of a serial line over TCP', async (t) => {
  const { host, port } = await peer(t, 'rtu', JAMMER);
  const jammer = await device('modbus-multiband', { host, port, unit: 1, timeoutMs: 3_000 });
  t.match(await jammer.readings(within()), { 'jammer.reported': false, temperature: 42.5 });
  await jammer.run('on', within());
  t.match(await jammer.readings(within()), { 'jammer.reported': true, 'jammer.bands': ['Wi-Fi'] });
  await jammer.close();
  const other = await device('modbus-multiband', { host, port, unit: 7 });
  await t.rejects(other.readings(within()), { name: 'DeviceFault' }, 'nobody answers for another unit');
  await other.close();
});

void t.test('[modbus-rtu] the same frames over a serial line', async (t) => {
  const { host, port } = await peer(t, 'rtu', [
    [4, 0, 0x4366],
    [4, 6, 0x3f00],
    [4, 12, 0x42dc],
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'serial-'));
  const line = join(folder, 'line');
  const wire = spawn('socat', ['-d', '-d', `pty,raw,echo=0,link=${line}`, `tcp:${host}:${port}`]);
  t.teardown(async () => {
    wire.kill();
    if (wire.exitCode === null && wire.signalCode === null) await once(wire, 'exit');
    await rm(folder, { recursive: true, force: true });
  });
  for await (const said of wire.stderr) if (String(said).includes('starting data transfer')) break;
  const meter = await device('meter-sdm120', { serialPort: line, timeoutMs: 3_000 });
  t.match(await meter.readings(within()), {
    'input.voltage': 230,
    'supply.current': 0.5,
    'supply.power': 110,
  });
  await meter.close();
});

void t.test('[snmp] a jammer at Net-SNMP’s agent: read, switched, and silent', async (t) => {
  const agent = await startSnmpServer(
    [
      ['1.1.0', 'integer', 2],
      ['1.2.0', 'integer', 415],
    ],
    '1.3.6.1.4.1.99999',
  );
  t.teardown(() => agent.remove());
  const { host, port } = agent;
  const jammer = await device('snmp-unit', { host, port, community: 'private' });
  t.match(await jammer.readings(within()), { 'jammer.reported': false, temperature: 41.5 });
  await jammer.run('on', within());
  t.match(await jammer.readings(within()), { 'jammer.reported': true });
  await jammer.close();
  const readsOnly = await device('snmp-unit', { host, port, community: 'public' });
  t.match(await readsOnly.readings(within()), { 'jammer.reported': true });
  await t.rejects(readsOnly.run('off', within()), { name: 'DeviceFault' }, 'this community may not set');
  await readsOnly.close();
  agent.freeze();
  const mute = await device('snmp-unit', { host, port, timeoutMs: 200 });
  await t.rejects(mute.readings(within()), { name: 'DeviceFault' });
  await mute.close();
});
