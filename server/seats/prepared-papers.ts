// The long parts of the papers' messages, encoded while everybody waits for the start, so that the start is a loop of sends.
// Kept no longer than that: a PC that comes back later has its own encoded for it alone.

import type { CandidateId, DealtOrder, Session } from '../core/types.js';
import { entryOf } from '../core/state-access.js';
import type { PaperMessage } from '../protocol/seat.js';
import type { OpenedPaper } from './host.js';

/** Encoded in one turn, so that whoever knocks meanwhile is let in between. */
const CANDIDATES_AT_ONCE = 100;

export class PreparedPapers {
  readonly #orders = new WeakMap<DealtOrder, string>();
  /** By opened paper: what is destroyed with its keys (rule 13) is held nowhere else. */
  readonly #keys = new WeakMap<OpenedPaper, WeakMap<DealtOrder, string>>();

  /** Encodes one candidate's order, in a session that waits for its start. */
  prepareOrder({ startedAt, candidates }: Session, candidateId: CandidateId): void {
    if (startedAt === null) this.#encodeOrder(entryOf(candidates, candidateId)?.order ?? null);
  }

  /** Encodes whatever is dealt in a session that waits for its start, and the keys to it if the paper is open. */
  async prepare(session: Session, opened: OpenedPaper | null): Promise<void> {
    if (session.startedAt !== null) return;
    const keys = new WeakMap<DealtOrder, string>();
    if (opened !== null) this.#keys.set(opened, keys);
    let encoded = 0;
    for (const { order } of Object.values(session.candidates)) {
      // The start may come between two portions.
      if (session.startedAt !== null) return;
      this.#encodeOrder(order);
      if (opened !== null && order?.paperId === opened.paperId) keys.set(order, encodeKeys(order, opened));
      if (++encoded % CANDIDATES_AT_ONCE === 0) await new Promise(setImmediate);
    }
  }

  #encodeOrder(order: DealtOrder | null): void {
    if (order !== null && !this.#orders.has(order)) this.#orders.set(order, JSON.stringify(order));
  }

  /** JSON of an order. */
  order(order: DealtOrder): string {
    return this.#orders.get(order) ?? JSON.stringify(order);
  }

  /** The fields `key` and `itemKeys` of the message, as JSON without braces. */
  keys(order: DealtOrder, opened: OpenedPaper): string {
    return this.#keys.get(opened)?.get(order) ?? encodeKeys(order, opened);
  }

  /** To be called when everybody has been sent his paper. */
  forget({ candidates }: Session, opened: OpenedPaper | null): void {
    for (const { order } of Object.values(candidates)) if (order !== null) this.#orders.delete(order);
    if (opened !== null) this.#keys.delete(opened);
  }
}

/** The key of the paper, and of the pooled items that this candidate drew: of no other (rule 12). */
function encodeKeys(order: DealtOrder, opened: OpenedPaper): string {
  const keys: Pick<PaperMessage, 'key' | 'itemKeys'> = {
    key: opened.contentKey.toString('base64'),
    itemKeys: drawnKeys(order, opened),
  };
  return JSON.stringify(keys).slice(1, -1);
}

function drawnKeys(order: DealtOrder, opened: OpenedPaper): Record<string, string> {
  const keys: Record<string, string> = {};
  if (opened.itemKeys.size === 0) return keys;
  for (const { items } of order.sections)
    for (const { itemId, caseId } of items) {
      // A case is sealed as a whole.
      const sealedAs = caseId ?? itemId;
      const key = opened.itemKeys.get(sealedAs);
      if (key !== undefined) keys[sealedAs] = key.toString('base64');
    }
  return keys;
}
