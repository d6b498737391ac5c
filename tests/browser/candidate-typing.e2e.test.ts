// Typing Chinese, a second window, a storage that fails: what happens to answers at one PC while the room is well.

import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { BROWSERS } from './support/browsers.js';
import { CandidateAtKeyboard } from './support/candidate.js';
import type { Chromium, CurrentPage } from './support/chromium.js';
import { answersOnPc, placeOnPc, type KeptAnswer } from './support/pc-storage.js';
import { BrowserRoom } from './support/room.js';
import { VIEWPORT, shows, type RoomBrowser, type RoomPage } from './support/room-browser.js';

t.setTimeout(560_000);

/** Long enough for every timer that hands text over. */
const EVERY_TIMER_MS = 6_000;
/** A machine may have much else to do. */
const KEPT_WITHIN_MS = 20_000;
/** The first fill-in, with two blanks. */
const FILL_IN = 56;

const room = await BrowserRoom.start({ minutes: 6, policy: { earlyLeaveBeforeEndMs: 350_000 } });
const browsers: RoomBrowser[] = [];
t.teardown(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await room.close();
});
for (const start of BROWSERS) browsers.push(await start({ origin: room.origin, ca: room.ca }));
const candidates = await Promise.all(
  browsers.map(async (browser, index) => {
    const page = await browser.open('/');
    return { name: browser.name, browser, person: new CandidateAtKeyboard(page, room, room.seat(index + 1)) };
  }),
);
type One = (typeof candidates)[number];
const each = (act: (one: One) => Promise<void>) => Promise.all(candidates.map(act));

const ALL_SENT = `document.querySelector('[data-unsent="0"]') !== null`;
const BLANK = `document.activeElement.dataset.blank`;
const VALUE = 'document.activeElement.value';
async function goTo(page: RoomPage, number: number): Promise<void> {
  await page.click(`nav [aria-label^="第 ${number} 题"]`);
  await page.waitFor(`document.querySelector('nav [aria-current]').textContent === '${number}'`);
  await page.waitFor(`document.activeElement.closest('article') !== null`);
}
/** The answers on this PC, as soon as they are so; else as they are after a while. */
async function keptSo(page: RoomPage, isSo: (kept: readonly KeptAnswer[]) => boolean): Promise<KeptAnswer[]> {
  for (const from = performance.now(); performance.now() - from < KEPT_WITHIN_MS; await pause(50)) {
    const kept = await answersOnPc(page);
    if (isSo(kept)) return kept;
  }
  return answersOnPc(page);
}
const textsOf = (kept: readonly KeptAnswer[]) =>
  kept.flatMap(({ value }) => ('blanks' in value ? [value.blanks] : []));

await each(({ person }) => person.pair());
await room.openEntry();
for (const { person } of candidates) await room.admit(person.seat);
await each(({ person }) => person.enter());
await room.begin();
await each(({ person }) => person.untilPaper());

void t.test('Chinese by an input method: nothing in the middle, everything at the end', async (t) => {
  const page = candidates[0]?.person.page as CurrentPage;
  const cdp = await page.native.context().newCDPSession(page.native);
  const compose = (text: string) =>
    cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  await goTo(page, FILL_IN);
  await compose('z');
  await compose("zhuan'hua");
  t.equal(await page.evaluate(VALUE), "zhuan'hua", 'the composition is in the field');
  await pause(EVERY_TIMER_MS);
  t.same(textsOf(await answersOnPc(page)), [], 'nothing is saved in the middle');
  await cdp.send('Input.dispatchKeyEvent', {
    ...{ type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 },
  });
  t.equal(await page.evaluate(BLANK), '0', 'Enter belongs to the input method');
  await cdp.send('Input.insertText', { text: '转化率' });
  t.equal(await page.evaluate(VALUE), '转化率');
  const words = await keptSo(page, (kept) => textsOf(kept).length > 0);
  t.same(textsOf(words), [['转化率', '']], 'the words are saved');
  t.equal(words[0]?.rev, 1, 'once');
  await compose('dian');
  await cdp.send('Input.insertText', { text: '点𠮷' });
  await page.press('Enter');
  t.equal(await page.evaluate(BLANK), '1', 'Enter after it goes to the next blank');
  const left = await keptSo(page, (kept) => textsOf(kept)[0]?.[0] === '转化率点𠮷');
  t.same(textsOf(left), [['转化率点𠮷', '']], 'and leaving the field saves');
  await compose('ke');
  await page.click('nav [aria-label^="第 3 题"]');
  await page.waitFor(`document.querySelector('nav [aria-current]').textContent === '3'`);
  await goTo(page, FILL_IN);
  t.equal(
    await page.evaluate(`document.querySelector('[data-blank="1"]').value`),
    'ke',
    'a composition that was walked away from is what the field showed',
  );
});

