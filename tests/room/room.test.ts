// The one writer: what is decided at once, what waits for the disk, what the one timer does, what a restart brings back.

import t from 'tap';
import { nextDeadline } from '../../server/core/deadlines.js';
import { decide } from '../../server/core/decide.js';
import { MAX_TIMER_MS, type Published, type Rules } from '../../server/room.js';
import { ClockVotes } from '../../server/seats/clock-votes.js';
import { DrivenClocks, NINE_O_CLOCK } from '../support/driven-clocks.js';
import { MINUTE, open, RULES, running, ticks } from '../support/driven-room.js';
import { HeldJournal } from '../support/held-journal.js';
import { byRoom, must, mustStaff, SESSION, smallPackage } from '../support/small-room.js';

void t.test('[rule 1] decided at once, published only from the disk, in order', async (t) => {
  const { room, journal, save } = await running();
  const seen: Published[] = [];
  room.subscribe((published) => seen.push(...published));
  journal.auto = false;
  const first = save(1);
  const second = save(2);
  t.equal(room.state.sessions[SESSION]?.candidates['c1']?.answers['q1']?.rev, 2, 'the state is ahead');
  t.ok(second.seq > first.seq);
  let answered = false;
  void room.whenDurable(first.seq).then(() => (answered = true));
  await ticks();
  t.equal(answered, false, 'no answer before the disk');
  t.equal(seen.length, 0, 'nothing is published before the disk');
  journal.release(first.seq);
  await ticks();
  t.equal(answered, true);
  t.same(
    seen.map(({ seq }) => seq),
    [first.seq],
    'and only as far as the disk is',
  );
  journal.release();
  await ticks();
  t.same(
    seen.map(({ seq, event }) => [seq, event.type]),
    [
      [first.seq, 'answer-saved'],
      [second.seq, 'answer-saved'],
    ],
  );
});

void t.test('[rule 1] what changes nothing still waits for what its decision saw', async (t) => {
  const { room, journal, save } = await running();
  journal.auto = false;
  const saved = save(1);
  const repeated = save(1);
  t.same(repeated.events, []);
  t.equal(repeated.refusal, null);
  t.equal(repeated.seq, saved.seq, 'a repeated save is acknowledged with the one that it repeats');
  let settled = false;
  void room.settled().then(() => (settled = true));
  await ticks();
  t.equal(settled, false);
  journal.release();
  await ticks();
  t.equal(settled, true);
});

void t.test('a subscriber that fails does not keep the others from hearing', async (t) => {
  const { room, save } = await running();
  const seen: number[] = [];
  room.subscribe(() => {
    throw new Error('planted');
  });
  const end = room.subscribe((published) => seen.push(...published.map(({ seq }) => seq)));
  const { seq } = save(1);
  await ticks();
  t.same(seen, [seq]);
  end();
  save(2);
  await ticks();
  t.same(seen, [seq], 'and after its end a subscription hears nothing');
});

void t.test('[rule 2] a failed disk is reported once and nothing is handled any more', async (t) => {
  const { room, journal, failures, save } = await running();
  journal.auto = false;
  const { seq } = save(1);
  const answer = room.whenDurable(seq);
  journal.fail(new Error('EIO'));
  await t.rejects(answer, { message: 'EIO' });
  await ticks();
  t.equal(failures.length, 1);
  t.throws(() => save(2), /EIO/);
});

void t.test('[rule 5] the one timer stands at the next deadline and ends time exactly', async (t) => {
  const { room, clocks } = await running();
  const startedAt = room.state.sessions[SESSION]?.startedAt ?? 0;
  clocks.pass(60 * MINUTE - 1);
  t.equal(room.state.sessions[SESSION]?.candidates['c1']?.ended, null, 'one millisecond before the end');
  clocks.pass(1);
  t.same(room.state.sessions[SESSION]?.candidates['c1']?.ended?.at, startedAt + 60 * MINUTE);
  t.equal(room.state.sessions[SESSION]?.phase, 'ended');
});

void t.test('[rule 5] a late timer changes no end: what is due comes before what is asked', async (t) => {
  const { room, clocks, save } = await running();
  const startedAt = room.state.sessions[SESSION]?.startedAt ?? 0;
  clocks.clear();
  clocks.pass(60 * MINUTE + 4_000);
  const late = save(1);
  t.equal(late.refusal?.code, 'after-deadline');
  t.equal(room.state.sessions[SESSION]?.candidates['c1']?.ended?.at, startedAt + 60 * MINUTE);
  t.equal(room.refusedSaves.get('after-deadline'), 1, 'refused saves are counted');
});

