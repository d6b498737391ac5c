// Devices and the rules together: what a scripted device says becomes events of the room, once; what staff command is carried
// out after it is on the disk; whose document was read is journaled without its number.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { beginDevices } from '../../server/compose/devices.js';
import type { Published } from '../../server/room.js';
import { DrivenTimers } from '../devices/support/driven-timers.js';
import { log, running, ticks } from '../support/driven-room.js';
import { byStaff } from '../support/small-room.js';

async function withDevices(t: Test, scripts: Record<string, string>) {
  const setting = await running();
  const { room, clocks } = setting;
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-devices-'));
  const devices = Object.entries(scripts).map(([id, script]) => {
    writeFileSync(join(folder, `${id}.yaml`), script);
    return { id, name: id, adapter: 'simulated' as const, script: `${id}.yaml` };
  });
  const published: Published[] = [];
  room.subscribe((more) => published.push(...more));
  const powerEnds: string[] = [];
  const timers = new DrivenTimers();
  const running_ = await beginDevices({
    ...{ room, devices, folder, log, timers, seatTrips: () => [] },
    onPowerEnd: (reason) => powerEnds.push(reason),
  });
  t.teardown(() => running_.stop());
  const pass = async (seconds: number) => {
    for (let ms = 0; ms < seconds * 1_000; ms += 250) {
      clocks.pass(250);
      await timers.pass(250);
      await ticks();
    }
  };
  const types = () => published.map(({ event }) => event.type);
  return { ...setting, pass, published, types, powerEnds, supervisor: running_.supervisor };
}

void t.test(
  '[DV5] mains away is recorded and stops no clock; an empty battery pauses and announces the end',
  async (t) => {
    const { pass, types, room, powerEnds } = await withDevices(t, {
      ups: `
kind: ups
steps:
  - for: 10
  - for: 60
    readings: { mains.present: false }
  - readings: { mains.present: false, battery.low: true }
`,
    });
    await pass(9);
    t.same(room.state.devices['ups']?.card, {
      deviceId: 'ups',
      kind: 'ups',
      name: 'ups',
      adapter: 'simulated',
      simulated: true,
    });
    t.equal(room.state.mains.present, true);
    await pass(20);
    t.equal(room.state.mains.present, false);
    t.equal(types().filter((type) => type === 'mains-lost').length, 1);
    t.equal(types().filter((type) => type === 'alarm-raised').length, 1);
    t.equal(room.state.sessions['theory-am']?.phase, 'running', 'rule 8: a loss of mains alone stops nobody');
    t.same(powerEnds, []);
    await pass(60);
    t.equal(room.state.sessions['theory-am']?.phase, 'paused');
    t.equal(room.state.sessions['theory-am']?.pauseReason, 'power');
    t.same(powerEnds, ['battery-low']);
    const order = types().filter((type) =>
      ['mains-lost', 'session-paused', 'shutdown-announced'].includes(type),
    );
    t.same(order, ['mains-lost', 'session-paused', 'shutdown-announced']);
  },
);

void t.test(
  '[DV2] mains that comes back is recorded once, and only when no UPS is on battery any more',
  async (t) => {
    const { pass, types, room } = await withDevices(t, {
      'ups-a':
        'kind: ups\nsteps: [{for: 5}, {for: 20, readings: {mains.present: false}}, {readings: {mains.present: true}}]',
      'ups-b':
        'kind: ups\nsteps: [{for: 5}, {for: 40, readings: {mains.present: false}}, {readings: {mains.present: true}}]',
    });
    await pass(36);
    t.equal(room.state.mains.present, false, 'one of them is still on battery');
    await pass(30);
    t.equal(room.state.mains.present, true);
    t.equal(types().filter((type) => type === 'mains-lost').length, 1);
    t.equal(types().filter((type) => type === 'mains-restored').length, 1);
  },
);

void t.test('a UPS that contradicts the mains contact is an alarm of its own', async (t) => {
  const { pass, room } = await withDevices(t, {
    ups: 'kind: ups\nsteps: [{}]',
    box: 'kind: contact\nsteps: [{for: 5}, {readings: {contact.mains: false}}]',
  });
  await pass(30);
  const standing = Object.values(room.state.alarms).map(({ code, deviceId }) => `${deviceId} ${code}`);
  t.ok(standing.includes('ups mains-disagree'), standing.join());
});

void t.test(
  '[DV6] what is commanded is carried out once it is on the disk, and what came of it is an event',
  async (t) => {
    const { pass, room, journal, types, supervisor } = await withDevices(t, {
      jammer: 'kind: jammer\nsteps: [{readings: {jammer.reported: false}}]',
    });
    await pass(2);
    journal.auto = false;
    const command = { type: 'command-device', deviceId: 'jammer', act: 'on', reason: '开考' } as const;
    const { refusal } = room.handle({ ...command, by: byStaff('xi') });
    t.equal(refusal, null);
    await pass(3);
    t.match(
      supervisor.latest('jammer'),
      { readings: { 'jammer.reported': false } },
      'nothing before the disk has it',
    );
    journal.auto = true;
    journal.release();
    await pass(15);
    t.match(supervisor.latest('jammer'), { readings: { 'jammer.reported': true } });
    const order = types().filter((type) => type === 'device-commanded' || type === 'device-acted');
    t.same(order, ['device-commanded', 'device-acted']);
    t.equal(room.state.devices['jammer']?.readings['jammer.reported'], true);
  },
);

void t.test('a script that is missing keeps the room from starting, with its name', async (t) => {
  const { room } = await running();
  const devices = [{ id: 'ups', name: 'UPS', adapter: 'simulated' as const, script: 'nowhere.yaml' }];
  const options = {
    room,
    devices,
    folder: '/nowhere',
    log,
    seatTrips: () => [],
    onPowerEnd: () => undefined,
  };
  await t.rejects(beginDevices(options), /ups.*nowhere\.yaml/s);
});
