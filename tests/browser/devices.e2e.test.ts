// Devices at the console in a real browser: strip, alarms along the top, a device beside the page, timeline, the check before
// the exam with its printed report.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Chromium, type CurrentPage } from './support/chromium.js';
import { StaffAtConsole } from './support/console.js';
import { BrowserRoom } from './support/room.js';
import { walkByTab } from './support/tab-walk.js';

t.setTimeout(560_000);

const scripts = mkdtempSync(join(tmpdir(), 'kaochang-scripts-'));
const script = (name: string, text: string) => writeFileSync(join(scripts, `${name}.yaml`), text);
script('ups', 'kind: ups\nsteps:\n  - readings: { mains.present: false, battery.runtime-source: tested }\n');
script('jammer', 'kind: jammer\nsteps:\n  - {}\n');
// One that is well, at the place of another.
script('door', 'kind: ups\nsteps:\n  - {}\n');
script('id-reader', 'kind: id-reader\nsteps:\n  - fault: unreachable\n');

const room = await BrowserRoom.start({ startsInMs: 3_600_000, devices: scripts });
const browser = await Chromium.start({ origin: room.origin, ca: room.ca });
t.teardown(async () => {
  await browser.close();
  await room.close();
  rmSync(scripts, { recursive: true, force: true });
});
const sysadmin = await StaffAtConsole.open(browser, room, 'sysadmin');
const { page } = sysadmin;
const chip = (deviceId: string) => `document.querySelector('[data-device="${deviceId}"]')`;

void t.test('the strip says how each device is, what it reads, how old that is', async (t) => {
  await page.waitFor(`${chip('ups')}?.innerText.includes('故障')`);
  await page.waitFor(`${chip('jammer')}.innerText.includes('正常')`);
  await page.waitFor(`/\\d+ 秒前/.test(${chip('jammer')}.innerText)`);
  await page.waitFor(`${chip('ups')}.innerText.includes('电池供电')`);
  t.ok(await page.evaluate(`${chip('ups')}.innerText.includes('模拟')`));
  await page.waitFor(`${chip('id-reader')}.innerText.includes('无应答')`);
  t.equal(
    await page.evaluate(`document.querySelector('.chip').dataset.device`),
    'ups',
    'what needs a person stands first',
  );
});

void t.test('in a narrow chip no fact is cut and the trend stays inside, in English too', async (t) => {
  const { native } = page as CurrentPage;
  const size = native.viewportSize() ?? { width: 1_366, height: 768 };
  // As wide as seven devices have it on a small screen.
  await native.setViewportSize({ width: 780, height: 768 });
  await sysadmin.button('English');
  await page.waitFor(`/min \\(reported\\)/.test(${chip('door')}.innerText)`);
  await page.waitFor(`${chip('door')}.querySelector('.spark') !== null`);
  const facts = await page.evaluate<string[]>(`[...document.querySelectorAll('.chip-facts > span')]
    .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.innerText)`);
  t.same(facts, []);
  const outside = await page.evaluate<string[]>(`[...document.querySelectorAll('.chip')].filter((one) => {
    const spark = one.querySelector('.spark');
    return spark !== null && spark.getBoundingClientRect().right > one.getBoundingClientRect().right;
  }).map((one) => one.dataset.device)`);
  t.same(outside, []);
  await sysadmin.button('中文');
  await native.setViewportSize(size);
});

/** Everything that can be used on the page has the focus once, in sight and with its mark. */
async function goesRoundByTab(t: Test, where: string, ...expected: RegExp[]): Promise<void> {
  const { visited, missed, unseen } = await walkByTab(page);
  t.same({ missed, unseen }, { missed: [], unseen: [] }, where);
  for (const words of expected)
    t.ok(
      visited.some((one) => words.test(one)),
      `${where}: ${words}`,
    );
}

void t.test(
  'strip, drawer and timeline are reached by Tab alone, in sight and with a visible focus',
  async (t) => {
    await sysadmin.tab('设备');
    await sysadmin.sees('以表格显示');
    await goesRoundByTab(t, 'timeline and strip', /以表格显示/, /模拟/);
    await sysadmin.button('以表格显示');
    await goesRoundByTab(t, 'the table', /以图显示/);
    await sysadmin.button('以图显示');
    await page.evaluate(`${chip('jammer')}.focus()`);
    await page.press('Enter');
    await sysadmin.sees('接入方式', undefined, '.drawer');
    await goesRoundByTab(t, 'the drawer', /关闭/, /确认屏蔽效果/);
    await page.press('Escape');
    await page.waitFor(`document.querySelector('.drawer') === null`);
  },
);

void t.test('a red alarm stands along the top, blinks not and takes no focus', async (t) => {
  await sysadmin.sees('电池供电', undefined, '.alarm-strip');
  await sysadmin.sees('查看市电总闸', undefined, '.alarm-strip');
  t.equal(
    await page.evaluate(`getComputedStyle(document.querySelector('.alarm-row')).animationName`),
    'none',
  );
  t.notOk(await page.evaluate(`document.querySelector('.alarm-strip').contains(document.activeElement)`));
  t.notOk(
    await page.evaluate(`document.querySelector('.alarm-strip').innerText.includes('无应答')`),
    'amber',
  );
});

void t.test('acknowledged with a note, it goes quiet and says by whom', async () => {
  await sysadmin.button('确认', '.alarm-row[data-alarm="on-battery"]');
  await sysadmin.fill('处理情况', '电工已到场', '.alarm-row');
  await page.press('Enter');
  await page.waitFor(`document.querySelector('.alarm-row[data-alarm="on-battery"]') === null`);
  await sysadmin.tab('设备');
  await sysadmin.sees('电工已到场', undefined, '.quiet-alarm[data-alarm="on-battery"]');
  await sysadmin.sees(sysadmin.name, undefined, '.quiet-alarm[data-alarm="on-battery"]');
});

