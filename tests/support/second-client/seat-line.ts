// The line of one PC to the room: hello, beats, requests and their answers, coming back. Every frame is held against the document;
// it keeps no answer and knows no paper.

import { EventEmitter } from 'node:events';
import { WebSocket } from 'ws';
import type { RoomPlace } from './room-http.js';
import { WireFault, type WireRules } from './wire-rules.js';

export type Frame = { t: string; [field: string]: unknown };
export type Answer = { ok: true } | { ok: false; code: string };

const BEAT_MS = 5_000;
const SILENCE_MS = 12_000;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 10_000;
const UNWANTED_WAIT_MS = 15_000;

export interface LineHost {
  place: RoomPlace;
  rules: WireRules;
  pcSecret: string;
  unsent(): { count: number; oldestMs: number };
  /** Of 0 to 1, for the waits. */
  random(): number;
}

/** Emits 'welcome', 'lost' and 'frame' (Frame of the room). */
export class SeatLine extends EventEmitter {
  /** Types of the frames that went out and came in, for whoever wants to know what was spoken. */
  readonly spoken = new Set<string>();
  fault: Error | null = null;
  #socket: WebSocket | null = null;
  #online = false;
  #nextId = 1;
  #failures = 0;
  #unwanted = false;
  #away = false;
  #heardAt = 0;
  #offsets: { offset: number; roundTripMs: number }[] = [];
  #comeBack: NodeJS.Timeout | null = null;
  readonly #waiting = new Map<number, (answer: Answer | null) => void>();
  readonly #beats: NodeJS.Timeout;

  constructor(private readonly host: LineHost) {
    super();
    this.setMaxListeners(0);
    this.#beats = setInterval(() => this.#beat(), BEAT_MS);
  }

  get online(): boolean {
    return this.#online;
  }

  /** Room time by the beat with the shortest round trip, null before the room was heard. */
  roomNow(): number | null {
    const [best] = [...this.#offsets].sort((a, b) => a.roundTripMs - b.roundTripMs);
    return best === undefined ? null : Math.round(performance.now() + best.offset);
  }

  connect(): void {
    const { url, ca, serverName } = this.host.place;
    const socket = new WebSocket(new URL('/seat', url.replace(/^http/, 'ws')), 'kaochang.seat.v1', {
      ...{ ca, servername: serverName, perMessageDeflate: false },
    });
    this.#socket = socket;
    this.#heardAt = performance.now();
    socket.on('open', () => {
      const { pcSecret } = this.host;
      this.#send({ t: 'hello', v: 1, client: 'second-client', pcSecret, roomNow: this.roomNow() });
    });
    socket.on('message', (data: Buffer) => {
      try {
        if (socket === this.#socket) this.#hear(JSON.parse(data.toString('utf8')) as Frame);
      } catch (error) {
        this.fault ??= error as Error;
        this.emit('fault');
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (socket === this.#socket) this.#lost();
    });
  }

  /** Null where the line was not there, or broke before the answer came. */
  request(body: Frame): Promise<Answer | null> {
    if (!this.#online) return Promise.resolve(null);
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#send({ ...body, id });
    });
  }

  /** Pulls the cable out, without a word. */
  unplug(): void {
    this.#away = true;
    if (this.#comeBack !== null) clearTimeout(this.#comeBack);
    this.#socket?.terminate();
  }

  plugIn(): void {
    this.#away = false;
    this.connect();
  }

  stop(): void {
    this.#away = true;
    clearInterval(this.#beats);
    if (this.#comeBack !== null) clearTimeout(this.#comeBack);
    this.#socket?.close();
  }

  #hear(frame: Frame): void {
    this.#heardAt = performance.now();
    const { rules } = this.host;
    // A type that is not documented would be ignored by a client; here it is a fault.
    rules.heard(`room.${frame.t}`, frame);
    this.spoken.add(`room.${frame.t}`);
    if (typeof frame['now'] === 'number')
      this.#takeTime(frame['now'], frame.t === 'beat' ? Number(frame['sent']) : null);
    switch (frame.t) {
      case 'welcome':
        this.#online = true;
        this.#failures = 0;
        this.#unwanted = false;
        this.#beat();
        this.emit('welcome');
        break;
      case 'ack':
        for (const id of frame['ids'] as number[]) this.#settle(id, { ok: true });
        break;
      case 'refused':
        this.#settle(Number(frame['id']), { ok: false, code: String(frame['code']) });
        break;
      case 'bye':
        this.#unwanted = frame['retry'] === false;
        break;
      default:
        break;
    }
    this.emit('frame', frame);
  }

  #takeTime(now: number, sentAt: number | null): void {
    const heardAt = performance.now();
    if (sentAt === null && this.#offsets.length > 0) return;
    const roundTripMs = sentAt === null ? 1_000 : heardAt - sentAt;
    const offset = now + (sentAt === null ? 0 : roundTripMs / 2) - heardAt;
    this.#offsets = [...this.#offsets, { offset, roundTripMs }].slice(-8);
  }

  #settle(id: number, answer: Answer): void {
    const resolve = this.#waiting.get(id);
    if (resolve === undefined) throw new WireFault(`An answer to ${id}, which was never asked`);
    this.#waiting.delete(id);
    resolve(answer);
  }

  #beat(): void {
    if (this.#socket === null) return;
    if (performance.now() - this.#heardAt > SILENCE_MS) return this.#socket.terminate();
    if (!this.#online) return;
    const { count, oldestMs } = this.host.unsent();
    this.#send({ t: 'beat', sent: performance.now(), unsent: count, oldestUnsentMs: Math.round(oldestMs) });
  }

  #send(frame: Frame): void {
    this.host.rules.sent(`pc.${frame.t}`, frame);
    this.spoken.add(`pc.${frame.t}`);
    this.#socket?.send(JSON.stringify(frame));
  }

  #lost(): void {
    this.#socket = null;
    this.#online = false;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const resolve of waiting) resolve(null);
    this.emit('lost');
    if (this.#away) return;
    const longest = this.#unwanted
      ? 2 * UNWANTED_WAIT_MS
      : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    const shortest = this.#failures === 0 && !this.#unwanted ? 0 : longest / 2;
    this.#failures += 1;
    this.#comeBack = setTimeout(() => this.connect(), shortest + this.host.random() * (longest - shortest));
  }
}