void t.test('a wait longer than a timer can hold is done in pieces', async (t) => {
  let ticked = 0;
  const far = NINE_O_CLOCK + 3 * MAX_TIMER_MS;
  const ruleSet: Rules = {
    ...RULES,
    nextDeadline: () => (ticked === 0 ? far : null),
    decide: (state, command, now) => {
      if (command.type === 'tick' && now >= far) ticked += 1;
      return decide(state, command, now);
    },
  };
  const { clocks } = await open(undefined, new DrivenClocks(), ruleSet);
  t.equal(clocks.waits.at(-1), MAX_TIMER_MS);
  clocks.pass(3 * MAX_TIMER_MS - 1);
  t.equal(ticked, 0);
  clocks.pass(1);
  t.equal(ticked, 1);
});

void t.test('a deadline at which nothing happens does not make the room spin', async (t) => {
  let ticks = 0;
  const ruleSet: Rules = {
    ...RULES,
    nextDeadline: () => NINE_O_CLOCK,
    decide: (state, command, now) => {
      if (command.type === 'tick') ticks += 1;
      return decide(state, command, now);
    },
  };
  const { clocks } = await open(undefined, new DrivenClocks(), ruleSet);
  clocks.pass(10_000);
  t.ok(ticks > 5 && ticks < 15, `${ticks} ticks in 10 s`);
});

void t.test('the deadline is not looked up again after a save', async (t) => {
  let looks = 0;
  const ruleSet: Rules = {
    ...RULES,
    nextDeadline: (state) => {
      looks += 1;
      return nextDeadline(state);
    },
  };
  const { save } = await running(await open(undefined, undefined, ruleSet));
  const before = looks;
  for (let rev = 1; rev <= 50; rev++) save(rev);
  t.equal(looks, before);
});

void t.test('[rule 7] a restart replays to the same state and goes on', async (t) => {
  const { room, journal, clocks, save } = await running();
  save(1);
  const before = structuredClone(room.state);
  room.stop();
  clocks.pass(2_000);
  const again = await open(new HeldJournal({ auto: true, entries: journal.entries }), clocks);
  const { sessions, seats } = again.room.state;
  t.same(sessions[SESSION]?.candidates['c1']?.answers, before.sessions[SESSION]?.candidates['c1']?.answers);
  t.equal(seats['s01']?.connected, false, 'connections went with the server');
  t.equal(sessions[SESSION]?.phase, 'running');
  t.equal(again.room.state.clock.trusted, true, 'same boot');
});

void t.test('[rule 6] kill and restart under a stepped wall clock moves no deadline', async (t) => {
  for (const stepMs of [3_600_000, -3_600_000]) {
    const { room, journal, clocks } = await running();
    const startedAt = room.state.sessions[SESSION]?.startedAt ?? 0;
    clocks.pass(10 * MINUTE);
    room.stop();
    clocks.clear();
    clocks.stepWall(stepMs);
    clocks.pass(MINUTE);
    const again = await open(new HeldJournal({ auto: true, entries: journal.entries }), clocks);
    t.equal(again.room.now(), startedAt + 11 * MINUTE);
    clocks.pass(49 * MINUTE - 1);
    t.equal(again.room.state.sessions[SESSION]?.phase, 'running');
    clocks.pass(1);
    t.equal(again.room.state.sessions[SESSION]?.endedAt, startedAt + 60 * MINUTE);
  }
});

void t.test(
  '[rule 6] after a reboot clocks stand in doubt until PCs confirm, then the wall clock is followed',
  async (t) => {
    const { room, journal, clocks } = await running();
    room.stop();
    clocks.clear();
    clocks.bootId = 'boot-2';
    clocks.mono = 60_000;
    clocks.wall += 5 * MINUTE;
    const again = await open(new HeldJournal({ auto: true, entries: journal.entries }), clocks);
    t.equal(again.room.state.clock.trusted, false);
    t.ok(again.room.now() < clocks.wall, 'time goes on from what is certain');
    t.equal(clocks.isSet, false, 'and no deadline runs');
    must(again.room, { type: 'connect-seat', seatId: 's01', pcId: 'pc1', by: byRoom });
    must(again.room, { type: 'compare-clock', deviationsMs: [800], aheadMs: [800], by: byRoom });
    t.equal(again.room.state.clock.trusted, true);
    t.equal(again.room.now(), clocks.wall);
    t.equal(again.room.anchor?.at, clocks.wall, 'journaled at once');
    t.equal(clocks.isSet, true, 'deadlines run again');
  },
);

