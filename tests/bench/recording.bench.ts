// What the recording costs beside bare ffmpeg that copies the same streams in the same minute, what each option of our ffmpeg has
// of that, what a kill -9 loses (told by decoding), and how long it takes until pictures are recorded again. Loopback only; not
// run by the tests. Usage: node build/tests/bench/recording.bench.js [cpu CAMERAS SECONDS | parts ROUNDS SECONDS | kills N |
// formats N | busy LOOPS SECONDS ROUNDS]

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { RecorderStatus } from '../../server/recording/contract.js';
import { RecorderClient } from '../../server/recording/recorder-client.js';
import { decodeFile } from '../support/lost-frames.js';
import { startTestCamera } from '../support/test-camera.js';
import { BESIDE, cameraProcess, cpuOf } from './bare-ffmpeg.js';
import { busy } from './recording-busy.js';
import { parts } from './recording-parts.js';

const [part = 'cpu', first = '2', second = '', third = '1'] = process.argv.slice(2);
const ENTRY = join(process.cwd(), 'build', 'server', 'recording', 'recorder-main.js');
const FLOOR = join(process.cwd(), 'build', 'tests', 'bench', 'recording-floor.js');
const quiet = () => undefined;
const log = { info: quiet, warn: quiet, error: quiet, debug: quiet, fatal: quiet };

async function wanted(
  client: RecorderClient,
  cameras: { url: string; subUrl: string }[],
  segmentSeconds = 10,
) {
  await client.want({
    ...{ until: Date.now() + 3_600_000, serverStartedAt: Date.now(), segmentSeconds, ffmpeg: 'ffmpeg' },
    ...{ lowBytes: 2, stopBytes: 1, volumeId: null },
    cameras: cameras.map(({ url, subUrl }, n) => ({
      ...{ cameraId: `cam-${n + 1}`, url, subUrl, record: true, audio: false },
    })),
  });
}

async function flowing(client: RecorderClient, lines: number, cameras = 1): Promise<RecorderStatus> {
  for (;;) {
    const status = client.status();
    const ready = status?.cameras.every((one) => one.state === 'recording' && one.lines >= lines);
    if (status !== null && ready === true && status.cameras.length >= cameras) return status;
    await pause(100);
  }
}

