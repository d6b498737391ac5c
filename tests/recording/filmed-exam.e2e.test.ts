// A whole exam before two cameras whose every picture has a number: forty candidates save at a steady rate while what records is
// killed twice, the server is killed, and the disk of the recordings fills up. What is missing is told by decoding, and must be
// what the list names; no answer that anybody was told of is lost; everything that is handed over verifies.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { lostAnswers } from '../../server/rehearsal/lost-answers.js';
import { readWholeJournal } from '../../server/compose/whole-journal.js';
import { BundleFiles } from '../../server/bundle/bundle-files.js';
import type { GapLine, SegmentLine } from '../../server/core/video-types.js';
import { videoPaths } from '../../server/recording/contract.js';
import { checkManifest } from '../../server/recording/manifest-check.js';
import type { VideoExport } from '../../server/protocol/video-export.js';
import type { DayFigures } from '../../server/rehearsal/exam-day.js';
import { FilmedRoom } from '../support/filmed-room.js';
import { decodeFile, recordedPictures } from '../support/lost-frames.js';
import { compareGaps, TOLERANCE_MS } from '../support/named-gaps.js';
import { COMMAND } from '../support/start-server.js';

t.setTimeout(560_000);

const SEATS = 40;
const DISK_MEGABYTES = 48;
const FULL_MS = 4_000;
const run = promisify(execFile);
const kaochang = async (...args: string[]) => {
  const { stdout } = await run(process.execPath, [COMMAND, ...args, '--json']);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
};

const room = await FilmedRoom.open({ seats: SEATS, minutes: 0.9, cameras: 2, diskMegabytes: DISK_MEGABYTES });
const { data, exam } = room.server;
const usb = mkdtempSync(join(tmpdir(), 'kaochang-usb-'));
t.teardown(async () => {
  await room.close();
  rmSync(usb, { recursive: true, force: true });
});
let day: DayFigures;

void t.test('the exam is sat, collected and bundled through all of it', async (t) => {
  day = await room.play(async () => {
    await room.recordingGoesOn();
    await room.killRecordings(['cam-1']);
    await room.killRecordings(['cam-1', 'cam-2']);
    const { pid } = room.status();
    await room.killServer(2_000);
    t.equal(room.status().pid, pid, 'the recorder outlives the server');
    await room.fillDisk(FULL_MS);
    await room.recordingGoesOn();
  });
  t.match(day, { admitted: SEATS - 1, absent: 1, handedIn: SEATS - 1 });
  await room.end();
});

void t.test('every acknowledged answer is in the journal', async (t) => {
  const { report, state } = await readWholeJournal(data);
  t.equal(report.ok, true);
  const { acknowledged } = room;
  t.ok(acknowledged.length > SEATS * 40, `${acknowledged.length} saves`);
  t.same(lostAnswers(acknowledged, state, room.sessionId), []);
  for (const id of room.cameraIds) {
    const { lines, problems } = await checkManifest(videoPaths(room.videoFolder).manifest(id), id);
    t.same(problems, []);
    const record = state.video.cameras[id];
    const collectedAt = state.sessions[room.sessionId]?.collectedAt ?? Infinity;
    t.ok((record?.lastEndAt ?? 0) >= collectedAt, 'the journal has it to the collection, and more');
    t.match(record, { headHash: lines[(record?.lines ?? 0) - 1]?.hash, breaks: 0 });
    t.equal(record?.gapCount, lines.filter(({ kind }) => kind === 'gap').length);
  }
});

void t.test('what is missing from the pictures is what the list names', async (t) => {
  for (const [n, id] of room.cameraIds.entries()) {
    const camera = room.cameras[n];
    if (camera === undefined) throw new Error(`No ${id}`);
    const { lines } = await checkManifest(videoPaths(room.videoFolder).manifest(id), id);
    const segments = lines.filter((line): line is SegmentLine => line.kind === 'segment');
    const gaps = lines.filter((line): line is GapLine => line.kind === 'gap');
    const playable = segments.filter(({ frames }) => frames > 0).sort((a, b) => a.startAt - b.startAt);
    const firstAt = playable[0]?.startAt ?? 0;
    const recorded = await recordedPictures(
      playable.map(({ file }) => join(room.videoFolder, file)),
      camera,
      firstAt,
    );
    const { lost, named, offMs } = compareGaps(recorded, gaps, firstAt);
    const all = `${id}: ${JSON.stringify({ lost, named })}`;
    t.ok(
      offMs.every((ms) => ms <= TOLERANCE_MS),
      `each end to ${offMs.map(Math.round)} ms: ${all}`,
    );
    // A kill may cost less than half a second, and is no gap then.
    const causes = named.map(({ cause }) => cause);
    t.ok(
      causes.every((cause) => ['recorder-ended', 'disk-full'].includes(cause)),
      all,
    );
    t.ok(causes.includes('disk-full'), all);
    t.equal(recorded.unreadable, 0);
    for (const { file, flags } of playable)
      if (recorded.faulty.has(join(room.videoFolder, file)))
        t.ok(flags.includes('damaged'), `${file} does not decode whole: ${recorded.complaints}`);
    t.ok(recorded.pictures.length > 40 * camera.fps, `${recorded.pictures.length} pictures`);
  }
});

void t.test('bundle, recordings and films verify, and the films play', async (t) => {
  const [orgKey, roomPub] = [join(data, 'org.key'), join(data, 'keys', 'room.pub')];
  writeFileSync(orgKey, JSON.stringify(exam.org));
  const bundle = new BundleFiles(data).sealed(room.sessionId);
  t.match(await kaochang('bundle', 'verify', bundle, '--trust', roomPub, '--identity', orgKey), {
    ...{ ok: true, depth: 'all', candidates: SEATS },
  });
  t.match(await kaochang('video', 'verify', room.videoFolder, '--data', data), { ok: true, problems: [] });
  const handedOver = await kaochang(
    'video',
    'export',
    '--session',
    room.sessionId,
    '--to',
    usb,
    '--data',
    data,
  );
  t.match(handedOver, { ok: true, faults: [] });
  t.match(await kaochang('video', 'verify', usb, '--trust', roomPub), { ok: true, problems: [] });
  const { payload } = JSON.parse(readFileSync(String(handedOver['statementFile']), 'utf8')) as {
    payload: string;
  };
  const { cameras } = JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as VideoExport;
  t.equal(cameras.length, room.cameraIds.length);
  for (const { cameraId, files } of cameras) {
    t.equal(files.length, 1, 'a film a camera');
    const { lines } = await checkManifest(videoPaths(room.videoFolder).manifest(cameraId), cameraId);
    const within = new Set(files.flatMap(({ segments }) => segments.map(([line]) => line)));
    const whole = lines.reduce(
      (sum, line) =>
        line.kind === 'segment' && within.has(line.line) && !line.flags.includes('damaged')
          ? sum + line.frames
          : sum,
      0,
    );
    const { counters, complaints } = await decodeFile(join(usb, files[0]?.name ?? ''));
    t.equal(complaints, '', 'the film plays from its beginning to its end');
    t.ok(counters.length >= whole, `with all that was recorded: ${counters.length} pictures of ${whole}`);
    t.notOk(counters.includes(null), 'each of which can be read');
  }
});
