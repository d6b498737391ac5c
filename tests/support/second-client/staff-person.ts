// A member of staff with a program of another maker: signs in over Socket.IO, gives commands and keeps the picture of the room, by
// staff.asyncapi.yaml alone.

import { EventEmitter, once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import type { RoomPlace } from './room-http.js';
import { WireRules } from './wire-rules.js';

type Fields = { [name: string]: unknown };
export interface Picture extends Fields {
  session:
    | ({
        phase: string;
        startsAt: number;
        lagging: string[];
        bundle: { files: { name: string; url: string }[] } | null;
      } & Fields)
    | null;
  seats: ({ seatId: string } & Fields)[];
  todo: ({ kind: string } & Fields)[];
  feed: Fields[];
}
export type Outcome = { ok: true } | { ok: false; code: string };

export class StaffPerson extends EventEmitter {
  picture: Picture | null = null;
  fault: Error | null = null;
  #token = '';
  readonly #rules: WireRules;
  readonly #socket: Socket;

  constructor(
    place: RoomPlace,
    document: string,
    readonly staffId: string,
  ) {
    super();
    this.setMaxListeners(0);
    this.#rules = new WireRules(document);
    const { url, ca, serverName } = place;
    const tls = { ca, servername: serverName };
    this.#socket = io(url, { path: '/staff-socket', transports: ['websocket'], ...tls });
    this.#socket.on('staff', (view: unknown) => this.#guard(() => this.#rules.heard('SignInView', view)));
    this.#socket.on('change', (change: Fields) => this.#guard(() => this.#merge(change)));
  }

  /** @throws Error with the refusal's code */
  async signIn(pin: string): Promise<void> {
    const request = { staffId: this.staffId, pin };
    this.#rules.sent('SignIn', request);
    const reply = (await this.#socket.timeout(60_000).emitWithAck('sign-in', request)) as Fields;
    this.#rules.heard('sign-in.reply', reply);
    if (reply['ok'] !== true) throw new Error(`${this.staffId}: ${String(reply['code'])}`);
    this.picture = reply['view'] as Picture;
    this.#token = String(reply['token']);
  }

  /** Comes back by the token, without the PIN. */
  async resume(): Promise<Outcome> {
    const request = { token: this.#token };
    this.#rules.sent('resume.payload', request);
    const reply = (await this.#socket.timeout(60_000).emitWithAck('resume', request)) as Fields & Outcome;
    this.#rules.heard('resume.reply', reply);
    if (!reply.ok) return reply;
    this.picture = reply['view'] as Picture;
    return { ok: true };
  }

  async signOut(): Promise<void> {
    const reply = (await this.#socket.timeout(60_000).emitWithAck('sign-out')) as Fields;
    this.#rules.heard('sign-out.reply', reply);
  }

  /** Has the idle machines asked to play candidates, and asks them to stop again. @throws Error with the refusal's code */
  async rehearse(meanwhile: () => Promise<unknown>): Promise<void> {
    const request = { seats: 3, minutes: 0.1 };
    this.#rules.sent('begin-rehearsal.payload', request);
    const begun = (await this.#socket.timeout(60_000).emitWithAck('begin-rehearsal', request)) as Outcome;
    this.#rules.heard('begin-rehearsal.reply', begun);
    if (!begun.ok) throw new Error(`begin-rehearsal by ${this.staffId}: ${begun.code}`);
    await meanwhile();
    const ended = (await this.#socket.timeout(60_000).emitWithAck('end-rehearsal')) as Outcome;
    this.#rules.heard('end-rehearsal.reply', ended);
    if (!ended.ok) throw new Error(`end-rehearsal by ${this.staffId}: ${ended.code}`);
  }

  /** Gives a command. */
  async give(type: string, fields: Fields): Promise<Outcome> {
    const request = { type, ...fields };
    this.#rules.sent(`command.${type}`, request);
    const reply = (await this.#socket.timeout(60_000).emitWithAck('command', request)) as Outcome;
    this.#rules.heard('command.reply', reply);
    return reply;
  }

  /** Gives a command that has to be carried out; again while it is refused with one of `early`. @throws Error with the code */
  async act(type: string, fields: Fields, early: readonly string[] = []): Promise<void> {
    for (;;) {
      const outcome = await this.give(type, fields);
      if (outcome.ok) return;
      if (!early.includes(outcome.code)) throw new Error(`${type} by ${this.staffId}: ${outcome.code}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Waits until the picture is as wanted. @throws Error after `withinMs` */
  async until(wanted: (picture: Picture) => boolean, what: string, withinMs = 60_000): Promise<Picture> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      if (this.fault !== null) throw this.fault;
      if (this.picture !== null && wanted(this.picture)) return this.picture;
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new Error(`${this.staffId} never saw ${what}`);
      await once(this, 'picture', { signal: AbortSignal.timeout(Math.ceil(leftMs)) }).catch(() => undefined);
    }
  }

  stop(): void {
    this.#socket.close();
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fault ??= error as Error;
    }
    this.emit('picture');
  }

  /** A field in a change replaces the old one; seats row by row; what is new in the feed goes in front. */
  #merge(change: Fields): void {
    this.#rules.heard('RoomChange', change);
    if (this.picture === null) return;
    const { seats = [], feed = [], ...rest } = change as Partial<Picture>;
    const rows = new Map(this.picture.seats.map((row) => [row.seatId, row]));
    for (const row of seats) rows.set(row.seatId, row);
    this.picture = {
      ...this.picture,
      ...rest,
      seats: [...rows.values()],
      feed: [...feed, ...this.picture.feed],
    };
  }
}
