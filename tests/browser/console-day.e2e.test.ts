// A day of the room played by its staff through the console's pages: from pairing to the receipt. Each role at its own page,
// each command by the button that a person presses; refusals with their next step; and no page ever holds an answer.

import { createHash } from 'node:crypto';
import t from 'tap';
import { readReceipt, signReceipt } from '../../server/bundle/receipt.js';
import { verifyBundle } from '../../server/bundle/verify.js';
import type { Statement } from '../../server/protocol/bundle.js';
import { playCandidate, type CandidateFigures } from '../../server/rehearsal/simulated-candidate.js';
import { SimulatedPc } from '../../server/rehearsal/simulated-pc.js';
import { Chromium, type CurrentPage } from './support/chromium.js';
import { StaffAtConsole } from './support/console.js';
import { BrowserRoom, type RoomSeat } from './support/room.js';

t.setTimeout(560_000);

/** What candidates write into blanks: to be found in no page and no frame of the staff's. */
const SENTINEL = '哨兵答案';

const room = await BrowserRoom.start({ startsInMs: 25_000, minutes: 8, policy: { lateCutOffMs: 5_000 } });
const browser = await Chromium.start({ origin: room.origin, ca: room.ca });
const firstPc = new SimulatedPc({ address: room.demo.address });
t.teardown(async () => {
  firstPc.stop();
  await browser.close();
  await room.close();
});

/** Presses the button of the next step; what lies at its corners and in its middle when it asks whether one is sure. */
const UNDER_A_SECOND_CLICK = `(async () => {
  const button = document.querySelector('.next .act button');
  const { left, right, top, bottom } = button.getBoundingClientRect();
  button.click();
  while (document.querySelector('.sure') === null) await new Promise((resolve) => setTimeout(resolve, 20));
  const points = [[left + 2, top + 2], [right - 2, top + 2], [left + 2, bottom - 2], [right - 2, bottom - 2],
    [(left + right) / 2, (top + bottom) / 2]];
  return points.map(([x, y]) => document.elementFromPoint(x, y).tagName).join(' ');
})()`;

const CLOCK = `document.querySelector('.clock').innerText`;

const frames: string[] = [];
async function at(role: Parameters<typeof StaffAtConsole.open>[2]): Promise<StaffAtConsole> {
  const one = await StaffAtConsole.open(browser, room, role);
  return one;
}
browser.context.on('page', (page) =>
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(String(payload)))),
);

const sysadmin = await at('sysadmin');
const pcs: SimulatedPc[] = [];
const playing: Promise<CandidateFigures | Error>[] = [];
const sit = (pc: SimulatedPc, seat: RoomSeat) =>
  playing.push(
    playCandidate(pc, room.demo.address, {
      ...{ ticketNo: seat.ticketNo, random: Math.random, submits: false, patienceMs: 180_000 },
      ...{ thinkMs: () => 300, sentinel: SENTINEL },
    }).catch((error: Error) => error),
  );

void t.test('pairing: the six digits of a PC are typed, the seat chosen', async (t) => {
  firstPc.start();
  const { pairingCode } = await firstPc.until((state) => state.pairingCode !== null, 60_000);
  await sysadmin.tab('配对考生机');
  await sysadmin.sees('等待配对的考生机（1）');
  await sysadmin.fill('考生机编号', '000000');
  await sysadmin.button('配对', '.command');
  await sysadmin.sees('没有考生机显示这个编号');
  await sysadmin.sees('请核对考生机屏幕上的 6 位编号');
  await sysadmin.fill('考生机编号', pairingCode ?? '');
  await sysadmin.button('配对', '.command');
  await firstPc.until((state) => state.stage !== 'unpaired', 60_000);
  await sysadmin.sees('等待配对的考生机（0）');
  const check = { browser: 'rehearsal', screen: '1366x768', storageOk: true, cryptoOk: true, passed: true };
  await firstPc.request({ t: 'check', check });
  pcs.push(firstPc);
  for (const { seatId } of room.seats.slice(1)) pcs.push(await room.addPc(seatId));
  pcs.push(await room.addPc('b1'));
  await sysadmin.tab('座位图');
  await sysadmin.seesSeat(room.seat(1).seatId, 'waiting');
  await sysadmin.seesSeat('b2', 'unpaired');
  t.equal(await sysadmin.page.evaluate(`document.querySelectorAll('.seat').length`), 8);
});

