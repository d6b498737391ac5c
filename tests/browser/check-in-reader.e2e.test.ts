// Readers at the check-in in the current and the oldest browser (REQ-D03): what they type is caught wherever the focus is and
// leads to the candidate; what people and input methods type stays theirs; a reader of the room leads there too.

import t from 'tap';
import type { LoadedSource } from '../../server/papers/source.js';
import { startBridge } from '../devices/support/reader-bridge.js';
import { Chromium, type CurrentPage } from './support/chromium.js';
import { Chromium74, type Page74 } from './support/chromium-74.js';
import { StaffAtConsole } from './support/console.js';
import { readerTypes } from './support/keyboard-reader.js';
import { BrowserRoom } from './support/room.js';

t.setTimeout(560_000);

/** The candidate of seat 7 sits the same exam three hours later. */
function withOneLater(source: LoadedSource): LoadedSource {
  const [now] = source.plan.sessions;
  if (now === undefined) throw new Error('The sample has no session');
  const startsAt = new Date(Date.parse(now.startsAt) + 3 * 3_600_000).toISOString();
  const later = { ...now, sessionId: 'theory-pm', startsAt, subject: { ...now.subject, name: '理论补考' } };
  return {
    ...source,
    plan: { ...source.plan, sessions: [now, later] },
    roster: source.roster.map((one, index) => (index === 6 ? { ...one, sessions: [later.sessionId] } : one)),
  };
}

const bridge = await startBridge('a-secret-of-the-door');
const room = await BrowserRoom.start({
  seats: 8,
  startsInMs: 600_000,
  change: withOneLater,
  settings: {
    devices: [
      {
        ...{ id: 'door', name: '门口读卡器', adapter: 'bridge-reader' },
        ...{ url: bridge.url, token: 'a-secret-of-the-door' },
      },
    ],
  },
});
const options = { origin: room.origin, ca: room.ca };
const browsers = [await Chromium.start(options), await Chromium74.start(options)];
t.teardown(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await room.close();
  await bridge.close();
});
const desks = await Promise.all(
  browsers.map(async (browser, index) => {
    const staff = await StaffAtConsole.open(browser, room, 'proctor');
    await staff.tab('核验入场');
    return { name: browser.name, staff, page: staff.page as CurrentPage | Page74, first: index * 3 };
  }),
);
const each = (act: (desk: (typeof desks)[number]) => Promise<void>) => Promise.all(desks.map(act));
const numberOf = (seat: number) => {
  const { candidateId } = room.seat(seat);
  const one = room.demo.source.roster.find((entry) => entry.candidateId === candidateId);
  if (one === undefined) throw new Error('Everybody is on the roster');
  return one.documentNo;
};
/** Nobody's hand and card come within the same 40 ms. */
const handOff = () => new Promise((resolve) => setTimeout(resolve, 60));
const STRIP = `(document.querySelector('.reading') || {}).innerText || ''`;
const TONE = `(document.querySelector('.reading') || { dataset: {} }).dataset.reading`;
const NAME = `(document.querySelector('.card.check h2') || {}).innerText || ''`;
const TICKS = `[...document.querySelectorAll('.card.check .tick input')].map((one) => one.checked)`;
const says = (text: string) => `(${STRIP}).includes(${JSON.stringify(text)})`;

void t.test('before the entry opens it says whose it is, and nobody can be admitted', (t) =>
  each(async ({ name, page, first }) => {
    await readerTypes(page, numberOf(first + 1));
    await page.waitFor(says(room.seat(first + 1).name));
    t.equal(await page.evaluate(TONE), 'ok', name);
    t.ok(await page.evaluate(`document.body.innerText.includes('开放入场之后才能核验')`), name);
  }),
);

