// The whole exam by keyboard alone in three browsers at once: from the machine check to "you may leave". After every key the
// focus can be seen, and the bundle holds what was answered.

import t, { type Test } from 'tap';
import { BROWSERS } from './support/browsers.js';
import { CandidateAtKeyboard, heldBy } from './support/candidate.js';
import type { CurrentPage } from './support/chromium.js';
import { BrowserRoom } from './support/room.js';
import { VIEWPORT, shows, type RoomBrowser } from './support/room-browser.js';

t.setTimeout(560_000);

const ITEMS = 60;
/** Left open at first and answered from the hand-in sheet; and one that is marked. */
const LEFT = 7;
const MARKED = 11;

/** Which options are chosen; and the second click of a double click on the first of them. */
const CHOSEN = `[...document.querySelectorAll('article [aria-checked]')].map((one) => one.getAttribute('aria-checked')).join()`;
const SECOND_CLICK = `document.querySelector('article [aria-checked=true]')
  .dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 2 }))`;
/** Presses the last button of the sheet by mouse; what lies at its corners and in its middle afterwards. */
const UNDER_A_SECOND_CLICK = `(async () => {
  const button = [...document.querySelectorAll('.sheet .buttons button')].pop();
  const { left, right, top, bottom } = button.getBoundingClientRect();
  button.click();
  while (document.querySelector('.sheet .danger') === null)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const points = [[left + 2, top + 2], [right - 2, top + 2], [left + 2, bottom - 2], [right - 2, bottom - 2],
    [(left + right) / 2, (top + bottom) / 2]];
  return points.map(([x, y]) => document.elementFromPoint(x, y)).map((one) => one.tagName + '.' + one.className).join(' ');
})()`;

/** As long as a ticket allows. */
const LONG_NAME = '阿卜杜勒热合曼·买买提艾力·吐尔逊江·努尔麦麦提·依明江·斯迪克·热西提·库尔班江·阿不';
const room = await BrowserRoom.start({
  ...{ minutes: 6, policy: { earlyLeaveBeforeEndMs: 350_000 } },
  change: (source) => ({
    ...source,
    roster: source.roster.map((one, index) => (index < 3 ? { ...one, name: LONG_NAME } : one)),
  }),
});
const browsers: RoomBrowser[] = [];
t.teardown(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await room.close();
});
for (const start of BROWSERS) browsers.push(await start({ origin: room.origin, ca: room.ca }));
const candidates = await Promise.all(
  browsers.map(async (browser, index) => {
    const page = await browser.open('/');
    return { name: browser.name, index, person: new CandidateAtKeyboard(page, room, room.seat(index + 1)) };
  }),
);
type One = (typeof candidates)[number];
const each = (act: (one: One) => Promise<void>) => Promise.all(candidates.map(act));

void t.test('a fresh PC passes the machine check and shows its code', (t) =>
  each(async ({ name, person: { page } }) => {
    await page.waitFor(`document.querySelectorAll('.checks li').length === 5`);
    t.equal(await page.evaluate(`document.querySelectorAll('.checks .bad').length`), 0, name);
  }),
);

void t.test('paired, logged in, confirmed, rules read, ready: with keys', async (t) => {
  await each(({ person }) => person.pair());
  await room.openEntry();
  for (const { person } of candidates) await room.admit(person.seat);
  await each(async ({ name, person }) => {
    await person.enter();
    t.ok(await person.page.evaluate(shows(person.seat.name)), `${name}: it is the candidate`);
  });
  t.same(
    candidates.map(({ person }) => person.lostFocus),
    [[], [], []],
  );
});

