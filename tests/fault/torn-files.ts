// What a loss of mains does to the journal's files: writes that no flush covers are lost in part. Which those are is read from a
// trace of the process's own calls.

import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';

export interface Write {
  path: string;
  offset: number;
  bytes: number;
}

const JOURNAL = /journal\.db(-wal)?$/;
const FRAME_BYTES = 24 + 4_096;

/**
 * Writes to the journal's files that no finished flush covers. @param trace by `strace -f -y -s 0` of pwrite64, fsync and
 * fdatasync; a flush covers what was written before it began
 */
export function unflushedWrites(trace: string): Write[] {
  let open: Write[] = [];
  /** By thread: the file being flushed and the writes that this flush covers. */
  const flushing = new Map<string, Write[]>();
  for (const line of trace.split('\n')) {
    const found = /^(\d+) +(?:<\.\.\. )?(pwrite64|fsync|fdatasync)( resumed>)?/.exec(line);
    if (found === null) continue;
    const [, thread = '', call, resumed] = found;
    const path = /\(\d+<([^>]*)>/.exec(line)?.[1] ?? '';
    if (call === 'pwrite64') {
      const size = /, (\d+), (\d+)(?:\)| <unfinished)/.exec(line);
      if (resumed === undefined && size !== null && JOURNAL.test(path))
        open.push({ path, bytes: Number(size[1]), offset: Number(size[2]) });
      continue;
    }
    if (resumed === undefined)
      flushing.set(
        thread,
        open.filter((write) => write.path === path),
      );
    if (!/= 0( |$)/.test(line)) continue;
    const covered = flushing.get(thread) ?? [];
    flushing.delete(thread);
    open = open.filter((write) => !covered.includes(write));
  }
  return open;
}

/** Tears what was not flushed. @returns how many writes were torn */
export function tearUnflushed(trace: string, how: 'cut' | 'scribble' | 'zero', random: () => number): number {
  const writes = unflushedWrites(trace).filter(({ path }) => existsSync(path));
  for (const path of new Set(writes.map((write) => write.path))) {
    const ofFile = writes.filter((write) => write.path === path);
    const file = openSync(path, 'r+');
    try {
      // A cut ends the log within what was not flushed; pages in the middle of the database cannot be cut.
      if (how === 'cut' && path.endsWith('-wal')) {
        const from = Math.min(...ofFile.map(({ offset }) => offset));
        const to = Math.max(...ofFile.map(({ offset, bytes }) => offset + bytes));
        ftruncateSync(file, Math.floor(from + random() * (to - from)));
      } else for (const write of ofFile) if (random() < 0.7) spoil(file, write, how, random);
    } finally {
      closeSync(file);
    }
    // The index of the log is memory: it is gone with the power.
    rmSync(`${path.replace(/-wal$/, '')}-shm`, { force: true });
  }
  return writes.length;
}

function spoil(
  file: number,
  { offset, bytes }: Write,
  how: 'cut' | 'scribble' | 'zero',
  random: () => number,
) {
  const from = Math.floor(random() * bytes);
  const length = bytes - from;
  writeSync(file, how === 'zero' ? Buffer.alloc(length) : randomBytes(length), 0, length, offset + from);
}

/** The beginning of a frame that was never finished, after everything that was. */
export function appendHalfFrame(wal: string, bytes: number): void {
  if (!existsSync(wal)) return;
  const file = openSync(wal, 'r+');
  try {
    const { size } = fstatSync(file);
    const frame = Buffer.alloc(Math.min(size, 2 * FRAME_BYTES));
    readSync(file, frame, 0, frame.length, size - frame.length);
    const part = frame.subarray(0, Math.min(bytes, frame.length - 1));
    if (part.length > 0) writeSync(file, part, 0, part.length, size);
  } finally {
    closeSync(file);
  }
}
