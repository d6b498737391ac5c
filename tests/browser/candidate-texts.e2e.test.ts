// Practical work at one PC: headphones tried, a case with its materials taken, an essay by an input method, earlier versions
// brought back, a recording played as often as allowed; and what the organisation makes of it afterwards.

import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import ExcelJS from 'exceljs';
import t from 'tap';
import { beeps } from '../../kiosk-client/candidate/beeps.js';
import { reviewBundle } from '../../scripts/commands/review.js';
import { rescoreBundle, scoreBundle } from '../../scripts/commands/score.js';
import { BundleFiles } from '../../server/bundle/bundle-files.js';
import type { PaperSource } from '../../server/protocol/paper-source.js';
import { BROWSERS } from './support/browsers.js';
import { CandidateAtKeyboard } from './support/candidate.js';
import type { CurrentPage } from './support/chromium.js';
import { answersOnPc } from './support/pc-storage.js';
import { BrowserRoom } from './support/room.js';
import { shows, type RoomBrowser, type RoomPage } from './support/room-browser.js';

t.setTimeout(560_000);

const SAMPLE = join(process.cwd(), 'samples', 'practical');
/** A text is handed over after a short rest; a machine may have much else to do. */
const KEPT_WITHIN_MS = 20_000;
const MATERIAL = '山野集销售明细.xlsx';

const samples = mkdtempSync(join(tmpdir(), 'kaochang-practical-'));
cpSync(SAMPLE, samples, { recursive: true });
const paperFile = join(samples, 'papers', 'practical-main', 'paper.json');
const paper = JSON.parse(readFileSync(paperFile, 'utf8')) as PaperSource;
const theCase = paper.sections[0]?.items[0];
if (theCase?.type !== 'case') throw new Error('The sample has no case');
for (const item of theCase.items)
  if (item.itemId === 't1') {
    item.audio = { file: 'call.wav', label: '客户来电', maxPlays: 2 };
    if (item.type === 'short-text') item.maxLength = 10;
  }
writeFileSync(paperFile, JSON.stringify(paper));
writeFileSync(join(samples, 'papers', 'practical-main', 'media', 'call.wav'), Buffer.from(beeps(7)));
const material = readFileSync(join(SAMPLE, 'papers', 'practical-main', 'media', 'sales.xlsx'));

const room = await BrowserRoom.start({ samples, minutes: 8, policy: { earlyLeaveBeforeEndMs: 470_000 } });
const browsers: RoomBrowser[] = [];
t.teardown(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await room.close();
  rmSync(samples, { recursive: true, force: true });
});
for (const start of BROWSERS) browsers.push(await start({ origin: room.origin, ca: room.ca }));
const candidates = await Promise.all(
  browsers.map(async (browser, index) => {
    const page = await browser.open('/');
    return { name: browser.name, person: new CandidateAtKeyboard(page, room, room.seat(index + 1)) };
  }),
);
type One = (typeof candidates)[number];
const each = (act: (one: One) => Promise<void>) => Promise.all(candidates.map(act));
/** Firefox plays only where the machine has a sound device; both Chromiums play into nothing. */
const hearing = candidates.filter(({ name }) => name !== 'Firefox');

const ALL_SENT = `document.querySelector('[data-unsent="0"]') !== null`;
const TEXT = `document.querySelector('[data-text]').value`;
async function goTo(page: RoomPage, number: number): Promise<void> {
  await page.click(`.case-items [aria-label^="第 ${number} 题"]`);
  await page.waitFor(`document.querySelector('nav [aria-current]').textContent === '${number}'`);
  await page.waitFor(`document.activeElement.closest('article') !== null`);
}
/** What the PC keeps as the answer to an item. */
const kept = async (page: RoomPage, itemId: string) =>
  (await answersOnPc(page)).find((one) => one.itemId === itemId);
/** The answer as the PC keeps it, as soon as it is this text. @throws Error where it stays another */
async function keptAs(page: RoomPage, itemId: string, text: string) {
  for (const from = performance.now(); performance.now() - from < KEPT_WITHIN_MS; await pause(50)) {
    const found = await kept(page, itemId);
    if (found !== undefined && 'text' in found.value && found.value.text === text) return found;
  }
  throw new Error(`${itemId} is kept as ${JSON.stringify(await kept(page, itemId))}, not as ${text}`);
}

await each(({ person }) => person.pair());
await room.openEntry();
for (const { person } of candidates) await room.admit(person.seat);
await each(({ person }) => person.enter());

void t.test(
  'before an exam with recordings the headphones are tried: whoever hears wrong tries again',
  async (t) => {
    await each(({ person: { page } }) => page.waitFor(shows('耳机与音量')).then(() => undefined));
    for (const {
      name,
      person: { page },
    } of hearing) {
      await page.waitFor(`document.querySelector('.headphones') !== null`);
      for (const wrong of [true, false]) {
        await page.click('.headphones button');
        await page.waitFor(`document.querySelector('.headphones [role=group]') !== null`);
        const heard = Math.round(
          (await page.evaluate<number>(`document.querySelector('.headphones audio').duration`)) / 0.7,
        );
        const answer = wrong ? (heard === 2 ? 3 : 2) : heard;
        await page.click(`.headphones [role=group] button:nth-of-type(${answer - 1})`);
        await page.waitFor(shows(wrong ? '与播放的声数不同' : '耳机正常'));
      }
      t.pass(name);
    }
  },
);