void t.test('sixty items answered, a mark, the navigator, the size, a picture made large', async (t) => {
  await room.begin();
  await each(async ({ name, index, person }) => {
    const { page } = person;
    await person.untilPaper();
    let enlarged = 0;
    for (let number = 1; number <= ITEMS; number++) {
      if (enlarged === 0 && (await page.evaluate(`document.querySelector('article .picture') !== null`))) {
        enlarged += 1;
        await enlarge(t, name, person);
      }
      if (number !== LEFT) await person.answer(index);
      if (number === MARKED) {
        const chosen = await page.evaluate<string>(CHOSEN);
        await page.evaluate(SECOND_CLICK);
        await person.press('m');
        await page.waitFor(`document.querySelector('.mark.on') !== null`);
        t.equal(await page.evaluate(CHOSEN), chosen, `${name}: a double click takes nothing back`);
        person.marked.add(number);
      }
      if (number < ITEMS) await person.next();
    }
    t.equal(enlarged, 1, `${name}: there was a picture`);
    await person.tabTo('nav .number');
    await person.tabTo('nav [aria-label^="第 3 题"]');
    await person.press('Enter');
    await page.waitFor(`document.querySelector('nav [aria-current]').textContent === '3'`);
    await person.tabTo('.font-size button:last-child');
    for (const size of [1, 2, 2]) {
      await person.press('Enter');
      await page.waitFor(`document.querySelector('.paper.size-${size}') !== null`);
    }
    await page.waitFor(`document.querySelector('[data-unsent="0"]') !== null`);
    await page.waitFor(shows('还有 1 题未答'));
    await page.waitFor(shows('已存入考场服务器'));
  });
  t.same(
    candidates.map(({ person }) => person.lostFocus),
    [[], [], []],
  );
});

/** Parts of the paper that are not wholly on the screen, or that something else lies upon. */
const COVERED = `['.time-left b', '.saved-line', '.hand-in', 'article .stem'].filter((selector) => {
  const one = document.querySelector(selector);
  const { left, right, top, bottom } = one.getBoundingClientRect();
  if (left < 0 || right > innerWidth || top < 0 || top > innerHeight) return true;
  return [[left + 1, (top + bottom) / 2], [right - 1, (top + bottom) / 2]]
    .some(([x, y]) => bottom < innerHeight && !one.contains(document.elementFromPoint(x, y)));
})`;

void t.test(
  'a name of fifty characters and a screen at 200 % leave clock and buttons in sight',
  async (t) => {
    await each(async ({ name, person }) => {
      t.same(await person.page.evaluate(COVERED), [], name);
    });
    const { native } = candidates[0]?.person.page as CurrentPage;
    for (const size of [{ width: 1024, height: 768 }, { width: 683, height: 384 }, VIEWPORT]) {
      await native.setViewportSize(size);
      t.same(await candidates[0]?.person.page.evaluate(COVERED), [], `${size.width} wide`);
    }
  },
);

void t.test('a hand is raised and lowered, a message is read: with keys', async (t) => {
  const { sessionId } = room;
  await each(async ({ name, person }) => {
    const { page } = person;
    await person.tabTo('button.hand');
    await person.press('Enter');
    await page.waitFor(`document.querySelector('.hand-up') !== null`);
    await person.press('Shift');
    t.ok(await page.evaluate(shows('已举手')), name);
    await person.press('Enter');
    await page.waitFor(`document.querySelector('.hand-up') === null`);
    await person.press('Shift');
  });
  const text = '请看第 12 题的图。';
  await room.crew.member('chief').act({ type: 'send-message', sessionId, candidateId: null, text });
  await each(async ({ name, person }) => {
    await person.page.waitFor(`document.querySelector('.sheet') !== null`);
    // Whoever is in the middle of typing when it comes.
    for (const key of ['Enter', 'Space', 'Escape']) await person.page.press(key);
    await person.press('Tab');
    t.ok(await person.page.evaluate(shows(text)), `${name}: no key that was meant for the paper put it away`);
    const before = await person.shown();
    await person.press('1');
    await person.press('Enter');
    await person.page.waitFor(`document.querySelector('.sheet') === null`);
    await person.press('Shift');
    t.same(await person.shown(), before, `${name}: keys meant for the message change nothing`);
  });
  t.same(
    candidates.map(({ person }) => person.lostFocus),
    [[], [], []],
  );
});

