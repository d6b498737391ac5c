// What a hand does at the kiosk's page in a real browser, and what an eye sees there: expressions that the page evaluates, and no
// knowledge of the page's own code.

import type { CurrentPage } from '../browser/support/chromium.js';

/** What one page of the paper shows. */
export interface Seen {
  /** Number of the item, from 1. */
  number: number;
  /** Chosen or not, in the order shown. */
  options: boolean[];
  many: boolean;
  blanks: string[];
  text: string | null;
  files: { fileHash: string; where: string }[] | null;
  /** Endings that may be chosen, with their dots. */
  accept: string;
  /** The page says that everything is in the room. */
  saved: boolean;
}

const SEEN = `(() => {
  const at = document.querySelector('.paper nav [aria-current]');
  if (at === null) return null;
  const all = (selector) => [...document.querySelectorAll('article ' + selector)];
  const text = document.querySelector('article [data-text]');
  const field = document.querySelector('article .file-input');
  return {
    number: Number(at.textContent),
    options: all('.options [role][aria-checked]').map((one) => one.getAttribute('aria-checked') === 'true'),
    many: document.querySelector('article .options [role=checkbox]') !== null,
    blanks: all('[data-blank]').map((one) => one.value),
    text: text === null ? null : text.value,
    files: field === null ? null
      : all('.file-row').map(({ dataset }) => ({ fileHash: dataset.file, where: dataset.where })),
    accept: field === null ? '' : field.accept,
    saved: document.querySelector('.saved-line.saved[data-unsent="0"]') !== null,
  };
})()`;

const PLACE = `document.querySelector('[name=ticket]') !== null ? 'log-in'
  : document.querySelector('.identity') !== null ? 'identity'
  : document.querySelector('.rules') !== null ? 'rules'
  : document.querySelector('.paper') !== null ? 'paper'
  : document.querySelector('#page > *') !== null ? 'other' : 'none'`;

/** Which page is shown; `none` for the browser's own. */
export type Place = 'log-in' | 'identity' | 'rules' | 'paper' | 'other' | 'none';

export class BrowserPage {
  constructor(readonly page: CurrentPage) {}

  place(): Promise<Place> {
    return this.page.evaluate<Place>(PLACE);
  }

  /** Null while no paper is shown. */
  seen(): Promise<Seen | null> {
    return this.page.evaluate<Seen | null>(SEEN);
  }

  pairingCode(): Promise<string | null> {
    return this.page.evaluate<string | null>(`(document.querySelector('.pairing-code') || {}).textContent`);
  }

  async logIn(ticketNo: string): Promise<void> {
    await this.#write(`[name=ticket]`, ticketNo);
    await this.#write(`[name=password]`, ticketNo.slice(-6));
    await this.page.press('Enter');
  }

  confirm(place: 'identity' | 'rules'): Promise<void> {
    return this.page.click(place === 'identity' ? '.card .buttons .primary' : '.rules button.primary');
  }

  /** @returns what is shown then; null where the paper went away */
  async goTo(number: number): Promise<Seen | null> {
    await this.page.evaluate(
      `(document.querySelectorAll('.paper nav .number')[${number - 1}] || { click() {} }).click()`,
    );
    for (let waits = 0; waits < 20; waits++) {
      const seen = await this.seen();
      if (seen === null || seen.number === number) return seen;
      await pause(50);
    }
    return null;
  }

  choose(position: number): Promise<void> {
    return this.page.click(`article .options [role][aria-checked]:nth-of-type(${position + 1})`);
  }

  async fillBlank(index: number, text: string): Promise<void> {
    await this.#write(`article [data-blank="${index}"]`, text);
    await this.#leaveField();
  }

  async writeText(text: string): Promise<void> {
    await this.#write('article [data-text]', text);
    await this.#leaveField();
  }

  /** Gives a file to the field, as the dialog of the browser does. */
  async chooseFile(name: string, bytes: Buffer): Promise<void> {
    await this.page.evaluate(`(() => {
      const given = new DataTransfer();
      const bytes = Uint8Array.from(atob(${JSON.stringify(bytes.toString('base64'))}), (one) => one.charCodeAt(0));
      given.items.add(new File([bytes], ${JSON.stringify(name)}));
      const field = document.querySelector('article .file-input');
      if (field === null) return;
      field.files = given.files;
      field.dispatchEvent(new Event('change', { bubbles: true }));
    })()`);
  }

  /** Takes the first file away. */
  async removeFile(): Promise<void> {
    await this.page.click('article .file-row .file-remove');
    await this.page.waitFor(`document.querySelector('article .file-row .danger') !== null`, 2_000);
    await this.page.click('article .file-row .danger');
  }

  async handIn(): Promise<void> {
    await this.page.click('.paper .hand-in');
    await this.page.waitFor(`document.querySelector('.veil .buttons') !== null`, 2_000);
    await this.page.click('.veil .buttons button:not(.primary)');
    await this.page.waitFor(`document.querySelector('.veil .danger') !== null`, 2_000);
    await this.page.click('.veil .danger');
  }

  async raiseHand(): Promise<void> {
    await this.page.click('.paper .hand');
  }

  async #write(selector: string, text: string): Promise<void> {
    await this.page.evaluate(`(() => {
      const field = document.querySelector(${JSON.stringify(selector)});
      if (field === null) throw new Error('nothing to write in');
      field.focus();
      field.select();
    })()`);
    await this.page.native.keyboard.insertText(text);
  }

  #leaveField(): Promise<unknown> {
    return this.page.evaluate('void (document.activeElement && document.activeElement.blur())');
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
