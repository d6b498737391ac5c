// The seal under the rule (SL6, SL7), signed through the page: without a report, and with a red line in it, nobody signs; mended
// and checked again, ticked line by line, it stands, and names the report.

import t from 'tap';
import { SEAL_TICKS } from '../../server/core/device-types.js';
import { Chromium } from './support/chromium.js';
import { StaffAtConsole } from './support/console.js';
import { BrowserRoom } from './support/room.js';

t.setTimeout(560_000);

const room = await BrowserRoom.start({ startsInMs: 3_600_000, policy: { sealNeedsReport: true } });
const browser = await Chromium.start({ origin: room.origin, ca: room.ca });
t.teardown(async () => {
  await browser.close();
  await room.close();
});
for (const { seatId } of room.seats) await room.addPc(seatId);
const sysadmin = await StaffAtConsole.open(browser, room, 'sysadmin');
const { page } = sysadmin;
const { sessionId } = room;
const mayNotSign = `[...document.querySelectorAll('button')]
  .find((one) => one.innerText.startsWith('我已检查，签名')).disabled`;
const boxes = `document.querySelectorAll('.seal-ticks input')`;
/** Line by line, as a person does. */
async function tickAll(): Promise<void> {
  for (const index of SEAL_TICKS.keys()) {
    await page.evaluate(`${boxes}[${index}].click()`);
    const open = SEAL_TICKS.length - index - 1;
    await sysadmin.sees(open === 0 ? '全部确认' : `还有 ${open} 项未确认`);
  }
}

/** What the room itself says to a signature with every tick and the last report. */
const signed = () => {
  const { crew } = room;
  const { preflight } = crew.view;
  return crew.member('sysadmin').command({
    ...{ type: 'sign-seal', sessionId, ticks: [...SEAL_TICKS] },
    ...(preflight === null ? {} : { reportId: preflight.reportId }),
  });
};

void t.test('[SL7] without a report the page lets nobody sign, and the room refuses it', async (t) => {
  await sysadmin.tab('封场');
  await sysadmin.sees('还没有检查报告，请先做考前检查。');
  t.equal(await page.evaluate(`${boxes}.length`), SEAL_TICKS.length);
  await tickAll();
  t.equal(await page.evaluate(mayNotSign), true);
  t.match(await signed(), { ok: false, code: 'report-missing' });
});

void t.test('[SL7] a red line in the report: the page says so, the room refuses it', async (t) => {
  await sysadmin.button('去考前检查');
  await sysadmin.button('开始检查');
  await page.waitFor(`document.querySelector('.outcome-line.red') !== null`);
  await page.waitFor(`document.querySelector('[data-line="devices.cameras"]').dataset.verdict === 'red'`);
  await sysadmin.sees('判定标准：演示机');
  await sysadmin.sees('演练考场');
  await sysadmin.tab('封场');
  await sysadmin.sees('有不合格项，处理后重新检查才能封场。');
  await tickAll();
  t.equal(await page.evaluate(mayNotSign), true);
  t.match(await signed(), { ok: false, code: 'report-red', params: { count: 1 } });
  t.equal(room.crew.view.session?.seal.sysadmin, null);
});

void t.test(
  '[SL6] mended and checked again, every line ticked: two sign, and the room is sealed',
  async (t) => {
    await sysadmin.button('去考前检查');
    const cameras = `document.querySelector('[data-line="devices.cameras"] .tick input')`;
    await page.waitFor(`${cameras} !== null`);
    await page.evaluate(`${cameras}.click()`);
    await sysadmin.button('提交 1 项核对');
    await page.waitFor(`document.querySelector('.outcome-line.amber') !== null`);
    await sysadmin.tab('封场');
    await sysadmin.sees('可用于封场');
    if (await page.evaluate<boolean>(`${boxes}[0].checked`)) await page.evaluate(`${boxes}[0].click()`);
    t.equal(await page.evaluate(mayNotSign), true, 'one line is open');
    t.match(await room.crew.member('sysadmin').command({ type: 'sign-seal', sessionId }), {
      ...{ ok: false, code: 'ticks-missing' },
    });
    await tickAll();
    await sysadmin.button('我已检查，签名');
    await sysadmin.button('确认', '.sure');
    await sysadmin.sees(`已签名 ${sysadmin.name}`);
    const clerk = await StaffAtConsole.open(browser, room, 'clerk');
    await clerk.tab('封场');
    await clerk.button('我已检查，签名');
    await clerk.button('确认', '.sure');
    await sysadmin.fill('授权码', room.sealCode);
    await sysadmin.button('确认封场');
    await sysadmin.sees('考场已封场');
    const { session, preflight } = room.crew.view;
    t.match(session?.seal, { ticks: SEAL_TICKS, orgConfirmed: true, brokenBy: null });
    t.equal(preflight?.red, 0);
  },
);
