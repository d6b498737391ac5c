// Candidate PCs that reach the internet (REQ-A04), in three real browsers: a stand-in for the internet in a network namespace,
// the room's own page and its policy, the seat on the map, the alarm and its end.

import t from 'tap';
import { BROWSERS } from './support/browsers.js';
import { PAIRING_CODE } from './support/candidate.js';
import { StaffAtConsole } from './support/console.js';
import { Outside } from './support/outside.js';
import { BrowserRoom } from './support/room.js';
import type { RoomBrowser, RoomPage } from './support/room-browser.js';

t.setTimeout(560_000);

/** A round begins after two or three seconds and waits three more for an answer. */
const ONE_ROUND_MS = 15_000;

const outside = new Outside();
t.teardown(() => outside.close());
const room = await BrowserRoom.start({
  startsInMs: 600_000,
  settings: { probes: { addresses: outside.addresses, fromSeconds: 2, toSeconds: 3 } },
});
const browsers: RoomBrowser[] = [];
t.teardown(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await room.close();
});
await outside.start(`${room.demo.data}/tls`);
for (const start of BROWSERS) browsers.push(await start({ origin: room.origin, ca: room.ca }));
const pages: RoomPage[] = await Promise.all(browsers.map((browser) => browser.open('/')));
const [first] = browsers;
if (first === undefined) throw new Error('Three browsers were expected');
const chief = await StaffAtConsole.open(first, room, 'chief');
const seats = browsers.map((_, index) => room.seat(index + 1).seatId);
const reaching = () =>
  room.crew.view.seats.filter((row) => row.reachesInternet === true).map(({ seatId }) => seatId);

void t.test('without a way out every seat stays as it is', async (t) => {
  await Promise.all(
    pages.map((page, index) => room.pairPage(page, room.seat(index + 1).seatId, PAIRING_CODE)),
  );
  // Two whole rounds of each.
  await new Promise((resolve) => setTimeout(resolve, 2 * 6_000));
  t.same(reaching(), []);
  t.equal(outside.hits, 0);
  t.notOk(await chief.page.evaluate(`document.querySelector('.alarm-row') !== null`));
});

void t.test('[NI2] a way out turns the seat red within one round, in every browser', async (t) => {
  outside.plug(true);
  await chief.page.waitFor(
    `[${seats.map((seat) => `'${seat}'`).join()}].every((seat) =>
      document.querySelector('[data-seat="' + seat + '"].alarm') !== null)`,
    ONE_ROUND_MS,
  );
  t.same(reaching().sort(), [...seats].sort());
  t.ok(outside.hits > 0);
  await chief.sees('能上外网', undefined, '.seats');
  await chief.sees('能访问互联网', undefined, '.alarm-strip');
  await chief.sees('拔掉无线网卡', undefined, '.alarm-strip');
});

void t.test('the candidate is not held up: the page stands as before', async (t) => {
  for (const [index, page] of pages.entries()) {
    t.equal(await page.evaluate(`document.querySelectorAll('iframe').length <= 1`), true);
    const label = await page.evaluate<string>(`document.querySelector('.big-seat').innerText`);
    t.ok(label.length > 0, browsers[index]?.name ?? '');
    t.notOk(
      await page.evaluate(
        `fetch('${outside.addresses[0]}', { mode: 'no-cors' }).then(() => true, () => false)`,
      ),
      `${browsers[index]?.name}: the kiosk’s own page may not call the outside`,
    );
  }
});

void t.test('it clears after two clean rounds, stays grey until somebody acknowledges it', async (t) => {
  outside.plug(false);
  await chief.page.waitFor(`document.querySelector('.seat.alarm') === null`, 2 * ONE_ROUND_MS);
  t.same(reaching(), []);
  await chief.page.waitFor(`document.querySelector('.alarm-row') === null`);
  await chief.tab('设备');
  await chief.page.waitFor(
    `document.querySelectorAll('.alarm-list .quiet-alarm[data-alarm="seat-reaches-internet"]').length === 3`,
  );
  for (let left = 3; left > 0; left--) {
    await chief.button('确认', '.alarm-list');
    await chief.fill('处理情况', '已拔掉手机', '.alarm-list');
    await chief.page.press('Enter');
    await chief.page.waitFor(`document.querySelectorAll('.alarm-list li').length === ${left - 1}`);
  }
  await chief.sees('没有告警');
});
