// What cameras, and what goes wrong with them, do to the candidates: the same exam with them and without, by turns, in one run.
// The server is killed in both; with cameras what records is killed too, twice, and the disk of the recordings fills up. Prints
// the time of a save in both, what is missing from the pictures and what the lists name. Loopback only; not run by the tests.
// Usage: node build/tests/bench/filmed-exam.bench.js [SEATS] [ROUNDS] [MINUTES]

import { join } from 'node:path';
import { readWholeJournal } from '../../server/compose/whole-journal.js';
import { lostAnswers } from '../../server/rehearsal/lost-answers.js';
import type { GapLine, SegmentLine } from '../../server/core/video-types.js';
import { videoPaths } from '../../server/recording/contract.js';
import { checkManifest } from '../../server/recording/manifest-check.js';
import { FilmedRoom } from '../support/filmed-room.js';
import { recordedPictures } from '../support/lost-frames.js';
import { compareGaps } from '../support/named-gaps.js';

const [seats = 40, rounds = 1, minutes = 0.8] = process.argv.slice(2).map(Number);
const AWAY_MS = 2_000;
const FULL_MS = 4_000;
const DISK_MEGABYTES = 96;

/** One exam. @returns what was measured in it */
async function exam(cameras: number) {
  const room = await FilmedRoom.open({
    seats,
    minutes,
    cameras,
    diskMegabytes: cameras === 0 ? null : DISK_MEGABYTES,
  });
  try {
    const day = await room.play(async () => {
      if (cameras > 0) {
        await room.recordingGoesOn();
        await room.killRecordings(['cam-1']);
        await room.killRecordings(room.cameraIds);
      }
      await room.killServer(AWAY_MS);
      if (cameras > 0) await room.fillDisk(FULL_MS);
    });
    await room.end();
    const { state } = await readWholeJournal(room.server.data);
    const lost = lostAnswers(room.acknowledged, state, room.sessionId).length;
    const films = await Promise.all(room.cameraIds.map((id, n) => filmOf(room, id, n)));
    return { cameras, saveMs: day.saveMs, acknowledged: room.acknowledged.length, lostAnswers: lost, films };
  } finally {
    await room.close();
  }
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

const ratios: number[] = [];
for (let round = 0; round < rounds; round++) {
  // Who goes first changes: what the machine does by itself hits both.
  const first = round % 2 === 0 ? 0 : 2;
  const pair = [await exam(first), await exam(2 - first)];
  for (const one of pair) console.log(JSON.stringify(one));
  const [without, with2] = [
    pair.find(({ cameras }) => cameras === 0),
    pair.find(({ cameras }) => cameras > 0),
  ];
  ratios.push(Math.round(((with2?.saveMs.p99 ?? 0) / (without?.saveMs.p99 ?? 1)) * 100) / 100);
}
console.log(JSON.stringify({ seats, minutes, ratioOfP99: ratios }));
