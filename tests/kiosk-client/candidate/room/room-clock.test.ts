// The room's time on a candidate's PC: what is worked out from beats, from one-way messages, and across a reload.

import fc from 'fast-check';
import t from 'tap';
import { RoomClock } from '../../../../kiosk-client/candidate/room/room-clock.js';

const ROOM = 1_800_000_000_000;

/** A PC whose two clocks are set by hand. */
function pc() {
  const hands = { monotonic: 1_000, wall: 1_700_000_000_000 };
  const clock = new RoomClock({ monotonic: () => hands.monotonic, wall: () => hands.wall });
  /** One beat: out at now, `thereMs` later at the room, `backMs` later back. Room time runs with the monotonic clock. */
  const beat = (roomAhead: number, thereMs: number, backMs: number) => {
    const sentAt = hands.monotonic;
    hands.monotonic += thereMs;
    const roomNow = hands.monotonic + roomAhead;
    hands.monotonic += backMs;
    clock.hear(roomNow, sentAt);
  };
  return { hands, clock, beat };
}

void t.test('before a word from the room there is no time', async (t) => {
  const { clock } = pc();
  t.equal(clock.now(), null);
  t.equal(clock.mark(), null);
  t.equal(clock.heard, false);
});

void t.test('a message that came by itself sets the clock until the first beat', async (t) => {
  const { clock, hands, beat } = pc();
  clock.hear(ROOM, null);
  t.equal(clock.now(), ROOM);
  hands.monotonic += 250;
  t.equal(clock.now(), ROOM + 250);
  const ahead = ROOM - 1_000 + 40;
  beat(ahead, 10, 10);
  t.equal(clock.now(), hands.monotonic + ahead, 'the beat knows better');
  clock.hear(ROOM + 10_000, null);
  t.equal(clock.now(), hands.monotonic + ahead, 'and a message that came by itself does not');
});

void t.test('the way is taken off by half, and the shortest way counts', async (t) => {
  const { clock, hands, beat } = pc();
  const ahead = ROOM;
  beat(ahead, 300, 20);
  t.equal(clock.now(), hands.monotonic + ahead + (300 - 20) / 2, 'wrong by half of what the ways differ');
  beat(ahead, 4, 4);
  t.equal(clock.now(), hands.monotonic + ahead);
  beat(ahead, 200, 0);
  t.equal(clock.now(), hands.monotonic + ahead, 'a longer way later changes nothing');
});

void t.test('[rule 5] the error is at most half of the shortest round trip, whatever the ways', async () => {
  const way = fc.integer({ min: 0, max: 500 });
  fc.assert(
    fc.property(fc.array(fc.tuple(way, way), { minLength: 1, maxLength: 20 }), (ways) => {
      const { clock, hands, beat } = pc();
      for (const [there, back] of ways) beat(ROOM, there, back);
      const shortest = Math.min(...ways.slice(-8).map(([there, back]) => there + back));
      const error = Math.abs((clock.now() ?? 0) - (hands.monotonic + ROOM));
      return error <= shortest / 2 + 1;
    }),
  );
});

void t.test('[rule 6] nothing that the wall clock does moves the time once the room was heard', async () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -4e12, max: 4e12 }), { maxLength: 10 }), (jumps) => {
      const { clock, hands, beat } = pc();
      beat(ROOM, 5, 5);
      for (const jump of jumps) {
        hands.wall += jump;
        hands.monotonic += 1_000;
        if (clock.now() !== hands.monotonic + ROOM) return false;
      }
      return true;
    }),
  );
});

void t.test('a clock that drifts is followed by the beats', async (t) => {
  const { clock, hands, beat } = pc();
  let ahead = ROOM;
  for (let count = 0; count < 100; count++) {
    ahead += 2;
    hands.monotonic += 5_000;
    beat(ahead, 3, 3);
  }
  const error = Math.abs((clock.now() ?? 0) - (hands.monotonic + ahead));
  t.ok(error <= 8 * 2, `${error} ms behind after 8 minutes at 400 ppm`);
});

void t.test('after the PC slept the first beat is believed at once', async (t) => {
  const { clock, hands, beat } = pc();
  for (let count = 0; count < 8; count++) beat(ROOM, 1, 1);
  // The monotonic clock stood still for an hour.
  beat(ROOM + 3_600_000, 50, 50);
  t.equal(clock.now(), hands.monotonic + ROOM + 3_600_000);
});

void t.test('a slow beat is not taken for a jump', async (t) => {
  const { clock, hands, beat } = pc();
  beat(ROOM, 1, 1);
  beat(ROOM, 9_000, 0);
  t.equal(clock.now(), hands.monotonic + ROOM);
});

void t.test(
  'a reload is bridged by the wall clock, and the error is told when the room is heard',
  async (t) => {
    const before = pc();
    before.beat(ROOM, 5, 5);
    const mark = before.clock.mark();
    if (mark === null) throw new Error('No mark');
    const after = pc();
    after.hands.monotonic = 20;
    after.hands.wall = mark.wallNow + 7_000;
    after.clock.bridge(mark);
    t.equal(after.clock.now(), mark.roomNow + 7_000);
    t.equal(after.clock.heard, false);
    t.equal(after.clock.bridgeErrorMs, null);
    after.hands.monotonic += 1_000;
    t.equal(after.clock.now(), mark.roomNow + 8_000, 'it runs on by the monotonic clock');
    after.clock.hear(mark.roomNow + 8_300, null);
    t.equal(after.clock.bridgeErrorMs, 300);
    t.equal(after.clock.now(), mark.roomNow + 8_300);
    after.clock.hear(mark.roomNow + 9_300, after.hands.monotonic);
    t.equal(after.clock.bridgeErrorMs, 300, 'told once');
  },
);

void t.test('a wall clock that went backwards over a reload is not believed', async (t) => {
  const { clock, hands } = pc();
  clock.bridge({ roomNow: ROOM, wallNow: hands.wall + 3_600_000 });
  t.equal(clock.now(), ROOM);
});
