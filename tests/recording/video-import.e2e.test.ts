// `kaochang video import` and `video mark`: a camcorder's files come in once a person has seen their times.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { instantOf } from '../../scripts/commands/video-import.js';
import { segmentFiles } from '../support/recorded-room.js';

const data = mkdtempSync(join(tmpdir(), 'kaochang-data-'));
writeFileSync(
  join(data, 'config.json'),
  JSON.stringify({
    devices: [{ id: 'cam-3', adapter: 'camcorder', name: '后方摄录机' }],
    recording: { stopGb: 0 },
  }),
);

function kaochang(...args: string[]): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const all = ['build/scripts/kaochang.js', 'video', ...args, '--data', data];
    execFile(process.execPath, all, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code), text: stdout + stderr }),
    );
  });
}

void t.test('[REQ-A06] a camcorder’s files are listed like recordings', async (t) => {
  const [file = ''] = await segmentFiles(1);
  const other = await kaochang('import', '--camera', 'cam-1', file);
  t.equal(other.status, 2);
  t.match(other.text, /现有：cam-3/);

  const unseen = await kaochang('import', '--camera', 'cam-3', '--start', '2026-11-21T09:00:03', file);
  t.equal(unseen.status, 1, 'nobody confirmed');
  t.match(unseen.text, /2026-11-21 09:00:03\.000 – 2026-11-21 09:00:05\.\d+（人工给定/);

  const done = await kaochang('import', '--camera', 'cam-3', '--start', '2026-11-21T09:00:03', '--yes', file);
  t.equal(done.status, 0, done.text);
  const [row = ''] = readFileSync(join(data, 'video', 'cam-3', 'manifest.jsonl'), 'utf8').split('\n');
  t.match(JSON.parse(row), { line: 0, startAt: Date.UTC(2026, 10, 21, 1, 0, 3), flags: ['imported'] });

  const again = await kaochang(
    'import',
    '--camera',
    'cam-3',
    '--start',
    '2026-11-21T09:00:03',
    '--yes',
    file,
  );
  t.match(again.text, '以前已导入');
  const held = await kaochang('verify', join(data, 'video'));
  t.equal(held.status, 1, 'a folder that is no room’s cannot be held against a journal');
});

void t.test('a disk is marked once', async (t) => {
  const first = await kaochang('mark');
  t.equal(first.status, 0, first.text);
  t.match(first.text, /"volumeId": "[0-9a-f-]{36}"/);
  t.equal((await kaochang('mark')).text, first.text);
});

void t.test('times are China’s unless they say otherwise', async (t) => {
  t.equal(instantOf('2026-11-21 09:00'), Date.UTC(2026, 10, 21, 1));
  t.equal(instantOf('2026-11-21T09:00:03.5Z'), Date.UTC(2026, 10, 21, 9, 0, 3, 500));
  t.equal(instantOf('2026-11-21T09:00:00+09:00'), Date.UTC(2026, 10, 21, 0));
  for (const wrong of ['', '9:00', '2026-13-21T09:00', '2026-11-21', 'yesterday'])
    t.throws(() => instantOf(wrong), { name: 'UsageError' }, wrong);
});
