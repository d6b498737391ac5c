// The browsers that the other browser tests stand on: each loads the room's page over HTTPS on a mapped name because it
// trusts the room's CA, and only then; what it keeps survives a kill.

import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { Chromium } from './support/chromium.js';
import { Chromium74 } from './support/chromium-74.js';
import { Firefox } from './support/firefox.js';
import { BrowserRoom } from './support/room.js';
import { untilOnDisk, type RoomBrowser, type RoomBrowserOptions } from './support/room-browser.js';

t.setTimeout(560_000);

const room = await BrowserRoom.start();
const opened: RoomBrowser[] = [];
t.teardown(async () => {
  for (const browser of opened) await browser.close();
  await room.close();
});

const BROWSERS: [string, RegExp, (options: RoomBrowserOptions) => Promise<RoomBrowser>][] = [
  ['Chromium', /Chrome\/1\d\d\./, (options) => Chromium.start(options)],
  ['Chromium 74', /Chrome\/74\.0\.3723\.0/, (options) => Chromium74.start(options)],
  ['Firefox', /Firefox\/1\d\d\./, (options) => Firefox.start(options)],
];

const WRITE = `new Promise((resolve, reject) => {
  const opening = indexedDB.open('proof', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('kept');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const change = opening.result.transaction('kept', 'readwrite', { durability: 'strict' });
    change.objectStore('kept').put('在', 'word');
    change.oncomplete = () => resolve('written');
    change.onerror = () => reject(change.error);
  };
})`;
const READ = `new Promise((resolve, reject) => {
  const opening = indexedDB.open('proof', 1);
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const asked = opening.result.transaction('kept').objectStore('kept').get('word');
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  };
})`;

/** What two characters look like: without a Chinese font both are the same empty box. */
const DRAWN = `['考', '场'].map((character) => {
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  pen.font = '40px sans-serif';
  pen.fillText(character, 10, 50);
  return canvas.toDataURL();
})`;

for (const [name, version, start] of BROWSERS) {
  void t.test(`${name} refuses the room's page where it does not trust the room's CA`, async (t) => {
    const stranger = await start({ origin: room.origin, ca: null });
    opened.push(stranger);
    await t.rejects(stranger.open('/'), /CERT|SEC_ERROR|certificate/i);
    await stranger.close();
  });

  void t.test(`${name} trusts the room, and keeps what it was given through a kill`, async (t) => {
    const browser = await start({ origin: room.origin, ca: room.ca });
    opened.push(browser);
    const page = await browser.open('/');
    t.match(await page.evaluate('navigator.userAgent'), version);
    t.equal(await page.evaluate('location.origin'), room.origin);
    t.equal(await page.evaluate('isSecureContext'), true);
    t.equal(await page.evaluate('typeof crypto.subtle.decrypt'), 'function');
    await page.waitFor("navigator.serviceWorker.ready.then(({ active }) => active.state === 'activated')");
    t.equal(await page.evaluate(WRITE), 'written');
    const [one, other] = await page.evaluate<string[]>(DRAWN);
    t.not(one, other, 'Chinese is drawn');
    // The browser writes down that it has a service worker a little after it has it, and tells nobody.
    await untilOnDisk(browser, /Service Worker\/Database\/.*\.log$|serviceworker\.txt$/, room.origin);
    await pause(1_000);

    await browser.kill();
    await t.rejects(page.evaluate('1'), 'a killed browser answers nothing');
    await room.kill();
    await browser.restart();
    const again = await browser.open('/');
    t.equal(await again.evaluate('location.origin'), room.origin, 'its service worker opens the page alone');
    t.equal(await again.evaluate(READ), '在');
    await room.restart();
    await again.close();
  });

  void t.test(`${name} takes clicks and keys as a person gives them`, async (t) => {
    const browser = opened.at(-1);
    if (browser === undefined) throw new Error('No browser');
    const page = await browser.open('/');
    await page.evaluate(`(() => {
      document.body.innerHTML = '<input id="one"><input id="two"><button id="go">好</button>';
      window.clicks = [];
      document.addEventListener('click', ({ isTrusted, target }) => window.clicks.push([isTrusted, target.id]));
    })()`);
    await page.click('#one');
    await page.type('a考场7');
    await page.press('Tab');
    await page.type('b');
    await page.press('Tab', ['Shift']);
    await page.press('End');
    await page.press('Backspace');
    await page.click('#go');
    t.same(await page.evaluate('[one.value, two.value]'), ['a考场', 'b']);
    t.same(await page.evaluate('window.clicks'), [
      [true, 'one'],
      [true, 'go'],
    ]);
    await t.rejects(page.evaluate('nothing.here'), /nothing/);
    await t.rejects(page.waitFor('false', 100), /in vain/);
    await page.reload();
    t.equal(await page.evaluate('document.getElementById("go")'), null);
    await browser.close();
  });
}

void t.test('the server can be killed under an open page and comes back on its port', async (t) => {
  const browser = await Chromium.start({ origin: room.origin, ca: room.ca });
  opened.push(browser);
  const page = await browser.open('/');
  await page.waitFor('document.getElementById("page").innerText.length > 0');
  const health = 'fetch("/healthz").then(({ status }) => status, () => 0)';
  t.equal(await page.evaluate(health), 200);
  await room.kill();
  t.equal(await page.evaluate(health), 0);
  await room.restart();
  t.equal(await page.evaluate(health), 200);
  await browser.close();
});
