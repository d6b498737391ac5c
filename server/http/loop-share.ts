// How much of the time the event loop is busy, of late.

import { performance } from 'node:perf_hooks';

/** Looked at so often; what was before is forgotten. */
const WINDOW_MS = 100;

/** @returns a function that says which share of the last moments the loop was busy, 0 to 1; 1 before the first hundred milliseconds */
export function watchLoopShare(): () => number {
  let since = performance.eventLoopUtilization();
  let sinceMs = performance.now();
  let share = 1;
  return () => {
    const nowMs = performance.now();
    if (nowMs - sinceMs < WINDOW_MS) return share;
    share = performance.eventLoopUtilization(since).utilization;
    since = performance.eventLoopUtilization();
    sinceMs = nowMs;
    return share;
  };
}
