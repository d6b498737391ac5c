// The paper as one candidate sees it: sections and items in the dealt order, numbered through, options in their dealt order.

import type { ItemContent, PaperContent, PaperMessage } from '../../../server/protocol/seat.js';

export interface DealtItem {
  /** From 1, through the whole paper. */
  number: number;
  sectionId: string;
  sectionTitle: string;
  /** What the section asks for; empty where it says nothing. */
  instructions: string;
  content: ItemContent;
  /** The situation that the item belongs to, and its place there from 1; null for an item on its own. */
  within: { content: ItemContent; place: number; of: number } | null;
  /** In the order dealt; letters follow this order. */
  options: { id: string; letter: string; html: string }[];
}

export interface DealtPaper {
  title: string;
  sections: { sectionId: string; title: string; instructions: string; items: DealtItem[] }[];
  items: DealtItem[];
}

/**
 * Puts the paper in the candidate's order.
 * @param pooled the whole items of those that were sealed apart, by item id
 * @throws where the order names what the paper does not have: the paper and the order do not belong together
 */
export function dealPaper(
  content: PaperContent,
  order: PaperMessage['order'],
  pooled: ReadonlyMap<string, ItemContent>,
): DealtPaper {
  let number = 0;
  const sections = order.sections.map(({ sectionId, items }) => {
    const section = content.sections.find((one) => one.sectionId === sectionId);
    if (section === undefined) throw new Error(`The paper has no section ${sectionId}`);
    const { title, instructions } = section;
    return {
      sectionId,
      title,
      instructions,
      items: items.map(({ itemId, options, caseId }) => {
        const whole = find(pooled, section.items, caseId ?? itemId);
        const item = caseId === undefined ? whole : whole?.case?.items.find((one) => one.itemId === itemId);
        if (whole === undefined || item === undefined) throw new Error(`The paper has no item ${itemId}`);
        number += 1;
        const siblings = items.filter((one) => caseId !== undefined && one.caseId === caseId);
        const place = siblings.findIndex((one) => one.itemId === itemId) + 1;
        return {
          ...{ number, sectionId, sectionTitle: title, instructions },
          ...{ content: item, options: inOrder(item, options) },
          within: caseId === undefined ? null : { content: whole, place, of: siblings.length },
        };
      }),
    };
  });
  return { title: content.title, sections, items: sections.flatMap(({ items }) => items) };
}

function find(
  pooled: ReadonlyMap<string, ItemContent>,
  items: readonly ItemContent[],
  itemId: string,
): ItemContent | undefined {
  return pooled.get(itemId) ?? items.find((one) => one.itemId === itemId);
}

function inOrder({ itemId, options }: ItemContent, order: readonly string[]): DealtItem['options'] {
  return order.map((id, index) => {
    const option = options.find((one) => one.id === id);
    if (option === undefined) throw new Error(`Item ${itemId} has no option ${id}`);
    return { id, letter: String.fromCharCode(65 + index), html: option.html };
  });
}
