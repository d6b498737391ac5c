// The staff's channel over socket.io: sign-in, commands with their outcome, and the picture of the room pushed a few times
// a second. Nothing is answered or pushed before it is on the disk.

import type { Server as HttpServer } from 'node:http';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { Server, type Socket } from 'socket.io';
import type { Command, StaffCommand } from '../core/commands.js';
import type { Refusal } from '../core/refusals.js';
import type { Role, SeatId } from '../core/types.js';
import { isAllowed, PERMISSIONS, rolesOf } from '../core/permissions.js';
import { entryOf } from '../core/state-access.js';
import { ReadDocumentSchema, type DocumentFound } from '../protocol/documents.js';
import {
  RunPreflightSchema,
  type PreflightReportView,
  type PreflightRun,
  type RunPreflight,
} from '../protocol/preflight.js';
import { BeginRehearsalSchema, type RehearsalView } from '../protocol/rehearsal.js';
import {
  PlanVideoExportSchema,
  SignInSchema,
  type ExportPlanFault,
  type ExportPlanView,
  type FeedLine,
  type Outcome,
  type Refused,
  type RoomToStaff,
  type RoomView,
  type SignInView,
  type StaffToRoom,
} from '../protocol/staff.js';
import { feedLine } from './feed.js';
import type { StaffActor, StaffHost } from './host.js';
import { commandOf, readRequest } from './requests.js';
import { sharedView, ViewDifference } from './room-views.js';
import { SeatRows } from './seat-rows.js';
import { SignIns, type SignedIn } from './sign-ins.js';

export const STAFF_SOCKET_PATH = '/staff-socket';
const PUSH_EVERY_MS = 200;
/** A picture of thousands of seats takes long to make: rather seldom than at the cost of saves. */
const PUSH_SHARE = 0.05;
const PUSH_AT_LEAST_EVERY_MS = 2_000;
/** The rows of a room of thousands come in portions: saves pass between them. */
const ROWS_AT_ONCE = 200;
const FEED_KEPT = 300;
/** One person clicks, and pairs or checks in with one key press each; a script that hammers is not one. */
const COMMANDS_PER_SECOND = 50;
const COMMANDS_IN_RESERVE = 100;
/** Commands, and what the line itself sends; a page that is refused goes on a while before it is cut off. */
const MESSAGES_PER_SECOND = 200;
const MESSAGES_IN_RESERVE = 600;
const MAX_MESSAGE_BYTES = 64 * 1024;

/** The line below a socket, as engine.io has it. */
interface Line {
  remoteAddress: string;
  on(event: 'packet', listener: () => void): void;
  close(discard: boolean): void;
}

type StaffSocket = Socket<StaffToRoom, RoomToStaff, Record<string, never>, { signedIn?: SignedIn }>;
type StaffServer = Server<StaffToRoom, RoomToStaff, Record<string, never>, { signedIn?: SignedIn }>;

export interface StaffGateway {
  attach(server: HttpServer): void;
  /** Something that is no event changed: what the PC of a seat says of itself, or with null the PCs that wait. */
  touch(seatId: SeatId | null): void;
  /** Who holds this pass, while the sign-in lasts; null for a pass that is none. */
  holderOf(videoPass: string): string | null;
  close(): Promise<void>;
}

/** Makes the gateway; `attach` it to each listening server. */
export function createStaffGateway(host: StaffHost): StaffGateway {
  return new Gateway(host);
}

const signInCheck = TypeCompiler.Compile(SignInSchema);
const readDocumentCheck = TypeCompiler.Compile(ReadDocumentSchema);
const planExportCheck = TypeCompiler.Compile(PlanVideoExportSchema);
const runPreflightCheck = TypeCompiler.Compile(RunPreflightSchema);
const beginRehearsalCheck = TypeCompiler.Compile(BeginRehearsalSchema);

