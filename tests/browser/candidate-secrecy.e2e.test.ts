// What a candidate's PC is given, and when: no sentence of the paper before the start, no correct answer ever, no key after the
// end. Looked for in every body and frame that the PC receives, in the memory of the page and of the server.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CDPSession } from 'playwright-core';
import t from 'tap';
import { CandidateAtKeyboard } from './support/candidate.js';
import { Chromium } from './support/chromium.js';
import { answersOnPc, cryptoKeysOnPc, keysOnPc, textOnPc } from './support/pc-storage.js';
import { BrowserRoom, SAMPLES } from './support/room.js';

t.setTimeout(560_000);

/** What only the organisation's key says; a candidate could not guess it. */
const RIGHT_ANSWER = '标准答案甲七三九一';
const TYPED = '考生填写乙二六四八';

const folder = mkdtempSync(join(tmpdir(), 'kaochang-secret-'));
const samples = join(folder, 'exam');
const diagnostics = mkdtempSync(join(folder, 'heap-'));
cpSync(SAMPLES, samples, { recursive: true });
const file = join(samples, 'papers', 'theory-main', 'paper.json');
const paper = JSON.parse(readFileSync(file, 'utf8')) as {
  sections: { items: { stem: string; options?: { html: string }[]; blanks?: { accept: string[] }[] }[] }[];
};
for (const { items } of paper.sections)
  for (const { blanks = [] } of items) for (const blank of blanks) blank.accept.push(RIGHT_ANSWER);
writeFileSync(file, JSON.stringify(paper));

/** Runs of text of every item, long enough to be of this paper alone. */
const SENTENCES = paper.sections
  .flatMap(({ items }) =>
    items.flatMap(({ stem, options = [] }) => [stem, ...options.map(({ html }) => html)]),
  )
  .flatMap((html) => html.split(/<[^>]*>|[（），。；：、\s]/))
  .filter((run) => /^[\u4e00-\u9fff]{9,}$/.test(run));

