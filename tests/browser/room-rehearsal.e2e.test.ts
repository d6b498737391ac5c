// The rehearsal on the room's own PCs, in real browsers against a real server with a real session installed: the kiosk's pages play,
// the console shows it, the figures reach journal and check of the room, and nothing of the room itself is touched.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { readJournal } from '../../server/compose/read-journal.js';
import type { Event } from '../../server/core/events.js';
import { judgePcsRehearsal } from '../../server/preflight/pcs-rehearsal.js';
import { eventOf } from '../../server/protocol/journal-event.js';
import { PAIRING_CODE } from './support/candidate.js';
import { Chromium } from './support/chromium.js';
import { Chromium74 } from './support/chromium-74.js';
import { StaffAtConsole } from './support/console.js';
import { BrowserRoom } from './support/room.js';
import type { RoomBrowser, RoomPage } from './support/room-browser.js';

t.setTimeout(560_000);

const room = await BrowserRoom.start({
  ...{ startsInMs: 3_600_000, seats: 6, practice: false },
  // What a PC measures of itself meanwhile is not of the rehearsal.
  settings: { preflight: { rehearsal: false }, probes: { addresses: [] } },
});
const options = { origin: room.origin, ca: room.ca };
const open: RoomBrowser[] = [];
t.teardown(async () => {
  await Promise.all(open.map((browser) => browser.close()));
  await room.close();
});
const [current, oldest] = await Promise.all([Chromium.start(options), Chromium74.start(options)]);
open.push(current, oldest);

const folder = join(room.demo.data, 'preflight');
/** Of an exam of twenty minutes; a machine may have much else to do. */
const ENDS_WITHIN_MS = 40_000;
const WAITING = `document.querySelector('.waiting-head') !== null`;
const FRAME = `document.querySelector('iframe[src^="/rehearsal.html"]') !== null`;
const CARD = `document.querySelector('.card.rehearsal')`;
const stage = (name: string) => `${CARD}.dataset.stage === '${name}'`;
const LINE = `document.querySelector('[data-line="room.rehearsal-pcs"]')`;

/** Two PCs that are paired, the second in the oldest browser, and one that shows its code. */
const pcs: RoomPage[] = [await current.open('/?pc=a'), await oldest.open('/'), await current.open('/?pc=c')];
await room.pairPage(pcs[0] as RoomPage, room.seat(1).seatId, PAIRING_CODE);
await room.pairPage(pcs[1] as RoomPage, room.seat(2).seatId, PAIRING_CODE);
for (const page of pcs.slice(0, 2)) await page.waitFor(WAITING);
await pcs[2]?.waitFor(`/^[0-9]{6}$/.test((${PAIRING_CODE}) || '')`);

const begunBy = room.demo.source.plan.staff.find(({ roles }) => roles.includes('sysadmin'))?.staffId;
const desk = await Chromium.start(options);
open.push(desk);
let sysadmin = await StaffAtConsole.open(desk, room, 'sysadmin');
await sysadmin.tab('考前检查');

/** What the journal has, but for clocks. */
async function events(): Promise<Event[]> {
  const journal = await readJournal(room.demo.data, room.demo.room, 'beside');
  const found: Event[] = [];
  for await (const row of journal.replay(0)) if (row.type !== 'clock-sampled') found.push(eventOf(row));
  await journal.close();
  return found;
}
const lastOne = async () => (await events()).filter((event) => event.type === 'room-rehearsed').at(-1);

async function begin(minutes: string): Promise<void> {
  await sysadmin.fill('作答分钟', minutes);
  await sysadmin.button('开始演练');
  await sysadmin.page.waitFor(`!(${stage('none')})`);
}
/** Checks the group again. @returns the verdict of the line */
async function verdict(): Promise<string> {
  const HASH = `(document.querySelector('.outcome-line [title]') || {}).title`;
  const before = await sysadmin.page.evaluate<string>(HASH);
  await sysadmin.button('重查本组', '[data-group="room"]');
  await sysadmin.page.waitFor(`${HASH} && ${HASH} !== '${before}'`);
  return sysadmin.page.evaluate<string>(`${LINE}.dataset.verdict`);
}
const left = () =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('.rehearsal-')) : [];

