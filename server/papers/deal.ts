// The order that one candidate sees: drawn and shuffled from a seed, the same seed giving the same order for ever.

import { createHmac } from 'node:crypto';
import type { AnswerableOutline, DealtOrder, ItemOutline, PaperOutline } from '../core/types.js';

/** Deals a paper. @param seed says whose order it is; true-false options never move */
export function dealOrder(outline: PaperOutline, seed: string): DealtOrder {
  const next = uniform(seed, outline.paperId);
  return {
    paperId: outline.paperId,
    sections: outline.sections.map((section) => {
      const drawn = section.draw === null ? [...section.items] : draw(section.items, section.draw, next);
      const items = section.shuffleItems ? shuffle(drawn, next) : drawn;
      return {
        sectionId: section.sectionId,
        items: items.flatMap((item) => dealItem(item, next)),
      };
    }),
  };
}

type Next = (below: number) => number;
type DealtItem = DealtOrder['sections'][number]['items'][number];

/** The items of a case stay together. */
function dealItem(item: ItemOutline, next: Next): DealtItem[] {
  if (item.type !== 'case') return [dealAnswerable(item, next)];
  const items = item.shuffleItems ? shuffle([...item.items], next) : item.items;
  return items.map((inner) => ({ ...dealAnswerable(inner, next), caseId: item.itemId }));
}

function dealAnswerable(item: AnswerableOutline, next: Next): DealtItem {
  const { itemId } = item;
  if (!('options' in item)) return { itemId, options: [] };
  const moves = item.shuffleOptions && item.type !== 'true-false';
  return { itemId, options: moves ? shuffle([...item.options], next) : [...item.options] };
}

/** Draws without shuffling: what is drawn keeps the paper's order. */
function draw<T>(all: readonly T[], count: number, next: Next): T[] {
  const chosen = new Set(shuffle([...all.keys()], next).slice(0, count));
  return all.filter((_, index) => chosen.has(index));
}

/** Fisher-Yates, in place. */
function shuffle<T>(list: T[], next: Next): T[] {
  for (let last = list.length - 1; last > 0; last--) {
    const other = next(last + 1);
    [list[last], list[other]] = [list[other] as T, list[last] as T];
  }
  return list;
}

/** Uniform integers below a bound, from HMAC-SHA256 in counter mode; values that would bias are thrown away. */
function uniform(seed: string, paperId: string): Next {
  let block = Buffer.alloc(0);
  let offset = 0;
  let counter = 0;
  return (below) => {
    const limit = 2 ** 32 - (2 ** 32 % below);
    for (;;) {
      if (offset + 4 > block.length) {
        block = createHmac('sha256', seed).update(`${paperId} ${counter++}`).digest();
        offset = 0;
      }
      const value = block.readUInt32BE(offset);
      offset += 4;
      if (value < limit) return value % below;
    }
  };
}
