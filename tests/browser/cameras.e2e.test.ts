// The cameras' pages in real browsers, with a camera that speaks RTSP and recordings that ffmpeg made: the live picture runs,
// the recorded moment is the one that was asked for (each segment has its colour), gaps are named, who may not does not see.
// The Chromium 74 of the tests was built without H.264: it plays the same fragments in VP9, and H.264 as single pictures.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { videoPaths, type RecorderStatus } from '../../server/recording/contract.js';
import { CLIP_COLOURS, makeRecordings, type ClipCodec } from '../support/recorded-clips.js';
import { startTestCamera } from '../support/test-camera.js';
import { Chromium } from './support/chromium.js';
import { Chromium74 } from './support/chromium-74.js';
import { StaffAtConsole } from './support/console.js';
import { BrowserRoom } from './support/room.js';
import type { RoomBrowser, RoomPage } from './support/room-browser.js';

t.setTimeout(560_000);

const scripts = mkdtempSync(join(tmpdir(), 'kaochang-cameras-'));
writeFileSync(join(scripts, 'camera.yaml'), 'kind: camera\nsteps:\n  - {}\n');
const camera = await startTestCamera({});
const door = await startTestCamera({ login: { user: 'exam', password: 'right' }, sub: null });
const passwordFile = join(scripts, 'door.txt');
writeFileSync(passwordFile, 'wrong\n');
const doorUrl = door.url.replace(/\/\/.*@/, '//');
const simulated = (id: string, name: string) => ({
  ...{ id, name, adapter: 'simulated', script: join(scripts, 'camera.yaml') },
});
const room = await BrowserRoom.start({
  startsInMs: 3_600_000,
  settings: {
    devices: [
      { id: 'front', name: '前方', adapter: 'rtsp', url: camera.url, subUrl: camera.subUrl },
      simulated('rear', '后方'),
      simulated('old', '旧电脑'),
      { id: 'locked', name: '门口', adapter: 'rtsp', url: doorUrl, user: 'exam', passwordFile },
    ],
    recording: { aloneMinutes: 2, segmentSeconds: 2 },
  },
});
const folder = join(room.demo.data, 'video');
/** Ended ten seconds ago: 6 s red, a gap of 13.5 s, 6 s green, 6 s blue. */
const T0 = Math.floor(Date.now() / 1_000) * 1_000 - 41_500;
const RECORDED = [
  { colour: 0, seconds: 6 },
  { gap: 'camera-stalled' as const, seconds: 13.5 },
  { colour: 1, seconds: 6 },
  { colour: 2, seconds: 6 },
];
const record = (cameraId: string, codec: ClipCodec) =>
  makeRecordings({ folder, cameraId, startAt: T0, recorded: RECORDED, codec });
await Promise.all([record('rear', 'h264'), record('old', 'vp9')]);

const browsers: RoomBrowser[] = [];
t.teardown(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  // The session is not over: the recorder would go on without the room.
  const { pid } = JSON.parse(readFileSync(videoPaths(folder).status, 'utf8')) as RecorderStatus;
  await room.close();
  process.kill(pid, 'SIGTERM');
  await Promise.all([camera.close(), door.close()]);
  rmSync(scripts, { recursive: true, force: true });
});
const started = async <T extends RoomBrowser>(starting: Promise<T>): Promise<T> => {
  const browser = await starting;
  browsers.push(browser);
  return browser;
};

const box = (cameraId: string) => `document.querySelector('[data-camera="${cameraId}"] .picture-box')`;
const PLAYER = `document.querySelector('[data-review] video')`;
const SHOWN_AT = `Number(document.querySelector('.shown-at').dataset.at)`;
/** The colour in the middle of the picture: of the film, or of the single picture that stands for it. */
const COLOUR = `(() => {
  const picture = document.querySelector('[data-review="pictures"] img') || ${PLAYER};
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext('2d');
  pen.drawImage(picture, 0, 0, 1, 1);
  return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
})()`;

