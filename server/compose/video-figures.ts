// What the metrics say of the recordings: numbers by camera, no address and no picture.

import { cameraRows } from '../core/views.js';
import type { VideoFigures } from '../http/metrics.js';
import type { RunningRoom } from '../room.js';
import type { Recording } from './recording.js';

/** @param recording null in a room without cameras */
export function videoFigures(
  room: Pick<RunningRoom, 'state' | 'now'>,
  recording: Pick<Recording, 'status'> | null,
): VideoFigures {
  const status = recording?.status() ?? null;
  const cameras = cameraRows(room.state, room.now()).map((row) => ({
    camera: row.deviceId,
    wanted: row.wanted,
    recording:
      status?.cameras.some((one) => one.cameraId === row.deviceId && one.state === 'recording') === true,
    coveredRatio: row.coveredPercent === null ? null : Math.round(row.coveredPercent * 10) / 1_000,
    gaps: row.gapCount,
    bytes: row.bytes,
  }));
  return { cameras, freeBytes: status?.freeBytes ?? null };
}
