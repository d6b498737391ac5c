// A candidate's PC that is the real page in a real Chromium with a profile of its own, kept over reloads and over kill -9. What the
// room says is noted from the frames that the browser reports, what is shown by looking at the page.

import { createHash } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { Chromium, type CurrentPage } from '../browser/support/chromium.js';
import { HOST } from '../browser/support/room-browser.js';
import type { AnswerValueMessage, PaperMessage, SeatState } from '../../server/protocol/seat.js';
import { BrowserPage, type Seen } from './browser-page.js';
import type { CandidateAtWork } from './candidate-at-work.js';
import { someBytes } from './candidate-at-work.js';
import type { SeatLine, SentBody, ShownRow } from './evidence.js';
import type { PlayedPc } from './played-pc.js';
import { WireNotes, type Noted } from './wire-notes.js';

export interface BrowserPcOptions {
  seatId: string;
  /** Where its notes go. */
  file: string;
  /** Of the line to the room. */
  port: number;
  /** PEM of the room's CA. */
  ca: string;
}

type Order = PaperMessage['order'];
type HandedIn = Extract<AnswerValueMessage, { files: unknown }>['files'][number];

/** After a key everything that the page does at once is done. */
const SETTLE_MS = 400;
/** What is shown so shortly before the end may be too late. */
const SURE_BEFORE_END_MS = 1_500;
const LOAD_MS = 15_000;

/** The machine's monotonic clock less the driver's, ms. */
const CLOCK_OFFSET_MS = Number(process.hrtime.bigint()) / 1e6 - performance.now();

export class BrowserPc implements PlayedPc {
  #browser: Chromium | null = null;
  #page: BrowserPage | null = null;
  #alive = false;
  /** The life of this page; nothing of an earlier one is noted any more. */
  #life = 0;
  #state: { state: SeatState; heardAt: number } | null = null;
  readonly #orders = new Map<string, Order>();
  /** Seen on this page in this life, by item. */
  #known = new Map<string, AnswerValueMessage>();
  readonly #sentRows: { itemId: string; rev: number; value: AnswerValueMessage }[] = [];
  readonly #files = new Map<string, HandedIn>();
  #turn: Promise<unknown> = Promise.resolve();
  #at = 0;

  constructor(private readonly options: BrowserPcOptions) {
    writeFileSync(options.file, '');
  }