const room = await BrowserRoom.start({
  ...{ minutes: 6, samples, policy: { earlyLeaveBeforeEndMs: 350_000 } },
  serverEnv: { NODE_OPTIONS: `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${diagnostics}` },
});
const browser = await Chromium.start({ origin: room.origin, ca: room.ca });
t.teardown(async () => {
  await browser.close();
  await room.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Everything that came over the network, as text: bodies and frames. */
const received: string[] = [];
const pending: Promise<unknown>[] = [];

/** The sentences that are in a text, plain or in a form that is as good as plain. */
function found(text: string, wanted: readonly string[] = SENTENCES): string[] {
  return wanted.filter((sentence) =>
    [
      sentence,
      JSON.stringify(sentence).slice(1, -1),
      [...sentence].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
      encodeURIComponent(sentence),
      Buffer.from(sentence).toString('latin1'),
      Buffer.from(sentence, 'utf16le').toString('latin1'),
      ...[0, 1, 2].map((shift) =>
        Buffer.from('x'.repeat(shift) + sentence)
          .toString('base64')
          .slice(4, -4),
      ),
    ].some((form) => text.includes(form)),
  );
}

const page = await browser.open('about:blank');
const cdp = await page.native.context().newCDPSession(page.native);
await listen(cdp);
await page.goto('/');
const person = new CandidateAtKeyboard(page, room, room.seat(1));

/** Keeps everything that the page receives, service worker or not. */
async function listen(cdp: CDPSession): Promise<void> {
  await cdp.send('Network.enable');
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
  cdp.on('Network.webSocketFrameReceived', ({ response }) => received.push(response.payloadData));
  cdp.on('Network.loadingFinished', ({ requestId }) => {
    const body = cdp.send('Network.getResponseBody', { requestId }).then(
      ({ body, base64Encoded }) =>
        received.push(base64Encoded ? Buffer.from(body, 'base64').toString('latin1') : body),
      () => undefined,
    );
    pending.push(body);
  });
}

/** Every string in the page's memory. */
async function pageMemory(): Promise<string> {
  const chunks: string[] = [];
  const take = ({ chunk }: { chunk: string }) => chunks.push(chunk);
  cdp.on('HeapProfiler.addHeapSnapshotChunk', take);
  await cdp.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  cdp.off('HeapProfiler.addHeapSnapshotChunk', take);
  return stringsOf(chunks.join(''));
}

/** Every string in the server's memory. */
async function serverMemory(): Promise<string> {
  const before = new Set(readdirSync(diagnostics));
  process.kill(room.serverPid, 'SIGUSR2');
  for (let waits = 0; waits < 150; waits++) {
    await pause(200);
    const name = readdirSync(diagnostics).find((one) => !before.has(one));
    if (name === undefined) continue;
    try {
      return stringsOf(readFileSync(join(diagnostics, name), 'utf8'));
    } catch {
      // It is still being written.
    }
  }
  throw new Error('The server wrote no snapshot');
}

function stringsOf(snapshot: string): string {
  return (JSON.parse(snapshot) as { strings: string[] }).strings.join('\n');
}

void t.test('there is something to look for, and the search can find it', async (t) => {
  t.ok(SENTENCES.length > 60, `${SENTENCES.length} sentences`);
  const [one = ''] = SENTENCES;
  const plain = `{"stem":"<p>${one}</p>"}`;
  const bytes = Buffer.from(plain);
  for (const form of [
    plain,
    bytes.toString('latin1'),
    bytes.toString('base64'),
    Buffer.from(plain, 'utf16le').toString('latin1'),
    encodeURIComponent(plain),
  ])
    t.ok(found(form).includes(one), form.slice(0, 40));
  t.same(found('别的'), []);
});

void t.test('before the paper is opened nothing here or on the server says a sentence of it', async (t) => {
  await person.pair();
  await room.openEntry();
  await room.admit(person.seat);
  await person.enter();
  await page.waitFor(`document.body.innerText.includes('加密试卷已全部存到本机')`);
  await Promise.all(pending);
  t.ok(received.length > 10, `${received.length} bodies and frames`);
  t.ok(
    received.some((text) => text.includes(person.seat.name)),
    'the frames are seen',
  );
  const sealed = await keysOnPc(page, 'parts');
  t.ok(sealed.length > 1, `${sealed.length} sealed parts are here`);
  t.same(found(received.join('\n')), [], 'received');
  const memory = await pageMemory();
  t.ok(memory.includes(person.seat.name), 'the snapshot of the page is one');
  t.same(found(memory), [], 'memory of the page');
  const server = await serverMemory();
  t.ok(server.includes(person.seat.name), 'the snapshot of the server is one');
  t.same(found(server), [], 'memory of the server');
  t.same(found(await textOnPc(page)), [], 'storage of the page');
  t.equal(await cryptoKeysOnPc(page), 0, 'no key is here yet');
  t.ok(await page.evaluate(`[...document.querySelectorAll('img')].length === 0`));
});

void t.test('after the start the page has the paper, and the PC writes down none of it', async (t) => {
  await room.begin();
  await person.untilPaper();
  const memory = await pageMemory();
  const inMemory = found(memory);
  t.ok(inMemory.length > SENTENCES.length * 0.9, `${inMemory.length} of ${SENTENCES.length} are in memory`);
  t.same(found(received.join('\n')), [], 'and came sealed');
  t.same(found(await textOnPc(page)), [], 'storage of the page');
  t.ok((await cryptoKeysOnPc(page)) > 0, 'the key is here');
  t.equal(
    await page.evaluate(`document.querySelector('.paper article .stem').innerText.length > 3`),
    true,
    'it is shown',
  );
});

void t.test('no correct answer comes to the PC, not even at the end', async (t) => {
  await page.click('nav [aria-label^="第 56 题"]');
  await page.waitFor(`document.activeElement.dataset.blank === '0'`);
  await page.type(TYPED);
  await person.press('PageDown');
  await page.waitFor(`document.querySelector('[data-unsent="0"]') !== null`);
  t.ok((await pageMemory()).includes(TYPED), 'what the candidate typed is found');
  t.equal((await answersOnPc(page)).length, 1);
  await room.take('end');
  await page.waitFor(`document.querySelector('.received') !== null`);
  await Promise.all(pending);
  t.same(found(received.join('\n'), [RIGHT_ANSWER]), [], 'received');
  t.same(found(await pageMemory(), [RIGHT_ANSWER]), [], 'memory of the page');
});

void t.test('when the room has everything, keys and answers leave the PC (REQ-F08)', async (t) => {
  t.equal(await cryptoKeysOnPc(page), 0, 'no key');
  t.same(await keysOnPc(page, 'exams'), []);
  t.same(await answersOnPc(page), []);
  t.notOk((await textOnPc(page)).includes(TYPED), 'no answer');
  await page.reload();
  await page.waitFor(`document.querySelector('.received') !== null`);
  await pause(500);
  t.equal(await cryptoKeysOnPc(page), 0, 'nor after a reload');
  t.same(found(await pageMemory()), [], 'and no sentence in memory');
});

void t.test('the pages themselves, as they are built, hold nothing of it', async (t) => {
  const web = join(process.cwd(), 'build', 'web');
  const files = readdirSync(web, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  t.ok(files.length > 4);
  for (const one of files)
    t.same(found(readFileSync(join(one.parentPath, one.name)).toString('latin1')), [], one.name);
});
