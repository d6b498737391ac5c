// The least that a process of Node costs which keeps hashes of recordings: it wakes each second, and reads and hashes every file
// that became whole in the folders it is given. It does nothing else that a recorder does. Started by recording.bench.

import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

const folders = process.argv.slice(2);
const hashed = new Set<string>();
const piece = Buffer.alloc(64 * 1024);

function hashOf(file: string): string {
  const hash = createHash('sha256');
  const from = openSync(file, 'r');
  for (let bytes = 1; bytes > 0;) {
    bytes = readSync(from, piece);
    hash.update(piece.subarray(0, bytes));
  }
  closeSync(from);
  return hash.digest('hex');
}

setInterval(() => {
  for (const folder of folders)
    for (const name of readdirSync(folder).sort().slice(0, -1)) {
      if (hashed.has(join(folder, name))) continue;
      hashed.add(join(folder, name));
      hashOf(join(folder, name));
    }
}, 1_000);
