// The thread beside the room: reads the journal for itself, as far as it was written when it began, and does one task. It
// writes no row; a bundle it writes to the data folder.

import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { BundleFiles } from '../bundle/bundle-files.js';
import { NoSpaceError } from '../bundle/partial-file.js';
import { openSqliteJournal } from '../journal/sqlite-journal.js';
import type { BesideAnswer, BesideProgress, BesideTask } from './beside-tasks.js';
import { readMarks } from './device-desk.js';
import { handedInFiles } from './file-uploads.js';
import { signedReport } from './signed-report.js';

const BESIDE_NICENESS = 15;
/** People watch a bar, not a stopwatch. */
const TELL_EVERY_MS = 250;

// On Linux this is the niceness of this thread alone: answers come first, this comes when there is time.
if (process.platform === 'linux') setPriority(BESIDE_NICENESS);

const port = parentPort;
if (port === null) throw new Error('This runs as a worker thread only');

async function carryOut(task: BesideTask): Promise<BesideAnswer> {
  const { room } = task.place;
  const journal = await openSqliteJournal({ ...task.place, readOnly: 'beside' });
  try {
    if (task.kind === 'device-marks') return { kind: 'device-marks', marks: await readMarks(journal) };
    const { data, sessionId, orgRecipients, now, keepFreeBytes } = task;
    const handedIn = handedInFiles(data, journal, sessionId);
    const preflightReport = (reportId: string) => signedReport(data, reportId);
    const sources = { journal, room, sessionId, orgRecipients, now, handedIn, preflightReport };
    const built = await new BundleFiles(data).build(sources, { keepFreeBytes, onProgress: teller() });
    return { kind: 'bundle', built };
  } finally {
    await journal.close();
  }
}

function teller(): (doneBytes: number, ofBytes: number) => void {
  let toldAt = -Infinity;
  return (doneBytes, ofBytes) => {
    const now = performance.now();
    if (now - toldAt < TELL_EVERY_MS) return;
    toldAt = now;
    port?.postMessage({ kind: 'progress', doneBytes, ofBytes } satisfies BesideProgress);
  };
}

function failureOf(error: unknown): BesideAnswer {
  if (error instanceof NoSpaceError)
    return { kind: 'no-space', needBytes: error.needBytes, freeBytes: error.freeBytes };
  return { kind: 'failed', error: (error as Error).message };
}

carryOut(workerData as BesideTask).then(
  (answer) => port.postMessage(answer),
  (error: unknown) => port.postMessage(failureOf(error)),
);
