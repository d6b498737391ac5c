// Who of several processes on one machine has the processors first. The room and its PCs as if the rest were elsewhere, the rest
// what they leave; where the system does not permit that, everybody alike, and the figures say so.

import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

/** What a process was given, the best first. */
export type Share = 'real time' | 'first by niceness' | 'like everybody';

/**
 * Puts a process, by itself this one, before all others of ordinary kind: as soon as it has something to do, it does it. By real-time
 * scheduling where that is permitted (Linux, root), else by niceness. Real time is for its first thread and those begun later:
 * what the engine does in the background would otherwise hold the processor for 100 ms at a time.
 */
export function comeFirst(pid = process.pid): Share {
  try {
    for (const thread of threads(pid)) setPriority(thread, -10);
  } catch {
    return 'like everybody';
  }
  try {
    execFileSync('chrt', ['--fifo', '--pid', '1', String(pid)], { stdio: 'ignore' });
    return 'real time';
  } catch {
    return 'first by niceness';
  }
}

/** Puts this process behind all others, with all of its threads: who forked it may have come first. */
export function comeLast(): void {
  try {
    execFileSync('chrt', ['--all-tasks', '--other', '--pid', '0', String(process.pid)], { stdio: 'ignore' });
  } catch {
    // Then it has never been anything else.
  }
  for (const thread of threads(process.pid)) setPriority(thread, 19);
}

function threads(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [pid];
  }
}
