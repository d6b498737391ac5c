// A disk that takes longer over every flush: strace stops fsync and fdatasync of the server, and nothing else, for so long. How
// long it really is is measured by a program of its own under the same strace. Linux with strace only.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What goes before the command so that every flush of it takes longer. @param extraMs whole milliseconds, 0 = nothing */
export function underSlowFlushes(extraMs: number): string[] {
  if (extraMs === 0) return [];
  const inject = `inject=fsync,fdatasync:delay_exit=${extraMs * 1_000}`;
  // -D: what is started stays the child of whoever started it, and ends when it is told to.
  return [
    'strace',
    '-D',
    '-f',
    '--seccomp-bpf',
    '-qqq',
    '-o',
    '/dev/null',
    '-e',
    'trace=fsync,fdatasync',
    '-e',
    inject,
  ];
}

export function canSlowFlushes(): boolean {
  try {
    execFileSync('strace', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const PROBE = `
const fs = require('node:fs');
const file = fs.openSync(process.argv[1], 'w');
const tookMs = [];
for (let n = 0; n < Number(process.argv[2]); n++) {
  fs.writeSync(file, Buffer.alloc(4096, n), 0, 4096, 4096 * n);
  const before = performance.now();
  fs.fdatasyncSync(file);
  tookMs.push(performance.now() - before);
}
process.stdout.write(JSON.stringify(tookMs));
`;

/** Milliseconds of each of so many flushes of 4 KiB on the disk where the benches run, sorted. */
export function measureFlushes(extraMs = 0, count = 100): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-flush-'));
  try {
    const [program = process.execPath, ...before] = [...underSlowFlushes(extraMs), process.execPath];
    const args = [...before, '-e', PROBE, join(folder, 'file'), String(count)];
    const text = execFileSync(program, args, { encoding: 'utf8' });
    return (JSON.parse(text) as number[]).sort((a, b) => a - b);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
