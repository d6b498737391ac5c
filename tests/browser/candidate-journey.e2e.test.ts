// The whole exam by keyboard alone in three browsers at once: from the machine check to "you may leave". After every key the
// focus can be seen, and the bundle holds what was answered.

import t, { type Test } from 'tap';
import { BROWSERS } from './support/browsers.js';
import { CandidateAtKeyboard, heldBy } from './support/candidate.js';
import { BrowserRoom } from './support/room.js';
import { shows, type RoomBrowser } from './support/room-browser.js';

t.setTimeout(560_000);

const ITEMS = 60;
/** Left open at first and answered from the hand-in sheet; and one that is marked. */
const LEFT = 7;
const MARKED = 11;

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
        await person.press('m');
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
    await person.press('Tab');
    t.ok(await person.page.evaluate(shows(text)), name);
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
