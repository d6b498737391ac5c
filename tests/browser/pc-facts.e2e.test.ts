// What a candidate's PC finds out about itself for the check of the room, in real browsers: how fast its line is, whether it
// keeps what it wrote over a restart (a restore card), whether Chinese comes out of its input method.

import t from 'tap';
import { SENTENCE } from '../../kiosk-client/candidate/typed-sentence.js';
import type { PreflightLine } from '../../server/protocol/preflight.js';
import { SimulatedStaff } from '../../server/rehearsal/simulated-staff.js';
import { BROWSERS } from './support/browsers.js';
import { PAIRING_CODE } from './support/candidate.js';
import { Chromium } from './support/chromium.js';
import { BrowserRoom } from './support/room.js';
import { untilOnDisk, type RoomBrowser, type RoomPage } from './support/room-browser.js';

t.setTimeout(560_000);

const room = await BrowserRoom.start({
  startsInMs: 3_600_000,
  // Nobody answers at this port: refused at once.
  settings: { probes: { addresses: ['http://127.0.0.1:9/'], fromSeconds: 2, toSeconds: 3 } },
});
const options = { origin: room.origin, ca: room.ca };
const sysadmin = room.demo.source.plan.staff.find(({ roles }) => roles.includes('sysadmin'));
if (sysadmin === undefined) throw new Error('The plan has no sysadmin');
const staff = new SimulatedStaff(room.demo.address, sysadmin.staffId, sysadmin.pin);
await staff.signIn();
const open: RoomBrowser[] = [];
t.teardown(async () => {
  staff.stop();
  await Promise.all(open.map((browser) => browser.close()));
  await room.close();
});

