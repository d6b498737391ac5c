// The WebSocket gateway of candidate PCs (kaochang.seat.v1): who is connected, what they ask, who is let go. It decides no
// rule: every request becomes a command, every answer waits for the disk.

import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { PcId, SeatId } from '../core/types.js';
import { takesSimulated } from '../core/views.js';
import { entryOf } from '../core/state-access.js';
import {
  MAX_SEAT_FRAME_BYTES,
  SEAT_PROTOCOL_VERSION,
  SEAT_SUBPROTOCOL,
  type Beat,
  type Hello,
  type SeatRequest,
} from '../protocol/seat.js';
import type { Published } from '../room.js';
import { ClockVotes } from './clock-votes.js';
import { SeatConnection, type Allowance } from './connection.js';
import { ForgottenPcs } from './forgotten-pcs.js';
import { readFrame } from './frames.js';
import type { SeatHost, SeatLimits } from './host.js';
import { pcOfSecret, seatOfPc } from './pc-of-secret.js';
import { PairingCodes, type PendingPairing } from './pairing-codes.js';
import { SeatPushes } from './pushes.js';
import { NewsOfAddress } from './news-of-address.js';
import { commandOf } from './seat-commands.js';
import { SeatSocket, TOO_BIG } from './seat-socket.js';

export interface Presence {
  unsent: number;
  oldestUnsentMs: number;
}

