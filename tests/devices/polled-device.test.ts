// A poll is bounded whatever the device does, polls never meet, and a device that hangs is opened anew.

import t from 'tap';
import type { Readings } from '../../server/core/readings.js';
import { DeviceFault, type Device } from '../../server/devices/contract.js';
import { PolledDevice, type DeviceReport } from '../../server/devices/polled-device.js';
import { waitMs } from '../../server/devices/rhythm.js';
import { DrivenTimers } from './support/driven-timers.js';

const RHYTHM = { everyMs: 5_000, alertEveryMs: 2_000, timeoutMs: 3_000, longestWaitMs: 30_000 };
const WELL: Readings = { 'mains.present': true };

/** A device whose polls the test answers. */
function setting(options: { alert?: () => boolean; device?: Partial<Device> } = {}) {
  const timers = new DrivenTimers();
  const reports: (DeviceReport & { at: number })[] = [];
  const polls: { answer(readings: Readings): void; fail(error: unknown): void; signal: AbortSignal }[] = [];
  let opened = 0;
  let closed = 0;
  const polled = new PolledDevice({
    open: () => {
      opened++;
      return {
        deviceId: 'ups-1',
        kind: 'ups',
        poll: (signal) =>
          new Promise((answer, fail) => {
            polls.push({ answer, fail, signal });
          }),
        close: () => {
          closed++;
          return Promise.resolve();
        },
        ...options.device,
      };
    },
    rhythm: RHYTHM,
    timers,
    onReport: (report) => {
      reports.push({ ...report, at: timers.nowMs });
      return options.alert?.() ?? false;
    },
  });
  polled.start();
  return { timers, reports, polls, polled, opened: () => opened, closed: () => closed };
}

t.test('a good answer is reported and the next question comes in its rhythm', async (t) => {
  const { timers, reports, polls } = setting();
  await timers.pass(0);
  polls[0]?.answer(WELL);
  await timers.pass(4_999);
  t.equal(polls.length, 1);
  t.match(reports, [{ readings: WELL, fault: null }]);
  await timers.pass(1);
  t.equal(polls.length, 2);
});

t.test('while an alarm stands it is asked more often', async (t) => {
  const { timers, polls } = setting({ alert: () => true });
  await timers.pass(0);
  polls[0]?.answer(WELL);
  await timers.pass(2_000);
  t.equal(polls.length, 2);
});

t.test('who says nothing is reported when its time is over, and told to end', async (t) => {
  const { timers, reports, polls } = setting();
  await timers.pass(2_999);
  t.same(reports, []);
  await timers.pass(1);
  t.match(reports, [{ readings: null, fault: 'timed-out', at: 3_000 }]);
  t.equal(polls[0]?.signal.aborted, true);
});

t.test('an answer that comes too late, or twice, is no report', async (t) => {
  const { timers, reports, polls } = setting();
  await timers.pass(3_500);
  polls[0]?.answer({ 'mains.present': false });
  await timers.pass(5_000);
  t.equal(polls.length, 2, 'and the next question is asked');
  polls[0]?.answer({ 'mains.present': false });
  polls[1]?.answer(WELL);
  await timers.pass(0);
  t.match(reports, [{ fault: 'timed-out' }, { readings: WELL }]);
  t.equal(reports.length, 2);
});

t.test('who does not even end is closed and opened anew, and asked again', async (t) => {
  const { timers, reports, polls, opened, closed } = setting();
  await timers.pass(3_000 + 5_999);
  t.equal(polls.length, 1, 'nobody is asked while the last question hangs');
  await timers.pass(1);
  t.equal(opened(), 2);
  t.equal(closed(), 1);
  t.equal(polls.length, 2);
  polls[1]?.answer(WELL);
  await timers.pass(0);
  t.match(reports.at(-1), { readings: WELL, fault: null });
});

