// Files handed in by candidates in three browsers: chosen, cut off in the middle, the page reloaded, the server killed, brought to
// its end after the end of the exam; screenshots pasted; opened again byte by byte, from the PC and from the room; in the bundle
// byte by byte.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { BundleFiles } from '../../server/bundle/bundle-files.js';
import { verifyBundle } from '../../server/bundle/verify.js';
import { dataPaths } from '../../server/data-folder.js';
import { STATEMENT_SUFFIX } from '../../server/protocol/bundle.js';
import { filesOf } from '../support/read-bag.js';
import { BROWSERS } from './support/browsers.js';
import { Cable } from './support/cable.js';
import { CandidateAtKeyboard } from './support/candidate.js';
import { keysOnPc } from './support/pc-storage.js';
import { BrowserRoom } from './support/room.js';
import { HOST, shows, type RoomBrowser, type RoomPage } from './support/room-browser.js';

t.setTimeout(560_000);

const MB = 2 ** 20;
/** Slow enough that every accident finds the file on its way: three files of these sizes take some twelve seconds. */
const RATE_MB = 0.5;
const FIRST_BYTES = 2 * MB + 12_345;
const LAST_BYTES = MB + 77;

const room = await BrowserRoom.start({
  ...{ minutes: 4, samples: join(process.cwd(), 'samples', 'practical') },
  policy: { remindersBeforeEndMs: [225_000, 30_000], earlyLeaveBeforeEndMs: 1_000, handOverWindowMs: 60_000 },
});
const { demo } = room;
const cable = await Cable.lay(demo.httpsPort);
const browsers: RoomBrowser[] = [];
t.teardown(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  cable.close();
  await room.close();
});
await room.kill();
const settings = JSON.parse(readFileSync(join(demo.data, 'config.json'), 'utf8')) as object;
const uploads = { megabytesPerSecond: RATE_MB, keepFreeMegabytes: 100 };
writeFileSync(join(demo.data, 'config.json'), JSON.stringify({ ...settings, uploads }));
await room.restart();
const origin = `https://${HOST}:${cable.port}`;
for (const start of BROWSERS) browsers.push(await start({ origin, ca: room.ca }));
const candidates = await Promise.all(
  browsers.map(async (browser, index) => {
    const page = await browser.open('/');
    const person = new CandidateAtKeyboard(page, room, room.seat(index + 1));
    return { name: browser.name, browser, salt: index + 1, person };
  }),
);
type One = (typeof candidates)[number];
const each = (act: (one: One) => Promise<void>) => Promise.all(candidates.map(act));

/** The same bytes here and in the page. */
const bytesOf = (size: number, salt: number) =>
  Buffer.from(Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8) * 13 + salt) & 255));
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const PAGE_BYTES = (size: number, salt: number) =>
  `Uint8Array.from({ length: ${size} }, (_, i) => (i * 7 + (i >> 8) * 13 + ${salt}) & 255)`;

/** Gives a file to the field, as the dialog of the browser does. */
const choose = (page: RoomPage, name: string, size: number, salt: number) =>
  page.evaluate(`(() => {
    const given = new DataTransfer();
    given.items.add(new File([${PAGE_BYTES(size, salt)}], ${JSON.stringify(name)}));
    const field = document.querySelector('.file-input');
    field.files = given.files;
    field.dispatchEvent(new Event('change', { bubbles: true }));
    return true;
  })()`);

/** Pastes a picture that is drawn here, in the format given; @returns its width in the clipboard */
const paste = (page: RoomPage, type: string, width: number) =>
  page.evaluate(`new Promise((resolve) => {
    const canvas = document.createElement('canvas');
    canvas.width = ${width};
    canvas.height = 40;
    const paper = canvas.getContext('2d');
    paper.fillStyle = '#0b6e8f';
    paper.fillRect(0, 0, ${width}, 20);
    canvas.toBlob((picture) => {
      const clipboard = new DataTransfer();
      clipboard.items.add(new File([picture], 'image', { type: ${JSON.stringify(type)} }));
      const event = new Event('paste', { bubbles: true, cancelable: true });
      Object.defineProperty(event, 'clipboardData', { value: clipboard });
      document.body.dispatchEvent(event);
      resolve(true);
    }, ${JSON.stringify(type)});
  })`);

