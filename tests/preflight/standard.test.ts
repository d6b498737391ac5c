// By what a room is judged: the figures of its signed plan within hard limits, and what a practice room may be without. The report
// says both.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from '@sinclair/typebox/value';
import t from 'tap';
import { preflightChecks, type PreflightRoom } from '../../server/compose/preflight-checks.js';
import type { PreflightVideo } from '../../server/compose/camera-preflight.js';
import { makeReport } from '../../server/compose/preflight-report.js';
import { readConfig } from '../../server/config.js';
import {
  CAMERA_BANDS,
  MACHINE_BANDS,
  PC_BANDS,
  UPS_BANDS,
  type PlanBands,
} from '../../server/core/preflight-bands.js';
import type { State } from '../../server/core/types.js';
import { DeviceFault } from '../../server/devices/contract.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { bandsText, differingBands } from '../../server/preflight/bands-text.js';
import type { Judgement } from '../../server/preflight/line.js';
import { storedReport } from '../../server/preflight/report-files.js';
import { reportPage } from '../../server/preflight/report-page.js';
import { runChecks } from '../../server/preflight/run.js';
import { asIn, standardOf, type RoomStandard } from '../../server/preflight/standard.js';
import { ReportSchema } from '../../server/protocol/preflight.js';
import { PolicySchema } from '../../server/protocol/policy.js';
import { NINE_O_CLOCK } from '../support/driven-clocks.js';
import { open } from '../support/driven-room.js';
import { byRoom, must, mustStaff, seatIdOf, smallPackage } from '../support/small-room.js';

const DEMO: PlanBands = {
  name: '演示机',
  server: { memoryGib: 2, diskGb: 10 },
  pcs: { width: 1_024, height: 600 },
  cameras: { goodMegapixels: 2 },
  ups: { runtimeS: 18_000 },
};
const data = mkdtempSync(join(tmpdir(), 'kaochang-standard-'));
t.teardown(() => rmSync(data, { recursive: true, force: true }));

/** The state of a room with this policy; a simulated PC sits at the first seat where that is possible. */
async function stateOf({ practice = false, preflight }: { practice?: boolean; preflight?: PlanBands } = {}) {
  const { room } = await open();
  const offered = smallPackage(preflight === undefined ? {} : { policy: { preflight } });
  const sessions = offered.sessions.map((plan) => ({ ...plan, practice }));
  must(room, { type: 'install-package', package: { ...offered, sessions }, by: byRoom });
  if (practice)
    mustStaff(room, 'xi', { type: 'pair-seat', pcId: 'pc1', seatId: seatIdOf(0), simulated: true });
  const { state } = room;
  room.stop();
  return state;
}

function roomOf(state: State | null, more: Partial<PreflightRoom> = {}): PreflightRoom {
  return {
    ...{ data, config: readConfig({ data, file: null }, {}), keys: null, cards: [] },
    trust: () => Promise.resolve([]),
    forgetful: () => [],
    picture: () => Promise.resolve({ state, now: NINE_O_CLOCK, documentsAt: new Map() }),
    packageFile: () => Promise.resolve(null),
    latest: () => Promise.resolve(null),
    isOurs: () => Promise.resolve(false),
    rehearse: () => Promise.resolve(null),
    video: null,
    standard: standardOf(state),
    ...more,
  };
}

const lineOf = async (room: PreflightRoom, id: string) => {
  const [line] = await runChecks(preflightChecks(room).filter((one) => one.id === id));
  if (line === undefined) throw new Error(`No line ${id}`);
  return line;
};

void t.test('[PF2] without a word of the plan the figures of the requirements hold', async (t) => {
  const usual = { name: null, server: MACHINE_BANDS, pcs: PC_BANDS, cameras: CAMERA_BANDS, ups: UPS_BANDS };
  t.same(standardOf(null), { bands: usual, practice: false });
  t.same(standardOf(await stateOf()), { bands: usual, practice: false });
});

void t.test('[PF2] what the plan says is in force, and nothing else changes', async (t) => {
  const state = await stateOf({ preflight: DEMO });
  t.same(standardOf(state).bands, {
    name: '演示机',
    server: { ...MACHINE_BANDS, memoryGib: 2, diskGb: 10 },
    pcs: { ...PC_BANDS, width: 1_024, height: 600 },
    cameras: { ...CAMERA_BANDS, goodMegapixels: 2 },
    ups: { runtimeS: 18_000 },
  });
  // The lines are judged by it, and say it.
  t.match((await lineOf(roomOf(state), 'server.memory')).required, { en: '2 GB or more' });
  t.match((await lineOf(roomOf(state), 'server.cores')).required, { en: /^6 or more/ });
  const screen = (of: PreflightRoom) => lineOf(of, 'pcs.screen');
  t.match((await screen(roomOf(state))).required, { en: '1024×600 or more' });
  t.match((await screen(roomOf(await stateOf()))).required, { en: '1280×720 or more' });
});

