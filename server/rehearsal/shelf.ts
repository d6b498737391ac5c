// Where the PCs of one rehearsal get the sealed content from, and what they make of it: Node's and a browser's differ.

import type { ItemContent, PaperMessage, SealedPart, SeatState } from '../protocol/seat.js';

export interface Shelf {
  /** Bytes that came. */
  readonly bytes: number;
  /** Fetches every part as one PC does, one after the other. @throws Error where a part does not come or is another */
  fetchAll(parts: readonly SealedPart[]): Promise<void>;
  /** Fetches a picture of the page, such as a photo. @throws Error where it does not come */
  fetchPage(path: string): Promise<void>;
  /** The items of a dealt paper, in its order. @throws Error where the room deals what the paper has not */
  itemsOf(paper: PaperMessage, session: NonNullable<SeatState['session']>): Promise<ItemContent[]>;
  /** Lets go of whoever still waits. */
  stop(): void;
}
