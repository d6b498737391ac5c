// Tells keyboard from mouse, as `:focus-visible` would in newer browsers: whoever uses keys always sees where the focus is.

/** Sets the class `by-mouse` on the page after a pointer was used, and takes it away at the next key. */
export function watchFocusStyle(page: Document): void {
  const byMouse = (on: boolean) => page.documentElement.classList.toggle('by-mouse', on);
  page.addEventListener('mousedown', () => byMouse(true), true);
  page.addEventListener('keydown', () => byMouse(false), true);
}
