// The page's line to the room: signs in, keeps the picture, gives commands, comes back after an outage. A command that cannot be
// sent now is refused at once: nothing is kept back and carried out minutes later.

import type { Socket } from 'socket.io-client';
import type { DocumentAtReader, DocumentFound } from '../../../server/protocol/documents.js';
import type {
  PreflightDone,
  PreflightProgress,
  PreflightReportView,
  PreflightRun,
  RunPreflight,
} from '../../../server/protocol/preflight.js';
import type { BeginRehearsal, RehearsalView } from '../../../server/protocol/rehearsal.js';
import type {
  DeviceMark,
  ExportPlanFault,
  ExportPlanView,
  ExportTarget,
  LiveDevice,
  Outcome,
  PlanVideoExport,
  Refused,
  RoomToStaff,
  RoomView,
  SignInView,
  StaffRequest,
  StaffToRoom,
  TrendPoint,
} from '../../../server/protocol/staff.js';
import { merge } from './merge.js';
import { RoomTime } from './room-time.js';

/** How long a page waits for the room's answer, milliseconds: opening a paper takes its time. */
const PATIENCE_MS = 30_000;
/** After a restart the journal is read once for it. */
const MARKS_PATIENCE_MS = 60_000;
/** Every recorded file of a day is looked at. */
const PLAN_PATIENCE_MS = 300_000;
/** A bundle with gigabytes of files; the page shows how far it is meanwhile. */
const BUNDLE_PATIENCE_MS = 3_600_000;

export type StaffSocket = Pick<
  Socket<RoomToStaff, StaffToRoom>,
  'on' | 'timeout' | 'connected' | 'connect' | 'disconnect'
>;

/** Where the token of this sign-in is kept over a reload of the page. */
export interface TokenStore {
  read(): string | null;
  write(token: string | null): void;
}

/** Somebody who waits for lines of a check of the room. */
export interface PreflightListener {
  line(progress: PreflightProgress): void;
  done(done: PreflightDone): void;
}

export interface StaffLinkParts {
  socket: StaffSocket;
  tokens: TokenStore;
  /** Milliseconds that only go forward. */
  monotonic: () => number;
}

/** What a page shows of the line. */
export type Line =
  /** The room has not answered yet. */
  | 'connecting'
  | 'live'
  /** The picture is from before; the line is being made again. */
  | 'stale';

export class StaffLink {
  view: RoomView | null = null;
  /** Who works here; known before sign-in. */
  people: SignInView | null = null;
  line: Line = 'connecting';
  /** Monotonic milliseconds of the moment when the line broke. */
  staleSince: number | null = null;
  /** The room has forgotten this sign-in (it was started again): the PIN is asked for once more. */
  signedOutByRoom = false;
  /** True while a token from before the reload is being tried. */
  resuming: boolean;
  readonly time: RoomTime;
  readonly #listeners = new Set<() => void>();
  readonly #preflightListeners = new Set<PreflightListener>();
  readonly #rehearsalListeners = new Set<(view: RehearsalView) => void>();
  readonly #documentListeners = new Set<(read: DocumentAtReader) => void>();
  #token: string | null;

