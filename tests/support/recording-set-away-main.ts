// A recorder with its camera, killed with its ffmpeg; the wall clock is set before anybody records again. A program of its own: all of
// its processes have the clock that libfaketime gives them. Usage: node build/tests/support/recording-set-away-main.js
// '{"folder":"/tmp/x","byMs":-40000}' with FAKETIME_TIMESTAMP_FILE of a file that it may replace. Prints one line of JSON (`SetAway`).

import { renameSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { VideoLine } from '../../server/core/video-types.js';
import { watchRecorder } from '../../server/recording/one-recorder.js';
import { ownRecorder } from './own-recorder.js';
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
const camera = await startTestCamera({ sub: null });
const beganMono = performance.now();
const beganAt = Date.now();
const before = () => beganAt + performance.now() - beganMono;

const first = await ownRecorder(folder, camera.url);
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

const second = await ownRecorder(folder, camera.url);
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
