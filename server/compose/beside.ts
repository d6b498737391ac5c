// Starts the thread beside the room for one task and waits for its answer.

import { Worker } from 'node:worker_threads';
import type { Statement } from '../protocol/bundle.js';
import type { TakenSnapshot } from '../room-upkeep.js';
import type { BesideAnswer, BesideTask } from './beside-tasks.js';

/** The state after everything that is on the disk now. @throws Error when the journal cannot be read, or at the abort */
export async function snapshotBeside(
  place: BesideTask['place'],
  signal: AbortSignal,
): Promise<TakenSnapshot> {
  const answer = await besideTheRoom({ kind: 'snapshot', place }, signal);
  return { seq: answer.seq, json: answer.json };
}

/** Builds and writes a session's bundle. @throws Error with what to do */
export async function bundleBeside(task: Extract<BesideTask, { kind: 'bundle' }>): Promise<Statement> {
  return (await besideTheRoom(task)).statement;
}

function besideTheRoom<K extends BesideTask['kind']>(
  task: Extract<BesideTask, { kind: K }>,
  signal?: AbortSignal,
): Promise<Extract<BesideAnswer, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./beside-thread.js', import.meta.url), { workerData: task });
    const stop = () => void thread.terminate();
    signal?.addEventListener('abort', stop, { once: true });
    let answer: BesideAnswer | null = null;
    thread.once('message', (message: BesideAnswer) => (answer = message));
    thread.once('error', reject);
    // Only when the thread is gone are its files closed.
    thread.once('exit', () => {
      signal?.removeEventListener('abort', stop);
      if (answer?.kind === task.kind) resolve(answer as Extract<BesideAnswer, { kind: K }>);
      else reject(new Error(answer?.kind === 'failed' ? answer.error : 'The thread beside the room ended'));
    });
  });
}
