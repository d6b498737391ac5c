// Recordings that leave the room: lists the drives, says what would go there, and has each export that the journal begins carried
// out by a process apart. A session that is entered ends it at once: answers always win.

import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ExportReason } from '../core/video-export-types.js';
import type { PrivateKeys } from '../keys/key-files.js';
import type { Log } from '../log.js';
import type {
  ExportPlanFault,
  ExportPlanView,
  ExportProgress,
  ExportTarget,
} from '../protocol/video-transfer.js';
import type { ExportDesk } from '../proctor/host.js';
import { exportStem } from '../recording/export-names.js';
import { ANSWERS_WITHIN_MS, exportPlaces, type ExportPlace } from '../recording/export-places.js';
import { inTime } from '../recording/in-time.js';
import { wantedExport, type WantedExport } from '../recording/export-request.js';
import { missingBytes } from '../recording/export-target.js';
import { RateMeter } from '../recording/transfer-rate.js';
import { camerasIn } from '../recording/verify-recordings.js';
import type { Published, RunningRoom } from '../room.js';
import { VERSION } from '../version.js';
import { exportApart, type ExportEnd } from './export-process.js';
import type { ExportAnswer } from './export-tasks.js';

const BY_ROOM = { kind: 'room' } as const;
/** The server has to close its journal in time, whatever hangs. */
const STOP_WITHIN_MS = 5_000;

export interface VideoExportsParts {
  data: string;
  /** Where recordings lie, absolute. */
  videoFolder: string;
  /** Further folders that recordings may go to, of the settings. */
  folders: readonly string[];
  room: Pick<RunningRoom, 'state' | 'handle' | 'now' | 'time' | 'settled' | 'subscribe'>;
  keys: PrivateKeys;
  log: Log;
  /** Tests bring their own drives. */
  places?: typeof exportPlaces;
}

interface Running {
  exportId: string;
  sessionId: string;
  control: AbortController;
  progress: ExportProgress;
  /** Said where the process ended without an answer. */
  reason: ExportReason;
}

const REASONS = {
  stopped: {
    code: 'server-stopped',
    zh: '考务服务器停止或重启，导出中断：再次导出会接着写',
    en: 'the server stopped or was restarted: export again, it goes on where it was',
  },
  opened: {
    code: 'session-opened',
    zh: '下一场开始入场，导出让路：收卷后再次导出会接着写',
    en: 'the next session was opened and comes first: export again after its collection, it goes on where it was',
  },
  died: {
    code: 'worker-died',
    zh: '导出进程意外结束：再次导出会接着写；仍不成功请联系技术支持',
    en: 'the exporting process ended unexpectedly: export again, it goes on where it was; if that fails call the technician',
  },
  unread: {
    code: 'source-fault',
    zh: '录像目录读取出错：请勿关机或拔盘，先运行 kaochang video verify 查看录像盘，再重新导出',
    en: 'the video folder could not be read: leave the machine on, look at its disk with kaochang video verify, then export again',
  },
  hangs: {
    code: 'drive-hangs',
    zh: '这块盘没有响应，上一次导出可能还在等它：稍等片刻；仍不响应就拔出它，换一块盘导出',
    en: 'this drive does not answer; an earlier export may still wait for it: give it a moment, then unplug it and export to another',
  },
  gone: {
    code: 'volume-fault',
    zh: '所选的盘已断开：插好后再次导出',
    en: 'the drive that was chosen is gone: plug it in and export again',
  },
} satisfies Record<string, ExportReason>;

export class VideoExports implements ExportDesk {
  #running: Running | null = null;
  #work: Promise<void> = Promise.resolve();
  /** Drives that a process which cannot be ended still waits for, by `targetId`. */
  readonly #hanging = new Map<string, ExportPlace>();
  /** Looks at recordings, begun or waiting for their turn: who wants to see the same shares one. */
  readonly #looks = new Map<string, Promise<ExportEnd | null>>();
  #lastLook: Promise<unknown> = Promise.resolve();
  #looking = new AbortController();
  #onProgress: () => void = () => undefined;
  #unsubscribe: () => void = () => undefined;

  constructor(private readonly parts: VideoExportsParts) {}

  /** Says of what a crash left that it was interrupted, and carries out what is begun from now on. */
  begin(): void {
    const { room } = this.parts;
    for (const { exportId, way, outcome } of room.state.video.exports ?? [])
      if (outcome === null && way === 'dashboard') this.#end(exportId, 'interrupted', REASONS.stopped);
    this.#unsubscribe = room.subscribe((published) => this.#take(published));
  }

  /** Called when the progress has changed, a few times a second. */
  onProgress(listener: () => void): void {
    this.#onProgress = listener;
  }