void t.test('the sheet lists what is open and marked, leads there, asks twice, and hands in', async (t) => {
  await each(async ({ name, index, person }) => {
    const { page } = person;
    const numbers = `[...document.querySelectorAll('.sheet .number')].map(({ textContent }) => Number(textContent))`;
    await person.tabTo('.hand-in');
    await person.press('Enter');
    await page.waitFor(`document.querySelector('.sheet') !== null`);
    t.same(await page.evaluate(numbers), [LEFT, MARKED], name);
    await person.tabTo('.sheet .number');
    await person.press('Enter');
    await page.waitFor(`document.querySelector('nav [aria-current]').textContent === '${LEFT}'`);
    await page.waitFor(`document.activeElement.closest('article') !== null`);
    await person.answer(index);
    await person.tabTo('.hand-in');
    await person.press('Enter');
    await page.waitFor(`document.querySelector('.sheet') !== null`);
    t.same(await page.evaluate(numbers), [MARKED], name);
    await person.press('Escape');
    await page.waitFor(`document.querySelector('.sheet') === null`);
    await person.press('Enter');
    const under = await page.evaluate(UNDER_A_SECOND_CLICK);
    t.notMatch(under, /danger/, `${name}: a second click where the first was does not hand in`);
    t.match(under, /BUTTON/, name);
    await person.press('Escape');
    await page.waitFor(`document.querySelector('.sheet') === null`);
    await person.press('Enter');
    await person.tabTo('.sheet .buttons button:last-child');
    await page.press('Enter');
    await page.press('Enter');
    await page.waitFor(`document.activeElement !== document.body`);
    t.ok(
      await page.evaluate(`document.querySelector('.paper') !== null`),
      `${name}: not by two quick Enters`,
    );
    if (await page.evaluate(`document.querySelector('.sheet') !== null`)) await person.press('Escape');
    await page.waitFor(`document.querySelector('.sheet') === null`);
    await person.tabTo('.hand-in');
    await person.press('Enter');
    await person.tabTo('.sheet .buttons button:last-child');
    await person.press('Enter');
    await person.tabTo('.sheet .danger');
    await person.press('Enter', [], true);
    await page.waitFor(`document.querySelector('.received') !== null`);
    t.ok(await page.evaluate(shows('您可以离开')), name);
  });
  t.same(
    candidates.map(({ person }) => person.lostFocus),
    [[], [], []],
  );
});

void t.test('the bundle holds what each of them answered, and nothing of another', async (t) => {
  await room.take('end');
  const session = await room.results();
  for (const { name, person } of candidates) {
    const held = session.candidates[person.seat.candidateId];
    if (held?.order == null) throw new Error(`${name} has no order`);
    t.equal(person.given.size, ITEMS);
    t.same(heldBy(held), person.expected(held.order), name);
    const [marked] = Object.entries(held.answers).filter(([, record]) => record.marked);
    t.equal(marked?.[0], held.order.sections.flatMap(({ items }) => items)[MARKED - 1]?.itemId);
  }
});

async function enlarge(t: Test, name: string, person: CandidateAtKeyboard): Promise<void> {
  const { page } = person;
  await page.waitFor(`document.querySelector('article .picture img') !== null`);
  await person.tabTo('.picture', true);
  await person.press('Enter');
  await page.waitFor(`document.querySelector('.large-picture img') !== null`);
  const width = `document.querySelector('.large-picture img').getBoundingClientRect().width`;
  await person.press('+');
  const once = await page.evaluate<number>(width);
  await person.press('+');
  t.ok((await page.evaluate<number>(width)) > once, `${name}: + makes it larger`);
  await person.tabTo('.large-picture .buttons button:nth-child(2)');
  await person.press('Enter');
  await person.press('Enter');
  await person.press('-');
  await person.press('Escape');
  await page.waitFor(`document.querySelector('.large-picture') === null`);
  await page.waitFor(`document.activeElement.matches('.picture')`);
  t.pass(`${name}: focus is back`);
  await person.press('Tab');
}
