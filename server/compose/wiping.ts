// Carries out the wipe that the rules have recorded (REQ-F08): keys of papers, the session's data key, the package file. It
// decides nothing and may be done twice: after a crash the next start finishes it.

import type { SessionId } from '../core/types.js';
import { entryOf } from '../core/state-access.js';
import type { Journal } from '../journal/journal.js';
import type { Log } from '../log.js';
import { forgetOpened } from '../papers/opened-keys.js';
import type { Published, Room } from '../room.js';
import type { FileStore } from '../uploads/file-store.js';
import { forgetKept } from './kept-journal.js';
import type { Packages } from './packages.js';

export class Wiping {
  #busy: Promise<void> = Promise.resolve();

  constructor(
    private readonly data: string,
    private readonly room: Room,
    private readonly journal: Journal,
    private readonly packages: Packages,
    private readonly files: Pick<FileStore, 'removeSession'>,
    private readonly log: Log,
  ) {}

  /** Takes events that are on the disk: nothing is destroyed for a receipt that a crash could take back. */
  take(published: readonly Published[]): void {
    for (const { event } of published) if (event.type === 'session-wiped') this.#later(event.wiped);
  }

  /** After a restart: finishes what a crash left undone. */
  resume(): void {
    for (const { plan, wiped } of Object.values(this.room.state.sessions))
      if (wiped !== null && wiped.finishedAt === null) this.#later(plan.sessionId);
  }

  /** Resolves when everything that was begun is done. */
  settled(): Promise<void> {
    return this.#busy;
  }

  #later(sessionId: SessionId): void {
    this.#busy = this.#busy
      .then(() => this.#wipe(sessionId))
      .catch((error: unknown) =>
        this.log.error(
          { err: error, sessionId },
          '清除未完成，重启后继续 / The wipe is not finished; the next start goes on',
        ),
      );
  }

  async #wipe(sessionId: SessionId): Promise<void> {
    const papers = entryOf(this.room.state.sessions, sessionId)?.plan.papers ?? [];
    for (const { paperId } of papers) await forgetOpened(this.data, sessionId, paperId);
    await this.journal.destroyKey(sessionId);
    await this.files.removeSession(sessionId);
    const packageHash = await this.packages.wipe(this.room, sessionId);
    // Before the end is recorded: after a crash the next start comes here again.
    if (await forgetKept(this.data, this.room.state, this.room.now()))
      this.log.info('升级前留存的日志已删除 / The journal from before the upgrade is removed');
    const { seq } = this.room.handle({ type: 'record-wipe', sessionId, packageHash, by: { kind: 'room' } });
    await this.room.whenDurable(seq);
    this.log.info({ sessionId, packageHash }, '场次数据已清除 / The data of the session is wiped');
  }
}
