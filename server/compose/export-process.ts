// Starts the process that looks at recordings or exports them, and waits for its answer.

import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ExportAnswer, ExportTask } from './export-tasks.js';

/** It holds the index of a day's films and a megabyte of them at a time. 512 MB do for four cameras' nine hours; a room may have more. */
const EXEC_ARGV = ['--max-semi-space-size=8', '--max-old-space-size=1536'];
/** A process that waits for a drive that hangs cannot be killed before the drive answers or is taken out of the system. */
const GONE_WITHIN_MS = 3_000;

type Progress = Extract<ExportAnswer, { kind: 'progress' }>;
export type ExportEnd =
  | Exclude<ExportAnswer, Progress>
  /** It was killed and is still there: until it is gone its files are open, and nobody else may write them. */
  | { kind: 'hangs'; gone: Promise<void> };

/**
 * Has it done apart. At the abort the process is killed; what it wrote stays under a name that is no film's.
 * @returns null where the process ended without an answer
 */
export function exportApart(
  task: ExportTask,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<ExportEnd | null> {
  if (signal.aborted) return Promise.resolve(null);
  const child: ChildProcess = fork(fileURLToPath(new URL('./export-child.js', import.meta.url)), [], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: EXEC_ARGV,
  });
  // What it needs holds keys: no argument of a program.
  child.send(task, () => undefined);
  return new Promise((resolve) => {
    let answer: Exclude<ExportAnswer, Progress> | null = null;
    let timer: NodeJS.Timeout | undefined;
    const gone = new Promise<void>((ended) => {
      child.once('error', () => ended());
      // Only now are its files closed.
      child.once('close', () => ended());
    });
    const stop = () => {
      child.kill('SIGKILL');
      timer = setTimeout(() => {
        // The server may stop without it.
        child.unref();
        child.channel?.unref();
        resolve({ kind: 'hangs', gone });
      }, GONE_WITHIN_MS);
    };
    signal.addEventListener('abort', stop, { once: true });
    child.on('message', (message: ExportAnswer) => {
      if (message.kind === 'progress') onProgress(message);
      else answer = message;
    });
    void gone.then(() => {
      signal.removeEventListener('abort', stop);
      clearTimeout(timer);
      resolve(answer);
    });
  });
}
