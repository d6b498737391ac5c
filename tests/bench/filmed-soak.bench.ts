// A long exam before cameras with nothing going wrong: whether server, recorder and its ffmpegs keep their memory and their open
// files, and every picture. Prints a line every half minute and a summary. Loopback only; not run by the tests. Usage: node
// build/tests/bench/filmed-soak.bench.js [CAMERAS] [SEATS] [MINUTES]

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { videoPaths } from '../../server/recording/contract.js';
import { checkManifest } from '../../server/recording/manifest-check.js';
import { FilmedRoom } from '../support/filmed-room.js';

const [cameras = 4, seats = 400, minutes = 20] = process.argv.slice(2).map(Number);
const EVERY_MS = 30_000;
/** 1080p25 as a room has it. */
const SHAPE = {
  width: 1920,
  height: 1080,
  gop: 50,
  frames: 500,
  kilobits: 4_000,
  otherSize: { width: 320, height: 180 },
};

interface Sample {
  minute: number;
  serverMb: number;
  serverHandles: number;
  recorderMb: number;
  recorderHandles: number;
  ffmpegMb: number;
}

const megabytes = (pid: number | null | undefined) =>
  pid === null || pid === undefined
    ? 0
    : Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024);
const handles = (pid: number | undefined) => (pid === undefined ? 0 : readdirSync(`/proc/${pid}/fd`).length);

const room = await FilmedRoom.open({
  seats,
  minutes,
  cameras,
  camera: SHAPE,
  segmentSeconds: 10,
  diskMegabytes: null,
});
const samples: Sample[] = [];
const end = new AbortController();
const beganAt = performance.now();

async function sample(): Promise<void> {
  for (;;) {
    await pause(EVERY_MS, undefined, { signal: end.signal });
    const { pid, cameras: recorded } = room.status();
    const one = {
      minute: Math.round((performance.now() - beganAt) / 6_000) / 10,
      ...{ serverMb: megabytes(room.service.pid), serverHandles: handles(room.service.pid) },
      ...{ recorderMb: megabytes(pid), recorderHandles: handles(pid) },
      ffmpegMb: recorded.reduce((sum, { ffmpegPid }) => sum + megabytes(ffmpegPid), 0),
    };
    samples.push(one);
    console.log(JSON.stringify(one));
  }
}

try {
  const sampling = sample().catch(() => undefined);
  const day = await room.play(() => Promise.resolve());
  end.abort();
  await sampling;
  await room.end();
  const lists = await Promise.all(
    room.cameraIds.map((id) => checkManifest(videoPaths(room.videoFolder).manifest(id), id)),
  );
  const lines = lists.flatMap((list) => list.lines);
  console.log(
    JSON.stringify({
      ...{ cameras, seats, minutes, saveMs: day.saveMs },
      segments: lines.filter(({ kind }) => kind === 'segment').length,
      gaps: lines.filter(({ kind }) => kind === 'gap'),
      first: samples[2],
      last: samples.at(-1),
    }),
  );
} finally {
  end.abort();
  await room.close();
}
