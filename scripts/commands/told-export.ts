// An export at the terminal of which the room's journal hears: when it began, that it goes on, how it ended. A room that cannot be told
// (a full disk) keeps nobody from exporting.

import { randomUUID } from 'node:crypto';
import { dataPaths } from '../../server/data-folder.js';
import { VideoExportError } from '../../server/recording/export-error.js';
import { isAskedToStop, writeNote, type ExportNote } from '../../server/recording/export-notes.js';
import { exportedWhat, type VideoExportResult } from '../../server/recording/export-video.js';

const TELL_EVERY_MS = 5_000;
const LISTEN_EVERY_MS = 500;

/** A session was opened meanwhile: the disk is for answers. */
const GIVES_WAY = new VideoExportError(
  'session-opened',
  '下一场开始入场，导出让路：收卷后再次执行同一命令，会接着导出',
  'the next session was opened and comes first: after its collection the same command goes on where it was',
);

export class ToldExport {
  readonly #folder: string;
  #note: ExportNote;
  readonly #timers: NodeJS.Timeout[];
  readonly #control = new AbortController();
  #telling: Promise<void>;

  private constructor(folder: string, note: ExportNote) {
    this.#folder = folder;
    this.#note = note;
    this.#telling = this.#write();
    this.#timers = [
      setInterval(() => void this.#tell(null), TELL_EVERY_MS),
      setInterval(() => this.#listen(), LISTEN_EVERY_MS),
    ];
  }

  /** @param data the data folder @param target where it goes */
  static async begin({
    data,
    sessionId,
    target,
  }: {
    data: string;
    sessionId: string;
    target: string;
  }): Promise<ToldExport> {
    const now = Date.now();
    const note = { exportId: randomUUID(), sessionId, target, begunAt: now, heardAt: now, end: null };
    const told = new ToldExport(dataPaths(data).exportNotes, note);
    await told.#telling;
    return told;
  }

  /** Aborted, with its reason, when the room asks the command to give way. */
  get signal(): AbortSignal {
    return this.#control.signal;
  }

  async done(result: VideoExportResult): Promise<void> {
    await this.#end({ at: Date.now(), outcome: 'done', reason: null, what: exportedWhat(result) });
  }

  /** @param wasCancelled somebody pressed Ctrl-C */
  async failed(error: unknown, wasCancelled: boolean): Promise<void> {
    const { message } = error as Error;
    const { code, zh, en } =
      error instanceof VideoExportError
        ? error
        : { code: 'failed', zh: message.slice(0, 1_000), en: message.slice(0, 1_000) };
    const outcome = wasCancelled ? 'cancelled' : this.signal.aborted ? 'interrupted' : 'failed';
    await this.#end({
      ...{ at: Date.now(), outcome, what: null },
      reason: wasCancelled ? null : { code, zh, en },
    });
  }

  async #end(end: ExportNote['end']): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#tell(end);
  }

  #listen(): void {
    if (isAskedToStop(this.#folder, this.#note)) this.#control.abort(GIVES_WAY);
  }

  #tell(end: ExportNote['end']): Promise<void> {
    this.#telling = this.#telling.then(() => {
      this.#note = { ...this.#note, heardAt: Date.now(), end };
      return this.#write();
    });
    return this.#telling;
  }

  async #write(): Promise<void> {
    try {
      await writeNote(this.#folder, this.#note);
    } catch (error) {
      if (this.#note.end === null && this.#note.heardAt !== this.#note.begunAt) return;
      process.stderr.write(
        `考务日志没有记下这次导出 / the journal does not hear of this export: ${(error as Error).message}\n`,
      );
    }
  }
}
