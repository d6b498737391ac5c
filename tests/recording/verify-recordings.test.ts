// The room's own recordings: what was changed, removed, added or cut off is found by name.

import { mkdtemp, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { SegmentLine } from '../../server/core/video-types.js';
import { verifyRecordings } from '../../server/recording/verify-recordings.js';
import { RecordedCamera, SEGMENT_MS, segmentFiles } from '../support/recorded-room.js';

const START = Date.UTC(2026, 10, 21, 1, 0, 0);

async function recorded() {
  const camera = new RecordedCamera(await mkdtemp(join(tmpdir(), 'kaochang-video-')), 'cam-1');
  for (const [index, file] of (await segmentFiles(3)).entries())
    await camera.segment(file, START + index * SEGMENT_MS);
  const now = Date.now();
  const found = async (heads?: ReadonlyMap<string, { lines: number; headHash: string }>) => {
    const options = heads === undefined ? { now } : { now, heads };
    const { problems } = await verifyRecordings(camera.videoFolder, options);
    return problems.map(({ fault, where }) => `${fault} ${where}`);
  };
  const path = (index: number) => join(camera.videoFolder, (camera.lines[index] as SegmentLine).file);
  return { camera, found, path, now };
}

void t.test('what nobody touched holds', async (t) => {
  const { camera } = await recorded();
  const report = await verifyRecordings(camera.videoFolder, {
    now: Date.now(),
    names: new Map([['cam-1', '前']]),
  });
  t.match(report, { ok: true, files: 3, segments: 3, pending: 0, problems: [] });
  t.match(report.cameras, [{ cameraId: 'cam-1', name: '前', coveredMs: 6_000, gaps: 0 }]);
});

void t.test('a changed, a missing and an added file are named', async (t) => {
  const { camera, found, path, now } = await recorded();
  const [first, second] = camera.lines as SegmentLine[];
  await truncate(path(0), 100);
  await rm(path(1));
  const added = join(camera.videoFolder, 'cam-1', '20261121', 'x.mp4');
  await writeFile(added, 'film');
  await utimes(added, now / 1_000 - 600, now / 1_000 - 600);
  t.strictSame(await found(), [
    `file-changed ${first?.file}`,
    `file-missing ${second?.file}`,
    'file-added cam-1/20261121/x.mp4',
  ]);
});

void t.test('a file that is being recorded is no fault', async (t) => {
  const { camera } = await recorded();
  await writeFile(join(camera.videoFolder, 'cam-1', '20261121', 'open.mp4'), 'film');
  t.match(await verifyRecordings(camera.videoFolder, { now: Date.now() }), { ok: true, pending: 1 });
});

void t.test('a cut tail shows against the journal alone', async (t) => {
  const { camera, found, path } = await recorded();
  const head = { lines: 3, headHash: camera.lines[2]?.hash ?? '' };
  await rm(path(2));
  camera.lines.pop();
  await camera.rewrite();
  t.strictSame(await found(), [], 'the list alone holds');
  t.strictSame(await found(new Map([['cam-1', head]])), ['journal-differs cam-1/manifest.jsonl:3']);
  t.strictSame(
    await found(new Map([['cam-2', head]])),
    ['journal-differs cam-2/manifest.jsonl:3'],
    'a whole list',
  );
});

void t.test('an edited line and one of another camera are told by their row', async (t) => {
  const { camera, found } = await recorded();
  Object.assign(camera.lines[1] as object, { endAt: START + 3_000 });
  Object.assign(camera.lines[2] as object, { file: '../../etc/passwd' });
  await camera.rewrite();
  t.match((await found()).slice(0, 2), [
    'line-hash cam-1/manifest.jsonl:2',
    'line-unreadable cam-1/manifest.jsonl:3',
  ]);
});