void t.test('sealing: two sign at their own pages, a wrong code is refused with the next step', async (t) => {
  const clerk = await at('clerk');
  for (const one of [sysadmin, clerk]) {
    await one.tab('封场');
    await one.button('我已检查，签名');
    await one.button('确认', '.sure');
  }
  await sysadmin.fill('授权码', '11112222333344');
  await sysadmin.button('确认封场');
  await sysadmin.sees('授权码不正确');
  t.ok(
    (await sysadmin.page.evaluate<string>(`document.querySelector('.refusal span').innerText`)).length > 4,
  );
  await sysadmin.fill('授权码', room.sealCode.replace(/(....)/g, '$1 '));
  await sysadmin.button('确认封场');
  await sysadmin.sees('考场已封场');
  await clerk.page.close();
});

const chief = await at('chief');
const proctor = await at('proctor');

void t.test('entry: the chief opens it; the proctor checks in by keyboard alone', async (t) => {
  const { native } = chief.page as CurrentPage;
  await chief.page.waitFor(`document.querySelector('.next .act button') !== null`);
  t.notMatch(await chief.page.evaluate(UNDER_A_SECOND_CLICK), /BUTTON/, 'a double click opens nothing');
  await chief.button('取消', '.sure');
  await chief.page.evaluate(`document.querySelector('.next .act button').focus()`);
  await native.keyboard.down('Enter');
  await chief.page.waitFor(`document.activeElement.closest('.sure') !== null`);
  await native.keyboard.down('Enter');
  t.ok(await chief.page.evaluate(`document.querySelector('.sure') !== null`), 'nor does a key that is held');
  await native.keyboard.up('Enter');
  await native.keyboard.press('Tab');
  const time = await chief.page.evaluate<string>(CLOCK);
  await chief.page.waitFor(`${CLOCK} !== ${JSON.stringify(time)}`);
  t.equal(await chief.page.evaluate(`document.activeElement.innerText`), '取消', 'the focus is taken once');
  await chief.button('确认', '.sure');
  await proctor.tab('核验入场');
  await proctor.sees('未核验 5 人');
  const { page } = proctor;
  await page.press('Escape');
  await page.press('/');
  await page.waitFor(`document.activeElement.matches('[data-find]')`);
  const { name, ticketNo } = room.seat(1);
  await page.type(ticketNo.slice(-6));
  await page.press('Enter');
  await page.waitFor(`document.activeElement.classList.contains('check')`);
  t.ok((await proctor.html()).includes(name));
  await page.press('Enter');
  t.notOk(await page.evaluate(`document.body.innerText.includes('就座')`), 'nothing was seen yet');
  await page.press('1');
  await page.press('2');
  await page.press('Enter');
  await proctor.sees('请到 01 号 就座');
  await proctor.sees('已核验 1 人');
  const photo = `[...document.images].every((one) => one.complete && one.naturalWidth > 0)`;
  await page.waitFor(photo);
});

void t.test('refusing somebody needs a reason', async () => {
  await proctor.page.type(room.seat(5).name);
  await proctor.page.press('Enter');
  await proctor.button('不准入');
  await proctor.choose('不准入的原因', '未带有效身份证件');
  await proctor.button('不准入', '.command');
  await proctor.sees('已核验 2 人');
  await chief.tab('座位图');
  await chief.seesSeat(room.seat(5).seatId, 'refused');
  for (const number of [2, 3, 4]) await room.admit(room.seat(number));
  for (const number of [1, 2, 3, 4]) sit(pcs[number - 1] as SimulatedPc, room.seat(number));
});

