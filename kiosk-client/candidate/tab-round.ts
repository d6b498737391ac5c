// Keeps Tab on the page: after the last button comes the first. A browser would go on to its own buttons, where no key of the
// paper does anything and nothing on the page shows where the focus is.

const FOCUSABLE = 'button, input, a[href], [tabindex="0"]';

/** Watches Tab for as long as the page lives. A dialog over the page keeps its own round. */
export function keepTabOnPage(page: Document): void {
  page.addEventListener('keydown', (event) => {
    if (event.key !== 'Tab' || event.defaultPrevented || page.querySelector('.veil') !== null) return;
    const all = [...page.querySelectorAll<HTMLElement>(FOCUSABLE)];
    const [first, last] = [all[0], all[all.length - 1]];
    const leaving = page.activeElement === (event.shiftKey ? first : last);
    if (!leaving) return;
    event.preventDefault();
    (event.shiftKey ? last : first)?.focus();
  });
}
