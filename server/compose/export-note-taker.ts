// Journals what the command on the server says of its exports, and asks it to give way when a session is opened. It reads a folder
// of small files every few seconds.

import type { State } from '../core/types.js';
import type { Log } from '../log.js';
import { askToStop, dropNote, notesIn, type ExportNote } from '../recording/export-notes.js';
import type { RunningRoom } from '../room.js';

const LOOK_EVERY_MS = 2_000;
/** The command writes every few seconds; one that is silent for so long was killed, or the machine was. */
const SILENT_AFTER_MS = 60_000;
const BY_ROOM = { kind: 'room' } as const;
const LOST = {
  code: 'command-gone',
  zh: '导出命令没有说结果就结束了：再次执行同一命令会接着导出',
  en: 'the exporting command ended without a word: give the same command again, it goes on where it was',
};

export interface NoteTakerParts {
  folder: string;
  room: Pick<RunningRoom, 'state' | 'handle' | 'now' | 'time' | 'whenDurable' | 'subscribe'>;
  log: Log;
}

export class ExportNoteTaker {
  #timer: NodeJS.Timeout | null = null;
  #unsubscribe: () => void = () => undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(private readonly parts: NoteTakerParts) {}

  /** Looks at once, and from then on. */
  begin(): void {
    this.#timer = setInterval(() => this.#soon(), LOOK_EVERY_MS);
    this.#unsubscribe = this.parts.room.subscribe((published) => {
      if (published.some(({ event }) => event.type === 'entry-opened')) this.#soon();
    });
    this.#soon();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#unsubscribe();
    await this.#looking;
  }

  /** One look at all notes. */
  async look(): Promise<void> {
    const { folder, room } = this.parts;
    for (const note of (await notesIn(folder)).sort((a, b) => a.begunAt - b.begunAt)) {
      const { wallAt } = room.time.reading();
      const toRoom = (at: number) => Math.max(0, Math.round(at - wallAt + room.now()));
      this.#begin(note, toRoom(note.begunAt));
      const isSilent = note.end === null && wallAt - note.heardAt > SILENT_AFTER_MS;
      if (note.end === null && !isSilent) {
        if (room.state.currentSession !== null) await askToStop(folder, note);
        continue;
      }
      const { outcome, reason, what, at } = note.end ?? {
        ...{ outcome: 'interrupted' as const, reason: LOST, what: null, at: note.heardAt },
      };
      const { exportId } = note;
      const happenedAt = toRoom(at);
      const { seq } = room.handle({
        ...{ type: 'end-video-export', exportId, outcome, reason, what, happenedAt, by: BY_ROOM },
      });
      // A note is gone only when the journal has it.
      await room.whenDurable(seq);
      await dropNote(folder, note);
    }
  }

  #begin({ exportId, sessionId, target }: ExportNote, happenedAt: number): void {
    const { room } = this.parts;
    if (isKnown(room.state, exportId)) return;
    const note = { exportId, exported: sessionId, target, happenedAt };
    room.handle({ type: 'note-video-export', ...note, by: BY_ROOM });
  }

  #soon(): void {
    this.#looking = this.#looking
      .then(() => this.look())
      .catch((error: unknown) => this.parts.log.warn({ err: error }, 'Notes of exports were not journaled'));
  }
}

function isKnown({ video }: State, exportId: string): boolean {
  return video.exports?.some((one) => one.exportId === exportId) === true;
}
