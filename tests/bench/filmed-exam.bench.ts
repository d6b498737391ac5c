// What cameras, and what goes wrong with them, do to the candidates: the same exam with them and without, by turns, in one run.
// The server is killed in both; with cameras what records is killed too, twice, and the disk of the recordings fills up. Prints
// the time of a save in each exam, what is missing from the pictures and what the lists name; at its end the ratios. Several ranks
// of the recorder are held against each other in the same run. Loopback only; not run by the tests. Usage: node
// build/tests/bench/filmed-exam.bench.js [SEATS] [ROUNDS] [MINUTES] [RANK,RANK...]

import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { readWholeJournal } from '../../server/compose/whole-journal.js';
import { lostAnswers } from '../../server/rehearsal/lost-answers.js';
import { percentiles } from '../../server/rehearsal/percentiles.js';
import type { GapLine, SegmentLine } from '../../server/core/video-types.js';
import { videoPaths } from '../../server/recording/contract.js';
import { checkManifest } from '../../server/recording/manifest-check.js';
import { readStatus } from '../../server/recording/status-file.js';
import { FilmedRoom } from '../support/filmed-room.js';
import { recordedPictures } from '../support/lost-frames.js';
import { compareGaps } from '../support/named-gaps.js';
import { asOneUnit, ranksCount } from './one-unit.js';
import { comeFirst } from './processor-share.js';

const [seats = 40, rounds = 1, minutes = 0.8] = process.argv.slice(2, 5).map(Number);
const ranks = (process.argv[5] ?? '0').split(',').map(Number);
const CAMERAS = 2;
/** Others on this machine have what it leaves: the most that a unit can be given. */
const ROOM_WEIGHT = 10_000;
const AWAY_MS = 2_000;
const FULL_MS = 4_000;
/** Filled by the process of the PCs: what takes it long would be the PCs' time. */
const DISK_MEGABYTES = 32;
const BEGINS_WITHIN_MS = 60_000;
/** About as long as it takes to kill what records, twice, and to see it record again. */
const LIKE_KILLS_MS = 12_000;
const SETTLES_MS = 4_000;

/** One exam. @param rank of what records; null = without cameras @returns what was measured in it */
async function exam(rank: number | null) {
  const cameras = rank === null ? 0 : CAMERAS;
  const room = await FilmedRoom.open({
    seats,
    minutes,
    cameras,
    diskMegabytes: cameras === 0 ? null : DISK_MEGABYTES,
  });
  try {
    // Cameras are elsewhere.
    for (const { pid } of room.cameras) comeFirst(pid);
    const loop = monitorEventLoopDelay({ resolution: 1 });
    loop.enable();
    const begun: { what: string; at: number }[] = [];
    const begins = (what: string) => begun.push({ what, at: performance.now() });
    const [day] = await Promise.all([
      room.play(async () => {
        begins('nothing wrong');
        if (cameras > 0) {
          await room.recordingGoesOn();
          begins('ffmpegs killed');
          await room.killRecordings(['cam-1']);
          await room.killRecordings(room.cameraIds);
        } else await pause(LIKE_KILLS_MS);
        begins('server killed');
        await room.killServer(AWAY_MS);
        begins('server back');
        await pause(SETTLES_MS);
        begins('disk full');
        if (cameras > 0) await room.fillDisk(FULL_MS);
        else await pause(FULL_MS);
        begins('to the end');
      }),
      rank === null ? undefined : recordAt(rank, room),
    ]);
    loop.disable();
    await room.end();
    const { state } = await readWholeJournal(room.server.data);
    const lost = lostAnswers(room.acknowledged, state, room.sessionId).length;
    const films = await Promise.all(room.cameraIds.map((id, n) => filmOf(room, id, n)));
    const { saveMs } = day;
    const stretches = begun.map(({ what, at }, n) => {
      const until = begun[n + 1]?.at ?? Infinity;
      const tookMs = room.saves.flatMap((save) => (save.at >= at && save.at < until ? [save.tookMs] : []));
      return { what, tookMs };
    });
    // A room that is killed and begins anew is the same without cameras, and most of the slowest saves are its.
    const calmly = stretches.filter(({ what }) => !what.startsWith('server'));
    // What the PCs' own process held up.
    const pcsLateMs = [99, 99.9, 100].map((share) => round2(loop.percentile(share) / 1e6));
    return {
      ...{ rank, saveMs, aliveMs: percentiles(calmly.flatMap(({ tookMs }) => tookMs)), pcsLateMs },
      stretches: stretches.map(({ what, tookMs }) => {
        const { count, p50, p99, max } = percentiles(tookMs);
        return `${what}: ${count}, p50 ${p50}, p99 ${p99}, max ${max}`;
      }),
      ...{ acknowledged: room.acknowledged.length, lostAnswers: lost, films },
    };
  } finally {
    await room.close();
  }
}

