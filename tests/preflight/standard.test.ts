// By what a room is judged: the figures of its signed plan within hard limits, and what a practice room may be without. The report
// says both.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from '@sinclair/typebox/value';
import t from 'tap';
import { preflightChecks, type PreflightRoom } from '../../server/compose/preflight-checks.js';
import { makeReport } from '../../server/compose/preflight-report.js';
import { readConfig } from '../../server/config.js';
import { MACHINE_BANDS, PC_BANDS, type PlanBands } from '../../server/core/preflight-bands.js';
import type { State } from '../../server/core/types.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { bandsText, differingBands } from '../../server/preflight/bands-text.js';
import type { Judgement } from '../../server/preflight/line.js';
import { storedReport } from '../../server/preflight/report-files.js';
import { reportPage } from '../../server/preflight/report-page.js';
import { runChecks } from '../../server/preflight/run.js';
import { asIn, standardOf, type RoomStandard } from '../../server/preflight/standard.js';
import { PolicySchema } from '../../server/protocol/policy.js';
import { NINE_O_CLOCK } from '../support/driven-clocks.js';
import { open } from '../support/driven-room.js';
import { byRoom, must, mustStaff, seatIdOf, smallPackage } from '../support/small-room.js';

const DEMO: PlanBands = {
  name: '演示机',
  server: { memoryGib: 2, diskGb: 10 },
  pcs: { width: 1_024, height: 600 },
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
  const usual = { name: null, server: MACHINE_BANDS, pcs: PC_BANDS };
  t.same(standardOf(null), { bands: usual, practice: false });
  t.same(standardOf(await stateOf()), { bands: usual, practice: false });
});

void t.test('[PF2] what the plan says is in force, and nothing else changes', async (t) => {
  const state = await stateOf({ preflight: DEMO });
  t.same(standardOf(state).bands, {
    name: '演示机',
    server: { ...MACHINE_BANDS, memoryGib: 2, diskGb: 10 },
    pcs: { ...PC_BANDS, width: 1_024, height: 600 },
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
  ])
    t.notOk(isTaken(bad), JSON.stringify(bad));
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
  ]);
  const page = reportPage(report, hash, String);
  t.match(page, '判定标准 Judged by');
  t.match(page, '内存 memory GB 2 (16)');
  const stored = await storedReport(data, report.reportId, keys.public);
  t.same(stored?.report.bands, report.bands);
  t.equal(stored?.report.practice, true);
  t.same(names, [`preflight-${report.reportId}.json`, `preflight-${report.reportId}.html`]);
  const usual = (await made(null)).report;
  t.match(bandsText(usual), { zh: '考试要求 REQ-A01、A04', en: 'the requirements, REQ-A01 and A04' });
  t.same(differingBands(usual), []);
  const { bands: _none, ...old } = usual;
  t.match(bandsText(old), { en: 'the requirements' }, 'a report of before');
});

void t.test('[B04][B06] seats and proctors are held against the people of the sessions', async (t) => {
  const state = await stateOf();
  t.match((await lineOf(roomOf(state), 'package.seats')).measured, { en: /, 3 candidates at most/ });
  t.match((await lineOf(roomOf(state), 'package.staff')).measured, { en: /, 3 candidates at most/ });
});
