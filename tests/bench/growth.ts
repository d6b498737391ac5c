// What a plot of docs/figures.md is drawn from. Pure.

/** The room with so many candidates, each saving once a second. */
export interface GrowthPoint {
  candidates: number;
  p50Ms: number;
  p99Ms: number;
  /** CPU of the server, all its threads, seconds. */
  cpuPer1000Saves: number;
  rssMb: number;
  memoryPerCandidateKb: number;
  loopP99Ms: number;
}

/** The room on a disk whose every flush takes longer. */
export interface FlushPoint {
  /** What was asked for, and what a program of its own measured, milliseconds. */
  addedMs: number;
  measuredMs: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
  /** Saves in one commit. */
  savesPerCommit: number;
}