class Gateway implements StaffGateway {
  readonly #servers: StaffServer[] = [];
  readonly #signIns = new SignIns();
  readonly #feed: FeedLine[] = [];
  #newLines: FeedLine[] = [];
  readonly #rows: SeatRows;
  readonly #difference = new ViewDifference();
  readonly #unsubscribe: () => void;
  #timer: NodeJS.Timeout | null = null;
  #restMs = PUSH_EVERY_MS;

  constructor(private readonly host: StaffHost) {
    this.#rows = new SeatRows(host);
    this.#unsubscribe = host.room.subscribe((published) => {
      this.#rows.take(published);
      for (const one of published) {
        const line = feedLine(host.room.state, one);
        if (line !== null) this.#newLines.push(line);
        const read = host.documents?.atReader(one) ?? null;
        if (read !== null) for (const io of this.#servers) io.to('staff').emit('document-read', read);
      }
      this.touch(null);
    });
    host.preflight?.listen({
      line: (progress) => {
        for (const io of this.#servers) io.to('preflight').emit('preflight-line', progress);
      },
      done: (done) => {
        for (const io of this.#servers) io.to('preflight').emit('preflight-done', done);
      },
    });
    host.rehearsal?.listen((view) => {
      for (const io of this.#servers) io.to('rehearsal').emit('rehearsal', view);
    });
  }

  attach(server: HttpServer): void {
    const io: StaffServer = new Server(server, {
      path: STAFF_SOCKET_PATH,
      serveClient: false,
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
      transports: ['websocket', 'polling'],
    });
    io.engine.on('connection', (line: Line) => this.#watch(line));
    io.on('connection', (socket) => this.#welcome(socket));
    this.#servers.push(io);
  }

  touch(seatId: SeatId | null): void {
    if (seatId !== null) this.#rows.touch(seatId);
    this.#timer ??= setTimeout(() => void this.#push(), this.#restMs);
  }

  holderOf(videoPass: string): string | null {
    return this.#signIns.holderOf(videoPass)?.staffId ?? null;
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    if (this.#timer) clearTimeout(this.#timer);
    await Promise.all(this.#servers.map((io) => io.close()));
  }

  /** Every message costs, also one that nobody waits for; a page that sends so many is none of ours. */
  #watch(line: Line): void {
    const allowance = new Allowance(MESSAGES_PER_SECOND, MESSAGES_IN_RESERVE);
    line.on('packet', () => {
      if (allowance.take()) return;
      this.host.log.warn({ address: line.remoteAddress }, 'A staff page that floods is cut off');
      line.close(true);
    });
  }

  #welcome(socket: StaffSocket): void {
    socket.emit('staff', this.#signInView());
    const allowance = new Allowance(COMMANDS_PER_SECOND, COMMANDS_IN_RESERVE);
    const { compared = Promise.resolve() } = this.host;
    const guarded = <T>(done: unknown, work: () => Promise<Outcome<T>>): void => {
      if (typeof done !== 'function') return;
      const answer = done as (outcome: Outcome<T>) => void;
      if (!allowance.take()) return answer({ ok: false, code: 'too-fast' });
      compared.then(work).then(answer, (error: unknown) => {
        this.host.log.error({ error }, 'a staff request failed');
        answer({ ok: false, code: 'failed' });
      });
    };
    socket.on('sign-in', (request, done) => guarded(done, () => this.#signIn(socket, request)));
    socket.on('resume', (request, done) => guarded(done, () => this.#resume(socket, request)));
    socket.on('sign-out', (done) =>
      guarded(done, async () => {
        if (socket.data.signedIn) this.#signIns.end(socket.data.signedIn.token);
        delete socket.data.signedIn;
        for (const room of ['staff', 'preflight', 'rehearsal']) await socket.leave(room);
        return { ok: true };
      }),
    );
    socket.on('command', (request, done) => guarded(done, () => this.#command(socket, request)));
    socket.on('run-preflight', (request, done) => guarded(done, () => this.#runPreflight(socket, request)));
    socket.on('last-preflight', (done) => guarded(done, () => this.#lastPreflight(socket)));
    socket.on('begin-rehearsal', (request, done) =>
      guarded(done, () => this.#beginRehearsal(socket, request)),
    );
    socket.on('end-rehearsal', (done) => guarded(done, () => this.#endRehearsal(socket)));
    socket.on('last-rehearsal', (done) => guarded(done, () => this.#lastRehearsal(socket)));
    socket.on('read-document', (request, done) => guarded(done, () => this.#readDocument(socket, request)));
    const { devices } = this.host;
    const shown = <T extends object>(done: unknown, work: () => T | Promise<T>): void =>
      guarded<T>(done, async () =>
        this.#signedInAs(socket) === null
          ? refused({ code: 'not-allowed' })
          : { ok: true, ...(await work()) },
      );
    socket.on('live-devices', (done) => shown(done, () => ({ devices: devices?.live() ?? [] })));
    socket.on('video-pass', (done) => shown(done, () => ({ pass: socket.data.signedIn?.videoPass ?? '' })));
    socket.on('export-targets', (done) =>
      guarded(done, async () =>
        this.#mayExport(socket)
          ? { ok: true, targets: (await this.host.exports?.targets()) ?? [] }
          : refused({ code: 'not-allowed' }),
      ),
    );
    socket.on('plan-video-export', (request, done) => guarded(done, () => this.#planExport(socket, request)));
    socket.on('device-marks', (done) => shown(done, async () => ({ marks: (await devices?.marks()) ?? [] })));
    socket.on('trends', (request: unknown, done) => {
      const deviceId = (request as { deviceId?: unknown } | null)?.deviceId;
      shown(done, () => ({ points: typeof deviceId === 'string' ? (devices?.trends(deviceId) ?? {}) : {} }));
    });
  }

  async #signIn(socket: StaffSocket, request: unknown): Promise<Outcome<{ view: RoomView; token: string }>> {
    if (!signInCheck.Check(request)) return refused({ code: 'sign-in-refused' });
    const { staffId, pin } = request;
    const ok = await this.host.checkStaffPin(staffId, pin);
    const { refusal } = await this.#handle({ type: 'record-sign-in', staffId, ok, by: { kind: 'room' } });
    if (refusal !== null) return refused(refusal);
    const signedIn = this.#signIns.begin(staffId);
    return { ok: true, token: signedIn.token, view: await this.#enter(socket, signedIn) };
  }

  async #resume(socket: StaffSocket, request: unknown): Promise<Outcome<{ view: RoomView }>> {
    const token = (request as { token?: unknown } | null)?.token;
    const signedIn = typeof token === 'string' ? this.#signIns.find(token) : null;
    if (signedIn === null) return refused({ code: 'sign-in-refused' });
    return { ok: true, view: await this.#enter(socket, signedIn) };
  }

  async #enter(socket: StaffSocket, signedIn: SignedIn): Promise<RoomView> {
    const view = this.#fullView(signedIn.staffId);
    await this.host.room.settled();
    socket.data.signedIn = signedIn;
    await socket.join('staff');
    return view;
  }

  async #command(socket: StaffSocket, value: unknown): Promise<Outcome> {
    const by = this.#actorAt(socket);
    if (by === null) return refused({ code: 'not-allowed' });
    const { staffId } = by;
    const request = readRequest(value);
    if (request === null) return { ok: false, code: 'bad-request' };
    if (request.type === 'build-bundle') {
      // Building it is the sysadmin's, like the receipt that answers it (REQ-G).
      const like: StaffCommand = {
        type: 'confirm-receipt',
        sessionId: request.sessionId,
        receiptId: '',
        verified: false,
      };
      if (!isAllowed(this.host.room.state, staffId, like)) return refused({ code: 'not-allowed' });
      const refusal = await this.host.buildBundle(request.sessionId);
      return refusal === null ? { ok: true } : refused(refusal);
    }
    const command = await commandOf(this.host, request, staffId);
    if (command === null) return refused({ code: 'unknown-pairing-code' });
    const { refusal } = await this.#handle({ ...command, by });
    return refusal === null ? { ok: true } : refused(refusal);
  }

  /** Whoever may check in may hold a document to the reader of the page; its number is kept nowhere. REQ-D03 */
  async #readDocument(socket: StaffSocket, value: unknown): Promise<Outcome<{ found: DocumentFound }>> {
    const { documents, room } = this.host;
    const staffId = this.#signedInAs(socket);
    if (staffId === null || documents === undefined) return refused({ code: 'not-allowed' });
    if (!readDocumentCheck.Check(value)) return { ok: false, code: 'bad-request' };
    const roles = rolesOf(room.state, staffId, room.state.currentSession);
    if (!roles.some((role) => PERMISSIONS['check-in'].includes(role)))
      return refused({ code: 'not-allowed' });
    const found = documents.read(staffId, value.text);
    await room.settled();
    return { ok: true, found };
  }

  /** The sysadmin checks the room, or the technician who helps (REQ-G); never while candidates answer. */
  async #runPreflight(socket: StaffSocket, value: unknown): Promise<Outcome<{ run: PreflightRun }>> {
    const { preflight, rehearsal } = this.host;
    const by = this.#actorAt(socket);
    if (by === null || preflight === undefined) return refused({ code: 'not-allowed' });
    if (!runPreflightCheck.Check(value) || hasStrayNote(value)) return { ok: false, code: 'bad-request' };
    const rehearsing = (rehearsal?.view().run ?? null) !== null;
    const { refusal } = await this.#handle({ type: 'run-preflight', rehearsing, by });
    if (refusal !== null) return refused(refusal);
    await socket.join('preflight');
    return { ok: true, run: preflight.begin(by.staffId, value) };
  }

  /** The room's own PCs play a practice session beside the room; only while nothing real is prepared (REQ-C03). */
  async #beginRehearsal(socket: StaffSocket, value: unknown): Promise<Outcome<{ rehearsal: RehearsalView }>> {
    const { rehearsal, preflight } = this.host;
    const by = this.#actorAt(socket);
    if (by === null || rehearsal === undefined) return refused({ code: 'not-allowed' });
    if (!beginRehearsalCheck.Check(value)) return { ok: false, code: 'bad-request' };
    const refusal = await rehearsal.begin(by, value, (preflight?.running() ?? null) !== null);
    if (refusal !== null) return refused(refusal);
    await socket.join('rehearsal');
    return { ok: true, rehearsal: rehearsal.view() };
  }

  async #endRehearsal(socket: StaffSocket): Promise<Outcome> {
    const by = this.#actorAt(socket);
    if (by === null || this.host.rehearsal === undefined) return refused({ code: 'not-allowed' });
    const refusal = await this.host.rehearsal.end(by);
    return refusal === null ? { ok: true } : refused(refusal);
  }

  async #lastRehearsal(socket: StaffSocket): Promise<Outcome<{ rehearsal: RehearsalView }>> {
    const { rehearsal, room } = this.host;
    if (this.#signedInAs(socket) === null || rehearsal === undefined) return refused({ code: 'not-allowed' });
    await room.settled();
    await socket.join('rehearsal');
    return { ok: true, rehearsal: rehearsal.view() };
  }

  async #lastPreflight(
    socket: StaffSocket,
  ): Promise<Outcome<{ report: PreflightReportView | null; run: PreflightRun | null }>> {
    if (this.#signedInAs(socket) === null) return refused({ code: 'not-allowed' });
    const { preflight } = this.host;
    await socket.join('preflight');
    return { ok: true, report: (await preflight?.last()) ?? null, run: preflight?.running() ?? null };
  }

  /** Who may begin an export may see the drives, and what would go there. */
  #mayExport(socket: StaffSocket): boolean {
    const staffId = this.#signedInAs(socket);
    if (staffId === null) return false;
    const roles = rolesOf(this.host.room.state, staffId, null);
    return roles.some((role) => (PERMISSIONS['export-video'] as readonly Role[]).includes(role));
  }

  async #planExport(
    socket: StaffSocket,
    value: unknown,
  ): Promise<Outcome<{ plan: ExportPlanView | ExportPlanFault | null }>> {
    const { exports, room } = this.host;
    if (!this.#mayExport(socket)) return refused({ code: 'not-allowed' });
    if (!planExportCheck.Check(value)) return { ok: false, code: 'bad-request' };
    if (room.state.currentSession !== null) return refused({ code: 'room-busy' });
    return { ok: true, plan: (await exports?.plan(value.sessionId, value.targetId)) ?? null };
  }

  #signedInAs(socket: StaffSocket): string | null {
    const { signedIn } = socket.data;
    return signedIn === undefined || this.#signIns.find(signedIn.token) === null ? null : signedIn.staffId;
  }

  /** Whoever is signed in here, as the journal names them; null where nobody is. */
  #actorAt(socket: StaffSocket): StaffActor | null {
    const staffId = this.#signedInAs(socket);
    return staffId === null ? null : { kind: 'staff', staffId, station: socket.handshake.address };
  }

  /** Decides, and waits for the disk before anybody hears of it (rule 1). */
  async #handle(command: Command): Promise<{ refusal: Refusal | null }> {
    const handled = this.host.room.handle(command);
    await this.host.room.whenDurable(handled.seq);
    return handled;
  }

  async #push(): Promise<void> {
    this.#timer = null;
    const beganAt = performance.now();
    const lines = this.#newLines.splice(0).reverse();
    const change = this.#difference.take(
      sharedView(this.host, this.#rows, ROWS_AT_ONCE),
      this.#rows.news(),
      lines,
      this.host.room.now(),
    );
    this.#feed.unshift(...lines);
    this.#feed.length = Math.min(this.#feed.length, FEED_KEPT);
    const tookMs = performance.now() - beganAt;
    this.#restMs = Math.min(PUSH_AT_LEAST_EVERY_MS, Math.max(PUSH_EVERY_MS, tookMs / PUSH_SHARE));
    if (this.#rows.isBehind) this.touch(null);
    if (change === null) return;
    try {
      await this.host.room.settled();
    } catch {
      // The journal failed: what never reached the disk is never shown.
      return;
    }
    for (const io of this.#servers) io.to('staff').emit('change', change);
    if (change.session !== undefined) for (const io of this.#servers) io.emit('staff', this.#signInView());
  }

  #fullView(staffId: string): RoomView {
    const { room } = this.host;
    const { name = '', roles = [] } = entryOf(room.state.staff, staffId) ?? {};
    return {
      ...sharedView(this.host, this.#rows),
      now: room.now(),
      feed: [...this.#feed],
      you: { staffId, name, roles },
    };
  }

  #signInView(): SignInView {
    const { state } = this.host.room;
    return {
      roomName: state.package?.roomName ?? '',
      siteName: state.package?.siteName ?? '',
      practice: Object.values(state.sessions).some(({ plan }) => plan.practice),
      staff: Object.values(state.staff).map(({ staffId, name, roles }) => ({ staffId, name, roles })),
    };
  }
}

/** A note beside a line that nobody ticks. */
function hasStrayNote({ attested, notes = [] }: RunPreflight): boolean {
  return notes.some(({ line }) => !attested.includes(line));
}

/** At most so many a second for one page, with a small reserve. */
class Allowance {
  #left: number;
  #at = performance.now();

  constructor(
    private readonly perSecond: number,
    private readonly reserve: number,
  ) {
    this.#left = reserve;
  }

  take(): boolean {
    const now = performance.now();
    this.#left = Math.min(this.reserve, this.#left + ((now - this.#at) / 1000) * this.perSecond);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

function refused({ code, params }: Pick<Refusal, 'params'> & { code: string }): Refused {
  return params === undefined ? { ok: false, code } : { ok: false, code, params };
}
