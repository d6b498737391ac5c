// What the recorder's rank costs its recordings where others want every processor: busy loops of the server's own rank beside
// cameras of 1080p, the recorder at one rank after the other. What is lost is told by decoding, and held against the named gaps.

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { cpus, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { GapLine, SegmentLine, VideoLine } from '../../server/core/video-types.js';
import type { RecorderStatus } from '../../server/recording/contract.js';
import { RecorderClient } from '../../server/recording/recorder-client.js';
import { readStatus } from '../../server/recording/status-file.js';
import { startCameraProcess, type CameraProcess } from '../support/camera-process.js';
import { recordedPictures } from '../support/lost-frames.js';
import { compareGaps } from '../support/named-gaps.js';
import { asOneUnit, ranksCount } from './one-unit.js';
import { comeFirst } from './processor-share.js';

const ENTRY = join(process.cwd(), 'build', 'server', 'recording', 'recorder-main.js');
const RANKS = [0, 5, 10];
const CAMERAS = 2;
const SEGMENT_SECONDS = 10;
const LOOK_EVERY_MS = 100;
const FILM = { width: 1920, height: 1080, fps: 25, gop: 50, frames: 500, kilobits: 4_000, sub: null };
const quiet = () => undefined;
const log = { info: quiet, warn: quiet, error: quiet, debug: quiet, fatal: quiet };

/** What was seen while others were busy, ms. */
interface Seen {
  /** From one sign of life of the recorder to the next: one second when it has nothing to wait for. */
  silentMs: number;
  /** A file was whole, and was listed so much later. */
  lateMs: number;
  restarts: number;
}

/** Prints a line of figures a rank. @param loops how many want a processor all the time @param rounds each with every rank */
export async function busy(loops: number, seconds: number, rounds: number): Promise<void> {
  // Cameras are elsewhere: they send on time whoever is busy here.
  const cameras = await Promise.all(
    Array.from({ length: CAMERAS }, () =>
      startCameraProcess({ ...FILM, otherSize: { width: 320, height: 180 } }),
    ),
  );
  const share = cameras.map(({ pid }) => comeFirst(pid))[0];
  asOneUnit();
  console.log(JSON.stringify({ cameras: share, processors: cpus().length, loops, ranksCount: ranksCount() }));
  try {
    for (let round = 0; round < rounds; round++)
      for (const n of RANKS.keys()) {
        const rank = RANKS[(n + round) % RANKS.length] ?? 0;
        console.log(JSON.stringify({ rank, seconds, ...(await recordedAt(rank, cameras, loops, seconds)) }));
      }
  } finally {
    await Promise.all(cameras.map((camera) => camera.close()));
  }
}

async function recordedAt(rank: number, cameras: readonly CameraProcess[], loops: number, seconds: number) {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-bench-video-'));
  const client = await RecorderClient.open({ folder, entry: ENTRY, log });
  const want = (record: boolean) =>
    client.want({
      ...{ until: Date.now() + 3_600_000, serverStartedAt: Date.now(), segmentSeconds: SEGMENT_SECONDS },
      ...{ ffmpeg: 'ffmpeg', lowBytes: 2, stopBytes: 1, volumeId: null },
      cameras: cameras.map(({ url }, n) => ({
        ...{ cameraId: `cam-${n + 1}`, url, subUrl: null, record, audio: false },
      })),
    });
  const until = async (is: (status: RecorderStatus) => boolean): Promise<RecorderStatus> => {
    for (;;) {
      const status = client.status();
      if (status !== null && status.cameras.length === cameras.length && is(status)) return status;
      await pause(LOOK_EVERY_MS);
    }
  };
  const others: ReturnType<typeof spawn>[] = [];
  try {
    await want(true);
    const begun = await until((status) => status.cameras.every(({ lines }) => lines > 0));
    for (const pid of [begun.pid, ...begun.cameras.map(({ ffmpegPid }) => ffmpegPid ?? 0)])
      for (const thread of readdirSync(`/proc/${pid}/task`)) setPriority(Number(thread), rank);
    for (let n = 0; n < loops; n++)
      others.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore', detached: true }));
    const seen = await look(folder, client, cameras.length, seconds * 1_000);
    for (const loop of others) loop.kill('SIGKILL');
    await want(false);
    await until((status) => status.cameras.every(({ owedFrom }) => owedFrom === null));
    const films = [];
    for (const [n, camera] of cameras.entries())
      films.push(await filmOf(folder, camera, await client.linesOf(`cam-${n + 1}`, 0)));
    return { ...seen, ...sumOf(films) };
  } finally {
    for (const loop of others) loop.kill('SIGKILL');
    await client.stop({ keepRecording: false });
    rmSync(folder, { recursive: true, force: true });
  }
}

async function look(folder: string, client: RecorderClient, cameras: number, forMs: number): Promise<Seen> {
  const seen: Seen = { silentMs: 0, lateMs: 0, restarts: 0 };
  const known = Array.from({ length: cameras }, () => 0);
  for (let n = 0; n < cameras; n++) known[n] = (await client.linesOf(`cam-${n + 1}`, 0)).length;
  for (const end = performance.now() + forMs; performance.now() < end; await pause(LOOK_EVERY_MS)) {
    const status = await readStatus(folder);
    seen.silentMs = Math.max(seen.silentMs, status === null ? 0 : Date.now() - status.at);
    for (let n = 0; n < cameras; n++) {
      const lines = await client.linesOf(`cam-${n + 1}`, known[n] ?? 0);
      known[n] = (known[n] ?? 0) + lines.length;
      for (const line of lines)
        if (line.kind === 'segment') seen.lateMs = Math.max(seen.lateMs, Date.now() - line.endAt);
      seen.restarts = Math.max(seen.restarts, status?.cameras[n]?.restarts ?? 0);
    }
  }
  return seen;
}

async function filmOf(folder: string, camera: CameraProcess, lines: readonly VideoLine[]) {
  const segments = lines.filter((line): line is SegmentLine => line.kind === 'segment' && line.frames > 0);
  const gaps = lines.filter((line): line is GapLine => line.kind === 'gap');
  const firstAt = segments[0]?.startAt ?? 0;
  const recorded = await recordedPictures(
    segments.map(({ file }) => join(folder, file)),
    camera,
    firstAt,
  );
  const { named, offMs } = compareGaps(recorded, gaps, firstAt);
  const lost = recorded.lost.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  // A picture has the time at which it was read.
  const readLateMs = segments.map(
    ({ file, startAt }) => startAt - (recorded.beginsAt.get(join(folder, file)) ?? startAt),
  );
  const pictures = recorded.pictures.length;
  return { pictures, lost, unreadable: recorded.unreadable, named, offMs, readLateMs };
}

function sumOf(films: Awaited<ReturnType<typeof filmOf>>[]) {
  const sum = (of: 'pictures' | 'lost' | 'unreadable') => films.reduce((all, film) => all + film[of], 0);
  return {
    ...{ pictures: sum('pictures'), lost: sum('lost'), unreadable: sum('unreadable') },
    gaps: films.flatMap(({ named }) =>
      named.map(({ from, to, cause }) => `${cause} ${Math.round(to - from)}`),
    ),
    gapsOffByAtMostMs: Math.round(Math.max(0, ...films.flatMap(({ offMs }) => offMs))),
    readLateMs: Math.round(Math.max(...films.flatMap(({ readLateMs }) => readLateMs))),
  };
}
