// Twenty devices at their worst at once, real sockets: garbage, half a line, too late, twice, never. Each becomes silent, none
// becomes a fact, nothing is left behind, and one that is well beside them is asked as ever.

import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import type { AlarmCode } from '../../server/core/alarm-codes.js';
import { openNutUps } from '../../server/devices/nut-ups.js';
import { NODE_TIMERS } from '../../server/devices/polled-device.js';
import { openSimulated, readScript } from '../../server/devices/simulated.js';
import { Supervisor, type JournaledReport } from '../../server/devices/supervisor.js';
import { startBadDevices, VICES, type Vice } from '../bench/bad-devices.js';

const RHYTHM = { everyMs: 100, alertEveryMs: 100, timeoutMs: 250, longestWaitMs: 200 };
const MEASURED_MS = 6_000;

void t.test('twenty bad devices are twenty alarms and nothing else', async (t) => {
  const { child, ports } = await startBadDevices();
  t.teardown(() => child.disconnect());
  const viceOf = (n: number): Vice => VICES[n % VICES.length] ?? 'never';
  const bad = Array.from({ length: 20 }, (_, n) => {
    const deviceId = `bad-${n}`;
    const settings = { host: '127.0.0.1', port: ports[viceOf(n)], ups: 'ups' };
    return { deviceId, kind: 'ups' as const, rhythm: RHYTHM, open: () => openNutUps(deviceId, settings) };
  });
  const script = readScript('kind: ups\nsteps: [{}]');
  const well = {
    ...{ deviceId: 'well', kind: 'ups' as const, rhythm: RHYTHM },
    open: () => openSimulated('well', script, () => performance.now()),
  };
  const reports: JournaledReport[] = [];
  const supervisor = new Supervisor(
    {
      nowMs: () => performance.now(),
      timers: NODE_TIMERS,
      standing: () => [],
      journalEveryMs: () => 1_000,
      report: (report) => reports.push(report),
      noteFault: () => undefined,
    },
    [...bad, well],
  );
  supervisor.start();
  await pause(MEASURED_MS);
  await supervisor.stop();

  const raised = (deviceId: string): AlarmCode[] =>
    reports.filter((report) => report.deviceId === deviceId).flatMap(({ changes }) => changes.raise);
  for (const [n, { deviceId }] of bad.entries())
    t.ok(
      raised(deviceId).includes('silent') || viceOf(n) === 'twice',
      `${deviceId} ${viceOf(n)}: ${raised(deviceId).join()}`,
    );
  t.same(raised('well'), [], 'the one that is well stays well');
  t.ok(reports.filter(({ deviceId }) => deviceId === 'well').length >= 4, 'and is heard every second');
  const facts = reports.filter(({ deviceId, readings }) => deviceId !== 'well' && readings !== null);
  for (const { deviceId, readings } of facts)
    t.match(
      readings,
      { 'mains.present': true, 'battery.charge': 100 },
      `${deviceId} says nothing that was not said`,
    );
  const count = reports.length;
  await pause(500);
  t.equal(reports.length, count, 'nothing comes after the stop');
});
