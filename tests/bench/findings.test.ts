// What the benches make of what they measure: verdicts, places of a profile, slopes, plots, the page. Nothing is started.

import t from 'tap';
import { withKept } from './figures-page.js';
import { heldMemory, hotFunctions } from './hot-places.js';
import { longRunPicture, verdicts, type LongRun, type Sample } from './long-run-report.js';
import { cells, isMet, ratioOf, shown, type Found } from './rows.js';
import { readMetric } from './server-figures.js';
import { slopeOf } from './slope.js';
import { niceTicks, plot } from './svg-plot.js';

const found: Found = {
  ...{ id: 'x', what: ['最高速率', 'highest rate'], figure: 4_000, unit: '/s' },
  ...{ raw: { figure: 8_000, what: ['裸', 'bare'] }, ratioBudget: { atLeast: 0.4 } },
};

void t.test(
  'a finding is met when its figure and its ratio hold, and is not judged without a budget',
  (t) => {
    t.equal(ratioOf(found), 0.5);
    t.equal(isMet(found), true);
    t.equal(isMet({ ...found, figure: 3_000 }), false);
    t.equal(isMet({ ...found, budget: { atMost: 3_999 } }), false, 'both have to hold');
    t.equal(isMet({ id: 'y', what: ['', ''], figure: 1, unit: 's' }), null);
    t.same(cells(found, 'en'), ['highest rate', '≥ 0.40 x', '4,000 /s', '8,000 /s', '0.50 x', '达到 met']);
    t.same([1_234.5, 12.34, 0.123].map(shown), ['1,235', '12.3', '0.12']);
    t.end();
  },
);

void t.test('places of a profile are sorted by their own time, idle time left out', (t) => {
  const callFrame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 4 });
  const profile = {
    nodes: [
      { id: 1, callFrame: callFrame('(root)') },
      { id: 2, callFrame: callFrame('(idle)') },
      { id: 3, callFrame: callFrame('decide', 'file:///room/build/server/core/decide.js') },
      { id: 4, callFrame: callFrame('send', 'file:///room/node_modules/ws/lib/sender.js') },
    ],
    ...{ startTime: 0, endTime: 10_000, samples: [2, 3, 4, 3], timeDeltas: [4_000, 2_000, 1_000, 1_000] },
  };
  t.same(
    hotFunctions(profile).map(({ where, self, share }) => [where, self, share]),
    [
      ['decide  server/core/decide.js:5', 3, 0.75],
      ['send  ws/lib/sender.js:5', 1, 0.25],
    ],
  );
  const leaf = { callFrame: callFrame('make'), selfSize: 3_072, children: [] };
  t.equal(heldMemory({ callFrame: callFrame('(root)'), selfSize: 0, children: [leaf] })[0]?.self, 3_072);
  t.end();
});

void t.test('a metric is found by its whole name and labels', (t) => {
  const text = '# HELP a b\na_total 3\na{at="p99"} 0.5\n';
  t.equal(readMetric(text, 'a{at="p99"}'), 0.5);
  t.throws(() => readMetric(text, 'a'), /no metric a/);
  t.end();
});

void t.test('a slope is flat when its confidence interval holds zero or less than matters', (t) => {
  const points = Array.from({ length: 60 }, (_, n) => [n, 100 + (n % 2)] as const);
  const level = slopeOf(points);
  t.ok(level.low < 0 && level.high > 0, JSON.stringify(level));
  const rising = slopeOf(points.map(([x, y]) => [x, y + 2 * x] as const));
  t.ok(rising.low > 1.9 && rising.high < 2.1, JSON.stringify(rising));
  t.end();
});

void t.test('the long run calls a leak rising, a level one flat, and one that is too short neither', (t) => {
  const samples = (count: number, rise: number, noise: number): Sample[] =>
    Array.from({ length: count }, (_, n) => {
      const rssMb = 200 + noise * Math.sin(n * 1.7) + rise * n;
      const still = { heapMb: 50, externalMb: 4, openFiles: 430, loopP99Ms: 2, loopMaxMs: 5, clockMs: 0 };
      return { minutes: (n / count) * 60, session: n < count / 2 ? 0 : 1, isWriting: true, rssMb, ...still };
    });
  const judged = (count: number, rise: number, noise = 2) =>
    verdicts(samples(count, rise, noise)).map((one) => [one.name[1], one.judged]);
  t.same(judged(720, 0)[0], ['resident memory', 'flat']);
  t.same(judged(720, 0.1)[0], ['resident memory', 'rising'], '72 MB in an hour');
  t.same(judged(20, 0, 60)[0], ['resident memory', 'unclear']);
  t.same(judged(720, 0.1)[3], ['open file handles', 'flat']);
  const run = { samples: samples(720, 0, 2) } as LongRun;
  t.notMatch(longRunPicture(run), /NaN|undefined/);
  t.end();
});

void t.test('a plot has its axes, its units and its words, escaped', (t) => {
  const svg = plot([
    {
      ...{
        title: ['延迟', 'Latency <p99>'],
        x: { label: ['人', 'people'], log: true },
        y: { label: ['毫秒', 'ms'] },
      },
      series: [
        {
          name: ['p99', ''],
          points: [
            [40, 2],
            [5_000, 40],
          ],
        },
      ],
      limit: { at: 50, name: ['预算', 'budget'] },
    },
  ]);
  for (const word of ['延迟', 'Latency &lt;p99&gt;', '毫秒', 'people', '预算', '5,000'])
    t.ok(svg.includes(word), word);
  t.notMatch(svg, /NaN|undefined/);
  t.same(niceTicks(0, 47, 5), [0, 10, 20, 30, 40, 50]);
  t.end();
});

void t.test('what another command wrote into the page stays when it is written anew', (t) => {
  const page = withKept('# Figures\n', 'eight hours');
  t.match(page, /eight hours/);
  const again = withKept(page, 'nine hours');
  t.match(again, /nine hours/);
  t.notMatch(again, /eight hours/);
  t.end();
});
