// A disk of its own for the data folder, so small that it can be filled: a file system in memory, mounted over the folder. Only
// root may mount one.

import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const PIECE = Buffer.alloc(64 * 1024, 1);
const FILL_EVERY_MS = 50;

export class SmallDisk {
  private constructor(private readonly folder: string) {}

  /** Moves what is in the folder onto the disk. @throws Error where this process may not mount */
  static mountOver(folder: string, megabytes: number): SmallDisk {
    const kept = mkdtempSync(join(tmpdir(), 'kept-'));
    try {
      cpSync(folder, kept, { recursive: true, preserveTimestamps: true });
      const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'kaochang', folder];
      const { status, stderr } = spawnSync('mount', options, { encoding: 'utf8' });
      if (status !== 0) throw new Error(`This mounts a disk of its own, which root alone may: ${stderr}`);
      cpSync(kept, folder, { recursive: true, preserveTimestamps: true });
      return new SmallDisk(folder);
    } finally {
      rmSync(kept, { recursive: true, force: true });
    }
  }

  /** Takes every byte until then, also those that are given back meanwhile; then gives all of them back. */
  async full(until: Promise<unknown>): Promise<void> {
    const filler = join(this.folder, 'filler');
    const file = openSync(filler, 'w');
    try {
      for (let over = false; !over;) {
        fill(file);
        over = await Promise.race([until.then(() => true), pause(FILL_EVERY_MS, false)]);
      }
    } finally {
      closeSync(file);
      rmSync(filler, { force: true });
    }
  }

  /** Another program takes all but so many bytes. @returns the function that gives them back */
  leave(bytes: number): () => void {
    const { bavail, bsize } = statfsSync(this.folder);
    const filler = join(this.folder, 'filler');
    const file = openSync(filler, 'w');
    for (let left = bavail * bsize - bytes; left > 0; left -= PIECE.length)
      writeSync(file, PIECE, 0, Math.min(PIECE.length, left));
    closeSync(file);
    return () => rmSync(filler, { force: true });
  }

  unmount(): void {
    spawnSync('umount', ['-l', this.folder], { stdio: 'ignore' });
  }
}

function fill(file: number): void {
  for (let bytes = PIECE.length; bytes >= 1;)
    try {
      if (writeSync(file, PIECE, 0, bytes) < bytes) bytes = Math.floor(bytes / 2);
    } catch {
      bytes = Math.floor(bytes / 2);
    }
}
