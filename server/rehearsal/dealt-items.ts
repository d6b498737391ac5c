// What a simulated PC makes of a dealt paper, as the kiosk does: its items in the order that was dealt. It fetches and opens nothing.

import type { ItemContent, PaperContent, PaperMessage, SealedPart, SeatState } from '../protocol/seat.js';

type SeatSession = NonNullable<SeatState['session']>;

/** The part that holds the sealed text of the paper. @throws Error where the session lists none */
export function sealedTextOf(paper: PaperMessage, session: SeatSession): SealedPart {
  const part = session.parts.find(({ path }) => path === `papers/${paper.paperId}/text.sealed`);
  if (part === undefined) throw new Error('The session lists no sealed text for the paper');
  return part;
}

/** The items of a paper by their ids, those of cases one by one. */
export function itemsOf({ sections }: PaperContent): ReadonlyMap<string, ItemContent> {
  const all: ItemContent[] = [];
  for (const section of sections)
    for (const item of section.items) all.push(...(item.case === undefined ? [item] : item.case.items));
  return new Map(all.map((item) => [item.itemId, item]));
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
