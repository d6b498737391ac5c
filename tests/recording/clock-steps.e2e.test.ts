// The wall clock is set while a camera is recorded, by seconds and by an hour, forward and back: no segment says a time that its
// pictures do not have, what has no time is a gap with its cause, later gaps are still found, and review and export have it all.

import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import {
  coverageOf,
  emptyRecord,
  wallAheadOf,
  wallSpanOf,
  withLines,
} from '../../server/core/video-record.js';
import type { GapLine, SegmentLine } from '../../server/core/video-types.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { isSoundLine } from '../../server/keys/video-line.js';
import { exportVideo } from '../../server/recording/export-video.js';
import { inRoomTime, recordedIndex } from '../../server/recording/review-playlist.js';
import { verifyExport } from '../../server/recording/verify-export.js';
import { verifyRecordings } from '../../server/recording/verify-recordings.js';
import { decodeFile, recordedPictures } from '../support/lost-frames.js';
import type { AcrossStep } from '../support/recording-across-step-main.js';

t.jobs = 2;
t.setTimeout(560_000);

const PROGRAM = join(process.cwd(), 'build', 'tests', 'support', 'recording-across-step-main.js');
/** To which an instant is told; pictures come each 40 ms, ffmpeg takes them in at once. */
const TOLERANCE_MS = 500;
/** A clock that was set is noticed; then a camera must be asked and a key frame come. Much less than any of the steps. */
const NEW_STREAM_WITHIN_MS = 20_000;
const HOUR_MS = 3_600_000;

function faketimeLibrary(): string | undefined {
  const places = '/usr/lib/*/faketime/libfaketime.so.1 /usr/lib/faketime/libfaketime.so.1';
  return spawnSync('sh', ['-c', `ls ${places}`], { encoding: 'utf8' }).stdout.split('\n')[0] || undefined;
}

async function recordedAcross(folder: string, library: string, byMs: number): Promise<AcrossStep> {
  const clockFile = join(folder, 'wall-clock');
  writeFileSync(clockFile, '+0\n');
  const video = join(folder, 'video');
  mkdirSync(video);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [PROGRAM, JSON.stringify({ folder: video, byMs })],
    {
      env: {
        ...process.env,
        ...{ LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: clockFile, FAKETIME_NO_CACHE: '1' },
        ...{ FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1', NO_FAKE_STAT: '1' },
      },
    },
  );
  return JSON.parse(stdout) as AcrossStep;
}

