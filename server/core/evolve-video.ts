// Events of the recordings.

import type { Handlers } from './evolve-handlers.js';
import { MOST_EXPORTS } from './video-export-types.js';
import { recordOf, withLines } from './video-record.js';

type VideoEvents = 'video-configured' | 'video-recorded' | 'video-export-begun' | 'video-export-ended';

export const evolveVideo: Handlers<VideoEvents> = {
  'video-configured': (state, { beforeMs, afterMs }) => {
    state.video.rule = { beforeMs, afterMs };
  },
  'video-recorded': (state, { cameraId, lines, wallAheadMs, anew }) => {
    const known = recordOf(state, cameraId);
    state.video.cameras[cameraId] = withLines(known, { lines, wallAheadMs, anew: anew === true });
  },
  'video-export-begun': ({ video }, { exportId, exported, target, way, by, at, happenedAt }) => {
    const begun = { exportId, exported, target, way, by, begunAt: happenedAt ?? at };
    const open = { endedAt: null, outcome: null, reason: null, what: null };
    video.exports = [...(video.exports ?? []), { ...begun, ...open }].slice(-MOST_EXPORTS);
  },
  'video-export-ended': ({ video }, { exportId, outcome, reason, what, at, happenedAt }) => {
    const found = video.exports?.find((one) => one.exportId === exportId);
    if (found !== undefined) Object.assign(found, { outcome, reason, what, endedAt: happenedAt ?? at });
  },
};
