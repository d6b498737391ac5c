// Catches what a reader types at this page as if it were a keyboard, wherever the focus is, and gives back what it had already
// done to a field. Typing of people and of input methods passes untouched: only eight keys as no hand types them are a reader's.

import { useEffect, useRef } from 'preact/hooks';
import {
  isReader,
  NO_KEYS,
  READER_END_MS,
  wedgeKey,
  wedgePause,
} from '../../../server/protocol/document-reading.js';

export interface WedgeListener {
  /** A reader types: what its first keys did to the page is to be undone. */
  began(): void;
  /** It has typed to the end; '' = something, but no number. */
  typed(text: string): void;
}

/** Listens for a reader as long as the component is shown. REQ-D03 */
export function useWedge(listener: WedgeListener): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => {
    let memory = NO_KEYS;
    let field: FieldBefore | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (text: string) => {
      memory = NO_KEYS;
      if (text === '') field?.focus();
      latest.current.typed(text);
    };
    const hear = (event: KeyboardEvent) => {
      // A key that an input method takes has this code in all browsers, the older ones say nothing else of it.
      const isComposed = event.isComposing || event.keyCode === 229;
      if (isComposed || event.repeat || event.ctrlKey || event.altKey || event.metaKey) {
        memory = NO_KEYS;
        return;
      }
      const wasReader = isReader(memory);
      const step = wedgeKey(memory, event.key, event.timeStamp);
      memory = step.memory;
      if (memory.keys.length === 1) field = fieldBefore(document.activeElement);
      const isNow = isReader(memory);
      if (isNow && !wasReader) {
        // Outside a field no input method can take the rest of the number.
        field?.putBack();
        latest.current.began();
      }
      if (isNow || step.typed !== null) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
      if (isNow || wasReader) clearTimeout(timer);
      if (isNow) timer = setTimeout(() => end(wedgePause(memory)), READER_END_MS);
      if (step.typed !== null) end(step.typed);
    };
    window.addEventListener('keydown', hear, true);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('keydown', hear, true);
    };
  }, []);
}

interface FieldBefore {
  /** As it was before the first key, and left. */
  putBack(): void;
  focus(): void;
}

/** What had the focus when the first key came, where keys change it. */
function fieldBefore(element: Element | null): FieldBefore | null {
  if (
    !(element instanceof HTMLInputElement) &&
    !(element instanceof HTMLTextAreaElement) &&
    !(element instanceof HTMLSelectElement)
  )
    return null;
  const { value } = element;
  return {
    putBack: () => {
      element.blur();
      if (element.value === value) return;
      element.value = value;
      const changes = element instanceof HTMLSelectElement ? 'change' : 'input';
      element.dispatchEvent(new Event(changes, { bubbles: true }));
    },
    focus: () => element.focus(),
  };
}