/** Opens a file that is handed in, and reads what the browser would save. */
const openAgain = (page: RoomPage, row = '.file-row') =>
  page.evaluate<{ hash: string; name: string }>(`new Promise((resolve, reject) => {
    // The page makes addresses for pictures and materials too: the one of the link that is clicked counts.
    const made = new Map();
    const makeUrl = URL.createObjectURL;
    URL.createObjectURL = (blob) => {
      const url = makeUrl.call(URL, blob);
      made.set(url, blob);
      return url;
    };
    const watch = new MutationObserver((changes) => {
      for (const change of changes) for (const node of change.addedNodes) if (made.has(node.href)) {
        watch.disconnect();
        URL.createObjectURL = makeUrl;
        const name = node.download;
        new Response(made.get(node.href)).arrayBuffer()
          .then((bytes) => crypto.subtle.digest('SHA-256', bytes))
          .then((digest) => resolve({ name, hash: [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, '0')).join('') }))
          .catch(reject);
      }
    });
    watch.observe(document.body, { childList: true });
    document.querySelector('${row} .file-acts button').click();
  })`);

/** Goes to an item of the paper, by its number. */
async function goTo({ person: { page } }: One, number: number): Promise<void> {
  await page.waitFor(`document.querySelectorAll('nav .number').length >= ${number}`);
  await page.evaluate(`document.querySelectorAll('nav .number')[${number - 1}].click()`);
  await page.waitFor(`document.querySelector('nav [aria-current]').textContent === '${number}'`);
}

/** A small screen shows it whole, above the buttons at the bottom. */
const IN_SIGHT = (selector: string) => `(() => {
  const { top, bottom } = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect();
  return top >= 0 && bottom <= document.querySelector('.paper-bottom').getBoundingClientRect().top + 1;
})()`;
/** Presses "remove" of the second file; what lies there when it asks whether one is sure. */
const UNDER_A_SECOND_CLICK = `(async () => {
  const button = document.querySelector('.file-row:nth-child(2) .file-remove');
  button.scrollIntoView({ block: 'center' });
  const { left, right, top, bottom } = button.getBoundingClientRect();
  button.click();
  while (document.querySelector('.file-row:nth-child(2) .danger') === null)
    await new Promise((resolve) => setTimeout(resolve, 20));
  return [[left + 2, top + 2], [right - 2, bottom - 2], [(left + right) / 2, (top + bottom) / 2]]
    .map(([x, y]) => document.elementFromPoint(x, y).className).join(' ');
})()`;
const FILE = 2;
const SCREENSHOT = 3;
const SENT = `Number((document.querySelector('.file-row progress') || { value: 0 }).value)`;
const rows = (where: string, count: number) =>
  `document.querySelectorAll('.file-row[data-where="${where}"]').length === ${count}`;
const storedAt = ({ person: { seat } }: One, hash: string) =>
  join(dataPaths(demo.data).handedIn, room.sessionId, seat.candidateId, hash);
/** The head of a sealed file: made once, when its upload begins. */
const headOf = (file: string) => readFileSync(file).subarray(0, 60).toString('latin1');
const firstOf = ({ salt }: One) => bytesOf(FIRST_BYTES, salt);
const lastOf = ({ salt }: One) => bytesOf(LAST_BYTES, salt + 100);

void t.test('three candidates begin; files of the wrong kind are not taken', async (t) => {
  await each(({ person }) => person.pair());
  await room.openEntry();
  for (const { person } of candidates) await room.admit(person.seat);
  await each(({ person }) => person.enter());
  await room.begin();
  await each(async (one) => {
    const { page } = one.person;
    await one.person.untilPaper();
    await goTo(one, FILE);
    await page.waitFor(`document.querySelector('.file-answer .file-none') !== null`);
    await choose(page, '数据.exe', 100, 1);
    await page.waitFor(shows('不是可上交的类型'));
    await page.waitFor(IN_SIGHT('.file-answer .refusal'));
    await choose(page, '空.xlsx', 0, 1);
    await page.waitFor(shows('是空文件'));
    t.ok(await page.evaluate(rows('here', 0)), one.name);
  });
});

