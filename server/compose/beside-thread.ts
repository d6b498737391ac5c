// The thread beside the room: reads the journal for itself, as far as it was written when it began, and does one task. It
// writes no row; a bundle it writes to the data folder, a snapshot it hands back.

import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { BundleFiles } from '../bundle/bundle-files.js';
import { openSqliteJournal } from '../journal/sqlite-journal.js';
import { replayJournal } from '../room.js';
import { encodeSnapshot } from '../room-snapshot.js';
import type { BesideAnswer, BesideTask } from './beside-tasks.js';
import { handedInReader } from './file-uploads.js';
import { RULES } from './rules.js';

const BESIDE_NICENESS = 15;

// On Linux this is the niceness of this thread alone: answers come first, this comes when there is time.
if (process.platform === 'linux') setPriority(BESIDE_NICENESS);

const port = parentPort;
if (port === null) throw new Error('This runs as a worker thread only');

async function carryOut(task: BesideTask): Promise<BesideAnswer> {
  const { room } = task.place;
  const journal = await openSqliteJournal({ ...task.place, readOnly: 'beside' });
  try {
    if (task.kind === 'snapshot') {
      const { state, anchor } = await replayJournal(journal, RULES);
      const json = new TextEncoder().encode(JSON.stringify(encodeSnapshot(state, anchor)));
      return { kind: 'snapshot', seq: journal.lastSeq, json };
    }
    const { data, sessionId, orgRecipients, now } = task;
    const readFile = handedInReader(data, journal, sessionId);
    const sources = { journal, room, sessionId, orgRecipients, now, readFile };
    const built = await new BundleFiles(data).build(sources);
    return { kind: 'bundle', statement: built.statement };
  } finally {
    await journal.close();
  }
}

carryOut(workerData as BesideTask).then(
  (answer) => port.postMessage(answer, answer.kind === 'snapshot' ? [answer.json.buffer as ArrayBuffer] : []),
  (error: unknown) => port.postMessage({ kind: 'failed', error: (error as Error).message }),
);
