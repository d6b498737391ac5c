// Deals the paper when a session opens for entry, and the reserve when the org enables it: one order per candidate, seeded by a secret of the room, so that it
// can be made again and not be foreseen. Done in portions, so that a room of thousands goes on meanwhile.

import { createHmac } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { paperInForce } from '../core/decide-paper.js';
import type { CandidateId, DealtOrder, PaperOutline, SessionId } from '../core/types.js';
import { candidateAt, entryOf } from '../core/state-access.js';
import type { Log } from '../log.js';
import type { Published, Room } from '../room.js';

const CANDIDATES_AT_ONCE = 50;

export class Dealing {
  #busy: Promise<void> = Promise.resolve();

  /** @param deal pure: the same seed gives the same order; @param secret 32 bytes of the room */
  constructor(
    private readonly room: Room,
    private readonly deal: (outline: PaperOutline, seed: string) => DealtOrder,
    private readonly secret: Buffer,
    private readonly log: Log,
  ) {}

  take(published: readonly Published[]): void {
    for (const { event } of published)
      if (
        event.type === 'entry-opened' ||
        (event.type === 'reserve-enabled' && this.#isEntered(event.sessionId))
      )
        this.#later(event.sessionId);
  }

  /** After a restart: deals what a crash left undealt. */
  resume(): void {
    const { currentSession } = this.room.state;
    if (currentSession !== null) this.#later(currentSession);
  }

  /** Resolves when everything that was begun is dealt. */
  settled(): Promise<void> {
    return this.#busy;
  }

  /** Before the entry nothing is dealt yet. */
  #isEntered(sessionId: SessionId): boolean {
    return entryOf(this.room.state.sessions, sessionId)?.openedAt !== null;
  }

  #later(sessionId: SessionId): void {
    this.#busy = this.#busy
      .then(() => this.#dealSession(sessionId))
      .catch((error: unknown) => this.log.error({ err: error, sessionId }, 'The paper could not be dealt'));
  }

  async #dealSession(sessionId: SessionId): Promise<void> {
    const session = entryOf(this.room.state.sessions, sessionId);
    const outline = session === undefined ? null : paperInForce(session);
    if (session === undefined || outline === null) return;
    const { plan } = session;
    for (let from = 0; from < plan.roster.length; from += CANDIDATES_AT_ONCE) {
      const orders: Record<CandidateId, DealtOrder> = {};
      for (const { candidateId } of plan.roster.slice(from, from + CANDIDATES_AT_ONCE))
        if (candidateAt(this.room.state, sessionId, candidateId)?.order === null)
          orders[candidateId] = this.deal(outline, this.#seed(sessionId, candidateId));
      if (Object.keys(orders).length > 0) {
        const { paperId } = outline;
        const { refusal } = this.room.handle({
          type: 'deal-paper',
          sessionId,
          paperId,
          orders,
          by: { kind: 'room' },
        });
        if (refusal !== null) return;
      }
      await nextTurn();
    }
  }

  #seed(sessionId: SessionId, candidateId: CandidateId): string {
    const packageId = this.room.state.package?.packageId ?? '';
    return createHmac('sha256', this.secret)
      .update(JSON.stringify([packageId, sessionId, candidateId]))
      .digest('hex');
  }
}
