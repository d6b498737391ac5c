// What a process has cost so far: processor time and memory. Of another process only where the system tells (Linux).

import { readFileSync } from 'node:fs';

export interface Cost {
  cpuSeconds: number;
  /** Resident now, and the most so far. */
  memoryMb: number;
  peakMb: number;
}

const KB_PER_MB = 1024;
/** Of /proc/<pid>/stat; the same on every Linux that runs Node. */
const TICKS_PER_SECOND = 100;

/** Of this process. */
export function ownCost(): Cost {
  const { user, system } = process.cpuUsage();
  return {
    cpuSeconds: (user + system) / 1e6,
    memoryMb: Math.round(process.memoryUsage().rss / 2 ** 20),
    peakMb: Math.round(process.resourceUsage().maxRSS / KB_PER_MB),
  };
}

/** Of another process; null where the system does not tell, or it is gone. */
export function costOf(pid: number | undefined): Cost | null {
  if (pid === undefined) return null;
  try {
    // The name, in brackets, may hold blanks: what is counted comes after it.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const kb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return {
      cpuSeconds: (Number(stat[11]) + Number(stat[12])) / TICKS_PER_SECOND,
      memoryMb: Math.round(kb('VmRSS') / KB_PER_MB),
      peakMb: Math.round(kb('VmHWM') / KB_PER_MB),
    };
  } catch {
    return null;
  }
}
