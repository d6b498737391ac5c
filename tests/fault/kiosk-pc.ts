// A candidate's PC in a test: the kiosk's own code without its pages, over real sockets, with a storage that survives the page.
// Notes to a file of its own what it was told; the notes are taken from the wire, not from the kiosk.

import { appendFileSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { Kiosk } from '../../kiosk-client/candidate/kiosk.js';
import { SUBPROTOCOL, type LinkSocket } from '../../kiosk-client/candidate/room/room-link.js';
import { fetchBytes, tlsOptions, type RoomAddress } from '../../server/rehearsal/room-address.js';
import './browser-types.js';
import { CrashingStore } from './crashing-store.js';
import type { CandidateAtWork } from './candidate-at-work.js';
import type { SeatLine } from './evidence.js';
import type { PlayedPc } from './played-pc.js';
import { roomUploads } from './room-uploads.js';
import { WireNotes, type Note, type Noted } from './wire-notes.js';

export interface KioskPcOptions {
  seatId: string;
  /** Where its notes go. */
  file: string;
  address: RoomAddress;
  random: () => number;
}

const MACHINE = { browser: 'fault test', screen: '1366x768', storageOk: true, cryptoOk: true, passed: true };
/** Asked again until it is answered, so that a refusal or a broken line delays only. */
const ASK_AGAIN_MS = 300;

export class KioskPc implements PlayedPc {
  kiosk: Kiosk;
  readonly #store: CrashingStore;
  readonly #known = new Map<string, number>();
  #sockets: WiredSocket[] = [];
  #alive = false;
  /** The life of this page; a socket of an earlier one says nothing any more. */
  #life = 0;
  #page: { gone(): void } | null = null;

  constructor(private readonly options: KioskPcOptions) {
    writeFileSync(options.file, '');
    this.#store = new CrashingStore(
      {
        kept: (row) => this.#kept(row),
        dropped: (examId, rows) => {
          const [, candidateId = '', lease = ''] = examId.split('/');
          const shown = rows.map(({ itemId, rev, value }) => ({ itemId, rev, value }));
          this.note({ k: 'shown', candidateId, lease: Number(lease), rows: shown });
        },
      },
      () => options.random() * 6,
    );
    this.kiosk = this.#newKiosk();
  }

  get seatId(): string {
    return this.options.seatId;
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  get isFree(): boolean {
    return this.#alive && this.kiosk.online && this.kiosk.state?.candidate == null;
  }

  get looks(): string {
    return `"${this.kiosk.stage}" online ${this.kiosk.online}`;
  }

  async pairingCode(): Promise<string> {
    return this.until(({ state }) => state?.pairingCode, 'a pairing code');
  }

  async untilPaired(): Promise<void> {
    await this.until(({ state }) => state?.seatLabel != null, 'the seat');
  }

  async work(candidate: CandidateAtWork): Promise<void> {
    const { kiosk } = this;
    if (kiosk.stage !== 'answering') return;
    if (kiosk.state?.candidate?.candidateId !== candidate.who.candidateId) return;
    const leftMs = (kiosk.state.candidate.endsAt ?? Infinity) - (kiosk.clock.now() ?? 0);
    if (candidate.handsIn(leftMs)) await kiosk.submit();
    else this.change(candidate);
  }

  change(candidate: CandidateAtWork): void {
    const life = this.#life;
    candidate.change(this.kiosk, (line) => {
      if (life === this.#life && this.#alive) this.note(line);
    });
  }

  async raiseHand(): Promise<void> {
    if (this.kiosk.stage === 'answering') await this.kiosk.raiseHand(true);
  }

  close(): void {
    this.leave();
  }

  note(line: Noted<SeatLine>): void {
    const text = JSON.stringify({ at: performance.now(), ...line });
    appendFileSync(this.options.file, `${text}\n`);
  }

  /** Opens the page. */
  async open(): Promise<void> {
    this.#life += 1;
    this.#alive = true;
    this.kiosk = this.#newKiosk();
    this.note({ k: 'born' });
    await this.kiosk.start();
  }

  /** The page goes in good order, as with F5. */
  leave(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.note({ k: 'end', how: 'reload' });
    this.kiosk.stop();
    // What it gave to the storage is done; a page that is gone does no more.
    this.#page?.gone();
    for (const socket of this.#sockets) socket.silence();
    this.#sockets = [];
  }

  /** The browser dies: no good-bye, and what the storage has not done is lost. */
  kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.note({ k: 'end', how: 'killed' });
    this.#page?.gone();
    this.#store.crash();
    for (const socket of this.#sockets) socket.terminate();
    this.#sockets = [];
    this.kiosk.stop();
  }

  /** Waits for the page to be as wanted. @throws Error after `withinMs` */
  async until<T>(look: (kiosk: Kiosk) => T | null | false | undefined, what: string, withinMs = 60_000) {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const found = this.#alive ? look(this.kiosk) : null;
      if (found !== null && found !== false && found !== undefined) return found as T;
      if (performance.now() > deadline)
        throw new Error(
          `${this.seatId}: waited ${withinMs} ms for ${what}; the page is "${this.kiosk.stage}"`,
        );
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** From the log-in page to the page that waits for the start, whatever the line and the browser do meanwhile. */
  async enter(candidateId: string, ticketNo: string, patienceMs: number): Promise<void> {
    this.note({ k: 'candidate', candidateId });
    const deadline = performance.now() + patienceMs;
    while (performance.now() < deadline) {
      const { kiosk } = this;
      const stage = this.#alive ? kiosk.stage : null;
      if (stage === 'log-in') await kiosk.logIn(ticketNo, ticketNo.slice(-6));
      else if (stage === 'confirm') await kiosk.confirm('identity');
      else if (stage === 'rules') await kiosk.confirm('rules');
      else if (stage !== null && kiosk.state?.candidate?.candidateId === candidateId) return;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
    throw new Error(`${this.seatId}: ${candidateId} could not log in; the page is "${this.kiosk.stage}"`);
  }

  #newKiosk(): Kiosk {
    const { address, random } = this.options;
    const life = this.#life;
    const uploads = roomUploads(address, (line) => {
      if (life === this.#life && this.#alive) this.note(line);
    });
    const page = this.#store.forPage();
    this.#page = page;
    return new Kiosk({
      store: page.store,
      clocks: { monotonic: () => performance.now(), wall: () => Date.now() },
      connect: () => this.#connect(),
      fetchBytes: async (path) => {
        const bytes = await fetchBytes(address, path);
        return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
      },
      uploads,
      random,
      newSecret: () => randomBytes(32).toString('hex'),
      client: 'fault test',
      checkMachine: () => Promise.resolve(MACHINE),
    });
  }

  #connect(): LinkSocket {
    const life = this.#life;
    const socket = new WiredSocket(this.options.address, (line) => {
      if (life === this.#life && this.#alive) this.note(line);
    });
    this.#sockets = [...this.#sockets.filter((one) => one.isOpen), socket];
    return socket;
  }

  #kept(row: Parameters<ConstructorParameters<typeof CrashingStore>[0]['kept']>[0]): void {
    const { examId, itemId, rev, value, madeAt, settledRev } = row;
    const key = `${examId}/${itemId}`;
    if (rev <= settledRev || this.#known.get(key) === madeAt) return;
    this.#known.set(key, madeAt);
    const [, candidateId = '', lease = ''] = examId.split('/');
    this.note({ k: 'made', candidateId, lease: Number(lease), itemId, rev, value, madeAt });
  }
}

/** A browser's WebSocket, as far as the kiosk uses it; everything that crosses it is noted. */
class WiredSocket implements LinkSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly #socket: WebSocket;
  readonly #notes: WireNotes;
  #silent = false;

  constructor(address: RoomAddress, note: Note) {
    this.#notes = new WireNotes(note);
    const url = new URL('/seat', address.url);
    url.protocol = 'wss:';
    const options = { ...tlsOptions(address), perMessageDeflate: false, handshakeTimeout: 10_000 };
    this.#socket = new WebSocket(url, SUBPROTOCOL, options);
    this.#socket.on('error', () => undefined);
    this.#socket.on('open', () => this.#silent || this.onopen?.());
    this.#socket.on('close', () => this.#silent || this.onclose?.());
    this.#socket.on('message', (data: Buffer) => this.#hear(data.toString('utf8')));
  }

  get isOpen(): boolean {
    return this.#socket.readyState < WebSocket.CLOSING;
  }

  send(text: string): void {
    this.#notes.sent(text, performance.now());
    this.#socket.send(text);
  }

  close(): void {
    this.#socket.close();
  }

  /** Nothing reaches the page any more. */
  silence(): void {
    this.#silent = true;
    this.#socket.close();
  }

  terminate(): void {
    this.#silent = true;
    this.#socket.terminate();
  }

  #hear(text: string): void {
    if (this.#silent) return;
    this.#notes.heard(text);
    this.onmessage?.({ data: text });
  }
}
