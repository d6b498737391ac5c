// The recorder as it runs in a room, against cameras whose every picture has a number: killed, cut off, starved of space. What is
// missing is told by decoding the recordings, and must be what the manifest names, to the half second.

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import type { GapLine, SegmentLine, VideoLine } from '../../server/core/video-types.js';
import type { CameraStatus } from '../../server/recording/contract.js';
import { RecorderClient, type WantedNow } from '../../server/recording/recorder-client.js';
import { isSoundLine } from '../../server/keys/video-line.js';
import { NO_LINE } from '../../server/recording/video-line.js';
import { SmallDisk } from '../fault/small-disk.js';
import { recordedPictures, type Recorded } from '../support/lost-frames.js';
import { compareGaps, reallyLost, TOLERANCE_MS } from '../support/named-gaps.js';
import { startTestCamera, type TestCamera } from '../support/test-camera.js';

// They wait for cameras most of the time.
t.jobs = 5;
t.setTimeout(560_000);
const beside = () => ({ buffered: true, timeout: 500_000 });

const ENTRY = join(process.cwd(), 'build', 'server', 'recording', 'recorder-main.js');
const log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  debug: () => undefined,
  fatal: () => undefined,
};
const MEGABYTE = 2 ** 20;

interface Setting {
  folder: string;
  camera: TestCamera;
  client: RecorderClient;
  want(more?: Partial<WantedNow> & { record?: boolean }): Promise<void>;
  /** Waits for the camera's status to be so. */
  until(what: string, is: (camera: CameraStatus) => boolean, withinMs?: number): Promise<CameraStatus>;
}