void t.test('who has handed in nothing is reminded', async () => {
  await each(async ({ person: { page } }) => {
    await page.waitFor(
      `/第 .*${FILE}.* 题还没有上交文件/.test((document.querySelector('.reminder.files') || {}).textContent || '')`,
      40_000,
    );
  });
});

void t.test('a file goes on after a cut, a reload and the death of the server', async (t) => {
  await each(async (one) => {
    const { page } = one.person;
    await choose(page, `销售分析${one.salt}.xlsx`, FIRST_BYTES, one.salt);
    await page.waitFor(`${SENT} > 0`);
  });
  const heads = candidates.map((one) => headOf(storedAt(one, sha256(firstOf(one)))));

  cable.pull();
  await each(async ({ person: { page } }) => page.waitFor(shows('连上考场服务器后自动送达')));
  const before = candidates.map((one) => statSync(storedAt(one, sha256(firstOf(one)))).size);
  cable.putBack();
  await each(async ({ name, person: { page } }) => {
    await page.waitFor(`document.querySelector('.saved-line.saved, .saved-line.sending') !== null`);
    await page.waitFor(`${SENT} > 0`);
    t.ok(await page.evaluate(rows('here', 1)), `${name}: on its way again`);
  });
  for (const [index, one] of candidates.entries())
    t.ok((before[index] ?? 0) > 60, `${one.name}: ${before[index]} bytes came before the cut`);

  await room.kill();
  const kept = candidates.map((one) => statSync(storedAt(one, sha256(firstOf(one)))).size);
  await each(async (one) => {
    const { page } = one.person;
    await page.reload();
    await one.person.untilPaper();
    await goTo(one, FILE);
    await page.waitFor(rows('here', 1));
    t.same(await openAgain(page), { hash: sha256(firstOf(one)), name: `销售分析${one.salt}.xlsx` }, one.name);
  });
  await room.restart();
  await each(async (one) => {
    const { page } = one.person;
    await page.waitFor(rows('room', 1));
    await page.waitFor(shows('已存入考场服务器'));
  });
  for (const [index, one] of candidates.entries()) {
    const file = storedAt(one, sha256(firstOf(one)));
    t.equal(headOf(file), heads[index], `${one.name}: one upload from its beginning to its end`);
    t.ok((kept[index] ?? 0) >= (before[index] ?? 0), `${one.name}: nothing was sent in vain`);
    t.notOk(readFileSync(file).includes(firstOf(one).subarray(0, 32)), 'sealed on the disk');
  }
});

void t.test('a pasted screenshot becomes a PNG file, whatever it was', async (t) => {
  await each(async (one) => {
    const { page } = one.person;
    await goTo(one, SCREENSHOT);
    await page.evaluate(`(() => {
      const event = new Event('paste', { bubbles: true });
      Object.defineProperty(event, 'clipboardData', { value: new DataTransfer() });
      document.body.dispatchEvent(event);
      return true;
    })()`);
    await page.waitFor(shows('剪贴板里没有图片'));
    await paste(page, 'image/png', 300);
    await page.waitFor(`document.querySelectorAll('.file-row').length === 1`);
    await paste(page, 'image/jpeg', 200);
    await page.waitFor(rows('room', 2));
    await page.waitFor(`document.querySelectorAll('.file-preview').length === 2`);
    t.same(
      await page.evaluate(
        `[...document.querySelectorAll('.file-preview')].map(({ naturalWidth }) => naturalWidth)`,
      ),
      [300, 200],
      `${one.name}: both can be looked at`,
    );
  });
});