  progress(sessionId: string): ExportProgress | null {
    return this.#running?.sessionId === sessionId ? this.#running.progress : null;
  }

  async targets(): Promise<ExportTarget[]> {
    return (await this.#places()).map(({ device: _device, ...target }) => target);
  }

  async folderOf(sessionId: string, targetId: string): Promise<string | null> {
    const wanted = await this.#wanted(sessionId);
    const places = await this.#places();
    const place = places.find((one) => one.targetId === targetId && one.unfit === null);
    return wanted === null || place === undefined ? null : join(place.path, exportStem(wanted.session));
  }

  async plan(sessionId: string, targetId: string): Promise<ExportPlanView | ExportPlanFault | null> {
    const { room } = this.parts;
    const [wanted, places] = await Promise.all([this.#wanted(sessionId), this.#places()]);
    const target = places.find((one) => one.targetId === targetId);
    if (target === undefined) return { fault: REASONS.gone };
    if (target.unfit === 'hangs') return { fault: REASONS.hangs };
    if (wanted === null || room.state.currentSession !== null) return null;
    const { divided } = target;
    const answer = await this.#look(wanted, divided);
    if (answer?.kind === 'failed') return { fault: answer.reason };
    if (answer?.kind !== 'planned') return null;
    const folder = join(target.path, exportStem(wanted.session));
    const files = answer.cameras.flatMap((camera) => camera.files);
    const needBytes = await inTime<number | null>(missingBytes(folder, files), ANSWERS_WITHIN_MS, null);
    if (needBytes === null) return { fault: REASONS.hangs };
    const bytes = files.reduce((sum, one) => sum + one.bytes, 0);
    const goesOnUntil = wanted.until > room.time.reading().wallAt ? wanted.until : null;
    const { cameras } = answer;
    return { sessionId, targetId, folder, divided, bytes, needBytes, goesOnUntil, cameras };
  }

  /**
   * Ends what is under way and says so; what was written stays for the next time. Of a process that does not end within five
   * seconds the next start says it.
   */
  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#looking.abort();
    this.#interrupt(REASONS.stopped);
    const waiting = new AbortController();
    await Promise.race([this.#work, pause(STOP_WITHIN_MS, undefined, { signal: waiting.signal })]);
    waiting.abort();
  }

  #take(published: readonly Published[]): void {
    for (const { event } of published) {
      if (event.type === 'entry-opened') {
        this.#looking.abort();
        this.#looking = new AbortController();
        this.#interrupt(REASONS.opened);
      }
      if (event.type === 'video-export-ended' && event.exportId === this.#running?.exportId)
        this.#interrupt(null);
      if (event.type !== 'video-export-begun' || event.way !== 'dashboard') continue;
      const { exportId, exported, target } = event;
      this.#work = this.#work
        .then(() => this.#carryOut(exportId, exported, target))
        .catch((error: unknown) => {
          this.parts.log.error({ err: error, exportId }, 'An export failed');
          // One that is never ended would keep every other from beginning.
          this.#end(exportId, 'failed', REASONS.unread);
        });
    }
  }

  /** One process looks at a time. What it finds holds for every drive that takes films like this: it opens none of them. */
  #look(wanted: WantedExport, isDivided: boolean): Promise<ExportEnd | null> {
    const { signal } = this.#looking;
    const key = `${wanted.session.sessionId}\n${isDivided}`;
    const shared = this.#looks.get(key);
    if (shared !== undefined) return shared;
    const request = { ...wanted, videoFolder: this.parts.videoFolder };
    const look = this.#lastLook
      .then(() => exportApart({ kind: 'plan', request, isDivided }, signal))
      .finally(() => this.#looks.delete(key));
    this.#looks.set(key, look);
    this.#lastLook = look.catch(() => null);
    return look;
  }

  #interrupt(reason: ExportReason | null): void {
    const running = this.#running;
    if (running === null) return;
    if (reason !== null) running.reason = reason;
    this.#tell(running, { ...running.progress, step: 'stopping', leftMs: null });
    running.control.abort();
  }

  async #carryOut(exportId: string, sessionId: string, to: string): Promise<void> {
    const { data, videoFolder, room, keys } = this.parts;
    // It waited for its turn: somebody may have entered a session or cancelled it since.
    if (this.#outcomeOf(exportId) !== null) return;
    if (room.state.currentSession !== null) return this.#end(exportId, 'interrupted', REASONS.opened);
    const progress: ExportProgress = {
      ...{ exportId, step: 'looking', doneBytes: 0, ofBytes: 0, bytesPerSecond: null, leftMs: null },
      file: null,
    };
    const control = new AbortController();
    const running: Running = { exportId, sessionId, control, progress, reason: REASONS.died };
    this.#running = running;
    this.#tell(running, progress);
    try {
      const [wanted, places] = await Promise.all([this.#wanted(sessionId), this.#places()]);
      const place = places.find(({ path }) => to.startsWith(path.endsWith(sep) ? path : path + sep));
      if (place === undefined || wanted === null) return this.#end(exportId, 'failed', REASONS.gone);
      if (place.unfit === 'hangs') return this.#end(exportId, 'failed', REASONS.hangs);
      const request = {
        ...{ ...wanted, videoFolder, to, own: [resolve(data)], room: keys, version: VERSION },
        ...{ now: room.time.reading().wallAt, device: place.device },
        fat32: place.divided ? ('yes' as const) : ('auto' as const),
      };
      const rate = new RateMeter();
      const answer = await exportApart({ kind: 'export', request }, control.signal, (said) =>
        this.#tell(running, progressOf(exportId, said, rate)),
      );
      if (answer?.kind === 'hangs') this.#waitFor(place, answer.gone);
      this.#conclude(running, answer);
    } finally {
      this.#running = null;
      this.#onProgress();
    }
  }

  #waitFor(place: ExportPlace, gone: Promise<void>): void {
    this.parts.log.warn({ path: place.path }, 'An exporting process waits for a drive that hangs');
    this.#hanging.set(place.targetId, { ...place, unfit: 'hangs' });
    void gone.then(() => this.#hanging.delete(place.targetId));
  }

  #conclude({ exportId, reason }: Running, answer: ExportEnd | null): void {
    if (answer?.kind === 'exported') {
      const by = { outcome: 'done', reason: null, what: answer.what } as const;
      this.parts.room.handle({ type: 'end-video-export', exportId, ...by, by: BY_ROOM });
    } else if (answer?.kind === 'failed') this.#end(exportId, 'failed', answer.reason);
    else this.#end(exportId, 'interrupted', reason);
  }

  #end(exportId: string, outcome: 'failed' | 'interrupted', reason: ExportReason): void {
    const { room, log } = this.parts;
    // Whoever cancelled it has ended it already: nothing more is said then.
    if (this.#outcomeOf(exportId) !== null) return;
    log.warn({ exportId, outcome, code: reason.code }, `${reason.zh} / ${reason.en}`);
    room.handle({ type: 'end-video-export', exportId, outcome, reason, what: null, by: BY_ROOM });
  }

  /** null = under way; undefined = the journal has no such export. */
  #outcomeOf(exportId: string): string | null | undefined {
    return this.parts.room.state.video.exports?.find((one) => one.exportId === exportId)?.outcome;
  }

  #tell(running: Running, progress: ExportProgress): void {
    // Nothing is said of a process that is being ended.
    running.progress = running.progress.step === 'stopping' ? { ...progress, step: 'stopping' } : progress;
    this.#onProgress();
  }

  async #wanted(sessionId: string): Promise<WantedExport | null> {
    const { room, videoFolder, keys } = this.parts;
    const listed = existsSync(videoFolder) ? await camerasIn(videoFolder) : [];
    return wantedExport(room.state, sessionId, { listed, now: room.now(), roomName: keys.public.name });
  }

  async #places(): Promise<ExportPlace[]> {
    const { data, videoFolder, folders, places = exportPlaces } = this.parts;
    const real = (path: string) => realpath(path).catch(() => resolve(path));
    const found = await places({ folders, own: await Promise.all([real(data), real(videoFolder)]) });
    // One that hangs is perhaps not even seen any more.
    const lost = [...this.#hanging.values()].filter((one) => !found.some(({ path }) => path === one.path));
    return [...found.map((one) => this.#hanging.get(one.targetId) ?? one), ...lost];
  }
}

function progressOf(
  exportId: string,
  { doneBytes, ofBytes, file }: Extract<ExportAnswer, { kind: 'progress' }>,
  rate: RateMeter,
): ExportProgress {
  const { bytesPerSecond, leftMs } = rate.note(performance.now(), doneBytes, ofBytes);
  const ofFile = file.ofBytes - file.doneBytes;
  return {
    ...{ exportId, doneBytes, ofBytes, leftMs },
    step: file.doneBytes * 2 < file.ofBytes ? 'writing' : 'reading-back',
    bytesPerSecond: bytesPerSecond > 0 ? Math.round(bytesPerSecond) : null,
    file: { ...file, leftMs: bytesPerSecond > 0 ? (ofFile / bytesPerSecond) * 1000 : null },
  };
}
