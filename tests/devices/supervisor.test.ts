// What goes into the journal of what devices say, and what does not.

import t from 'tap';
import type { AlarmCode } from '../../server/core/alarm-codes.js';
import type { Readings } from '../../server/core/readings.js';
import { DeviceFault, type Device, type DeviceAct } from '../../server/devices/contract.js';
import { Supervisor, type JournaledReport } from '../../server/devices/supervisor.js';
import { DrivenTimers } from './support/driven-timers.js';

const WELL: Readings = { 'mains.present': true, 'battery.charge': 100, 'battery.low': false };

function supervised(options: { says?: () => Readings; acts?: DeviceAct[]; standing?: AlarmCode[] } = {}) {
  const timers = new DrivenTimers();
  const reports: (JournaledReport & { at: number })[] = [];
  const faults: string[] = [];
  const device: Device = {
    deviceId: 'ups-1',
    kind: 'ups',
    poll: () => {
      const { says = () => WELL } = options;
      return Promise.resolve().then(says);
    },
    ...(options.acts === undefined
      ? {}
      : {
          act: (act: DeviceAct) => {
            options.acts?.push(act);
            return Promise.resolve();
          },
        }),
    close: () => Promise.resolve(),
  };
  const supervisor = new Supervisor(
    {
      nowMs: () => timers.nowMs,
      timers,
      standing: () => options.standing ?? [],
      journalEveryMs: () => 60_000,
      report: (report) => reports.push({ ...report, at: timers.nowMs }),
      noteFault: (deviceId, fault) => faults.push(`${deviceId} ${fault}`),
    },
    [{ deviceId: 'ups-1', kind: 'ups', open: () => device }],
  );
  supervisor.start();
  return { timers, reports, faults, supervisor };
}

t.test('a device that is well is journaled once and then once a minute', async (t) => {
  const { timers, reports } = supervised();
  await timers.pass(59_999);
  t.match(reports, [{ deviceId: 'ups-1', readings: WELL, fault: null, changes: { raise: [], clear: [] } }]);
  t.equal(reports.length, 1);
  await timers.pass(60_001);
  t.equal(reports.length, 3);
});

t.test('an alarm is journaled when it is raised and when it is cleared, not in between', async (t) => {
  let present = true;
  const { timers, reports } = supervised({ says: () => ({ ...WELL, 'mains.present': present }) });
  await timers.pass(1_000);
  present = false;
  await timers.pass(20_000);
  present = true;
  await timers.pass(25_000);
  const changes = reports.map(({ changes: { raise, clear } }) => [
    ...raise,
    ...clear.map((code) => `-${code}`),
  ]);
  t.same(
    changes.filter((change) => change.length > 0),
    [['on-battery'], ['-on-battery']],
  );
  t.ok(reports.length <= 4, `${reports.length} reports`);
});

t.test(
  'a device that does not answer is an alarm, its fault is logged once, and its return clears it',
  async (t) => {
    let gone = true;
    const { timers, reports, faults } = supervised({
      says: () => {
        if (gone) throw new DeviceFault('unreachable', 'no route');
        return WELL;
      },
    });
    await timers.pass(60_000);
    t.same(faults, ['ups-1 unreachable']);
    t.same(
      reports.flatMap(({ changes }) => changes.raise),
      ['silent'],
    );
    gone = false;
    await timers.pass(60_000);
    t.same(
      reports.flatMap(({ changes }) => changes.clear),
      ['silent'],
    );
  },
);

t.test('an alarm that stood before a restart is cleared by what the device says now', async (t) => {
  const { timers, reports } = supervised({ standing: ['on-battery'] });
  await timers.pass(30_000);
  t.same(
    reports.flatMap(({ changes }) => [...changes.raise, ...changes.clear]),
    ['on-battery'],
  );
  t.same(
    reports.flatMap(({ changes }) => changes.clear),
    ['on-battery'],
  );
});

t.test('numbers are kept for plots, every quarter of a minute', async (t) => {
  let charge = 100;
  const { timers, supervisor } = supervised({ says: () => ({ ...WELL, 'battery.charge': charge-- }) });
  await timers.pass(60_000);
  const { 'battery.charge': points } = supervisor.trends('ups-1');
  t.ok(points !== undefined && points.length >= 4 && points.length <= 6, `${points?.length} points`);
  t.equal(points?.at(-1)?.value, charge + 1, 'the newest is always the latest');
  t.same(supervisor.trends('nobody'), {});
});

t.test('an act goes to the device that has it', async (t) => {
  const acts: DeviceAct[] = [];
  const { timers, supervisor } = supervised({ acts });
  await timers.pass(0);
  const done = supervisor.act('ups-1', 'on');
  await timers.pass(0);
  t.equal(await done, null);
  t.same(acts, ['on']);
  t.equal(await supervisor.act('nobody', 'on'), 'refused');
  t.match(supervisor.latest('ups-1'), { readings: WELL, fault: null });
  t.equal(supervisor.latest('nobody'), null);
  await supervisor.stop();
  t.equal(timers.waiting, 0);
});
