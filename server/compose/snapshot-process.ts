// Has a snapshot of the room taken in a process of its own. It holds the whole state once more, and only a process that ends gives
// all of that memory back: what a thread had stays with the room for the rest of the day.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TakenSnapshot } from '../room-upkeep.js';
import type { JournalPlace } from './read-journal.js';

export type SnapshotAnswer = { seq: number; json: Uint8Array } | { error: string };

/** Garbage is looked for by the process's one thread, which steps back, and before the heap has doubled. */
const EXEC_ARGV = ['--single-threaded-gc', '--heap-growing-percent=30', '--max-semi-space-size=8'];

/** The state after everything that is on the disk now. @throws Error when the journal cannot be read, or at the abort */
export function snapshotApart(place: JournalPlace, signal: AbortSignal): Promise<TakenSnapshot> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Error('The snapshot was not wanted any more'));
    const child = fork(fileURLToPath(new URL('./snapshot-child.js', import.meta.url)), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: EXEC_ARGV,
    });
    const stop = () => void child.kill();
    signal.addEventListener('abort', stop, { once: true });
    let answer: SnapshotAnswer | null = null;
    child.once('message', (message) => (answer = message as SnapshotAnswer));
    child.once('error', reject);
    // Only when the process is gone are its files closed.
    child.once('close', () => {
      signal.removeEventListener('abort', stop);
      if (answer === null) reject(new Error('The process that takes the snapshot ended'));
      else if ('error' in answer) reject(new Error(answer.error));
      // Bytes of their own: they will be handed over to the writer.
      else resolve({ seq: answer.seq, json: new Uint8Array(answer.json) });
    });
    // A process that ends before it has read the message says so by closing. What it needs holds keys: no argument of a program.
    child.send(place, () => undefined);
  });
}
