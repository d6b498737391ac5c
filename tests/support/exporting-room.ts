// A room after the collection with recordings of two cameras, one of them so large that there is time to pull its drive out: what the
// tests of exports from the dashboard begin with. The copying process is the real one.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VideoExports, type VideoExportsParts } from '../../server/compose/video-exports.js';
import type { ExportRecord } from '../../server/core/video-export-types.js';
import { createLog } from '../../server/log.js';
import { exportPlaces } from '../../server/recording/export-places.js';
import type { Published } from '../../server/room.js';
import {
  beginSession,
  collectSession,
  openEngine,
  preparedData,
  sessionIdOf,
  staff,
  type OpenEngine,
} from './direct-session.js';
import { RecordedCamera, SEGMENT_MS, segmentFiles } from './recorded-room.js';

const LARGE_BYTES = 160 * 2 ** 20;

export interface ExportingRoom {
  engine: OpenEngine;
  exports: VideoExports;
  /** Where the drive is mounted, or would be. */
  drive: string;
  /** All that exports may go to. */
  drives: string[];
  data: string;
  sessionId: string;
  parts: VideoExportsParts;
  /** Begins an export as the sysadmin does. @returns its id */
  begin(): Promise<string>;
  record(exportId: string): ExportRecord | undefined;
  /** Waits until the export has ended. */
  ended(exportId: string): Promise<ExportRecord>;
  /** Waits until so many bytes are done. */
  done(bytes: number): Promise<void>;
  /** What the room would tell the exports. */
  publish(published: Published[]): void;
  close(): Promise<void>;
}

/** @param isLarge a camcorder's film of 160 MB is among them */
export async function exportingRoom({ isLarge = false } = {}): Promise<ExportingRoom> {
  const { data, exam, remove } = await preparedData({ candidates: 2, minutes: 60 });
  const sessionId = sessionIdOf(exam);
  const engine = await openEngine(data);
  await beginSession(engine, exam);
  const startedAt = Date.now() - 20_000;
  const videoFolder = join(data, 'video');
  const front = new RecordedCamera(videoFolder, 'cam-1');
  const files = await segmentFiles(3);
  for (const [index, file] of files.entries())
    if (index === 1) await front.gap(startedAt + SEGMENT_MS, startedAt + 2 * SEGMENT_MS, 'camera-stalled');
    else await front.segment(file, startedAt + index * SEGMENT_MS);
  if (isLarge) {
    const film = join(data, 'film.mts');
    writeFileSync(film, Buffer.alloc(LARGE_BYTES, 7));
    const rear = new RecordedCamera(videoFolder, 'cam-2');
    await rear.segment(film, startedAt, { flags: ['imported'], name: 'imported/A.MTS' });
    rmSync(film);
  }
  await collectSession(engine, exam);
  const drive = realpathSync(mkdtempSync(join(tmpdir(), 'kaochang-drive-')));
  const drives = [drive];
  const listeners = new Set<(published: Published[]) => void>();
  const { room } = engine;
  room.subscribe((published) => listeners.forEach((one) => one([...published])));
  const parts: VideoExportsParts = {
    ...{ data, videoFolder, folders: drives, keys: engine.keys, log: createLog('silent') },
    room: {
      ...{ handle: (command) => room.handle(command), now: () => room.now(), time: room.time },
      settled: () => room.settled(),
      get state() {
        return room.state;
      },
      subscribe: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    // Other drives of this machine are nobody's business here.
    places: async (options) => (await exportPlaces(options)).filter(({ path }) => drives.includes(path)),
  };
  const exports = new VideoExports(parts);
  exports.begin();
  const record = (exportId: string) => room.state.video.exports?.find((one) => one.exportId === exportId);
  const until = async (isSo: () => boolean) => {
    for (const from = performance.now(); !isSo();) {
      if (performance.now() - from > 150_000) throw new Error('It never came to that');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  let count = 0;
  return {
    ...{ engine, exports, drive, drives, data, sessionId, parts, record },
    async begin() {
      const [target] = await exports.targets();
      const folder = target === undefined ? null : await exports.folderOf(sessionId, target.targetId);
      const exportId = `x${(count += 1)}`;
      staff(engine, 'sysadmin', { type: 'export-video', sessionId, exportId, target: folder });
      return exportId;
    },
    async ended(exportId) {
      await until(() => (record(exportId)?.outcome ?? null) !== null);
      await until(() => exports.progress(sessionId) === null);
      return record(exportId) as ExportRecord;
    },
    done: (bytes) => until(() => (exports.progress(sessionId)?.doneBytes ?? 0) >= bytes),
    publish: (published) => listeners.forEach((one) => one(published)),
    async close() {
      await exports.stop();
      await engine.stop();
      remove();
      rmSync(drive, { recursive: true, force: true });
    },
  };
}

/** A drive in memory at the folder; only root may mount one. */
export function mountDrive(folder: string, megabytes: number): { pullOut(): void } {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'drive', folder]);
  return { pullOut: () => void execFileSync('umount', ['-l', folder]) };
}

/** A drive that can hang: whoever writes to it then waits in the kernel, where no signal ends a process. */
export class HangingDrive {
  #hangs = false;

  private constructor(
    private readonly folder: string,
    private readonly image: string,
  ) {}

  static mount(folder: string, megabytes: number): HangingDrive {
    const image = `${folder}.img`;
    execFileSync('truncate', ['-s', `${megabytes}M`, image]);
    execFileSync('mkfs.ext4', ['-q', image]);
    execFileSync('mount', ['-o', 'loop', image, folder]);
    return new HangingDrive(folder, image);
  }

  hang(): void {
    execFileSync('fsfreeze', ['--freeze', this.folder]);
    this.#hangs = true;
  }

  goOn(): void {
    if (this.#hangs) execFileSync('fsfreeze', ['--unfreeze', this.folder]);
    this.#hangs = false;
  }

  remove(): void {
    this.goOn();
    execFileSync('umount', ['-l', this.folder]);
    rmSync(this.image);
  }
}

/** The processes of this one that look at recordings or copy them. */
export function exportingProcesses(): number[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(process.pid), '-f', 'export-child'], {
    encoding: 'utf8',
  });
  return stdout.split('\n').filter(Boolean).map(Number);
}
