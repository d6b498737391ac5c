// The staff's seat map row by row: after any event it is what the whole map made anew would be.

import t from 'tap';
import { STAFF_RULES } from '../../server/compose/rules.js';
import { nextDeadline } from '../../server/core/deadlines.js';
import { decide } from '../../server/core/decide.js';
import type { Event } from '../../server/core/events.js';
import type { Presence } from '../../server/core/views.js';
import { seatsOf } from '../../server/core/views.js';
import type { StaffHost } from '../../server/proctor/host.js';
import { sessionOnStage } from '../../server/proctor/room-views.js';
import { SeatRows } from '../../server/proctor/seat-rows.js';
import { touchedRows } from '../../server/proctor/touched-rows.js';
import { Dice, randomCommand, randomRoom, stepMs } from '../core/support/random-day.js';
import { byRoom } from '../core/support/scene.js';

const DAYS = 40;
const STEPS = 150;

void t.test('on random days the kept rows are those made anew, and news are what differs', async (t) => {
  let compared = 0;
  for (let seed = 1; seed <= DAYS; seed += 1) {
    const dice = new Dice(seed);
    const scene = randomRoom(dice);
    const said = new Map<string, Presence>();
    const room = {
      get state() {
        return scene.state;
      },
    } as StaffHost['room'];
    const host = {
      ...{ room, rules: STAFF_RULES },
      presence: (seatId: string) => said.get(seatId) ?? null,
      photoUrl: (hash: string) => `/photos/${hash}`,
    };
    const kept = new SeatRows(host);
    kept.bringUpToDate(sessionOnStage(scene.state));
    let shown = new Map(kept.shown().map((row) => [row.seatId, row]));
    kept.news();
    const happen = (...events: Parameters<typeof scene.given>) => {
      const before = scene.events.length;
      scene.given(...events);
      kept.take(
        scene.events
          .slice(before)
          .map((event, i) => ({ seq: before + i, event: event as Event, actor: byRoom })),
      );
    };
    for (let step = 0; step < STEPS; step += 1) {
      scene.at(scene.now, stepMs(dice));
      if ((nextDeadline(scene.state) ?? Infinity) <= scene.now)
        happen(...decide(scene.state, { type: 'tick', by: byRoom }, scene.now).events);
      happen(...decide(scene.state, randomCommand(dice, scene), scene.now).events);
      if (dice.chance(0.1)) {
        const seatId = dice.one(['s1', 's2', 's3', 'b1']);
        said.set(seatId, { unsent: dice.below(3), oldestUnsentMs: dice.below(20_000) });
        kept.touch(seatId);
      }
      const session = sessionOnStage(scene.state);
      kept.bringUpToDate(session);
      const fresh = new SeatRows(host);
      fresh.bringUpToDate(session);
      const [now, anew] = [kept.shown(), fresh.shown()];
      if (JSON.stringify(now) !== JSON.stringify(anew))
        return void t.same(now, anew, `day ${seed}, step ${step}`);
      const news = new Map(kept.news().map((row) => [row.seatId, row]));
      const told = new Map([...shown, ...news]);
      for (const row of now)
        if (JSON.stringify(told.get(row.seatId)) !== JSON.stringify(row))
          return void t.fail(`day ${seed}, step ${step}: ${row.seatId} was not told`);
      shown = told;
      compared += 1;
    }
  }
  t.equal(compared, DAYS * STEPS);
});

void t.test('a save touches the rows of its candidate alone, unknown candidates none', async (t) => {
  const scene = randomRoom(new Dice(3));
  const { sessionId } = Object.values(scene.state.sessions)[0]?.plan ?? { sessionId: '' };
  const saved = { type: 'answer-saved', sessionId, candidateId: 'c1' } as Event;
  t.same(touchedRows(scene.state, saved), seatsOf(scene.state, sessionId, 'c1'));
  t.ok(seatsOf(scene.state, sessionId, 'c1').length > 0);
  t.same(touchedRows(scene.state, { ...saved, candidateId: 'nobody' } as Event), []);
  t.equal(touchedRows(scene.state, { type: 'session-started' } as Event), 'all');
});
