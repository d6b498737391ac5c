// A member of staff at the console, in whichever browser: signs in, finds buttons by their words and fields by their labels.

import type { Role } from '../../../server/core/types.js';
import type { BrowserRoom } from './room.js';
import type { RoomBrowser, RoomPage } from './room-browser.js';

const MARK = 'data-for-the-test';

export class StaffAtConsole {
  private constructor(
    readonly page: RoomPage,
    readonly name: string,
    private readonly pin: string,
  ) {}

  /** Opens the console and signs in. @throws Error when the plan has nobody with this role */
  static async open(
    browser: RoomBrowser,
    room: { demo: Pick<BrowserRoom['demo'], 'source'> },
    role: Role,
  ): Promise<StaffAtConsole> {
    const person = room.demo.source.plan.staff.find(({ roles }) => roles.includes(role));
    if (person === undefined) throw new Error(`The plan has no ${role}`);
    const one = new StaffAtConsole(await browser.open('/staff'), person.name, person.pin);
    await one.signIn();
    return one;
  }

  async signIn(): Promise<void> {
    await this.button(this.name);
    await this.page.waitFor(`document.activeElement.name === 'pin'`);
    await this.page.type(this.pin);
    await this.page.press('Enter');
    await this.page.waitFor(`document.querySelector('.room') !== null`);
  }

  /** Goes to a page by its tab. */
  tab(words: string): Promise<void> {
    return this.button(words, '.tabs');
  }

  /** Clicks the button whose text begins with these words. @param scope where to look for it */
  async button(words: string, scope = 'body', timeoutMs?: number): Promise<void> {
    const found = `[...document.querySelectorAll(${JSON.stringify(`${scope} button, ${scope} summary`)})]
      .find((one) => !one.disabled && one.innerText.trim().startsWith(${JSON.stringify(words)}))`;
    await this.#clickOn(found, timeoutMs);
  }

  /** Types into the field with this label. */
  async fill(label: string, text: string, scope = 'body'): Promise<void> {
    const found = `[...document.querySelectorAll(${JSON.stringify(`${scope} .field`)})]
      .filter((one) => one.offsetParent !== null && one.querySelector('span').innerText === ${JSON.stringify(label)})
      .map((one) => one.querySelector('input, textarea'))[0]`;
    await this.#clickOn(found);
    await this.page.evaluate(`${found}.select()`);
    await this.page.type(text);
  }

  /** Chooses in the list with this label. */
  async choose(label: string, words: string, scope = 'body'): Promise<void> {
    await this.page.waitFor(`(() => {
      const field = [...document.querySelectorAll(${JSON.stringify(`${scope} .field`)})]
        .find((one) => one.querySelector('span').innerText === ${JSON.stringify(label)});
      const list = field && field.querySelector('select');
      const option = list && [...list.options].find((one) => one.text.startsWith(${JSON.stringify(words)}));
      if (!option) return false;
      list.value = option.value;
      list.dispatchEvent(new Event('change', { bubbles: true }));
      return true;
    })()`);
  }

  /** Waits until the words stand somewhere. */
  sees(words: string, timeoutMs?: number, scope = 'body'): Promise<void> {
    return this.page.waitFor(`${this.#text(scope)}.includes(${JSON.stringify(words)})`, timeoutMs);
  }

  /** Waits until the words stand nowhere. */
  seesNoMore(words: string, timeoutMs?: number, scope = 'body'): Promise<void> {
    return this.page.waitFor(`!${this.#text(scope)}.includes(${JSON.stringify(words)})`, timeoutMs);
  }

  /** Waits until the map shows a seat in a state. */
  async seesSeat(seatId: string, look: string, timeoutMs?: number): Promise<void> {
    await this.page.waitFor(
      `document.querySelector('[data-seat="${seatId}"][data-look="${look}"]') !== null`,
      timeoutMs,
    );
  }

  /** Everything that the page holds, attributes included. */
  html(): Promise<string> {
    return this.page.evaluate('document.documentElement.outerHTML');
  }

  #text(scope: string): string {
    return `[...document.querySelectorAll(${JSON.stringify(scope)})].map((one) => one.innerText).join(' ')`;
  }

  /** Waits for it; found and marked in one look, since the page may draw anew between two. */
  async #clickOn(expression: string, timeoutMs?: number): Promise<void> {
    await this.page.waitFor(
      `(() => {
        const one = ${expression};
        if (one) one.setAttribute('${MARK}', '');
        return one;
      })()`,
      timeoutMs,
    );
    await this.page.click(`[${MARK}]`);
    await this.page.evaluate(
      `document.querySelectorAll('[${MARK}]').forEach((one) => one.removeAttribute('${MARK}'))`,
    );
  }
}