export class SeatGateway {
  readonly #sockets = new WebSocketServer({
    noServer: true,
    WebSocket: SeatSocket,
    maxPayload: MAX_SEAT_FRAME_BYTES,
    perMessageDeflate: false,
    // One message of a PC, then one of each other: who sends a thousand at once waits behind itself.
    allowSynchronousEvents: false,
    handleProtocols: (offered) => (offered.has(SEAT_SUBPROTOCOL) ? SEAT_SUBPROTOCOL : false),
  });
  /** Everybody, those who have not said hello included. */
  readonly #open = new Set<SeatConnection>();
  readonly #byPc = new Map<PcId, SeatConnection>();
  readonly #bySeat = new Map<SeatId, SeatConnection>();
  /** What PCs that were here may still send, the one that came last at the end. */
  readonly #allowances = new Map<PcId, Allowance>();
  /** PCs that flooded, and until when they are not heard, monotonic milliseconds. */
  readonly #resting = new Map<PcId, number>();
  readonly #codes = new PairingCodes();
  readonly #votes = new ClockVotes();
  readonly #simulated = new NewsOfAddress();
  readonly #forgotten = new ForgottenPcs();
  readonly #pushes: SeatPushes;
  readonly #presenceListeners = new Set<(seatId: SeatId | null) => void>();
  readonly #sweep: NodeJS.Timeout;
  readonly #unsubscribe: () => void;
  #stopped = false;

  constructor(
    private readonly host: SeatHost,
    private readonly limits: SeatLimits,
  ) {
    this.#pushes = new SeatPushes(host, {
      all: () => this.#byPc.values(),
      atSeat: (seatId) => this.#bySeat.get(seatId),
      pairingCode: (connection) => this.#codeFor(connection),
    });
    this.#unsubscribe = host.room.subscribe((published) => this.#take(published));
    const everyMs = Math.max(50, Math.min(limits.silentTimeoutMs, limits.helloTimeoutMs) / 4);
    this.#sweep = setInterval(() => this.#dropSilent(), everyMs);
  }

  /** Takes the upgrade of an HTTP connection on /seat. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = this.#objection(request);
    if (refusal !== null) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (ws) => this.#welcome(ws, addressOf(request)));
  }

  /** PCs that show a pairing code, the longest waiting first. */
  pendingPairings(): PendingPairing[] {
    return this.#codes.pending();
  }

  pcOfPairingCode(pairingCode: string): PcId | null {
    return this.#codes.pcOf(pairingCode);
  }

  /** What a connected PC said that it has not delivered; null while nobody is connected there. */
  presence(seatId: SeatId): Presence | null {
    const presence = this.#bySeat.get(seatId)?.presence;
    if (presence === null || presence === undefined) return null;
    const { unsent, oldestUnsentMs, atMs } = presence;
    return {
      unsent,
      oldestUnsentMs: unsent === 0 ? 0 : oldestUnsentMs + Math.round(performance.now() - atMs),
    };
  }

  /** How far each PC that belongs to a seat is, and where it comes from; asks every connected one anew. */
  trips(): { seatId: SeatId; roundTripMs: number | null; address: string | null }[] {
    const paired = Object.values(this.host.room.state.seats).filter(({ pcId }) => pcId !== null);
    return paired.map(({ seatId }) => {
      const connection = this.#bySeat.get(seatId);
      return { seatId, roundTripMs: connection?.roundTrip() ?? null, address: connection?.address ?? null };
    });
  }

  /** Seats whose PC has come back without what its browser had kept. */
  forgetful(): SeatId[] {
    return Object.values(this.host.room.state.seats).flatMap(({ seatId, pcId }) =>
      pcId !== null && this.#forgotten.has(pcId) ? [seatId] : [],
    );
  }

  /** Machines at which nobody is expected now: not paired yet, or waiting with no session entered. [SM4] */
  idlePcs(): { pcId: PcId; label: string }[] {
    const { room, seatFacts } = this.host;
    const { state } = room;
    const now = room.now();
    return [...this.#byPc].flatMap(([pcId, connection]) => {
      if (connection.simulated) return [];
      const { seatId } = connection;
      if (seatId === null) return [{ pcId, label: this.#codeFor(connection) }];
      const seat = entryOf(state.seats, seatId);
      if (seat === undefined || seat.simulated === true) return [];
      return seatFacts(state, seatId, now).stage === 'waiting' ? [{ pcId, label: seat.label }] : [];
    });
  }

  /** Asks machines to play candidates of a practice session beside the room, each with its own word; null = to stop. */
  rehearse(words: ReadonlyMap<PcId, string> | null): void {
    const now = this.host.room.now();
    for (const [pcId, connection] of this.#byPc) {
      const word = words?.get(pcId) ?? null;
      if (word !== null || (words === null && !connection.simulated))
        connection.send({ t: 'rehearse', word, now });
    }
  }

  /** Called when the unsent answers of a seat changed, and with null when waiting PCs did. Returns the function that ends it. */
  onPresence(listener: (seatId: SeatId | null) => void): () => void {
    this.#presenceListeners.add(listener);
    return () => this.#presenceListeners.delete(listener);
  }

  get connectedSeats(): number {
    return this.#bySeat.size;
  }

  /** Says good-bye to everybody and lets nobody in any more. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#sweep);
    this.#unsubscribe();
    for (const connection of [...this.#open]) {
      connection.bye('stopping', true);
      this.#left(connection);
    }
    this.#sockets.close();
  }

  #objection({ headers }: IncomingMessage): string | null {
    if (this.#stopped) return '503 Service Unavailable';
    if (this.#open.size >= this.limits.maxConnections) return '503 Service Unavailable';
    const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    if (!offered.includes(SEAT_SUBPROTOCOL)) return '400 Bad Request';
    if (headers.origin !== undefined && hostOf(headers.origin) !== headers.host) return '403 Forbidden';
    return null;
  }

  #welcome(ws: SeatSocket, address: string): void {
    const connection = new SeatConnection(ws, address, this.limits, () => this.host.room.now());
    this.#open.add(connection);
    ws.onTooBig = () => connection.bye('bad-message', false, 'too-large', TOO_BIG);
    ws.on('message', (data: Buffer, isBinary) => this.#hear(connection, data, isBinary));
    ws.on('error', (error) => this.host.log.debug({ err: error, address }, 'A seat connection broke'));
    ws.on('close', () => this.#left(connection));
  }

  /** The one handler for whatever a PC sends: what is wrong costs this connection and nothing else. */
  #hear(connection: SeatConnection, data: Buffer, isBinary: boolean): void {
    if (!connection.isOpen) return;
    if (!connection.heard(data.length)) return this.#stopFlood(connection);
    connection.inTurn(() => this.#read(connection, data, isBinary));
  }

  #read(connection: SeatConnection, data: Buffer, isBinary: boolean): void {
    if (!connection.isOpen) return;
    const frame = readFrame(data, isBinary);
    if (!frame.ok) {
      if (frame.fault === 'version') return connection.bye('version', false);
      return connection.bye('bad-message', false, frame.fault);
    }
    const { message } = frame;
    try {
      if (message.t === 'hello') {
        if (connection.pcId !== null) return connection.bye('bad-message', false, 'second-hello');
        return this.#meet(connection, message);
      }
      if (connection.pcId === null) return connection.bye('bad-message', false, 'hello-first');
      if (message.t === 'beat') return this.#beat(connection, message);
      this.#ask(connection, message);
    } catch (error) {
      // The PC keeps what it could not deliver and comes back; to answer would be to guess.
      this.host.log.error({ err: error, type: message.t }, 'A seat message could not be handled');
      connection.bye('stopping', true);
    }
  }

  #meet(connection: SeatConnection, { pcSecret, roomNow, simulated }: Hello): void {
    const pcId = pcOfSecret(pcSecret);
    const { room, version, wallTime } = this.host;
    // It keeps what it could not deliver, and is heard again after a rest: no seat is taken and given up meanwhile.
    if ((this.#resting.get(pcId) ?? 0) > performance.now()) return connection.bye('flood', true);
    const seatId = this.#seatOf(pcId);
    connection.simulated = simulated === true;
    if (connection.simulated && !this.#mayRehearse(seatId)) return this.#sendAway(connection);
    const before = this.#byPc.get(pcId);
    connection.pcId = pcId;
    this.#goOn(connection, pcId);
    this.#byPc.set(pcId, connection);
    if (seatId !== null) this.#seat(connection, seatId);
    else this.#forgotten.met(connection.address, pcId, (known) => this.#byPc.has(known));
    before?.bye('replaced', false);
    connection.send({
      ...{ t: 'welcome', v: SEAT_PROTOCOL_VERSION, server: version, now: room.now() },
      ...(this.host.probes === undefined ? {} : { probes: this.host.probes }),
    });
    if (seatId !== null && !room.state.clock.trusted) {
      const votes = this.#votes.take(pcId, roomNow, wallTime(), room.now());
      if (votes !== null) room.handle({ type: 'compare-clock', ...votes, by: { kind: 'room' } });
    }
    this.#pushes.refresh(connection);
    this.#changedPresence(null);
  }

  /** At a seat that was given to a machine nobody is simulated. [SM1] */
  #mayRehearse(seatId: SeatId | null): boolean {
    const { state } = this.host.room;
    return takesSimulated(state) && (seatId === null || entryOf(state.seats, seatId)?.simulated === true);
  }

  /** Says why; the journal hears of it once in a while for each address, however often it comes. [SM3] */
  #sendAway(connection: SeatConnection): void {
    const { room } = this.host;
    const handled = this.#simulated.isNews(connection.address, performance.now())
      ? room.handle({
          ...{ type: 'record-simulated-refused', address: connection.address },
          by: { kind: 'room' },
        })
      : null;
    (handled === null ? room.settled() : room.whenDurable(handled.seq)).then(
      () => connection.bye('simulated', false),
      () => connection.terminate(),
    );
  }

  #stopFlood(connection: SeatConnection): void {
    const { pcId } = connection;
    connection.bye('flood', true);
    if (pcId === null) return;
    const nowMs = performance.now();
    for (const [resting, untilMs] of this.#resting) if (untilMs <= nowMs) this.#resting.delete(resting);
    this.#resting.set(pcId, nowMs + this.limits.floodRestMs);
  }

  /** A PC that comes back goes on with what it had left to send. */
  #goOn(connection: SeatConnection, pcId: PcId): void {
    const allowance = this.#allowances.get(pcId) ?? connection.allowance;
    connection.goOnWith(allowance);
    this.#allowances.delete(pcId);
    this.#allowances.set(pcId, allowance);
    const oldest = this.#allowances.keys().next();
    if (this.#allowances.size > 2 * this.limits.maxConnections && !oldest.done)
      this.#allowances.delete(oldest.value);
  }

  #seat(connection: SeatConnection, seatId: SeatId): void {
    const { pcId } = connection;
    if (pcId === null) return;
    this.#codes.forget(pcId);
    connection.seatId = seatId;
    this.#forgotten.seated(connection.address, pcId);
    this.#bySeat.set(seatId, connection);
    this.host.room.handle({ type: 'connect-seat', seatId, pcId, by: { kind: 'room' } });
  }

  #beat(connection: SeatConnection, { sent, unsent, oldestUnsentMs }: Beat): void {
    const before = connection.presence;
    connection.presence = { unsent, oldestUnsentMs, atMs: performance.now() };
    connection.send({ t: 'beat', sent, now: this.host.room.now() });
    // How long something has been unsent grows from beat to beat.
    if (before?.unsent !== unsent || unsent > 0) this.#changedPresence(connection.seatId);
  }

  #ask(connection: SeatConnection, request: SeatRequest): void {
    const { room } = this.host;
    const { seatId, pcId } = connection;
    connection.begin();
    const command =
      seatId === null || pcId === null
        ? null
        : commandOf(request, { kind: 'seat', seatId, pcId }, room.state.currentSession);
    const handled = command === null ? null : room.handle(command);
    const refusal =
      handled === null
        ? { code: seatId === null ? ('seat-not-paired' as const) : ('wrong-phase' as const) }
        : handled.refusal;
    const durable = handled === null ? room.settled() : room.whenDurable(handled.seq);
    durable.then(
      () => (refusal === null ? connection.acknowledge(request.id) : connection.refuse(request.id, refusal)),
      // The disk failed: no answer is the truth, and the process stops.
      () => connection.terminate(),
    );
  }

  #take(published: readonly Published[]): void {
    if (
      published.some(
        ({ event: { type } }) =>
          type === 'seat-paired' ||
          type === 'seat-unpaired' ||
          type === 'package-installed' ||
          type === 'package-removed',
      )
    )
      this.#reconcile();
    if (published.some(({ event: { type } }) => type === 'package-installed'))
      for (const connection of [...this.#byPc.values()])
        if (connection.simulated && !this.#mayRehearse(connection.seatId)) connection.bye('simulated', false);
    this.#pushes.take(published);
  }

  /** Pairings changed: who sits where is looked up again. */
  #reconcile(): void {
    const seatOf = new Map<PcId, SeatId>();
    for (const { pcId, seatId } of Object.values(this.host.room.state.seats))
      if (pcId !== null) seatOf.set(pcId, seatId);
    for (const [pcId, connection] of this.#byPc) {
      const seatId = seatOf.get(pcId) ?? null;
      if (seatId === connection.seatId) continue;
      if (connection.seatId !== null && this.#bySeat.get(connection.seatId) === connection)
        this.#bySeat.delete(connection.seatId);
      connection.seatId = null;
      connection.paperFor = null;
      if (seatId !== null) this.#seat(connection, seatId);
      this.#pushes.refresh(connection);
    }
    this.#changedPresence(null);
  }

  #left(connection: SeatConnection): void {
    if (!this.#open.delete(connection)) return;
    const { pcId, seatId } = connection;
    if (pcId === null || this.#byPc.get(pcId) !== connection) return;
    this.#byPc.delete(pcId);
    this.#codes.forget(pcId);
    if (seatId !== null && this.#bySeat.get(seatId) === connection) {
      this.#bySeat.delete(seatId);
      try {
        this.host.room.handle({ type: 'disconnect-seat', seatId, pcId, by: { kind: 'room' } });
      } catch (error) {
        this.host.log.warn({ err: error, seatId }, 'A disconnection could not be recorded');
      }
    }
    this.#changedPresence(null);
  }

  #dropSilent(): void {
    const nowMs = performance.now();
    for (const connection of [...this.#open]) {
      if (connection.pcId === null) {
        if (nowMs - connection.connectedAtMs > this.limits.helloTimeoutMs)
          connection.bye('bad-message', false, 'no-hello');
      } else if (nowMs - connection.lastHeardMs > this.limits.silentTimeoutMs) connection.terminate();
    }
  }

  #seatOf(pcId: PcId): SeatId | null {
    return seatOfPc(this.host.room.state, pcId);
  }

  #codeFor(connection: SeatConnection): string {
    const { pcId, address, simulated } = connection;
    return this.#codes.codeFor(pcId ?? '', address, this.host.room.now(), simulated);
  }

  #changedPresence(seatId: SeatId | null): void {
    for (const listener of this.#presenceListeners) listener(seatId);
  }
}

function addressOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
}
