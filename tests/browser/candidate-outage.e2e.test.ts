// The server dies in the middle of the exam and at its end. Candidates in three browsers write on, reload, lose their browser,
// come back; the paper locks by itself; the bundle holds what was typed, all of it and nothing else.

import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { BROWSERS } from './support/browsers.js';
import { CandidateAtKeyboard, heldBy } from './support/candidate.js';
import { answersOnPc, placeOnPc } from './support/pc-storage.js';
import { BrowserRoom } from './support/room.js';
import { shows, type RoomBrowser } from './support/room-browser.js';

t.setTimeout(560_000);

const OUTAGE_MS = 30_000;
const PAPER = `document.querySelector('.paper') !== null`;
const ALL_SENT = `document.querySelector('[data-unsent="0"]') !== null`;
/** Seconds left, as the candidate reads them. */
const LEFT = `document.querySelector('.time-left b').textContent.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)`;
/** From the time that is shown now to the moment at which the paper is gone, by the page's own clock. */
const LOCKED = `new Promise((resolve) => {
  const left = ${LEFT};
  const from = performance.now();
  const look = setInterval(() => {
    if (${PAPER} && performance.now() - from < 60000) return;
    clearInterval(look);
    resolve({ left, offMs: Math.round(performance.now() - from - left * 1000) });
  }, 50);
})`;

const room = await BrowserRoom.start({ minutes: 2.5, policy: { earlyLeaveBeforeEndMs: 1_000 } });
const browsers: RoomBrowser[] = [];
t.teardown(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await room.close();
});
for (const start of BROWSERS) browsers.push(await start({ origin: room.origin, ca: room.ca }));
const candidates = await Promise.all(
  browsers.map(async (browser, index) => {
    const page = await browser.open('/');
    const person = new CandidateAtKeyboard(page, room, room.seat(index + 1));
    return { name: browser.name, browser, salt: index + 1, person };
  }),
);
type One = (typeof candidates)[number];
const each = (act: (one: One) => Promise<void>) => Promise.all(candidates.map(act));
/** Answers the next items, the shown one first. */
async function answer({ person, salt }: One, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await person.answer(salt);
    await person.next();
  }
}
/** What was given so far and the place in the paper lie on the PC, as far as this can be known from outside. */
async function untilKept({ person, name }: One): Promise<void> {
  for (let waits = 0; waits < 200; waits++) {
    const kept = await answersOnPc(person.page);
    const [place, { number }] = [await placeOnPc(person.page), await person.shown()];
    if (kept.length === person.given.size && place === number) return;
    await pause(50);
  }
  throw new Error(`${name}: not everything is on the PC`);
}
const killedAt: number[] = [];
async function killServer(): Promise<void> {
  await room.kill();
  killedAt.push(Date.now());
}

void t.test('three candidates enter and begin to answer', async (t) => {
  await each(({ person }) => person.pair());
  await room.openEntry();
  for (const { person } of candidates) await room.admit(person.seat);
  await each(({ person }) => person.enter());
  await room.begin();
  await each(async (one) => {
    await one.person.untilPaper();
    await answer(one, 6);
    await one.person.page.waitFor(ALL_SENT);
    t.equal(one.person.given.size, 6, one.name);
  });
});

void t.test('the server dies: they write on, reload, lose the browser, write on', async (t) => {
  await killServer();
  await each(async (one) => {
    const { person, browser, name } = one;
    await answer(one, 4);
    await person.page.waitFor(shows('单机作答中'));
    t.notOk(
      await person.page.evaluate(ALL_SENT),
      `${name}: the page knows that something is not in the room`,
    );
    const { number } = await person.shown();
    await untilKept(one);

    await person.page.reload();
    await person.untilPaper();
    t.equal((await person.shown()).number, number, `${name}: at the same item`);
    await answer(one, 3);
    await untilKept(one);

    await browser.kill();
    await browser.restart();
    person.page = await browser.open('/');
    await person.untilPaper();
    t.equal((await person.shown()).number, number + 3, `${name}: at the same item after the crash`);
    t.equal(
      await person.page.evaluate(`document.querySelectorAll('nav .number.answered').length`),
      person.given.size,
      `${name}: everything is there`,
    );
    await answer(one, 3);
  });
});

void t.test('the server comes back: everything arrives', async (t) => {
  await pause(Math.max(0, (killedAt[0] ?? 0) + OUTAGE_MS - Date.now()));
  await room.restart();
  t.ok(Date.now() - (killedAt[0] ?? 0) > 20_000, 'it was away for more than 20 s');
  await each(async ({ person: { page, given }, name }) => {
    await page.waitFor(`${ALL_SENT} && ${shows('已存入考场服务器')}`);
    const kept = await answersOnPc(page);
    t.equal(kept.length, given.size, name);
    t.ok(
      kept.every(({ rev, settledRev }) => rev === settledRev),
      `${name}: all acknowledged`,
    );
  });
});

void t.test('the server dies before the end: the paper locks by itself, at the end', async (t) => {
  const [first] = candidates;
  await first?.person.page.waitFor(`${LEFT} <= 20`, 150_000);
  await killServer();
  await each(async (one) => {
    const { person, name } = one;
    const { page } = person;
    await answer(one, 2);
    const { left, offMs } = await page.evaluate<{ left: number; offMs: number }>(LOCKED);
    t.ok(left > 0, `${name}: ${left} s left`);
    t.ok(offMs > -1_500 && offMs < 5_000, `${name}: locked ${offMs} ms from the time that was shown`);
    t.ok(await page.evaluate(shows('考试时间到')), name);
    t.ok(await page.evaluate(shows('暂时没有连上考场服务器')), name);
    const before = JSON.stringify(await answersOnPc(page));
    await page.press('1');
    await page.press('m');
    await page.reload();
    await page.waitFor(shows('考试时间到'));
    t.equal(JSON.stringify(await answersOnPc(page)), before, `${name}: no key changes anything any more`);
  });
});

void t.test('the server comes back after the end: they hand in and may leave', async (t) => {
  await room.restart();
  await each(async ({ person }) => {
    await person.page.waitFor(`document.querySelector('.standing, .pulse, .received') !== null`);
  });
  const { sessionId } = room;
  for (const role of ['chief', 'inspector'] as const) {
    const one = room.crew.member(role);
    // Signed in again after the outage.
    await one.until((view) => view.session?.phase === 'suspended', 60_000, 'the room stands still (rule 7)');
    await one.act({ type: 'close-suspended', sessionId });
  }
  await each(async ({ name, person: { page } }) => {
    await page.waitFor(`document.querySelector('.received') !== null`);
    t.ok(await page.evaluate(shows('您可以离开')), name);
    t.same(await answersOnPc(page), [], `${name}: nothing stays on the PC`);
  });
});

void t.test('the bundle holds what was typed, all of it, and nothing of another', async (t) => {
  const session = await room.results();
  for (const { name, person } of candidates) {
    const held = session.candidates[person.seat.candidateId];
    if (held?.order == null) throw new Error(`${name} has no order`);
    t.ok(person.given.size >= 18, `${person.given.size} answers`);
    t.same(heldBy(held), person.expected(held.order), name);
    t.same(held.contested, [], `${name}: nothing is in doubt`);
    t.same(person.lostFocus, [], `${name}: the focus could be seen`);
  }
});