t.test('what the dictionary does not know is a bad answer, whatever else is right', async (t) => {
  for (const readings of [
    { ...WELL, 'mains.colour': 'red' },
    { 'battery.charge': 101 },
    { 'battery.charge': NaN },
    { 'mains.present': 'yes' },
    { model: 'x'.repeat(201) },
    { 'jammer.bands': ['2G', 7] },
  ]) {
    const { timers, reports, polls } = setting();
    await timers.pass(0);
    polls[0]?.answer(readings as Readings);
    await timers.pass(0);
    t.match(reports, [{ readings: null, fault: 'bad-answer' }], JSON.stringify(readings).slice(0, 40));
  }
});

t.test('faults keep their names, anything else that is thrown is a bad answer', async (t) => {
  const { timers, reports, polls } = setting();
  for (const error of [
    new DeviceFault('driver-gone', 'no driver'),
    new TypeError('x of undefined'),
    'gone',
  ]) {
    await timers.pass(polls.length === 0 ? 0 : 5_000);
    polls.at(-1)?.fail(error);
    await timers.pass(0);
  }
  const said = reports
    .filter(({ fault }) => fault !== 'timed-out')
    .map(({ fault, detail }) => [fault, detail]);
  t.same(said, [
    ['driver-gone', 'no driver'],
    ['bad-answer', 'x of undefined'],
    ['bad-answer', 'it threw something'],
  ]);
});

t.test('a device that fails is asked as usual three times, then less and less', (t) => {
  t.same(
    [0, 1, 3, 4, 5, 6, 20].map((failures) => waitMs(RHYTHM, failures, false)),
    [5_000, 5_000, 5_000, 10_000, 20_000, 30_000, 30_000],
  );
  t.equal(waitMs({ ...RHYTHM, longestWaitMs: 1_000 }, 9, false), 5_000, 'never sooner than usual');
  t.end();
});

t.test('a device that announces a change is asked at once, but not in a storm', async (t) => {
  let announce = (): void => undefined;
  const { timers, polls } = setting({ device: { onChange: (listener) => (announce = listener) } });
  await timers.pass(0);
  polls[0]?.answer(WELL);
  await timers.pass(0);
  for (let n = 0; n < 1_000; n++) announce();
  await timers.pass(50);
  t.equal(polls.length, 2);
  for (let n = 0; n < 1_000; n++) announce();
  polls[1]?.answer(WELL);
  await timers.pass(49);
  t.equal(polls.length, 2);
  await timers.pass(1);
  t.equal(polls.length, 3, 'a change during a poll is looked at after it');
});

t.test('an act waits for the poll that is under way, is bounded, and its effect is looked at', async (t) => {
  const acts: string[] = [];
  const { timers, polls, polled } = setting({
    device: {
      act: (act) => {
        acts.push(act);
        if (act === 'off') return new Promise(() => undefined);
        return act === 'ring' ? Promise.reject(new DeviceFault('refused', 'no bell')) : Promise.resolve();
      },
    },
  });
  await timers.pass(0);
  const on = polled.act('on');
  await timers.pass(0);
  t.same(acts, []);
  polls[0]?.answer(WELL);
  t.equal(await on, null);
  await timers.pass(50);
  t.equal(polls.length, 2);
  polls[1]?.answer(WELL);
  t.equal(await polled.act('ring'), 'refused');
  const off = polled.act('off');
  await timers.pass(3_050);
  t.equal(await off, 'timed-out');
});

t.test('who cannot be switched refuses', async (t) => {
  t.equal(await setting().polled.act('on'), 'refused');
});

t.test('a stop ends everything at once, also where the device hangs or does not close', async (t) => {
  const hung = setting({ device: { close: () => new Promise(() => undefined) } });
  await hung.timers.pass(0);
  const stopped = hung.polled.stop();
  await hung.timers.pass(2_000);
  await stopped;
  t.equal(hung.timers.waiting, 0);
  t.same(hung.reports, []);
  t.equal(await hung.polled.act('on'), 'refused');

  const well = setting();
  await well.timers.pass(0);
  well.polls[0]?.answer(WELL);
  await well.timers.pass(0);
  await well.polled.stop();
  await well.timers.pass(60_000);
  t.equal(well.polls.length, 1);
  t.equal(well.closed(), 1);
});
