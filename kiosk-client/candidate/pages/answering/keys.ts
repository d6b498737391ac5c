// What a key does on the paper. Pure: the page carries it out.

import type { ItemContent } from '../../../../server/protocol/seat.js';

export type KeyAct =
  | { act: 'choose'; index: number }
  | { act: 'move'; by: -1 | 1 }
  | { act: 'focus-option'; by: -1 | 1 }
  | { act: 'mark' };

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  /** A key that an input method is still busy with. */
  isComposing: boolean;
  /** The key is still held down. */
  repeat: boolean;
}

/** The act of a key, or null where the browser shall do what it does. @param inText the focus is in a text field */
export function actOfKey(press: KeyPress, inText: boolean): KeyAct | null {
  const { key } = press;
  if (press.ctrlKey || press.altKey || press.metaKey || press.isComposing) return null;
  if (key === 'PageDown') return { act: 'move', by: 1 };
  if (key === 'PageUp') return { act: 'move', by: -1 };
  if (inText) return null;
  if (key === 'ArrowRight') return { act: 'move', by: 1 };
  if (key === 'ArrowLeft') return { act: 'move', by: -1 };
  if (key === 'ArrowDown') return { act: 'focus-option', by: 1 };
  if (key === 'ArrowUp') return { act: 'focus-option', by: -1 };
  if (/^[1-9]$/.test(key)) return { act: 'choose', index: Number(key) - 1 };
  if (/^[a-hA-H]$/.test(key)) return { act: 'choose', index: key.toUpperCase().charCodeAt(0) - 65 };
  if (key === 'm' || key === 'M') return { act: 'mark' };
  return null;
}

/** A key that is held does not choose, mark and press over and over: what it did once it would undo. */
export function isHeldTooLong({ key, repeat }: KeyPress, act: KeyAct | null, onOption: boolean): boolean {
  if (!repeat) return false;
  return act?.act === 'choose' || act?.act === 'mark' || (onOption && key === 'Enter');
}

/** What choosing an option makes of those chosen. Choosing again takes it back. */
export function choose(
  type: ItemContent['type'],
  chosen: readonly string[],
  option: string,
  dealt: readonly string[],
): string[] {
  const isChosen = chosen.includes(option);
  if (type !== 'multiple') return isChosen ? [] : [option];
  const next = isChosen ? chosen.filter((id) => id !== option) : [...chosen, option];
  return dealt.filter((id) => next.includes(id));
}
