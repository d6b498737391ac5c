// Keys of opened papers: in memory, and on disk sealed to the room from the opening until `collected` (rule 13). A key that
// the state does not say was opened is given to nobody.

import { objectionToPaper } from '../core/decide-paper.js';
import type { Session, SessionId } from '../core/types.js';
import { entryOf } from '../core/state-access.js';
import type { PrivateKeys } from '../keys/key-files.js';
import type { Log } from '../log.js';
import type { PaperKeys, PaperOpened } from '../papers/installed-package.js';
import { forgetOpened, recallOpened, rememberOpened } from '../papers/opened-keys.js';
import type { Published, Room } from '../room.js';
import type { Packages } from './packages.js';

export interface OpeningRequest {
  sessionId: SessionId;
  paperId: string;
  startCode: string;
  staffId: string;
  pin: string;
}

export class OpenedPapers {
  /** By session and paper: what was tried for one paper never takes the place of another's. */
  readonly #keys = new Map<string, PaperKeys>();

  constructor(
    private readonly data: string,
    private readonly room: Room,
    private readonly roomKeys: PrivateKeys,
    private readonly packages: Packages,
    private readonly log: Log,
  ) {}

  /** After a restart: takes up the keys of sessions whose paper is open, and destroys what is left of others. */
  async recall(): Promise<void> {
    for (const { plan, paper, collectedAt } of Object.values(this.room.state.sessions)) {
      const { sessionId } = plan;
      for (const { paperId } of plan.papers) {
        const inUse = collectedAt === null && paper?.paperId === paperId && paper.openedAt !== null;
        if (!inUse) await forgetOpened(this.data, sessionId, paperId);
        else await this.#recallOne(sessionId, paperId);
      }
    }
  }

  /** Tries code and PIN. The key is kept for a restart before the opening is told to anybody. */
  async open({ sessionId, paperId, startCode, staffId, pin }: OpeningRequest): Promise<PaperOpened> {
    const file = this.packages.packageOf(this.room, sessionId);
    const session = entryOf(this.room.state.sessions, sessionId);
    // The rules refuse it anyway; the key of a paper that may not be opened never comes here (rule 13).
    if (file === null || session === undefined || !mayBeOpened(session, paperId))
      return { ok: false, wrong: 'code' };
    const opened = await file.openPaper(paperId, startCode, staffId, pin);
    if (!opened.ok) return opened;
    await rememberOpened(this.data, this.roomKeys, sessionId, paperId, opened.keys.contentKey);
    this.#keys.set(nameOf(sessionId, paperId), opened.keys);
    return opened;
  }

  /** The keys of the paper that the session has opened; null before and after. */
  of(sessionId: SessionId): PaperKeys | null {
    const session = entryOf(this.room.state.sessions, sessionId);
    if (session?.paper == null || session.paper.openedAt === null || session.collectedAt !== null)
      return null;
    return this.#keys.get(nameOf(sessionId, session.paper.paperId)) ?? null;
  }

  /** Destroys keys at the collection, and the main paper's when the reserve takes its place. */
  take(published: readonly Published[]): void {
    for (const { event } of published) {
      if (event.type !== 'session-collected' && event.type !== 'reserve-enabled') continue;
      const { sessionId } = event;
      const papers = entryOf(this.room.state.sessions, sessionId)?.plan.papers ?? [];
      const kept = event.type === 'reserve-enabled' ? event.paperId : null;
      const gone = papers.filter(({ paperId }) => paperId !== kept);
      Promise.all(gone.map(({ paperId }) => this.#forget(sessionId, paperId))).catch((error: unknown) =>
        this.log.error({ err: error, sessionId }, 'The key of a paper could not be destroyed'),
      );
    }
  }

  #forget(sessionId: SessionId, paperId: string): Promise<void> {
    const keys = this.#keys.get(nameOf(sessionId, paperId));
    keys?.contentKey.fill(0);
    for (const key of keys?.itemKeys.values() ?? []) key.fill(0);
    this.#keys.delete(nameOf(sessionId, paperId));
    return forgetOpened(this.data, sessionId, paperId);
  }

  async #recallOne(sessionId: SessionId, paperId: string): Promise<void> {
    const contentKey = await recallOpened(this.data, this.roomKeys, sessionId, paperId);
    const file = this.packages.packageOf(this.room, sessionId);
    if (contentKey === null || file === null) {
      this.log.error(
        { sessionId, paperId },
        'The key of the opened paper is not there; open the paper again',
      );
      return;
    }
    this.#keys.set(nameOf(sessionId, paperId), await file.keysFrom(paperId, contentKey));
  }
}

/** Before the start, and only the paper in force. */
function mayBeOpened(session: Session, paperId: string): boolean {
  return session.phase === 'open' && objectionToPaper(session, paperId) === null;
}

function nameOf(sessionId: SessionId, paperId: string): string {
  return `${sessionId} ${paperId}`;
}
