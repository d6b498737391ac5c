// Recordings: what the recorder lists, what is covered and what is missing, and who hears of it.

import fc from 'fast-check';
import t from 'tap';
import type { DeviceCard } from '../../server/core/types.js';
import {
  coverageOf,
  emptyRecord,
  wallAheadOf,
  wallSpanOf,
  withLines,
} from '../../server/core/video-record.js';
import {
  FIRST_PREV,
  GAP_MS,
  MOST_GAPS,
  MOST_STRETCHES,
  type VideoLine,
} from '../../server/core/video-types.js';
import { cameraRows, sessionCoverage } from '../../server/core/views.js';
import { chained, stretch, type Planned } from '../support/video-lines.js';
import { hm, MINUTE, samplePackage } from './support/sample-plan.js';
import {
  codeOf,
  collected,
  ended,
  entered,
  installed,
  running,
  sealed,
  typesOf,
  type Scene,
} from './support/scene.js';

const FRONT: DeviceCard = { deviceId: 'cam-1', kind: 'camera', name: '前', adapter: 'rtsp' };
const BACK: DeviceCard = { deviceId: 'cam-2', kind: 'camera', name: '后', adapter: 'onvif' };
const METER: DeviceCard = { deviceId: 'meter-1', kind: 'meter', name: '电表', adapter: 'modbus' };
const SECOND = 1_000;

function watched(scene: Scene, devices: DeviceCard[] = [FRONT, METER]): Scene {
  scene.room({ type: 'configure-devices', devices });
  scene.room({ type: 'configure-video', beforeMs: 10 * MINUTE, afterMs: 15 * MINUTE });
  return scene;
}

const report = (
  scene: Scene,
  lines: VideoLine[],
  more: { wallAheadMs?: number; anew?: true; cameraId?: string } = {},
) => scene.room({ type: 'report-video', cameraId: 'cam-1', lines, wallAheadMs: 0, ...more });
const record = (scene: Scene) => scene.state.video.cameras['cam-1'] ?? emptyRecord();

void t.test(
  '[VI1] how long before and after is an event when it changes, and lasts over a package',
  async (t) => {
    const scene = watched(installed());
    const rule = { beforeMs: 10 * MINUTE, afterMs: 15 * MINUTE };
    t.same(scene.state.video.rule, rule);
    t.same(scene.room({ type: 'configure-video', ...rule }).events, []);
    for (const other of [
      { ...rule, beforeMs: 1 },
      { ...rule, afterMs: 1 },
    ])
      t.same(typesOf(scene.room({ type: 'configure-video', ...other })), ['video-configured']);
    report(scene, chained('cam-1', stretch(0, 30_000)));
    const { video } = structuredClone(scene.state);
    scene.room({ type: 'install-package', package: { ...samplePackage(), sequence: 2 } });
    t.same(scene.state.video, video);
  },
);