for (const byMs of [40_000, -40_000, HOUR_MS, -HOUR_MS])
  void t.test(`the clock is set by ${byMs / 1_000} s`, { buffered: true, timeout: 500_000 }, async (t) => {
    if (process.platform !== 'linux') return t.pass('faketime is a Linux library');
    const library = faketimeLibrary();
    if (library === undefined) return t.fail('faketime is missing: apt-get install faketime');
    const folder = mkdtempSync(join(tmpdir(), 'kaochang-step-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const { setAt, killedAt, recorders, camera, lines } = await recordedAcross(folder, library, byMs);
    const video = join(folder, 'video');
    t.equal(recorders[0], recorders[1], 'the recorder was not taken for one that hangs');
    t.ok(lines.every(isSoundLine));

    const stepAt = lines.findIndex((line) => line.kind === 'gap');
    const gaps = lines.filter((line): line is GapLine => line.kind === 'gap');
    t.same(
      gaps.map(({ cause }) => cause),
      ['clock-stepped', 'recorder-ended'],
      JSON.stringify(gaps),
    );
    const [step, kill] = gaps as [GapLine, GapLine];
    t.ok(Math.abs(step.from - setAt - byMs) < TOLERANCE_MS, `${step.from - setAt - byMs} ms from the step`);
    t.ok(step.to - step.from < NEW_STREAM_WITHIN_MS, `${step.to - step.from} ms have no time`);

    const segments = lines.filter((line): line is SegmentLine => line.kind === 'segment');
    const files = segments.map(({ file }) => join(video, file));
    const recorded = await recordedPictures(files, camera, segments[0]?.startAt ?? 0);
    const lost = recorded.lost.filter(({ from, to }) => to - from > TOLERANCE_MS);
    t.equal(lost.length, 1, `only what the kill took is missing: ${JSON.stringify(lost)}`);
    t.equal(recorded.unreadable, 0);
    const offMs = lost.map(({ from, to }) =>
      Math.max(Math.abs(kill.from - byMs - from), Math.abs(kill.to - byMs - to)),
    );
    t.ok(
      Math.max(...offMs) < TOLERANCE_MS,
      `a gap behind the step is named, to ${Math.round(offMs[0] ?? NaN)} ms`,
    );
    t.ok(
      lost.every(({ from, to }) => from < killedAt + TOLERANCE_MS && to > killedAt),
      'where it was',
    );

    // Each film by itself: its first picture is of the time that its line says, and so is its last one that has a time.
    let last = Math.round((((segments[0]?.startAt ?? 0) - camera.startedAt) / 1_000) * camera.fps);
    for (const segment of segments) {
      const { counters } = await decodeFile(join(video, segment.file));
      const due = counters.map((counter) => {
        last +=
          (((((counter ?? 0) - last) % camera.frames) + camera.frames * 1.5) % camera.frames) -
          camera.frames / 2;
        return camera.startedAt + (last * 1_000) / camera.fps;
      });
      if (segment.flags.includes('damaged')) continue;
      const isAfter = segment.line > stepAt || (due[0] ?? 0) > setAt;
      const clock = isAfter ? byMs : 0;
      const ends = Math.min(due.at(-1) ?? 0, isAfter ? Infinity : setAt);
      const [early, late] = [segment.startAt - clock - (due[0] ?? 0), segment.endAt - clock - ends];
      t.ok(
        Math.abs(early) < TOLERANCE_MS,
        `${segment.file} begins ${Math.round(early)} ms from its first picture`,
      );
      t.ok(Math.abs(late) < TOLERANCE_MS, `and ends ${Math.round(late)} ms from its last`);
    }
    const wrong = segments.filter(({ flags }) => flags.includes('damaged'));
    t.ok(byMs < 0 || wrong.length === 0, `${wrong.length} without a time`);

    // The room: lines up to the step have the clock before it.
    const early = withLines(emptyRecord(), { lines: lines.slice(0, stepAt), wallAheadMs: 0 });
    const record = withLines(early, { lines: lines.slice(stepAt), wallAheadMs: byMs });
    const [from, to] = [segments[0]?.startAt ?? 0, (segments.at(-1)?.endAt ?? 0) - byMs];
    const { missing } = coverageOf(record, from, to);
    t.equal(missing.length, 2, JSON.stringify(missing));
    for (const [n, one] of missing.entries()) {
      const gap = gaps[n] as GapLine;
      t.ok(Math.abs(one.from - gap.from + byMs) + Math.abs(one.to - gap.to + byMs) < TOLERANCE_MS);
    }
    const aheadOf = (line: number) => wallAheadOf(record, line);
    const index = recordedIndex('cam-1', lines, { from, to }, aheadOf);
    t.equal(index.stretches.at(0)?.from, from);
    t.equal(index.stretches.at(-1)?.to, to, 'the review has all of it, in the order of the room');
    const order = inRoomTime(lines, aheadOf).flatMap((line) =>
      line.kind === 'segment' ? [line.startAt] : [],
    );
    t.ok(
      order.every((at, n) => n === 0 || at - (order[n - 1] ?? 0) > -NEW_STREAM_WITHIN_MS),
      'no file stands beside another',
    );

    t.ok((await verifyRecordings(video, { now: Date.now() + Math.abs(byMs) })).ok);
    const room = await generateKeys('room', '102');
    const target = join(folder, 'usb');
    const wall = wallSpanOf(record, { from, to });
    const { statement, files: films } = await exportVideo({
      ...{ videoFolder: video, to: target, own: [], room, version: '0', now: wall.to, fat32: 'no' },
      session: {
        ...{ sessionId: 's', packageId: 'p', startsAt: from, siteName: 'XX学院', roomName: '102' },
        isOneOfSeveral: false,
      },
      ...{ from: wall.from, until: wall.to, judgedUntil: wall.to },
      cameras: [{ cameraId: 'cam-1', name: '前' }],
    });
    t.same((await verifyExport(target, [room.public])).problems, []);
    const exported = statement.cameras.flatMap((one) => one.files).flatMap((one) => one.segments);
    t.equal(exported.length, segments.length, 'every file is handed over');
    let pictures = 0;
    for (const film of films) {
      const { counters, complaints } = await decodeFile(film);
      t.equal(complaints, '');
      pictures += counters.length;
    }
    t.equal(
      pictures,
      segments.reduce((sum, { frames }) => sum + frames, 0),
      'and plays',
    );
    const causes = statement.cameras[0]?.gaps.map(({ cause }) => cause) ?? [];
    t.ok(causes.includes('clock-stepped') && causes.includes('recorder-ended'), causes.join());
  });
