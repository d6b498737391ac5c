// How often a recording may be played, and what does not cost a play.

import t from 'tap';
import {
  begun,
  mayPlay,
  merged,
  NOT_PLAYED,
  playsLeft,
} from '../../../../kiosk-client/candidate/exam/plays.js';

void t.test('a play is counted when it begins, and one that was broken off goes on', async (t) => {
  const first = begun(NOT_PLAYED, 2);
  t.same(first, { count: 1, at: 0, told: 0 });
  t.equal(playsLeft(first, 2), 1);
  t.same(
    begun({ ...first, at: 12.5 }, 2),
    { count: 1, at: 12.5, told: 0 },
    'from where it stopped, for nothing',
  );
  const second = begun({ count: 1, at: null, told: 1 }, 2);
  t.same(second, { count: 2, at: 0, told: 1 });
  t.equal(mayPlay(second, 2), true, 'the last one may be heard to its end');
  t.equal(mayPlay({ count: 2, at: null, told: 0 }, 2), false);
  t.throws(() => begun({ count: 2, at: null, told: 0 }, 2), /No play is left/);
});

void t.test('without a limit there is always another', async (t) => {
  t.equal(playsLeft({ count: 99 }, null), null);
  t.equal(mayPlay({ count: 99, at: null, told: 0 }, null), true);
});

void t.test('another PC gives no play back', async (t) => {
  t.same(merged(NOT_PLAYED, 2), { count: 2, at: null, told: 2 });
  t.same(
    merged({ count: 2, at: 5, told: 0 }, 2),
    { count: 2, at: 5, told: 2 },
    'what goes on here goes on, and the room knows',
  );
  t.same(merged({ count: 3, at: 5, told: 3 }, 2), { count: 3, at: 5, told: 3 });
});
