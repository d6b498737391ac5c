// The cameras in the check of the room (REQ-A06): what each really sends, its clock, what a person saw in its picture, and
// whether plan, disk and space last for the exam. The stream is looked at for 20 s, once a run.

import type { CameraBands } from '../core/preflight-bands.js';
import {
  judgeBitRate,
  judgeCameraClock,
  judgeCodec,
  judgeKeyFrames,
  judgeReachable,
  judgeResolution,
  judgeText,
  type CameraText,
  type Seen,
} from './camera-judgements.js';
import { check, type AnyCheck, type Both, type Judgement } from './line.js';
import { judgePlan, judgeSpace, judgeVolume, type PlanFound, type VolumeFound } from './video-judgements.js';

export interface CameraSources {
  /** Cameras with a stream, in the order of the settings. */
  cameras: readonly { deviceId: string; name: string }[];
  /** Looks at a stream; a failure is a finding. */
  look(cameraId: string, signal: AbortSignal): Promise<Seen>;
  /** Camera minus room, milliseconds; null = it cannot be asked. */
  clock(cameraId: string, signal: AbortSignal): Promise<number | null>;
  /** The last word of a person on its picture. */
  text(cameraId: string): Promise<CameraText>;
  plan(): Promise<PlanFound>;
  volume(): Promise<VolumeFound>;
  /** On the volume of the recordings, bytes. */
  freeBytes(): Promise<number>;
}

/** A look takes 20 s, and more where the camera is slow to begin. */
const LOOK_TIMEOUT_MS = 45_000;
/** The line about space waits for the looks at all cameras. */
const ALL_LOOKS_TIMEOUT_MS = 120_000;

/** The lines about the cameras; none in a room without. @param bands the figures of REQ-A06, or those of the plan [PF2] */
export function cameraChecks(sources: CameraSources, bands: CameraBands): AnyCheck[] {
  const { cameras } = sources;
  if (cameras.length === 0) return [];
  const looks = new Map<string, Promise<Seen>>();
  const look = (cameraId: string, signal: AbortSignal) => {
    const running = looks.get(cameraId) ?? sources.look(cameraId, signal);
    looks.set(cameraId, running);
    return running;
  };
  const ofStream = (topic: string, title: Both, judge: (seen: Seen, bands: CameraBands) => Judgement) =>
    cameras.map(({ deviceId, name }) =>
      check({
        ...{ id: `camera.${topic}.${deviceId}`, group: 'devices', requirement: 'REQ-A06' },
        ...{ title: named(name, title), timeoutMs: LOOK_TIMEOUT_MS },
        measure: (signal) => look(deviceId, signal),
        judge: (seen) => judge(seen, bands),
      }),
    );
  const ofRoom = { group: 'devices', requirement: 'REQ-A06' } as const;
  // By topic first: all cameras are then looked at side by side.
  return [
    ...ofStream('stream', { zh: '视频流', en: 'stream' }, judgeReachable),
    ...ofStream('resolution', { zh: '分辨率', en: 'resolution' }, judgeResolution),
    ...ofStream('codec', { zh: '编码', en: 'codec' }, judgeCodec),
    ...ofStream('key-frames', { zh: '关键帧', en: 'key frames' }, judgeKeyFrames),
    ...ofStream('bit-rate', { zh: '帧率与码率', en: 'frames and bits' }, judgeBitRate),
    ...cameras.flatMap(({ deviceId, name }) => [
      check({
        ...{ id: `camera.clock.${deviceId}`, ...ofRoom, title: named(name, { zh: '时钟', en: 'clock' }) },
        measure: async (signal) => ({
          offsetMs: await sources.clock(deviceId, signal),
          text: await sources.text(deviceId),
        }),
        judge: (found) => judgeCameraClock(found, bands),
      }),
      check({
        ...{ id: `camera.text.${deviceId}`, ...ofRoom },
        title: named(name, { zh: '画面与字幕', en: 'picture and its text' }),
        measure: () => sources.text(deviceId),
        judge: judgeText,
      }),
    ]),
    check({
      ...{ id: 'video.plan', ...ofRoom, title: { zh: '录像计划', en: 'recording plan' } },
      measure: () => sources.plan(),
      judge: judgePlan,
    }),
    check({
      ...{ id: 'video.space', ...ofRoom, title: { zh: '录像空间', en: 'space for video' } },
      timeoutMs: ALL_LOOKS_TIMEOUT_MS,
      measure: async (signal) => ({
        freeBytes: await sources.freeBytes(),
        plannedMs: (await sources.plan()).windows.reduce((sum, { from, to }) => sum + to - from, 0),
        kilobits: await Promise.all(cameras.map(({ deviceId }) => look(deviceId, signal).then(bitsOf))),
      }),
      judge: judgeSpace,
    }),
    check({
      ...{ id: 'video.volume', ...ofRoom, title: { zh: '录像盘', en: 'video volume' } },
      measure: () => sources.volume(),
      judge: judgeVolume,
    }),
  ];
}

const named = (name: string, title: Both): Both => ({
  zh: `${name}：${title.zh}`,
  en: `${name}: ${title.en}`,
});

const bitsOf = (seen: Seen): number | null => ('failure' in seen ? null : seen.facts.kilobitsPerSecond);
