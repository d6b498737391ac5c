// Holds what is typed into one text and hands it over: after a short rest, while a long text grows, on leaving, and before
// writing stops. Nothing is handed over in the middle of an input method's composition (rule 19).

import type { TextVersion } from '../../exam/text-versions.js';
import type { Sitting } from '../../exam/sittings.js';
import type { Kiosk } from '../../kiosk.js';
import { typingRest } from './typing-rest.js';

const IDLE_MS = 400;

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
  const rest = typingRest(kiosk, IDLE_MS, (madeAt) =>
    kiosk.change(itemId, { text }, book.isMarked(itemId), madeAt),
  );
  return {
    text: () => {
      const row = book.get(itemId);
      if (!rest.isHeld() && row?.rev === 0 && 'text' in row.value) text = row.value.text;
      return text;
    },
    typed: (next) => {
      if (next === text) return;
      text = next;
      rest.typed();
    },
    left: rest.flush,
    restore: (version) => {
      rest.flush();
      text = version.text;
      kiosk.restore(itemId, version);
    },
    close: rest.close,
  };
}