void t.test('[VI2] lines go on without a hole, each naming the one before', async (t) => {
  const scene = watched(installed());
  const [first, second, third] = chained('cam-1', stretch(0, 30_000)) as [VideoLine, VideoLine, VideoLine];
  t.same(report(scene, []).events, [], 'nothing new is nothing to do');
  t.same(codeOf(report(scene, [first], { cameraId: 'cam-7' })), 'unknown-device');
  t.same(codeOf(report(scene, [first], { cameraId: 'meter-1' })), 'unknown-device');
  t.match(report(scene, [first]).events, [
    { type: 'video-recorded', cameraId: 'cam-1', lines: [first], wallAheadMs: 0 },
  ]);
  t.match(record(scene), { lines: 1, headHash: first.hash, segments: 1, bytes: 1_000, breaks: 0 });
  for (const [lines, why] of [
    [[third], 'a line is missing'],
    [[first], 'a line comes twice'],
    [[{ ...second, prev: 'f'.repeat(64) }], 'another line before'],
    [[second, { ...third, line: 7 }], 'a hole in the middle'],
  ] as const) {
    const { refusal } = scene.would({
      ...{ type: 'report-video', cameraId: 'cam-1', lines: [...lines], wallAheadMs: 0, by: { kind: 'room' } },
    });
    t.match(refusal, { code: 'video-chain-broken', params: { device: '前', line: 1 } }, why);
  }
  t.match(report(scene, [third]).events, [{ type: 'alarm-raised', deviceId: 'cam-1', code: 'video-chain' }]);
  t.same(report(scene, [third]).events, [], 'one alarm');
  t.equal(record(scene).lines, 1, 'what does not follow changes nothing');
  t.same(typesOf(report(scene, [second, third])), ['video-recorded', 'alarm-cleared']);
  const doubt = (cameraId: string) => scene.room({ type: 'doubt-video', cameraId, line: 3 });
  t.match(doubt('cam-1'), {
    refusal: { code: 'video-chain-broken', params: { device: '前', line: 3 } },
    events: [{ type: 'alarm-raised', code: 'video-chain' }],
  });
  t.same([doubt('cam-1').events, codeOf(doubt('cam-7'))], [[], 'unknown-device']);
});

void t.test(
  '[VI2] a list that begins again is taken from its first line on, counted, and an alarm',
  async (t) => {
    const scene = watched(installed());
    const old = chained('cam-1', stretch(0, 30_000));
    report(scene, old);
    const [first, second] = chained('cam-1', stretch(40_000, 60_000)) as [VideoLine, VideoLine];
    t.equal(codeOf(report(scene, [second], { anew: true })), 'video-chain-broken', 'not from its middle');
    const { events } = report(scene, [first], { anew: true });
    t.match(events, [{ type: 'video-recorded', anew: true }]);
    t.match(record(scene), { lines: 1, headHash: first.hash, segments: 4, breaks: 1 });
    t.match(record(scene).stretches, [
      { from: 0, to: 30_000 },
      { from: 40_000, to: 50_000 },
    ]);
    t.match(Object.values(scene.state.alarms), [{ code: 'video-chain', clearedAt: null }]);
    t.same(typesOf(report(scene, [second])), ['video-recorded', 'alarm-cleared']);
    const alone = watched(installed());
    t.same(typesOf(report(alone, [first], { anew: true })), ['video-recorded', 'alarm-raised']);
  },
);

void t.test(
  '[VI3] lines have the wall clock, the state has room time; what meets is one stretch',
  async (t) => {
    const scene = watched(installed());
    const ahead = 3_600_000;
    const at = ahead + hm('08:00');
    const lines = chained('cam-1', [
      { from: at, to: at + 10_000 },
      { from: at + 10_000 + GAP_MS, to: at + 20_000 },
      { from: at + 20_000, to: at + 23_000, cause: 'camera-stalled' },
      { from: at + 23_000, to: at + 30_000, flags: ['cut-short'] },
      { from: at + 30_000, to: at + 40_000, flags: ['damaged'] },
      { from: at + 40_000, to: at + 40_000 },
    ]);
    report(scene, lines, { wallAheadMs: ahead });
    t.match(record(scene), {
      ...{ segments: 5, damaged: 1, gapCount: 1, wallAheadMs: ahead, lines: 6 },
      firstAt: hm('08:00'),
      lastEndAt: hm('08:00:40'),
      stretches: [
        { from: hm('08:00'), to: hm('08:00:20') },
        { from: hm('08:00:23'), to: hm('08:00:30') },
      ],
      gaps: [{ from: hm('08:00:20'), to: hm('08:00:23'), cause: 'camera-stalled' }],
    });
    t.equal(record(scene).stretches.length, 2);
  },
);

