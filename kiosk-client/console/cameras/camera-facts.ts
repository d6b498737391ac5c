// What a tile says of a camera: shape, word and tone of its recording, since when, how much of the exam is there, how long the
// space lasts. Pure.

import type { Readings } from '../../../server/core/readings.js';
import type { AlarmView, CameraView } from '../../../server/protocol/staff.js';
import type { Language, Texts } from '../../i18n/language.js';
import { deviceLook, type DeviceTone } from '../devices/device-state.js';
import { numberText, readingText } from '../devices/readings.js';

export interface CameraLook {
  tone: DeviceTone;
  shape: string;
  word: string;
}

type State = 'recording' | 'starting' | 'refused' | 'failed' | 'off' | 'unknown';

const words: Texts<Record<State, string>> = {
  zh: {
    recording: '正在录像',
    starting: '正在连接',
    refused: '密码被拒：改正设置',
    failed: '录像中断',
    off: '未录像',
    unknown: '状态未知',
  },
  en: {
    recording: 'recording',
    starting: 'connecting',
    refused: 'password refused: correct the settings',
    failed: 'not recording',
    off: 'off',
    unknown: 'state unknown',
  },
};
const SHAPES: Record<State, string> = {
  recording: '●',
  starting: '◐',
  refused: '■',
  failed: '■',
  off: '○',
  unknown: '·',
};
const TONES: Record<State, DeviceTone> = {
  recording: 'ok',
  starting: 'warn',
  refused: 'alarm',
  failed: 'alarm',
  off: 'grey',
  unknown: 'grey',
};

const isState = (text: string | undefined): text is State =>
  text !== undefined && text !== 'unknown' && Object.prototype.hasOwnProperty.call(SHAPES, text);

/** How the recording is. An alarm that stands against the camera colours it; the word stays what the recorder says. */
export function cameraLook(
  deviceId: string,
  readings: Readings,
  alarms: readonly AlarmView[],
  readAt: number | null,
  language: Language,
): CameraLook {
  const said = readings['camera.state'];
  const state: State = isState(said) ? said : 'unknown';
  const isMissing = readings['camera.wanted'] === true && ['off', 'refused', 'failed'].includes(state);
  const { tone, shape } = deviceLook({ deviceId }, alarms, readAt, language);
  const own = isMissing ? 'alarm' : TONES[state];
  const isWorse = tone === 'alarm' || (tone === 'warn' && own !== 'alarm');
  return {
    tone: isWorse ? tone : own,
    shape: isWorse && state === 'recording' ? shape : SHAPES[state],
    word: words[language][state],
  };
}

/** `1920×1080 · H.264 · 4100 kbit/s`, as far as it is known. */
export function pictureFacts(readings: Readings, language: Language): string[] {
  const { 'camera.width': width, 'camera.height': height, 'camera.codec': codec } = readings;
  const rate = readings['camera.bit-rate'];
  return [
    width === undefined || height === undefined ? '' : `${width}×${height}`,
    codec === undefined ? '' : readingText('camera.codec', codec, language),
    rate === undefined ? '' : numberText('camera.bit-rate', rate, language),
  ].filter((one) => one !== '');
}

/** Per cent of the session so far, never rounded up to a whole that it is not. */
export function coverage(
  camera: Pick<CameraView, 'coveredPercent'> | null,
  readings: Readings,
): number | null {
  const percent = camera?.coveredPercent ?? readings['video.covered'] ?? null;
  return percent === null ? null : Math.floor(percent * 10) / 10;
}

/** Since when nothing is recorded; null where it records again: its first segment is listed only later. */
export function missingSince(
  camera: Pick<CameraView, 'missingSince'> | null,
  readings: Readings,
): number | null {
  return readings['camera.state'] === 'recording' ? null : (camera?.missingSince ?? null);
}

/** The shortest time that any camera says its space lasts, seconds; null where none does. */
export function spaceLeftS(all: readonly Readings[]): number | null {
  const seconds = all
    .map((readings) => readings['video.time-left'])
    .filter((one): one is number => one !== undefined);
  return seconds.length === 0 ? null : Math.min(...seconds);
}