  get seatId(): string {
    return this.options.seatId;
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  /** Nobody is moved to it: spare PCs are others. */
  get isFree(): boolean {
    return false;
  }

  get looks(): string {
    return `in a browser, told to be "${this.#state?.state.stage ?? ''}"`;
  }

  /** Starts the browser on what its profile has, and opens the page. @throws Error where the browser does not start */
  async open(): Promise<void> {
    const life = ++this.#life;
    const { port, ca } = this.options;
    if (this.#browser === null)
      this.#browser = await Chromium.start({ origin: `https://${HOST}:${port}`, ca });
    else if (this.#page === null) await this.#browser.restart();
    const page = await this.#browser.open('about:blank');
    this.#known = new Map();
    this.#page = new BrowserPage(page);
    this.#alive = true;
    this.note({ k: 'born' });
    await this.#watch(page, life);
    await Promise.race([this.#load(page, life), pause(LOAD_MS)]);
  }

  async leave(): Promise<void> {
    if (!this.#alive) return;
    this.#alive = false;
    this.#life += 1;
    this.note({ k: 'end', how: 'reload' });
    const page = this.#page?.page;
    await page?.goto('about:blank').catch(() => undefined);
    await page?.close().catch(() => undefined);
  }

  async kill(): Promise<void> {
    if (!this.#alive) return;
    this.#alive = false;
    this.#life += 1;
    this.note({ k: 'end', how: 'killed' });
    this.#page = null;
    await this.#browser?.kill();
  }

  async close(): Promise<void> {
    this.#alive = false;
    this.#life += 1;
    await this.#browser?.close().catch(() => undefined);
    this.#browser = null;
  }

  async pairingCode(): Promise<string> {
    return this.#until(async () => {
      const code = await this.#page?.pairingCode();
      return /^\d{6}$/.test(code ?? '') ? (code ?? null) : null;
    }, 'a pairing code');
  }

  async untilPaired(): Promise<void> {
    await this.#until(() => this.#state?.state.seatLabel ?? null, 'the seat');
  }

  async enter(candidateId: string, ticketNo: string, patienceMs: number): Promise<void> {
    this.note({ k: 'candidate', candidateId });
    const step = async () => {
      const place = await this.#page?.place();
      if (place === 'log-in') await this.#page?.logIn(ticketNo);
      else if (place === 'identity' || place === 'rules') await this.#page?.confirm(place);
      else if (this.#state?.state.candidate?.candidateId === candidateId) return true;
      // Whatever was pressed has its answer before it is pressed again.
      await pause(700);
      return null;
    };
    await this.#until(step, `${candidateId} to be in`, patienceMs);
  }

  async work(candidate: CandidateAtWork): Promise<void> {
    await this.#inTurn(async () => {
      const about = this.#state?.state.candidate;
      if (about?.candidateId !== candidate.who.candidateId) return;
      if (candidate.handsIn(this.#leftMs)) return this.#page?.handIn();
      const itemId = await this.#change(candidate);
      if (itemId === null) return;
      await pause(SETTLE_MS);
      await this.#look(candidate.who.candidateId, itemId);
    });
  }

  async change(candidate: CandidateAtWork): Promise<void> {
    await this.#inTurn(() => this.#change(candidate));
  }

  async raiseHand(): Promise<void> {
    await this.#inTurn(async () => {
      if ((await this.#page?.place()) === 'paper') await this.#page?.raiseHand();
    });
  }

  note(line: Noted<SeatLine>): void {
    appendFileSync(this.options.file, `${JSON.stringify({ at: performance.now(), ...line })}\n`);
  }

  /** Of the candidate's time, ms. */
  get #leftMs(): number {
    const { state, heardAt } = this.#state ?? {};
    if (state?.candidate?.endsAt == null || heardAt === undefined) return Infinity;
    return state.candidate.endsAt - (state.now + performance.now() - heardAt);
  }

  /** Two hands are not at one keyboard. A page that goes away under them is no error. */
  #inTurn(act: () => Promise<unknown>): Promise<void> {
    const life = this.#life;
    const mine = this.#turn.then(async () => {
      if (this.#alive && life === this.#life) await act();
    });
    const quiet = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#turn = quiet;
    return Promise.race([quiet, pause(LOAD_MS)]);
  }

  /** Changes one answer at the page. @returns of which item; null where the page took none */
  async #change(candidate: CandidateAtWork): Promise<string | null> {
    const { random } = candidate.options;
    const { candidateId } = candidate.who;
    const order = this.#orders.get(candidateId);
    const page = this.#page;
    if (order === undefined || page === null) return null;
    const items = order.sections.flatMap((section) => section.items);
    const isSame = this.#at > 0 && random.chance(0.5);
    const number = isSame ? this.#at : random.between(1, items.length);
    const seen = await page.goTo(number);
    const item = items[number - 1];
    if (seen === null || item === undefined) return null;
    this.#at = number;
    const { itemId } = item;
    this.#known.delete(itemId);
    const given = (value: AnswerValueMessage) => this.note({ k: 'given', candidateId, itemId, value });
    if (seen.files !== null) {
      await this.#chooseFile(page, seen, random, itemId, candidateId);
    } else if (seen.text !== null) {
      const value = candidate.valueOf({ type: 'short-text', options: [], blanks: [] }, { text: seen.text });
      if (!('text' in value)) return null;
      given(value);
      await page.writeText(value.text);
    } else if (seen.blanks.length > 0) {
      const index = random.between(0, seen.blanks.length - 1);
      const next = candidate.valueOf({ type: 'fill-in', options: [], blanks: seen.blanks }, undefined);
      const blanks = seen.blanks.map((text, at) =>
        'blanks' in next && at === index ? (next.blanks[at] ?? '') : text,
      );
      given({ blanks });
      await page.fillBlank(index, blanks[index] ?? '');
    } else if (seen.options.length > 0) {
      const position = random.between(0, seen.options.length - 1);
      const chosen = seen.options.map((is, at) => (at === position ? !is : seen.many && is));
      given({ options: item.options.filter((_, at) => chosen[at]) });
      await page.choose(position);
    }
    return itemId;
  }

  async #chooseFile(
    page: BrowserPage,
    { files, accept }: Seen,
    random: CandidateAtWork['options']['random'],
    itemId: string,
    candidateId: string,
  ): Promise<void> {
    const before = (files ?? []).flatMap(({ fileHash }) => this.#files.get(fileHash) ?? []);
    const give = (value: HandedIn[]) =>
      this.note({ k: 'given', candidateId, itemId, value: { files: value } });
    if (before.length >= 2) {
      give(before.slice(1));
      return page.removeFile();
    }
    const bytes = Buffer.from(someBytes(random));
    const fileHash = createHash('sha256').update(bytes).digest('hex');
    const name = `作品 ${fileHash.slice(0, 6)}${accept.split(',')[0] ?? ''}`;
    const file = { fileHash, size: bytes.length, name, type: '' };
    this.#files.set(fileHash, file);
    this.note({ k: 'file-made', candidateId, itemId, fileHash, size: bytes.length });
    give([...before, file]);
    await page.chooseFile(name, bytes);
  }

  /** Looks what became of a change: what is shown, whether it is said to be saved, which files are in the room. */
  async #look(candidateId: string, itemId: string): Promise<void> {
    const order = this.#orders.get(candidateId);
    const life = this.#life;
    const leftMs = this.#leftMs;
    const seen = await this.#page?.seen();
    if (seen == null || order === undefined || life !== this.#life || leftMs < SURE_BEFORE_END_MS) return;
    const item = order.sections.flatMap((section) => section.items)[seen.number - 1];
    if (item?.itemId !== itemId) return;
    for (const { fileHash, where } of seen.files ?? [])
      if (where === 'room') {
        const lease = this.#state?.state.candidate?.lease ?? 1;
        this.note({ k: 'file-acked', candidateId, lease, fileHash, size: null, by: 'page' });
      }
    const value = this.#valueShown(seen, item.options);
    if (value === null) return;
    this.#known.set(itemId, value);
    if (seen.saved) this.note({ k: 'saved-shown', candidateId, itemId, value });
  }

  #valueShown({ files, text, blanks, options }: Seen, ids: readonly string[]): AnswerValueMessage | null {
    if (files !== null) {
      const known = files.flatMap(({ fileHash }) => this.#files.get(fileHash) ?? []);
      return known.length === files.length ? { files: known } : null;
    }
    if (text !== null) return { text };
    if (blanks.length > 0) return { blanks };
    return { options: ids.filter((_, at) => options[at]) };
  }

  async #watch(page: CurrentPage, life: number): Promise<void> {
    const cdp = await page.native.context().newCDPSession(page.native);
    const wires = new Map<string, WireNotes>();
    const wireOf = (requestId: string) => {
      const wire = wires.get(requestId) ?? new WireNotes((line) => this.note(line));
      wires.set(requestId, wire);
      return wire;
    };
    cdp.on('Network.webSocketFrameSent', ({ requestId, timestamp, response }) => {
      if (life !== this.#life || response.opcode !== 1) return;
      const sentAt = Math.min(performance.now(), timestamp * 1_000 - CLOCK_OFFSET_MS);
      const message = wireOf(requestId).sent(response.payloadData, sentAt);
      if (message.t === 'save') this.#sentRows.push(message);
    });
    cdp.on('Network.webSocketFrameReceived', ({ requestId, response }) => {
      if (life !== this.#life || response.opcode !== 1) return;
      const { message, answered } = wireOf(requestId).heard(response.payloadData);
      if (message.t === 'paper') this.#orders.set(message.candidateId, message.order);
      if (message.t === 'state') this.#told(message);
      if (message.t === 'ack') for (const body of answered) this.#acked(body);
    });
    await cdp.send('Network.enable');
  }

  #told(state: SeatState): void {
    this.#state = { state, heardAt: performance.now() };
    // A page that died right after the last word of the room says so here.
    if (state.stage === 'received' && state.candidate !== null) this.#noteShown(state.candidate);
  }

  #acked(body: SentBody): void {
    const { t, candidateId, lease } = body;
    if (t === 'nothing-unsent' && candidateId !== undefined && lease !== undefined)
      this.#noteShown({ candidateId, lease });
  }

  #noteShown({ candidateId, lease }: { candidateId: string; lease: number }): void {
    const rows = [...this.#known].map(([itemId, value]): ShownRow => {
      const sent = this.#sentRows.findLast(
        (row) => row.itemId === itemId && JSON.stringify(row.value) === JSON.stringify(value),
      );
      return { itemId, rev: sent?.rev ?? 0, value };
    });
    this.note({ k: 'shown', candidateId, lease, rows });
  }

  /** Until the kiosk's page is there: a person would try again as well. */
  async #load(page: CurrentPage, life: number): Promise<void> {
    while (life === this.#life) {
      await page.goto('/').catch(() => undefined);
      for (let waits = 0; waits < 40 && life === this.#life; waits++) {
        const place = await this.#page?.place().catch(() => 'none');
        if (place !== 'none') return;
        await pause(100);
      }
    }
  }

  /** @throws Error after `withinMs` */
  async #until<T>(look: () => Promise<T | null> | T | null, what: string, withinMs = 60_000): Promise<T> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const found = this.#alive ? await Promise.race([looked(look), pause(LOAD_MS).then(() => null)]) : null;
      if (found !== null) return found;
      if (performance.now() > deadline)
        throw new Error(`${this.seatId}: waited ${withinMs} ms for ${what}; it is ${this.looks}`);
      await pause(100);
    }
  }
}

/** A page on its way to the next shows nothing. */
async function looked<T>(look: () => Promise<T | null> | T | null): Promise<T | null> {
  try {
    return await look();
  } catch {
    return null;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