void t.test('[PF2] the limits are hard: a plan below them, or with a slip, is no plan', async (t) => {
  const isTaken = (preflight: unknown) => Value.Check(PolicySchema, { preflight });
  t.ok(isTaken(DEMO));
  t.ok(isTaken({ name: '大考场', server: { cores: 32, memoryGib: 128 } }), 'it may ask for more');
  for (const bad of [
    { server: { cores: 4 } },
    { name: ' ' },
    { name: 'x', server: { cores: 0 } },
    { name: 'x', server: { freeGb: 0 } },
    { name: 'x', server: { slowSyncMs: 5_000 } },
    { name: 'x', server: { core: 4 } },
    { name: 'x', pcs: { chrome: 60 } },
    { name: 'x', pcs: { badRoundTripMs: 60_000 } },
    { name: 'x', cameras: { width: 320 } },
    { name: 'x', cameras: { slowKeyFrameS: 11 } },
    { name: 'x', cameras: { badClockMs: 60_000 } },
    { name: 'x', cameras: { count: 0 } },
    { name: 'x', cameras: { megapixels: 2 } },
    { name: 'x', ups: { runtimeS: 60 } },
  ])
    t.notOk(isTaken(bad), JSON.stringify(bad));
});

void t.test('[PF2][A06][A07] the plan says of cameras and UPS, and their lines judge by it', async (t) => {
  const camera = { id: 'front', name: '前方', adapter: 'rtsp' } as const;
  const facts = {
    ...{ codec: 'h264', width: 1_280, height: 720, framesPerSecond: 25, kilobitsPerSecond: 4_000 },
    ...{
      keyFrameIntervalS: 2,
      keyFrameSpreadS: 0,
      keyFrames: 10,
      frames: 500,
      seconds: 20,
      audioCodec: null,
    },
  };
  const video: PreflightVideo = {
    desk: {
      all: () => [camera],
      look: () => Promise.resolve(facts),
      streams: () => Promise.reject(new DeviceFault('unreachable', 'no')),
      clockOffset: () => Promise.resolve(1_500),
    },
    folder: join(data, 'video'),
    volumeId: null,
  };
  const cards = [
    { deviceId: 'front', kind: 'camera' as const, name: '前方', adapter: 'rtsp' },
    { deviceId: 'u', kind: 'ups' as const, name: 'UPS' },
  ];
  const ups = {
    ...{ 'mains.present': true, 'battery.charge': 100, 'ups.load': 30 },
    ...{ 'battery.runtime': 10_800, 'battery.runtime-source': 'device' as const },
  };
  const latest = (id: string) =>
    Promise.resolve(id === 'u' ? { readings: ups, fault: null, readAt: NINE_O_CLOCK } : null);
  const judged = async (preflight?: PlanBands) => {
    const room = roomOf(await stateOf(preflight === undefined ? {} : { preflight }), {
      video,
      cards,
      latest,
    });
    const ids = ['camera.resolution.front', 'camera.clock.front', 'devices.cameras', 'device.u'];
    return Promise.all(ids.map(async (id) => (await lineOf(room, id)).verdict));
  };
  t.same(await judged(), ['green', 'amber', 'amber', 'green'], '720p, 1.5 s off, one camera, three hours');
  t.same(
    await judged({
      name: '两百万像素、五小时',
      cameras: { goodMegapixels: 2, badClockMs: 1_000, count: 1 },
      ups: { runtimeS: 18_000 },
    }),
    ['amber', 'red', 'green', 'amber'],
  );
  const required = (await lineOf(roomOf(await stateOf({ preflight: DEMO }), { cards }), 'device.u')).required;
  t.match(required, { zh: /可供 5 小时/, en: /5 h$/ });
});

void t.test('[PF3] in a practice room what only a real exam needs is amber and named', async (t) => {
  const practice = await stateOf({ practice: true });
  t.equal(standardOf(practice).practice, true);
  const real = await lineOf(roomOf(practice), 'pcs.real');
  t.match(real, { verdict: 'amber', cause: { zh: /仅可用于演练/, en: /good for practice only/ } });
  t.match(real.measured.zh, '01', 'its seats are named');
  t.match(await lineOf(roomOf(practice), 'pcs.paired'), { verdict: 'amber' });
  t.match(await lineOf(roomOf(await stateOf()), 'pcs.paired'), { verdict: 'red' });
});

