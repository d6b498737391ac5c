// What the console says of cameras: states in shape, word and colour, times, moments worth looking at, where the bar leads.

import fc from 'fast-check';
import t from 'tap';
import {
  cameraLook,
  coverage,
  missingSince,
  spaceLeftS,
} from '../../../kiosk-client/console/cameras/camera-facts.js';
import { cameraTexts, causeWords, missingTime } from '../../../kiosk-client/console/cameras/texts.js';
import {
  gapAt,
  lookFrom,
  momentsOf,
  nearestRecorded,
  zoomed,
} from '../../../kiosk-client/console/cameras/time-marks.js';
import { GAP_CAUSES } from '../../../server/core/video-types.js';
import type { AlarmView, DeviceMark, FeedLine } from '../../../server/protocol/staff.js';
import type { RecordedIndex } from '../../../server/protocol/video.js';

const AT = 1_800_000_000_000;
const alarm = (more: Partial<AlarmView> = {}): AlarmView => ({
  ...{ alarmId: 'a', deviceId: 'cam', seatId: null, code: 'camera-lost', severity: 'red', raisedAt: AT },
  ...{ clearedAt: null, acknowledged: null, ...more },
});
const INDEX: RecordedIndex = {
  ...{ cameraId: 'cam', from: AT, to: AT + 60_000, codec: 'h264', segments: 4 },
  stretches: [
    { from: AT, to: AT + 20_000 },
    { from: AT + 33_500, to: AT + 60_000 },
  ],
  gaps: [{ from: AT + 20_000, to: AT + 33_500, cause: 'camera-stalled' }],
};

void t.test('a state is shape, word and colour; what should record and does not is red', async (t) => {
  const look = (state: string | undefined, wanted = false, alarms: AlarmView[] = []) => {
    const readings = { 'camera.wanted': wanted, ...(state === undefined ? {} : { 'camera.state': state }) };
    return Object.values(cameraLook('cam', readings, alarms, AT, 'zh')).join(' ');
  };
  t.equal(look('recording', true), 'ok ● 正在录像');
  t.equal(look('starting', true), 'warn ◐ 正在连接');
  t.equal(look('failed', true), 'alarm ■ 录像中断');
  t.equal(look('refused', true), 'alarm ■ 密码被拒：改正设置');
  t.equal(look('off'), 'grey ○ 未录像');
  t.equal(look('off', true), 'alarm ○ 未录像');
  t.equal(look(undefined), 'grey · 状态未知');
  t.equal(look('constructor'), 'grey · 状态未知', 'what nobody knows is not guessed');
  t.equal(look('recording', true, [alarm({ severity: 'amber', code: 'video-gap' })]), 'warn ▲ 正在录像');
  t.equal(look('recording', true, [alarm()]), 'alarm ■ 正在录像');
  t.equal(look('recording', true, [alarm({ clearedAt: AT })]), 'ok ● 正在录像');
});

void t.test('per cent are never rounded up; space is the least of all', async (t) => {
  t.equal(coverage({ coveredPercent: 99.99 }, {}), 99.9);
  t.equal(coverage({ coveredPercent: null }, { 'video.covered': 50 }), 50);
  t.equal(coverage(null, {}), null);
  t.equal(spaceLeftS([{}, { 'video.time-left': 7_200 }, { 'video.time-left': 3_600 }]), 3_600);
  t.equal(spaceLeftS([{}]), null);
});

void t.test('a camera that records again is not said to be missing', async (t) => {
  const camera = { missingSince: AT };
  t.equal(missingSince(camera, { 'camera.state': 'failed' }), AT);
  t.equal(missingSince(camera, {}), AT);
  t.equal(missingSince(camera, { 'camera.state': 'recording' }), null);
  t.equal(missingSince(null, { 'camera.state': 'failed' }), null);
});

void t.test('missing times to the half second; every cause has words in both languages', async (t) => {
  t.same(
    [500, 13_500, 59_999, 119_800, 61_000].map((ms) => missingTime(ms, 'zh')),
    ['0.5 秒', '13.5 秒', '1 分 0 秒', '2 分 0 秒', '1 分 1 秒'],
  );
  for (const cause of GAP_CAUSES)
    for (const language of ['zh', 'en'] as const) t.not(causeWords(cause, language), cause, cause);
  t.equal(causeWords('toString' as 'unknown', 'zh'), 'toString');
  t.same(Object.keys(cameraTexts.zh), Object.keys(cameraTexts.en));
});

void t.test('gaps, incidents and alarms in one row of time; a gap is not said twice', async (t) => {
  const line = (seq: number, type: string, at: number): FeedLine => ({ seq, type, at, params: {} });
  const mark = (seq: number, code: string, at: number): DeviceMark => ({
    ...{ seq, at, type: 'alarm-raised', deviceId: 'cam', seatId: null, params: { code } },
  });
  const moments = momentsOf(
    INDEX,
    [
      line(9, 'incident-recorded', AT + 40_000),
      line(8, 'staff-signed-in', AT + 1),
      line(2, 'hand-raised', AT - 1),
    ],
    [mark(5, 'camera-lost', AT + 30_000), mark(6, 'video-gap', AT + 34_000)],
    { from: AT, to: AT + 60_000 },
  );
  t.same(
    moments.map(({ kind, at }) => [kind, at - AT]),
    [
      ['gap', 20_000],
      ['alarm', 30_000],
      ['incident', 40_000],
    ],
  );
  t.same(
    moments.map((moment) => lookFrom(moment) - AT),
    [33_500, 25_000, 35_000],
    'a gap leads to where the picture is back, the rest to a little before',
  );
});

void t.test('whatever moment is asked for, one that was recorded is shown', async (t) => {
  t.equal(nearestRecorded(INDEX, AT + 25_000), AT + 33_500);
  t.equal(nearestRecorded(INDEX, AT - 5), AT);
  t.equal(nearestRecorded(null, AT), null);
  t.equal(gapAt(INDEX, AT + 20_000)?.cause, 'camera-stalled');
  t.equal(gapAt(INDEX, AT + 33_500), null);
  fc.assert(
    fc.property(fc.integer({ min: -100_000, max: 200_000 }), (ms) => {
      const at = nearestRecorded(INDEX, AT + ms) ?? 0;
      return INDEX.stretches.some(({ from, to }) => from <= at && at < to) && gapAt(INDEX, at) === null;
    }),
  );
});

void t.test('a part of the bar lies inside the whole and holds the moment', async () => {
  const time = fc.integer({ min: 0, max: 100_000 });
  fc.assert(
    fc.property(time, time, time, fc.option(fc.integer({ min: 1, max: 50_000 })), (from, ms, off, length) => {
      const whole = { from, to: from + ms };
      const about = from + Math.min(off, ms);
      const part = zoomed(whole, about, length);
      return part.from >= whole.from && part.to <= whole.to && part.from <= about && about <= part.to;
    }),
  );
});
