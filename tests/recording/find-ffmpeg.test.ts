// Which program records: the named one, else the first of the PATH that can be run; a folder or a file without the right is none.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import t from 'tap';
import { findFfmpeg } from '../../server/recording/find-ffmpeg.js';

void t.test('named, then the PATH, then a module that somebody installed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-path-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [empty, dir, locked, good] = ['empty', 'dir', 'locked', 'good'].map((name) => join(folder, name));
  for (const one of [empty, dir, locked, good]) mkdirSync(one as string);
  mkdirSync(join(dir as string, 'ffmpeg'));
  for (const [where, mode] of [
    [locked, 0o644],
    [good, 0o755],
  ] as const) {
    writeFileSync(join(where as string, 'ffmpeg'), '#!/bin/sh\n');
    chmodSync(join(where as string, 'ffmpeg'), mode);
  }
  const path = (...folders: (string | undefined)[]) => ({ PATH: folders.join(delimiter) });
  t.equal(findFfmpeg('/opt/other/ffmpeg', path(good)), '/opt/other/ffmpeg', 'the settings stand above all');
  t.equal(findFfmpeg('', path('', empty, dir, locked, good)), join(good as string, 'ffmpeg'));
  t.equal(findFfmpeg('', path(empty, dir, locked)), null);
  t.equal(findFfmpeg('', {}), null);
});