void t.test(
  'the paper: a wrong code says how many tries are left; then it opens; then the start',
  async () => {
    await chief.button('去启封', '.next');
    await chief.fill('启封码', '12345678901234567890');
    await chief.fill('主考本人 PIN', '0000');
    await chief.button('启封', '.command');
    await chief.sees('启封码或 PIN 不正确');
    await chief.sees('还可再试');
    const { pin } = room.demo.source.plan.staff.find(({ roles }) => roles.includes('chief')) ?? { pin: '' };
    await chief.fill('启封码', room.startCode);
    await chief.fill('主考本人 PIN', pin);
    await chief.button('启封', '.command');
    await chief.sees('试卷已启封。按下后', undefined, '.next');
    // Closed until the national start.
    await chief.button('开考', '.next', 40_000);
    await chief.button('确认', '.sure');
    await chief.tab('座位图');
    await chief.seesSeat(room.seat(1).seatId, 'answering');
    await chief.sees('距结束', undefined, '.clock');
  },
);

void t.test('a hand: it stands at the top right until somebody is there', async () => {
  const pc = pcs[1] as SimulatedPc;
  const { candidateId, lease } = (await pc.until(({ stage }) => stage === 'answering', 60_000)).candidate ?? {
    candidateId: '',
    lease: 0,
  };
  await pc.request({ t: 'hand', candidateId, lease, up: true });
  await proctor.sees('02 号', undefined, '.todos');
  await proctor.sees('举手', undefined, '.todos');
  await proctor.button('已到位', '.todos');
  await proctor.seesNoMore('举手', undefined, '.todos');
  await proctor.tab('座位图');
  await proctor.seesSeat(room.seat(2).seatId, 'answering');
});

void t.test('time back: asked by the proctor, granted by chief and inspector together', async (t) => {
  const inspector = await at('inspector');
  const { seatId } = room.seat(3);
  await proctor.page.click(`[data-seat="${seatId}"]`);
  await proctor.button('补时', '.form-tabs');
  await proctor.fill('补多少分钟', '２');
  await proctor.fill('原因', '机器重启');
  await proctor.button('提交申请');
  await chief.sees('补时 2 分钟', undefined, '.todos');
  await chief.button('同意', '.todos');
  await chief.sees('主考 严明 已同意', undefined, '.todos');
  t.notOk(
    await chief.page.evaluate(`document.querySelector('[data-seat="${seatId}"]').innerText.includes('+2')`),
  );
  await inspector.tab('补时与中断');
  await inspector.sees('机器重启');
  await inspector.button('同意', '.cards');
  await chief.seesNoMore('补时 2 分钟', undefined, '.todos');
  await chief.page.waitFor(`document.querySelector('[data-seat="${seatId}"]').innerText.includes('+2')`);
  await chief.sees('最晚', undefined, '.clock');
  await inspector.page.close();
});

void t.test('a swap: the PC that works alone is left for the spare one, the answers follow', async () => {
  const { seatId } = room.seat(4);
  const [old, spare] = [pcs[3] as SimulatedPc, pcs[5] as SimulatedPc];
  old.unplug();
  await proctor.seesSeat(seatId, 'alone');
  await proctor.page.press('Escape');
  await proctor.button('换到备用机', '.todos');
  await proctor.fill('原因', '网线损坏');
  await proctor.button('换机', '.command');
  await proctor.page.waitFor(`document.querySelector('[data-seat="${seatId}"]').innerText.includes('→ B1')`);
  sit(spare, room.seat(4));
  await proctor.seesSeat('b1', 'answering');
  old.plugIn();
  await proctor.page.waitFor(`!document.querySelector('.todos')?.innerText.includes('04 号')`);
});

