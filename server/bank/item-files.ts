// Which files below media/ an item stands on: its pictures and recording, a case's materials, and those of its items.

import type { ItemSource } from '../protocol/paper-source.js';

/** File names in the order in which they occur; a file may occur twice. */
export function filesOfItem(item: ItemSource): string[] {
  return [
    ...(item.media ?? []).map(({ file }) => file),
    ...(item.audio === undefined ? [] : [item.audio.file]),
    ...(item.type === 'case'
      ? [
          ...item.materials.flatMap(({ file }) => (file === undefined ? [] : [file.file])),
          ...item.items.flatMap(filesOfItem),
        ]
      : []),
  ];
}

/** The item, and the items of a case after it. */
export function withInner(item: ItemSource): ItemSource[] {
  return item.type === 'case' ? [item, ...item.items] : [item];
}