async function setting(t: Tap, options: Parameters<typeof startTestCamera>[0] = {}): Promise<Setting> {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-video-'));
  const camera = await startTestCamera(options);
  const client = await RecorderClient.open({ folder, entry: ENTRY, log });
  t.teardown(async () => {
    await client.stop({ keepRecording: false });
    await camera.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const until: Setting['until'] = async (what, is, withinMs = 90_000) => {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const status = client.status()?.cameras.find(({ cameraId }) => cameraId === 'cam-1');
      if (status !== undefined && is(status)) return status;
      if (performance.now() > deadline) throw new Error(`not ${what}: ${JSON.stringify(client.status())}`);
      await pause(50);
    }
  };
  const want: Setting['want'] = ({ record = true, ...more } = {}) =>
    client.want({
      ...{ until: Date.now() + 600_000, serverStartedAt: Date.now(), segmentSeconds: 2, ffmpeg: 'ffmpeg' },
      ...{ lowBytes: MEGABYTE, stopBytes: MEGABYTE / 2, volumeId: null },
      cameras: [{ cameraId: 'cam-1', url: camera.url, subUrl: camera.subUrl, record, audio: false }],
      ...more,
    });
  return { folder, camera, client, want, until };
}

type Tap = { teardown(fn: () => Promise<void> | void): void; ok(is: unknown, message: string): boolean };

/** Ends the recording and reads everything back. */
async function ended({ client, want, until, folder, camera }: Setting) {
  await want({ record: false });
  await until('off', ({ owedFrom }) => owedFrom === null);
  const lines = await client.linesOf('cam-1', 0);
  const segments = lines.filter((line): line is SegmentLine => line.kind === 'segment');
  const gaps = lines.filter((line): line is GapLine => line.kind === 'gap');
  const playable = segments.filter(({ frames }) => frames > 0).sort((a, b) => a.startAt - b.startAt);
  const files = playable.map(({ file }) => join(folder, file));
  const recorded = await recordedPictures(files, camera, playable[0]?.startAt ?? 0);
  return { lines, segments, gaps: reallyLost(recorded, gaps), recorded };
}

/** Every stretch that is missing from the pictures is a gap of the manifest, and every gap is missing. */
function agrees(t: Tap, recorded: Recorded, gaps: readonly GapLine[], firstAt: number): void {
  const { lost, named, offMs } = compareGaps(recorded, gaps, firstAt);
  const all = JSON.stringify({ lost, named });
  t.ok(
    offMs.every((ms) => ms <= TOLERANCE_MS),
    `${lost.length} stretches missing, each named to ${offMs.map(Math.round)} ms: ${all}`,
  );
}

function isChained(lines: readonly VideoLine[]): boolean {
  return lines.every(
    (line, n) => line.line === n && line.prev === (lines[n - 1]?.hash ?? NO_LINE) && isSoundLine(line),
  );
}

const kill = (pid: number | null | undefined) => {
  if (pid !== null && pid !== undefined) process.kill(pid, 'SIGKILL');
};

void t.test(
  'ffmpeg killed twice, the recorder once, both once: every gap is named, the rest plays',
  beside(),
  async (t) => {
    const room = await setting(t);
    const { client, want, until, folder } = room;
    await want();
    const first = await until('recording', ({ state, lines }) => state === 'recording' && lines > 0);
    // In the middle of a file.
    await pause(700);
    kill(first.ffmpegPid);
    const second = await until(
      'recording again',
      ({ ffmpegPid, state, lines }) => ffmpegPid !== first.ffmpegPid && state === 'recording' && lines > 3,
    );
    await pause(700);
    kill(second.ffmpegPid);
    const third = await until(
      'recording again',
      ({ ffmpegPid, state, lines }) => ffmpegPid !== second.ffmpegPid && state === 'recording' && lines > 6,
    );
    const recorder = client.status()?.pid;
    kill(recorder);
    const taken = await until('taken over', ({ state, lines }) => {
      return client.status()?.pid !== recorder && state === 'recording' && lines > third.lines + 1;
    });
    t.equal(taken.ffmpegPid, third.ffmpegPid, 'the new recorder takes the living ffmpeg over');
    kill(client.status()?.pid);
    kill(taken.ffmpegPid);
    await until('recording again', ({ state, lines }) => state === 'recording' && lines > taken.lines + 3);
    const { lines, segments, gaps, recorded } = await ended(room);
    agrees(t, recorded, gaps, 0);
    t.same(
      gaps.map(({ cause }) => cause),
      ['recorder-ended', 'recorder-ended', 'recorder-restarted'],
    );
    t.equal(recorded.complaints, '', 'everything decodes');
    t.equal(recorded.unreadable, 0);
    t.ok(isChained(lines), 'one chain through all of it');
    for (const { file, sha256, bytes, startAt, endAt } of segments) {
      const content = readFileSync(join(folder, file));
      t.ok(content.length === bytes && createHash('sha256').update(content).digest('hex') === sha256, file);
      t.ok(endAt > startAt, `${endAt - startAt} ms`);
    }
    const cut = segments.filter(({ flags }) => flags.includes('cut-short'));
    t.ok(cut.length >= 2, `what a killed ffmpeg left is kept and marked: ${cut.length}`);
  },
);

void t.test(
  'a camera that falls silent, closes its line, is not there: named, and recorded again',
  beside(),
  async (t) => {
    const room = await setting(t);
    const { camera, want, until } = room;
    await want();
    await until('recording', ({ state, lines }) => state === 'recording' && lines > 1);
    camera.stall();
    await pause(1_500);
    camera.resume();
    await pause(1_500);
    camera.drop();
    await pause(3_500);
    camera.refuse(true);
    const failed = await until('failed', ({ state }) => state === 'failed');
    t.match(failed.gap, { cause: 'camera-unreachable' }, 'an open gap shows');
    t.notMatch(failed.reason ?? '', /@/);
    await pause(1_500);
    camera.refuse(false);
    const { lines } = await until('recording', ({ state }) => state === 'recording');
    await until('a segment', (status) => status.lines > lines + 1);
    const { gaps, recorded } = await ended(room);
    agrees(t, recorded, gaps, 0);
    t.same(
      gaps.map(({ cause }) => cause),
      ['camera-stalled', 'camera-unreachable', 'camera-unreachable'],
    );
    t.equal(recorded.complaints, '');
  },
);

void t.test('H.265 with a login, and a jump of its clock', beside(), async (t) => {
  const login = { user: 'exam', password: 'p@ss:/?#w' };
  const room = await setting(t, { codec: 'h265', frames: 300, login });
  const { camera, want, until, folder } = room;
  await want();
  await until('recording', ({ state, lines }) => state === 'recording' && lines > 1);
  camera.jump(3_600);
  await until('more', ({ lines }) => lines > 3);
  const { segments, gaps, recorded } = await ended(room);
  t.ok(segments.every(({ codec }) => codec === 'h265'));
  agrees(t, recorded, gaps, 0);
  t.equal(recorded.unreadable, 0);
  const kept = readFileSync(join(folder, '.recorder', 'recorder.log'), 'utf8');
  t.notMatch(kept + readFileSync(join(folder, '.recorder', 'status.json'), 'utf8'), /p%40ss|p@ss/);
});

for (const codec of ['h264', 'h265'] as const)
  void t.test(
    `another size in the middle of ${codec}: new files tell it, the mixed one is marked`,
    beside(),
    async (t) => {
      const room = await setting(t, { codec, frames: 300 });
      const { camera, want, until } = room;
      await want();
      // The second run knows the codec: its files are marked otherwise than those of the first.
      const first = await until('recording', ({ state, lines }) => state === 'recording' && lines > 1);
      kill(first.ffmpegPid);
      await until('again', ({ state, lines }) => state === 'recording' && lines > first.lines + 2);
      camera.changeSize();
      await until('the new size', (status) => status.width === 640);
      const { segments, gaps, recorded } = await ended(room);
      t.ok(segments.some(({ flags, width }) => flags.includes('damaged') && width === 320));
      agrees(t, recorded, gaps, 0);
      t.equal(recorded.unreadable, 0);
    },
  );

for (const codec of ['h264', 'h265'] as const)
  for (const setsOnce of [false, true])
    void t.test(
      `${codec} of a camera that names other parameters than it sends${setsOnce ? ', and sends them once' : ''}: it plays`,
      beside(),
      async (t) => {
        const room = await setting(t, { codec, frames: 300, named: 'stale', setsOnce });
        const { client, want, until, folder } = room;
        await want();
        const first = await until('recording', ({ state, lines }) => state === 'recording' && lines > 2);
        // What the right head is outlives the recorder.
        kill(client.status()?.pid);
        await until('taken over', ({ ffmpegPid, lines, state }) => {
          return state === 'recording' && ffmpegPid === first.ffmpegPid && lines > first.lines + 2;
        });
        const { segments, gaps, recorded } = await ended(room);
        t.ok(segments.length > 4 && gaps.length === 0, JSON.stringify(gaps));
        for (const { file, flags, width, height, sha256 } of segments) {
          t.same(flags, ['head-mended'], file);
          t.same([width, height], [320, 180]);
          t.equal(
            createHash('sha256')
              .update(readFileSync(join(folder, file)))
              .digest('hex'),
            sha256,
          );
        }
        t.equal(recorded.complaints, '', 'everything decodes');
        t.equal(recorded.unreadable, 0);
        t.same(recorded.lost, [], 'and nothing is missing');
      },
    );

void t.test(
  'a wrong password is a state of its own, tried rarely, and anew with the next one',
  beside(),
  async (t) => {
    const room = await setting(t, { login: { user: 'exam', password: 'right' } });
    const { camera, client, want, until } = room;
    const wrong = camera.url.replace('right', 'wrong');
    const cameraWith = (url: string, record = true) => ({
      cameras: [{ cameraId: 'cam-1', url, subUrl: null, record, audio: false }],
    });
    await want(cameraWith(wrong));
    const refused = await until('refused', ({ state }) => state === 'refused');
    t.match(refused, { ffmpegPid: null, reason: /401/, gap: { cause: 'camera-refused' } });
    const asked = camera.refusals();
    t.equal(asked, 1);
    await pause(5_500);
    await want(cameraWith(wrong, false));
    await until('off', ({ state }) => state === 'off');
    await want(cameraWith(wrong));
    const still = await until('refused', ({ state }) => state === 'refused');
    await pause(5_500);
    t.equal(camera.refusals(), asked, 'not asked again, switched off and on or not');
    t.equal(still.restarts, 1);
    const changedAt = performance.now();
    await want(cameraWith(camera.url));
    await until('recording', ({ state }) => state === 'recording');
    // The refused one was not to be tried again for some fifteen seconds more.
    t.ok(performance.now() - changedAt < 12_000, 'the new password is tried at once');
    await until('a segment', ({ lines, width }) => lines > 0 && width !== null);
    const { gaps } = await ended(room);
    t.ok(gaps.every(({ cause }) => cause === 'camera-refused') && gaps.length === 2, JSON.stringify(gaps));
    t.equal(client.status()?.cameras[0]?.reason, null);
  },
);

void t.test(
  'what staff stop is a gap with its cause, as long as the plan asks for a recording',
  beside(),
  async (t) => {
    const room = await setting(t);
    const { camera, want, until } = room;
    const stopped = {
      cameras: [
        { cameraId: 'cam-1', url: camera.url, subUrl: null, record: false, stopped: true, audio: false },
      ],
    };
    await want();
    await until('recording', ({ state, lines }) => state === 'recording' && lines > 1);
    const stoppedAt = Date.now();
    await want(stopped);
    const off = await until('off', ({ state, ffmpegPid }) => state === 'off' && ffmpegPid === null);
    t.match(off.gap, { cause: 'stopped-by-staff' });
    await pause(2_000);
    const againAt = Date.now();
    await want();
    const { lines } = await until('recording', ({ state }) => state === 'recording');
    await until('more', (status) => status.lines > lines + 1);
    await want(stopped);
    await until('off', ({ state, ffmpegPid }) => state === 'off' && ffmpegPid === null);
    await pause(1_500);
    const { gaps, recorded } = await ended(room);
    t.same(
      gaps.map(({ cause }) => cause),
      ['stopped-by-staff', 'stopped-by-staff'],
    );
    const [first, last] = gaps;
    t.ok(first !== undefined && Math.abs(first.from - stoppedAt) < 10_000, 'from the switch');
    t.ok(first !== undefined && first.to > againAt, 'to the first picture after it');
    t.ok(last !== undefined && last.to - last.from > 1_000, 'and to the end of the time that is asked for');
    agrees(t, recorded, gaps.slice(0, 1), 0);
  },
);

void t.test(
  'space runs low, then out, then comes back: smaller stream, nothing, all again',
  beside(),
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'kaochang-video-'));
    const disk = SmallDisk.mountOver(folder, 24);
    const camera = await startTestCamera({});
    const client = await RecorderClient.open({ folder, entry: ENTRY, log });
    t.teardown(async () => {
      await client.stop({ keepRecording: false });
      await camera.close();
      disk.unmount();
      rmSync(folder, { recursive: true, force: true });
    });
    const want = (lowBytes: number, stopBytes: number, record = true) =>
      client.want({
        ...{ until: Date.now() + 600_000, serverStartedAt: Date.now(), segmentSeconds: 2, ffmpeg: 'ffmpeg' },
        ...{ lowBytes, stopBytes, volumeId: null },
        cameras: [{ cameraId: 'cam-1', url: camera.url, subUrl: camera.subUrl, record, audio: false }],
      });
    const status = () => client.status()?.cameras[0];
    const until = async (what: string, is: () => boolean) => {
      const deadline = performance.now() + 90_000;
      while (!is()) {
        if (performance.now() > deadline) throw new Error(`not ${what}: ${JSON.stringify(client.status())}`);
        await pause(50);
      }
    };
    const lines = () => status()?.lines ?? 0;
    await want(MEGABYTE, MEGABYTE / 2);
    await until('recording', () => status()?.state === 'recording' && lines() > 0);
    await want(100 * MEGABYTE, MEGABYTE);
    await until('low', () => client.status()?.space === 'low' && status()?.width === 160);
    await want(100 * MEGABYTE, 50 * MEGABYTE);
    await until('out', () => client.status()?.space === 'out' && status()?.ffmpegPid === null);
    t.match(status()?.gap, { cause: 'disk-full' });
    await want(MEGABYTE, MEGABYTE / 2);
    const before = lines();
    await until('recording again', () => status()?.state === 'recording' && lines() > before + 2);
    // And now really full, all at once, below every threshold.
    await want(2, 1);
    await disk.full(pause(4_000));
    const full = lines();
    await until('recording after that', () => status()?.state === 'recording' && lines() > full + 2);
    await want(2, 1, false);
    await until('off', () => status()?.owedFrom === null);
    const all = await client.linesOf('cam-1', 0);
    t.ok(isChained(all));
    const segments = all.filter((line): line is SegmentLine => line.kind === 'segment');
    const gaps = all.filter((line): line is GapLine => line.kind === 'gap');
    t.ok(segments.some(({ flags, width }) => flags.includes('sub-stream') && width === 160));
    t.ok(gaps.length >= 2 && gaps.every(({ cause }) => cause === 'disk-full'), JSON.stringify(gaps));
    const mains = segments.filter(({ width, flags }) => width === 320 && !flags.includes('damaged'));
    const recorded = await recordedPictures(
      mains.map(({ file }) => join(folder, file)),
      camera,
      mains[0]?.startAt ?? 0,
    );
    t.equal(recorded.complaints, '', 'what is not marked decodes');
    for (const { from, to } of recorded.lost.filter(({ from, to }) => to - from > TOLERANCE_MS)) {
      // Nothing on the main stream: a gap, or the smaller one.
      const others = [
        ...gaps,
        ...segments.filter(({ flags }) => flags.includes('sub-stream') || flags.includes('damaged')),
      ]
        .map((line) => (line.kind === 'gap' ? line : { from: line.startAt, to: line.endAt }))
        .filter((line) => line.from < to && line.to > from)
        .sort((a, b) => a.from - b.from);
      const covered = others.reduce(
        (at, line) => (line.from - at <= TOLERANCE_MS ? Math.max(at, line.to) : at),
        from,
      );
      t.ok(
        to - covered <= TOLERANCE_MS,
        `${Math.round(to - from)} ms without the main stream are accounted for`,
      );
    }
    for (const { file } of segments) t.ok(statSync(join(folder, file)).size > 0, `${file} is kept`);
  },
);
