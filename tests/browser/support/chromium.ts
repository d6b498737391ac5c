// The current Chromium under playwright-core: for kiosk and console tests that want Playwright's own means too (`native`).

import { chromium, type BrowserContext, type CDPSession, type Page } from 'playwright-core';
import { BrowserProcess } from './browser-process.js';
import { evaluateOverCdp } from './evaluate-over-cdp.js';
import {
  HOST,
  VIEWPORT,
  waitFor,
  whereToClick,
  type RoomBrowser,
  type RoomBrowserOptions,
  type RoomPage,
} from './room-browser.js';
import { makeHome, type TrustedHome } from './trusted-home.js';

const PROGRAM = '/usr/bin/chromium';

export interface CurrentPage extends RoomPage {
  native: Page;
}

export class Chromium implements RoomBrowser {
  readonly name = 'Chromium';
  #running: { process: BrowserProcess; context: BrowserContext } | null = null;

  private constructor(
    private readonly options: RoomBrowserOptions,
    private readonly place: TrustedHome,
  ) {}

  /** Starts with a fresh profile. @throws Error with what the browser said */
  static async start(options: RoomBrowserOptions): Promise<Chromium> {
    const browser = new Chromium(options, makeHome(options.ca, 'user'));
    await browser.restart().catch((error: unknown) => {
      browser.place.remove();
      throw error;
    });
    return browser;
  }

  /** Playwright's context of the profile. @throws Error while the browser is down */
  get context(): BrowserContext {
    if (this.#running === null) throw new Error('The browser is not running');
    return this.#running.context;
  }

  get profile(): string {
    return this.place.profile;
  }

  async open(path = '/'): Promise<CurrentPage> {
    const native = await this.context.newPage();
    const { width, height } = { ...VIEWPORT, ...this.options };
    await native.setViewportSize({ width, height });
    const page = new PlaywrightPage(native, this.options.origin, await this.context.newCDPSession(native));
    await page.goto(path);
    return page;
  }

  async kill(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.process.kill();
  }

  async restart(): Promise<void> {
    if (this.#running !== null) await this.close(false);
    const { home, profile } = this.place;
    // A browser that does not answer its driver in time on a busy machine is ended and started again.
    for (let triesLeft = 2; this.#running === null; triesLeft--)
      await this.#start(home, profile).catch((error: unknown) => {
        if (triesLeft === 0) throw error;
      });
  }

  async #start(home: string, profile: string): Promise<void> {
    const process = await BrowserProcess.start({
      program: PROGRAM,
      home,
      args: [
        ...CHROMIUM_ARGS,
        '--headless=new',
        '--disable-component-update',
        '--disable-sync',
        `--user-data-dir=${profile}`,
      ],
    });
    try {
      const driver = await chromium.connectOverCDP(process.endpoint, { timeout: 60_000 });
      const [context] = driver.contexts();
      if (context === undefined) throw new Error('Chromium has no profile open');
      this.#running = { process, context };
    } catch (error) {
      await process.kill();
      throw error;
    }
  }

  async close(remove = true): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.process.end();
    if (remove) this.place.remove();
  }
}

/** What both Chromiums are started with. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--no-first-run',
  '--no-default-browser-check',
  '--remote-debugging-port=0',
  `--host-resolver-rules=MAP ${HOST} 127.0.0.1`,
];

class PlaywrightPage implements CurrentPage {
  constructor(
    readonly native: Page,
    private readonly origin: string,
    private readonly cdp: CDPSession,
  ) {}

  async goto(path: string) {
    await this.native.goto(new URL(path, this.origin).href, { waitUntil: 'domcontentloaded' });
  }

  async reload() {
    await this.native.reload({ waitUntil: 'domcontentloaded' }).catch(() => undefined);
  }

  evaluate<T>(expression: string): Promise<T> {
    return evaluateOverCdp<T>((params) => this.cdp.send('Runtime.evaluate', params), expression);
  }

  waitFor(expression: string, timeoutMs?: number) {
    return waitFor(this, expression, timeoutMs);
  }

  async click(selector: string) {
    const at = await whereToClick(this, selector);
    await this.native.mouse.click(at.x, at.y);
  }

  async type(text: string) {
    await this.native.keyboard.type(text);
  }

  async press(key: string, held: string[] = []) {
    await this.native.keyboard.press([...held, key].join('+'));
  }

  async screenshot(file: string) {
    await this.native.screenshot({ path: file });
  }

  async close() {
    await this.native.close();
  }
}
