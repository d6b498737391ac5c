// A member of staff without a browser: signs in over socket.io, keeps the view that the room pushes, gives commands.

import { EventEmitter, once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import type { LineGroup, PreflightDone, PreflightReportView, PreflightRun } from '../protocol/preflight.js';
import type {
  Outcome,
  RoomChange,
  RoomToStaff,
  RoomView,
  StaffRequest,
  StaffToRoom,
} from '../protocol/staff.js';
import { tlsOptions, type RoomAddress } from './room-address.js';

export const STAFF_SOCKET_PATH = '/staff-socket';
/** A command that was on its way when the server died gets no answer any more. */
const ANSWER_WITHIN_MS = 20_000;
/** The bundle waits for the cameras' last pieces first: two segments and ten seconds. */
const BUNDLE_WITHIN_MS = 60_000;

/** Emits 'view' whenever the room pushed something. */
export class SimulatedStaff extends EventEmitter {
  view: RoomView | null = null;
  readonly #socket: Socket<RoomToStaff, StaffToRoom>;
  #token: string | null = null;
  #signedIn = false;

  constructor(
    address: RoomAddress,
    readonly staffId: string,
    private readonly pin: string,
  ) {
    super();
    this.setMaxListeners(0);
    this.#socket = io(address.url, {
      path: STAFF_SOCKET_PATH,
      transports: ['websocket'],
      reconnectionDelay: 200,
      reconnectionDelayMax: 1000,
      ...tlsOptions(address),
    });
    this.#socket.on('change', (change) => this.#merge(change));
    this.#socket.on('disconnect', () => (this.#signedIn = false));
    this.#socket.on('connect', () => {
      // A sign-in that the server's death cut off is given again on the next connection.
      if (this.#token !== null) this.signIn().catch(() => undefined);
    });
  }

  /** @throws Error with the refusal's code */
  async signIn(): Promise<RoomView> {
    const outcome = await this.#ask<{ view: RoomView; token: string }>((done) =>
      this.#socket.emit('sign-in', { staffId: this.staffId, pin: this.pin }, done),
    );
    if (!outcome.ok) throw new Error(`${this.staffId} could not sign in: ${outcome.code}`);
    this.#token = outcome.token;
    this.#signedIn = true;
    this.emit('signed-in');
    this.view = outcome.view;
    this.emit('view', outcome.view);
    return outcome.view;
  }

  /**
   * Gives a command; the outcome comes after it is on the room's disk. Slows down when the room asks for it, and waits a while
   * for a room that is away.
   */
  async command(request: StaffRequest): Promise<Outcome> {
    if (!this.#signedIn && this.#token !== null)
      await once(this, 'signed-in', { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }).catch(() => undefined);
    const withinMs = request.type === 'build-bundle' ? BUNDLE_WITHIN_MS : ANSWER_WITHIN_MS;
    for (;;) {
      const outcome = await this.#ask((done) => this.#socket.emit('command', request, done), withinMs);
      if (outcome.ok || outcome.code !== 'too-fast') return outcome;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Gives a command that has to succeed. @throws Error with the refusal */
  async act(request: StaffRequest): Promise<void> {
    const outcome = await this.command(request);
    if (!outcome.ok)
      throw new Error(
        `${request.type} by ${this.staffId}: ${outcome.code} ${JSON.stringify(outcome.params ?? {})}`,
      );
  }

  /**
   * Checks the room, all of it or some groups of lines, and waits for the report.
   * @param attested lines of which this person says that they are well
   * @throws Error with the refusal, or when no report was recorded in `timeoutMs`
   */
  async checkRoom(
    attested: string[],
    timeoutMs: number,
    groups: LineGroup[] | null = null,
  ): Promise<PreflightReportView> {
    const { report } = await new Promise<PreflightDone>((resolve, reject) => {
      const late = setTimeout(() => fail('no-answer'), timeoutMs);
      const done = (end: PreflightDone) => {
        clearTimeout(late);
        resolve(end);
      };
      const fail = (code: string) => {
        clearTimeout(late);
        this.#socket.off('preflight-done', done);
        reject(new Error(`run-preflight by ${this.staffId}: ${code}`));
      };
      this.#socket.once('preflight-done', done);
      void this.#ask<{ run: PreflightRun }>((answer) =>
        this.#socket.emit('run-preflight', { groups, attested }, answer),
      ).then((outcome) => {
        if (!outcome.ok) fail(outcome.code);
      });
    });
    if (report === null) throw new Error('The report of the check of the room was not recorded');
    return report;
  }

  /** Resolves with the first view (the present one included) for which `wanted` holds. @throws Error after `timeoutMs` */
  async until(wanted: (view: RoomView) => boolean, timeoutMs: number, what: string): Promise<RoomView> {
    const deadline = Date.now() + timeoutMs;
    while (this.view === null || !wanted(this.view)) {
      const leftMs = deadline - Date.now();
      if (leftMs <= 0) throw new Error(`Waited ${timeoutMs} ms in vain: ${what}`);
      await once(this, 'view', { signal: AbortSignal.timeout(leftMs) }).catch(() => undefined);
    }
    return this.view;
  }

  stop(): void {
    this.#socket.disconnect();
  }

  /** `no-answer` after a while: what was asked may have happened or not; the next view tells. */
  #ask<T = object>(
    emit: (done: (outcome: Outcome<T>) => void) => void,
    withinMs = ANSWER_WITHIN_MS,
  ): Promise<Outcome<T>> {
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve({ ok: false, code: 'no-answer' }), withinMs);
      late.unref();
      emit((outcome) => {
        clearTimeout(late);
        resolve(outcome);
      });
    });
  }

  #merge(change: RoomChange): void {
    if (this.view === null) return;
    const { seats, feed, ...rest } = change;
    Object.assign(this.view, rest);
    if (seats) {
      const changed = new Map(seats.map((seat) => [seat.seatId, seat]));
      this.view.seats = this.view.seats.map((seat) => changed.get(seat.seatId) ?? seat);
    }
    if (feed) this.view.feed = [...feed, ...this.view.feed].slice(0, 500);
    this.emit('view', this.view);
  }
}
