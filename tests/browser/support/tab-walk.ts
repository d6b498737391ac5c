// Walks a page by Tab alone, as somebody without a mouse does: what cannot be reached, and what has the focus and does not show it.

import type { RoomPage } from './room-browser.js';

export interface TabWalk {
  /** What had the focus, in order, by its words. */
  visited: string[];
  /** What can be used and never had the focus. */
  missed: string[];
  /** What had the focus out of sight, beneath something else, or without a mark of it. */
  unseen: string[];
}

const MOST_STOPS = 400;

/** Words for one element; expressions of the page. */
const TOOLS = `
  const nameOf = (one) => (one.getAttribute('aria-label') || one.innerText || one.title || one.placeholder || one.name || one.type || one.tagName).trim().slice(0, 60);
  const isThere = (one) => one.getClientRects().length > 0 && getComputedStyle(one).visibility === 'visible';
  // Of a group of radio buttons only one is a stop.
  const usable = () => [...document.querySelectorAll('button, a[href], input, select, textarea, summary, [tabindex="0"]')]
    .filter((one) => !one.disabled && one.tabIndex >= 0 && one.type !== 'radio' && isThere(one));
`;

/** Goes once around the page. Nothing is pressed but Tab. */
export async function walkByTab(page: RoomPage): Promise<TabWalk> {
  await page.evaluate(`window.walked = new Set(), document.activeElement.blur(), true`);
  const visited: string[] = [];
  const unseen: string[] = [];
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    await page.press('Tab');
    const stop = await page.evaluate<{ name: string; again: boolean; none: boolean; fault: string }>(`(() => {
      ${TOOLS}
      const one = document.activeElement;
      const none = one === null || one === document.body;
      const again = walked.has(one);
      if (!none) walked.add(one);
      if (none || again) return { name: '', again, none, fault: '' };
      const { left, top, right, bottom, width, height } = one.getBoundingClientRect();
      const [x, y] = [Math.max(0, left) + (Math.min(innerWidth, right) - Math.max(0, left)) / 2, Math.max(0, top) + (Math.min(innerHeight, bottom) - Math.max(0, top)) / 2];
      const on = document.elementFromPoint(x, y);
      const isOnTop = on !== null && (one.contains(on) || on.contains(one) || (one.labels || []).length > 0 && one.labels[0].contains(on));
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      const fault = width === 0 || height === 0 || right <= 0 || bottom <= 0 || left >= innerWidth || top >= innerHeight ? 'out of sight'
        : !isOnTop ? 'beneath something'
        : outlineStyle === 'none' || parseFloat(outlineWidth) === 0 ? 'without a mark' : '';
      return { name: nameOf(one), again, none, fault };
    })()`);
    if (stop.again) break;
    // Beyond the last stop lies the browser's own frame; the next one is the first of the page.
    if (stop.none) continue;
    visited.push(stop.name);
    if (stop.fault !== '') unseen.push(`${stop.name}: ${stop.fault}`);
  }
  const missed = await page.evaluate<string[]>(`(() => {
    ${TOOLS}
    return usable().filter((one) => !walked.has(one)).map(nameOf);
  })()`);
  return { visited, missed, unseen };
}