void t.test('a check before any rehearsal says that it was not measured, and what to press', async (t) => {
  await sysadmin.button('开始检查');
  await sysadmin.page.waitFor(`document.querySelector('.outcome-line') !== null`);
  t.equal(await sysadmin.page.evaluate(`${LINE}.dataset.verdict`), 'unknown');
  t.match(await sysadmin.page.evaluate(`${LINE}.innerText`), '开始演练');
});

void t.test(
  'what is typed stays as it is typed, whatever the page hears of the room meanwhile',
  async (t) => {
    const { page } = sysadmin;
    const minutes = `document.querySelector('.rehearsal-begin [step=any]')`;
    await page.waitFor(`${CARD}.innerText.includes('3 台空闲考生机')`);
    await page.evaluate(`(${minutes}.focus(), ${minutes}.select())`);
    await page.type('0.');
    // Longer than the page waits before it asks again.
    await pause(6_000);
    await page.type('3');
    t.equal(await page.evaluate(`${minutes}.value`), '0.3');
    t.equal(await page.evaluate(`document.querySelector('.rehearsal-begin .primary').disabled`), false);
  },
);

void t.test('three pages play twelve candidates, and nothing of the room is touched', async (t) => {
  const before = await events();
  await sysadmin.page.waitFor(`${CARD}.innerText.includes('3 台空闲考生机')`);
  await begin('0.3');
  await sysadmin.page.waitFor(stage('answering'));
  for (const page of pcs) {
    t.equal(await page.evaluate(FRAME), true, 'the kiosk plays in a frame');
    t.match(await page.evaluate('document.body.innerText'), /演练进行中|rehearsal is under way/);
  }
  await sysadmin.page.waitFor(`/p99 [1-9]/.test(${CARD}.innerText)`);
  await sysadmin.page.waitFor(stage('none'), 90_000);
  const found = await lastOne();
  if (found === undefined || found.type !== 'room-rehearsed') throw new Error('Nothing is in the journal');
  t.match(found, {
    ...{ ended: 'complete', begunBy, seats: 12, handedIn: 12, lost: 0, refused: 0 },
    ...{ problems: [], missing: [] },
  });
  t.equal(found.pcs.length, 3);
  for (const pc of found.pcs) t.match(pc, { seats: 4, handedIn: 4, problems: [] }, pc.label);
  const labels = found.pcs.map(({ label }) => label).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  t.same(labels.slice(0, 2), ['01', '02']);
  t.match(labels[2], /^\d{6}$/, 'a PC that is not paired goes by its code');
  t.ok(found.acknowledged > 12 * 20, `${found.acknowledged} saves`);
  for (const phase of ['connect', 'logIn', 'firstPaper', 'save', 'handIn'])
    t.ok((found.phases[phase]?.count ?? 0) >= 12, phase);
  for (const page of pcs) {
    await page.waitFor(`!(${FRAME})`);
    t.notMatch(await page.evaluate('document.body.innerText'), '演练进行中');
  }
  const since = (await events()).slice(before.length).map(({ type }) => type);
  t.same(since, ['rehearsal-begun', 'room-rehearsed'], 'that is all that the room’s journal heard');
  t.same(left(), [], 'the practice room is gone');
  // How slow it was is this machine's; that the line says so is what is tested.
  const judged = judgePcsRehearsal({ rehearsal: found, now: found.at });
  t.equal(await verdict(), judged.verdict, judged.measured.en);
  t.match(await sysadmin.page.evaluate(`${LINE}.innerText`), '3 台考生机，12/12 名模拟考生交卷');
});

