// What a running room does beside its commands: clocks, signed heads, snapshots.

import t from 'tap';
import { beginUpkeep, SAMPLE_EVERY_MS } from '../../server/room-upkeep.js';
import { log, open, running, ticks } from '../support/driven-room.js';
import { HeldJournal } from '../support/held-journal.js';
import { byRoom, must, mustStaff, openEntry, SESSION, smallPackage } from '../support/small-room.js';

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
    const snapshotEveryEvents = room.lastSeq + 3;
    const upkeep = beginUpkeep(room, journal, log, { everyMs: 0, snapshotEveryEvents });
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
      ...{ everyMs: 0, snapshotEveryEvents: 1 },
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
      ...{ everyMs: 0, snapshotEveryEvents: 1 },
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

void t.test('snapshots are taken while it is quiet, none while everybody writes', async (t) => {
  const before = await open();
  const early = beginUpkeep(before.room, before.journal, log, { everyMs: 0 });
  must(before.room, { type: 'install-package', package: smallPackage(), by: byRoom });
  openEntry(before.room);
  await ticks();
  await early.round();
  t.equal(before.journal.snapshots.length, 1, 'when entry opens');
  await early.stop();
  const { room, journal, save } = await running();
  const upkeep = beginUpkeep(room, journal, log, { everyMs: 0 });
  save(1);
  mustStaff(room, 'yan', { type: 'pause-session', sessionId: SESSION, cause: 'chief', reason: 'test' });
  mustStaff(room, 'yan', { type: 'resume-session', sessionId: SESSION });
  await ticks();
  for (let round = 0; round < 3; round++) await upkeep.round();
  t.equal(journal.snapshots.length, 0);
  await upkeep.stop();
});
