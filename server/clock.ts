// Room time: milliseconds that never go backward and follow the monotonic clock, whatever the wall clock does (rules 5
// and 6). It reads clocks and decides nothing: whether a new boot's time is trusted is the rules' matter.

import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The machine's clocks. */
export interface ClockSources {
  bootId: string;
  /** Milliseconds since the epoch by the machine's wall clock; may jump. */
  wallAt(): number;
  /** Milliseconds of a clock that never jumps and stands still only while the machine is off. */
  monoMs(): number;
  /** True where `monoMs` counts from the boot, so that it bounds from below how long the machine has been up. */
  monoCountsFromBoot: boolean;
}

/** What one look at the clocks gives, for the journal. */
export interface ClockReading {
  bootId: string;
  wallAt: number;
  monoMs: number;
}

/** A journaled reading beside the room time of its event. */
export interface ClockAnchor extends ClockReading {
  at: number;
}

/** By how much wall and monotonic clock must part between two looks to be called a step rather than slewing. */
export const WALL_STEP_MS = 1_000;

/**
 * Room time. After a new boot it begins at the lower bound (the last entry and the machine's uptime) and jumps forward to the
 * wall clock only once that is trusted: an hour that never was cannot end anybody's time.
 */
export class RoomTime {
  readonly #sources: ClockSources;
  /** Room time minus monotonic time, milliseconds. */
  #offsetMs: number;
  #last: number;
  /** Wall minus monotonic time at the last look. */
  #wallOffsetMs: number;
  readonly sameBoot: boolean;

  /** @param anchor the last journaled reading, null for a fresh journal; @param lastAt the last event's instant, 0 for none */
  constructor(sources: ClockSources, anchor: ClockAnchor | null, lastAt: number) {
    this.#sources = sources;
    this.#last = Math.max(lastAt, anchor?.at ?? 0);
    const mono = sources.monoMs();
    const wallOffset = sources.wallAt() - mono;
    this.sameBoot = anchor !== null && anchor.bootId === sources.bootId && anchor.monoMs <= mono + 1;
    if (anchor === null) {
      this.#offsetMs = wallOffset;
      this.#wallOffsetMs = wallOffset;
    } else if (this.sameBoot) {
      this.#offsetMs = anchor.at - anchor.monoMs;
      this.#wallOffsetMs = anchor.wallAt - anchor.monoMs;
    } else {
      this.#offsetMs = this.#last - (sources.monoCountsFromBoot ? 0 : mono);
      this.#wallOffsetMs = wallOffset;
    }
  }

  /** Room time in integer milliseconds since the epoch; never less than before. */
  now(): number {
    return (this.#last = Math.max(this.#last, Math.floor(this.#offsetMs + this.#sources.monoMs())));
  }

  /** The clocks as they stand, whole milliseconds. */
  reading(): ClockReading {
    return {
      bootId: this.#sources.bootId,
      wallAt: Math.round(this.#sources.wallAt()),
      monoMs: Math.round(this.#sources.monoMs()),
    };
  }

  /** What room time would be by the wall clock; PCs' own times are compared with this after a new boot (rule 6). */
  wallTime(): number {
    return Math.max(this.now(), Math.round(this.#sources.wallAt()));
  }

  /** Moves room time forward to `at`; a time that has passed changes nothing. */
  advanceTo(at: number): void {
    const byMs = at - this.now();
    if (byMs > 0) this.#offsetMs += byMs;
  }

  /** By how many milliseconds the wall clock was stepped since the last look; 0 for none. Room time does not follow. */
  wallSteppedByMs(): number {
    const offset = this.#sources.wallAt() - this.#sources.monoMs();
    const byMs = Math.round(offset - this.#wallOffsetMs);
    this.#wallOffsetMs = offset;
    return Math.abs(byMs) >= WALL_STEP_MS ? byMs : 0;
  }
}

/** The clocks of this machine. On Linux `process.hrtime` is CLOCK_MONOTONIC, which counts from the boot. */
export function machineClocks(): ClockSources {
  return {
    bootId: machineBootId(),
    wallAt: () => Date.now(),
    monoMs: () => Number(process.hrtime.bigint()) / 1e6,
    monoCountsFromBoot: process.platform === 'linux',
  };
}

/** Names the present boot of the machine: a restart of the service keeps it, a reboot changes it. */
function machineBootId(): string {
  try {
    if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    if (process.platform === 'win32') return `windows-${windowsBootId()}`;
  } catch {
    // Without a name every start counts as a new boot, and the clock is checked again: slower, never wrong.
  }
  return `unknown-${randomUUID()}`;
}

/** Windows counts its boots in the registry. @throws Error where the value cannot be read */
function windowsBootId(): string {
  const key =
    'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters';
  const output = execFileSync('reg', ['query', key, '/v', 'BootId'], { encoding: 'utf8', timeout: 10_000 });
  const found = /BootId\s+REG_DWORD\s+0x([0-9a-f]+)/i.exec(output)?.[1];
  if (found === undefined) throw new Error('Windows does not count its boots');
  return found;
}
