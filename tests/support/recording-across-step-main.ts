// A recorder with its camera while the wall clock is set, as a program of its own: all of its processes have the clock that
// libfaketime gives them. Usage: node build/tests/support/recording-across-step-main.js '{"folder":"/tmp/x","byMs":-40000}' with
// FAKETIME_TIMESTAMP_FILE of a file that it may replace. Prints one line of JSON (`AcrossStep`) at its end.

import { renameSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { VideoLine } from '../../server/core/video-types.js';
import { ownRecorder } from './own-recorder.js';
import { startTestCamera } from './test-camera.js';

/** What became of it. Instants are the wall clock as it was before it was set, ms. */
export interface AcrossStep {
  setAt: number;
  /** An ffmpeg was killed then. */
  killedAt: number;
  /** The process of the recorder, before and after. */
  recorders: (number | undefined)[];
  camera: { startedAt: number; fps: number; frames: number };
  lines: VideoLine[];
}

const { folder, byMs } = JSON.parse(process.argv[2] ?? '{}') as { folder: string; byMs: number };
const clockFile = process.env['FAKETIME_TIMESTAMP_FILE'];
if (clockFile === undefined) throw new Error('there is no clock to be set');
const camera = await startTestCamera({ sub: null });
const { client, want, until } = await ownRecorder(folder, camera.url);

await want(true);
const before = await until('recording', ({ state, lines }) => state === 'recording' && lines > 2);
const recorder = client.status()?.pid;
// In the middle of a file, and just behind a key frame: they are a second apart, a new file or stream begins with the next one, and
// what has no time till then is longer than half a second, the least that is named.
await pause(700);
await pause(1_100 - ((Date.now() - camera.startedAt) % 1_000));
writeFileSync(`${clockFile}.new`, `${byMs < 0 ? '' : '+'}${byMs / 1_000}\n`);
const setAt = Date.now();
const sinceMono = performance.now();
renameSync(`${clockFile}.new`, clockFile);
const setMs = Date.now() - setAt - (performance.now() - sinceMono);
if (Math.abs(setMs - byMs) > 500) throw new Error('the wall clock does not follow');
const after = await until(
  'recording by the clock of now',
  ({ state, lines, ffmpegPid }) =>
    state === 'recording' && ffmpegPid !== before.ffmpegPid && lines > before.lines + 5,
);
await pause(700);
// Silent meanwhile: what a kill takes may be less than a gap.
camera.stall();
process.kill(after.ffmpegPid ?? 0, 'SIGKILL');
const killedAt = setAt + performance.now() - sinceMono;
await until('begun again', ({ ffmpegPid }) => ffmpegPid !== null && ffmpegPid !== after.ffmpegPid);
await pause(1_000);
camera.resume();
await until('recording again', ({ state, lines }) => state === 'recording' && lines > after.lines + 3);
const recorders = [recorder, client.status()?.pid];
await want(false);
await until('off', ({ owedFrom }) => owedFrom === null);
const lines = await client.linesOf('cam-1', 0);
await client.stop({ keepRecording: false });
const { startedAt, fps, frames } = camera;
await camera.close();
const said: AcrossStep = { setAt, killedAt, recorders, camera: { startedAt, fps, frames }, lines };
process.stdout.write(`${JSON.stringify(said)}\n`);
