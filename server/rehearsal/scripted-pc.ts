// A candidate's PC that follows a script: speaks kaochang.seat.v1 over whatever wire it is given, keeps what is not acknowledged,
// comes back by itself and sends it again. Runs in Node and in browsers; it shares no code with the kiosk, so that each shows up
// the other's mistakes.

import type {
  PaperMessage,
  RoomMessage,
  SEAT_PROTOCOL_VERSION,
  SeatRequest,
  SeatState,
} from '../protocol/seat.js';
import { Listeners } from './listeners.js';

const VERSION: typeof SEAT_PROTOCOL_VERSION = 1;

/** A timer can wait no longer than this. */
const MAX_TIMER_MS = 2 ** 31 - 1;

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
export type SeatRequestBody = WithoutId<SeatRequest>;

/** `resent`: the connection was lost in between, and the request was sent again. */
export type Taken = { ok: true; tookMs: number; resent: boolean };
export type SeatAnswer = Taken | { ok: false; code: string };

interface Outstanding {
  body: SeatRequestBody;
  sentAt: number;
  resent: boolean;
  resolve: (answer: SeatAnswer) => void;
}

/** A connection that is being opened or is open. */
export interface Wire {
  readonly isOpen: boolean;
  send(text: string): void;
  /** Ends it in order. */
  close(): void;
  /** Ends it as a cable that is pulled. */
  cut(): void;
}

/** What becomes of a connection; `closed` is the last word, also where it never opened. */
export interface WireEvents {
  opened(): void;
  /** A text frame. */
  heard(text: string): void;
  closed(): void;
}

export interface ScriptedPcOptions {
  /** Begins a connection to the room's `/seat`, subprotocol kaochang.seat.v1. Tells nothing before it has returned. */
  connect: (events: WireEvents) => Wire;
  /** 64 hex digits that nobody has. */
  pcSecret: string;
  /** Called for every request that the room says is on its disk. */
  onAck?: (body: SeatRequestBody, how: Taken) => void;
  /** How long to wait before coming back, milliseconds. */
  reconnectDelayMs?: () => number;
  /**
   * Says in every hello that it is simulated, and logs nobody in outside practice. Everything that may meet a room of somebody
   * else sets it; without it this stands for a machine.
   */
  simulated?: boolean;
}

/** Somebody who waits for the seat to come to a stage. */
interface Waiter {
  wanted: (state: SeatState) => boolean;
  settle: (state: SeatState | null) => void;
}

/**
 * Emits 'state' (SeatState), 'paper' (PaperMessage), 'message' (RoomMessage), 'open', 'shown' (how long it took from the
 * connection to the first page, milliseconds, and whether it had been here before), 'sent-away' and 'close'.
 */
export class ScriptedPc extends Listeners {
  readonly pcSecret: string;
  state: SeatState | null = null;
  paper: PaperMessage | null = null;
  /** When the last `paper` came, by performance.now(). */
  paperAt: number | null = null;
  reconnects = 0;
  #wire: Wire | null = null;
  #nextId = 1;
  readonly #outstanding = new Map<number, Outstanding>();
  #offset: { roomNow: number; at: number } | null = null;
  /** Room time less this PC's monotonic clock, by the message that was the quickest so far. */
  #ahead: number | null = null;
  /** When the present connection was begun, until it has shown its page. */
  #connectingSince: number | null = null;
  #isKnown = false;
  readonly #waiters = new Set<Waiter>();
  #beat: ReturnType<typeof setInterval> | null = null;
  #comeBack: ReturnType<typeof setTimeout> | null = null;
  #unplugged = false;
  #stopped = false;
  readonly #options: ScriptedPcOptions;

  constructor(options: ScriptedPcOptions) {
    super();
    this.#options = options;
    this.pcSecret = options.pcSecret;
  }

