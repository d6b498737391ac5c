// Frames of the room: what is whole is passed on as it is, what is not is no message.

import fc from 'fast-check';
import t from 'tap';
import { readFrame } from '../../../../kiosk-client/candidate/room/frames.js';
import type { RoomMessage } from '../../../../server/protocol/seat.js';
import { answering, driveTimers } from '../../support/driven-kiosk.js';
import { FakeRoom } from '../../support/fake-room.js';

driveTimers(t);

const room = new FakeRoom();
const WHOLE: RoomMessage[] = [
  { t: 'welcome', v: 1, server: 'x', now: 1 },
  room.waiting(),
  room.answering(room.now + 1_000),
  { ...room.waiting(), stage: 'unpaired', session: null, seatLabel: null, pairingCode: '012345' },
  room.paper(),
  room.paper(2, [
    { itemId: 'q1', lease: 1, rev: 2, value: { options: ['x'] }, marked: true },
    { itemId: 'q2', lease: 1, rev: 1, value: { blanks: ['转化率'] }, marked: false },
  ]),
  { t: 'ack', ids: [1, 2], now: 1 },
  { t: 'refused', id: 1, code: 'failed', now: 1 },
  { t: 'refused', id: 1, code: 'failed', params: { minutes: 3 }, now: 1 },
  { t: 'beat', sent: 12.5, now: 1 },
  { t: 'reminder', beforeEndMs: 1, endsAt: 2, now: 1 },
  { t: 'message', text: '通知', at: 1, now: 1 },
  { t: 'bye', code: 'replaced', retry: false },
];

void t.test('every message of the room is passed on as it is', async (t) => {
  for (const message of WHOLE) t.same(readFrame(JSON.stringify(message)), message, message.t);
});

void t.test('a message that this page does not know is passed on', async (t) => {
  t.same(readFrame('{"t":"new","x":1}'), { t: 'new', x: 1 });
});

void t.test('what is no message is none', async (t) => {
  for (const text of ['', '{', '1', 'null', '[]', '"t"', '{"t":1}', '{"x":1}', '<html>'])
    t.equal(readFrame(text), null, text);
});

/** Every path to a field of a message. */
function paths(value: unknown, before: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [before];
  return [before, ...Object.entries(value).flatMap(([key, inner]) => paths(inner, [...before, key]))];
}

void t.test('a whole message with one field made something else throws nowhere', async (t) => {
  let none = 0;
  fc.assert(
    fc.property(fc.constantFrom(...WHOLE), fc.nat(), fc.jsonValue(), (message, which, other) => {
      const copy = JSON.parse(JSON.stringify(message)) as Record<string, unknown>;
      const all = paths(copy).filter((path) => path.length > 0 && path[0] !== 't');
      const path = all[which % all.length] ?? [];
      let place: Record<string, unknown> = copy;
      for (const key of path.slice(0, -1)) place = place[key] as Record<string, unknown>;
      place[path.at(-1) ?? ''] = other;
      const read = readFrame(JSON.stringify(copy));
      if (read === null) none += 1;
      return read === null || read.t === message.t;
    }),
    { numRuns: 5_000 },
  );
  t.ok(none > 1_000, `${none} of 5,000 were no messages`);
});

void t.test('a kiosk that is told such things keeps its page and its time', async (t) => {
  const live = await answering();
  t.equal(live.kiosk.stage, 'answering');
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...WHOLE), fc.nat(), fc.jsonValue(), async (message, which, other) => {
      const copy = JSON.parse(JSON.stringify(message)) as Record<string, unknown>;
      const keys = Object.keys(copy).filter((key) => key !== 't');
      const key = keys[which % keys.length] ?? '';
      if (readFrame(JSON.stringify({ ...copy, [key]: other })) !== null) return;
      live.sayRaw(JSON.stringify({ ...copy, [key]: other }));
      t.equal(live.kiosk.stage, 'answering');
      t.ok(Math.abs((live.kiosk.clock.now() ?? 0) - live.now) < 5);
    }),
    { numRuns: 300 },
  );
  live.kiosk.stop();
});
