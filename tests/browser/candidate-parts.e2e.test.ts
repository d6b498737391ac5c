// Two parts of the kiosk that only a browser can prove: rich text of any kind runs and loads nothing, and the local store keeps
// its contract on a real IndexedDB.

import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { BROWSERS } from './support/browsers.js';
import { BuiltPage } from './support/built-page.js';
import type { RoomBrowser } from './support/room-browser.js';

t.setTimeout(560_000);

const richText = await BuiltPage.serve('tests/kiosk-client/browser-pages/rich-text-page.tsx');
const storage = await BuiltPage.serve('tests/kiosk-client/browser-pages/store-page.ts');
const browsers: RoomBrowser[] = [];
t.teardown(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  richText.close();
  storage.close();
});
for (const start of BROWSERS) browsers.push(await start({ origin: richText.url, ca: null }));

/** Each runs `ran()` or loads something, if it may. */
const HOSTILE = [
  '<script>ran()</script>',
  '<script src="/evil"></script>',
  '<img src="/evil" onerror="ran()">',
  '<img src=x onerror=ran()>',
  '<img data-media="a" src="/evil" onload="ran()">',
  '<img srcset="/evil 1x">',
  '<picture><source srcset="/evil"><img></picture>',
  '<svg onload="ran()"><image href="/evil"/><use href="/evil#x"/></svg>',
  '<svg><script>ran()</script></svg>',
  '<svg><animate onbegin="ran()" attributeName="x" dur="1s"/></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=ran()&gt;"></table></mtext></math>',
  '<math href="javascript:ran()">x</math>',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=ran()>',
  '<svg></p><style><a id="</style><img src=1 onerror=ran()>">',
  '<noscript><p title="</noscript><img src=x onerror=ran()>"></noscript>',
  '<template><img src="/evil" onerror="ran()"></template>',
  '<a href="javascript:ran()" id="go">x</a>',
  '<a href="/evil" ping="/evil">x</a>',
  '<iframe src="/evil"></iframe><iframe srcdoc="<script>parent.ran()</script>"></iframe>',
  '<object data="/evil"></object><embed src="/evil">',
  '<style>@import "/evil"; * { background: url(/evil) }</style>',
  '<link rel="stylesheet" href="/evil"><link rel="prefetch" href="/evil">',
  '<p style="background: url(/evil)">x</p>',
  '<table background="/evil"><tr><td background="/evil">x</td></tr></table>',
  '<video src="/evil" poster="/evil" autoplay onplay="ran()"></video><audio src="/evil" onerror="ran()"></audio>',
  '<input autofocus onfocus="ran()"><select autofocus onfocus="ran()"></select>',
  '<details open ontoggle="ran()">x</details>',
  '<body onload="ran()"><meta http-equiv="refresh" content="0;url=/evil">',
  '<base href="https://evil.example/">',
  '<form action="/evil"><button>x</button></form>',
  '<p id="page">x</p><p name="body">x</p>',
  '<blank n="1" onclick="ran()" style="background:url(/evil)"></blank>',
  '<p onclick="ran()" class="veil" contenteditable>x</p>',
  '<ruby>x<rt><img src=x onerror=ran()></rt></ruby>',
];

/** What may be on the page, and which attributes it may have. */
const ALLOWED = `(() => {
  const tags = new Set('p br b strong i em u sub sup span ul ol li ruby rt rp table caption thead tbody tr th td input div'.split(' '));
  const attributes = new Set(['class', 'colspan', 'rowspan', 'data-picture', 'data-blank', 'key']);
  return [...document.querySelectorAll('#page *')].flatMap((one) => [
    ...(tags.has(one.tagName.toLowerCase()) ? [] : [one.tagName]),
    ...[...one.attributes].filter(({ name, value }) => !attributes.has(name) || (name === 'class' && value !== 'stem'))
      .map(({ name, value }) => one.tagName + ' ' + name + '=' + value),
  ]);
})()`;

