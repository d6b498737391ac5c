// For every line about the cameras: what makes it well and what does not, by the same judgement that the room uses.

import { CAMERA_BANDS as bands } from '../../../server/core/preflight-bands.js';
import * as camera from '../../../server/preflight/camera-judgements.js';
import * as video from '../../../server/preflight/video-judgements.js';
import type { ProbeFailureCode, StreamFacts } from '../../../server/recording/probe-stream.js';
import type { Cases } from './verdicts.js';

/** Why a stream cannot be looked at: every code there is. */
export const PROBE_FAILURES = Object.keys({
  ...{ 'not-installed': 0, unreachable: 0, refused: 0, 'not-found': 0 },
  ...{ 'no-video': 0, 'timed-out': 0, 'bad-answer': 0 },
} satisfies Record<ProbeFailureCode, 0>) as ProbeFailureCode[];

const HOUR = 3_600_000;
const GB = 1e9;

const FACTS: StreamFacts = {
  ...{ codec: 'h264', width: 1_920, height: 1_080, framesPerSecond: 25, kilobitsPerSecond: 4_000 },
  ...{
    keyFrameIntervalS: 2,
    keyFrameSpreadS: 0.04,
    keyFrames: 10,
    frames: 500,
    seconds: 20,
    audioCodec: null,
  },
};
const sees = (more: Partial<StreamFacts>): camera.Seen => ({ facts: { ...FACTS, ...more } });
const NOTHING: camera.Seen = { failure: 'unreachable', detail: 'Connection refused' };

const size = (width: number, height: number, goodMegapixels = bands.goodMegapixels) =>
  camera.judgeResolution(sees({ width, height }), { ...bands, goodMegapixels });
const keys = (keyFrameIntervalS: number | null, keyFrameSpreadS: number | null = 0) =>
  camera.judgeKeyFrames(sees({ keyFrameIntervalS, keyFrameSpreadS }), bands);
const rate = (framesPerSecond: number | null, kilobitsPerSecond: number | null) =>
  camera.judgeBitRate(sees({ framesPerSecond, kilobitsPerSecond }));
const clock = (offsetMs: number | null, text: camera.CameraText = null) =>
  camera.judgeCameraClock({ offsetMs, text }, bands);
const text = (value: 'right' | 'wrong', hours: number) => camera.judgeText({ value, ageMs: hours * HOUR });

/** By topic: the line of a camera is `camera.<topic>.<its id>`. */
export const CAMERA_CASES: Record<string, Cases> = {
  stream: {
    green: () => [camera.judgeReachable(sees({})), camera.judgeReachable(sees({ audioCodec: 'pcm_alaw' }))],
    red: () => PROBE_FAILURES.map((failure) => camera.judgeReachable({ failure, detail: 'x' })),
  },
  resolution: {
    green: () => [size(1_280, 720), size(1_920, 1_080), size(720, 1_280), size(1_920, 1_080, 2)],
    // Where an organisation asks for two megapixels.
    amber: () => [size(1_280, 720, 2), size(1_600, 1_200, 2)],
    red: () => [size(1_279, 720), size(640, 360), size(704, 576)],
    unknown: () => camera.judgeResolution(NOTHING, bands),
  },
  codec: {
    green: () => camera.judgeCodec(sees({ codec: 'h264' })),
    amber: () => camera.judgeCodec(sees({ codec: 'hevc' })),
    red: () => camera.judgeCodec(sees({ codec: 'mjpeg' })),
    unknown: () => camera.judgeCodec(NOTHING),
  },
  'key-frames': {
    green: () => [keys(2), keys(1, 0.04), keys(2.04, null)],
    amber: () => [keys(3), keys(4), keys(1.9, 0.8)],
    // A smart codec: rare ones, or an interval that goes with the picture.
    red: () => [keys(8), keys(20, null), keys(3.5, 2)],
    unknown: () => [keys(null), camera.judgeKeyFrames(NOTHING, bands)],
  },
  'bit-rate': {
    green: () => [rate(25, 4_000), rate(10, 800)],
    amber: () => [rate(9, 4_000), rate(25, 300), rate(25, 20_000)],
    red: () => rate(4, 4_000),
    unknown: () => [rate(null, 4_000), camera.judgeBitRate(NOTHING)],
  },
  clock: {
    green: () => [clock(0), clock(-500), clock(499)],
    amber: () => [clock(501), clock(-2_000), clock(null, { value: 'right', ageMs: HOUR })],
    red: () => [clock(2_001), clock(-86_400_000)],
    unknown: () => [
      clock(null),
      clock(null, { value: 'wrong', ageMs: 0 }),
      clock(null, { value: 'right', ageMs: 25 * HOUR }),
    ],
  },
  text: {
    green: () => [text('right', 0), text('right', 24)],
    amber: () => [camera.judgeText(null), text('right', 25)],
    red: () => text('wrong', 1),
  },
};

const session = (coversSession: boolean) => ({ from: 0, to: 2 * HOUR, coversSession });
const plan = (more: Partial<video.PlanFound>) =>
  video.judgePlan({ hasRule: true, sessions: 1, windows: [session(true)], unknownStreams: [], ...more });
/** Two cameras of 4 Mbit/s for two hours: 2.5 h of 1 MB/s and 30 % are 11.7 GB, and 20 GB beside them. */
const space = (freeGb: number, kilobits: (number | null)[] = [4_000, 4_000]) =>
  video.judgeSpace({ freeBytes: freeGb * GB, plannedMs: 2 * HOUR, kilobits });
const volume = (state: video.VolumeFound['state']) => video.judgeVolume({ state, folder: '/video' });

export const VIDEO_CASES: Record<string, Cases> = {
  'video.plan': {
    green: () => [plan({}), plan({ sessions: 2, windows: [session(true), session(true)] })],
    red: () => [
      plan({ hasRule: false, windows: [] }),
      plan({ windows: [] }),
      plan({ windows: [session(false)] }),
      plan({ sessions: 2 }),
      plan({ unknownStreams: ['前方'] }),
    ],
    unknown: () => [plan({ hasRule: null }), plan({ sessions: 0, windows: [] })],
  },
  'video.space': {
    green: () => [space(31.8), space(500)],
    amber: () => space(500, [4_000, null]),
    red: () => [space(31.6), space(25), space(31.6, [4_000, null]), space(35, [4_000, 8_000])],
  },
  'video.volume': {
    green: () => [volume('own'), volume('intended')],
    amber: () => volume('any'),
    red: () => [volume('missing'), volume('other')],
  },
};
