// The order that one candidate sees: drawn and shuffled from a seed, the same seed giving the same order for ever.

import { createHmac } from 'node:crypto';
import type { DealtOrder, PaperOutline } from '../core/types.js';

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
        items: items.map((item) => {
          if (item.type === 'fill-in') return { itemId: item.itemId, options: [] };
          const moves = item.shuffleOptions && item.type !== 'true-false';
          return {
            itemId: item.itemId,
            options: moves ? shuffle([...item.options], next) : [...item.options],
          };
        }),
      };
    }),
  };
}

/** Draws without shuffling: what is drawn keeps the paper's order. */
function draw<T>(all: readonly T[], count: number, next: (below: number) => number): T[] {
  const chosen = new Set(shuffle([...all.keys()], next).slice(0, count));
  return all.filter((_, index) => chosen.has(index));
}

/** Fisher-Yates, in place. */
function shuffle<T>(list: T[], next: (below: number) => number): T[] {
  for (let last = list.length - 1; last > 0; last--) {
    const other = next(last + 1);
    [list[last], list[other]] = [list[other] as T, list[last] as T];
  }
  return list;
}

/** Uniform integers below a bound, from HMAC-SHA256 in counter mode; values that would bias are thrown away. */
function uniform(seed: string, paperId: string): (below: number) => number {
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
