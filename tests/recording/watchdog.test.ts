// When a recording is taken for dead, when it is tried again, and what becomes of it when space runs low: with clocks that the
// test moves.

import t from 'tap';
import { Attempts, isRefusal } from '../../server/recording/attempts.js';
import { nextSpace, type Space } from '../../server/recording/space.js';
import { BackOff, Watchdog } from '../../server/recording/watchdog.js';

void t.test('no first picture within 20 s', async (t) => {
  const dog = new Watchdog(1_000, 10_000);
  t.equal(dog.complaint(21_000), null);
  t.equal(dog.complaint(21_001), 'no-first-picture');
  t.notOk(dog.hasData);
  t.equal(dog.silentMs(21_000), null);
});

void t.test('no picture for 8 s', async (t) => {
  const dog = new Watchdog(0, 10_000);
  dog.sawData(5_000);
  dog.sawSegment(5_500);
  t.equal(dog.complaint(13_000), null);
  t.equal(dog.complaint(13_001), 'no-pictures');
  t.equal(dog.silentMs(13_000), 8_000);
});

void t.test('no whole segment for 25 s though pictures come', async (t) => {
  const dog = new Watchdog(0, 10_000);
  for (let at = 1_000; at <= 26_000; at += 1_000) {
    dog.sawData(at);
    t.equal(dog.complaint(at), null, `${at}`);
  }
  dog.sawData(27_000);
  t.equal(dog.complaint(27_000), 'no-segment');
  dog.sawSegment(27_000);
  t.equal(dog.complaint(27_500), null);
});

void t.test('waits longer after each failure, and anew after a minute of health', async (t) => {
  const backOff = new BackOff();
  const waits = Array.from({ length: 8 }, () => backOff.failed());
  t.same(waits, [200, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  backOff.healthyFor(59_999);
  t.equal(backOff.failed(), 15_000, 'a minute is a minute');
  backOff.healthyFor(60_000);
  t.equal(backOff.failures, 0);
  t.equal(backOff.failed(), 200);
});

void t.test(
  'a refused login is tried five times in half an hour at most, and anew with other settings',
  async (t) => {
    const attempts = new Attempts();
    const triedAt: number[] = [];
    for (let at = 0; at < 30 * 60_000; at += 1_000)
      if (attempts.isTime(at)) {
        triedAt.push(at);
        attempts.failed(at, '401', true);
      }
    t.same(triedAt, [0, 30_000, 330_000, 930_000, 1_530_000]);
    t.ok(attempts.isRefused);
    attempts.rest();
    t.notOk(attempts.isTime(31 * 60_000), 'switching it off and on is no other password');
    t.equal(attempts.reason, '401');
    attempts.anew();
    t.match(attempts, { isRefused: false, reason: null, failures: 0, restarts: 5 });
    t.ok(attempts.isTime(31 * 60_000));
    t.equal(attempts.failed(31 * 60_000, 'gone', false), 200, 'what fails otherwise is tried soon');
    attempts.rest();
    t.ok(attempts.isTime(31 * 60_000), 'and at once when it is wanted anew');
  },
);

void t.test('a login that is let in is not counted against the next one', async (t) => {
  const attempts = new Attempts();
  for (let n = 0; n < 3; n++) attempts.failed(0, '401', true);
  attempts.flows(100);
  t.notOk(attempts.isRefused);
  t.equal(attempts.failed(0, '401', true), 30_000);
});

void t.test('a refusal is what ffmpeg says of one', async (t) => {
  const said = [
    '[rtsp @ 0x55] method DESCRIBE failed: 401 Unauthorized\nrtsp://h/1: Server returned 401 Unauthorized (authorization failed)',
    '[rtsp @ 0x55] method SETUP failed: 403 Forbidden',
    'rtsp://h/1: Server returned 403 Forbidden (access denied)',
  ];
  for (const text of said) t.ok(isRefusal(text), text);
  const others = [
    '[rtsp @ 0x55] method DESCRIBE failed: 404 Not Found',
    '[rtsp @ 0x55] method SETUP failed: 453 Not Enough Bandwidth',
    'rtsp://h/401: Connection refused',
    'Non-monotonous DTS 401',
  ];
  for (const text of others) t.notOk(isRefusal(text), text);
});

void t.test('space is taken back only with a tenth to spare', async (t) => {
  const limits = { lowBytes: 1_500, stopBytes: 800 };
  const seen: Space[] = [];
  let now: Space = 'enough';
  for (const free of [1_500, 1_499, 1_649, 1_650, 1_400, 799, 879, 880, 1_649, 1_650, 700, 5_000]) {
    now = nextSpace(now, free, limits);
    seen.push(now);
  }
  t.same(seen, [
    ...['enough', 'low', 'low', 'enough', 'low', 'out', 'out', 'low', 'low', 'enough'],
    ...['out', 'enough'],
  ]);
});
