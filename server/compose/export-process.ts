// Starts the process that looks at recordings or exports them, and waits for its answer.

import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ExportAnswer, ExportTask } from './export-tasks.js';

/** It holds the index of a day's films and a megabyte of them at a time. 512 MB do for four cameras' nine hours; a room may have more. */
const EXEC_ARGV = ['--max-semi-space-size=8', '--max-old-space-size=1536'];

type Progress = Extract<ExportAnswer, { kind: 'progress' }>;

/**
 * Has it done apart. At the abort the process is killed; what it wrote stays under a name that is no film's.
 * @returns null where the process ended without an answer
 */
export function exportApart(
  task: ExportTask,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<Exclude<ExportAnswer, Progress> | null> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(null);
    const child: ChildProcess = fork(fileURLToPath(new URL('./export-child.js', import.meta.url)), [], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: EXEC_ARGV,
    });
    const stop = () => void child.kill('SIGKILL');
    signal.addEventListener('abort', stop, { once: true });
    let answer: Exclude<ExportAnswer, Progress> | null = null;
    const end = () => {
      signal.removeEventListener('abort', stop);
      resolve(answer);
    };
    child.on('message', (message: ExportAnswer) => {
      if (message.kind === 'progress') onProgress(message);
      else answer = message;
    });
    child.once('error', end);
    // Only when the process is gone are its files closed, and another may write them.
    child.once('close', end);
    // What it needs holds keys: no argument of a program.
    child.send(task, () => undefined);
  });
}
