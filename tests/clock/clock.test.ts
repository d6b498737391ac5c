// Room time: follows the monotonic clock, survives restarts, never goes back, and believes a wall clock only when told to.

import fc from 'fast-check';
import t from 'tap';
import { machineClocks, RoomTime, type ClockAnchor } from '../../server/clock.js';
import { DrivenClocks, NINE_O_CLOCK } from '../support/driven-clocks.js';

const anchorOf = (time: RoomTime): ClockAnchor => ({
  ...time.reading(),
  at: time.now(),
});

void t.test('a fresh room begins with the wall clock', async (t) => {
  const time = new RoomTime(new DrivenClocks(), null, 0);
  t.equal(time.now(), NINE_O_CLOCK);
});

void t.test('[rule 6] in one boot the wall clock moves nothing, forward or back', async (t) => {
  for (const stepMs of [3_600_000, -3_600_000]) {
    const clocks = new DrivenClocks();
    const time = new RoomTime(clocks, null, 0);
    clocks.stepWall(stepMs);
    clocks.pass(10_000);
    t.equal(time.now(), NINE_O_CLOCK + 10_000, `${stepMs} ms`);
  }
});

void t.test(
  '[rule 6] a restart in the same boot goes on by the monotonic clock under a stepped wall clock',
  async (t) => {
    for (const stepMs of [3_600_000, -3_600_000]) {
      const clocks = new DrivenClocks();
      const anchor = anchorOf(new RoomTime(clocks, null, 0));
      clocks.stepWall(stepMs);
      clocks.pass(90_000);
      const again = new RoomTime(clocks, anchor, anchor.at + 2_000);
      t.equal(again.now(), NINE_O_CLOCK + 90_000);
      t.equal(again.sameBoot, true);
      t.equal(again.wallSteppedByMs(), stepMs, 'the step is noticed');
      t.equal(again.wallSteppedByMs(), 0, 'once');
    }
  },
);

void t.test(
  '[rule 6] after a new boot time goes on from what is certain until the wall clock is believed',
  async (t) => {
    const before = new DrivenClocks();
    const anchor = anchorOf(new RoomTime(before, null, 0));
    const lastAt = anchor.at + 5_000;
    const after = new DrivenClocks({ bootId: 'boot-2', wall: NINE_O_CLOCK + 600_000, mono: 40_000 });
    const time = new RoomTime(after, anchor, lastAt);
    t.equal(time.sameBoot, false);
    t.equal(time.now(), lastAt + 40_000, 'the last entry and the uptime of the machine');
    after.pass(1_000);
    t.equal(time.now(), lastAt + 41_000);
    t.equal(time.wallTime(), NINE_O_CLOCK + 601_000);
    time.advanceTo(time.wallTime());
    t.equal(time.now(), NINE_O_CLOCK + 601_000);
    after.pass(1_000);
    t.equal(time.now(), NINE_O_CLOCK + 602_000, 'and goes on from there');
  },
);

void t.test('a new boot with a clock in the past does not take time back', async (t) => {
  const before = new DrivenClocks();
  const anchor = anchorOf(new RoomTime(before, null, 0));
  const after = new DrivenClocks({ bootId: 'boot-2', wall: Date.UTC(2000, 0, 1), mono: 30_000 });
  const time = new RoomTime(after, anchor, anchor.at);
  t.equal(time.now(), anchor.at + 30_000);
  t.equal(time.wallTime(), time.now());
  time.advanceTo(time.wallTime());
  t.equal(time.now(), anchor.at + 30_000);
});

void t.test(
  'where the monotonic clock does not count from the boot, the certain time is the last entry',
  async (t) => {
    const before = new DrivenClocks();
    const anchor = anchorOf(new RoomTime(before, null, 0));
    const after = new DrivenClocks({ bootId: 'boot-2', mono: 9_000_000 });
    after.monoCountsFromBoot = false;
    t.equal(new RoomTime(after, anchor, anchor.at).now(), anchor.at);
  },
);

void t.test('the same boot id with a monotonic clock that went back counts as a new boot', async (t) => {
  const clocks = new DrivenClocks();
  const anchor = anchorOf(new RoomTime(clocks, null, 0));
  clocks.mono = 5_000;
  t.equal(new RoomTime(clocks, anchor, anchor.at).sameBoot, false);
});

void t.test('a wall clock that is slewed slowly is no step', async (t) => {
  const clocks = new DrivenClocks();
  const time = new RoomTime(clocks, null, 0);
  for (let i = 0; i < 20; i++) {
    clocks.pass(60_000);
    clocks.stepWall(30);
    t.equal(time.wallSteppedByMs(), 0);
  }
});

void t.test('[rule 5] room time is whole milliseconds and never goes back, whatever happens', async () => {
  const act = fc.oneof(
    fc.record({ kind: fc.constant('pass' as const), ms: fc.double({ min: 0, max: 1e6, noNaN: true }) }),
    fc.record({ kind: fc.constant('step' as const), ms: fc.integer({ min: -1e9, max: 1e9 }) }),
    fc.record({ kind: fc.constant('restart' as const), ms: fc.constant(0) }),
    fc.record({ kind: fc.constant('reboot' as const), ms: fc.integer({ min: 0, max: 1e6 }) }),
    fc.record({ kind: fc.constant('believe' as const), ms: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const clocks = new DrivenClocks();
      let time = new RoomTime(clocks, null, 0);
      let anchor = anchorOf(time);
      let last = time.now();
      for (const { kind, ms } of acts) {
        if (kind === 'pass') clocks.pass(ms);
        if (kind === 'step') clocks.stepWall(ms);
        if (kind === 'believe') time.advanceTo(time.wallTime());
        if (kind === 'reboot') {
          clocks.bootId += '+';
          clocks.mono = ms;
        }
        if (kind === 'restart' || kind === 'reboot') {
          time = new RoomTime(clocks, anchor, last);
          anchor = anchorOf(time);
        }
        const now = time.now();
        if (now < last || !Number.isInteger(now)) return false;
        last = now;
      }
      return true;
    }),
  );
});

void t.test('the clocks of this machine: one boot id, a monotonic clock that moves', async (t) => {
  const [first, second] = [machineClocks(), machineClocks()];
  t.not(first.bootId, '');
  if (process.platform === 'linux') t.equal(first.bootId, second.bootId);
  const before = first.monoMs();
  t.ok(first.monoMs() >= before);
  t.ok(Math.abs(first.wallAt() - Date.now()) < 1_000);
});
