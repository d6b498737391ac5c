// The figures that the check of the room judges by: those of the requirements, and what a plan says in their place. Data and one
// merge; what is measured and how it is judged is server/preflight.

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

/** What a plan says of them, under a name that people read on the report. */
export interface PlanBands {
  name: string;
  server?: Partial<MachineBands>;
  pcs?: Partial<PcBands>;
}

/** What is in force in a room. */
export interface RoomBands {
  /** null = the figures of the requirements, unchanged. */
  name: string | null;
  server: MachineBands;
  pcs: PcBands;
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

/** @param said undefined where the plan says nothing: the requirements then hold as they are */
export function bandsInForce(said?: PlanBands): RoomBands {
  return {
    name: said?.name ?? null,
    server: { ...MACHINE_BANDS, ...said?.server },
    pcs: { ...PC_BANDS, ...said?.pcs },
  };
}
