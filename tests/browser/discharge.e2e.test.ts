// A discharge of the UPS, from the pulled plug to the line of the check, at the console in a real browser: ten minutes and more of
// room time that the test drives, on the appliance itself with its journal and its wires.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { makeDemoRoom } from '../../scripts/commands/demo-room.js';
import { machineClocks, type ClockSources } from '../../server/clock.js';
import { readConfig } from '../../server/config.js';
import { createLog } from '../../server/log.js';
import { startServer } from '../../server/main.js';
import { DrivenTimers } from '../devices/support/driven-timers.js';
import { Chromium } from './support/chromium.js';
import { StaffAtConsole } from './support/console.js';
import { SAMPLES } from './support/room.js';
import { HOST } from './support/room-browser.js';

t.setTimeout(560_000);

const ON_MAINS_S = 40;
const WITHOUT_MAINS_S = 660;
const scripts = mkdtempSync(join(tmpdir(), 'kaochang-scripts-'));
// A UPS that only guesses its runtime, on whose battery the room falls by six per cent, and which is charged again.
writeFileSync(
  join(scripts, 'ups.yaml'),
  `kind: ups
steps:
  - for: ${ON_MAINS_S}
    readings: { battery.runtime: 9000, battery.runtime-source: estimated }
  - for: ${WITHOUT_MAINS_S}
    readings: { mains.present: false, battery.runtime-source: estimated }
    towards: { battery.charge: 94 }
  - readings: { mains.present: true, battery.charge: 100, battery.runtime-source: estimated }
`,
);
const data = mkdtempSync(join(tmpdir(), 'kaochang-room-'));
const demo = await makeDemoRoom({
  ...{ data, samples: SAMPLES, seats: 5, port: 0, version: '0.1.0', say: () => undefined, devices: scripts },
  times: { practice: true, startsAt: Date.now() + 7_200_000, minutes: 5, policy: { sealNeedsReport: false } },
});

/** Devices are asked, and room time goes on, as far ahead of the machine's as the test says. */
const timers = new DrivenTimers();
const machine = machineClocks();
const clocks: ClockSources = {
  ...machine,
  wallAt: () => machine.wallAt() + timers.nowMs,
  monoMs: () => machine.monoMs() + timers.nowMs,
};
const server = await startServer({
  ...{ data, config: readConfig({ data, file: null }), log: createLog('silent') },
  ...{ onFatal: () => undefined, clocks, deviceTimers: timers },
});
const browser = await Chromium.start({
  origin: `https://${HOST}:${server.httpsPort}`,
  ca: server.caCertificate,
});
t.teardown(async () => {
  await browser.close();
  await server.stop();
  for (const folder of [data, scripts]) rmSync(folder, { recursive: true, force: true });
});
const sysadmin = await StaffAtConsole.open(browser, { demo }, 'sysadmin');
const { page } = sysadmin;

/** Room time goes on; what it brings about reaches disk and page on the way. */
async function pass(seconds: number): Promise<void> {
  for (let left = seconds; left > 0; left -= 10) {
    await timers.pass(Math.min(10, left) * 1_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await server.room.settled();
}

/** Until the UPS says so of mains. */
async function passUntilMains(present: boolean): Promise<void> {
  for (let tries = 0; tries < 100 && server.room.state.mains.present !== present; tries++) await pass(10);
  t.equal(server.room.state.mains.present, present);
}

const LINE = `document.querySelector('[data-line="device.ups"]')`;
const CURVE = `[...document.querySelectorAll('.drawer .plot')].find((one) => one.innerText.includes('电量'))`;
const upsNow = () => server.room.state.devices['ups'];

void t.test('before the discharge the runtime is a guess, and the check says so', async (t) => {
  await pass(20);
  await sysadmin.tab('考前检查');
  await sysadmin.button('开始检查');
  await page.waitFor(`${LINE} !== null`);
  t.equal(await page.evaluate(`${LINE}.dataset.verdict`), 'amber');
  t.match(await page.evaluate(`${LINE}.innerText`), '分钟（估算）');
  t.notMatch(await page.evaluate(`${LINE}.innerText`), '放电实测');
});

void t.test('while mains is away the curve draws, and a test that is too short proves nothing', async (t) => {
  await passUntilMains(false);
  await pass(300);
  await page.click('[data-device="ups"]');
  await page.waitFor(`${CURVE} !== undefined`);
  const path = `${CURVE}.querySelector('path').getAttribute('d')`;
  const before = await page.evaluate<string>(path);
  await record('太早');
  await sysadmin.sees('还没有一次能证明供电时间的放电', undefined, '.drawer');
  await page.click('.drawer-head button');
  await pass(WITHOUT_MAINS_S - 360);
  await page.click('[data-device="ups"]');
  await page.waitFor(`${path}.length > ${before.length}`);
  const points = (await page.evaluate<string>(path)).split(/[ML]/).slice(1);
  const heights = points.map((point) => Number(point.trim().split(/[ ,]+/)[1]));
  t.ok(points.length > 20, `${points.length} points`);
  t.ok((heights.at(-1) ?? 0) > (heights[0] ?? 0) + 10, 'it falls');
});

void t.test('[DV10] recorded with a note it stands, tested, with its figures and its person', async (t) => {
  await passUntilMains(true);
  await record('年度放电，考场全部负载');
  await sysadmin.sees('年度放电，考场全部负载', undefined, '.drawer .facts');
  const [said, ...others] = upsNow()?.attested ?? [];
  t.same(others, []);
  const tested = said?.tested;
  if (said === undefined || tested === undefined) throw new Error('It is not recorded as tested');
  t.match(said, { what: 'runtime', note: '年度放电，考场全部负载' });
  t.ok(tested.seconds >= WITHOUT_MAINS_S - 20 && tested.seconds <= WITHOUT_MAINS_S, `${tested.seconds} s`);
  t.match(tested, { chargeFrom: 100, chargeTo: 94 });
  // A straight line down to ten per cent, times 0.8.
  t.equal(Number(said.value), Math.floor(((tested.seconds * 90) / 6) * 0.8));
  const shown = await page.evaluate<string>(`document.querySelector('.drawer').innerText`);
  t.match(shown, /100\s*%.*94\s*%/);
  t.match(shown, sysadmin.name);
});

void t.test('[REQ-A07] the line of the check rests on the test', async (t) => {
  await page.press('Escape');
  await sysadmin.tab('考前检查');
  await sysadmin.button('重查本组', '[data-group="devices"]');
  await page.waitFor(`${LINE} !== null && ${LINE}.innerText.includes('放电实测')`);
  const line = await page.evaluate<string>(`${LINE}.innerText`);
  t.match(line, `可供电 ${Math.round(Number(upsNow()?.attested[0]?.value) / 60)} 分钟（放电实测）`);
  t.match(line, /原因：这是模拟设备（仅可用于演练）/, 'nothing else is wrong');
});

async function record(note: string): Promise<void> {
  await sysadmin.button('登记放电测试', '.drawer .form-tabs');
  await sysadmin.fill('依据', note, '.drawer');
  await page.press('Enter');
}
