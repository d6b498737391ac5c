// The recorder's process: `node recorder-main.js --folder VIDEO`. One a folder; ends by itself when nothing is wanted any more,
// in order when it is asked to. Whoever starts it need not stay.

import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { machineClocks } from '../clock.js';
import { videoPaths } from './contract.js';
import { becomeRecorder } from './one-recorder.js';
import { Recorder, TICK_MS } from './recorder.js';

const MAX_LOG_BYTES = 2 ** 20;

const at = process.argv.indexOf('--folder');
const folder = at < 0 ? undefined : process.argv[at + 1];
if (folder === undefined) {
  process.stderr.write('usage: recorder-main --folder VIDEO\n');
  process.exit(2);
}
const logFile = join(videoPaths(folder).own, 'recorder.log');
await mkdir(videoPaths(folder).own, { recursive: true, mode: 0o700 });

/** Bounded: one file and the one before. */
async function log(text: string): Promise<void> {
  try {
    const size = await stat(logFile).then(
      (file) => file.size,
      () => 0,
    );
    if (size > MAX_LOG_BYTES) await rename(logFile, `${logFile}.1`);
    await appendFile(logFile, `${new Date().toISOString()} ${process.pid} ${text}\n`, { mode: 0o600 });
  } catch {
    // The disk may be full: a log is not worth a recording.
  }
}

const lock = await becomeRecorder(folder);
if (lock === null) process.exit(0);

const SOON_MS = 20;
let awake: () => void = () => undefined;
let soon = false;
let asked = false;
const wake = () => {
  soon = true;
  awake();
};
const recorder = new Recorder(folder, machineClocks(), (text) => void log(text), wake);
for (const name of ['SIGTERM', 'SIGINT'] as const)
  process.on(name, () => {
    asked = true;
    wake();
  });
// Whoever started it may be gone, and its terminal with it.
process.on('SIGHUP', () => undefined);

/** Waits for the next second, or until something happens. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    let timer = setTimeout(resolve, soon ? SOON_MS : TICK_MS);
    awake = () => {
      clearTimeout(timer);
      timer = setTimeout(resolve, SOON_MS);
    };
  });
}

await log('begins');
await recorder.start();
for (;;) {
  soon = false;
  await recorder.tick();
  if (asked || recorder.isDone) break;
  await pause();
}
await recorder.stop();
await log('ends');
lock.release();
process.exit(0);
