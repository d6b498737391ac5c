// The figures that the check of the room judges by: those of the requirements, and what a plan says in their place. Data and one
// merge; what is measured and how it is judged is server/preflight.

import { REQUIRED_RUNTIME_S } from './ups-runtime.js';

/** Of the server (REQ-A01). */
export interface MachineBands {
  /** Fewer is red, fewer than `goodCores` amber. */
  cores: number;
  goodCores: number;
  memoryGib: number;
  diskGb: number;
  /** What the papers, answers and recordings of a day need. */
  freeGb: number;
  goodFreeGb: number;
  /** Of one durable write, at the 99th percentile. */
  syncMs: number;
  slowSyncMs: number;
  megabits: number;
}

/** Of the candidates' PCs (REQ-A04, A05, A11). */
export interface PcBands {
  chrome: number;
  firefox: number;
  width: number;
  height: number;
  memoryGib: number;
  cores: number;
  /** A whole exam's answers, pictures and recordings, twice. */
  quotaBytes: number;
  roundTripMs: number;
  badRoundTripMs: number;
  throughputMbit: number;
  badThroughputMbit: number;
}

/** Of the cameras (REQ-A06). */
export interface CameraBands {
  /** Fewer is amber, none red. */
  count: number;
  /** Fewer pixels are red. */
  width: number;
  height: number;
  /** Fewer is amber; 2 is another organisation's minimum. */
  goodMegapixels: number;
  /** Seconds between key frames; longer is amber, than `slowKeyFrameS` red. */
  keyFrameS: number;
  slowKeyFrameS: number;
  /** How far a camera's clock may be off; more is amber, than `badClockMs` red. */
  clockMs: number;
  badClockMs: number;
}

/** Of the UPS (REQ-A07). */
export interface UpsBands {
  /** So long it has to carry its load; less is amber, less than half red. Seconds. */
  runtimeS: number;
}

/** What a plan says of them, under a name that people read on the report. */
export interface PlanBands {
  name: string;
  server?: Partial<MachineBands>;
  pcs?: Partial<PcBands>;
  cameras?: Partial<CameraBands>;
  ups?: Partial<UpsBands>;
}

/** What is in force in a room. */
export interface RoomBands {
  /** null = the figures of the requirements, unchanged. */
  name: string | null;
  server: MachineBands;
  pcs: PcBands;
  cameras: CameraBands;
  ups: UpsBands;
}

export const MACHINE_BANDS: MachineBands = {
  cores: 6,
  goodCores: 8,
  memoryGib: 16,
  diskGb: 500,
  freeGb: 35,
  goodFreeGb: 100,
  syncMs: 20,
  slowSyncMs: 50,
  megabits: 1_000,
};

export const PC_BANDS: PcBands = {
  chrome: 74,
  firefox: 68,
  width: 1_280,
  height: 720,
  memoryGib: 4,
  cores: 2,
  quotaBytes: 500e6,
  roundTripMs: 50,
  badRoundTripMs: 500,
  throughputMbit: 40,
  badThroughputMbit: 4,
};

export const CAMERA_BANDS: CameraBands = {
  count: 2,
  width: 1_280,
  height: 720,
  goodMegapixels: 0.9,
  keyFrameS: 2,
  slowKeyFrameS: 4,
  clockMs: 500,
  badClockMs: 2_000,
};

export const UPS_BANDS: UpsBands = { runtimeS: REQUIRED_RUNTIME_S };

/** @param said undefined where the plan says nothing: the requirements then hold as they are */
export function bandsInForce(said?: PlanBands): RoomBands {
  return {
    name: said?.name ?? null,
    server: { ...MACHINE_BANDS, ...said?.server },
    pcs: { ...PC_BANDS, ...said?.pcs },
    cameras: { ...CAMERA_BANDS, ...said?.cameras },
    ups: { ...UPS_BANDS, ...said?.ups },
  };
}