void t.test('a PC that lost its files opens them from the room; one is removed', async (t) => {
  await each(async (one) => {
    const { page } = one.person;
    await page.evaluate(`new Promise((resolve) => {
      const opening = indexedDB.open('kaochang-pc');
      opening.onsuccess = () => {
        const change = opening.result.transaction('files', 'readwrite');
        change.objectStore('files').clear();
        change.oncomplete = () => { opening.result.close(); resolve(true); };
      };
    })`);
    await page.reload();
    await one.person.untilPaper();
    await goTo(one, FILE);
    await page.waitFor(rows('room', 1));
    t.same(
      await openAgain(page),
      { hash: sha256(firstOf(one)), name: `销售分析${one.salt}.xlsx` },
      `${one.name}: byte by byte`,
    );
    await goTo(one, SCREENSHOT);
    await page.waitFor(`document.querySelectorAll('.file-row').length === 2`);
    // A picture that comes moves the buttons below it.
    await page.waitFor(
      `[...document.querySelectorAll('.file-preview')].filter(({ naturalWidth }) => naturalWidth > 0).length === 2`,
    );
    const below = await page.evaluate<string>(UNDER_A_SECOND_CLICK);
    t.notMatch(below, /danger/, `${one.name}: a double click removes nothing`);
    await page.click('.file-row:nth-child(2) .file-acts button:last-child');
    await page.click('.file-row:nth-child(2) .file-remove');
    await page.waitFor(`document.querySelector('.file-row:nth-child(2) .danger') !== null`);
    await page.click('.file-row:nth-child(2) .danger');
    await page.waitFor(`document.querySelectorAll('.file-row').length === 1`);
    await page.waitFor(`document.querySelector('[data-unsent="0"]') !== null`);
  });
});

void t.test('what is named before the end comes after it, and nobody may leave before', async (t) => {
  await each(async (one) => {
    const { page } = one.person;
    await goTo(one, FILE);
    await choose(page, '补充.XLSX', LAST_BYTES, one.salt + 100);
    // Its first bytes are in the room: the answer that names it is, too.
    await page.waitFor(`${SENT} > 0`);
  });
  await room.crew.member('chief').act({ type: 'end-session', sessionId: room.sessionId, reason: '统一交卷' });
  await each(async ({ name, person: { page } }) => {
    // In one look: the file may be there a moment later.
    await page.waitFor(`${shows('作答已结束')} && ${shows('项待送达')}`);
    t.pass(`${name}: it waits for its file`);
    await page.waitFor(`document.querySelector('.received') !== null`);
    t.same(await keysOnPc(page, 'files'), [], `${name}: nothing stays on the PC`);
  });
});

void t.test('the bundle holds all of it, byte by byte', async (t) => {
  const session = await room.results();
  const sealed = new BundleFiles(demo.data).sealed(room.sessionId);
  const { bag } = await verifyBundle({
    ...{ file: readFileSync(sealed), envelope: readFileSync(sealed + STATEMENT_SUFFIX) },
    ...{ trust: [demo.room.public], identity: demo.org.identity },
  });
  const files = await filesOf(bag);
  for (const one of candidates) {
    const { candidateId, ticketNo } = one.person.seat;
    const folder = `data/candidates/${ticketNo}/files`;
    const named = Object.values(session.candidates[candidateId]?.answers ?? {}).flatMap(({ value }) =>
      'files' in value ? value.files : [],
    );
    t.equal(named.length, 3, one.name);
    for (const bytes of [firstOf(one), lastOf(one)])
      t.ok(files.get(`${folder}/${sha256(bytes)}.xlsx`)?.equals(bytes), `${one.name}: ${bytes.length} bytes`);
    const picture = named.find(({ name }) => name.endsWith('.png'));
    const png = files.get(`${folder}/${picture?.fileHash}.png`);
    t.equal(png?.subarray(1, 4).toString('latin1'), 'PNG', one.name);
    t.equal(
      [...files.keys()].filter((path) => path.startsWith(`${folder}/`)).length,
      3,
      'the removed one is not in it',
    );
    t.same(session.candidates[candidateId]?.contested, []);
    t.equal(session.candidates[candidateId]?.files?.[sha256(lastOf(one))]?.late, false);
    t.ok(existsSync(storedAt(one, sha256(lastOf(one)))));
  }
});
