// A kiosk that is asked to play candidates of a practice session: it does while nobody is expected at it, and never else.

import t from 'tap';
import { answering, driveTimers, timers } from '../support/driven-kiosk.js';
import { FakeRoom } from '../support/fake-room.js';

driveTimers(t);
const WORD = 'a'.repeat(32);

async function waiting(): Promise<FakeRoom> {
  const room = new FakeRoom();
  await room.kiosk.start();
  await room.pass(3_000, timers);
  return room;
}
const ask = (room: FakeRoom, word: string | null = WORD) => room.say({ t: 'rehearse', word, now: room.now });

void t.test('a waiting PC opens the page that plays, and closes it when the room says so', async (t) => {
  const room = await waiting();
  ask(room);
  t.same(room.rehearsals, [WORD]);
  t.equal(room.kiosk.rehearsing, true);
  ask(room, null);
  t.same(room.rehearsals, []);
  t.equal(room.kiosk.rehearsing, false);
  room.kiosk.stop();
});

void t.test('a second word takes the place of the first', async (t) => {
  const room = await waiting();
  ask(room);
  ask(room, 'b'.repeat(32));
  t.same(room.rehearsals, ['b'.repeat(32)]);
  room.kiosk.stop();
  t.same(room.rehearsals, [], 'and it ends with the kiosk');
});

void t.test('as soon as the page is for a candidate it is closed', async (t) => {
  for (const stage of ['log-in', 'confirm', 'ready'] as const) {
    const room = await waiting();
    ask(room);
    await room.show(room.stage(stage));
    t.same(room.rehearsals, [], stage);
    ask(room);
    t.same(room.rehearsals, [], `${stage}: and it is not opened again, whatever the room says`);
    room.kiosk.stop();
  }
});

void t.test('a PC at which somebody answers plays nobody', async (t) => {
  const room = await answering();
  ask(room);
  t.same(room.rehearsals, []);
  t.equal(room.kiosk.stage, 'answering');
  room.kiosk.stop();
});

void t.test('a PC that still holds an answer of an earlier exam plays nobody', async (t) => {
  const room = await answering();
  room.silent = true;
  room.kiosk.change('q1', { options: ['x'] }, false);
  await room.pass(100, timers);
  await room.show(room.waiting());
  t.equal(room.kiosk.stage, 'waiting');
  t.equal(room.kiosk.sittings.unsent(room.now).count, 1);
  ask(room);
  t.same(room.rehearsals, []);
  room.kiosk.stop();
});

void t.test('with the line to the room the rehearsal is over', async (t) => {
  const room = await waiting();
  ask(room);
  room.goDown();
  await room.pass(500, timers);
  t.same(room.rehearsals, []);
  room.kiosk.stop();
});