void t.test('a case shows its situation beside its items; its material comes byte by byte', async (t) => {
  await room.begin();
  await each(({ person }) => person.untilPaper());
  await each(async ({ name, person: { page } }) => {
    t.equal(await page.evaluate(`document.querySelectorAll('.case-items .number').length`), 5, name);
    t.ok(await page.evaluate(`document.querySelector('.case-part').innerText.includes('材料三')`), name);
    await page.evaluate(`(() => {
      window.taken = [];
      const make = URL.createObjectURL;
      URL.createObjectURL = (blob) => { window.taken.push(blob); return make.call(URL, blob); };
    })()`);
    await page.click('.download button');
    await page.waitFor(shows('已保存到本机'));
    const hash =
      await page.evaluate<string>(`new Response(window.taken[window.taken.length - 1]).arrayBuffer()
      .then((bytes) => crypto.subtle.digest('SHA-256', bytes))
      .then((digest) => Array.from(new Uint8Array(digest)).map((byte) => ('0' + byte.toString(16)).slice(-2)).join(''))`);
    t.equal(hash, createHash('sha256').update(material).digest('hex'), `${name}: the same bytes`);
  });
  const page = candidates[0]?.person.page as CurrentPage;
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-downloads-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const cdp = await page.native.context().newCDPSession(page.native);
  await cdp.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder });
  await page.click('.download button');
  for (let waits = 0; waits < 200 && !existsSync(join(folder, MATERIAL)); waits++) await pause(100);
  t.same(readdirSync(folder), [MATERIAL], 'saved under its name');
  t.ok(readFileSync(join(folder, MATERIAL)).equals(material), 'what the browser saved is the material');
});

void t.test('an essay by an input method: nothing in the middle, everything a moment after', async (t) => {
  const page = candidates[0]?.person.page as CurrentPage;
  const cdp = await page.native.context().newCDPSession(page.native);
  const compose = (text: string) =>
    cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  await goTo(page, 4);
  t.equal(
    await page.evaluate(`document.activeElement.dataset.text !== undefined`),
    true,
    'the text has the focus',
  );
  await compose("duan'shi'pin");
  await pause(6_000);
  t.equal(await kept(page, 't4'), undefined, 'nothing is saved in the middle');
  await cdp.send('Input.insertText', { text: '短视频' });
  t.match(await keptAs(page, 't4', '短视频'), { rev: 1 }, 'the words are saved, once');
  await page.press('Enter');
  await page.type('第 15 周起');
  t.ok(await keptAs(page, 't4', '短视频\n第 15 周起'), 'Enter makes a line');
  t.match(await page.evaluate(`document.querySelector('.count').innerText`), /^7 字/);
  await compose('ke');
  await goTo(page, 5);
  await goTo(page, 4);
  t.equal(
    await page.evaluate(TEXT),
    '短视频\n第 15 周起ke',
    'what was walked away from is what the field showed',
  );
  await page.press('a', ['Control']);
  await page.press('Delete');
});

const FIRST = '短视频渠道自第十五周起投入产出比由 6.60 降到 2.43，点击成本上升，转化率下降。';
const SECOND = '重写：保温杯的退款率上升。';

void t.test('an earlier version is looked at and brought back; undo is the browser’s own', (t) =>
  each(async ({ name, person: { page } }) => {
    await goTo(page, 5);
    await page.type(FIRST);
    await keptAs(page, 't5', FIRST);
    await page.press('a', ['Control']);
    await page.press('Delete');
    await keptAs(page, 't5', '');
    t.equal(await page.evaluate(TEXT), '', `${name}: all gone`);
    await page.type(SECOND);
    await keptAs(page, 't5', SECOND);
    await page.click('.text-foot button');
    await page.waitFor(`document.querySelector('.version-text') !== null`);
    t.equal(await page.evaluate(`document.querySelector('.version-text').textContent`), FIRST, name);
    await page.click('[role=dialog] .primary');
    await page.waitFor(`document.querySelector('[role=dialog]') === null`);
    t.equal(await page.evaluate(TEXT), FIRST, `${name}: it is back`);
    await keptAs(page, 't5', FIRST);
    await page.waitFor(ALL_SENT);
    t.equal(
      await page.evaluate(`document.querySelector('.text-foot button').textContent`),
      '历史版本（2）',
      `${name}: what stood there is a version now`,
    );
    await page.click('[data-text]');
    await page.press('z', ['Control']);
    await keptAs(page, 't5', SECOND);
    const undone = await page.evaluate<string>(TEXT);
    t.equal(undone, SECOND, `${name}: undo goes back over it`);
    await page.press('z', ['Control', 'Shift']);
    await keptAs(page, 't5', FIRST);
    t.equal(await page.evaluate(TEXT), FIRST, `${name}: and forth`);
  }),
);

