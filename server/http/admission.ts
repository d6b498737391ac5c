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
  /** While the loop has nothing better to do, as after a restart before anybody is back. */
  handshakesPerSecondIdle: number;
  /** Of one address for long; `maxOpeningPerAddress` at once. */
  handshakesPerSecondPerAddress: number;
  handshakeTimeoutMs: number;
}

interface Address {
  open: number;
  opening: number;
  /** Handshakes that it may begin at once. */
  tokens: number;
  filledAtMs: number;
  /** Waiting for their turn, the longest waiting first. */
  queue: { socket: Socket; pass: () => void; atMs: number }[];
}

/** So many handshakes begin in one go: each takes a millisecond in which nobody's save is looked at. */
const BURST = 2;
const IDLE_BURST = 6;
const TURN_MS = 5;
/** As long as the loop is busy for less than this share, nobody's save waits behind a handshake. */
const IDLE_BELOW = 0.6;
/** How long who is turned away is not told; so many at once. */
const HELD_MS = 1_000;
const MAX_HELD = 2_000;
/** They are told a few at a time: a thousand resets in one go would hold up every save for ten milliseconds. */
const RESET_EVERY_MS = 5;
const RESETS_IN_ONE_GO = 16;
/** Addresses without a connection of which something is still known. */
const MAX_REMEMBERED = 10_000;

export class Admission {
  readonly #addresses = new Map<string, Address>();
  /** Addresses whose connections wait, by turns. */
  readonly #turns = new Set<string>();
  /** Sockets whose handshake is not finished, by their own ends. */
  readonly #opening = new Map<string, () => void>();
  /** Turned away and not told yet, and when; the longest held first. */
  readonly #held = new Map<Socket, number>();
  #letGo: NodeJS.Timeout | null = null;
  #total = 0;
  #tokens = BURST;
  #filledAtMs: number;
  #timer: NodeJS.Timeout | null = null;
  /** How many were turned away since the start, by reason. */
  readonly refused = { total: 0, address: 0, opening: 0, waited: 0 };

  /**
   * @param nowMs a clock that never goes back
   * @param loopShare which share of the last moments the event loop was busy, 0 to 1
   */
  constructor(
    private readonly limits: AdmissionLimits,
    private readonly nowMs: () => number = () => performance.now(),
    private readonly loopShare: () => number = () => 1,
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
    const address = this.#addresses.get(name) ?? this.#newcomer();
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
      this.#forget(name, address);
    });
    if (this.#turns.size === 0 && this.#mayBegin(address)) return pass();
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

  /** Lets go of everybody who waits. */
  close(): void {
    this.stop();
    if (this.#letGo !== null) clearInterval(this.#letGo);
    for (const socket of [...this.#held.keys()]) socket.destroy();
  }

  #newcomer(): Address {
    const tokens = this.limits.maxOpeningPerAddress;
    return { open: 0, opening: 0, tokens, filledAtMs: this.nowMs(), queue: [] };
  }

  /** An address that has used its allowance is remembered until that is full again: who comes anew has one. */
  #forget(name: string, address: Address): void {
    if (address.open > 0) return;
    this.#refill(address);
    if (address.tokens >= this.limits.maxOpeningPerAddress) this.#addresses.delete(name);
    else if (this.#addresses.size > MAX_REMEMBERED) this.#forgetOldest();
  }

  #forgetOldest(): void {
    for (const [name, { open }] of this.#addresses)
      if (open === 0) {
        this.#addresses.delete(name);
        return;
      }
  }

  #serve(): void {
    const now = this.nowMs();
    for (const name of [...this.#turns]) {
      const address = this.#addresses.get(name);
      const queue = address?.queue ?? [];
      while (queue[0] !== undefined && this.#isOver(queue[0], now)) queue.shift();
      if (address === undefined || queue.length === 0) {
        this.#turns.delete(name);
        continue;
      }
      if (!this.#mayBegin(address)) continue;
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

  #mayBegin(address: Address): boolean {
    this.#refill(address);
    if (address.tokens < 1 || !this.#hasToken()) return false;
    address.tokens -= 1;
    return true;
  }

  #refill(address: Address): void {
    const now = this.nowMs();
    const { maxOpeningPerAddress, handshakesPerSecondPerAddress } = this.limits;
    const gained = ((now - address.filledAtMs) * handshakesPerSecondPerAddress) / 1_000;
    address.tokens = Math.min(maxOpeningPerAddress, address.tokens + gained);
    address.filledAtMs = now;
  }

  #hasToken(): boolean {
    const now = this.nowMs();
    const { handshakesPerSecond, handshakesPerSecondIdle } = this.limits;
    const isIdle = this.loopShare() < IDLE_BELOW;
    const gained =
      ((now - this.#filledAtMs) * (isIdle ? handshakesPerSecondIdle : handshakesPerSecond)) / 1_000;
    this.#filledAtMs = now;
    this.#tokens = Math.min(isIdle ? IDLE_BURST : BURST, this.#tokens + gained);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Resets who was held long enough. A reset leaves nothing waiting in the kernel. */
  #resetHeld(): void {
    const now = this.nowMs();
    let resets = 0;
    for (const [socket, sinceMs] of this.#held) {
      if (now - sinceMs < HELD_MS || resets === RESETS_IN_ONE_GO) return;
      resets += 1;
      this.#held.delete(socket);
      socket.resetAndDestroy();
    }
    if (this.#letGo !== null) clearInterval(this.#letGo);
    this.#letGo = null;
  }

  #turnAway(socket: Socket, why: keyof Admission['refused']): void {
    this.refused[why] += 1;
    socket.on('error', () => undefined);
    // Who is turned away at once is back at once: a while without an answer costs the room less than the next refusal.
    if (this.#held.size >= MAX_HELD) return void socket.resetAndDestroy();
    socket.pause();
    this.#held.set(socket, this.nowMs());
    socket.once('close', () => this.#held.delete(socket));
    this.#letGo ??= setInterval(() => this.#resetHeld(), RESET_EVERY_MS);
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
