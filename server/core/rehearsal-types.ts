// What a rehearsal on the room's own PCs came to, as it is written down. Figures and labels of seats; nobody's name.

import type { StaffId } from './ids.js';

/** How it ended: by itself, by a person, by its time limit, because the room was needed for a session, or by a fault. */
export type RehearsalEnd = 'complete' | 'stopped' | 'time-limit' | 'room-needed' | 'failed';

/** How far one is, in this order. */
export type RehearsalStage =
  'preparing' | 'gathering' | 'connecting' | 'entering' | 'answering' | 'comparing';

/** Durations of one phase over all simulated candidates, milliseconds, nearest rank. */
export interface PhaseFigures {
  count: number;
  p50: number;
  p99: number;
}

/** One PC's part. */
export interface RehearsedPc {
  /** Label of its seat; a PC that is not paired yet by its pairing code. */
  label: string;
  /** Simulated candidates that it played. */
  seats: number;
  handedIn: number;
  saves: number;
  saveP99Ms: number;
  firstPaperP99Ms: number;
  refused: number;
  problems: string[];
}

export interface RoomRehearsal {
  runId: string;
  begunBy: StaffId;
  /** Room time. */
  begunAt: number;
  ended: RehearsalEnd;
  /** Who stopped it; absent where nobody did. */
  stoppedBy?: StaffId;
  /** Simulated candidates that were to play, over all PCs. */
  seats: number;
  handedIn: number;
  /** Saves of which a PC was told that they are on the disk. */
  acknowledged: number;
  /** Of those, what the journal of the practice session does not hold. */
  lost: number;
  refused: number;
  problems: string[];
  /** By the names of the rehearsal's phases: `logIn`, `firstPaper`, `save`, … */
  phases: Record<string, PhaseFigures>;
  pcs: RehearsedPc[];
  /** Paired PCs that did not take part. */
  missing: string[];
}

/** That somebody began one, and how large it was to be. */
export interface BegunRehearsal {
  runId: string;
  begunBy: StaffId;
  /** Simulated candidates that are to play, over all PCs. */
  seats: number;
  /** Of answering, milliseconds. */
  lastsMs: number;
  /** Idle PCs, all of which are asked. */
  pcs: number;
}

/** That somebody stopped one, and what the PCs had measured by then. Its figures as a whole follow when they have let go. */
export interface StoppedRehearsal {
  runId: string;
  stoppedBy: StaffId;
  stage: RehearsalStage;
  /** PCs whose page was there. */
  pcs: number;
  /** Simulated candidates that were to play, over all PCs, and how many of them had come so far. */
  seats: number;
  connected: number;
  answering: number;
  handedIn: number;
  /** Saves of which a PC had been told that they are on the disk, and the slowest PC's p99 of them, milliseconds. */
  saves: number;
  saveP99Ms: number;
}