void t.test('[rule 19] hostile text runs nothing, loads nothing, leaves nothing', (t) =>
  Promise.all(
    browsers.map(async (browser) => {
      const page = await browser.open(richText.url);
      await page.waitFor('window.show !== undefined');
      await page.evaluate('void (window.runs = 0, window.ran = () => { window.runs += 1; })');
      for (const html of HOSTILE) {
        await page.evaluate(`void show(${JSON.stringify(`<p>前</p>${html}<p>后</p>`)})`);
        const left = await page.evaluate<string[]>(ALLOWED);
        if (left.length > 0) t.fail(`${browser.name}: ${left.join(', ')} of ${html}`);
        await page.evaluate(`[...document.querySelectorAll('#page *')].forEach((one) => one.click())`);
      }
      await pause(500);
      t.equal(await page.evaluate('window.runs'), 0, `${browser.name} ran nothing`);
      t.equal(await page.evaluate('location.href'), richText.url, `${browser.name} went nowhere`);
    }),
  ).then(() => t.same(richText.asked, [], 'nothing was asked for')),
);

void t.test('the same text without the cleaning does run and load: the test can fail', async (t) => {
  const [browser] = browsers;
  const page = await browser?.open(richText.url);
  await page?.waitFor('window.show !== undefined');
  await page?.evaluate('void (window.runs = 0, window.ran = () => { window.runs += 1; })');
  await page?.evaluate(
    `void (document.getElementById('page').innerHTML = '<img src="/evil" onerror="ran()">')`,
  );
  await page?.waitFor('window.runs === 1');
  t.same(richText.asked.splice(0), ['/evil']);
});

const GOOD = `<p><b>粗</b><i>斜</i><u>线</u> H<sub>2</sub>O x<sup>2</sup> <ruby>𠮷<rt>jí</rt></ruby></p>
<p>㐀𠀀𪚥龘〇 １．　“引号”…… &lt;b&gt; &amp; ½ ∑ α</p><ul><li>一</li><li>二</li></ul>
<table><caption>表</caption><thead><tr><th colspan="2">头</th></tr></thead><tbody><tr><td rowspan="1">甲</td><td>乙</td></tr></tbody></table>
<p>空<blank n="2"></blank>图<img data-media="chart"></p>`;

void t.test('what an organisation needs is shown as it is', (t) =>
  Promise.all(
    browsers.map(async (browser) => {
      const page = await browser.open(richText.url);
      await page.waitFor('window.show !== undefined');
      await page.evaluate(`void show(${JSON.stringify(GOOD)})`);
      const { name } = browser;
      for (const selector of [
        ...[
          'p b',
          'p i',
          'p u',
          'p sub',
          'p sup',
          'ruby rt',
          'ul li + li',
          'caption',
          'thead th[colspan="2"]',
        ],
        ...['tbody td[rowspan="1"]', '[data-blank="2"]', '[data-picture="chart"]'],
      ])
        t.ok(
          await page.evaluate(`document.querySelector(${JSON.stringify(`.stem ${selector}`)}) !== null`),
          `${name}: ${selector}`,
        );
      const text = await page.evaluate<string>(`document.querySelector('.stem').textContent`);
      for (const part of ['㐀𠀀𪚥龘〇', '“引号”……', '<b> & ½ ∑ α', '𠮷'])
        t.ok(text.includes(part), `${name}: ${part}`);
      const [above, base] = await page.evaluate<number[]>(
        `['ruby rt', 'ruby'].map((one) => document.querySelector(one).getBoundingClientRect().top)`,
      );
      t.ok((above ?? 0) < (base ?? 0) + 8, `${name}: ruby stands above`);
    }),
  ),
);

void t.test('the local store keeps its contract on a real IndexedDB', (t) =>
  Promise.all(
    browsers.map(async (browser) => {
      const page = await browser.open(storage.url);
      await page.waitFor('window.runAll !== undefined');
      const results = await page.evaluate<{ name: string; error: string | null }[]>('runAll()');
      t.ok(results.length >= 9, `${results.length} facts`);
      for (const { name, error } of results) t.equal(error, null, `${browser.name}: ${name}`);
    }),
  ),
);
