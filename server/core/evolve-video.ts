// Events of the recordings.

import type { Handlers } from './evolve.js';
import { recordOf, withLines } from './video-record.js';

type VideoEvents = 'video-configured' | 'video-recorded';

export const evolveVideo: Handlers<VideoEvents> = {
  'video-configured': (state, { beforeMs, afterMs }) => {
    state.video.rule = { beforeMs, afterMs };
  },
  'video-recorded': (state, { cameraId, lines, wallAheadMs, anew }) => {
    const known = recordOf(state, cameraId);
    state.video.cameras[cameraId] = withLines(known, { lines, wallAheadMs, anew: anew === true });
  },
};