void t.test('the server is gone: the page says so, refuses, and is itself again afterwards', async (t) => {
  await proctor.page.press('Escape');
  await room.kill();
  await chief.sees('与考场服务器的连接已中断');
  await chief.tab('主考台');
  await chief.fill('通知内容', '请保持安静');
  await chief.button('发送全场');
  await chief.sees('没有连上考场服务器，这一步没有执行');
  await room.restart();
  await chief.sees('请再次登录');
  await chief.signIn();
  await chief.seesNoMore('连接已中断');
  await chief.tab('座位图');
  await chief.seesSeat(room.seat(1).seatId, 'answering');
  t.notOk((await chief.html()).includes('请保持安静'), 'nothing was kept back and sent later');
});

void t.test('the end: seats that lag are named, then the one green light', async () => {
  const late = pcs[1] as SimulatedPc;
  late.unplug();
  await chief.seesSeat(room.seat(2).seatId, 'alone');
  await chief.tab('主考台');
  await chief.button('提前结束全场考试');
  await chief.fill('原因', '演练结束', '.danger-zone');
  await chief.button('结束全场考试');
  await chief.tab('收卷交接');
  await chief.sees('还有 1 个考位没有收齐');
  await chief.sees('02 号');
  late.plugIn();
  await chief.sees('全部收齐，可以离场');
  await chief.button('收卷', '.light');
  await chief.button('确认', '.sure');
  await chief.sees('收卷完成');
});

void t.test('hand-over: the bundle is built, taken away, verified; the receipt closes the day', async (t) => {
  await sysadmin.signIn();
  await sysadmin.tab('收卷交接');
  await sysadmin.button('生成成绩包', '.cards');
  await sysadmin.sees('两个文件一起上交');
  const links = await sysadmin.page.evaluate<string[]>(
    `[...document.querySelectorAll('a.file')].map((one) => one.href)`,
  );
  t.equal(links.length, 2);
  const [file, envelope] = await Promise.all(
    links.map(async (link) =>
      Buffer.from(
        await sysadmin.page.evaluate<string>(`fetch(${JSON.stringify(link)}).then((one) => one.arrayBuffer())
          .then((bytes) => btoa([...new Uint8Array(bytes)].map((byte) => String.fromCharCode(byte)).join('')))`),
        'base64',
      ),
    ),
  );
  if (file === undefined || envelope === undefined) return t.fail('two files were expected');
  const { org, room: keys } = room.demo;
  const { report } = await verifyBundle({ file, envelope, trust: [keys.public], identity: org.identity });
  t.equal(report.ok, true, JSON.stringify(report.problems));
  await sysadmin.sees(createHash('sha256').update(file).digest('hex').slice(0, 8));
  const { payload } = JSON.parse(envelope.toString('utf8')) as { payload: string };
  const statement = JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as Statement;
  await sysadmin.fill('粘贴回执全文', '{"not":"a receipt"}');
  await sysadmin.button('登记回执');
  await sysadmin.page.waitFor(`document.querySelector('.refusal') !== null`);
  const receipt = signReceipt(statement, org, Date.now());
  t.ok(readReceipt(receipt, [org.public], statement));
  await sysadmin.fill('粘贴回执全文', receipt);
  await sysadmin.button('登记回执');
  await sysadmin.sees('成绩包已交接');
});

void t.test('no page and no frame of the staff ever held an answer or an item', async (t) => {
  const figures = await Promise.all(playing);
  t.same(
    figures.filter((one) => one instanceof Error),
    [],
  );
  t.ok(frames.length > 50);
  const everything = frames.join('\n') + (await chief.html()) + (await sysadmin.html());
  t.ok(everything.includes(room.seat(1).name), 'it is what the pages are made of');
  t.notOk(everything.includes(SENTINEL));
  const stems = [...room.demo.source.papers.values()].flatMap(({ paper }) =>
    paper.sections.flatMap(({ items }) => items.map(({ stem }) => stem.replace(/<[^>]+>/g, '').slice(0, 12))),
  );
  t.ok(stems.length >= 60);
  t.same(
    stems.filter((stem) => everything.includes(stem)),
    [],
  );
});