void t.test('[VI3] each line keeps the clock of its time, and a time of the room its readings', async (t) => {
  const scene = watched(installed());
  const hour = 3_600_000;
  const list = chained('cam-1', [
    { from: hm('08:00'), to: hm('08:10') },
    { from: hm('08:10'), to: hm('08:20') },
    { from: hm('08:20') + hour, to: hm('08:30') + hour },
    { from: hm('08:30') - hour, to: hm('08:40') - hour },
  ]);
  report(scene, list.slice(0, 1), { wallAheadMs: 0 });
  report(scene, list.slice(1, 2), { wallAheadMs: 3 });
  t.equal(record(scene).clocks, undefined, 'what drifts was not set');
  t.same(wallSpanOf(record(scene), { from: 0, to: 1 }), { from: 3, to: 4 });
  report(scene, list.slice(2, 3), { wallAheadMs: hour });
  report(scene, list.slice(3), { wallAheadMs: -hour });
  t.same(
    [0, 1, 2, 3, 4].map((line) => wallAheadOf(record(scene), line)),
    [3, 3, hour, -hour, -hour],
  );
  t.match(record(scene).stretches, [{ from: hm('08:00'), to: hm('08:40') }]);
  const span = (from: string, to: string) => wallSpanOf(record(scene), { from: hm(from), to: hm(to) });
  t.same(span('08:05', '08:15'), { from: hm('08:05') + 3, to: hm('08:15') + 3 });
  t.same(span('08:05', '08:25'), { from: hm('08:05') + 3, to: hm('08:25') + hour });
  t.same(span('08:22', '08:35'), { from: hm('08:30') - hour, to: hm('08:30') + hour });
  t.same(span('08:35', '08:38'), { from: hm('08:35') - hour, to: hm('08:38') - hour });
  report(scene, chained('cam-1', [{ from: hm('08:40'), to: hm('08:50') }]), { wallAheadMs: 0, anew: true });
  t.equal(record(scene).clocks, undefined, 'another list has a clock of its own');
  t.equal(wallAheadOf(record(scene), 0), 0);
  const silent = chained('cam-1', [{ from: hm('08:00'), to: hm('08:05'), cause: 'camera-unreachable' }]);
  const other = watched(installed());
  report(other, silent);
  report(other, chained('cam-1', [{ from: hm('08:05') + hour, to: hm('08:06') + hour }], silent[0]), {
    wallAheadMs: hour,
  });
  t.same(record(other).clocks, [{ untilLine: 1, untilAt: 0, wallAheadMs: 0 }]);
});

void t.test('[VI3] a gap inside a segment is no recording, whichever of the two comes first', async (t) => {
  const held = (planned: Planned[]) =>
    withLines(emptyRecord(), { lines: chained('c', planned), wallAheadMs: 0 }).stretches;
  const gap = (from: number, to: number) => ({ from, to, cause: 'camera-stalled' as const });
  const split = [
    { from: 0, to: 3_000 },
    { from: 8_000, to: 20_000 },
  ];
  const files = stretch(0, 20_000);
  t.same(held([...files, gap(3_000, 8_000)]), split);
  t.same(held([gap(3_000, 8_000), ...files]), split);
  t.same(held([...files, gap(3_000, 3_000 + GAP_MS)]), [{ from: 0, to: 20_000 }], 'too short to be one');
  t.same(held([...files, gap(0, 8_000), gap(15_000, 30_000)]), [{ from: 8_000, to: 15_000 }]);
  t.same(
    held([
      { from: 0, to: 1_000 },
      ...stretch(5_000, 9_000, 2_000),
      { from: 12_000, to: 13_000 },
      gap(2_000, 10_000),
    ]),
    [
      { from: 0, to: 1_000 },
      { from: 12_000, to: 13_000 },
    ],
  );
});