void t.test('wherever the focus is: the row is found, the field is as it was', async (t) => {
  await room.openEntry();
  await each(async ({ name, staff, page, first }) => {
    await staff.seesNoMore('开放入场之后才能核验');
    await page.press('Escape');
    await page.press('/');
    await page.waitFor(`document.activeElement.matches('[data-find]')`);
    await page.type('周');
    await handOff();
    await readerTypes(page, numberOf(first + 1));
    await page.waitFor(says('与名册相符'));
    t.equal(await page.evaluate(NAME), room.seat(first + 1).name, name);
    t.equal(await page.evaluate(`document.querySelector('[data-find]').value`), '周', name);
    t.notOk(
      (await staff.html()).includes(numberOf(first + 1).slice(4, 14)),
      `${name}: the number is nowhere`,
    );
    t.ok(await page.evaluate(`document.activeElement.classList.contains('check')`), `${name}: on the card`);
    // Here 1 and 2 are ticks and Enter admits.
    await readerTypes(page, numberOf(first + 2));
    await page.waitFor(`(${NAME}) === ${JSON.stringify(room.seat(first + 2).name)}`);
    t.same(await page.evaluate(TICKS), [false, false], name);
    await page.press('1');
    await page.waitFor(`JSON.stringify(${TICKS}) === '[true,false]'`);
    await handOff();
    // The strip says already what it will say again: only a second reading writes it anew.
    await page.evaluate(`(document.querySelector('.reading b').firstChild.data = '', null)`);
    await readerTypes(page, numberOf(first + 2));
    await page.waitFor(says('与名册相符'));
    t.same(await page.evaluate(TICKS), [true, false], `${name}: what a person ticked stays`);
  });
});

void t.test('two ticks and a document: the next reading admits nobody', (t) =>
  each(async ({ name, page, first, staff }) => {
    await page.press('2');
    await page.waitFor(`JSON.stringify(${TICKS}) === '[true,true]'`);
    await readerTypes(page, numberOf(first + 3));
    await page.waitFor(`(${NAME}) === ${JSON.stringify(room.seat(first + 3).name)}`);
    t.same(await page.evaluate(TICKS), [false, false], name);
    await readerTypes(page, numberOf(first + 2));
    await page.waitFor(`(${NAME}) === ${JSON.stringify(room.seat(first + 2).name)}`);
    for (const key of ['1', '2']) await page.press(key);
    await page.waitFor(`JSON.stringify(${TICKS}) === '[true,true]'`);
    await page.press('Enter');
    await staff.sees(`请到 0${first + 2} 号 就座`);
    await readerTypes(page, numberOf(first + 2));
    await page.waitFor(says('已经核验入场'));
  }),
);

void t.test('a wrong check digit, nobody’s number, noise, half a number: each with its next step', (t) =>
  each(async ({ name, page, first }) => {
    const mine = numberOf(first + 1);
    await readerTypes(page, `${mine.slice(0, 17)}${mine.endsWith('0') ? '1' : '0'}`);
    await page.waitFor(says('校验位不对'));
    t.match(await page.evaluate(STRIP), /请再读一次/, name);
    await readerTypes(page, '11010519491231002X', 'Tab');
    await page.waitFor(says('名册上没有这个证件号码'));
    t.equal(await page.evaluate(TONE), 'alarm', name);
    t.equal(await page.evaluate(NAME), '', `${name}: nobody else stands below it`);
    await readerTypes(page, '7'.repeat(100));
    await page.waitFor(says('读卡器送来的不是证件号码'));
    await readerTypes(page, mine, null);
    await page.waitFor(says('与名册相符'));
    await readerTypes(page, mine.slice(0, 12), null);
    await page.waitFor(says('读卡器送来的不是证件号码'));
  }),
);

void t.test('who is on the roster of another session is told when to come, and not let in', (t) =>
  each(async ({ name, page }) => {
    await readerTypes(page, numberOf(7));
    await page.waitFor(says('不是本场考生'));
    const strip = await page.evaluate<string>(STRIP);
    t.match(strip, room.seat(7).name, name);
    t.match(strip, /《理论补考》/, `${name}: which one`);
    t.match(strip, /\d{1,2}:\d\d/, `${name}: and when`);
    t.match(strip, /告诉考生何时再来/, `${name}: what to do`);
    t.equal(await page.evaluate(TONE), 'alarm', name);
    t.equal(await page.evaluate(NAME), '', `${name}: there is no card on which anybody could admit`);
  }),
);

