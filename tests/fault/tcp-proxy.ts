// The line between one PC and the room, in the hand of a test: a TCP proxy that can be cut, held one way or both, and made
// slow and lossy. It passes bytes on and reads none of them.

import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { LineFault } from './schedule.js';

type Way = 'up' | 'down';

/** What TCP makes of a lost segment: it comes again after a while, twice as long each time. */
const RETRANSMIT_MS = 200;
/** So much may wait in one direction before the sender is read no further. */
const MOST_WAITING_BYTES = 1_000_000;

export class TcpProxy {
  readonly #pairs = new Set<Pair>();
  #fault: LineFault | null = null;

  private constructor(
    private readonly server: Server,
    readonly port: number,
    private readonly random: () => number,
  ) {}

  /** Listens on a port of its own on loopback and leads to another one. @param random in [0, 1) */
  static async listen(to: number, random: () => number): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new TcpProxy(server, (server.address() as AddressInfo).port, random);
    server.on('connection', (near) => proxy.#join(near, to));
    return proxy;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** From now on the line is like this; what is on its way is, too. */
  strike(fault: LineFault): void {
    this.#fault = fault;
    for (const pair of this.#pairs) {
      if (fault.how === 'cut') pair.destroy();
      else pair.goOn();
    }
  }

  /** The line is sound again. Held bytes are delivered or lost with their connection, as the fault says. */
  heal(): void {
    const fault = this.#fault;
    this.#fault = null;
    for (const pair of this.#pairs) {
      if (fault?.how === 'held' && fault.then === 'reset') pair.destroy();
      else pair.goOn();
    }
  }

  close(): void {
    for (const pair of this.#pairs) pair.destroy();
    this.server.close();
  }

  /** Null while bytes of this way are held, else by how much the next piece is late, ms. */
  #lateness(way: Way): number | null {
    const fault = this.#fault;
    if (fault === null || fault.how === 'cut') return 0;
    if (fault.how === 'held') return fault.ways === way || fault.ways === 'both' ? null : 0;
    let lateMs = fault.delayMs + this.random() * fault.jitterMs;
    for (let againMs = RETRANSMIT_MS; this.random() < fault.lossShare && againMs < 2_000; againMs *= 2)
      lateMs += againMs;
    return lateMs;
  }

  #join(near: Socket, to: number): void {
    if (this.#fault?.how === 'cut') return void near.destroy();
    const far = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true });
    const pair = new Pair(near, far, (way) => this.#lateness(way));
    this.#pairs.add(pair);
    near.setNoDelay(true);
    far.setNoDelay(true);
    for (const socket of [near, far]) socket.on('close', () => pair.isOver && this.#pairs.delete(pair));
  }
}

/** One connection through the proxy: two directions, each in order. */
class Pair {
  readonly #up: Direction;
  readonly #down: Direction;

  constructor(
    private readonly near: Socket,
    private readonly far: Socket,
    lateness: (way: Way) => number | null,
  ) {
    this.#up = new Direction(near, far, () => lateness('up'));
    this.#down = new Direction(far, near, () => lateness('down'));
  }

  get isOver(): boolean {
    return this.near.destroyed && this.far.destroyed;
  }

  goOn(): void {
    this.#up.goOn();
    this.#down.goOn();
  }

  destroy(): void {
    this.near.destroy();
    this.far.destroy();
  }
}

class Direction {
  readonly #waiting: { piece: Buffer | 'end' | 'broken'; dueAt: number }[] = [];
  #waitingBytes = 0;
  #lastDueAt = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly latenessMs: () => number | null,
  ) {
    from.on('data', (piece: Buffer) => this.#take(piece));
    from.on('end', () => this.#take('end'));
    from.on('error', () => undefined);
    // Whoever is told of the end is told over the same line, in its order.
    from.on('close', (hadError) => this.#take(hadError || !from.readableEnded ? 'broken' : 'end'));
  }

  /** The line has changed: what was held may go. */
  goOn(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#send();
  }

  #take(piece: Buffer | 'end' | 'broken'): void {
    const lateMs = this.latenessMs() ?? 0;
    this.#lastDueAt = Math.max(this.#lastDueAt, performance.now() + lateMs);
    this.#waiting.push({ piece, dueAt: this.#lastDueAt });
    if (typeof piece !== 'string') this.#waitingBytes += piece.length;
    if (this.#waitingBytes > MOST_WAITING_BYTES) this.from.pause();
    this.#send();
  }

  #send(): void {
    if (this.#timer !== null) return;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.latenessMs() === null) return;
      const leftMs = next.dueAt - performance.now();
      if (leftMs > 0) {
        this.#timer = setTimeout(() => this.goOn(), Math.ceil(leftMs));
        return;
      }
      this.#waiting.shift();
      if (next.piece === 'end') this.to.end();
      else if (next.piece === 'broken') this.to.destroy();
      else {
        this.#waitingBytes -= next.piece.length;
        this.to.write(next.piece);
      }
    }
    if (this.from.isPaused()) this.from.resume();
  }
}