void t.test(
  '[rule 6] where the chief says that the wall clock is wrong, time goes on from what is certain',
  async (t) => {
    const { room, journal, clocks } = await running();
    room.stop();
    clocks.clear();
    clocks.bootId = 'boot-2';
    clocks.mono = 60_000;
    clocks.wall += 24 * 60 * MINUTE;
    const again = await open(new HeldJournal({ auto: true, entries: journal.entries }), clocks);
    const certain = again.room.now();
    mustStaff(again.room, 'yan', { type: 'confirm-clock', wallRight: false });
    t.equal(again.room.now(), certain);
    t.equal(again.room.state.sessions[SESSION]?.phase, 'running', 'a day that never was ends nobody');
  },
);

void t.test(
  '[rule 6] a wrong wall clock after a reboot: room time is the PCs’, whatever is done to the wall clock meanwhile',
  async (t) => {
    const { room, journal, clocks } = await running();
    const before = room.now();
    room.stop();
    clocks.clear();
    // Off for twelve minutes, up for one; the battery of the clock is dead.
    clocks.bootId = 'boot-2';
    clocks.mono = 60_000;
    clocks.wall = Date.UTC(2001, 0, 1);
    const again = await open(new HeldJournal({ auto: true, entries: journal.entries }), clocks);
    const truth = before + 13 * MINUTE;
    const votes = new ClockVotes();
    const say = (pc: string, roomNow: number) => {
      const said = votes.take(pc, roomNow, again.room.time.wallTime(), again.room.now());
      if (said !== null) must(again.room, { type: 'compare-clock', ...said, by: byRoom });
    };
    must(again.room, { type: 'connect-seat', seatId: 's01', pcId: 'pc1', by: byRoom });
    say('pc1', truth + 20);
    say('pc2', truth - 40);
    say('pc3', truth + 3_600_000);
    t.equal(again.room.state.clock.trusted, false);
    clocks.pass(30_000);
    clocks.stepWall(2 * 3_600_000);
    mustStaff(again.room, 'yan', { type: 'confirm-clock', wallRight: false });
    t.equal(again.room.now(), truth + 30_000 + 20);
    t.equal(again.room.anchor?.at, again.room.now(), 'journaled at once');
    t.equal(clocks.isSet, true, 'deadlines run again');
    again.room.stop();
    clocks.clear();
    clocks.pass(5_000);
    const third = await open(again.journal, clocks);
    t.equal(third.room.now(), truth + 35_000 + 20, 'a restart of the service goes on from there');
    t.equal(third.room.state.clock.trusted, true);
  },
);

void t.test(
  '[rule 7] an end that passed while the machine was off suspends the session once the clock is confirmed',
  async (t) => {
    const { room, journal, clocks } = await running();
    clocks.pass(55 * MINUTE);
    room.stop();
    clocks.clear();
    clocks.bootId = 'boot-2';
    clocks.mono = 60_000;
    clocks.wall += 10 * MINUTE;
    const again = await open(new HeldJournal({ auto: true, entries: journal.entries }), clocks);
    t.equal(again.room.state.sessions[SESSION]?.phase, 'running', 'in doubt nothing ends by itself');
    must(again.room, { type: 'connect-seat', seatId: 's01', pcId: 'pc1', by: byRoom });
    must(again.room, { type: 'compare-clock', deviationsMs: [100], aheadMs: [100], by: byRoom });
    clocks.pass(0);
    t.equal(again.room.state.sessions[SESSION]?.phase, 'suspended');
    t.equal(again.room.state.sessions[SESSION]?.candidates['c1']?.ended, null);
  },
);

void t.test('with no session in progress a reboot follows the wall clock without asking', async (t) => {
  const { room, journal, clocks } = await open();
  must(room, { type: 'install-package', package: smallPackage(), by: byRoom });
  room.stop();
  clocks.bootId = 'boot-2';
  clocks.mono = 1_000;
  clocks.wall += 12 * 60 * MINUTE;
  const again = await open(new HeldJournal({ auto: true, entries: journal.entries }), clocks);
  t.equal(again.room.state.clock.trusted, true);
  t.equal(again.room.now(), clocks.wall);
});
