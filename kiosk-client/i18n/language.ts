// Which language this browser shows: Chinese first, English beside it. Each page has its own texts; this knows only the choice.

import { useEffect, useState } from 'preact/hooks';

export type Language = 'zh' | 'en';

/** The same texts in both languages; a text with values is a function. The compiler finds what one of them lacks. */
export interface Texts<T> {
  zh: T;
  en: T;
}

const KEY = 'kaochang.language';
const listeners = new Set<() => void>();
let chosen: Language = read();

function read(): Language {
  try {
    return localStorage.getItem(KEY) === 'en' ? 'en' : 'zh';
  } catch {
    return 'zh';
  }
}

/** The language shown now. */
export function language(): Language {
  return chosen;
}

/** Shows another language at once and keeps the choice in this browser. */
export function chooseLanguage(next: Language): void {
  chosen = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // A browser without storage shows the choice until it is reloaded.
  }
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en';
  for (const listener of listeners) listener();
}

/** The language, for a component that is drawn again when it changes. */
export function useLanguage(): Language {
  const [, draw] = useState(0);
  useEffect(() => {
    const listener = () => draw((count) => count + 1);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return chosen;
}

/** The texts of a page in the language shown. */
export function useTexts<T>(texts: Texts<T>): T {
  return texts[useLanguage()];
}
