// Starts the thread beside the room for one task and waits for its answer.

import { Worker } from 'node:worker_threads';
import type { BuiltBundle } from '../bundle/build.js';
import { BundleFiles } from '../bundle/bundle-files.js';
import { NoSpaceError } from '../bundle/partial-file.js';
import type { DeviceMark } from '../protocol/staff.js';
import type { BesideAnswer, BesideProgress, BesideTask } from './beside-tasks.js';

interface Watch {
  signal?: AbortSignal | undefined;
  onProgress?: ((doneBytes: number, ofBytes: number) => void) | undefined;
}

/** Acts and alarms of devices since the last installation, as far as they are on the disk now. @throws Error when the journal cannot be read, or at the abort */
export async function marksBeside(place: BesideTask['place'], signal: AbortSignal): Promise<DeviceMark[]> {
  return (await besideTheRoom({ kind: 'device-marks', place }, { signal })).marks;
}

/** Builds and writes a session's bundle. @throws NoSpaceError; Error with what to do, or at the abort, which leaves nothing behind */
export async function bundleBeside(
  task: Extract<BesideTask, { kind: 'bundle' }>,
  watch: Watch = {},
): Promise<BuiltBundle> {
  try {
    return (await besideTheRoom(task, watch)).built;
  } catch (error) {
    // A thread that was stopped has cleared nothing away.
    await new BundleFiles(task.data).settle();
    throw error;
  }
}

function besideTheRoom<K extends BesideTask['kind']>(
  task: Extract<BesideTask, { kind: K }>,
  { signal, onProgress }: Watch,
): Promise<Extract<BesideAnswer, { kind: K }>> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true)
      return reject(new Error('The thread beside the room was not wanted any more'));
    const thread = new Worker(new URL('./beside-thread.js', import.meta.url), { workerData: task });
    const stop = () => void thread.terminate();
    signal?.addEventListener('abort', stop, { once: true });
    let answer: BesideAnswer | null = null;
    thread.on('message', (message: BesideAnswer | BesideProgress) => {
      if (message.kind === 'progress') onProgress?.(message.doneBytes, message.ofBytes);
      else answer = message;
    });
    thread.once('error', reject);
    // Only when the thread is gone are its files closed.
    thread.once('exit', () => {
      signal?.removeEventListener('abort', stop);
      if (answer?.kind === task.kind) resolve(answer as Extract<BesideAnswer, { kind: K }>);
      else if (answer?.kind === 'no-space') reject(new NoSpaceError(answer.needBytes, answer.freeBytes));
      else reject(new Error(answer?.kind === 'failed' ? answer.error : 'The thread beside the room ended'));
    });
  });
}