/** 1080p25 at 4 Mbit/s, each camera beside: recorded by the recorder, and by ffmpegs with nothing around them. */
async function cpu(count: number, seconds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-bench-video-'));
  const children: ChildProcess[] = [];
  const cameras: { url: string; subUrl: string }[] = [];
  for (let n = 0; n < count; n++) {
    const { child, ...camera } = await cameraProcess();
    children.push(child);
    cameras.push(camera);
  }
  const client = await RecorderClient.open({ folder, entry: ENTRY, log });
  try {
    // Who is sent a picture first wakes first, and finds nothing of itself in the processor's cache: half of the cameras serve
    // the recorder first, half the other.
    await wanted(client, cameras.slice(0, Math.ceil(count / 2)));
    await flowing(client, 0);
    const beside: Record<keyof typeof BESIDE, number[]> = { bare: [], safe: [] };
    for (const [n, { url }] of cameras.entries())
      for (const name of n % 2 === 0 ? (['bare', 'safe'] as const) : (['safe', 'bare'] as const)) {
        const into = join(folder, `${name}-${n}`);
        mkdirSync(into);
        const child = spawn('ffmpeg', BESIDE[name](url, into), { stdio: 'ignore' });
        children.push(child);
        beside[name].push(child.pid ?? 0);
      }
    await pause(2_000);
    await wanted(client, cameras);
    const floor = spawn(process.execPath, [FLOOR, ...cameras.map((_, n) => join(folder, `bare-${n}`))], {
      stdio: 'inherit',
    });
    children.push(floor);
    const status = await flowing(client, 2, count);
    const own = status.cameras.map(({ ffmpegPid }) => ffmpegPid ?? 0);
    const read = () => ({
      host: cpuOf(status.pid),
      own: own.reduce((sum, pid) => sum + cpuOf(pid), 0),
      bare: beside.bare.reduce((sum, pid) => sum + cpuOf(pid), 0),
      safe: beside.safe.reduce((sum, pid) => sum + cpuOf(pid), 0),
      floor: cpuOf(floor.pid ?? 0),
      at: performance.now(),
    });
    const before = read();
    await pause(seconds * 1_000);
    const after = read();
    const share = (name: keyof Omit<typeof before, 'at'>) =>
      Math.round(((after[name] - before[name]) / ((after.at - before.at) / 1_000)) * 100_000) / 1_000;
    const [host, ffmpegs, least] = [share('host'), share('own'), share('floor')];
    const [raw, kept] = [share('bare'), share('safe')];
    const ratio = (more: number, of: number) => Math.round((more / of) * 100) / 100;
    console.log(
      JSON.stringify({
        ...{ cameras: count, seconds, recorderPercent: host, ffmpegPercent: ffmpegs },
        ...{ barePercent: raw, safePercent: kept },
        // A Node process beside bare ffmpeg that hashes its files and does nothing else.
        floorPercent: least,
        ...{ ratio: ratio(host + ffmpegs, raw), ratioToSafe: ratio(host + ffmpegs, kept) },
        ratioOfFloor: ratio(raw + least, raw),
        kilobits: client.status()?.cameras.map(({ kilobitsPerSecond }) => kilobitsPerSecond),
        memoryMegabytes:
          Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${status.pid}/status`, 'utf8'))?.[1]) / 1_000,
      }),
    );
  } finally {
    await client.stop({ keepRecording: false });
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** ffmpeg killed at drawn moments: what it had been sent and did not keep, and when the next picture is kept. */
async function kills(count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-bench-video-'));
  const camera = await startTestCamera({});
  const client = await RecorderClient.open({ folder, entry: ENTRY, log });
  const killedAt: number[] = [];
  try {
    await wanted(client, [camera], 10);
    await flowing(client, 1);
    for (let n = 0; n < count; n++) {
      const pid = client.status()?.cameras[0]?.ffmpegPid;
      await pause(2_000 + Math.random() * 2_000);
      if (pid !== null && pid !== undefined) {
        process.kill(pid, 'SIGKILL');
        killedAt.push(Date.now());
      }
      for (;;) {
        const now = client.status()?.cameras[0];
        if (now?.state === 'recording' && now.ffmpegPid !== pid) break;
        await pause(50);
      }
    }
    await pause(2_000);
  } finally {
    await client.stop({ keepRecording: false });
  }
  const lines = await client.linesOf('cam-1', 0);
  const segments = lines.flatMap((line) => (line.kind === 'segment' && line.frames > 0 ? [line] : []));
  const loss: number[] = [];
  const again: number[] = [];
  const spans = [];
  let last = Math.round(((segments[0]?.startAt ?? 0) - camera.startedAt) / 40);
  for (const { file } of segments)
    for (const counter of (await decodeFile(join(folder, file))).counters) {
      if (counter === null) continue;
      last = Math.round((last - counter) / camera.frames) * camera.frames + counter;
      spans.push(camera.startedAt + last * 40);
    }
  for (const at of killedAt) {
    // A picture that was due 40 ms before the kill had been sent.
    const kept = Math.max(...spans.filter((due) => due <= at));
    loss.push(at - kept - 40);
    again.push(Math.min(...spans.filter((due) => due > at)) - at);
  }
  const sorted = (values: number[]) => values.map(Math.round).sort((a, b) => a - b);
  const named = lines.flatMap((line) => (line.kind === 'gap' ? [line.to - line.from] : []));
  console.log(
    JSON.stringify({
      kills: killedAt.length,
      lostMs: sorted(loss),
      againAfterMs: sorted(again),
      named: sorted(named),
    }),
  );
  await camera.close();
  rmSync(folder, { recursive: true, force: true });
}

/** The same stream into three kinds of files, killed at the same moments: what is left of each. */
async function formats(count: number): Promise<void> {
  const camera = await startTestCamera({});
  const kinds: Record<string, string[]> = {
    'fragmented MP4, 0.3 s': [
      '-f',
      'mp4',
      '-movflags',
      'empty_moov+default_base_moof',
      '-frag_duration',
      '300000',
      '-flush_packets',
      '1',
    ],
    'fragmented MP4 at key frames': ['-f', 'mp4', '-movflags', 'frag_keyframe+empty_moov+default_base_moof'],
    'MPEG-TS': ['-f', 'mpegts', '-flush_packets', '1'],
    'plain MP4': ['-f', 'mp4'],
  };
  const lost: Record<string, number[]> = {};
  for (let n = 0; n < count; n++) {
    const folder = mkdtempSync(join(tmpdir(), 'kaochang-bench-video-'));
    const children = Object.entries(kinds).map(([, args], index) => {
      const input = [
        '-hide_banner',
        '-loglevel',
        'error',
        '-nostdin',
        '-rtsp_transport',
        'tcp',
        '-i',
        camera.url,
      ];
      return spawn('ffmpeg', [...input, '-an', '-c', 'copy', ...args, join(folder, String(index))], {
        stdio: 'ignore',
      });
    });
    await pause(8_000 + Math.random() * 1_000);
    const at = Date.now();
    for (const child of children) child.kill('SIGKILL');
    for (const [index, kind] of Object.keys(kinds).entries()) {
      const { counters } = await decodeFile(join(folder, String(index)));
      const kept = counters.at(-1);
      const sent = Math.floor((at - camera.startedAt - 40) / 40) % camera.frames;
      const missing =
        kept === undefined || kept === null ? null : (sent - kept + camera.frames) % camera.frames;
      (lost[kind] ??= []).push(missing === null ? Infinity : missing * 40);
    }
    rmSync(folder, { recursive: true, force: true });
  }
  for (const [kind, values] of Object.entries(lost))
    console.log(kind, values.map((ms) => (ms === Infinity ? 'all' : ms)).join(' '));
  await camera.close();
}

if (part === 'cpu') await cpu(Number(first), Number(second || 60));
else if (part === 'kills') await kills(Number(first));
else if (part === 'busy') await busy(Number(first), Number(second || 60), Number(third));
else if (part === 'parts') await parts(Number(first), Number(second || 20));
else await formats(Number(first));
