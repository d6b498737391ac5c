// The one writer: what is decided at once, what waits for the disk, what the one timer does, what a restart brings back.

import t from 'tap';
import { evolve } from '../../server/core/evolve.js';
import { changesDeadlines, nextDeadline } from '../../server/core/deadlines.js';
import { decide } from '../../server/core/decide.js';
import { initialState } from '../../server/core/initial.js';
import { createLog } from '../../server/log.js';
import { createRoom, MAX_TIMER_MS, type Published, type Rules, type RunningRoom } from '../../server/room.js';
import { beginUpkeep, SAMPLE_EVERY_MS } from '../../server/room-upkeep.js';
import { ClockVotes } from '../../server/seats/clock-votes.js';
import { DrivenClocks, NINE_O_CLOCK } from '../support/driven-clocks.js';
import { HeldJournal } from '../support/held-journal.js';
import {
  admit,
  byRoom,
  candidateIdOf,
  deal,
  must,
  mustStaff,
  openEntry,
  seatIdOf,
  SESSION,
  smallPackage,
  start,
  ticketOf,
} from '../support/small-room.js';

const RULES: Rules = { decide, evolve, nextDeadline, changesDeadlines, initialState };
const MINUTE = 60_000;
const log = createLog('silent');

interface Setting {
  room: RunningRoom;
  journal: HeldJournal;
  clocks: DrivenClocks;
  failures: Error[];
}

async function open(
  journal = new HeldJournal({ auto: true }),
  clocks = new DrivenClocks({ wall: NINE_O_CLOCK - 20 * MINUTE }),
  ruleSet = RULES,
): Promise<Setting> {
  const failures: Error[] = [];
  const held = !journal.auto;
  journal.auto = true;
  const room = await createRoom({
    journal,
    rules: ruleSet,
    clocks,
    alarm: clocks,
    log,
    version: 'test',
    onFailure: (error) => failures.push(error),
  });
  journal.auto = !held;
  return { room, journal, clocks, failures };
}

/** One candidate at work on q1. */
async function running(
  setting?: Setting,
): Promise<Setting & { save: (rev: number) => ReturnType<RunningRoom['handle']> }> {
  const { room, journal, clocks, failures } = setting ?? (await open());
  must(room, { type: 'install-package', package: smallPackage(), by: byRoom });
  const seatId = seatIdOf(0);
  mustStaff(room, 'xi', { type: 'pair-seat', pcId: 'pc1', seatId });
  must(room, { type: 'connect-seat', seatId, pcId: 'pc1', by: byRoom });
  openEntry(room);
  deal(room, 3);
  admit(room, 0);
  const by = { kind: 'seat' as const, seatId, pcId: 'pc1' };
  const ticketNo = ticketOf(0);
  must(room, { type: 'log-in', sessionId: SESSION, ticketNo, password: ticketNo.slice(-6), by });
  clocks.pass(20 * MINUTE);
  start(room);
  const save = (rev: number) =>
    room.handle({
      type: 'save-answer',
      candidateId: candidateIdOf(0),
      lease: 1,
      itemId: 'q1',
      rev,
      value: { options: ['a'] },
      marked: false,
      madeAt: room.now(),
      by,
    });
  return { room, journal, clocks, failures, save };
}

const ticks = () => new Promise((resolve) => setImmediate(resolve));

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

void t.test('upkeep: clocks every 5 s while a session is under way, every 60 s otherwise', async (t) => {
  const { room, journal, clocks } = await open();
  const upkeep = beginUpkeep(room, journal, log, { everyMs: 0 });
  const samples = () => journal.entries.filter(({ type }) => type === 'clock-sampled').length;
  const before = samples();
  for (let second = 0; second < 59; second++) {
    clocks.pass(1_000);
    await upkeep.round();
  }
  t.equal(samples(), before);
  clocks.pass(1_000);
  await upkeep.round();
  t.equal(samples(), before + 1);
  must(room, { type: 'install-package', package: smallPackage(), by: byRoom });
  openEntry(room);
  const open5 = samples();
  for (let second = 0; second < 10; second++) {
    clocks.pass(1_000);
    await upkeep.round();
  }
  t.equal(samples(), open5 + 10_000 / SAMPLE_EVERY_MS);
  await upkeep.stop();
});

