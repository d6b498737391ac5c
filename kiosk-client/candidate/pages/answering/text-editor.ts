// Holds what is typed into one text and hands it over: after a short rest, while a long text grows, on leaving, and before
// writing stops. Nothing is handed over in the middle of an input method's composition (rule 19).

import type { TextVersion } from '../../exam/text-versions.js';
import type { Sitting } from '../../exam/sittings.js';
import type { Kiosk } from '../../kiosk.js';

const IDLE_MS = 400;
const LONGEST_MS = 5_000;

export interface TextEditor {
  /** The text as it stands here; what an earlier PC delivered meanwhile, while nothing was typed here. */
  text(): string;
  /** A text that is finished for now: no composition is going on in it. */
  typed(text: string): void;
  /** The field was left. */
  left(): void;
  /** Brings an earlier version back. */
  restore(version: TextVersion): void;
  close(): void;
}

/** Opens the text of an item for writing. */
export function openText(kiosk: Kiosk, { book }: Sitting, itemId: string): TextEditor {
  const kept = book.get(itemId)?.value;
  let text = kept !== undefined && 'text' in kept ? kept.text : '';
  let typedAt: number | null = null;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let longest: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(idle);
    clearTimeout(longest);
    idle = longest = undefined;
    if (typedAt === null) return;
    // The time of the last key, not of this moment: it may be the end that makes us hand over.
    const madeAt = typedAt;
    typedAt = null;
    kiosk.change(itemId, { text }, book.isMarked(itemId), madeAt);
  };
  const closeEditor = kiosk.openEditor(flush);
  return {
    text: () => {
      const row = book.get(itemId);
      if (typedAt === null && row?.rev === 0 && 'text' in row.value) text = row.value.text;
      return text;
    },
    typed: (next) => {
      if (next === text) return;
      text = next;
      typedAt = kiosk.clock.now();
      clearTimeout(idle);
      idle = setTimeout(flush, IDLE_MS);
      longest ??= setTimeout(flush, LONGEST_MS);
    },
    left: flush,
    restore: (version) => {
      flush();
      text = version.text;
      kiosk.restore(itemId, version);
    },
    close: () => {
      flush();
      closeEditor();
    },
  };
}
