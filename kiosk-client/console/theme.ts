// Light and dark: as the PC is set, until somebody chooses. The choice stays in this browser.

export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'kaochang.theme';

export function chosenTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'auto';
  } catch {
    return 'auto';
  }
}

/** Shows the page in this theme at once. */
export function chooseTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser without storage shows the choice until it is reloaded.
  }
  show(theme);
}

/** Follows the PC's setting where nothing is chosen. Call once. */
export function watchTheme(): void {
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  // Older browsers know only addListener.
  dark.addListener(() => show(chosenTheme()));
  show(chosenTheme());
}

/** Dark now, whatever the reason. */
export function isDark(): boolean {
  return document.documentElement.getAttribute('data-theme') === 'dark';
}

function show(theme: Theme): void {
  const prefersDark = window.matchMedia('(prefers-color-scheme: dark)').matches;
  const dark = theme === 'dark' || (theme === 'auto' && prefersDark);
  document.documentElement.setAttribute('data-theme', dark ? 'dark' : 'light');
}