void t.test('a PC whose page is closed is named, and the line is red', async (t) => {
  await begin('0.3');
  await sysadmin.page.waitFor(stage('answering'));
  await pcs[2]?.close();
  await sysadmin.page.waitFor(stage('none'), 90_000);
  const found = await lastOne();
  t.match(found, { ended: 'complete', seats: 12, handedIn: 8, lost: 0 });
  t.match((found as { problems: string[] }).problems.join(), /^\d{6}: 未给出数据就离开了/);
  t.equal(await verdict(), 'red');
});

void t.test('the stop button ends it within seconds; what was measured is kept', async (t) => {
  await begin('20');
  await sysadmin.page.waitFor(stage('answering'));
  await pause(2_000);
  await sysadmin.button('停止演练');
  await sysadmin.page.waitFor(stage('none'), ENDS_WITHIN_MS);
  t.match(await lastOne(), { ended: 'stopped', handedIn: 0, lost: 0, stoppedBy: begunBy });
  const [stop, ...others] = (await events()).filter((event) => event.type === 'rehearsal-stopped');
  t.match(stop, { stoppedBy: begunBy, stage: 'answering', seats: 12, connected: 12, handedIn: 0 });
  t.same(others, []);
  t.match(await sysadmin.page.evaluate(`${CARD}.innerText`), `被停止（${sysadmin.name}）`);
  t.match((await lastOne()) as object, { phases: { logIn: { count: 12 } } });
  for (const page of pcs.slice(0, 2)) await page.waitFor(`!(${FRAME})`);
  t.equal(await verdict(), 'unknown');
});

void t.test('with the server the load and the practice room are gone', async (t) => {
  await begin('20');
  await sysadmin.page.waitFor(stage('answering'));
  const [name = ''] = left();
  const { plainHttpPort } = JSON.parse(readFileSync(join(folder, name, 'config.json'), 'utf8')) as {
    plainHttpPort: number;
  };
  t.equal(await listens(plainHttpPort), true);
  await room.kill();
  for (const page of pcs.slice(0, 2)) await page.waitFor(`!(${FRAME})`);
  for (let tries = 0; tries < 300 && (await listens(plainHttpPort)); tries++) await pause(100);
  t.equal(await listens(plainHttpPort), false, 'the practice room ends with the server that made it');
  await room.restart();
  for (const page of pcs.slice(0, 2)) await page.waitFor(`${WAITING} && navigator.onLine`);
  await sysadmin.page.close();
  sysadmin = await StaffAtConsole.open(desk, room, 'sysadmin');
  await sysadmin.tab('考前检查');
  await sysadmin.page.waitFor(`${CARD}.innerText.includes('2 台空闲考生机')`, 40_000);
  t.same(left(), [], 'and its folder with the next start');
});

void t.test('the seal of the real session ends it at once, and no PC plays from then on', async (t) => {
  await begin('20');
  await sysadmin.page.waitFor(stage('answering'));
  await room.take('seal');
  await sysadmin.page.waitFor(stage('none'), ENDS_WITHIN_MS);
  t.match(await lastOne(), { ended: 'room-needed' });
  for (const page of pcs.slice(0, 2)) await page.waitFor(`!(${FRAME})`);
  const before = (await events()).length;
  await sysadmin.button('开始演练');
  await sysadmin.sees('考场已封场或已开放入场');
  const [refusal, ...more] = (await events()).slice(before);
  t.match(refusal, { type: 'command-refused', command: 'begin-rehearsal', code: 'rehearsal-not-now' });
  t.same(more, []);
  for (const page of pcs.slice(0, 2)) t.equal(await page.evaluate(FRAME), false);
  await room.take('open-entry');
  await pcs[0]?.waitFor(`document.querySelector('[name=ticket]') !== null`);
  t.equal(await pcs[0]?.evaluate(FRAME), false);
});

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .once('connect', () => {
        socket.destroy();
        resolve(true);
      })
      .once('error', () => resolve(false));
  });
}
