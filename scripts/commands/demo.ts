// `kaochang demo`: a complete room on sample data. With --auto the whole day plays by itself; without, the server runs, the
// addresses and sign-ins are printed, and a person clicks through.

import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { autoTimes, clickTimes } from '../../server/rehearsal/demo-plan.js';
import { portOrAny } from '../../server/rehearsal/free-port.js';
import { filmFolder, filmsText, NO_FFMPEG, startDemoCameras, type DemoCameras } from './demo-cameras.js';
import { playDemo } from './demo-auto.js';
import { guideDemo } from './demo-guide.js';
import { makeDemoRoom } from './demo-room.js';

interface DemoOptions {
  port?: number;
  /** Seconds from now to the start, and of the exam; of the demo that is clicked through. */
  startsIn?: number;
  lasts?: number;
  data?: string;
  seats: number;
  exam: 'theory' | 'practical';
  auto?: boolean;
  /** `--no-cameras` leaves them out. */
  cameras?: boolean;
  json?: boolean;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const COMMAND = join(root, 'build', 'scripts', 'kaochang.js');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

/** @throws Error naming the step that failed */
export async function demo({ cameras = true, ...options }: DemoOptions) {
  const running = cameras ? await startDemoCameras(join(root, 'samples', 'cameras')) : null;
  try {
    return await demoWith(running, options, cameras && running === null);
  } finally {
    await running?.close();
  }
}

/** The folder for the films is there, and is named in the settings. */
async function offered(cameras: DemoCameras | null, data: string) {
  if (cameras === null) return null;
  const folder = filmFolder(data);
  await mkdir(folder, { recursive: true });
  return { devices: cameras.devices, recording: { ...cameras.recording, exportFolders: [folder] } };
}

async function demoWith(
  cameras: DemoCameras | null,
  { port, data: folder, seats, exam, auto = false, startsIn, lasts }: DemoOptions,
  lacksFfmpeg: boolean,
) {
  if (seats < 5) throw new Error('--seats: 至少 5 个考位 / five seats or more');
  if (auto && (startsIn !== undefined || lasts !== undefined))
    throw new Error('--auto 的时间是固定的 / the times of --auto are fixed');
  const startedAt = performance.now();
  const elapsed = () => ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
  const say = (text: string) => process.stderr.write(`[${elapsed()} s] ${text}\n`);
  const data = folder === undefined ? await mkdtemp(join(tmpdir(), 'kaochang-demo-')) : resolve(folder);
  const asked = {
    hasCameras: cameras !== null,
    ...(startsIn === undefined ? {} : { startsInMs: startsIn * 1000 }),
    ...(lasts === undefined ? {} : { lastsMs: lasts * 1000 }),
  };
  if (lacksFfmpeg) say(NO_FFMPEG);
  const times = auto ? autoTimes(Date.now(), cameras !== null) : clickTimes(Date.now(), asked);
  const samples = join(root, 'samples', exam);
  const room = await makeDemoRoom({
    data,
    samples,
    times,
    seats,
    port: port ?? (auto ? 0 : await portOrAny(8080)),
    version,
    devices: join(root, 'samples', 'devices'),
    cameras: await offered(cameras, data),
    say,
  });
  if (!auto) return guideDemo(room, COMMAND, say, cameras !== null);
  const result = await playDemo(room, COMMAND, say, cameras !== null);
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  const { saveMs, resentMs, startMs, bundle, score } = result;
  const text = [
    '',
    `考生 / candidates        ${result.admitted} 在考 / sat, ${result.absent} 缺考 / absent, ${result.handedIn} 全部收齐 / all received`,
    `已确认的保存 / saves       ${result.acknowledged} 次已落盘 / on disk, ${result.lost} 丢失 / lost`,
    `保存 / save (ms)          p50 ${saveMs.p50}  p99 ${saveMs.p99}  max ${saveMs.max}`,
    `断电期间 / in the outage  ${resentMs.count} 次，最久 / longest ${resentMs.max} ms`,
    `开考到试卷 / start (ms)   p50 ${startMs.p50}  p99 ${startMs.p99}`,
    `重连 / reconnects         ${result.reconnects}`,
    `成绩包 / bundle           ${bundle.verified ? '核验通过 / verified' : '有问题 / faulty'}  ${bundle.rows} 条记录 / rows`,
    `评分 / scores             ${score.scored} 人，平均 / average ${score.average}，两套评分 / both scorers ${score.agree ? '一致 / agree' : '不一致 / differ'}`,
    filmsText(result.films),
    `数据目录 / data           ${data}`,
    `用时 / took               ${seconds} s`,
  ].join('\n');
  return { ...result, seconds, data, text };
}
