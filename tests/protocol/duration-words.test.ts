// How long something lasts, in words: examples, and for any duration never more than there is, never less than is required.

import fc from 'fast-check';
import t from 'tap';
import { durationWords } from '../../server/protocol/duration-words.js';

void t.test('seconds, minutes, hours or days, as people say them', async (t) => {
  const said: [number, string, string][] = [
    [0, '0 秒', '0 s'],
    [2.56, '2.5 秒', '2.5 s'],
    [0.3, '0.3 秒', '0.3 s'],
    [59.99, '59.9 秒', '59.9 s'],
    [60, '1 分钟', '1 min'],
    [599, '9 分 59 秒', '9 min 59 s'],
    [2_999, '49 分钟', '49 min'],
    [7_200, '2 小时', '2 h'],
    [7_501, '2 小时 5 分', '2 h 5 min'],
    [259_199, '71 小时 59 分', '71 h 59 min'],
    [7_018_115, '81 天', '81 days'],
  ];
  for (const [seconds, zh, en] of said) t.same(durationWords(seconds), { zh, en });
  const required = [3_600, 5_400, 1_000, 59.99, 599.5, 259_201].map(
    (seconds) => durationWords(seconds, 'up').zh,
  );
  t.same(required, ['1 小时', '1 小时 30 分', '17 分钟', '1 分钟', '10 分钟', '4 天']);
});

/** What the English words stand for, seconds. */
function secondsOf(en: string): number {
  const units: Record<string, number> = { s: 1, min: 60, h: 3_600, days: 86_400 };
  const parts = [...en.matchAll(/([\d.]+) (\w+)/g)].map(([, figure, unit = '']) => [
    Number(figure),
    units[unit] ?? NaN,
  ]);
  t.ok(parts.length > 0, en);
  return parts.reduce((sum, [figure = 0, unit = NaN]) => sum + figure * unit, 0);
}

void t.test(
  'what there is is never said to be more, what is required never less, and nearly it',
  async (t) => {
    const seconds = fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.integer({ min: 0, max: 1e9 }));
    fc.assert(
      fc.property(seconds, (real) => {
        const [down, up] = [secondsOf(durationWords(real).en), secondsOf(durationWords(real, 'up').en)];
        const step = real < 60 ? 0.1 : real < 600 ? 1 : real < 259_200 ? 60 : 86_400;
        t.ok(down <= real + 1e-6 && real - down <= step + 1e-6, `${real}: ${down}`);
        t.ok(up >= real - 1e-6 && up - real <= step + 60, `${real}: ${up}`);
      }),
    );
  },
);
