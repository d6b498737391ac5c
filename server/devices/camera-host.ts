// What a camera may ask of the room: how its recording goes, and what was found of its stream when somebody last looked.

import type { CameraStatus, RecorderStatus } from '../recording/contract.js';
import type { StreamFacts } from '../recording/probe-stream.js';

/** One camera's recording as the room knows it. */
export interface RecordedCamera {
  status: CameraStatus;
  recorder: Pick<RecorderStatus, 'freeBytes' | 'space' | 'volume'>;
  /** Whether the plan has it record now. */
  wanted: boolean;
  /** Of what the plan asks for so far, 0 to 100; null while nothing was planned. */
  coveredPercent: number | null;
  /** Gaps inside the plan; null while nothing was planned. */
  gaps: number | null;
  /** How long the free space lasts at the bit rates of now, seconds; null while nothing is recorded. */
  timeLeftS: number | null;
}

/** What the last look at a stream found. */
export type LookedAtStream = Pick<
  StreamFacts,
  'codec' | 'width' | 'height' | 'framesPerSecond' | 'kilobitsPerSecond' | 'keyFrameIntervalS'
>;

export interface CameraHost {
  /** null = no recorder speaks; absent = this process has none. */
  recorderStatus?(cameraId: string): RecordedCamera | null;
  /** null = nobody looked yet. */
  streamFacts?(cameraId: string): LookedAtStream | null;
  nowMs(): number;
  /** The room's wall clock; absent = the system's. */
  wallMs?(): number;
}
