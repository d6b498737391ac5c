// Debian's Firefox over WebDriver BiDi, without a driver program between.

import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Bidi } from './bidi.js';
import { BrowserProcess } from './browser-process.js';
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

const PROGRAM = '/usr/bin/firefox-esr';

/** No word to the outside, no greeting pages, no memory of a crash; the room's name leads to this machine. */
const PREFERENCES: Record<string, string | number | boolean> = {
  'network.dns.localDomains': HOST,
  'app.normandy.enabled': false,
  'app.update.auto': false,
  'app.update.disabledForTesting': true,
  'browser.aboutwelcome.enabled': false,
  'browser.newtabpage.enabled': false,
  'browser.region.network.url': '',
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.safebrowsing.update.enabled': false,
  'browser.search.update': false,
  'browser.sessionstore.resume_from_crash': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'browser.startup.page': 0,
  'browser.topsites.contile.enabled': false,
  'datareporting.healthreport.uploadEnabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'dom.push.connection.enabled': false,
  'extensions.getAddons.cache.enabled': false,
  'extensions.systemAddon.update.enabled': false,
  'extensions.update.enabled': false,
  'intl.accept_languages': 'zh-CN, zh, en',
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.dns.disablePrefetch': true,
  'network.http.speculative-parallel-limit': 0,
  'remote.prefs.recommended': true,
  'security.OCSP.enabled': 0,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
  'toolkit.startup.max_resumed_crashes': -1,
  'toolkit.telemetry.enabled': false,
  'toolkit.telemetry.server': '',
  'toolkit.telemetry.unified': false,
};

/** Keys that WebDriver knows by a code point of its own. */
const KEYS: Record<string, string> = {
  Backspace: '\uE003',
  Tab: '\uE004',
  Enter: '\uE007',
  Shift: '\uE008',
  Control: '\uE009',
  Alt: '\uE00A',
  Escape: '\uE00C',
  Space: ' ',
  PageUp: '\uE00E',
  PageDown: '\uE00F',
  End: '\uE010',
  Home: '\uE011',
  ArrowLeft: '\uE012',
  ArrowUp: '\uE013',
  ArrowRight: '\uE014',
  ArrowDown: '\uE015',
  Delete: '\uE017',
  ...Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [`F${index + 1}`, String.fromCharCode(0xe031 + index)]),
  ),
};

export interface FirefoxPage extends RoomPage {
  bidi: Bidi;
  /** BiDi's name of the tab. */
  context: string;
}

export class Firefox implements RoomBrowser {
  readonly name = 'Firefox';
  #running: { process: BrowserProcess; bidi: Bidi } | null = null;

  private constructor(
    private readonly options: RoomBrowserOptions,
    private readonly place: TrustedHome,
  ) {}

  /** Starts with a fresh profile. @throws Error with what the browser said */
  static async start(options: RoomBrowserOptions): Promise<Firefox> {
    const browser = new Firefox(options, makeHome(options.ca, 'profile'));
    const lines = Object.entries(PREFERENCES).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
    );
    writeFileSync(join(browser.place.profile, 'user.js'), `${lines.join('\n')}\n`);
    await browser.restart().catch((error: unknown) => {
      browser.place.remove();
      throw error;
    });
    return browser;
  }

  get profile(): string {
    return this.place.profile;
  }

  async open(path = '/'): Promise<FirefoxPage> {
    if (this.#running === null) throw new Error('The browser is not running');
    const { bidi } = this.#running;
    const { context } = await bidi.send<{ context: string }>('browsingContext.create', { type: 'tab' });
    const { width, height } = { ...VIEWPORT, ...this.options };
    await bidi.send('browsingContext.setViewport', { context, viewport: { width, height } });
    const page = new BidiPage(bidi, context, this.options.origin);
    await page.goto(path);
    return page;
  }

  async kill(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.process.kill();
    running?.bidi.close();
  }

  async restart(): Promise<void> {
    if (this.#running !== null) await this.close(false);
    const { home, profile } = this.place;
    const process = await BrowserProcess.start({
      program: PROGRAM,
      home,
      args: ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', profile, 'about:blank'],
      env: { MOZ_CRASHREPORTER_DISABLE: '1', MOZ_DISABLE_CONTENT_SANDBOX: '1' },
    });
    try {
      this.#running = { process, bidi: await Bidi.connect(process.endpoint) };
    } catch (error) {
      await process.kill();
      throw error;
    }
  }

  async close(remove = true): Promise<void> {
    const running = this.#running;
    this.#running = null;
    running?.bidi.close();
    await running?.process.end();
    if (remove) this.place.remove();
  }
}

class BidiPage implements FirefoxPage {
  constructor(
    readonly bidi: Bidi,
    readonly context: string,
    private readonly origin: string,
  ) {}

  async goto(path: string) {
    const url = new URL(path, this.origin).href;
    await this.bidi.send('browsingContext.navigate', { context: this.context, url, wait: 'interactive' });
  }

  async reload() {
    const { context } = this;
    await this.bidi.send('browsingContext.reload', { context, wait: 'interactive' }).catch(() => undefined);
  }

  async evaluate<T>(expression: string): Promise<T> {
    const evaluated = await this.bidi.send<Evaluated>('script.evaluate', {
      expression: `Promise.resolve(${expression}).then((value) => JSON.stringify(value))`,
      target: { context: this.context },
      awaitPromise: true,
    });
    if (evaluated.type === 'exception') throw new Error(evaluated.exceptionDetails.text);
    const { value } = evaluated.result;
    return (value === undefined ? undefined : JSON.parse(value)) as T;
  }

  waitFor(expression: string, timeoutMs?: number) {
    return waitFor(this, expression, timeoutMs);
  }

  async click(selector: string) {
    const at = await whereToClick(this, selector);
    const move = { type: 'pointerMove', x: Math.round(at.x), y: Math.round(at.y) };
    await this.#perform('pointer', [
      move,
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ]);
  }

  async type(text: string) {
    await this.#perform(
      'key',
      [...text].flatMap((value) => [
        { type: 'keyDown', value },
        { type: 'keyUp', value },
      ]),
    );
  }

  async press(key: string, held: string[] = []) {
    const value = (name: string) => KEYS[name] ?? name;
    await this.#perform('key', [
      ...held.map((name) => ({ type: 'keyDown', value: value(name) })),
      { type: 'keyDown', value: value(key) },
      { type: 'keyUp', value: value(key) },
      ...[...held].reverse().map((name) => ({ type: 'keyUp', value: value(name) })),
    ]);
  }

  async screenshot(file: string) {
    const { context } = this;
    const { data } = await this.bidi.send<{ data: string }>('browsingContext.captureScreenshot', { context });
    await writeFile(file, Buffer.from(data, 'base64'));
  }

  async close() {
    await this.bidi.send('browsingContext.close', { context: this.context });
  }

  async #perform(type: 'key' | 'pointer', actions: object[]): Promise<void> {
    const source = { type, id: type, actions };
    await this.bidi.send('input.performActions', { context: this.context, actions: [source] });
  }
}

type Evaluated =
  { type: 'success'; result: { value?: string } } | { type: 'exception'; exceptionDetails: { text: string } };