  /** Room time by the last message of the room and this PC's monotonic clock; null before the first. */
  roomNow(): number | null {
    return this.#offset === null
      ? null
      : Math.round(this.#offset.roomNow + performance.now() - this.#offset.at);
  }

  /** How long ago it was so late in the room, milliseconds; null before the first message. */
  since(roomTime: number): number | null {
    return this.#ahead === null ? null : performance.now() + this.#ahead - roomTime;
  }

  get connected(): boolean {
    return this.#wire?.isOpen === true;
  }

  /** Ended for good. */
  get stopped(): boolean {
    return this.#stopped;
  }

  get unsent(): number {
    return this.#outstanding.size;
  }

  /** Connects, and keeps coming back until `stop`. */
  start(): void {
    this.#connectingSince = performance.now();
    const wire = this.#options.connect({
      opened: () => this.#greet(wire),
      heard: (text) => this.#take(JSON.parse(text) as RoomMessage),
      closed: () => this.#lost(wire),
    });
    this.#wire = wire;
  }

  /** Sends a request and resolves with its acknowledgement or refusal, across reconnects. */
  request(body: SeatRequestBody): Promise<SeatAnswer> {
    if (this.#stopped) return Promise.resolve({ ok: false, code: 'stopped' });
    if (this.#options.simulated === true && body.t === 'log-in' && this.state?.practice !== true)
      return Promise.resolve({ ok: false, code: 'simulated-pc' });
    return new Promise((resolve) => {
      const id = this.#nextId++;
      this.#outstanding.set(id, { body, sentAt: performance.now(), resent: !this.connected, resolve });
      if (this.connected) this.#send({ ...body, id });
    });
  }

  /** Resolves with the first state (the present one included) for which `wanted` holds. @throws Error after `timeoutMs` */
  async until(wanted: (state: SeatState) => boolean, timeoutMs: number): Promise<SeatState> {
    if (this.state !== null && wanted(this.state)) return this.state;
    const found = await this.#next(wanted, timeoutMs);
    if (found === null && this.#stopped) throw new Error('This PC was stopped');
    if (found === null)
      throw new Error(`The seat stayed "${this.state?.stage ?? 'unconnected'}" for ${timeoutMs} ms`);
    return found;
  }

  /** Resolves with the paper. @throws Error after `timeoutMs` */
  async untilPaper(timeoutMs: number): Promise<PaperMessage> {
    if (this.paper === null) await this.#next(() => this.paper !== null, timeoutMs);
    if (this.paper !== null) return this.paper;
    throw new Error(
      `No paper came within ${timeoutMs} ms; the seat is "${this.state?.stage ?? 'unconnected'}"`,
    );
  }

  /** The next state for which `wanted` holds; null after `timeoutMs`, or when this PC has ended. */
  #next(wanted: Waiter['wanted'], timeoutMs: number): Promise<SeatState | null> {
    if (this.#stopped) return Promise.resolve(null);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        wanted,
        settle: (state) => {
          clearTimeout(late);
          this.#waiters.delete(waiter);
          resolve(state);
        },
      };
      const late = setTimeout(() => waiter.settle(null), Math.min(timeoutMs, MAX_TIMER_MS));
      this.#waiters.add(waiter);
    });
  }

  #tellWaiters(): void {
    if (this.state === null) return;
    for (const waiter of [...this.#waiters]) if (waiter.wanted(this.state)) waiter.settle(this.state);
  }

  /** Pulls the cable: closes without a word and stays away until `plugIn`. */
  unplug(): void {
    this.#unplugged = true;
    if (this.#comeBack) clearTimeout(this.#comeBack);
    this.#wire?.cut();
  }

  /** Puts the cable back. */
  plugIn(): void {
    this.#unplugged = false;
    if (!this.#stopped) this.start();
  }

  /** Ends this PC for good. */
  stop(): void {
    this.#stopped = true;
    if (this.#comeBack) clearTimeout(this.#comeBack);
    if (this.#beat) clearInterval(this.#beat);
    this.#wire?.close();
    for (const { resolve } of this.#outstanding.values()) resolve({ ok: false, code: 'stopped' });
    this.#outstanding.clear();
    for (const waiter of [...this.#waiters]) waiter.settle(null);
  }

  #greet(wire: Wire): void {
    const roomNow = this.roomNow();
    wire.send(
      JSON.stringify({
        t: 'hello',
        v: VERSION,
        client: 'rehearsal',
        pcSecret: this.pcSecret,
        roomNow,
        ...(this.#options.simulated === true ? { simulated: true } : {}),
      }),
    );
    this.#beat ??= setInterval(() => this.#sendBeat(), 5_000);
    if (this.state !== null) this.reconnects += 1;
    this.emit('open');
  }

  #take(message: RoomMessage): void {
    if ('now' in message) {
      const at = performance.now();
      this.#offset = { roomNow: message.now, at };
      // A message that waited on its way says too little, never too much.
      this.#ahead = Math.max(this.#ahead ?? -Infinity, message.now - at);
    }
    switch (message.t) {
      case 'welcome':
        for (const [id, outstanding] of this.#outstanding) this.#send({ ...outstanding.body, id });
        break;
      case 'state':
        this.state = message;
        // A PC that waits for the next session holds nothing of the one before.
        if (message.stage === 'waiting' || message.stage === 'log-in') this.paper = null;
        this.emit('state', message);
        this.#tellWaiters();
        this.#shown();
        break;
      case 'paper':
        this.paper = message;
        this.paperAt = performance.now();
        this.emit('paper', message);
        this.#tellWaiters();
        break;
      case 'ack':
        for (const id of message.ids) this.#settle(id, null);
        break;
      case 'refused':
        this.#settle(message.id, message.code);
        break;
      case 'bye':
        if (message.code === 'simulated') {
          this.stop();
          this.emit('sent-away');
        }
        break;
      default:
        break;
    }
    this.emit('message', message);
  }

  #shown(): void {
    if (this.#connectingSince === null) return;
    const tookMs = performance.now() - this.#connectingSince;
    this.#connectingSince = null;
    this.emit('shown', tookMs, this.#isKnown);
    this.#isKnown = true;
  }

  #settle(id: number, code: string | null): void {
    const outstanding = this.#outstanding.get(id);
    if (outstanding === undefined) return;
    this.#outstanding.delete(id);
    if (code !== null) return outstanding.resolve({ ok: false, code });
    const { body, sentAt, resent, resolve } = outstanding;
    const how: Taken = { ok: true, tookMs: performance.now() - sentAt, resent };
    this.#options.onAck?.(body, how);
    resolve(how);
  }

  #sendBeat(): void {
    if (!this.connected) return;
    let oldest = performance.now();
    for (const { sentAt } of this.#outstanding.values()) oldest = Math.min(oldest, sentAt);
    const oldestUnsentMs = this.unsent === 0 ? 0 : Math.round(performance.now() - oldest);
    this.#send({ t: 'beat', sent: performance.now(), unsent: this.unsent, oldestUnsentMs });
  }

  #send(message: object): void {
    if (this.connected) this.#wire?.send(JSON.stringify(message));
  }

  #lost(wire: Wire): void {
    this.emit('close');
    for (const outstanding of this.#outstanding.values()) outstanding.resent = true;
    // The end of an earlier connection may be told after the next one was begun.
    if (wire !== this.#wire || this.#stopped || this.#unplugged) return;
    const delayMs = this.#options.reconnectDelayMs?.() ?? 200 + Math.floor(Math.random() * 800);
    this.#comeBack = setTimeout(() => this.start(), delayMs);
  }
}
