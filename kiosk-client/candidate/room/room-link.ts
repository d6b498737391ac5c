// The one connection to the room: says hello, keeps the line alive, notices when it is dead, comes back with growing
// patience. It knows frames and no exam.

import type { Hello, RoomMessage, SeatMessage, SeatRequest } from '../../../server/protocol/seat.js';
import { readFrame } from './frames.js';
import { returnWaitMs } from './return-wait.js';
import type { RoomClock } from './room-clock.js';

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
export type SeatRequestBody = WithoutId<SeatRequest>;
export type Answer = { ok: true } | { ok: false; code: string; params: Record<string, string | number> };

export const SUBPROTOCOL = 'kaochang.seat.v1';
const VERSION = 1;
const BEAT_MS = 5_000;
/** Two beats without any word: the line is dead, even where no one has said so. */
const SILENCE_MS = 12_000;

export interface LinkSocket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(text: string): void;
  close(): void;
}

export interface LinkHost {
  connect(): LinkSocket;
  client: string;
  pcSecret: string;
  clock: RoomClock;
  monotonic(): number;
  random(): number;
  /** For the beat: how much is not in the room yet. */
  unsent(): { count: number; oldestMs: number };
  heard(message: RoomMessage): void;
  changed(online: boolean): void;
}

export class RoomLink {
  #socket: LinkSocket | null = null;
  #online = false;
  #stopped = false;
  #nextId = 1;
  #failures = 0;
  #unwanted = false;
  #heardAt = 0;
  #retry: ReturnType<typeof setTimeout> | null = null;
  readonly #beat: ReturnType<typeof setInterval>;
  readonly #waiting = new Map<number, (answer: Answer | null) => void>();

  constructor(private readonly host: LinkHost) {
    this.#beat = setInterval(() => this.#tick(), BEAT_MS);
  }

  get online(): boolean {
    return this.#online;
  }

  start(): void {
    this.#connect();
  }

  /** The network came back, says the browser: no need to wait. */
  hurry(): void {
    if (this.#socket !== null || this.#stopped) return;
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#beat);
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#socket?.close();
    this.#lost();
  }

  /** Resolves with the room's word, or null where the line broke before it came. */
  request(body: SeatRequestBody): Promise<Answer | null> {
    return new Promise((resolve) => {
      if (!this.#online) return resolve(null);
      const id = this.#nextId++;
      this.#waiting.set(id, resolve);
      this.#send({ ...body, id } as SeatRequest);
    });
  }

  #connect(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    let socket: LinkSocket;
    try {
      socket = this.host.connect();
    } catch {
      return this.#again();
    }
    this.#socket = socket;
    this.#heardAt = this.host.monotonic();
    const { client, pcSecret, clock } = this.host;
    socket.onopen = () => {
      const hello: Hello = { t: 'hello', v: VERSION, client, pcSecret, roomNow: clock.now() };
      this.#send(hello);
    };
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket) this.#hear(String(data));
    };
    socket.onclose = () => {
      if (socket !== this.#socket) return;
      this.#lost();
      this.#again();
    };
  }

  #hear(text: string): void {
    this.#heardAt = this.host.monotonic();
    const message = readFrame(text);
    if (message === null) return;
    if ('now' in message) this.host.clock.hear(message.now, message.t === 'beat' ? message.sent : null);
    switch (message.t) {
      case 'welcome':
        this.#failures = 0;
        this.#unwanted = false;
        this.#online = true;
        this.#tick();
        this.host.changed(true);
        break;
      case 'ack':
        for (const id of message.ids) this.#settle(id, { ok: true });
        break;
      case 'refused':
        this.#settle(message.id, { ok: false, code: message.code, params: message.params ?? {} });
        break;
      case 'bye':
        this.#unwanted = !message.retry;
        break;
      default:
        break;
    }
    this.host.heard(message);
  }

  #settle(id: number, answer: Answer): void {
    const resolve = this.#waiting.get(id);
    this.#waiting.delete(id);
    resolve?.(answer);
  }

  #tick(): void {
    if (this.#socket === null) return;
    const now = this.host.monotonic();
    if (now - this.#heardAt > SILENCE_MS) {
      const dead = this.#socket;
      this.#lost();
      dead.close();
      return this.#again();
    }
    if (!this.#online) return;
    const { count, oldestMs } = this.host.unsent();
    this.#send({ t: 'beat', sent: now, unsent: count, oldestUnsentMs: Math.max(0, Math.round(oldestMs)) });
  }

  #send(message: SeatMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #lost(): void {
    this.#socket = null;
    const was = this.#online;
    this.#online = false;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const resolve of waiting) resolve(null);
    if (was) this.host.changed(false);
  }

  #again(): void {
    if (this.#stopped) return;
    const waitMs = returnWaitMs(this.#failures, this.host.random(), this.#unwanted);
    this.#failures += 1;
    this.#retry = setTimeout(() => this.#connect(), waitMs);
  }
}