void t.test('a text that is too long keeps what stood there; the page says so', (t) =>
  each(async ({ name, person: { page } }) => {
    await goTo(page, 1);
    await page.type('一二三四五六七八九十');
    t.notOk(await page.evaluate(`document.querySelector('.limit.full') !== null`), name);
    await page.press('Home');
    await page.type('多');
    await page.waitFor(`document.querySelector('.limit.full') !== null`);
    t.equal(
      await page.evaluate(TEXT),
      '一二三四五六七八九十',
      `${name}: the newest sign is the one that goes`,
    );
    await keptAs(page, 't1', '一二三四五六七八九十');
    await page.waitFor(ALL_SENT);
  }),
);

void t.test('a recording plays as often as allowed, reload or not', async (t) => {
  for (const { name, person } of hearing) {
    const { page } = person;
    const button = `document.querySelector('.play')`;
    const play = async () => {
      await page.waitFor(`${button}.getAttribute('aria-disabled') === 'false'`);
      await page.click('.play');
    };
    await goTo(page, 1);
    await page.waitFor(shows('还可播放 2 次'));
    await play();
    await page.waitFor(`${button}.textContent.includes('正在播放')`);
    t.equal(
      await page.evaluate(`${button}.getAttribute('aria-disabled')`),
      'true',
      `${name}: no second at once`,
    );
    await page.waitFor(`${button}.textContent.includes('▶')`);
    await page.waitFor(shows('还可播放 1 次'));
    await play();
    await page.waitFor(`${button}.textContent.includes('正在播放')`);
    await page.waitFor(shows('播放次数已用完'));
    await pause(300);
    await page.reload();
    await person.untilPaper();
    await page.waitFor(`${button} !== null && ${button}.textContent.includes('继续播放')`);
    await play();
    await page.waitFor(`${button}.textContent.includes('正在播放')`);
    await page.waitFor(`${button}.textContent.includes('▶')`);
    t.equal(await page.evaluate(`${button}.getAttribute('aria-disabled')`), 'true', `${name}: no third`);
    await page.click('.play');
    await pause(500);
    t.notOk(
      await page.evaluate(`${button}.textContent.includes('正在播放')`),
      `${name}: not by a click either`,
    );
  }
});

void t.test(
  'the organisation sees every version, and marks without a name; pending is never 0',
  async (t) => {
    await each(({ person: { page } }) => page.waitFor(ALL_SENT));
    await room.take('end');
    await each(({ person }) => person.page.waitFor(`document.querySelector('.received') !== null`));
    const session = await room.results();
    for (const { name, person } of candidates) {
      const { answers = {}, plays = {} } = (session.candidates[person.seat.candidateId] ?? {}) as {
        answers?: Record<string, { value: unknown }>;
        plays?: Record<string, number>;
      };
      t.same(answers['t5']?.value, { text: FIRST }, name);
      t.same(answers['t1']?.value, { text: '一二三四五六七八九十' }, name);
      if (hearing.some((one) => one.name === name))
        t.same(plays, { t1: 2 }, `${name}: the room knows how often it was played`);
    }
    const { data, packageFile } = room.demo;
    const bundle = new BundleFiles(data).sealed(room.sessionId);
    const common = {
      bundle,
      package: packageFile,
      orgKey: join(data, 'org.key'),
      trust: [join(data, 'room.pub')],
    };
    const { text } = await reviewBundle({ ...common, ticket: room.seat(1).ticketNo, history: true });
    t.match(text, /恢复自第 1 次/);
    t.match(text, new RegExp(`\\| ${SECOND}`), 'what was replaced can be read');
    t.match(text, /待评分/);

    const markingSheet = join(data, 'marking.xlsx');
    const waiting = await scoreBundle({ ...common, markingSheet });
    t.match(waiting, { scored: 0, pending: candidates.length });
    t.ok(
      waiting.totals.every(({ total }) => total === null || total.state === 'pending'),
      'no total without marks',
    );
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(markingSheet);
    const sheet = book.getWorksheet('评卷');
    sheet?.eachRow((row, number) => {
      if (number > 1) row.getCell(6).value = row.getCell(2).value === 't1' ? 4.5 : 20;
    });
    await book.xlsx.writeFile(markingSheet);
    const marked = await scoreBundle({ ...common, marks: markingSheet, out: join(data, 'scores.xlsx') });
    t.match(marked, { scored: candidates.length, pending: 0 });
    const second = marked.totals.find(({ ticketNo }) => ticketNo === room.seat(2).ticketNo);
    t.match(second, { scores: [24.5], total: { state: 'failed', total: 24.5 } });
    t.match(await rescoreBundle({ ...common, marks: markingSheet }), {
      ok: true,
      compared: candidates.length,
    });
  },
);