/** Gives what records a rank, as soon as it records; ffmpegs that come later inherit it. */
async function recordAt(rank: number, room: FilmedRoom): Promise<void> {
  for (const end = performance.now() + BEGINS_WITHIN_MS; performance.now() < end; await pause(100)) {
    const status = await readStatus(room.videoFolder);
    const pids = status?.cameras.map(({ ffmpegPid }) => ffmpegPid) ?? [];
    if (status !== null && pids.length === CAMERAS && !pids.includes(null)) {
      for (const pid of [status.pid, ...pids])
        for (const thread of readdirSync(`/proc/${pid}/task`)) setPriority(Number(thread), rank);
      return;
    }
  }
  throw new Error('Not every camera is recorded');
}

async function filmOf(room: FilmedRoom, cameraId: string, n: number) {
  const camera = room.cameras[n];
  if (camera === undefined) throw new Error(`No ${cameraId}`);
  const { lines } = await checkManifest(videoPaths(room.videoFolder).manifest(cameraId), cameraId);
  const segments = lines.filter((line): line is SegmentLine => line.kind === 'segment' && line.frames > 0);
  const gaps = lines.filter((line): line is GapLine => line.kind === 'gap');
  segments.sort((a, b) => a.startAt - b.startAt);
  const firstAt = segments[0]?.startAt ?? 0;
  const files = segments.map(({ file }) => join(room.videoFolder, file));
  const recorded = await recordedPictures(files, camera, firstAt);
  const { named, offMs } = compareGaps(recorded, gaps, firstAt);
  const missing = recorded.lost.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return {
    ...{ cameraId, pictures: recorded.pictures.length, missing, missingMs: (missing * 1_000) / camera.fps },
    named: named.map(({ from, to, cause }) => `${cause} ${Math.round(to - from)} ms`),
    offByAtMostMs: Math.round(Math.max(0, ...offMs)),
  };
}

const round2 = (value: number) => Math.round(value * 100) / 100;
const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? NaN;

asOneUnit(ROOM_WEIGHT);
console.log(JSON.stringify({ seats, rounds, minutes, ranksCount: ranksCount() }));
const kinds = [null, ...ranks];
const exams: Awaited<ReturnType<typeof exam>>[] = [];
for (let round = 0; round < rounds; round++)
  for (const n of kinds.keys()) {
    // Who goes first changes: what the machine does by itself hits all.
    const one = await exam(kinds[(n + round) % kinds.length] ?? null);
    console.log(JSON.stringify(one));
    exams.push(one);
  }
for (const which of ['saveMs', 'aliveMs'] as const) {
  const of = (kind: number | null) => exams.flatMap((one) => (one.rank === kind ? [one[which].p99] : []));
  const without = of(null);
  for (const rank of ranks) {
    const p99s = of(rank);
    const ratios = p99s.map((ms, n) => round2(ms / (without[n] ?? NaN)));
    const ratioOfMedians = round2(median(p99s) / median(without));
    console.log(JSON.stringify({ which, rank, p99s, without, ratios, ratioOfMedians }));
  }
}
