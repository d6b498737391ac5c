// Recordings: what the recorder lists becomes the journal's. No camera is spoken to here and no file is read: hashes were checked by
// whoever reads the files, the linkage is checked here.

import { alarmOf, clearing, raising } from './decide-devices.js';
import { happened, refuse, type Deciders } from './decision.js';
import type { EventBody } from './events.js';
import { entryOf } from './state-access.js';
import type { State } from './types.js';
import { goesOn, recordOf, withLines } from './video-record.js';
import { FIRST_PREV, type CameraId, type CameraRecord, type VideoLine } from './video-types.js';

type VideoDecisions = 'configure-video' | 'report-video' | 'doubt-video';
type VideoAlarm = 'video-gap' | 'video-chain';

/** A gap is over when the camera has recorded without a break for so long. */
const WELL_AFTER_MS = 60_000;

export const videoDecisions: Deciders<VideoDecisions> = {
  'configure-video': ({ video: { rule } }, { beforeMs, afterMs }) =>
    rule?.beforeMs === beforeMs && rule.afterMs === afterMs
      ? happened()
      : happened({ type: 'video-configured', beforeMs, afterMs }),
  'report-video': (state, { cameraId, lines, wallAheadMs, anew }) => {
    const device = entryOf(state.devices, cameraId);
    if (device?.card.kind !== 'camera') return refuse('unknown-device');
    if (lines.length === 0) return happened();
    const known = recordOf(state, cameraId);
    const from = anew === true ? { lines: 0, headHash: FIRST_PREV } : known;
    if (!goesOn(from, lines)) {
      const raised = raise(state, cameraId, 'video-chain');
      return refuse('video-chain-broken', { device: device.card.name, line: from.lines }, ...raised);
    }
    const recorded: EventBody = {
      ...{ type: 'video-recorded', cameraId, lines, wallAheadMs },
      ...(anew === true ? { anew } : {}),
    };
    const next = withLines(known, { lines, wallAheadMs, anew: anew === true });
    return happened(recorded, ...alarmsOf(state, cameraId, lines, next, anew === true));
  },
  'doubt-video': (state, { cameraId, line }) => {
    const device = entryOf(state.devices, cameraId);
    if (device?.card.kind !== 'camera') return refuse('unknown-device');
    const raised = raise(state, cameraId, 'video-chain');
    return refuse('video-chain-broken', { device: device.card.name, line }, ...raised);
  },
};

/** [VI8] */
function alarmsOf(
  state: State,
  cameraId: CameraId,
  lines: readonly VideoLine[],
  { stretches }: CameraRecord,
  anew: boolean,
): EventBody[] {
  const events = anew ? raise(state, cameraId, 'video-chain') : clear(state, cameraId, 'video-chain');
  // Who stops a camera knows that it does not record.
  if (lines.some((line) => line.kind === 'gap' && line.cause !== 'stopped-by-staff'))
    return [...events, ...raise(state, cameraId, 'video-gap', events.length)];
  const last = stretches.at(-1);
  if (last === undefined || last.to - last.from < WELL_AFTER_MS) return events;
  return [...events, ...clear(state, cameraId, 'video-gap')];
}

function raise(state: State, cameraId: CameraId, code: VideoAlarm, ahead = 0): EventBody[] {
  const alarm = alarmOf(state, { deviceId: cameraId, code });
  if (alarm?.clearedAt === null) return [];
  return [raising(state, { deviceId: cameraId, seatId: null, code }, ahead)];
}

function clear(state: State, cameraId: CameraId, code: VideoAlarm): EventBody[] {
  const alarm = alarmOf(state, { deviceId: cameraId, code });
  return alarm?.clearedAt === null ? [clearing(alarm)] : [];
}
