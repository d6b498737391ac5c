// What a simulated PC makes of a dealt paper, as a browser does: the sealed text opened with the key that came, its items in the
// order that was dealt. It fetches nothing.

import { openBytes } from '../keys/seal-bytes.js';
import type { ItemContent, PaperContent, PaperMessage, SealedPart, SeatState } from '../protocol/seat.js';

type SeatSession = NonNullable<SeatState['session']>;

/** The part that holds the sealed text of the paper. @throws Error where the session lists none */
export function sealedTextOf(paper: PaperMessage, session: SeatSession): SealedPart {
  const part = session.parts.find(({ path }) => path === `papers/${paper.paperId}/text.sealed`);
  if (part === undefined) throw new Error('The session lists no sealed text for the paper');
  return part;
}

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
  const { sections } = JSON.parse(plain.toString('utf8')) as PaperContent;
  const items = sections.flatMap((section) => section.items.flatMap((item) => item.case?.items ?? [item]));
  return new Map(items.map((item) => [item.itemId, item]));
}

/** The items in the order dealt. @throws Error where the room deals what the paper has not */
export function inDealtOrder(
  { order }: PaperMessage,
  items: ReadonlyMap<string, ItemContent>,
): ItemContent[] {
  return order.sections.flatMap((section) =>
    section.items.map(({ itemId }) => {
      const item = items.get(itemId);
      if (item === undefined) throw new Error(`The order names an item that the paper has not: ${itemId}`);
      return item;
    }),
  );
}