/** Waits for the colour of a segment, as near as video keeps colours. */
function seesColour(page: RoomPage, colour: number): Promise<void> {
  const hex = CLIP_COLOURS[colour] ?? '';
  const rgb = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return page.waitFor(`${COLOUR}.every((one, n) => Math.abs(one - ${JSON.stringify(rgb)}[n]) < 40)`);
}

const seekTo = (page: RoomPage, at: number) =>
  page.evaluate(`(() => {
    const bar = document.querySelector('.time-track');
    const { left, width, top } = bar.getBoundingClientRect();
    const from = Number(bar.getAttribute('aria-valuemin'));
    const to = Number(bar.getAttribute('aria-valuemax'));
    const clientX = left + ((${at} - from) / (to - from)) * width;
    bar.dispatchEvent(new MouseEvent('click', { bubbles: true, clientX, clientY: top + 5 }));
  })()`);

async function opensRecordings(staff: StaffAtConsole, name: string): Promise<void> {
  await staff.page.click(`[aria-label="打开 ${name}"]`);
  await staff.button('回放', '.camera-head');
  await staff.button('10 分钟', '.zooms');
  await staff.page.waitFor(`document.querySelectorAll('.time-track .recorded').length === 2`);
}

async function looksBack(t: Test, staff: StaffAtConsole, name: string): Promise<void> {
  const { page } = staff;
  await opensRecordings(staff, name);
  t.same(
    await page.evaluate(`[...document.querySelectorAll('.time-track .gap')].map((one) => one.dataset.cause)`),
    ['camera-stalled'],
  );
  await staff.sees('摄像机停止送流 13.5 秒', undefined, '.moments');
  await seekTo(page, T0 + 3_000);
  await seesColour(page, 0);
  await page.waitFor(`!${PLAYER}.paused`);
  const before = await page.evaluate<number>(`${PLAYER}.currentTime`);
  await page.waitFor(`${PLAYER}.currentTime > ${before + 0.5}`);
  t.pass('it plays');
  await page.waitFor(`${SHOWN_AT} >= ${T0 + 19_500}`);
  await staff.sees('之前缺 13.5 秒', undefined, '.gap-words');
  await seesColour(page, 1);
  t.pass('it goes on behind the gap, and says that there was one');
  await staff.button('暂停', '.controls');
  await seekTo(page, T0 + 28_500);
  await seesColour(page, 2);
  await page.press('ArrowLeft');
  await seesColour(page, 1);
  // The words beside the film follow its picture; a film's times are of its own ticks, to the nearest millisecond.
  await page.waitFor(`${SHOWN_AT} >= ${T0 + 19_490} && ${SHOWN_AT} < ${T0 + 25_500}`);
  t.pass('ten seconds before, or where the recording goes on');
  await page.press('ArrowLeft', ['Shift']);
  await seesColour(page, 0);
  await staff.button('4 倍', '.rates');
  await page.waitFor(`${PLAYER}.playbackRate === 4`);
  await page.press(' ');
  await page.waitFor(`!${PLAYER}.paused`);
  await page.press('Escape');
  await page.waitFor(`document.querySelector('.tiles') !== null`);
}

void t.test('the current Chromium: live film, recorded films, gaps, keys', async (t) => {
  const browser = await started(Chromium.start({ origin: room.origin, ca: room.ca }));
  const staff = await StaffAtConsole.open(browser, room, 'sysadmin');
  const { page } = staff;
  await staff.tab('录像');
  await page.waitFor(`document.querySelectorAll('.tile').length === 4`);
  await page.waitFor(`${box('front')}.dataset.live === 'film'`);
  const time = `${box('front')}.querySelector('video').currentTime`;
  const before = await page.evaluate<number>(time);
  await page.waitFor(`${time} > ${before + 1}`);
  t.pass('the live picture runs');
  await page.waitFor(`${box('rear')}.innerText.includes('没有直播画面')`);
  await staff.sees('正在录像', undefined, '[data-camera="rear"]');
  await looksBack(t, staff, '后方');
  await page.click('.feed .at-time');
  await page.waitFor(`document.querySelector('.camera-open') !== null`);
  await page.waitFor(`document.querySelector('.picture-box[data-review]').hidden === false`);
  t.pass('a line of the feed leads to its moment');
});

