// One candidate at one PC of a real browser, with the keyboard alone: every key is followed by a look whether the focus can be
// seen. Remembers what was answered, to be held against the bundle.

import { setTimeout as pause } from 'node:timers/promises';
import type { Candidate, DealtOrder } from '../../../server/core/types.js';
import type { BrowserRoom, RoomSeat } from './room.js';
import type { RoomPage } from './room-browser.js';

/** What was answered to an item: positions of options from 0, or texts of blanks. */
export type Given = { positions: number[] } | { blanks: string[] };

/** What one page of the paper shows. */
interface ShownItem {
  number: number;
  options: number;
  many: boolean;
  blanks: number;
}

const SHOWN = `(() => ({
  number: Number(document.querySelector('nav [aria-current]').textContent),
  options: document.querySelectorAll('article [role][aria-checked]').length,
  many: document.querySelector('article [role=checkbox]') !== null,
  blanks: document.querySelectorAll('article [data-blank]').length,
}))()`;

/** Empty where whoever uses keys sees where he is; otherwise what is wrong. */
const FOCUS = `(() => {
  const at = document.activeElement;
  if (at === null || at === document.body) return 'nothing has the focus';
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(at);
  const name = at.tagName + '.' + at.className + ' ' + (at.textContent || at.name || '').slice(0, 20);
  if (outlineStyle === 'none' || parseFloat(outlineWidth) < 2) return 'no outline on ' + name;
  if (/, 0\\)$|transparent/.test(outlineColor)) return 'an invisible outline on ' + name;
  const { top, bottom, left, right } = at.getBoundingClientRect();
  if (bottom <= 0 || top >= innerHeight || right <= 0 || left >= innerWidth) return 'out of sight: ' + name;
  return '';
})()`;

export const PAIRING_CODE = `(document.querySelector('.pairing-code') || {}).textContent`;

export class CandidateAtKeyboard {
  /** By number of the item. */
  readonly given = new Map<number, Given>();
  readonly marked = new Set<number>();
  /** Keys after which the focus could not be seen. */
  readonly lostFocus: string[] = [];

  constructor(
    public page: RoomPage,
    private readonly room: BrowserRoom,
    readonly seat: RoomSeat,
  ) {}

  /** Presses a key and looks where the focus is. @param leaves the key leads to another page, which begins without a focus */
  async press(key: string, held: ('Control' | 'Shift' | 'Alt')[] = [], leaves = false): Promise<void> {
    await this.page.press(key, held);
    if (leaves) return;
    let wrong = await this.page.evaluate<string>(FOCUS);
    // The page draws a moment after the key.
    for (let waits = 0; wrong !== '' && waits < 100; waits++) {
      await pause(50);
      wrong = await this.page.evaluate<string>(FOCUS);
    }
    if (wrong !== '') this.lostFocus.push(`${[...held, key].join('+')}: ${wrong}`);
  }

  /** Goes round with Tab until the focus is on an element. @throws Error when it never comes there */
  async tabTo(selector: string, backwards = false): Promise<void> {
    const there = `document.activeElement.matches(${JSON.stringify(selector)})`;
    for (let steps = 0; steps < 150; steps++) {
      if (await this.page.evaluate<boolean>(there)) return;
      await this.press('Tab', backwards ? ['Shift'] : []);
    }
    throw new Error(`Tab never came to ${selector}`);
  }

  /** From the fresh PC to the log-in page: paired, checked, waiting, entry open. */
  async pair(): Promise<void> {
    await this.room.pairPage(this.page, this.seat.seatId, PAIRING_CODE);
    await this.page.waitFor(`document.querySelector('.waiting-head, [name=ticket]') !== null`);
  }

  /** Logs in, confirms, reads the rules. */
  async enter(): Promise<void> {
    const { page, seat } = this;
    await page.waitFor(`document.activeElement.name === 'ticket'`);
    await page.type(seat.ticketNo);
    await this.press('Tab');
    await page.type(seat.password);
    await this.press('Enter', [], true);
    await page.waitFor(`document.querySelector('.identity') !== null`);
    await this.press('Tab');
    await this.tabTo('.card button.primary');
    await this.press('Enter', [], true);
    await page.waitFor(`document.querySelector('.rules') !== null`);
    await this.press('Tab');
    await this.tabTo('.rules button.primary');
    await this.press('Enter', [], true);
    await page.waitFor(`document.querySelector('.countdown, .card.narrow .strong') !== null`);
  }

  /** Waits for the first item. */
  async untilPaper(timeoutMs = 60_000): Promise<void> {
    await this.page.waitFor(`document.querySelector('.paper article .stem') !== null`, timeoutMs);
  }

  shown(): Promise<ShownItem> {
    return this.page.evaluate<ShownItem>(SHOWN);
  }

  /** Answers the item that is shown. @param salt makes the answers of candidates differ */
  async answer(salt: number): Promise<void> {
    const item = await this.shown();
    const first = (item.number + salt) % Math.max(1, item.options);
    if (item.blanks > 0) {
      const blanks: string[] = [];
      for (let n = 0; n < item.blanks; n++) {
        blanks.push(`${salt}-${item.number}.${n}`);
        await this.page.type(blanks[n] ?? '');
        if (n + 1 < item.blanks) await this.press('Enter');
      }
      this.given.set(item.number, { blanks });
      return;
    }
    const positions = item.many ? [first, (first + 1) % item.options].sort((a, b) => a - b) : [first];
    for (const position of positions) await this.choose(position, item.number % 3);
    this.given.set(item.number, { positions });
  }

  /** Chooses an option by digit, by letter, or by going there. */
  async choose(position: number, way: number): Promise<void> {
    if (way === 0) return this.press(String(position + 1));
    if (way === 1) return this.press('abcdefgh'[position] ?? '');
    const at = `[...document.querySelectorAll('article [role][aria-checked]')].indexOf(document.activeElement)`;
    for (let steps = 0; steps < 10; steps++) {
      if ((await this.page.evaluate<number>(at)) === position) return this.press('Enter');
      await this.press('ArrowDown');
    }
    throw new Error(`ArrowDown never came to option ${position}`);
  }

  /** Goes to the next item. */
  async next(): Promise<void> {
    const { number, blanks } = await this.shown();
    await this.press(
      blanks > 0 ? (number % 2 ? 'Enter' : 'PageDown') : number % 2 ? 'ArrowRight' : 'PageDown',
    );
    await this.page.waitFor(`document.querySelector('nav [aria-current]').textContent === '${number + 1}'`);
  }

  /** What the room shall hold, by item, from what was answered and the order that was dealt. */
  expected(order: DealtOrder): Record<string, unknown> {
    const items = order.sections.flatMap(({ items }) => items);
    return Object.fromEntries(
      [...this.given].map(([number, given]) => {
        const item = items[number - 1];
        if (item === undefined) throw new Error(`No item ${number}`);
        const value =
          'blanks' in given ? given : { options: given.positions.map((position) => item.options[position]) };
        return [item.itemId, value];
      }),
    );
  }
}

/** What the room holds of a candidate, by item; items without content are left out. */
export function heldBy({ answers }: Candidate): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(answers)
      .filter(([, { value }]) =>
        Object.values(value).some((part: string | readonly unknown[]) => part.length > 0),
      )
      .map(([itemId, { value }]) => [itemId, value]),
  );
}
