// The console by keyboard in the three browsers at once: the map, a seat, a correction, the other language, a wrong PIN.

import t from 'tap';
import { BROWSERS } from './support/browsers.js';
import { StaffAtConsole } from './support/console.js';
import { BrowserRoom } from './support/room.js';
import type { RoomBrowser } from './support/room-browser.js';

t.setTimeout(560_000);

const room = await BrowserRoom.start({ seats: 12, startsInMs: 600_000 });
const browsers: RoomBrowser[] = [];
t.teardown(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await room.close();
});
for (const start of BROWSERS) browsers.push(await start({ origin: room.origin, ca: room.ca }));
for (const number of [1, 2, 3]) await room.addPc(room.seat(number).seatId);
await room.openEntry();
for (const number of [1, 2, 3]) await room.admit(room.seat(number));
const consoles = await Promise.all(browsers.map((browser) => StaffAtConsole.open(browser, room, 'proctor')));
const each = (act: (one: StaffAtConsole, name: string, index: number) => Promise<void>) =>
  Promise.all(consoles.map((one, index) => act(one, browsers[index]?.name ?? '', index)));

const FOCUS = `(() => {
  const { outlineWidth, outlineStyle } = getComputedStyle(document.activeElement);
  return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 3;
})()`;

void t.test('the map: find with /, open with Enter, move with arrows, close with Escape', (t) =>
  each(async (one, name) => {
    const { page } = one;
    await one.tab('座位图');
    await one.seesSeat(room.seat(1).seatId, 'waiting');
    await page.press('/');
    await page.waitFor(`document.activeElement.matches('[data-find]')`);
    await page.type('xq');
    await one.sees('没有找到', undefined, '.map');
    for (const key of ['Backspace', 'Backspace']) await page.press(key);
    await one.seesNoMore('没有找到', undefined, '.map');
    await page.type('07');
    await page.waitFor(`document.querySelectorAll('.seat:not(.dimmed)').length === 1`);
    await page.press('Enter');
    await one.sees(room.seat(7).name, undefined, '.drawer');
    await page.press('Escape');
    await page.press('Escape');
    await page.waitFor(`document.querySelector('.drawer') === null`);
    // From the search field the next stop is the first seat.
    await page.press('/');
    await page.waitFor(`document.activeElement.matches('[data-find]')`);
    await page.press('Tab');
    const focused = `document.activeElement.dataset.seat`;
    const comesTo = (seatId: string) => page.waitFor(`${focused} === ${JSON.stringify(seatId)}`);
    await comesTo(room.seat(1).seatId);
    t.ok(await page.evaluate(FOCUS), `${name}: the focus is seen`);
    await page.press('ArrowRight');
    await comesTo(room.seat(2).seatId);
    const columns = await page.evaluate<number>(`(() => {
      const tops = [...document.querySelectorAll('.seat')].map((one) => one.offsetTop);
      return tops.filter((top) => top === tops[0]).length;
    })()`);
    await page.press('ArrowDown');
    // One row further.
    await comesTo(room.seat(2 + columns).seatId);
    await page.press('ArrowUp');
    await comesTo(room.seat(2).seatId);
    await page.press('ArrowLeft');
    await comesTo(room.seat(1).seatId);
    await page.press('Enter');
    await one.sees(room.seat(1).name, undefined, '.drawer');
    await page.waitFor(FOCUS);
    t.pass(`${name}: still seen`);
  }),
);

void t.test('nothing is wider than the window', (t) =>
  each(async ({ page }, name) => {
    t.ok(await page.evaluate(`document.documentElement.scrollWidth <= innerWidth`), name);
    await page.waitFor(
      `document.images.length > 0 && [...document.images].every((one) => one.naturalWidth > 0)`,
    );
    t.pass(`${name}: the photo`);
  }),
);

void t.test('Escape leaves the field first, and only then closes: nothing typed is lost to one key', (t) =>
  each(async (one, name) => {
    const { page } = one;
    // As little room as strips and alarms leave on a small screen.
    await page.evaluate(`document.querySelector('aside').style.maxHeight = '300px'`);
    await one.button('记录', '.form-tabs');
    await page.waitFor(`document.activeElement.tagName === 'TEXTAREA'`);
    await page.waitFor(`document.querySelector('.drawer [type=submit]').getBoundingClientRect().bottom <=
      document.querySelector('aside').getBoundingClientRect().bottom + 1`);
    await page.evaluate(`document.querySelector('aside').style.maxHeight = ''`);
    await page.type('开');
    await page.press('Escape');
    t.ok(await page.evaluate(`document.querySelector('.drawer textarea').value === '开'`), name);
    await page.press('Escape');
    await page.waitFor(`document.querySelector('.drawer') === null`);
  }),
);

void t.test(
  'a wrong click is corrected with a reason, and the candidate checked in again by keyboard',
  async (t) => {
    const [one] = consoles;
    if (one === undefined) return t.fail('three consoles were expected');
    const { ticketNo } = room.seat(3);
    const { page } = one;
    await one.tab('核验入场');
    await one.sees('已核验 3 人');
    await one.button('更正');
    await one.fill('原因', '点错');
    await one.button('改回', '.command');
    await one.sees('已核验 2 人');
    await page.press('Escape');
    await page.press('Escape');
    await page.press('/');
    await page.waitFor(`document.activeElement.matches('[data-find]')`);
    await page.type(ticketNo.slice(-6));
    await page.press('Enter');
    await page.waitFor(`document.activeElement.classList.contains('check')`);
    for (const key of ['1', '2', 'Enter']) await page.press(key);
    await one.sees('请到 03 号 就座');
  },
);

void t.test('the other language and the other colours are kept; a wrong PIN says what to do', (t) =>
  each(async (one, name) => {
    const { page } = one;
    await one.button('English');
    await one.sees('Check-in');
    await one.button('Dark');
    await page.waitFor(`document.documentElement.dataset.theme === 'dark'`);
    await page.reload();
    await page.waitFor(`document.querySelector('.room') !== null`);
    await one.sees('What to do now');
    t.equal(await page.evaluate(`document.documentElement.dataset.theme`), 'dark', name);
    t.equal(await page.evaluate(`document.documentElement.lang`), 'en', name);
    const han = `[...document.querySelectorAll('.tabs, .steps, .next h3, .next .what, .foot b, h3')]
      .map((one) => one.innerText).join(' ').replace(/中文|席心|静安/g, '').match(/[\\u4e00-\\u9fff]+/g)`;
    t.equal(await page.evaluate(han), null, `${name}: no Chinese is left in the frame`);
    await one.button('Sign out');
    await one.sees('Choose your name');
    await page.reload();
    await one.sees('Choose your name');
    await one.button(one.name);
    await page.waitFor(`document.activeElement.name === 'pin'`);
    await page.type('0000');
    await page.press('Enter');
    await page.waitFor(`document.querySelector('.refusal') !== null`);
    const [what = '', next = ''] = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.refusal b, .refusal span')].map((one) => one.innerText)`,
    );
    t.ok(what.length > 5 && next.length > 5, `${name}: ${what} ${next}`);
    await page.waitFor(`document.activeElement.name === 'pin'`);
    t.pass(`${name}: ready for another try`);
  }),
);
