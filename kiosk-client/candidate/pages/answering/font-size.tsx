// Three sizes of text, kept in this browser.

import { useState } from 'preact/hooks';
import { useTexts } from '../../../i18n/language.js';
import { texts } from '../../texts.js';

const KEY = 'kaochang.font-size';
const LARGEST = 2;

/** The size, 0 to 2, and how to change it. */
export function useFontSize(): [number, (size: number) => void] {
  const [size, setSize] = useState(() => Math.min(LARGEST, Number(localStorage.getItem(KEY) ?? 0) || 0));
  return [
    size,
    (next) => {
      const allowed = Math.min(LARGEST, Math.max(0, next));
      localStorage.setItem(KEY, String(allowed));
      setSize(allowed);
    },
  ];
}

export function FontSize({ size, onSize }: { size: number; onSize: (size: number) => void }) {
  const t = useTexts(texts);
  return (
    <span class="font-size">
      <button
        type="button"
        class="quiet"
        aria-label={t.smaller}
        aria-disabled={size === 0}
        onClick={() => onSize(size - 1)}
      >
        A−
      </button>
      <button
        type="button"
        class="quiet"
        aria-label={t.larger}
        aria-disabled={size === LARGEST}
        onClick={() => onSize(size + 1)}
      >
        A+
      </button>
    </span>
  );
}