void t.test('who may not: a proctor sees live and no recordings, a clerk has no such page', async (t) => {
  const browser = await started(Chromium.start({ origin: room.origin, ca: room.ca }));
  const proctor = await StaffAtConsole.open(browser, room, 'proctor');
  await proctor.tab('录像');
  await proctor.page.click('[aria-label="打开 前方"]');
  await proctor.sees('不能回放录像');
  t.notOk(await proctor.page.evaluate(`document.querySelector('.time-track') !== null`));
  const clerk = await StaffAtConsole.open(browser, room, 'clerk');
  t.notOk(await clerk.page.evaluate(`document.querySelector('.tabs').innerText.includes('录像')`));
});

void t.test('a person reads the text in the picture and says whether it is right', async (t) => {
  const browser = await started(Chromium.start({ origin: room.origin, ca: room.ca }));
  const staff = await StaffAtConsole.open(browser, room, 'chief');
  await staff.tab('录像');
  await staff.page.click('[aria-label="打开 前方"]');
  await staff.button('核对画面和字幕', '.camera-head');
  await staff.page.waitFor(`(document.querySelector('.check-text img') || {}).naturalWidth > 0`);
  await staff.choose('画面和字幕', '正确', '.check-text');
  await staff.fill('依据', '名称和时钟都对', '.check-text');
  await staff.page.press('Enter');
  await staff.page.waitFor(`document.querySelector('.check-text') === null`);
  await staff.button('核对画面和字幕', '.camera-head');
  await staff.sees(`画面和字幕正确`, undefined, '.check-text');
  t.pass('it stands with who said it');
});

void t.test('a password that the camera refuses is said in words, and comes right by itself', async (t) => {
  const browser = await started(Chromium.start({ origin: room.origin, ca: room.ca }));
  const staff = await StaffAtConsole.open(browser, room, 'sysadmin');
  const { page } = staff;
  const tile = '[data-camera="locked"]';
  const command = { type: 'command-device', deviceId: 'locked', act: 'on', reason: '试录' } as const;
  await room.crew.member('sysadmin').act(command);
  await staff.tab('录像');
  await staff.sees('密码被拒：改正设置', undefined, tile);
  await staff.sees('摄像机不认用户名或密码：请系统管理员改正设置，改好后自动恢复', undefined, tile);
  await staff.sees('应录未录');
  await staff.button('English');
  await staff.sees('does not record');
  await staff.sees('password refused: correct the settings', undefined, tile);
  await staff.sees('The camera does not take the name or password', undefined, tile);
  await page.click('[aria-label="Open 门口"]');
  await staff.sees('password refused: correct the settings', undefined, '.camera-head');
  await staff.sees('The camera does not take the name or password', undefined, '.camera-open');
  const asked = door.refusals();
  t.ok(asked <= 3, `${asked} wrong logins at the camera, however long somebody looks at its page`);
  writeFileSync(passwordFile, 'right\n');
  await staff.sees('recording', undefined, '.camera-head .camera-state');
  await page.waitFor(`document.querySelector('.camera-open .picture-box').dataset.live === 'film'`);
  t.equal(door.refusals(), asked, 'nobody came with the wrong one again');
});

void t.test('Chromium 74: the same films in VP9; where it lacks the codec, single pictures', async (t) => {
  const browser = await started(Chromium74.start({ origin: room.origin, ca: room.ca }));
  const staff = await StaffAtConsole.open(browser, room, 'chief');
  const { page } = staff;
  await staff.tab('录像');
  await page.waitFor(`${box('front')}.dataset.live === 'pictures'`);
  await page.waitFor(`${box('front')}.querySelector('img').naturalWidth > 0`);
  t.pass('live in single pictures');
  await looksBack(t, staff, '旧电脑');
  await opensRecordings(staff, '后方');
  await seekTo(page, T0 + 22_000);
  await page.waitFor(`document.querySelector('[data-review="pictures"] img') !== null`);
  await seesColour(page, 1);
  await staff.sees('改为逐张画面', undefined, '.camera-open');
});
