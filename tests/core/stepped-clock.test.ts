// A look at the clocks: what it says of a stepped wall clock, and how it closes an outage of unknown length.

import t from 'tap';
import type { EventBody } from '../../server/core/events.js';
import { decide } from '../../server/core/decide.js';
import { evolve } from '../../server/core/evolve.js';
import { initialState } from '../../server/core/initial.js';

const look = { bootId: 'b2', wallAt: 9_000, monoMs: 10 };
const by = { kind: 'room' as const };

function after(...events: (EventBody & { at: number })[]) {
  let state = initialState();
  for (const event of events) state = evolve(state, event);
  return state;
}

void t.test('a step of the wall clock is journaled before the sample', async (t) => {
  const plain = decide(initialState(), { type: 'sample-clock', ...look, by }, 5);
  t.same(
    plain.events.map(({ type }) => type),
    ['clock-sampled'],
  );
  const stepped = decide(initialState(), { type: 'sample-clock', ...look, steppedByMs: -3_600_000, by }, 5);
  t.same(stepped.events[0], { type: 'wall-clock-stepped', byMs: -3_600_000 });
  t.equal(stepped.events[1]?.type, 'clock-sampled');
});

void t.test('while the clock is in doubt the length of the outage is not known', async (t) => {
  const started = (at: number) => ({ type: 'server-started' as const, ...look, version: 'test', at });
  const doubted = after(
    started(1_000),
    started(2_000),
    { type: 'clock-doubted', doubtMs: null, aheadMs: null, at: 2_000 },
    { type: 'clock-sampled', ...look, at: 2_500 },
  );
  t.same(doubted.outage, { from: 1_000, to: null });
  const confirmed = after(
    started(1_000),
    started(2_000),
    { type: 'clock-doubted', doubtMs: null, aheadMs: null, at: 2_000 },
    { type: 'clock-confirmed', byPcs: true, wallRight: true, advanceMs: 0, at: 2_600 },
    { type: 'clock-sampled', ...look, at: 9_000 },
    { type: 'clock-sampled', ...look, at: 10_000 },
  );
  t.same(confirmed.outage, { from: 1_000, to: 9_000 }, 'until the first look at the confirmed clock');
  t.equal(after({ type: 'clock-doubted', doubtMs: null, aheadMs: null, at: 1 }).outage, null);
});
