// A whole exam with programs that were written from docs/protocol alone, PCs and staff, against the appliance as a process: pairing,
// check, log-in, sealed content, every kind of answer, a cut upload, an outage with kill -9, a move to another PC, a pause, hands, hand-in,
// "nothing is left here". What was typed is in the bundle.

import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import t from 'tap';
import { verifyBundle } from '../../server/bundle/verify.js';
import type { ItemSource } from '../../server/protocol/paper-source.js';
import { filesOf } from '../support/read-bag.js';
import { CandidatePc } from '../support/second-client/candidate-pc.js';
import type { Value } from '../support/second-client/pc-storage.js';
import { RoomHttp } from '../support/second-client/room-http.js';
import type { Item } from '../support/second-client/sealed-paper.js';
import { StaffPerson } from '../support/second-client/staff-person.js';
import { WireRules } from '../support/second-client/wire-rules.js';
import { PINS, SESSION, smallSource } from '../support/small-exam.js';
import { prepareServer } from '../support/start-server.js';
import { at, differences, DOCUMENT_FOLDER, readDocument } from '../support/wire-document.js';

t.setTimeout(560_000);

const SEAT = join(DOCUMENT_FOLDER, 'seat.asyncapi.yaml');
const HTTP = join(DOCUMENT_FOLDER, 'http.openapi.yaml');
const STAFF = join(DOCUMENT_FOLDER, 'staff.asyncapi.yaml');
const MATERIAL = Buffer.from('商品,销售额\n山货礼盒,128000\n');
const TALK = Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVEfmt '), Buffer.alloc(64)]);
const marking = (points: number) => ({ reference: '', rubric: [{ what: '要点', points }] });

const MORE: ItemSource[] = [
  {
    itemId: 't1',
    type: 'short-text',
    points: 5,
    stem: '<p>简述转化漏斗</p>',
    maxLength: 300,
    marking: marking(5),
    audio: { file: 'talk.wav', label: '对话', maxPlays: 2 },
  },
  {
    ...{ itemId: 'f1', type: 'file-upload', points: 10, stem: '<p>上传分析表</p>', marking: marking(10) },
    files: { maxCount: 1, maxBytes: 4_000_000, types: ['xlsx'] },
  },
  {
    ...{ itemId: 'case1', type: 'case', points: 6, stem: '<p>阅读材料</p>', shuffleItems: false },
    materials: [{ title: '销售数据', file: { name: '销售.csv', file: 'sales.csv' } }],
    items: [
      {
        itemId: 'k1',
        type: 'essay',
        points: 5,
        stem: '<p>写出分析</p>',
        maxLength: 2000,
        marking: marking(5),
      },
      { itemId: 'k2', type: 'true-false', points: 1, stem: '<p>销售额超过十万元</p>', answer: true },
    ],
  },
] as ItemSource[];

/** An answer that fits the item, with words that nobody else writes. */
function answerTo(item: Item, words: string): Value | null {
  const [first, second] = item.options;
  if (item.type === 'fill-in') return { blanks: item.blanks.map((_, n) => `${words}${n}`) };
  if (item.text !== undefined) return { text: `${words}：认知、兴趣、购买、复购` };
  if (item.type === 'multiple') return { options: [first?.id ?? '', second?.id ?? ''].sort() };
  return first === undefined ? null : { options: [first.id] };
}

