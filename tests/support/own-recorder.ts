// A recorder of this process for one camera, in short files, as a server has it: for programs that a test runs by a clock of their own.

import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CameraStatus } from '../../server/recording/contract.js';
import { RecorderClient } from '../../server/recording/recorder-client.js';

const ENTRY = join(process.cwd(), 'build', 'server', 'recording', 'recorder-main.js');
const quiet = () => undefined;
const log = { info: quiet, warn: quiet, error: quiet, debug: quiet, fatal: quiet };

/** @param url of the camera */
export async function ownRecorder(folder: string, url: string) {
  const client = await RecorderClient.open({ folder, entry: ENTRY, log });
  const serverStartedAt = Date.now();
  const want = (record: boolean) =>
    client.want({
      ...{ until: Date.now() + 600_000, serverStartedAt, segmentSeconds: 2, ffmpeg: 'ffmpeg' },
      ...{ lowBytes: 2, stopBytes: 1, volumeId: null },
      cameras: [{ cameraId: 'cam-1', url, subUrl: null, record, audio: false }],
    });
  /** Waits until the camera is so. @throws Error after 90 s */
  const until = async (what: string, is: (camera: CameraStatus) => boolean): Promise<CameraStatus> => {
    for (const end = performance.now() + 90_000; performance.now() < end; await pause(50)) {
      const status = client.status()?.cameras[0];
      if (status !== undefined && is(status)) return status;
    }
    throw new Error(`not ${what}: ${JSON.stringify(client.status())}`);
  };
  return { client, want, until };
}
