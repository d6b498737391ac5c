// A bundle may be larger than the memory: what building and verifying take does not grow with the files.

import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { SESSION } from '../support/small-exam.js';
import { collectFiles, handedInRoom } from './handed-in-room.js';

t.setTimeout(560_000);

const FILES = 24;
const FILE_BYTES = 5 * 2 ** 20 + 1;
const ALL_MEGABYTES = (FILES * FILE_BYTES) / 2 ** 20;
/** Less than the files by far, and more than buffers under way and the replay take. */
const MAY_GROW_MEGABYTES = 100;
const CHILD = fileURLToPath(new URL('./memory-child.js', import.meta.url));

interface Said {
  before: number;
  peak: number;
  result: {
    ok?: boolean;
    files?: number;
    problems?: object[];
    statement?: { bytes: number };
    lost?: object[];
  };
}
const child = async (...args: string[]) =>
  JSON.parse((await promisify(execFile)(process.execPath, [CHILD, ...args])).stdout) as Said;

const room = await handedInRoom({ candidates: FILES, files: FILES, fileBytes: FILE_BYTES });
await collectFiles(room);
const { data, exam } = room.folder;
await room.engine.stop();
t.teardown(() => room.folder.remove());
const file = join(exam.folder, 'out.bag.zip.age');

void t.test('a bundle of many files is built in little memory', async (t) => {
  const { before, peak, result } = await child('build', data, SESSION, file);
  t.comment(
    `${ALL_MEGABYTES.toFixed(0)} MB of files: ${before.toFixed(0)} MB before, ${peak.toFixed(0)} MB at most`,
  );
  t.ok((result.statement?.bytes ?? 0) > FILES * FILE_BYTES, 'all of them are in it');
  t.same(result.lost, []);
  t.ok(peak - before < MAY_GROW_MEGABYTES, `${(peak - before).toFixed(0)} MB more`);
  t.same(
    readdirSync(exam.folder).filter((name) => name.includes('partial')),
    [],
  );
});

void t.test('and verified in little memory', async (t) => {
  t.ok(existsSync(file));
  const [roomPub, orgKey] = [join(exam.folder, 'room.pub'), join(exam.folder, 'org.key')];
  writeFileSync(roomPub, JSON.stringify(exam.room.public));
  writeFileSync(orgKey, JSON.stringify(exam.org));
  const { before, peak, result } = await child('verify', file, roomPub, orgKey);
  t.comment(`${before.toFixed(0)} MB before, ${peak.toFixed(0)} MB at most`);
  t.match(result, { ok: true, files: FILES, problems: [] });
  t.ok(peak - before < MAY_GROW_MEGABYTES, `${(peak - before).toFixed(0)} MB more`);
});
