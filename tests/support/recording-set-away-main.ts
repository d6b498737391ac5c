// A recorder with its camera, killed with its ffmpeg; the wall clock is set before anybody records again. A program of its own: all of
// its processes have the clock that libfaketime gives them. Usage: node build/tests/support/recording-set-away-main.js
// '{"folder":"/tmp/x","byMs":-40000}' with FAKETIME_TIMESTAMP_FILE of a file that it may replace. Prints one line of JSON (`SetAway`).

import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { VideoLine } from '../../server/core/video-types.js';
import type { CameraStatus } from '../../server/recording/contract.js';
import { watchRecorder } from '../../server/recording/one-recorder.js';
import { RecorderClient } from '../../server/recording/recorder-client.js';
import { startTestCamera } from './test-camera.js';

/** What became of it. Instants are the wall clock as it was before it was set, ms. */
export interface SetAway {
  killedAt: number;
  /** Somebody wanted recordings again from then on. */
  againAt: number;
  lines: VideoLine[];
}

const { folder, byMs } = JSON.parse(process.argv[2] ?? '{}') as { folder: string; byMs: number };
const clockFile = process.env['FAKETIME_TIMESTAMP_FILE'];
if (clockFile === undefined) throw new Error('there is no clock to be set');
const quiet = () => undefined;
const log = { info: quiet, warn: quiet, error: quiet, debug: quiet, fatal: quiet };
const entry = join(process.cwd(), 'build', 'server', 'recording', 'recorder-main.js');
const camera = await startTestCamera({ sub: null });
const beganMono = performance.now();
const beganAt = Date.now();
const before = () => beganAt + performance.now() - beganMono;

async function room() {
  const client = await RecorderClient.open({ folder, entry, log });
  const serverStartedAt = Date.now();
  const want = (record: boolean) =>
    client.want({
      ...{ until: Date.now() + 600_000, serverStartedAt, segmentSeconds: 2, ffmpeg: 'ffmpeg' },
      ...{ lowBytes: 2, stopBytes: 1, volumeId: null },
      cameras: [{ cameraId: 'cam-1', url: camera.url, subUrl: null, record, audio: false }],
    });
  const until = async (what: string, is: (camera: CameraStatus) => boolean): Promise<CameraStatus> => {
    for (const end = performance.now() + 90_000; performance.now() < end; await pause(50)) {
      const status = client.status()?.cameras[0];
      if (status !== undefined && is(status)) return status;
    }
    throw new Error(`not ${what}: ${JSON.stringify(client.status())}`);
  };
  return { client, want, until };
}

const first = await room();
await first.want(true);
const { ffmpegPid, lines: some } = await first.until(
  'recording',
  ({ state, lines }) => state === 'recording' && lines > 2,
);
// In the middle of a file.
await pause(700);
const recorder = await watchRecorder(folder);
if (recorder === null || ffmpegPid === null) throw new Error('nobody records');
await first.client.stop({ keepRecording: true });
process.kill(recorder.pid, 'SIGKILL');
process.kill(ffmpegPid, 'SIGKILL');
const killedAt = before();
await recorder.gone;
writeFileSync(`${clockFile}.new`, `${byMs < 0 ? '' : '+'}${byMs / 1_000}\n`);
renameSync(`${clockFile}.new`, clockFile);
if (Math.abs(Date.now() - before() - byMs) > 500) throw new Error('the wall clock does not follow');
await pause(3_000);

const second = await room();
await second.want(true);
const againAt = before();
await second.until('recording again', ({ state, lines }) => state === 'recording' && lines > some + 4);
await second.want(false);
await second.until('off', ({ owedFrom }) => owedFrom === null);
const lines = await second.client.linesOf('cam-1', 0);
await second.client.stop({ keepRecording: false });
await camera.close();
const said: SetAway = { killedAt, againAt, lines };
process.stdout.write(`${JSON.stringify(said)}\n`);
