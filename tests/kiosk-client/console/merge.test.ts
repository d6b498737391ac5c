// What the room pushes, put into the picture that a page has.

import fc from 'fast-check';
import t from 'tap';
import { FEED_KEPT, merge } from '../../../kiosk-client/console/room/merge.js';
import { roomView, seat, session } from '../support/room-view.js';

const line = (seq: number) => ({ seq, at: seq, type: 'session-started', params: {} });

void t.test('only what changed is another object', (t) => {
  const before = roomView();
  const after = merge(before, { now: 2, seats: [seat(2, { look: 'hand' })] });
  t.equal(after.seats[0], before.seats[0]);
  t.equal(after.seats[1]?.look, 'hand');
  t.equal(before.seats[1]?.look, 'answering', 'the old picture stays as it was');
  t.equal(after.session, before.session);
  t.equal(after.now, 2);
  t.end();
});

void t.test('a session that is gone is gone, one that is not named stays', (t) => {
  t.equal(merge(roomView(), { now: 2, session: null }).session, null);
  t.equal(merge(roomView(), { now: 2 }).session?.sessionId, 'am');
  t.equal(merge(roomView(), { now: 2, session: session({ phase: 'paused' }) }).session?.phase, 'paused');
  t.end();
});

void t.test('seats that a new package brings are added', (t) => {
  t.same(
    merge(roomView(), { now: 2, seats: [seat(7)] }).seats.map(({ seatId }) => seatId),
    ['s01', 's02', 's07'],
  );
  t.end();
});

void t.test('the feed is newest first, each line once, however often it comes', (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }), (sizes) => {
      let view = roomView();
      let seq = 0;
      for (const size of sizes) {
        // Every push repeats the last lines of the one before.
        const from = Math.max(1, seq - 3);
        const upTo = seq + size;
        seq = upTo;
        const news = Array.from({ length: upTo - from + 1 }, (_, index) => line(upTo - index));
        view = merge(view, { now: 1, feed: news });
      }
      const seqs = view.feed.map((one) => one.seq);
      const wanted = Array.from({ length: Math.min(seq, FEED_KEPT) }, (_, index) => seq - index);
      return JSON.stringify(seqs) === JSON.stringify(wanted);
    }),
  );
  t.end();
});