void t.test('[VI3] files that come later count where they belong', async (t) => {
  const add = (planned: Planned[]) =>
    withLines(emptyRecord(), { lines: chained('c', planned), wallAheadMs: 0 });
  const { stretches, firstAt, lastEndAt } = add([
    { from: 20_000, to: 30_000 },
    { from: 60_000, to: 70_000 },
    { from: 0, to: 5_000, flags: ['imported'] },
    { from: 40_000, to: 50_000, flags: ['imported'] },
    { from: 29_000, to: 41_000, flags: ['imported'] },
    { from: 50_000 + GAP_MS, to: 58_000, flags: ['imported'] },
  ]);
  t.same(stretches, [
    { from: 0, to: 5_000 },
    { from: 20_000, to: 58_000 },
    { from: 60_000, to: 70_000 },
  ]);
  t.same([firstAt, lastEndAt], [0, 70_000]);
});

void t.test(
  '[VI3] the state keeps the newest stretches and gaps of a camera that flaps for days',
  async (t) => {
    const flaps: Planned[] = [];
    for (let n = 0; n <= MOST_STRETCHES; n += 1)
      flaps.push(
        { from: n * 10_000, to: n * 10_000 + 5_000 },
        { from: n * 10_000 + 5_000, to: n * 10_000 + 10_000, cause: 'camera-stalled' },
      );
    const { stretches, gaps, gapCount } = withLines(emptyRecord(), {
      lines: chained('c', flaps),
      wallAheadMs: 0,
    });
    t.same(
      [stretches.length, stretches[0]?.from, gaps.length, gapCount],
      [MOST_STRETCHES, 10_000, MOST_GAPS, MOST_STRETCHES + 1],
    );
  },
);

/** Milliseconds that any of the segments has, counted one by one. */
function slowlyCovered(planned: readonly Planned[], from: number, to: number): boolean[] {
  const has = Array.from({ length: to - from }, () => false);
  for (const one of planned)
    for (let at = Math.max(from, one.from); at < Math.min(to, one.to); at += 1) has[at - from] = true;
  return has;
}

void t.test(
  '[VI3][VI7] whatever the order of the files: covered is what they have, missing is the rest',
  async () => {
    const file = fc.record({
      from: fc.integer({ min: 0, max: 6_000 }),
      ms: fc.integer({ min: 0, max: 2_000 }),
    });
    fc.assert(
      fc.property(
        fc.array(file, { maxLength: 12 }),
        fc.integer({ min: 0, max: 4_000 }),
        fc.integer({ min: 0, max: 5_000 }),
        (files, from, ms) => {
          const planned = files.map((one) => ({ from: one.from, to: one.from + one.ms }));
          const held = withLines(emptyRecord(), { lines: chained('c', planned), wallAheadMs: 0 });
          const { coveredMs, plannedMs, missing } = coverageOf(held, from, from + ms);
          const slow = slowlyCovered(planned, from, from + ms);
          const least = slow.filter(Boolean).length;
          // Holes up to GAP_MS between two files are none; one at either end of the time is not missing and not covered.
          const missed = missing.reduce((sum, one) => sum + one.to - one.from, 0);
          const sorted = missing.every(
            (one, n) => one.to - one.from > GAP_MS && (n === 0 || one.from > (missing[n - 1]?.to ?? 0)),
          );
          const empty = missing.every((one) =>
            slow.slice(one.from - from, one.to - from).every((has) => !has),
          );
          const whole = held.stretches.every(
            (one, n) => n === 0 || one.from - (held.stretches[n - 1]?.to ?? 0) > GAP_MS,
          );
          return (
            plannedMs === ms &&
            coveredMs >= least &&
            coveredMs + missed <= ms &&
            ms - coveredMs - missed <= 2 * GAP_MS &&
            sorted &&
            empty &&
            whole
          );
        },
      ),
      { numRuns: 300 },
    );
  },
);

