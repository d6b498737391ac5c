// For each line of the check of the room one finding makes it well and one makes it not well; a line without such a pair fails here.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { PreflightVideo } from '../../server/compose/camera-preflight.js';
import { preflightChecks, type PreflightRoom } from '../../server/compose/preflight-checks.js';
import { readConfig } from '../../server/config.js';
import { DEVICE_KINDS } from '../../server/core/readings.js';
import type { InstalledPackageFile } from '../../server/papers/installed-package.js';
import { DeviceFault } from '../../server/devices/contract.js';
import { ProbeFailure } from '../../server/recording/probe-stream.js';
import type { AnyCheck, Judgement, Verdict } from '../../server/preflight/line.js';
import type { PC_QUESTIONS } from '../../server/preflight/pc-checks.js';
import { runChecks } from '../../server/preflight/run.js';
import { standardOf } from '../../server/preflight/standard.js';
import { CAMERA_CASES, VIDEO_CASES } from './support/camera-verdicts.js';
import { device, DEVICE_KIND_CASES, DEVICES } from './support/device-verdicts.js';
import { MACHINE, NOW, PACKAGE, PC_BENDS, ROOM, seatsWith, SERVICE, type Cases } from './support/verdicts.js';

const data = mkdtempSync(join(tmpdir(), 'kaochang-preflight-'));
t.teardown(() => rmSync(data, { recursive: true, force: true }));

const cards = DEVICE_KINDS.map((kind) => ({ deviceId: `the-${kind}`, kind, name: kind }));

/** One camera that nobody can reach. */
const VIDEO: PreflightVideo = {
  desk: {
    all: () => [{ id: 'front', name: '前方', adapter: 'rtsp' }],
    look: () => Promise.reject(new ProbeFailure('unreachable', 'Connection refused')),
    streams: () => Promise.reject(new DeviceFault('unreachable', 'no')),
    clockOffset: () => Promise.resolve(null),
  },
  folder: join(data, 'video'),
  volumeId: null,
};

/** A room in which nothing is set up, but for the devices that a test names. */
function emptyRoom(more: Partial<PreflightRoom> = {}): PreflightRoom {
  return {
    ...{ data, config: readConfig({ data, file: null }, {}), keys: null, cards: [] },
    trust: () => Promise.resolve([]),
    forgetful: () => [],
    picture: () => Promise.resolve({ state: null, now: NOW, documentsAt: new Map() }),
    packageFile: () => Promise.resolve(null),
    latest: () => Promise.resolve(null),
    isOurs: () => Promise.resolve(false),
    rehearse: () => Promise.resolve(null),
    video: null,
    standard: standardOf(null),
    ...more,
  };
}

const all = preflightChecks(emptyRoom({ cards, video: VIDEO }));
const ofKind = Object.fromEntries(
  DEVICE_KINDS.map((kind) => [`device.the-${kind}`, DEVICE_KIND_CASES[kind]]),
);
const TABLE: Record<string, Cases> = {
  ...{ ...MACHINE, ...SERVICE, ...PACKAGE, ...DEVICES, ...ofKind, ...ROOM, ...VIDEO_CASES },
};
for (const [topic, cases] of Object.entries(CAMERA_CASES)) TABLE[`camera.${topic}.front`] = cases;
for (const [id, bends] of Object.entries(PC_BENDS) as [
  keyof typeof PC_QUESTIONS,
  (typeof PC_BENDS)['pcs.real'],
][])
  TABLE[id] = {
    green: () => seatsWith(id, null),
    ...Object.fromEntries(
      Object.entries(bends).map(([verdict, list]) => [
        verdict,
        () => list.map((bend) => seatsWith(id, bend)),
      ]),
    ),
  };

/** Lines that nothing measures: a person's tick is their finding. */
const presence = ['devices.ups', 'devices.jammer', 'devices.id-reader'];
/** Lines that only a tick makes well; what they say before it has a table. */
const wellByTick = ['room.spare-server'];
const byPerson = all
  .filter(({ id, manual }) => manual === true && TABLE[id] === undefined)
  .map(({ id }) => id);