/** The line of the check of the room, once it holds. */
async function line(id: string, holds: (line: PreflightLine) => boolean): Promise<PreflightLine> {
  for (let tries = 0; ; tries++) {
    const { report } = await staff.checkRoom([], 60_000, ['pcs']);
    const found = report.lines.find((one) => one.id === id);
    if (found === undefined) throw new Error(`No line ${id}`);
    if (holds(found) || tries === 60) return found;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
const isMeasured = ({ verdict, measured }: PreflightLine) =>
  verdict !== 'unknown' && !measured.zh.includes('未测得');
const WAITING = `document.querySelector('.waiting-head') !== null`;
/** As if the PC had been off for a minute. */
const LET_TIME_GO_BY = `(() => {
  const before = Number(localStorage.getItem('kaochang.marker'));
  localStorage.setItem('kaochang.marker', String(before - 60000));
  return before > 0 ? String(before - 60000) : null;
})()`;

const chromium = await Chromium.start(options);
open.push(chromium);
let page = await chromium.open('/');
const { seatId } = room.seat(1);
await room.pairPage(page, seatId, PAIRING_CODE);
await page.waitFor(WAITING);

void t.test('[REQ-A05] the line to the room is measured by the PC', async (t) => {
  // How good it is depends on what else this machine does.
  for (const id of ['pcs.throughput', 'pcs.round-trip']) {
    const { verdict, measured } = await line(id, isMeasured);
    t.match(verdict, /green|amber|red/, measured.zh);
  }
});

void t.test('before a restart nobody knows whether the PC keeps anything', async (t) => {
  t.equal((await line('pcs.restore-card', () => true)).verdict, 'unknown');
});

void t.test('a profile that is kept over a restart turns the line of the restore card green', async (t) => {
  const marker = await page.evaluate<string | null>(LET_TIME_GO_BY);
  if (marker === null) throw new Error('The page wrote no marker down');
  await untilOnDisk(chromium, /Local Storage\/leveldb\/.*\.log$/, marker);
  await chromium.close(false);
  await chromium.restart();
  page = await chromium.open('/');
  await page.waitFor(WAITING);
  const { verdict, measured } = await line('pcs.restore-card', (one) => one.verdict === 'green');
  t.equal(verdict, 'green', measured.zh);
});

void t.test(
  'a profile that a restart has reset turns it red, before and after it is paired again',
  async (t) => {
    await chromium.close();
    open.splice(0);
    const again = await Chromium.start(options);
    open.push(again);
    page = await again.open('/');
    await page.waitFor(`/^[0-9]{6}$/.test((${PAIRING_CODE}) || '')`);
    const before = await line('pcs.restore-card', (one) => one.verdict === 'red');
    t.equal(before.verdict, 'red', `a stranger waits where its PC was: ${before.measured.zh}`);
    await staff.act({ type: 'unpair-seat', seatId, reason: '还原卡' });
    await room.pairPage(page, seatId, PAIRING_CODE);
    await page.waitFor(WAITING);
    const { verdict, measured, nextStep } = await line('pcs.restore-card', (one) => one.verdict === 'red');
    t.equal(verdict, 'red', measured.zh);
    t.match(measured.zh, /不合格 1: 01/);
    t.match(nextStep?.zh, /还原卡/);
  },
);

void t.test('[REQ-A13] a sentence out of the input method, key by key', async (t) => {
  const { native } = page;
  const cdp = await native.context().newCDPSession(native);
  t.equal((await line('pcs.input-method', () => true)).verdict, 'unknown');
  await page.click('[name=typed]');
  await cdp.send('Input.insertText', { text: SENTENCE });
  await page.press('Enter');
  await page.waitFor(`document.body.innerText.includes('没有用到输入法')`);
  await page.evaluate(`document.querySelector('[name=typed]').select()`);
  for (const words of [SENTENCE.slice(0, 4), SENTENCE.slice(4, 8), SENTENCE.slice(8)]) {
    for (const text of ['s', 'sh', "shu'zi"])
      await cdp.send('Input.imeSetComposition', {
        ...{ text, selectionStart: text.length, selectionEnd: text.length },
      });
    await cdp.send('Input.insertText', { text: words });
  }
  await page.waitFor(`document.body.innerText.includes('输入法正常')`);
  t.equal((await line('pcs.input-method', (one) => one.verdict === 'green')).verdict, 'green');
  await page.reload();
  await page.waitFor(WAITING);
  await page.waitFor(`document.querySelector('.checks') !== null`);
  t.ok(await page.evaluate(`document.querySelector('[name=typed]') === null`), 'asked once');
  t.equal((await line('pcs.input-method', (one) => one.verdict === 'green')).verdict, 'green', 'and known');
});

/** An input method's events in the order of Chrome, or of Firefox, where the last `input` comes after the end. */
const compose = (text: string, last: 'input-end' | 'end-input') => `(() => {
  const field = document.querySelector('[name=typed]');
  field.focus();
  const before = field.value;
  const put = (value, isComposing) => {
    field.value = value;
    field.dispatchEvent(new InputEvent('input', { bubbles: true, isComposing }));
  };
  const end = () => field.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, data: '${text}' }));
  field.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
  put(before + "shu'zi", true);
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, isComposing: true }));
  ${
    last === 'input-end'
      ? `put(before + '${text}', true); end();`
      : `field.value = before; end(); put(before + '${text}', false);`
  }
})()`;

void t.test('in the oldest Chromium and in Firefox, with either order of events', async (t) => {
  const others = await Promise.all(BROWSERS.slice(1).map((start) => start(options)));
  open.push(...others);
  const pages: RoomPage[] = await Promise.all(others.map((browser) => browser.open('/')));
  for (const [index, other] of pages.entries()) {
    const name = others[index]?.name ?? '';
    await room.pairPage(other, room.seat(index + 2).seatId, PAIRING_CODE);
    await other.waitFor(`document.querySelector('[name=typed]') !== null`);
    await other.click('[name=typed]');
    await other.type('shuzi');
    await other.press('Enter');
    await other.waitFor(`document.body.innerText.includes('改到一字不差')`);
    await other.evaluate(`document.querySelector('[name=typed]').value = ''`);
    const order = name === 'Firefox' ? 'end-input' : 'input-end';
    for (const part of [SENTENCE.slice(0, 4), SENTENCE.slice(4)]) await other.evaluate(compose(part, order));
    await other.waitFor(`document.body.innerText.includes('输入法正常')`);
    t.pass(name);
  }
  const known = await line('pcs.throughput', isMeasured);
  t.match(known.measured.zh, /\/3/);
  t.notMatch(known.measured.zh, /未测得/, 'all three have measured their line');
});

void t.test('a candidate who logs in is asked nothing of it', async (t) => {
  await room.openEntry();
  await page.waitFor(`document.querySelector('[name=ticket]') !== null`);
  t.notOk(await page.evaluate(`document.querySelector('[name=typed]') !== null`));
});
