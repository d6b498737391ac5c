// Recordings to a drive, by a person at the hand-over page in a real browser: the drive is chosen, what will be exported is seen, it
// begins, is cancelled, goes on over a reload of the page, is done; after a kill of the server it says that it was interrupted.

import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { readPublicKeys } from '../../server/keys/key-files.js';
import { verifyExport } from '../../server/recording/verify-export.js';
import { RecordedCamera, SEGMENT_MS, segmentFiles } from '../support/recorded-room.js';
import { Chromium } from './support/chromium.js';
import { Chromium74 } from './support/chromium-74.js';
import { StaffAtConsole } from './support/console.js';
import { BrowserRoom } from './support/room.js';
import type { RoomBrowser } from './support/room-browser.js';

t.setTimeout(560_000);

const FILM_BYTES = 600 * 2 ** 20;
/** The process that copies is of the lowest priority: on a busy machine all of it takes minutes. */
const COPIED_WITHIN_MS = 300_000;
const PLANNED_WITHIN_MS = 60_000;
const base = realpathSync(mkdtempSync(join(tmpdir(), 'kaochang-exports-')));
const [usb, other] = ['KINGSTON', '备份盘'].map((name) => join(base, name)) as [string, string];
for (const folder of [usb, other]) mkdirSync(folder);
writeFileSync(join(base, 'camera.yaml'), 'kind: camera\nsteps:\n  - {}\n');
const simulated = (id: string, name: string) => ({
  ...{ id, name, adapter: 'simulated', script: join(base, 'camera.yaml') },
});
const room = await BrowserRoom.start({
  ...{ startsInMs: 12_000, minutes: 30 },
  settings: {
    devices: [simulated('front', '前方'), simulated('rear', '后方')],
    recording: { exportFolders: [usb, other] },
  },
});
const browsers: RoomBrowser[] = [];
t.teardown(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await room.close();
  rmSync(base, { recursive: true, force: true });
});

const videoFolder = join(room.demo.data, 'video');
const from = Date.now() - 60_000;
const front = new RecordedCamera(videoFolder, 'front');
for (const [index, file] of (await segmentFiles(4)).entries())
  if (index === 2) await front.gap(from + 2 * SEGMENT_MS, from + 3 * SEGMENT_MS, 'camera-unreachable');
  else await front.segment(file, from + index * SEGMENT_MS);
const film = join(base, 'film.mts');
writeFileSync(film, Buffer.alloc(FILM_BYTES, 7));
await new RecordedCamera(videoFolder, 'rear').segment(film, from, {
  ...{ flags: ['imported'], name: 'imported/A.MTS', endAt: from + 30_000 },
});
rmSync(film);
for (const step of ['seal', 'open-entry', 'open-paper'] as const) await room.take(step);
const startsInMs = (room.crew.view.session?.startsAt ?? 0) - Date.now();
await new Promise((resolve) => setTimeout(resolve, startsInMs + 500));
for (const step of ['start', 'end', 'collect'] as const) await room.take(step);

const browser = await Chromium.start({ origin: room.origin, ca: room.ca });
browsers.push(browser);
const choose = (staff: StaffAtConsole, label: string) =>
  staff.page.waitFor(`(() => {
    const found = [...document.querySelectorAll('.target')].find((one) => one.innerText.includes(${JSON.stringify(label)}));
    if (!found) return false;
    found.querySelector('input').click();
    return true;
  })()`);
const names = () =>
  readdirSync(usb, { recursive: true, encoding: 'utf8' }).map((name) => name.split('/').at(-1) ?? '');

void t.test('a drive, what goes there, begin, cancel, begin again, done', async (t) => {
  const staff = await StaffAtConsole.open(browser, room, 'sysadmin');
  const { page } = staff;
  await staff.tab('收卷交接');
  await staff.sees('KINGSTON', undefined, '.targets');
  await staff.sees('可用', undefined, '.targets');
  await choose(staff, 'KINGSTON');
  await staff.sees('摄像机1.mp4', PLANNED_WITHIN_MS, '.plan');
  await staff.sees('摄像机2.mts', undefined, '.plan');
  await staff.button('缺口的时间和原因', '.export-plan');
  await staff.sees('连不上摄像机', undefined, '.gap-list');
  t.same(names(), [], 'nothing is written by looking');
  await staff.button('开始导出到 KINGSTON');
  await staff.sees('第 2 个文件，共 2 个', PLANNED_WITHIN_MS, '.export-progress');
  await staff.sees('约剩', undefined, '.export-progress');
  await staff.button('取消导出');
  await staff.button('确认', '.sure');
  await staff.sees('已取消', undefined, '.export-result');
  t.notOk(names().some((name) => name.endsWith('.mts')));
  await staff.seesNoMore('正在停止');
  await choose(staff, 'KINGSTON');
  await staff.button('开始导出到 KINGSTON', 'body', PLANNED_WITHIN_MS);
  await staff.sees('正在', undefined, '.export-progress');
  await page.reload();
  await page.waitFor(`document.querySelector('.room') !== null`);
  await staff.tab('收卷交接');
  await staff.sees('已完成', COPIED_WITHIN_MS, '.export-result');
  await staff.sees('逐字节一致', undefined, '.export-result');
  const folder = join(usb, readdirSync(usb)[0] ?? '');
  const key = await readPublicKeys(join(room.demo.data, 'keys', 'room.pub'));
  t.same((await verifyExport(folder, [key])).problems, []);
});

void t.test('a server that is killed says afterwards that it was interrupted', async (t) => {
  rmSync(usb, { recursive: true, force: true });
  mkdirSync(usb);
  const staff = await StaffAtConsole.open(browser, room, 'chief');
  await staff.tab('收卷交接');
  await choose(staff, 'KINGSTON');
  await staff.button('开始导出到 KINGSTON', 'body', PLANNED_WITHIN_MS);
  await staff.sees('第 2 个文件，共 2 个', PLANNED_WITHIN_MS, '.export-progress');
  await room.kill();
  await room.restart();
  const again = await StaffAtConsole.open(browser, room, 'chief');
  await again.tab('收卷交接');
  await again.sees('中断', undefined, '.export-result');
  await again.sees('考务服务器停止或重启', undefined, '.export-result');
  t.notOk(names().some((name) => name.endsWith('.mts')));
});

void t.test('Chromium 74 shows the same; an inspector sees that it is not theirs', async (t) => {
  const old = await Chromium74.start({ origin: room.origin, ca: room.ca });
  browsers.push(old);
  const staff = await StaffAtConsole.open(old, room, 'sysadmin');
  await staff.tab('收卷交接');
  await choose(staff, 'KINGSTON');
  await staff.sees('摄像机2.mts', PLANNED_WITHIN_MS, '.plan');
  const inspector = await StaffAtConsole.open(browser, room, 'inspector');
  await inspector.tab('收卷交接');
  await inspector.sees('由系统管理员、主考、副主考或技术支持导出', undefined, '.export');
  t.equal(await inspector.page.evaluate(`document.querySelectorAll('.target').length`), 0);
});