void t.test(
  'every line has a finding that makes it well and one that does not, and no table has another',
  async (t) => {
    const ids = all.map(({ id }) => id);
    t.equal(new Set(ids).size, ids.length, 'every id once');
    t.ok(ids.length >= 60, `${ids.length} lines`);
    for (const id of ids) {
      if (presence.includes(id) || byPerson.includes(id)) continue;
      const cases = TABLE[id];
      t.ok(cases?.green ?? wellByTick.includes(id), `${id} can be well`);
      t.ok(cases?.red ?? cases?.amber ?? cases?.unknown, `${id} can be not well`);
    }
    for (const id of Object.keys(TABLE)) t.ok(ids.includes(id), `${id} is a line`);
  },
);

void t.test('every row of section A of the requirements has a line', async (t) => {
  const asked = new Set(all.map(({ requirement }) => requirement));
  for (let row = 1; row <= 13; row++) {
    const id = `REQ-A${String(row).padStart(2, '0')}`;
    t.ok(asked.has(id), id);
  }
  for (const id of ['REQ-B04', 'REQ-B06', 'REQ-C01', 'REQ-C02', 'REQ-D01']) t.ok(asked.has(id), id);
});

/** Chinese in an English text; plans and cameras have the names that people gave them. */
const untranslated = (id: string) =>
  ['package.installed', 'video.plan'].includes(id) ? /[，；：、]/ : /[\u4e00-\u9fff，；：、（）]/;

for (const [id, cases] of Object.entries(TABLE))
  for (const [verdict, find] of Object.entries(cases) as [Verdict, () => Judgement | Judgement[]][])
    void t.test(`${id} is ${verdict} where it has to be`, async (t) => {
      for (const judgement of [find()].flat()) {
        t.equal(judgement.verdict, verdict, judgement.measured.zh);
        t.ok(
          judgement.measured.zh && judgement.measured.en && judgement.required.zh && judgement.required.en,
        );
        const english = [judgement.measured, judgement.required, judgement.cause, judgement.nextStep];
        for (const said of english) t.notMatch(said?.en ?? '', untranslated(id), said?.zh ?? id);
        // Who is told that something is not well is told why and what to do, in both languages.
        if (verdict === 'green') continue;
        for (const text of [judgement.cause, judgement.nextStep])
          t.ok(text?.zh && text.en, judgement.measured.zh);
      }
    });

const only = (checks: AnyCheck[], id: string) => checks.filter((one) => one.id === id);
const tick = new Map([['x', { by: '李工', at: 5 }]]);
const ticked = (id: string) => new Map([[id, tick.get('x') as { by: string; at: number }]]);

void t.test(
  'a line that only a person can say is unknown until it is ticked, then green with who said so',
  async (t) => {
    t.ok(byPerson.length >= 10, `${byPerson.length} such lines`);
    for (const id of byPerson) {
      const [before] = await runChecks(only(all, id));
      t.match(before, { verdict: 'unknown', byPerson: true }, id);
      t.ok(before?.cause && before.nextStep, id);
      const [after] = await runChecks(only(all, id), { ticks: ticked(id) });
      t.match(after, { verdict: 'green', byPerson: true, attested: { by: '李工', at: 5 } }, id);
      t.match(after?.measured.zh, '李工');
    }
  },
);

void t.test(
  'a device that must be there is unknown where none is set up, amber by a tick, green where one is',
  async (t) => {
    for (const [index, id] of presence.entries()) {
      const kind = (['ups', 'jammer', 'id-reader'] as const)[index] ?? 'ups';
      const none = only(preflightChecks(emptyRoom()), id);
      t.match((await runChecks(none))[0], { verdict: 'unknown', byPerson: true }, id);
      t.match(
        (await runChecks(none, { ticks: ticked(id) }))[0],
        { verdict: 'amber', attested: { by: '李工' } },
        id,
      );
      const one = only(preflightChecks(emptyRoom({ cards: [{ deviceId: 'd', kind, name: '一号' }] })), id);
      t.match((await runChecks(one))[0], { verdict: 'green', measured: { zh: '一号' } }, id);
    }
  },
);