void t.test('[VI7] a bundle says what each camera has of the session, and what is missing', async (t) => {
  const scene = watched(ended(), [FRONT, BACK, METER]);
  const planned = [
    ...stretch(hm('08:00'), hm('09:30')),
    { from: hm('09:30'), to: hm('09:30:05'), cause: 'camera-unreachable' as const },
    ...stretch(hm('09:30:05'), hm('10:00')),
  ];
  report(scene, chained('cam-1', planned));
  report(scene, chained('cam-8', []));
  t.match(sessionCoverage(scene.state, scene.session)[0]?.to, scene.state.lastAt, 'so far');
  scene.at('10:01').staff('chief', {
    type: 'collect-session',
    sessionId: 'am',
    withoutSeats: ['s1', 's2', 's3'],
    reason: '试',
  });
  scene.at('10:20').room({ type: 'configure-devices', devices: [BACK] });
  t.same(
    sessionCoverage(scene.state, scene.session),
    [
      {
        ...{
          cameraId: 'cam-2',
          name: '后',
          from: hm('08:20'),
          to: hm('10:01'),
          plannedMs: 101 * MINUTE,
          coveredMs: 0,
        },
        ...{ missing: [{ from: hm('08:20'), to: hm('10:01') }], gaps: [] },
      },
      {
        ...{ cameraId: 'cam-1', name: 'cam-1', from: hm('08:20'), to: hm('10:01'), plannedMs: 101 * MINUTE },
        coveredMs: 100 * MINUTE - 5 * SECOND,
        missing: [
          { from: hm('09:30'), to: hm('09:30:05') },
          { from: hm('10:00'), to: hm('10:01') },
        ],
        gaps: [{ from: hm('09:30'), to: hm('09:30:05'), cause: 'camera-unreachable' }],
      },
    ],
    'a camera that is gone from the settings is named all the same',
  );
  const unruled = installed();
  t.same(sessionCoverage(unruled.state, unruled.session), []);
});

void t.test(
  '[VI8] a gap is an alarm until the camera has recorded for a minute; one that staff made is none',
  async (t) => {
    const scene = watched(running());
    const at = hm('09:00');
    const before = chained('cam-1', stretch(at - 20_000, at));
    report(scene, before);
    const lost = chained(
      'cam-1',
      [{ from: at, to: at + 9_000, cause: 'camera-stalled' }, ...stretch(at + 9_000, at + 19_000)],
      before.at(-1),
    );
    t.same(typesOf(report(scene, lost)), ['video-recorded', 'alarm-raised']);
    t.match(Object.values(scene.state.alarms), [{ code: 'video-gap', severity: 'amber', deviceId: 'cam-1' }]);
    const again = chained(
      'cam-1',
      [{ from: at + 19_000, to: at + 20_000, cause: 'clock-stepped' }, ...stretch(at + 20_000, at + 70_000)],
      lost.at(-1),
    );
    t.same(typesOf(report(scene, again)), ['video-recorded'], 'one alarm');
    const nearly = chained('cam-1', stretch(at + 70_000, at + 79_999), again.at(-1));
    t.same(typesOf(report(scene, nearly)), ['video-recorded'], 'not a minute yet');
    const well = chained('cam-1', [{ from: at + 79_999, to: at + 80_000 }], nearly.at(-1));
    t.same(typesOf(report(scene, well)), ['video-recorded', 'alarm-cleared']);
    const stopped = chained(
      'cam-1',
      [
        { from: at + 80_000, to: at + 90_000, cause: 'stopped-by-staff' },
        { from: at + 90_000, to: at + 91_000, flags: ['damaged'] },
      ],
      well.at(-1),
    );
    t.same(typesOf(report(scene, stopped)), ['video-recorded']);
    const other = watched(running());
    const nothing = chained('cam-1', [{ from: at, to: at + 1_000, flags: ['damaged'] }]);
    t.same(typesOf(report(other, nothing)), ['video-recorded'], 'no stretch at all');
  },
);

void t.test('[VI8] an alarm of the list and one of a gap in the same report are two alarms', async (t) => {
  const scene = watched(running());
  const lines = chained('cam-1', [{ from: 0, to: 9_000, cause: 'disk-full' }]);
  t.match(report(scene, lines, { anew: true }).events, [
    { type: 'video-recorded' },
    { type: 'alarm-raised', code: 'video-chain', alarmId: 'al1' },
    { type: 'alarm-raised', code: 'video-gap', alarmId: 'al2' },
  ]);
});

