// What pages ask about the cameras over HTTP under /api/v1/video: who may, and the shape of what they get. Times are room
// time, milliseconds since 1970. Nothing here names a candidate.

import type { Role } from '../core/types.js';
import type { GapCause } from '../core/video-types.js';

export const VIDEO_PATH = '/api/v1/video';

/** They see the room as it is now: everybody who watches over the exam (REQ-A06). */
export const VIDEO_WATCHERS: readonly Role[] = [
  ...(['chief', 'deputy', 'proctor', 'inspector'] as const),
  ...(['sysadmin', 'org-technician'] as const),
];

/** They look at what was recorded: those who answer for the exam, and those who answer for the recording. */
export const VIDEO_REVIEWERS: readonly Role[] = [
  'chief',
  'deputy',
  'inspector',
  'sysadmin',
  'org-technician',
];

/** A stretch without a hole that can be played. */
export interface RecordedStretch {
  from: number;
  to: number;
}

/** A stretch of which nothing can be shown, and why. */
export interface MissingStretch {
  from: number;
  to: number;
  cause: GapCause;
}

/** GET recorded/CAMERA/index.json?from=&to= : what is recorded of a camera in that time. */
export interface RecordedIndex {
  cameraId: string;
  from: number;
  to: number;
  /** As ffmpeg calls it: `h264`, `hevc`; null where nothing is recorded. */
  codec: string | null;
  segments: number;
  stretches: RecordedStretch[];
  gaps: MissingStretch[];
}
