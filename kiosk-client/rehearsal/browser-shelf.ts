// The sealed content of the practice session as one PC's simulated candidates fetch it: each of them asks for every part, as a real
// PC would; the text is opened once, with the browser's own cryptography.

import type {
  ItemContent,
  PaperContent,
  PaperMessage,
  SealedPart,
  SeatState,
} from '../../server/protocol/seat.js';
import { inDealtOrder, itemsOf, sealedTextOf } from '../../server/rehearsal/dealt-items.js';
import type { Shelf } from '../../server/rehearsal/shelf.js';
import { importKey, openSealed, sha256Hex } from '../candidate/exam/sealed-content.js';

type Session = NonNullable<SeatState['session']>;

export class BrowserShelf implements Shelf {
  readonly #texts = new Map<string, ArrayBuffer>();
  readonly #opened = new Map<string, Promise<ReadonlyMap<string, ItemContent>>>();
  #stopped = false;
  bytes = 0;

  /** @param note is told how long each part took, milliseconds */
  constructor(
    private readonly word: string,
    private readonly note: (tookMs: number) => void,
  ) {}

  async fetchAll(parts: readonly SealedPart[]): Promise<void> {
    for (const part of parts) await this.#fetchPart(part);
  }

  /** A practice session has no photos. */
  fetchPage(): Promise<void> {
    return Promise.resolve();
  }

  async itemsOf(paper: PaperMessage, session: Session): Promise<ItemContent[]> {
    const opening = this.#opened.get(paper.paperId) ?? this.#open(paper, session);
    this.#opened.set(paper.paperId, opening);
    return inDealtOrder(paper, await opening);
  }

  stop(): void {
    this.#stopped = true;
  }

  async #open(paper: PaperMessage, session: Session): Promise<ReadonlyMap<string, ItemContent>> {
    const part = sealedTextOf(paper, session);
    const sealed = this.#texts.get(part.sha256) ?? (await this.#fetchPart(part));
    const plain = await openSealed(await importKey(paper.key), sealed, session.packageId, part.path);
    return itemsOf(JSON.parse(new TextDecoder().decode(plain)) as PaperContent);
  }

  async #fetchPart({ sha256, path }: SealedPart): Promise<ArrayBuffer> {
    if (this.#stopped) throw new Error('The rehearsal was stopped');
    const begunAt = performance.now();
    const response = await fetch(`/rehearsal/content/${sha256}?word=${this.word}`, { cache: 'no-store' });
    if (!response.ok) throw new Error(`${path} came with ${response.status}`);
    const bytes = await response.arrayBuffer();
    this.note(performance.now() - begunAt);
    this.bytes += bytes.byteLength;
    if ((await sha256Hex(bytes)) !== sha256)
      throw new Error(`${path} came with other bytes than its hash says`);
    if (path.endsWith('/text.sealed')) this.#texts.set(sha256, bytes);
    return bytes;
  }
}
