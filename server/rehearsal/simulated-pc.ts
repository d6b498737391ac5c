// A candidate's PC without a browser: speaks kaochang.seat.v1 over a real socket, keeps what is not acknowledged, comes
// back by itself and sends it again. It shares no code with the kiosk, so that each shows up the other's mistakes.

import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { performance } from 'node:perf_hooks';
import { WebSocket } from 'ws';
import {
  SEAT_PROTOCOL_VERSION,
  SEAT_SUBPROTOCOL,
  type PaperMessage,
  type RoomMessage,
  type SeatRequest,
  type SeatState,
} from '../protocol/seat.js';
import { sharedTls, type RoomAddress } from './room-address.js';

/** A timer can wait no longer than this. */
const MAX_TIMER_MS = 2 ** 31 - 1;

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
export type SeatRequestBody = WithoutId<SeatRequest>;

/** `resent`: the connection was lost in between, and the request was sent again. */
export type SeatAnswer = { ok: true; tookMs: number; resent: boolean } | { ok: false; code: string };

interface Outstanding {
  body: SeatRequestBody;
  sentAt: number;
  resent: boolean;
  resolve: (answer: SeatAnswer) => void;
}

export interface SimulatedPcOptions {
  address: RoomAddress;
  /** 64 hex digits; a new PC when absent. */
  pcSecret?: string;
  /** Called for every request that the room says is on its disk. */
  onAck?: (body: SeatRequestBody) => void;
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
export class SimulatedPc extends EventEmitter {
  readonly pcSecret: string;
  state: SeatState | null = null;
  paper: PaperMessage | null = null;
  /** When the last `paper` came, by performance.now(). */
  paperAt: number | null = null;
  reconnects = 0;
  #socket: WebSocket | null = null;
  #nextId = 1;
  readonly #outstanding = new Map<number, Outstanding>();
  #offset: { roomNow: number; at: number } | null = null;
  /** When the present connection was begun, until it has shown its page. */
  #connectingSince: number | null = null;
  #isKnown = false;
  readonly #waiters = new Set<Waiter>();
  #beat: NodeJS.Timeout | null = null;
  #comeBack: NodeJS.Timeout | null = null;
  #unplugged = false;
  #stopped = false;
  readonly #options: SimulatedPcOptions;

  constructor(options: SimulatedPcOptions) {
    super();
    this.setMaxListeners(0);
    this.#options = options;
    this.pcSecret = options.pcSecret ?? randomBytes(32).toString('hex');
  }

  /** Room time by the last message of the room and this PC's monotonic clock; null before the first. */
  roomNow(): number | null {
    return this.#offset === null
      ? null
      : Math.round(this.#offset.roomNow + performance.now() - this.#offset.at);
  }

  get connected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
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
    const url = new URL('/seat', this.#options.address.url);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    this.#connectingSince = performance.now();
    const socket = new WebSocket(url, SEAT_SUBPROTOCOL, {
      ...sharedTls(this.#options.address),
      perMessageDeflate: false,
      handshakeTimeout: 10_000,
    });
    this.#socket = socket;
    socket.on('open', () => this.#greet(socket));
    socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString('utf8')) as RoomMessage));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#lost());
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
    this.#socket?.terminate();
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
    this.#socket?.close();
    for (const { resolve } of this.#outstanding.values()) resolve({ ok: false, code: 'stopped' });
    this.#outstanding.clear();
    for (const waiter of [...this.#waiters]) waiter.settle(null);
  }

  #greet(socket: WebSocket): void {
    const roomNow = this.roomNow();
    socket.send(
      JSON.stringify({
        t: 'hello',
        v: SEAT_PROTOCOL_VERSION,
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
    if ('now' in message) this.#offset = { roomNow: message.now, at: performance.now() };
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
    this.#options.onAck?.(outstanding.body);
    outstanding.resolve({
      ok: true,
      tookMs: performance.now() - outstanding.sentAt,
      resent: outstanding.resent,
    });
  }

  #sendBeat(): void {
    if (!this.connected) return;
    let oldest = performance.now();
    for (const { sentAt } of this.#outstanding.values()) oldest = Math.min(oldest, sentAt);
    const oldestUnsentMs = this.unsent === 0 ? 0 : Math.round(performance.now() - oldest);
    this.#send({ t: 'beat', sent: performance.now(), unsent: this.unsent, oldestUnsentMs });
  }

  #send(message: object): void {
    if (this.connected) this.#socket?.send(JSON.stringify(message));
  }

  #lost(): void {
    this.emit('close');
    for (const outstanding of this.#outstanding.values()) outstanding.resent = true;
    if (this.#stopped || this.#unplugged) return;
    const delayMs = this.#options.reconnectDelayMs?.() ?? 200 + Math.floor(Math.random() * 800);
    this.#comeBack = setTimeout(() => this.start(), delayMs);
  }
}