void t.test(
  'a tick makes camcorders out of missing cameras, and nothing well that was measured to be bad',
  async (t) => {
    const cameras = only(preflightChecks(emptyRoom()), 'devices.cameras');
    t.match((await runChecks(cameras))[0], { verdict: 'red', byPerson: true });
    t.match((await runChecks(cameras, { ticks: ticked('devices.cameras') }))[0], { verdict: 'amber' });
    const installed = only(all, 'package.installed');
    t.match((await runChecks(installed, { ticks: ticked('package.installed') }))[0], { verdict: 'red' });
    const speed = {
      ...only(all, 'server.network-speed')[0],
      line: () => Promise.resolve(MACHINE['server.network-speed']?.unknown?.() as Judgement),
    } as AnyCheck;
    t.match((await runChecks([speed]))[0], { verdict: 'unknown', byPerson: true });
    t.match((await runChecks([speed], { ticks: ticked('server.network-speed') }))[0], { verdict: 'amber' });
  },
);

void t.test('a spare server that the package reckons with is red until a person has seen it', async (t) => {
  const sealedTo = (serverCount: number) =>
    only(
      preflightChecks(
        emptyRoom({ packageFile: () => Promise.resolve({ serverCount } as InstalledPackageFile) }),
      ),
      'room.spare-server',
    );
  t.match((await runChecks(sealedTo(2)))[0], { verdict: 'red', byPerson: true });
  const seen = await runChecks(sealedTo(2), { ticks: ticked('room.spare-server') });
  t.match(seen[0], { verdict: 'green', attested: { by: '李工', at: 5 }, measured: { zh: /李工/ } });
  // Sealed to one server only: nobody's word opens it on another.
  const alone = await runChecks(sealedTo(1), { ticks: ticked('room.spare-server') });
  t.match(alone[0], { verdict: 'amber', measured: { en: /this server alone/ } });
  t.match((await runChecks(only(preflightChecks(emptyRoom()), 'room.spare-server')))[0], {
    verdict: 'unknown',
  });
});

void t.test('the reading of this moment stands before what the journal last said', async (t) => {
  const card = { deviceId: 'u', kind: 'ups' as const, name: 'UPS' };
  const { readings } = device('ups', { 'mains.present': false });
  const asked = (latest: PreflightRoom['latest']) =>
    runChecks(only(preflightChecks(emptyRoom({ cards: [card], latest })), 'device.u'));
  t.match((await asked(() => Promise.resolve(null)))[0], { verdict: 'unknown' });
  const bad = await asked(() => Promise.resolve({ readings, fault: null, readAt: NOW }));
  t.match(bad[0], { verdict: 'red', cause: { zh: /正在用电池/ } });
  const gone = await asked(() => Promise.resolve({ readings: {}, fault: 'unreachable', readAt: null }));
  t.match(gone[0], { verdict: 'red', measured: { en: /not reachable/ } });
});

void t.test('names of PCs that are not well are said, twenty of them at most', async (t) => {
  const { measured } = seatsWith('pcs.no-internet', PC_BENDS['pcs.no-internet'].red?.[0] ?? null);
  t.match(measured.zh, '2/3 正常；不合格 1: 02');
});

void t.test(
  'a camera that cannot be reached is one red line, and what hangs on it is not guessed',
  async (t) => {
    const lines = await runChecks(
      preflightChecks(emptyRoom({ video: VIDEO })).filter(({ id }) => /^(camera|video)\./.test(id)),
    );
    const verdicts = Object.fromEntries(lines.map(({ id, verdict }) => [id, verdict]));
    t.same(verdicts, {
      ...{
        'camera.stream.front': 'red',
        'camera.resolution.front': 'unknown',
        'camera.codec.front': 'unknown',
      },
      ...{
        'camera.key-frames.front': 'unknown',
        'camera.bit-rate.front': 'unknown',
        'camera.clock.front': 'unknown',
      },
      ...{ 'camera.text.front': 'amber', 'video.plan': 'unknown', 'video.volume': 'green' },
      'video.space': verdicts['video.space'],
    });
    t.match(lines[0]?.cause?.en, 'cannot be reached');
  },
);

void t.test('a room without cameras has no line about any, but the one that asks for them', async (t) => {
  const none = {
    ...VIDEO,
    desk: { ...VIDEO.desk, all: () => [{ id: 'c', name: 'c', adapter: 'camcorder' as const }] },
  };
  const ids = preflightChecks(emptyRoom({ video: none })).map(({ id }) => id);
  t.notOk(ids.some((id) => /^(camera|video)\./.test(id)));
  t.ok(ids.includes('devices.cameras'));
});
