// Holds what is typed into the blanks of one item and hands it over: after a pause, while a long text grows, on leaving, and
// before writing stops. Nothing is handed over in the middle of an input method's composition (rule 19).

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { DealtItem } from '../../exam/dealt-paper.js';
import type { Sitting } from '../../exam/sittings.js';
import type { Kiosk } from '../../kiosk.js';
import { typingRest } from './typing-rest.js';

const IDLE_MS = 800;

/** What the fields of an item share. */
export interface Blanks {
  /** The text as it stands; what an earlier PC delivered meanwhile, while nothing was typed here. */
  text(index: number): string;
  /** A text that is finished for now: no composition is going on in it. */
  typed(index: number, text: string): void;
  /** A field was left. */
  left(): void;
}

interface BlankEditorProps {
  kiosk: Kiosk;
  sitting: Sitting;
  item: DealtItem;
  children: (blanks: Blanks) => ComponentChildren;
}

export function BlankEditor({ kiosk, sitting, item: { content }, children }: BlankEditorProps) {
  const editor = useRef<(Blanks & { close(): void }) | null>(null);
  editor.current ??= openBlanks(kiosk, sitting, content.itemId, content.blanks.length);
  useEffect(() => () => editor.current?.close(), []);
  return <>{children(editor.current)}</>;
}

/** Opens the blanks of an item for writing. */
export function openBlanks(
  kiosk: Kiosk,
  { book }: Sitting,
  itemId: string,
  count: number,
): Blanks & { close(): void } {
  const kept = book.get(itemId)?.value;
  const texts = Array.from({ length: count }, (_, index) =>
    kept !== undefined && 'blanks' in kept ? (kept.blanks[index] ?? '') : '',
  );
  const rest = typingRest(kiosk, IDLE_MS, (madeAt) =>
    kiosk.change(itemId, { blanks: [...texts] }, book.isMarked(itemId), madeAt),
  );
  return {
    text: (index) => {
      const row = book.get(itemId);
      if (!rest.isHeld() && row?.rev === 0 && 'blanks' in row.value)
        for (let at = 0; at < count; at += 1) texts[at] = row.value.blanks[at] ?? '';
      return texts[index] ?? '';
    },
    typed: (index, text) => {
      if (texts[index] === text) return;
      texts[index] = text;
      rest.typed();
    },
    left: rest.flush,
    close: rest.close,
  };
}
