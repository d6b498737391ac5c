// One socket of a candidate's PC: what it may send and how fast, what waits for the disk, what goes out. It knows neither
// rules nor state.

import { performance } from 'node:perf_hooks';
import { WebSocket } from 'ws';
import type { Refusal } from '../core/refusals.js';
import type { PcId, SeatId } from '../core/types.js';
import type { RoomMessage } from '../protocol/seat.js';
import type { SeatLimits } from './host.js';
import { TokenBucket } from './token-bucket.js';

export type Bye = Extract<RoomMessage, { t: 'bye' }>['code'];

/** WebSocket close codes: policy violation, try again later, normal. */
const CLOSE_CODES: Record<Bye, number> = {
  version: 1008,
  'bad-message': 1008,
  flood: 1008,
  replaced: 1000,
  stopping: 1012,
  simulated: 1008,
};
const CLOSING_PATIENCE_MS = 2_000;
/** Long enough for the word of parting to arrive. */
const FLOOD_PATIENCE_MS = 250;

/** What one PC may still send. */
export interface Allowance {
  messages: TokenBucket;
  bytes: TokenBucket;
}

function freshAllowance(limits: SeatLimits, nowMs: number): Allowance {
  const { messagesPerSecond, messageBurst, bytesPerSecond, byteBurst } = limits;
  return {
    messages: new TokenBucket(messagesPerSecond, messageBurst, nowMs),
    bytes: new TokenBucket(bytesPerSecond, byteBurst, nowMs),
  };
}

export class SeatConnection {
  /** Known after hello. */
  pcId: PcId | null = null;
  /** Known while the PC is paired. */
  seatId: SeatId | null = null;
  /** A rehearsal's, by its hello. */
  simulated = false;
  readonly connectedAtMs = performance.now();
  lastHeardMs = this.connectedAtMs;
  presence: { unsent: number; oldestUnsentMs: number; atMs: number } | null = null;
  /** What the page was shown last, without the instant; equal text is not sent again. */
  shown: string | null = null;
  /** For which candidate and lease the paper was sent on this connection. */
  paperFor: string | null = null;
  #allowance: Allowance;
  #outstanding = 0;
  #acknowledged: number[] = [];
  /** Came while enough of this PC's was on its way to the disk. */
  readonly #held: (() => void)[] = [];
  #goesOn = false;
  #over = false;
  /** When the question was sent whose answer is the round trip; null while none is on its way. */
  #pingedAtMs: number | null = null;
  #roundTripMs: number | null = null;

  constructor(
    private readonly socket: WebSocket,
    readonly address: string,
    private readonly limits: SeatLimits,
    private readonly roomNow: () => number,
  ) {
    this.#allowance = freshAllowance(limits, this.connectedAtMs);
    socket.on('pong', () => {
      if (this.#pingedAtMs !== null) this.#roundTripMs = performance.now() - this.#pingedAtMs;
      this.#pingedAtMs = null;
    });
  }

  /** The last round trip, or how long the one that is on its way has taken already; asks anew. Milliseconds, null before the first. */
  roundTrip(): number | null {
    if (this.#pingedAtMs !== null)
      return Math.max(this.#roundTripMs ?? 0, performance.now() - this.#pingedAtMs);
    if (this.isOpen) {
      this.#pingedAtMs = performance.now();
      this.socket.ping(ignoreSendError);
    }
    return this.#roundTripMs;
  }

  get isOpen(): boolean {
    return !this.#over && this.socket.readyState === WebSocket.OPEN;
  }

  /** Notes that a frame came; false when the PC sends more than it may. */
  heard(bytes: number): boolean {
    this.lastHeardMs = performance.now();
    const { messages, bytes: byteBucket } = this.#allowance;
    return messages.take(this.lastHeardMs) && byteBucket.take(this.lastHeardMs, bytes);
  }

  get allowance(): Allowance {
    return this.#allowance;
  }

  /** The PC has been here before: what it sent then counts, a new connection is no new allowance. */
  goOnWith(allowance: Allowance): void {
    this.#allowance = allowance;
  }

  /**
   * Acts on a frame now or, while enough of this PC's is on its way to the disk, when some of that is done: in the order in
   * which they came, and one for each turn that everybody else has.
   */
  inTurn(act: () => void): void {
    if (this.#held.length === 0 && !this.#isFull) return act();
    this.#held.push(act);
    this.#goOn();
  }

  /** Counts a request until its answer; above the limit the socket is read no further. */
  begin(): void {
    this.#outstanding += 1;
    if (this.#isFull) this.socket.pause();
  }

  /** The request is on the disk. All that became durable together goes out in one frame. */
  acknowledge(id: number): void {
    this.#settle();
    if (this.#acknowledged.push(id) === 1) setImmediate(() => this.#flush());
  }

  refuse(id: number, { code, params }: Refusal): void {
    this.#settle();
    this.send({ t: 'refused', id, code, ...(params === undefined ? {} : { params }), now: this.roomNow() });
  }

  send(message: RoomMessage): void {
    this.sendText(JSON.stringify(message));
  }

  /** Sends a prepared frame. A PC that does not read is let go: it comes back and is told what is true then. */
  sendText(text: string): void {
    if (!this.isOpen) return;
    if (this.socket.bufferedAmount > this.limits.maxBufferedBytes) return this.terminate();
    this.socket.send(text, ignoreSendError);
  }

  /** Says why, and closes. @param reason detail for the close frame; @param closeCode where it says more than the word */
  bye(code: Bye, retry: boolean, reason: string = code, closeCode = CLOSE_CODES[code]): void {
    if (this.#over) return;
    this.#flush();
    this.send({ t: 'bye', code, retry });
    this.#over = true;
    // What a flood still has on its way is not even read; others may finish what they are saying.
    const isFlood = code === 'flood';
    if (!isFlood) this.socket.resume();
    this.socket.close(closeCode, reason);
    if (isFlood) this.socket.pause();
    const patienceMs = isFlood ? FLOOD_PATIENCE_MS : CLOSING_PATIENCE_MS;
    setTimeout(() => this.socket.terminate(), patienceMs).unref();
  }

  terminate(): void {
    this.#over = true;
    this.socket.terminate();
  }

  get #isFull(): boolean {
    return this.#outstanding >= this.limits.maxOutstanding;
  }

  #settle(): void {
    this.#outstanding -= 1;
    this.#goOn();
  }

  /** What the socket had brought before it was paused is taken first. */
  #goOn(): void {
    if (this.#held.length === 0) {
      if (this.#outstanding <= this.limits.maxOutstanding / 2 && this.socket.isPaused) this.socket.resume();
      return;
    }
    if (this.#goesOn || this.#isFull) return;
    this.#goesOn = true;
    setImmediate(() => {
      this.#goesOn = false;
      this.#held.shift()?.();
      this.#goOn();
    });
  }

  #flush(): void {
    if (this.#acknowledged.length === 0) return;
    const ids = this.#acknowledged;
    this.#acknowledged = [];
    this.send({ t: 'ack', ids, now: this.roomNow() });
  }
}

/** A socket that breaks while sending also closes; that is where it is handled. */
function ignoreSendError(): void {
  return;
}
