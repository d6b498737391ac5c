// The sealed content as the PCs of one rehearsal fetch it: every PC asks for every part, as it would in a room, but one copy is
// kept, and a paper is opened once. It keeps no more connections than it is given.

import { createHash } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { ItemContent, PaperMessage, SealedPart, SeatState } from '../protocol/seat.js';
import { inDealtOrder, sealedTextOf } from './dealt-items.js';
import { openItems } from './open-items.js';
import type { Shelf } from './shelf.js';
import { fetchBytes, type RoomAddress } from './room-address.js';

/** As many connections for content as so many PCs would have open at one time. */
const CONNECTIONS = 32;
/** The server may be away for a while. */
const TRIES = 20;
const TRY_AGAIN_MS = 500;

export class PaperShelf implements Shelf {
  readonly #agent: HttpAgent;
  readonly #texts = new Map<string, Buffer>();
  readonly #opened = new Map<string, ReadonlyMap<string, ItemContent>>();
  readonly #queue: (() => void)[] = [];
  #free = CONNECTIONS;
  #stopped = false;
  /** Bytes that came. */
  bytes = 0;

  constructor(
    private readonly address: RoomAddress,
    private readonly note: (tookMs: number) => void,
  ) {
    const options = { keepAlive: true, maxSockets: CONNECTIONS };
    this.#agent = address.url.startsWith('https:') ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /** Fetches every part as one PC does, one after the other. @throws Error where a part does not come or is another */
  async fetchAll(parts: readonly SealedPart[]): Promise<void> {
    for (const part of parts) await this.#fetchPart(part);
  }

  /** Fetches a picture of the page, such as a photo. */
  async fetchPage(path: string): Promise<void> {
    await this.#inTurn(() => fetchBytes(this.address, path, this.#agent));
  }

  /**
   * The items of a dealt paper, in its order. One PC opens it as a browser does; for the others it is open already.
   * @throws Error where the room deals what the paper has not
   */
  async itemsOf(paper: PaperMessage, session: NonNullable<SeatState['session']>): Promise<ItemContent[]> {
    const name = `${session.packageId}/${paper.paperId}`;
    const known = this.#opened.get(name) ?? (await this.#open(paper, session));
    this.#opened.set(name, known);
    return inDealtOrder(paper, known);
  }

  /** Lets go of whoever still waits. */
  stop(): void {
    this.#stopped = true;
    this.#agent.destroy();
    for (const go of this.#queue.splice(0)) go();
  }

  async #open(
    paper: PaperMessage,
    session: NonNullable<SeatState['session']>,
  ): Promise<ReadonlyMap<string, ItemContent>> {
    const part = sealedTextOf(paper, session);
    const sealed = this.#texts.get(part.sha256) ?? (await this.#fetchPart(part));
    return openItems(paper, session, part, sealed);
  }

  async #fetchPart({ sha256, path }: SealedPart): Promise<Buffer> {
    const bytes = await this.#inTurn(() => fetchBytes(this.address, `/content/${sha256}`, this.#agent));
    if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      throw new Error(`${path} came with other bytes than its hash says`);
    if (path.endsWith('/text.sealed') && !this.#texts.has(sha256)) this.#texts.set(sha256, bytes);
    return bytes;
  }

  async #inTurn(fetch: () => Promise<Buffer>): Promise<Buffer> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#queue.push(resolve));
    else this.#free -= 1;
    try {
      for (let attempt = 1; ; attempt++) {
        if (this.#stopped) throw new Error('The rehearsal was stopped');
        const begunAt = performance.now();
        try {
          const bytes = await fetch();
          this.note(performance.now() - begunAt);
          this.bytes += bytes.length;
          return bytes;
        } catch (error) {
          if (attempt === TRIES || this.#stopped) throw error;
          await pause(TRY_AGAIN_MS);
        }
      }
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