void t.test('an exam by the documents alone', async (t) => {
  const source = smallSource({
    ...{ candidates: 3, spares: 1, startsAt: Date.now() + 12_000, minutes: 1, more: MORE },
    policy: {
      ...{
        entryOpensBeforeMs: 600_000,
        lateCutOffMs: 5_000,
        remindersBeforeEndMs: [8_000],
        handOverWindowMs: 30_000,
      },
      suspendedDecisionMs: 60_000,
    },
  });
  const main = source.papers.get('main');
  if (main !== undefined)
    source.papers.set('main', {
      ...main,
      files: new Map([
        ['sales.csv', { bytes: MATERIAL, type: 'text/csv' }],
        ['talk.wav', { bytes: TALK, type: 'audio/wav' }],
      ]),
    });
  const server = await prepareServer({ source, config: { uploads: { keepFreeMegabytes: 0 } } });
  const { exam, address } = server;
  const place = { url: address.url, ca: address.ca ?? '', serverName: 'room.exam' };
  let running = server.process();
  const pcs: CandidatePc[] = [];
  const people: StaffPerson[] = [];
  t.teardown(async () => {
    for (const one of [...pcs, ...people]) one.stop();
    await running.kill();
    server.remove();
  });
  await running.start();

  const http = new RoomHttp(place, new WireRules(HTTP));
  t.match(JSON.parse(String((await http.call('roomFacts'))?.body)), {
    packageId: 'small-exam',
    clockTrusted: true,
  });
  const person = async (staffId: string, pin = PINS.others) => {
    const one = new StaffPerson(place, STAFF, staffId);
    people.push(one);
    await one.signIn(pin);
    return one;
  };
  const chief = await person('chief', PINS.chief);
  const [sysadmin, clerk, technician, proctor] = await Promise.all(
    ['sysadmin', 'clerk', 'technician', 'proctor'].map((one) => person(one)),
  );
  if (!sysadmin || !clerk || !technician || !proctor) throw new Error('Somebody is missing');
  const sessionId = SESSION;

  const pc = async (seatId: string) => {
    const one = new CandidatePc(place, { seat: SEAT, http: HTTP });
    pcs.push(one);
    const { pairingCode } = await one.until((page) => page.pairingCode !== null);
    t.match(pairingCode, /^\d{6}$/);
    await sysadmin.act('pair-seat', { pairingCode, seatId });
    await one.until(({ stage }) => stage === 'waiting');
    const check = {
      browser: 'second-client',
      screen: '1366x768',
      storageOk: true,
      cryptoOk: true,
      passed: true,
    };
    t.same(await one.ask({ t: 'check', check }), { ok: true });
    return one;
  };
  const [one, two, spare] = await Promise.all([pc('s01'), pc('s02'), pc('b1')]);

  // Machines that cannot play candidates let the question pass.
  await sysadmin.rehearse(() =>
    Promise.all([one, two, spare].map((each) => each.until(() => each.line.spoken.has('room.rehearse')))),
  );

  for (const who of [sysadmin, clerk]) await who.act('sign-seal', { sessionId });
  const orgCode = server.orgCode({ act: 'seal', sessionId, scope: '', minutes: 0, counter: 1 });
  await technician.act('confirm-seal', { sessionId, orgCode });
  await chief.act('open-entry', { sessionId });
  t.same(await proctor.give('end-session', { sessionId, reason: '试一试' }), {
    ok: false,
    code: 'not-allowed',
  });

  const parts = (await one.until(({ stage }) => stage === 'log-in')).session?.parts ?? [];
  t.ok(parts.length > 5, 'sealed parts are there before anybody logs in');
  await Promise.all([one, two, spare].map((each) => each.paper.fetch(parts)));
  const admit = (candidateId: string) =>
    proctor.act('check-in', {
      ...{ sessionId, candidateId, outcome: 'admitted', documentSeen: true, ticketSeen: true },
      ...{ reason: null, happenedAt: null },
    });
  const logIn = async (each: CandidatePc, candidateId: string) => {
    const ticketNo = exam.source.roster.find((person) => person.candidateId === candidateId)?.ticketNo ?? '';
    t.same(await each.ask({ t: 'log-in', ticketNo, password: 'wrong' }), {
      ok: false,
      code: 'wrong-password',
    });
    t.same(await each.ask({ t: 'log-in', ticketNo, password: ticketNo.slice(-6) }), { ok: true });
    await each.until(({ candidate }) => candidate !== null);
  };
  for (const [each, candidateId] of [
    [one, 'c1'],
    [two, 'c2'],
  ] as const) {
    await admit(candidateId);
    await logIn(each, candidateId);
    for (const what of ['identity', 'rules']) {
      await each.until(({ stage }) => stage === (what === 'identity' ? 'confirm' : 'rules'));
      t.same(await each.ask({ t: 'confirm', ...each.lease, what }), { ok: true });
    }
    await each.until(({ stage }) => stage === 'ready');
  }

  const { startCode } = exam;
  await chief.act('open-paper', { sessionId, paperId: 'paper-main', startCode, pin: PINS.chief });
  await chief.act('start-session', { sessionId }, ['too-early']);
  await Promise.all([one, two].map((each) => each.untilPaper()));
  const { items, materials } = await one.opened();
  t.equal(items.length, 6 + 2 + 2 + 2, 'all items of the paper, two drawn from the pool, those of the case');
  t.ok(
    items.every(({ stem }) => stem !== null && stem !== ''),
    'with their words',
  );

  const writes = async (each: CandidatePc, words: string, from = 0, to = 99) => {
    for (const item of (await each.opened()).items.slice(from, to)) {
      const value = answerTo(item, words);
      if (value !== null) each.change(item.itemId, value);
    }
  };
  const settled = (each: CandidatePc) =>
    each.until(
      () => each.line.online && each.storage.unsent().length === 0 && each.storage.files.size === 0,
      60_000,
    );

  t.match(materials, [{ name: '销售.csv' }]);
  t.ok((await one.material(materials[0]?.path ?? '')).equals(MATERIAL), 'the material opens to what was set');

  await writes(one, '甲一', 0, 5);
  await writes(two, '乙一', 0, 4);
  const [talk] = items.filter(({ audio }) => audio !== undefined);
  t.ok((await one.material(talk?.audio?.path ?? '')).equals(TALK), 'the recording opens to what was set');
  t.ok(talk !== undefined && two.play(talk));
  await Promise.all([one, two].map(settled));
  const sheet = randomBytes(1_500_000);
  one.cutUploadAfterBytes = 700_000;
  const fileHash = one.attach('f1', sheet, '分析.xlsx', '');
  await settled(one);
  t.ok((await one.handedIn(fileHash))?.equals(sheet), 'the file came through a cut line, and opens again');

  await t.test('an outage of the room in which the candidate works on', async (t) => {
    one.line.unplug();
    t.same(await clerk.resume(), { ok: true }, 'staff come back by their token');
    await running.kill();
    await writes(one, '甲二', 3);
    const waiting = one.storage.unsent().length;
    t.ok(waiting > 4, `${waiting} answers wait on the PC`);
    running = server.process();
    await running.start();
    one.line.plugIn();
    await settled(one);
    t.same(one.refused, [], 'nothing was refused');
    t.same(await clerk.resume(), { ok: false, code: 'sign-in-refused' }, 'not after a restart');
    await Promise.all(people.map((each) => each.signIn(each === chief ? PINS.chief : PINS.others)));
  });

  await t.test('a hand, a word from the staff, a pause', async (t) => {
    t.same(await one.ask({ t: 'hand', ...one.lease, up: true }), { ok: true });
    // A round of probes that came through nowhere.
    t.same(await one.ask({ t: 'internet', reached: false, probes: 6 }), { ok: true });
    await proctor.until(({ todo }) => todo.some(({ kind }) => kind === 'hand'), 'the hand');
    await proctor.act('answer-hand', { sessionId, candidateId: 'c1' });
    await one.until(({ candidate }) => candidate?.handRaised === false);
    await proctor.act('send-message', { sessionId, candidateId: null, text: '请注意保存' });
    await one.until(() => one.messages.includes('请注意保存'));
    await chief.act('pause-session', { sessionId, cause: 'chief', reason: '消防广播' });
    await one.until(({ stage }) => stage === 'paused');
    const [first] = items;
    const value = first === undefined ? null : answerTo(first, '甲三');
    if (first !== undefined && value !== null) one.change(first.itemId, value, true);
    await one.until(() => one.storage.unsent().length === 0);
    await chief.act('resume-session', { sessionId });
    await one.until(({ stage }) => stage === 'answering');
    await settled(one);
    const now = one.line.roomNow() ?? 0;
    one.storage.gaps.push({ from: now - 3_000, to: now - 1_000 });
    one.deliver();
    await one.until(() => one.storage.gaps.length === 0);
  });

  await t.test('another PC takes over, and the old one hands in what it held', async (t) => {
    two.line.unplug();
    await writes(two, '乙二', 4, 6);
    const isConnected = (seats: readonly { seatId: string }[], seatId: string, connected: boolean) =>
      seats.some((row) => row.seatId === seatId && 'connected' in row && row.connected === connected);
    await proctor.until(
      ({ seats }) => isConnected(seats, 's02', false) && isConnected(seats, 'b1', true),
      'the cable, and the spare PC after the outage',
    );
    await proctor.act('swap-machine', { sessionId, candidateId: 'c2', toSeatId: 'b1', reason: '网线故障' });
    await spare.until(({ stage }) => stage === 'log-in');
    await logIn(spare, 'c2');
    const word = await spare.untilPaper();
    t.equal(word.answers.length, 4, 'the new PC has what the room held');
    t.same(word.plays, { t1: 1 });
    const [talk] = (await spare.opened()).items.filter(({ audio }) => audio !== undefined);
    t.same(
      [1, 2].map(() => talk !== undefined && spare.play(talk)),
      [true, false],
      'twice in all, once on each PC',
    );
    await writes(spare, '乙三', 6);
    await settled(spare);
    two.line.plugIn();
    await two.until(({ stage }) => stage === 'log-in' && two.confirmed);
    t.same(two.storage.unsent(), [], 'nothing is left on the old PC');
  });

  one.handIn();
  await one.until(({ stage }) => stage === 'received');
  const ended = await spare.until(({ stage }) => stage === 'received', 90_000);
  t.ok(spare.reminders.includes(8_000), 'reminded before the end');
  t.equal(ended.candidate?.endsAt, null);

  const typed = (each: CandidatePc) =>
    Object.fromEntries([...each.storage.answers.values()].map(({ itemId, value }) => [itemId, value]));
  await chief.until(
    ({ session }) => session?.phase === 'ended' && session.lagging.length === 0,
    'the green light',
  );
  await chief.act('collect-session', { sessionId, withoutSeats: [], reason: null });
  await sysadmin.act('build-bundle', { sessionId });
  const { session } = await sysadmin.until((picture) => picture.session?.bundle != null, 'the bundle');
  const fetched = await Promise.all(
    (session?.bundle?.files ?? []).map(async ({ name, url }) => {
      const [, hash = '', file = '', query = ''] = /^\/bundles\/([^/]+)\/([^?]+)(\?.*)$/.exec(url) ?? [];
      const reply = await http.call('bundleFile', {
        parameters: { hash, name: decodeURIComponent(file) },
        query,
      });
      return { name, bytes: reply?.body ?? Buffer.alloc(0) };
    }),
  );
  const envelope = fetched.find(({ name }) => name.endsWith('.dsse.json'))?.bytes ?? null;
  const sealed = fetched.find(({ name }) => name.endsWith('.age'))?.bytes ?? Buffer.alloc(0);
  const { report, state, bag } = await verifyBundle({
    ...{ file: sealed, envelope, trust: [exam.room.public], identity: exam.org.identity },
  });
  t.same(report.problems, []);
  const candidates = state?.sessions[SESSION]?.candidates ?? {};
  const stored = (candidateId: string) =>
    Object.fromEntries(
      Object.entries(candidates[candidateId]?.answers ?? {}).map(([itemId, { value }]) => [itemId, value]),
    );
  t.same(stored('c1'), typed(one), 'the bundle holds what c1 typed, the outage included');
  t.match(stored('c2'), typed(spare), 'and what c2 typed on the second PC');
  t.ok(
    [...(await filesOf(bag))].some(
      ([, bytes]) => createHash('sha256').update(bytes).digest('hex') === fileHash && bytes.equals(sheet),
    ),
    'and the file, byte by byte',
  );
  t.equal(candidates['c1']?.ended?.reason, 'submitted');
  t.equal(candidates['c2']?.ended?.reason, 'time');
  t.equal(candidates['c3']?.attendance, 'absent');

  await clerk.signOut();
  t.same(
    await clerk.give('record-incident', {
      ...{ sessionId, candidateId: null, category: 'other', text: '无', happenedAt: null },
    }),
    { ok: false, code: 'not-allowed' },
  );
  const byes = Promise.all(pcs.map((each) => each.until(() => each.line.spoken.has('room.bye'), 60_000)));
  await running.stop();
  await byes;
  for (const each of pcs) t.equal(each.line.fault, null);
  for (const each of people) t.equal(each.fault, null);
  const spoken = new Set(pcs.flatMap(({ line }) => [...line.spoken]));
  const documented = Object.keys(at(readDocument('seat.asyncapi.yaml'), 'components', 'messages'));
  t.same(
    differences(documented, spoken),
    { undocumented: [], absent: [] },
    'every documented message was spoken',
  );
});