  constructor(private readonly parts: StaffLinkParts) {
    this.time = new RoomTime(parts.monotonic);
    this.#token = parts.tokens.read();
    this.resuming = this.#token !== null;
    const { socket } = parts;
    socket.on('connect', () => void this.#connected());
    socket.on('disconnect', () => this.#lost());
    socket.on('staff', (people) => {
      this.people = people;
      this.#changed();
    });
    socket.on('preflight-line', (progress) => this.#preflightListeners.forEach((one) => one.line(progress)));
    socket.on('preflight-done', (done) => this.#preflightListeners.forEach((one) => one.done(done)));
    socket.on('rehearsal', (view) => this.#rehearsalListeners.forEach((one) => one(view)));
    socket.on('document-read', (read) => this.#documentListeners.forEach((one) => one(read)));
    socket.on('change', (change) => {
      this.time.heard(change.now);
      if (this.view !== null) this.view = merge(this.view, change);
      this.#changed();
    });
  }

  /** Calls `listener` after every change. @returns how to stop */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async signIn(staffId: string, pin: string): Promise<Outcome> {
    const outcome = await this.#ask<{ view: RoomView; token: string }>((socket, done) =>
      socket.emit('sign-in', { staffId, pin }, done),
    );
    if (!outcome.ok) return outcome;
    this.#token = outcome.token;
    this.parts.tokens.write(outcome.token);
    this.#enter(outcome.view);
    return { ok: true };
  }

  async signOut(): Promise<void> {
    await this.#ask((socket, done) => socket.emit('sign-out', done));
    this.#forget(false);
  }

  /** Gives a command; resolves when it is on the room's disk, or with its refusal. */
  command(request: StaffRequest): Promise<Outcome> {
    const patienceMs = request.type === 'build-bundle' ? BUNDLE_PATIENCE_MS : PATIENCE_MS;
    return this.#ask((socket, done) => socket.emit('command', request, done), patienceMs);
  }

  /** What every device said last; null where the room did not answer. */
  async liveDevices(): Promise<LiveDevice[] | null> {
    const outcome = await this.#ask<{ devices: LiveDevice[] }>((socket, done) =>
      socket.emit('live-devices', done),
    );
    return outcome.ok ? outcome.devices : null;
  }

  /** The last two hours of a device, by reading; null where the room did not answer. */
  async trends(deviceId: string): Promise<Record<string, TrendPoint[]> | null> {
    const outcome = await this.#ask<{ points: Record<string, TrendPoint[]> }>((socket, done) =>
      socket.emit('trends', { deviceId }, done),
    );
    return outcome.ok ? outcome.points : null;
  }

  /** What shows this sign-in where pictures of the cameras are asked for; null where the room did not answer. */
  async videoPass(): Promise<string | null> {
    const outcome = await this.#ask<{ pass: string }>((socket, done) => socket.emit('video-pass', done));
    return outcome.ok ? outcome.pass : null;
  }

  /** Drives and folders of the server that recordings can go to. */
  exportTargets(): Promise<Outcome<{ targets: ExportTarget[] }>> {
    return this.#ask((socket, done) => socket.emit('export-targets', done));
  }

  /** What a session's recordings would be on one of them. */
  planVideoExport(
    request: PlanVideoExport,
  ): Promise<Outcome<{ plan: ExportPlanView | ExportPlanFault | null }>> {
    return this.#ask((socket, done) => socket.emit('plan-video-export', request, done), PLAN_PATIENCE_MS);
  }

  /** What happened to devices, oldest first; null where the room did not answer. */
  async deviceMarks(): Promise<DeviceMark[] | null> {
    const outcome = await this.#ask<{ marks: DeviceMark[] }>(
      (socket, done) => socket.emit('device-marks', done),
      MARKS_PATIENCE_MS,
    );
    return outcome.ok ? outcome.marks : null;
  }

  /** Compares what a reader typed at this page with the roster. */
  readDocument(text: string): Promise<Outcome<{ found: DocumentFound }>> {
    return this.#ask((socket, done) => socket.emit('read-document', { text }, done));
  }

  /** Calls with every document at a device of the room. @returns how to stop */
  hearDocuments(listener: (read: DocumentAtReader) => void): () => void {
    this.#documentListeners.add(listener);
    return () => void this.#documentListeners.delete(listener);
  }

  /** Begins a check of the room, or joins the one under way. */
  runPreflight(request: RunPreflight): Promise<Outcome<{ run: PreflightRun }>> {
    return this.#ask((socket, done) => socket.emit('run-preflight', request, done));
  }

  /** The last report and the check under way; from then on lines of checks are heard. */
  lastPreflight(): Promise<Outcome<{ report: PreflightReportView | null; run: PreflightRun | null }>> {
    return this.#ask((socket, done) => socket.emit('last-preflight', done));
  }

  /** Calls with every line and every end of a check. @returns how to stop */
  hearPreflight(listener: PreflightListener): () => void {
    this.#preflightListeners.add(listener);
    return () => void this.#preflightListeners.delete(listener);
  }

  /** Begins a rehearsal on the room's own PCs, or joins the one under way. */
  beginRehearsal(request: BeginRehearsal): Promise<Outcome<{ rehearsal: RehearsalView }>> {
    return this.#ask((socket, done) => socket.emit('begin-rehearsal', request, done));
  }

  endRehearsal(): Promise<Outcome> {
    return this.#ask((socket, done) => socket.emit('end-rehearsal', done));
  }

  /** The rehearsal under way and the last one; from then on the page hears of it. */
  lastRehearsal(): Promise<Outcome<{ rehearsal: RehearsalView }>> {
    return this.#ask((socket, done) => socket.emit('last-rehearsal', done));
  }

  /** Calls whenever a rehearsal has come further, and at its end. @returns how to stop */
  hearRehearsal(listener: (view: RehearsalView) => void): () => void {
    this.#rehearsalListeners.add(listener);
    return () => void this.#rehearsalListeners.delete(listener);
  }

  async #connected(): Promise<void> {
    if (this.#token !== null) {
      const token = this.#token;
      const outcome = await this.#ask<{ view: RoomView }>((socket, done) =>
        socket.emit('resume', { token }, done),
      );
      if (outcome.ok) return this.#enter(outcome.view);
      if (outcome.code !== 'sign-in-refused') return;
      this.#forget(true);
    }
    this.line = 'live';
    this.staleSince = null;
    this.resuming = false;
    this.#changed();
  }

  #enter(view: RoomView): void {
    this.time.heard(view.now);
    this.view = view;
    this.line = 'live';
    this.staleSince = null;
    this.signedOutByRoom = false;
    this.resuming = false;
    this.#changed();
  }

  #forget(byRoom: boolean): void {
    this.#token = null;
    this.parts.tokens.write(null);
    this.signedOutByRoom = byRoom && this.view !== null;
    this.view = null;
    this.resuming = false;
    this.#changed();
  }

  #lost(): void {
    this.line = this.people === null ? 'connecting' : 'stale';
    this.staleSince ??= this.parts.monotonic();
    this.#changed();
  }

  #ask<T = object>(
    emit: (
      socket: ReturnType<StaffSocket['timeout']>,
      done: (error: Error | null, outcome: Outcome<T>) => void,
    ) => void,
    patienceMs = PATIENCE_MS,
  ): Promise<Outcome<T>> {
    const { socket } = this.parts;
    if (!socket.connected) return Promise.resolve(NO_LINE);
    return new Promise((resolve) =>
      emit(socket.timeout(patienceMs), (error, outcome) => resolve(error ? NO_ANSWER : outcome)),
    );
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Nothing was sent: the line is down. */
const NO_LINE: Refused = { ok: false, code: 'no-line' };
/** It was sent, and nobody knows whether it was carried out: the picture shows it. */
const NO_ANSWER: Refused = { ok: false, code: 'no-answer' };