void t.test(
  '[VI9] staff see how much each camera has so far, its gaps, and since when it has nothing',
  async (t) => {
    const scene = watched(entered(), [METER, FRONT, BACK]);
    t.match(cameraRows(scene.at('08:00').state, hm('08:00')), [
      {
        deviceId: 'cam-1',
        wanted: false,
        sessionId: null,
        from: null,
        to: null,
        coveredPercent: null,
        gaps: [],
        missingSince: null,
      },
      { deviceId: 'cam-2' },
    ]);
    t.match(
      cameraRows(scene.state, hm('08:20:10')),
      [{ wanted: true, sessionId: 'am', from: hm('08:20'), coveredPercent: null, missingSince: null }, {}],
      'nothing can be listed yet',
    );
    const lines = chained('cam-1', stretch(hm('08:19'), hm('08:30')));
    report(scene, lines);
    const [front, back] = cameraRows(scene.state, hm('08:30:30'));
    t.match(front, {
      coveredPercent: 100,
      missingSince: null,
      segments: 66,
      gapCount: 0,
      bytes: 66_000,
      lastEndAt: hm('08:30'),
    });
    t.match(back, { coveredPercent: 0, missingSince: hm('08:20'), segments: 0 });
    const more = [
      { from: hm('08:30'), to: hm('08:30:01'), cause: 'recorder-ended' as const },
      ...stretch(hm('08:30:01'), hm('08:50')),
    ];
    report(scene, chained('cam-1', more, lines.at(-1)));
    t.match(cameraRows(scene.state, hm('08:50:30'))[0], {
      ...{ coveredPercent: 99.9, missingSince: null, gapCount: 1 },
      gaps: [{ from: hm('08:30'), to: hm('08:30:01'), cause: 'recorder-ended' }],
    });
    t.match(cameraRows(scene.state, hm('09:50:30'))[0], { coveredPercent: 33.3, missingSince: hm('08:50') });
  },
);

void t.test(
  '[VI9] the session on stage: the one in the room, the next whose time has come, else the last',
  async (t) => {
    const on = (scene: Scene, time: string) => cameraRows(scene.state, hm(time))[0]?.sessionId;
    const scene = watched(collected());
    t.equal(on(scene, '10:10'), 'am');
    t.match(cameraRows(scene.state, hm('12:00'))[0], { sessionId: 'am', to: hm('10:16'), wanted: false });
    t.equal(on(scene, '13:20'), 'pm');
    t.equal(on(watched(ended()), '13:20'), 'am', 'the morning holds the room');
    const both = watched(sealed());
    t.equal(on(both, '10:00'), 'am');
    t.equal(on(both, '22:00'), 'pm', 'the later one');
  },
);

void t.test('[DV8] a person confirms picture and on-screen text of a camera', async (t) => {
  const scene = watched(installed());
  const say = (deviceId: string, value: string) =>
    scene.staff('sysadmin', {
      type: 'attest-device',
      deviceId,
      what: 'camera-text',
      value,
      note: '已看画面',
    });
  t.same(typesOf(say('cam-1', 'right')), ['device-attested']);
  t.equal(codeOf(say('cam-1', 'maybe')), 'bad-amount');
  t.equal(codeOf(say('meter-1', 'right')), 'device-cannot');
  t.match(scene.state.devices['cam-1']?.attested, [{ what: 'camera-text', value: 'right' }]);
});

void t.test('[VI2] the first line of a list follows nothing', async (t) => {
  t.match(chained('cam-1', stretch(0, 10_000)), [{ line: 0, prev: FIRST_PREV }]);
  t.match(emptyRecord(), { lines: 0, headHash: FIRST_PREV });
});
