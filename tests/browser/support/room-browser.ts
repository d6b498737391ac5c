// What a test may ask of a real browser, whichever it is: one journey through the pages runs in all of them. Expressions are
// text that the browser evaluates; they work under the room's strict content policy.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A browser with a profile of its own. TLS errors are never ignored: without the room's CA the room's page is refused. */
export interface RoomBrowser {
  /** `Chromium 74`, `Chromium`, `Firefox`. */
  readonly name: string;
  /** The folder of its profile. */
  readonly profile: string;
  /** Opens a page at a path of the room, or at a whole URL. @throws Error when the browser refuses it */
  open(path?: string): Promise<RoomPage>;
  /** kill -9: the profile stays as the disk has it. */
  kill(): Promise<void>;
  /** Starts again on the same profile. */
  restart(): Promise<void>;
  /** Ends its processes and removes its profile. */
  close(): Promise<void>;
}

export interface RoomPage {
  /** @throws Error when the browser refuses the page */
  goto(path: string): Promise<void>;
  /** Reloads; a page that cannot be loaded is the browser's error page, and no error here. */
  reload(): Promise<void>;
  /** The value of an expression, as JSON; promises are waited for. @throws Error with the page's error */
  evaluate<T>(expression: string): Promise<T>;
  /** Waits for an expression to hold. @throws Error with the page's text after `timeoutMs` */
  waitFor(expression: string, timeoutMs?: number): Promise<void>;
  /** Clicks the middle of the first element, as a mouse does, once it stands still. @throws Error when there is none in time */
  click(selector: string): Promise<void>;
  /** Types into what has the focus, key by key. */
  type(text: string): Promise<void>;
  /** Presses one key by its DOM name (`Tab`, `Enter`, `ArrowDown`, `a`), with modifiers held. */
  press(key: string, held?: ('Control' | 'Shift' | 'Alt')[]): Promise<void>;
  /** A PNG of the visible page. */
  screenshot(file: string): Promise<void>;
  close(): Promise<void>;
}

export interface RoomBrowserOptions {
  /** `https://room.exam:PORT`. */
  origin: string;
  /** PEM of the room's CA; null = a PC that does not trust the room. */
  ca: string | null;
  width?: number;
  height?: number;
}

export const HOST = 'room.exam';
export const VIEWPORT = { width: 1366, height: 768 };

/** True text of an element anywhere in the page; for waitFor. */
export const shows = (text: string) => `document.body.innerText.includes(${JSON.stringify(text)})`;

/** Where the middle of an element is after it was scrolled into view; null where there is none. */
const middleOf = (selector: string) => `(() => {
  const element = document.querySelector(${JSON.stringify(selector)});
  if (element === null) return null;
  element.scrollIntoView({ block: 'center', inline: 'center' });
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
})()`;

/** Beside a page that is still being drawn a click would meet nothing, or what has moved there. */
const STANDS_STILL_MS = 30;
const THERE_WITHIN_MS = 60_000;
const ON_DISK_WITHIN_MS = 60_000;

/** Where to click for every browser: waits until the element is there and stands still. @throws Error when it never is */
export async function whereToClick(page: RoomPage, selector: string): Promise<{ x: number; y: number }> {
  const deadline = Date.now() + THERE_WITHIN_MS;
  let before: { x: number; y: number } | null = null;
  for (;;) {
    const at = await page.evaluate<{ x: number; y: number } | null>(middleOf(selector));
    if (at !== null && before !== null && at.x === before.x && at.y === before.y) return at;
    if (Date.now() > deadline) break;
    before = at;
    await pause(STANDS_STILL_MS);
  }
  throw new Error(`${before === null ? 'Nothing to click' : 'It never stands still'}: ${selector}`);
}

/**
 * Waits until a file of the profile holds the words: a browser brings what a page keeps to the disk when it has the time.
 * @param file what its path ends with @throws Error when none holds them in a minute
 */
export async function untilOnDisk(
  { name, profile }: RoomBrowser,
  file: RegExp,
  words: string,
): Promise<void> {
  for (const from = performance.now(); performance.now() - from < ON_DISK_WITHIN_MS; await pause(100)) {
    const files = readdirSync(profile, { recursive: true, encoding: 'utf8' }).filter((path) =>
      file.test(path),
    );
    if (files.some((path) => holds(join(profile, path), words))) return;
  }
  throw new Error(`${name} never wrote ${words} to ${file}`);
}

function holds(path: string, words: string): boolean {
  try {
    return readFileSync(path).includes(words);
  } catch {
    // The browser has just put another in its place.
    return false;
  }
}

/** waitFor for every browser: asks until the expression holds, across navigations. */
export async function waitFor(page: RoomPage, expression: string, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown = null;
  for (;;) {
    try {
      if (await page.evaluate<boolean>(`Boolean(${expression})`)) return;
      last = null;
    } catch (error) {
      // A page on its way from one document to the next has no one to ask.
      last = error;
    }
    if (Date.now() > deadline) break;
    await pause(50);
  }
  const text = await page.evaluate<string>('document.body ? document.body.innerText : ""').catch(String);
  throw new Error(
    `Waited ${timeoutMs} ms in vain for ${expression}${last === null ? '' : ` (${String(last)})`}; the page shows:\n${text.slice(0, 1500)}`,
  );
}
