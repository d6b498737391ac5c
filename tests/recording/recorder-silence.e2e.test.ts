// The wall clock is set while a recorder has no time to give its next sign of life: it is not taken for one that hangs. In a program
// of its own, for the clock is everybody's.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { RecorderClient } from '../../server/recording/recorder-client.js';
import { startTestCamera } from '../support/test-camera.js';

t.setTimeout(240_000);

const ENTRY = join(process.cwd(), 'build', 'server', 'recording', 'recorder-main.js');
const HOUR_MS = 3_600_000;
/** Longer than it took to end one whose status had the clock of before, shorter than a silence that is one. */
const HELD_MS = 4_500;
const quiet = () => undefined;
const log = { info: quiet, warn: quiet, error: quiet, debug: quiet, fatal: quiet };

for (const byMs of [HOUR_MS, -HOUR_MS])
  void t.test(`the clock is set by ${byMs / 1_000} s, the recorder held up`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'kaochang-video-'));
    const camera = await startTestCamera({ sub: null });
    const client = await RecorderClient.open({ folder, entry: ENTRY, log });
    const { now } = Date;
    t.teardown(async () => {
      Date.now = now;
      await client.stop({ keepRecording: false });
      await camera.close();
      rmSync(folder, { recursive: true, force: true });
    });
    const until = async (is: () => boolean) => {
      for (const end = performance.now() + 90_000; performance.now() < end; await pause(50)) if (is()) return;
      throw new Error(`not so: ${JSON.stringify(client.status())}`);
    };
    await client.want({
      ...{ until: now() + 6 * HOUR_MS, serverStartedAt: now(), segmentSeconds: 2, ffmpeg: 'ffmpeg' },
      ...{ lowBytes: 2, stopBytes: 1, volumeId: null },
      cameras: [{ cameraId: 'cam-1', url: camera.url, subUrl: null, record: true, audio: false }],
    });
    // Known for so long that its silence would count.
    await until(() => (client.status()?.cameras[0]?.lines ?? 0) > 3);
    const pid = client.status()?.pid as number;
    process.kill(pid, 'SIGSTOP');
    Date.now = () => now() + byMs;
    await pause(HELD_MS);
    process.kill(pid, 'SIGCONT');
    const lines = client.status()?.cameras[0]?.lines ?? 0;
    await until(() => (client.status()?.cameras[0]?.lines ?? 0) > lines);
    t.equal(client.status()?.pid, pid, 'it goes on');
  });