/** An input method's events in the order of Chrome, or of Firefox, where the last `input` comes after the end. */
const COMPOSE = (last: 'input-end' | 'end-input') => `(() => {
  const field = document.activeElement;
  const put = (text, isComposing) => {
    field.value = text;
    field.dispatchEvent(new InputEvent('input', { bubbles: true, isComposing }));
  };
  window.finishComposition = () => {
    const end = () => field.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, data: '客单价' }));
    ${last === 'input-end' ? `put('客单价', true); end();` : `field.value = '客单价'; end(); put('客单价', false);`}
  };
  field.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
  put("ke'dan", true);
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, isComposing: true }));
})()`;

void t.test('the events of an input method in the order of other browsers', (t) =>
  each(async ({ name, person: { page } }) => {
    for (const [number, last] of [
      [57, 'input-end'],
      [58, 'end-input'],
    ] as const) {
      await goTo(page, number);
      const before = textsOf(await answersOnPc(page)).length;
      await page.evaluate(COMPOSE(last));
      await pause(1_500);
      t.equal(textsOf(await answersOnPc(page)).length, before, `${name} ${last}: nothing in the middle`);
      t.equal(await page.evaluate(BLANK), '0', `${name} ${last}: Enter does not go on`);
      await page.evaluate('window.finishComposition()');
      const count = last === 'input-end' ? 1 : 2;
      const withWords = (all: readonly KeptAnswer[]) =>
        all.filter(({ value }) => 'blanks' in value && value.blanks[0] === '客单价');
      const kept = withWords(await keptSo(page, (all) => withWords(all).length === count));
      t.equal(kept.length, count, `${name} ${last}: the words are saved`);
      t.ok(
        kept.every(({ rev }) => rev === 1),
        `${name} ${last}: once`,
      );
    }
  }),
);

void t.test('a second window says that the first has the exam, and takes over when it is closed', (t) =>
  each(async ({ name, browser, person }) => {
    const second = await browser.open('/');
    await second.waitFor(shows('考试页面已在另一个窗口打开'));
    t.equal(await second.evaluate(`document.querySelector('.paper')`), null, name);
    await goTo(person.page, 1);
    await person.page.press('1');
    await person.page.waitFor(`document.querySelector('article [aria-checked="true"]') !== null`);
    await person.page.waitFor(ALL_SENT);
    const { number } = await person.shown();
    for (let waits = 0; waits < 200 && (await placeOnPc(person.page)) !== number; waits++) await pause(50);
    await person.page.close();
    person.page = second;
    await person.untilPaper();
    t.equal((await person.shown()).number, number, `${name}: at the same item`);
    t.equal(
      await second.evaluate(`document.querySelectorAll('article [aria-checked="true"]').length`),
      1,
      `${name}: with its answer`,
    );
  }),
);

void t.test('a storage that is full: the page says so, and answers go to the room', (t) =>
  each(async ({ name, person: { page } }) => {
    await page.evaluate(
      `void (IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); })`,
    );
    await goTo(page, 2);
    await page.press('2');
    await page.waitFor(shows('本机存储异常，请举手'));
    await page.waitFor(ALL_SENT);
    t.ok(await page.evaluate(`document.querySelector('.paper') !== null`), `${name}: the paper stays`);
    const kept = (await answersOnPc(page)).filter(({ value }) => 'options' in value);
    t.equal(kept.length, 1, `${name}: only what came before is kept`);
  }),
);

void t.test('a browser without a storage is told to be changed', async (t) => {
  const { browser } = candidates[0] as One;
  const page = await (browser as Chromium).context.newPage();
  await page.addInitScript(`Object.defineProperty(window, 'indexedDB', { value: undefined });`);
  await page.setViewportSize(VIEWPORT);
  await page.goto(`${room.origin}/?pc=other`);
  await page.getByText('这台电脑不能用于考试').waitFor();
  t.equal(await page.locator('.checks .bad').count(), 1);
  t.ok(await page.getByText('请关闭无痕模式').isVisible());
  await page.close();
});

void t.test('all of it is in the bundle', async (t) => {
  await room.take('end');
  await each(({ person }) => person.page.waitFor(`document.querySelector('.received') !== null`));
  const session = await room.results();
  for (const { name, person } of candidates) {
    const { answers = {}, order } = session.candidates[person.seat.candidateId] ?? {};
    const items = order?.sections.flatMap(({ items }) => items) ?? [];
    const held = (number: number) => answers[items[number - 1]?.itemId ?? '']?.value;
    t.same(held(1), { options: [items[0]?.options[0]] }, name);
    t.same(held(2), { options: [items[1]?.options[1]] }, `${name}: what the PC could not keep`);
    for (const number of [57, 58]) {
      const value = held(number);
      t.equal(value && 'blanks' in value && value.blanks[0], '客单价', name);
    }
  }
  const { answers = {}, order } = session.candidates[room.seat(1).candidateId] ?? {};
  const itemId = order?.sections.flatMap(({ items }) => items)[FILL_IN - 1]?.itemId ?? '';
  t.same(answers[itemId]?.value, { blanks: ['转化率点𠮷', 'ke'] });
});