void t.test('what a jammer was told, says, and what a person saw stand apart', async (t) => {
  await page.click('[data-device="jammer"]');
  await sysadmin.sees('设备自报', undefined, '.apart');
  await sysadmin.button('关闭', '.drawer .form-tabs');
  await sysadmin.fill('原因', '演示关闭', '.drawer');
  await page.press('Enter');
  const facts = `document.querySelector('.apart dl').innerText.replace(/\\s+/g, ' ')`;
  await page.waitFor(`/指令 关闭/.test(${facts}) && /设备自报 关闭/.test(${facts})`);
  t.match(await page.evaluate(facts), /实测效果 无 人工确认 无/);
  await sysadmin.button('确认屏蔽效果', '.drawer .form-tabs');
  await sysadmin.choose('实测效果', '有效', '.drawer');
  await sysadmin.fill('依据', '手机无信号', '.drawer');
  await page.press('Enter');
  await page.waitFor(`/实测效果 无 人工确认 有效/.test(${facts})`);
  await sysadmin.sees('演示关闭', undefined, '.history');
  await page.press('Escape');
  await page.press('Escape');
});

void t.test('[DV10] a discharge that was too short is no proof of a runtime', async () => {
  await page.click('[data-device="ups"]');
  await sysadmin.button('登记放电测试', '.drawer .form-tabs');
  await sysadmin.sees('断开市电 10 分钟以上', undefined, '.drawer');
  await sysadmin.fill('依据', '年度放电', '.drawer');
  await page.press('Enter');
  await sysadmin.sees('还没有一次能证明供电时间的放电', undefined, '.drawer');
  await page.press('Escape');
  await page.press('Escape');
});

void t.test(
  'the timeline has a bar for the alarm, marks for the acts, and the same as a table',
  async (t) => {
    await sysadmin.tab('设备');
    await page.waitFor(`document.querySelectorAll('.track-line .bar.red.open').length >= 1`);
    await page.waitFor(`document.querySelectorAll('.track-line .dot').length >= 3`);
    await page.waitFor(
      `/电池供电.*电工已到场/.test(document.querySelector('.track').getAttribute('aria-label'))`,
    );
    t.pass('a screen reader hears it too');
    await sysadmin.button('以表格显示');
    await sysadmin.sees('告警：电池供电', undefined, '.marks');
    await sysadmin.sees('演示关闭', undefined, '.marks');
  },
);

void t.test('history outlives the server', async () => {
  await room.kill();
  await room.restart();
  await page.waitFor(`document.querySelector('[name=pin], .people') !== null`);
  await sysadmin.signIn();
  await sysadmin.tab('设备');
  await sysadmin.button('以表格显示', undefined, 30_000);
  await sysadmin.sees('演示关闭', undefined, '.marks');
});

void t.test('the check of the room: line by line, a line by word of mouth, the printed page', async (t) => {
  await sysadmin.tab('考前检查');
  await sysadmin.button('开始检查');
  await page.waitFor(`document.querySelector('.outcome-line') !== null`, 90_000);
  const lines = `document.querySelectorAll('[data-line]').length`;
  t.ok((await page.evaluate<number>(lines)) > 20);
  const worst = await page.evaluate<string[]>(
    `[...document.querySelector('.check-lines').children].map((one) => one.dataset.verdict)`,
  );
  const rank = ['red', 'unknown', 'amber', 'green'];
  t.same(
    worst,
    [...worst].sort((a, b) => rank.indexOf(a) - rank.indexOf(b)),
    'the worst first',
  );
  const ticked = await page.evaluate<string>(`(() => {
    const box = document.querySelector('[data-group="room"] .tick input');
    box.click();
    return box.closest('[data-line]').dataset.line;
  })()`);
  const noteField = `document.querySelector('[data-line="${ticked}"] .tick-note')`;
  await page.waitFor(`${noteField} !== null`);
  t.equal(await page.evaluate(`${noteField}.maxLength`), 200);
  await page.evaluate(`${noteField}.focus()`);
  await page.type('后排也听得到');
  await sysadmin.button('提交 1 项核对');
  await sysadmin.sees(`${sysadmin.name}`, 90_000, `[data-line="${ticked}"]`);
  await sysadmin.sees('核对：后排也听得到', 90_000, `[data-line="${ticked}"]`);
  await page.waitFor(`document.querySelector('.progress-line') === null`, 90_000);
  t.equal(await page.evaluate(`${noteField}.value`), '后排也听得到', 'it can be changed');
  await page.waitFor(
    `![...document.querySelectorAll('button')].some((one) => /提交 \\d+ 项/.test(one.innerText))`,
  );
  await goesRoundByTab(t, 'the check', /打印报告/, /重查本组/);
  const print = `[...document.querySelectorAll('.files a')].find((one) => one.innerText === '打印报告')`;
  await page.waitFor(print, 90_000);
  const report = await browser.open(await page.evaluate<string>(`${print}.getAttribute('href')`));
  await report.waitFor(`document.querySelector('table') !== null`);
  t.equal(
    await report.evaluate(`getComputedStyle(document.querySelector('table')).borderCollapse`),
    'collapse',
    'its style is let through',
  );
  t.match(await report.evaluate('document.body.innerText'), /备注 Note：后排也听得到/);
});
