// A test camera in a process of its own: whoever plays an exam beside it does not hold its pictures up, and what it costs is
// nobody else's.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestCameraOptions } from './test-camera.js';

const PROGRAM = join(process.cwd(), 'build', 'tests', 'support', 'test-camera-main.js');

/** What is known of the camera when it listens; `recordedPictures` takes it as it is. */
export interface CameraProcess {
  url: string;
  subUrl: string;
  /** When picture 0 was due; wall clock, ms. */
  startedAt: number;
  fps: number;
  /** After so many pictures the numbers begin again. */
  frames: number;
  pid: number;
  close(): Promise<void>;
}

/** Starts one on 127.0.0.1 and waits until it listens. @throws Error when it ends instead */
export async function startCameraProcess(options: TestCameraOptions = {}): Promise<CameraProcess> {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const line = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
  const said = await Promise.race([line, gone.then(() => null)]);
  if (said === null) throw new Error('The test camera does not start');
  return {
    ...(JSON.parse(said[0]) as Omit<CameraProcess, 'close' | 'pid'>),
    pid: child.pid ?? 0,
    close: async () => {
      // It ends with its input.
      child.stdin.end();
      await gone;
    },
  };
}
