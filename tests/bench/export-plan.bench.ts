// How long the look at an export takes for a whole day, in the process that the dashboard has for it. Usage:
// node build/tests/bench/export-plan.bench.js [CAMERAS] [HOURS]; prints one line of JSON. The files are links to one film of ten
// seconds at 25 pictures a second in fragments of 0.3 s: what is read of a file is its boxes, whatever its pictures weigh.

import { linkSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { exportApart } from '../../server/compose/export-process.js';
import { appendLines } from '../../server/recording/manifest.js';
import type { LineBody } from '../../server/recording/video-line.js';
import { counterClip } from '../support/counter-clip.js';
import { writeFragmented } from '../support/fragmented-clip.js';

const [cameras, hours] = [Number(process.argv[2] ?? 4), Number(process.argv[3] ?? 9)];
const SEGMENT_MS = 10_000;
const START = Date.UTC(2026, 10, 21, 0, 30);
/** A file has so many names at most on ext4. */
const MOST_LINKS = 50_000;

const videoFolder = mkdtempSync(join(tmpdir(), 'kaochang-plan-'));
const film = join(videoFolder, 'film.mp4');
writeFragmented(film, [await counterClip({ frames: 250 })]);
const bytes = statSync(film).size;
const each = (hours * 3_600_000) / SEGMENT_MS;
if (each * cameras > MOST_LINKS) throw new Error(`at most ${MOST_LINKS} files`);
const ids = Array.from({ length: cameras }, (_, n) => `cam-${n + 1}`);
for (const cameraId of ids) {
  mkdirSync(join(videoFolder, cameraId, '20261121'), { recursive: true });
  const lines: LineBody[] = Array.from({ length: each }, (_, n) => {
    const startAt = START + n * SEGMENT_MS;
    const file = `${cameraId}/20261121/${startAt}.mp4`;
    linkSync(film, join(videoFolder, file));
    return {
      ...{ kind: 'segment', file, startAt, endAt: startAt + SEGMENT_MS, bytes, sha256: 'a'.repeat(64) },
      ...{ frames: 250, width: 320, height: 180, codec: 'h264', flags: [] },
    };
  });
  await appendLines(videoFolder, cameraId, lines);
}
const until = START + hours * 3_600_000;
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
const begunAt = performance.now();
const answer = await exportApart(
  {
    kind: 'plan',
    request: {
      ...{ videoFolder, from: START, until, judgedUntil: until },
      session: {
        ...{ sessionId: 's', packageId: 'p', startsAt: START, siteName: 'XX学院', roomName: '102' },
        isOneOfSeveral: false,
      },
      cameras: ids.map((cameraId) => ({ cameraId, name: cameraId })),
    },
    isDivided: false,
  },
  new AbortController().signal,
);
const seconds = (performance.now() - begunAt) / 1_000;
delay.disable();
rmSync(videoFolder, { recursive: true });
const said = {
  ...{ files: each * cameras, seconds: Number(seconds.toFixed(2)), answer: answer?.kind ?? 'died' },
  ...{ films: answer?.kind === 'planned' ? answer.cameras.flatMap((one) => one.files).length : 0 },
  serverLoopMaxMs: Math.round(delay.max / 1e6),
};
process.stdout.write(`${JSON.stringify(said)}\n`);
