// A candidate's PC without a browser: speaks kaochang.seat.v1 over a real socket, keeps what is not acknowledged, comes
// back by itself and sends it again. It shares no code with the kiosk, so that each shows up the other's mistakes.

import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
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
import { tlsOptions, type RoomAddress } from './room-address.js';

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
}

/** Emits 'state' (SeatState), 'paper' (PaperMessage), 'message' (RoomMessage), 'open' and 'close'. */
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
    const socket = new WebSocket(url, SEAT_SUBPROTOCOL, {
      ...tlsOptions(this.#options.address),
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
    return new Promise((resolve) => {
      const id = this.#nextId++;
      this.#outstanding.set(id, { body, sentAt: performance.now(), resent: !this.connected, resolve });
      if (this.connected) this.#send({ ...body, id });
    });
  }

  /** Resolves with the first state (the present one included) for which `wanted` holds. @throws Error after `timeoutMs` */
  async until(wanted: (state: SeatState) => boolean, timeoutMs: number): Promise<SeatState> {
    const deadline = performance.now() + timeoutMs;
    while (this.state === null || !wanted(this.state)) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0)
        throw new Error(`The seat stayed "${this.state?.stage ?? 'unconnected'}" for ${timeoutMs} ms`);
      await once(this, 'state', { signal: AbortSignal.timeout(Math.ceil(leftMs)) }).catch(() => undefined);
    }
    return this.state;
  }

  /** Resolves with the paper. @throws Error after `timeoutMs` */
  async untilPaper(timeoutMs: number): Promise<PaperMessage> {
    if (this.paper === null)
      await once(this, 'paper', { signal: AbortSignal.timeout(timeoutMs) }).catch(() => {
        throw new Error(
          `No paper came within ${timeoutMs} ms; the seat is "${this.state?.stage ?? 'unconnected'}"`,
        );
      });
    if (this.paper === null) throw new Error('No paper came');
    return this.paper;
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
        break;
      case 'paper':
        this.paper = message;
        this.paperAt = performance.now();
        this.emit('paper', message);
        break;
      case 'ack':
        for (const id of message.ids) this.#settle(id, null);
        break;
      case 'refused':
        this.#settle(message.id, message.code);
        break;
      default:
        break;
    }
    this.emit('message', message);
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
