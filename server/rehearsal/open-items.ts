// Opens the sealed text of a paper with the key that came, as a browser does.

import { openBytes } from '../keys/seal-bytes.js';
import type { ItemContent, PaperContent, PaperMessage, SealedPart, SeatState } from '../protocol/seat.js';
import { itemsOf } from './dealt-items.js';

type SeatSession = NonNullable<SeatState['session']>;

/**
 * The items of a sealed text, those of cases one by one.
 * @param sealed the bytes of `part`
 * @throws Error where the key does not open them
 */
export function openItems(
  paper: PaperMessage,
  { packageId }: SeatSession,
  part: SealedPart,
  sealed: Buffer,
): ReadonlyMap<string, ItemContent> {
  const plain = openBytes(Buffer.from(paper.key, 'base64'), sealed, `${packageId}/${part.path}`);
  return itemsOf(JSON.parse(plain.toString('utf8')) as PaperContent);
}
