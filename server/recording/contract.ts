// The files through which the room's server and the recorder speak. The recorder is a process of its own, so that neither a
// restart of the server nor its death interrupts a recording: the server writes what is wanted, the recorder writes what it
// does, and both read. Every file is replaced whole (write beside, rename), the manifests only grow.

import { join } from 'node:path';
import type { GapCause } from '../core/video-types.js';

/** Paths below the video folder. */
export function videoPaths(folder: string) {
  const own = join(folder, '.recorder');
  return {
    own,
    /** `Wanted`, written by the server. */
    wanted: join(own, 'wanted.json'),
    /** `RecorderStatus`; its time of change is the recorder's sign of life, each second. */
    status: join(own, 'status.json'),
    /** Says which volume this is; the same identifier is in the settings. */
    volumeMark: join(folder, 'kaochang-volume.json'),
    /** `VideoLine`s (core/video-types.ts), one JSON object a line, chained. */
    manifest: (cameraId: string) => join(folder, cameraId, 'manifest.jsonl'),
    camera: (cameraId: string) => join(folder, cameraId),
    /** Where ffmpeg writes; a segment that is whole moves from there to its camera's folder. */
    open: (cameraId: string) => join(own, 'open', cameraId),
  };
}

/** One camera as the recorder needs it. Addresses carry their credentials and never reach a log. */
export interface WantedCamera {
  cameraId: string;
  url: string;
  /** The smaller stream, recorded when space runs low. null = none. */
  subUrl: string | null;
  record: boolean;
  /** It does not record because staff stopped it, in a time that the plan asks for: a gap, and why. */
  stopped?: boolean;
  audio: boolean;
}

export interface Wanted {
  format: 1;
  /** Counts up; the status says which one it follows. */
  revision: number;
  /** Wall clock, ms: the recorder stops by itself then if no server speaks any more. */
  until: number;
  /** For recordings to name a gap's cause: when the server that writes this began. */
  serverStartedAt: number;
  segmentSeconds: number;
  ffmpeg: string;
  /** Below: the smaller stream. */
  lowBytes: number;
  /** Below: no recording at all; answers always win. */
  stopBytes: number;
  /** null = any volume. */
  volumeId: string | null;
  cameras: WantedCamera[];
}

/** `refused`: the camera does not take the name and password of the settings. */
export type RecordingState = 'off' | 'starting' | 'recording' | 'refused' | 'failed';

export interface CameraStatus {
  cameraId: string;
  state: RecordingState;
  /** Bounded, without credentials; null while all is well. */
  reason: string | null;
  ffmpegPid: number | null;
  /** Since this recording runs without a break; wall clock. */
  since: number | null;
  restarts: number;
  framesPerSecond: number | null;
  kilobitsPerSecond: number | null;
  width: number | null;
  height: number | null;
  codec: string | null;
  /** Of the newest whole segment. */
  lastEndAt: number | null;
  /** Since when it has to record without a break; null = it need not. Wall clock. */
  owedFrom: number | null;
  /** Nothing is being recorded since then; it becomes a line when the recording goes on or is no longer wanted. */
  gap: { from: number; cause: GapCause } | null;
  /** What was noticed and is not in a line yet: for a recorder that comes after this one. */
  troubles?: { from: number; to: number; cause: GapCause }[];
  /** Lines in the manifest, and the hash of the last. */
  lines: number;
  headHash: string;
}

export interface RecorderStatus {
  format: 1;
  pid: number;
  startedAt: number;
  /** Its last sign of life, wall clock; older than a few seconds = no recorder. */
  at: number;
  revision: number;
  freeBytes: number;
  space: 'enough' | 'low' | 'out';
  volume: 'intended' | 'missing' | 'other';
  cameras: CameraStatus[];
  /** Both clocks at one moment, for a recorder that comes after this one: was the wall clock set in between? */
  clock?: { bootId: string; wallAt: number; monoMs: number };
}
