// Events go into the journal and come back as they were.

import t from 'tap';
import type { Event } from '../../server/core/events.js';
import { actorText, eventOf, rowOf } from '../../server/protocol/journal-event.js';

const started: Event = { type: 'session-started', sessionId: 'theory-am', at: 7 };
const sampled: Event = { type: 'clock-sampled', bootId: 'b', wallAt: 1, monoMs: 2, at: 8 };

void t.test('an event and its entry say the same', async (t) => {
  for (const event of [started, sampled]) t.same(eventOf(rowOf(event, { kind: 'room' })), event);
  t.match(rowOf(started, { kind: 'room' }), {
    at: 7,
    session: 'theory-am',
    type: 'session-started',
    actor: 'room',
  });
  t.equal(rowOf(sampled, { kind: 'room' }).session, '');
});

void t.test('the columns stand above the body', async (t) => {
  const entry = rowOf(started, { kind: 'room' });
  t.equal(eventOf({ ...entry, at: 99 }).at, 99);
});

void t.test('actors are named', async (t) => {
  t.equal(actorText({ kind: 'staff', staffId: 'yan', station: '10.0.0.9' }), 'staff:yan@10.0.0.9');
  t.equal(actorText({ kind: 'seat', seatId: 's01', pcId: 'p' }), 'seat:s01');
  t.equal(actorText({ kind: 'room' }), 'room');
});
