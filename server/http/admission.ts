// Who gets a connection, and when: so many for one address, so many at once, and handshakes one after the other, addresses
// by turns. A room of PCs gets in within a second; one address that wants everything waits behind itself.

import type { Socket } from 'node:net';

/** Milliseconds and counts; reasons are in config.ts. */
export interface AdmissionLimits {
  maxConnections: number;
  maxConnectionsPerAddress: number;
  /** Connections of one address on their way to a finished handshake. */
  maxOpeningPerAddress: number;
  handshakesPerSecond: number;
  handshakeTimeoutMs: number;
}

interface Address {
  open: number;
  opening: number;
  /** Waiting for their turn, the longest waiting first. */
  queue: { socket: Socket; pass: () => void; atMs: number }[];
}

/** So many handshakes begin without a wait: a page and its socket, some PCs at a time. */
const BURST = 16;
const TURN_MS = 5;

export class Admission {
  readonly #addresses = new Map<string, Address>();
  /** Addresses whose connections wait, by turns. */
  readonly #turns = new Set<string>();
  /** Sockets whose handshake is not finished, by their own ends. */
  readonly #opening = new Map<string, () => void>();
  #total = 0;
  #tokens = BURST;
  #filledAtMs: number;
  #timer: NodeJS.Timeout | null = null;
  /** How many were turned away since the start, by reason. */
  readonly refused = { total: 0, address: 0, opening: 0, waited: 0 };

  /** @param nowMs a clock that never goes back */
  constructor(
    private readonly limits: AdmissionLimits,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.#filledAtMs = nowMs();
  }

  /** Lets a connection in now, later or never. What comes from this machine itself is never held up. */
  take(socket: Socket, pass: () => void): void {
    const name = addressName(socket.remoteAddress);
    // Gone before anybody looked.
    if (name === null) return void socket.destroy();
    if (name === OWN) return pass();
    const { maxConnections, maxConnectionsPerAddress, maxOpeningPerAddress } = this.limits;
    const address = this.#addresses.get(name) ?? { open: 0, opening: 0, queue: [] };
    if (this.#total >= maxConnections) return this.#turnAway(socket, 'total');
    if (address.open >= maxConnectionsPerAddress) return this.#turnAway(socket, 'address');
    if (address.opening >= maxOpeningPerAddress) return this.#turnAway(socket, 'opening');
    this.#addresses.set(name, address);
    this.#total += 1;
    address.open += 1;
    address.opening += 1;
    const key = endsOf(socket);
    this.#opening.set(key, () => (address.opening -= 1));
    socket.once('close', () => {
      this.opened(key);
      this.#total -= 1;
      address.open -= 1;
      if (address.open === 0) this.#addresses.delete(name);
    });
    if (this.#turns.size === 0 && this.#hasToken()) return pass();
    socket.pause();
    address.queue.push({ socket, pass, atMs: this.nowMs() });
    this.#turns.add(name);
    this.#timer ??= setInterval(() => this.#serve(), TURN_MS);
  }

  /** A handshake is finished. @param key the two ends of the connection: `endsOf` */
  opened(key: string): void {
    this.#opening.get(key)?.();
    this.#opening.delete(key);
  }

  get connections(): number {
    return this.#total;
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #serve(): void {
    const now = this.nowMs();
    for (const name of this.#turns) {
      const address = this.#addresses.get(name);
      const queue = address?.queue ?? [];
      while (queue[0] !== undefined && this.#isOver(queue[0], now)) queue.shift();
      if (queue.length === 0) {
        this.#turns.delete(name);
        continue;
      }
      if (!this.#hasToken()) break;
      queue.shift()?.pass();
      // The end of the line: every other address comes before this one's next.
      this.#turns.delete(name);
      if (queue.length > 0) this.#turns.add(name);
    }
    if (this.#turns.size === 0) this.stop();
  }

  #isOver({ socket, atMs }: Address['queue'][number], now: number): boolean {
    if (socket.destroyed) return true;
    if (now - atMs < this.limits.handshakeTimeoutMs) return false;
    this.#turnAway(socket, 'waited');
    return true;
  }

  #hasToken(): boolean {
    const now = this.nowMs();
    const gained = ((now - this.#filledAtMs) * this.limits.handshakesPerSecond) / 1_000;
    this.#filledAtMs = now;
    this.#tokens = Math.min(BURST, this.#tokens + gained);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  #turnAway(socket: Socket, why: keyof Admission['refused']): void {
    this.refused[why] += 1;
    socket.on('error', () => undefined);
    // A reset leaves nothing waiting in the kernel.
    socket.resetAndDestroy();
  }
}

const OWN = 'own';

/** IPv6 by its first 64 bits: all below them is one machine's to choose. Null for a socket that is gone. */
function addressName(remote: string | undefined): string | null {
  if (remote === undefined) return null;
  const plain = remote.replace(/^::ffff:/, '');
  if (plain === '127.0.0.1' || plain === '::1') return OWN;
  return plain.includes(':') ? prefixOf(plain) : plain;
}

function prefixOf(address: string): string {
  const [head = '', tail = ''] = address.replace(/%.*$/, '').split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0');
  return [...front, ...zeros, ...back].slice(0, 4).join(':');
}

/** Names a connection by its far end: the same for a TLS socket and the one below it. */
export function endsOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
