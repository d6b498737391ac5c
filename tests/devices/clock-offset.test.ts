// A camera says whole seconds only; a few questions at the right moments find its offset all the same, and never a wrong one.

import fc from 'fast-check';
import t from 'tap';
import { measureOffset, WatchedClock, type AskClock } from '../../server/devices/camera-clock.js';
import { boundsOf, doubtMs, likeliest, narrowed, waitForTurnMs } from '../../server/devices/clock-offset.js';

/** A camera that is ahead by so much, its answers underway for so long there and back. */
const answerAt = (atMs: number, offsetMs: number, there: number, back: number) => {
  const read = atMs + there + offsetMs;
  return { askedAt: atMs, answeredAt: atMs + there + back, saidMs: Math.floor(read / 1_000) * 1_000 };
};
const START = 1_780_000_000_000;

void t.test('the true offset is always within the bounds, and five questions find it to a tenth', (t) => {
  const trip = fc.double({ min: 0, max: 60, noNaN: true });
  fc.assert(
    fc.property(
      fc.double({ min: -5e7, max: 5e7, noNaN: true }),
      fc.double({ min: 0, max: 1_000, noNaN: true }),
      fc.array(fc.tuple(trip, trip), { minLength: 5, maxLength: 5 }),
      (offsetMs, startMs, trips) => {
        let wall = START + startMs;
        let bounds = null;
        let roundTrip = 0;
        for (const [there, back] of trips) {
          if (bounds !== null) wall += waitForTurnMs(bounds, wall, roundTrip);
          const sample = answerAt(wall, offsetMs, there, back);
          bounds = narrowed(bounds, sample);
          if (!(bounds.from - 1e-3 <= offsetMs && offsetMs <= bounds.to + 1e-3)) return false;
          roundTrip = there + back;
          wall = sample.answeredAt + 5;
        }
        return bounds !== null && Math.abs(likeliest(bounds) - offsetMs) <= 100 + 120;
      },
    ),
    { numRuns: 500 },
  );
  t.end();
});

void t.test('on a quick line five questions leave a doubt of less than 40 ms', (t) => {
  fc.assert(
    fc.property(fc.double({ min: -3_000, max: 3_000, noNaN: true }), (offsetMs) => {
      let wall = START;
      let bounds = null;
      for (let n = 0; n < 5; n++) {
        if (bounds !== null) wall += waitForTurnMs(bounds, wall, 2);
        bounds = narrowed(bounds, answerAt(wall, offsetMs, 1, 1));
        wall += 2;
      }
      return bounds !== null && doubtMs(bounds) < 40 && Math.abs(likeliest(bounds) - offsetMs) < 40;
    }),
  );
  t.end();
});

void t.test('the wait is never as long as a second and never negative', (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e12, max: 1e12, noNaN: true }),
      fc.double({ min: 0, max: 2e12, noNaN: true }),
      fc.double({ min: 0, max: 5_000, noNaN: true }),
      (from, wall, trip) => {
        const wait = waitForTurnMs({ from, to: from + 1_000 }, wall, trip);
        return wait >= 0 && wait < 1_000;
      },
    ),
  );
  t.end();
});

void t.test('a clock that was set in between is believed as it is now', (t) => {
  const before = boundsOf(answerAt(START, 200, 0, 0));
  const after = answerAt(START + 100, 90_000, 0, 0);
  t.same(narrowed(before, after), boundsOf(after));
  t.end();
});

/** A room whose time passes only while somebody waits or asks. */
function room() {
  const time = { mono: 0 };
  return { time, host: { nowMs: () => time.mono, wallMs: () => START + time.mono } };
}

void t.test(
  'a watched clock is asked again after five minutes, and forgotten when it says nothing more',
  async (t) => {
    const { time, host } = room();
    const never = new AbortController().signal;
    let answers: 'yes' | 'no' | 'no-time' = 'yes';
    let asked = 0;
    const ask: AskClock = () => {
      asked++;
      if (answers === 'no') return Promise.reject(new Error('gone'));
      if (answers === 'no-time') return Promise.resolve(null);
      return Promise.resolve(answerAt(host.wallMs(), 2_400, 0, 0));
    };
    const clock = new WatchedClock(host, ask);
    const look = (withinMs: number) => clock.look(time.mono + withinMs, never);
    // Time stands still here, so one question is all that can be asked without waiting.
    t.match(await look(60), { 'camera.clock-offset': Number });
    const offset = (await look(0))['camera.clock-offset'] ?? NaN;
    t.ok(Math.abs(offset - 2_400) <= 500, 'within half a second after one answer');
    const before = asked;
    answers = 'no';
    time.mono = 310_000;
    t.match(await look(60), { 'camera.clock-offset': offset }, 'the last known stands');
    t.ok(asked > before);
    const failed = asked;
    await look(60);
    t.equal(asked, failed, 'a camera that failed is left alone for a minute');
    time.mono = 1_000_000;
    t.same(await look(60), {}, 'and is not known any more after a quarter of an hour');
    answers = 'no-time';
    time.mono = 1_100_000;
    t.same(await look(60), {}, 'a camera without a time has no offset');
  },
);

void t.test('measuring waits for the right moments and ends when it knows enough', async (t) => {
  const began = performance.now();
  const host = { nowMs: () => performance.now(), wallMs: () => START + performance.now() };
  let questions = 0;
  const ask: AskClock = () => {
    questions++;
    return Promise.resolve(answerAt(host.wallMs(), -1_730, 0, 0));
  };
  const { bounds, isDone } = await measureOffset(
    ask,
    host,
    { endsAt: began + 5_000 },
    new AbortController().signal,
  );
  t.ok(isDone && bounds !== null && Math.abs(likeliest(bounds) + 1_730) <= 110, JSON.stringify(bounds));
  t.ok(questions <= 6, `${questions} questions`);
});

void t.test('an abort ends the waiting', async (t) => {
  const control = new AbortController();
  const host = { nowMs: () => performance.now(), wallMs: () => START + performance.now() };
  const ask: AskClock = () => {
    setTimeout(() => control.abort(), 5);
    return Promise.resolve(answerAt(host.wallMs(), 0, 0, 0));
  };
  await t.rejects(measureOffset(ask, host, { endsAt: performance.now() + 60_000 }, control.signal));
});
