// Pictures come in their order and none is left out, however late somebody is; and none before its time.

import t from 'tap';
import { FilmPace } from '../../server/rehearsal/film-pace.js';

const busy = (ms: number) => {
  for (const until = performance.now() + ms; performance.now() < until;) continue;
};

void t.test('each picture once, in its order, not before its time, also after a hold-up', async (t) => {
  const shown: { picture: number; afterMs: number }[] = [];
  const startedMono = performance.now();
  const ended = new Promise<void>((resolve) => {
    const pace: FilmPace = new FilmPace(50, startedMono, (picture) => {
      shown.push({ picture, afterMs: performance.now() - startedMono });
      if (picture === 2) busy(150);
      if (picture === 15) {
        pace.stop();
        resolve();
      }
    });
  });
  // The pace alone keeps no process.
  const alive = setInterval(() => undefined, 1_000);
  await ended;
  await new Promise((resolve) => setTimeout(resolve, 100));
  clearInterval(alive);
  t.same(
    shown.map(({ picture }) => picture),
    Array.from({ length: 16 }, (_, k) => k),
  );
  for (const { picture, afterMs } of shown)
    t.ok(afterMs >= picture * 20 - 1, `${picture} after ${afterMs} ms`);
});

void t.test('after the stop nothing is shown', async (t) => {
  let count = 0;
  const pace = new FilmPace(1_000, performance.now() + 50, () => (count += 1));
  pace.stop();
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.equal(count, 0);
});