void t.test('[rule 6] upkeep journals a step of the wall clock, and only then', async (t) => {
  const { room, journal, clocks } = await open();
  const upkeep = beginUpkeep(room, journal, log, { everyMs: 0 });
  clocks.pass(1_000);
  await upkeep.round();
  const steps = () => journal.entries.filter(({ type }) => type === 'wall-clock-stepped');
  t.equal(steps().length, 0);
  clocks.stepWall(-3_600_000);
  await upkeep.round();
  t.equal(steps().length, 1);
  t.match(steps()[0]?.body, { byMs: -3_600_000 });
  await upkeep.stop();
});

void t.test(
  'upkeep signs heads at phase changes and each minute, and writes a snapshot that replay starts from',
  async (t) => {
    const { room, journal, clocks, save } = await running();
    const upkeep = beginUpkeep(room, journal, log, { everyMs: 0 });
    await upkeep.round();
    const signed = journal.signedAt.length;
    t.ok(signed >= 1);
    save(1);
    clocks.pass(30_000);
    await upkeep.round();
    t.equal(journal.signedAt.length, signed, 'no head in between');
    clocks.pass(30_000);
    await upkeep.round();
    t.equal(journal.signedAt.length, signed + 1);
    mustStaff(room, 'yan', { type: 'pause-session', sessionId: SESSION, cause: 'chief', reason: 'test' });
    await ticks();
    for (let round = 0; round < 3; round++) await upkeep.round();
    t.equal(journal.signedAt.length, signed + 2, 'a phase change signs');
    t.equal(journal.snapshots.length, 1);
    const snapshot = journal.snapshots[0];
    save(2);
    await upkeep.stop();
    room.stop();
    const replayed: number[] = [];
    const second = new HeldJournal({ auto: true, entries: journal.entries, snapshots: journal.snapshots });
    const replay = second.replay.bind(second);
    second.replay = async function* (afterSeq = 0) {
      replayed.push(afterSeq);
      yield* replay(afterSeq);
    };
    const again = await open(second, clocks);
    t.same(replayed, [snapshot?.seq], 'only what came after the snapshot is replayed');
    const whole = await open(new HeldJournal({ auto: true, entries: journal.entries }), clocks);
    t.same(again.room.state, whole.room.state, 'snapshot and replay agree');
    t.same(again.room.anchor?.at, whole.room.anchor?.at);
  },
);

void t.test(
  'a snapshot that takes its time holds up neither clocks nor heads, and only one is taken',
  async (t) => {
    const { room, journal, clocks, save } = await running();
    let taken: (() => void) | null = null;
    let asked = 0;
    const upkeep = beginUpkeep(room, journal, log, {
      everyMs: 0,
      takeSnapshot: () => {
        asked += 1;
        const seq = room.lastSeq;
        const json = new TextEncoder().encode('{"n":1}');
        return new Promise((resolve) => (taken = () => resolve({ seq, json })));
      },
    });
    mustStaff(room, 'yan', { type: 'pause-session', sessionId: SESSION, cause: 'chief', reason: 'test' });
    mustStaff(room, 'yan', { type: 'resume-session', sessionId: SESSION });
    await ticks();
    const samples = () => journal.entries.filter(({ type }) => type === 'clock-sampled').length;
    const before = { samples: samples(), heads: journal.signedAt.length };
    const rounds: Promise<void>[] = [];
    for (let rev = 1; rev <= 70; rev++) {
      save(rev);
      clocks.pass(1_000);
      rounds.push(upkeep.round());
      await ticks();
    }
    t.equal(asked, 1);
    t.equal(samples() - before.samples, 70_000 / SAMPLE_EVERY_MS);
    t.ok(journal.signedAt.length >= before.heads + 2, 'at the change of phase, and after a minute');
    t.equal(journal.snapshots.length, 0);
    (taken as (() => void) | null)?.();
    await Promise.all(rounds);
    t.same(journal.snapshots[0]?.state, { n: 1 });
    await upkeep.stop();
  },
);

void t.test(
  'a snapshot that cannot be taken is tried again at the next occasion, and the end waits for it',
  async (t) => {
    const { room, journal } = await running();
    let aborted = false;
    const upkeep = beginUpkeep(room, journal, log, {
      everyMs: 0,
      takeSnapshot: (signal) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(new Error('aborted'));
          }),
        ),
    });
    mustStaff(room, 'yan', { type: 'pause-session', sessionId: SESSION, cause: 'chief', reason: 'test' });
    await ticks();
    const round = upkeep.round();
    await ticks();
    await upkeep.stop();
    await round;
    t.equal(aborted, true);
    t.equal(journal.snapshots.length, 0);
  },
);