void t.test('[PF3] a simulated device is amber there, red in any other room, and never green', async (t) => {
  const card = { deviceId: 'u', kind: 'contact' as const, name: '门', simulated: true as const };
  const latest = () => Promise.resolve({ readings: {}, fault: null, readAt: NINE_O_CLOCK });
  const judged = async (practice: boolean) =>
    lineOf(roomOf(await stateOf({ practice }), { cards: [card], latest }), 'device.u');
  t.match(await judged(true), { verdict: 'amber', cause: { zh: /模拟设备/ } });
  t.match(await judged(false), { verdict: 'red', cause: { zh: /模拟设备/ } });
});

void t.test('[PF3] nothing becomes green, and what loses answers stays red', async (t) => {
  const says = async (id: string, verdict: Judgement['verdict'], practice: boolean) => {
    const text = { zh: 'x', en: 'x' };
    const line = () =>
      Promise.resolve({ verdict, measured: text, required: text, cause: text, nextStep: text });
    const check = { id, group: 'server' as const, title: text, requirement: 'REQ-A01', line };
    return (await asIn({ practice }, check).line(new AbortController().signal)).verdict;
  };
  t.equal(await says('server.address', 'red', true), 'amber');
  t.equal(await says('server.address', 'red', false), 'red');
  for (const verdict of ['green', 'amber', 'unknown'] as const)
    t.equal(await says('server.address', verdict, true), verdict);
  for (const id of [
    'server.disk-sync',
    'server.disk-free',
    'server.memory',
    'package.whole',
    'package.room-key',
  ])
    t.equal(await says(id, 'red', true), 'red', id);
  for (const id of ['room.rehearsal', 'server.port', 'server.clock', 'pcs.machine-check', 'pcs.storage'])
    t.equal(await says(id, 'red', true), 'red', id);
});

void t.test('[PF2] the report says by which figures, and whose; signed with them', async (t) => {
  const keys = await generateKeys('room', '102考场');
  const made = async (state: State | null, standard: RoomStandard = standardOf(state)) =>
    makeReport(data, { lines: [], at: 1, by: '李工', installed: state?.package ?? null, standard }, keys);
  const { report, hash, names } = await made(await stateOf({ practice: true, preflight: DEMO }));
  t.match(bandsText(report), {
    zh: '演示机，按考试包 pkg-1 #1 的策略；演练考场',
    en: '演示机, by the policy of package pkg-1 #1; a practice room',
  });
  t.same(differingBands(report), [
    '内存 memory GB 2 (16)',
    '磁盘 disk GB 10 (500)',
    '考生机 PC 屏宽 width px 1024 (1280)',
    '考生机 PC 屏高 height px 600 (720)',
    '摄像机 camera 百万像素（建议）megapixels advised 2 (0.9)',
    'UPS 供电时间 runtime s 18000 (7200)',
  ]);
  const page = reportPage(report, hash, String);
  t.match(page, '判定标准 Judged by');
  t.match(page, '内存 memory GB 2 (16)');
  const stored = await storedReport(data, report.reportId, keys.public);
  t.same(stored?.report.bands, report.bands);
  t.equal(stored?.report.practice, true);
  t.same(names, [`preflight-${report.reportId}.json`, `preflight-${report.reportId}.html`]);
  const usual = (await made(null)).report;
  t.match(bandsText(usual), {
    zh: '考试要求 REQ-A01、A04、A06、A07',
    en: 'the requirements, REQ-A01, A04, A06 and A07',
  });
  t.same(differingBands(usual), []);
  // A report that was signed before cameras and UPS had bands is still read, and judged by the usual ones.
  const {
    cameras: _cameras,
    ups: _ups,
    ...oldBands
  } = { ...usual.bands, name: '八核', server: MACHINE_BANDS, pcs: PC_BANDS };
  t.ok(Value.Check(ReportSchema, { ...usual, bands: oldBands }));
  t.same(differingBands({ ...usual, bands: oldBands }), []);
  const { bands: _none, ...old } = usual;
  t.match(bandsText(old), { en: 'the requirements' }, 'a report of before');
});

void t.test('[B04][B06] seats and proctors are held against the people of the sessions', async (t) => {
  const state = await stateOf();
  t.match((await lineOf(roomOf(state), 'package.seats')).measured, { en: /, 3 candidates at most/ });
  t.match((await lineOf(roomOf(state), 'package.staff')).measured, { en: /, 3 candidates at most/ });
});
