// Makes one file of a folder, the same bytes for the same folder: sorted, one time for all, nobody's names, and nothing of the mask
// and the time zone of whoever packs.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import yazl from 'yazl';

/** A gzipped tar, by GNU tar. @param epoch seconds since 1970, the time of every file */
export async function packTar(folder: string, out: string, epoch: number): Promise<void> {
  const args = ['--create', '--format=gnu', '--sort=name', `--mtime=@${epoch}`];
  const nobody = ['--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'];
  const tar = spawn('tar', [...args, ...nobody, '--directory', dirname(folder), basename(folder)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LC_ALL: 'C' },
  });
  const ended = once(tar, 'exit') as Promise<[number | null]>;
  // Node's gzip writes no time and no name into its head.
  await pipeline(tar.stdout, createGzip({ level: 6 }), createWriteStream(out));
  const [status] = await ended;
  if (status !== 0) throw new Error(`tar ended with ${status}`);
}

/** A zip. @param epoch seconds since 1970, the time of every file */
export async function packZip(folder: string, out: string, epoch: number): Promise<void> {
  const zip = new yazl.ZipFile();
  // A zip holds a time of day without a zone, which the library takes from the local clock: UTC wherever this runs.
  const utc = new Date(epoch * 1_000);
  const [hours, minutes, seconds] = [utc.getUTCHours(), utc.getUTCMinutes(), utc.getUTCSeconds()];
  const day = [utc.getUTCFullYear(), utc.getUTCMonth(), utc.getUTCDate()] as const;
  const mtime = new Date(...day, hours, minutes, seconds);
  for (const path of await filesBelow(folder))
    zip.addReadStreamLazy(
      `${basename(folder)}/${path}`,
      { mtime, forceDosTimestamp: true, mode: 0o100644, size: (await stat(join(folder, path))).size },
      (give) => give(null, createReadStream(join(folder, path))),
    );
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(out));
}

async function filesBelow(folder: string, below = ''): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await filesBelow(folder, path)));
    else found.push(path);
  }
  return found.sort();
}
