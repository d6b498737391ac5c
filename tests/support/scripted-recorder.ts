// A recorder that a test plays: what it was told, and lists that grow as the test says.

import type { Recorder } from '../../server/compose/recording.js';
import type { VideoLine } from '../../server/core/video-types.js';
import type { CameraStatus, RecorderStatus } from '../../server/recording/contract.js';
import type { WantedNow } from '../../server/recording/recorder-client.js';
import { chained, type Planned } from './video-lines.js';

export class ScriptedRecorder implements Recorder {
  readonly said: WantedNow[] = [];
  readonly lists = new Map<string, VideoLine[]>();
  /** How each camera stands. */
  readonly cameras = new Map<string, Partial<CameraStatus>>();
  readonly stopped: boolean[] = [];
  /** What it says of the disk; null = it does not speak. */
  speaks: Partial<RecorderStatus> | null = {};
  /** How often a list was read. */
  reads = 0;

  want(wanted: WantedNow): Promise<void> {
    this.said.push(structuredClone(wanted));
    return Promise.resolve();
  }

  status(): RecorderStatus | null {
    if (this.speaks === null) return null;
    const ids = new Set([...this.lists.keys(), ...this.cameras.keys()]);
    return {
      ...{ format: 1, pid: 1, startedAt: 0, at: 0, revision: this.said.length, freeBytes: 105e9 },
      ...{ space: 'enough', volume: 'intended' },
      cameras: [...ids].map((cameraId) => this.#statusOf(cameraId)),
      ...this.speaks,
    };
  }

  linesOf(cameraId: string, fromLine: number, limit = Infinity): Promise<VideoLine[]> {
    this.reads += 1;
    const lines = (this.lists.get(cameraId) ?? []).filter(({ line }) => line >= fromLine);
    return Promise.resolve(structuredClone(lines.slice(0, limit)));
  }

  stop({ keepRecording }: { keepRecording: boolean }): Promise<void> {
    this.stopped.push(keepRecording);
    return Promise.resolve();
  }

  /** Lists more of a camera. */
  list(cameraId: string, ...planned: Planned[]): VideoLine[] {
    const before = this.lists.get(cameraId) ?? [];
    const more = chained(cameraId, planned, before.at(-1));
    this.lists.set(cameraId, [...before, ...more]);
    return more;
  }

  #statusOf(cameraId: string): CameraStatus {
    const list = this.lists.get(cameraId) ?? [];
    return {
      ...{ cameraId, state: 'recording', reason: null, ffmpegPid: 7, since: 0, restarts: 0 },
      ...{ framesPerSecond: 25, kilobitsPerSecond: 4_000, width: 1_920, height: 1_080, codec: 'h264' },
      ...{ lastEndAt: null, owedFrom: null, gap: null },
      ...{ lines: list.length, headHash: list.at(-1)?.hash ?? '0'.repeat(64) },
      ...this.cameras.get(cameraId),
    };
  }
}