void t.test('the bar code of a ticket leads to its candidate', () =>
  each(async ({ page, first }) => {
    await readerTypes(page, room.seat(first + 1).ticketNo);
    await page.waitFor(says('准考证已扫'));
    await page.waitFor(`(${NAME}) === ${JSON.stringify(room.seat(first + 1).name)}`);
  }),
);

void t.test('people’s typing is not taken: slow keys, six fast ones, a key that is held down', (t) =>
  each(async ({ name, page, first }) => {
    await page.press('Escape');
    await page.press('/');
    await page.waitFor(`document.activeElement.matches('[data-find]')`);
    await page.evaluate(`document.activeElement.select()`);
    const typed = room.seat(first + 1).ticketNo.slice(-6);
    await readerTypes(page, typed, null);
    // And the hand rests: what it types next is a word of its own.
    await new Promise((resolve) => setTimeout(resolve, 400));
    await page.waitFor(`document.activeElement.value === ${JSON.stringify(typed)}`);
    t.pass(`${name}: fast`);
    await page.evaluate(`document.activeElement.select()`);
    for (const key of '99012026') {
      await page.press(key);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    t.equal(await page.evaluate(`document.activeElement.value`), '99012026', `${name}: slow`);
    const held = await page.evaluate<number>(`(() => {
      let taken = 0;
      for (let n = 0; n < 40; n++) {
        const event = new KeyboardEvent('keydown', { key: '1', repeat: true, bubbles: true, cancelable: true });
        if (!document.activeElement.dispatchEvent(event)) taken++;
      }
      return taken;
    })()`);
    t.equal(held, 0, `${name}: held down`);
  }),
);

void t.test('an input method keeps every key', async (t) => {
  const [{ page } = { page: null }] = desks;
  const { native } = page as CurrentPage;
  const cdp = await native.context().newCDPSession(native);
  await native.keyboard.press('Escape');
  await native.keyboard.press('/');
  await native.evaluate(`document.activeElement.select()`);
  for (const text of ['z', 'zh', 'zho', 'zhou', "zhou'j", "zhou'ji", "zhou'jin", "zhou'jing"])
    await cdp.send('Input.imeSetComposition', {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  const taken = await native.evaluate<number>(`(() => {
    let taken = 0;
    for (let n = 0; n < 20; n++) {
      const event = new KeyboardEvent('keydown', { key: 'Process', keyCode: 229, isComposing: true, bubbles: true, cancelable: true });
      if (!document.activeElement.dispatchEvent(event)) taken++;
    }
    return taken;
  })()`);
  t.equal(taken, 0);
  await cdp.send('Input.insertText', { text: '周景' });
  t.equal(await native.evaluate(`document.activeElement.value`), '周景');
});

void t.test('a reader of the room leads there too; whoever is being checked stays', async (t) =>
  each(async ({ name, page }) => {
    if (name !== 'Chromium') return;
    await page.press('Escape');
    bridge.put(numberOf(8), room.seat(8).name);
    await page.waitFor(says(room.seat(8).name));
    await page.waitFor(`[...document.querySelectorAll('.reading button')].length === 1`);
    t.equal(await page.evaluate(TONE), 'grey', 'no green tick above the card of somebody else');
    t.notOk(await page.evaluate(`(${NAME}) === ${JSON.stringify(room.seat(8).name)}`));
    await page.click('.reading button');
    await page.waitFor(`(${NAME}) === ${JSON.stringify(room.seat(8).name)}`);
    bridge.put(numberOf(8), '另一人');
    await page.waitFor(says('姓名与名册不同'));
  }),
);
