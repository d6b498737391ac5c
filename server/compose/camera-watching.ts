// Puts the pictures of the cameras together: live streams, recordings, and who may see which. Nothing here records.

import type { Middleware } from 'koa';
import { recordOf, wallAheadOf } from '../core/video-record.js';
import { rolesOf } from '../core/permissions.js';
import type { Log } from '../log.js';
import { VIDEO_REVIEWERS, VIDEO_WATCHERS } from '../protocol/video.js';
import { LiveStreams } from '../recording/live.js';
import { RecordedFiles } from '../recording/recorded-files.js';
import { RecordedLines } from '../recording/recorded-lines.js';
import { VideoRoutes } from '../recording/video-routes.js';
import type { RunningRoom } from '../room.js';
import { FairRate } from '../uploads/fair-rate.js';

/** Eight people who look at four megabits a second each at double speed; far below what a disk gives. */
const BYTES_PER_SECOND = 8 * 2 ** 20;

export interface CameraWatchingParts {
  /** The video folder. */
  folder: string;
  room: Pick<RunningRoom, 'state' | 'now' | 'time'>;
  /** Whose pass it is: the staff gateway knows. */
  holderOf: (pass: string) => string | null;
  log: Log;
}

/** @returns what answers under /api/v1/video, and what ends it */
export function beginCameraWatching({ folder, room, holderOf, log }: CameraWatchingParts): {
  middleware: Middleware;
  stop: () => void;
} {
  const live = new LiveStreams({ folder });
  const rate = new FairRate(BYTES_PER_SECOND);
  const { middleware } = new VideoRoutes({
    mayWatch: (pass, what) => {
      const staffId = holderOf(pass);
      const allowed = what === 'live' ? VIDEO_WATCHERS : VIDEO_REVIEWERS;
      return staffId !== null && rolesOf(room.state, staffId, null).some((role) => allowed.includes(role));
    },
    wallAhead: (cameraId) => {
      const record = recordOf(room.state, cameraId);
      const now = room.time.reading().wallAt - room.now();
      return (line) => (line < record.lines ? wallAheadOf(record, line) : now);
    },
    take: (bytes, signal) => rate.take(bytes, signal),
    lines: new RecordedLines(folder),
    files: new RecordedFiles(folder),
    live,
    log,
  });
  return { middleware, stop: () => live.stop() };
}
