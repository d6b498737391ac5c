// What the staff pages and the room say to each other over socket.io. The server pushes views, staff send commands,
// every command is acknowledged with its result or its refusal. No type here has a place for an answer or a score.

import { Type, type Static, type TSchema } from '@sinclair/typebox';
import type { AlarmCode, AlarmSeverity } from '../core/alarm-codes.js';
import type { Role, SealTick, SessionPhase } from '../core/types.js';
import type { DocumentAtReader, DocumentFound, ReadDocument } from './documents.js';
import type {
  PreflightDone,
  PreflightProgress,
  PreflightReportView,
  PreflightRun,
  RunPreflight,
} from './preflight.js';
import type { BeginRehearsal, RehearsalView } from './rehearsal.js';
import type {
  AlarmView,
  CameraView,
  DeviceMark,
  DeviceView,
  LiveDevice,
  PreflightView,
  TrendPoint,
} from './staff-devices.js';
import type {
  ExportPlanFault,
  ExportPlanView,
  ExportProgress,
  ExportTarget,
  VideoExportView,
} from './video-transfer.js';

export type * from './staff-devices.js';
export type * from './video-transfer.js';

const strict = { additionalProperties: false } as const;
const Id = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9._-]+$' });
const Reason = Type.String({ minLength: 1, maxLength: 500 });
const MaybeReason = Type.Union([Type.String({ maxLength: 500 }), Type.Null()]);
const MaybeInstant = Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]);
const MaybeCode = Type.Union([Type.String({ minLength: 1, maxLength: 40 }), Type.Null()]);
const Pin = Type.String({ minLength: 4, maxLength: 32 });
const literals = <const T extends string[]>(...names: T) =>
  Type.Union(names.map((name) => Type.Literal(name as T[number])));
/** Every tick of the seal form, REQ-D01. */
const SealTickSchema = literals(
  'trial-passed',
  'no-internet',
  'antivirus-clean',
  'programs-closed',
  'power-confirmed',
  'cameras-confirmed',
  'roster-reconciled',
  'seats-apart',
  'detector-ready',
);
/** Of `export-targets`. */
const TargetId = Type.String({ pattern: '^[0-9a-f]{16}$' });
const session = { sessionId: Id };
const candidate = { ...session, candidateId: Id };
const act = <T extends Record<string, TSchema>>(type: string, fields: T) =>
  Type.Object({ type: Type.Literal(type), ...fields }, strict);

/**
 * Staff commands as they cross the wire, by type. The gateway turns each into a core command: codes and PINs are checked
 * there (core gets the outcome), request and incident ids are made there.
 */
export const StaffRequestSchemas = {
  'pair-seat': act('pair-seat', { pairingCode: Type.String({ pattern: '^[0-9]{6}$' }), seatId: Id }),
  'unpair-seat': act('unpair-seat', { seatId: Id, reason: Reason }),
  'sign-seal': act('sign-seal', {
    ...session,
    /** What the sysadmin ticked, and the report of the room that the signature stands under (REQ-D01). */
    ticks: Type.Optional(Type.Array(SealTickSchema, { maxItems: 9 })),
    reportId: Type.Optional(Id),
  }),
  'confirm-seal': act('confirm-seal', { ...session, orgCode: MaybeCode }),
  'open-entry': act('open-entry', session),
  'check-in': act('check-in', {
    ...candidate,
    outcome: literals('admitted', 'refused'),
    documentSeen: Type.Boolean(),
    ticketSeen: Type.Boolean(),
    reason: MaybeReason,
    happenedAt: MaybeInstant,
  }),
  'correct-check-in': act('correct-check-in', { ...candidate, reason: Reason }),
  'open-paper': act('open-paper', {
    ...session,
    paperId: Id,
    startCode: Type.String({ maxLength: 60 }),
    pin: Pin,
  }),
  'enable-reserve': act('enable-reserve', { ...session, paperId: Id, reason: Reason, orgCode: MaybeCode }),
  'delay-start': act('delay-start', {
    ...session,
    minutes: Type.Integer({ minimum: 1, maximum: 600 }),
    reason: Reason,
    orgCode: MaybeCode,
  }),
  'start-session': act('start-session', session),
  'pause-session': act('pause-session', { ...session, cause: literals('power', 'chief'), reason: Reason }),
  'resume-session': act('resume-session', session),
  'report-mains': act('report-mains', { present: Type.Boolean() }),
  'request-extension': act('request-extension', {
    ...candidate,
    minutes: Type.Integer({ minimum: 1, maximum: 600 }),
    reason: Reason,
  }),
  'approve-extension': act('approve-extension', { ...session, requestId: Id, orgCode: MaybeCode }),
  'reject-extension': act('reject-extension', { ...session, requestId: Id, reason: Reason }),
  'swap-machine': act('swap-machine', { ...candidate, toSeatId: Id, reason: Reason }),
  'correct-swap': act('correct-swap', { ...candidate, reason: Reason }),
  'answer-hand': act('answer-hand', candidate),
  'leave-room': act('leave-room', {
    ...candidate,
    accompaniedBy: Type.String({ minLength: 1, maxLength: 50 }),
  }),
  'return-to-room': act('return-to-room', candidate),
  'end-candidate': act('end-candidate', {
    ...candidate,
    reason: literals('violation', 'illness', 'early-leave', 'disturbing'),
    text: Reason,
  }),
  'reopen-candidate': act('reopen-candidate', { ...candidate, reason: Reason }),
  'record-incident': act('record-incident', {
    ...session,
    candidateId: Type.Union([Id, Type.Null()]),
    category: literals(
      'violation-admonition',
      'violation-warning',
      'violation-ending',
      'violation-voiding',
      'question-doubt',
      'illness',
      'machine',
      'environment',
      'staff',
      'other',
    ),
    text: Reason,
    happenedAt: MaybeInstant,
  }),
  'send-message': act('send-message', {
    ...session,
    candidateId: Type.Union([Id, Type.Null()]),
    text: Reason,
  }),
  'end-session': act('end-session', { ...session, reason: Reason }),
  'close-suspended': act('close-suspended', session),
  'continue-suspended': act('continue-suspended', session),
  'collect-session': act('collect-session', {
    ...session,
    withoutSeats: Type.Array(Id, { maxItems: 5000 }),
    reason: MaybeReason,
  }),
  'build-bundle': act('build-bundle', session),
  'confirm-receipt': act('confirm-receipt', { ...session, receipt: Type.String({ maxLength: 20_000 }) }),
  'confirm-clock': act('confirm-clock', { wallRight: Type.Boolean() }),
  'acknowledge-alarm': act('acknowledge-alarm', { alarmId: Id, note: Reason }),
  'command-device': act('command-device', {
    deviceId: Id,
    act: literals('on', 'off', 'ring'),
    reason: Reason,
  }),
  /** `value`: `effective` or `ineffective` of a jammer, seconds of a runtime, words of a detector, `right` or `wrong` of a camera's picture and text. */
  'attest-device': act('attest-device', {
    deviceId: Id,
    what: literals('jammer-effective', 'runtime', 'detector', 'camera-text'),
    value: Type.String({ minLength: 1, maxLength: 100 }),
    note: Reason,
  }),
  /** The last discharge of a UPS, as the room saw it, as proof of its runtime. */
  'record-discharge': act('record-discharge', { deviceId: Id, note: Reason }),
  'export-video': act('export-video', { ...session, targetId: TargetId }),
  'cancel-video-export': act('cancel-video-export', { exportId: Id }),
  'stand-in': act('stand-in', {
    ...session,
    staffId: Id,
    role: literals('org-technician', 'chief', 'deputy', 'inspector', 'clerk', 'proctor', 'sysadmin'),
    absentStaffId: Id,
    reason: Reason,
  }),
} as const;

type Requests = typeof StaffRequestSchemas;
export type StaffRequestType = keyof Requests;
export type StaffRequest = {
  [K in StaffRequestType]: Omit<Static<Requests[K]>, 'type'> & { type: K };
}[StaffRequestType];

export const PlanVideoExportSchema = Type.Object({ ...session, targetId: TargetId }, strict);
export type PlanVideoExport = Static<typeof PlanVideoExportSchema>;

export const SignInSchema = Type.Object({ staffId: Id, pin: Pin }, strict);
export type SignIn = Static<typeof SignInSchema>;

export interface Refused {
  ok: false;
  code: string;
  params?: Record<string, string | number>;
}
export type Outcome<T = object> = ({ ok: true } & T) | Refused;

// ---------------------------------------------------------------- views

/** The named states of a seat, in the order in which they need a person. */
export type SeatLook =
  | 'hand' // ▲
  | 'unsent' // ■ online, and something unsent for over 10 s
  | 'alone' // ◐ the PC works without the server
  | 'moving' // ⇄
  | 'away' // ◌
  | 'answering' // ●
  | 'handed-in' // ✓
  | 'received' // ✓✓
  | 'ended' // ✕ by staff
  | 'absent' // ○
  | 'refused' // ⊘
  | 'waiting' // · paired, nobody logged in, or logged in before the start
  | 'unpaired'; // ?

export interface SeatRow {
  seatId: string;
  label: string;
  spare: boolean;
  look: SeatLook;
  /** When this state began. */
  since: number | null;
  connected: boolean;
  checkPassed: boolean | null;
  /** Somebody heard the test sound in the headphones; null where nobody tried. */
  audioOk: boolean | null;
  /** No machine but a rehearsal's. */
  simulated?: true;
  /** Its PC reached the internet, and has not been without it for two rounds since. */
  reachesInternet?: true;
  candidateId: string | null;
  name: string | null;
  ticketNo: string | null;
  photoUrl: string | null;
  attendance: 'expected' | 'admitted' | 'refused' | 'absent' | null;
  checkedInAt: number | null;
  /** How far the log-in has come, before the start. */
  loggedIn: 'no' | 'logged-in' | 'identity-confirmed' | 'ready';
  /** Number of items with an answer in the room, and of all items dealt; never which or what. */
  answered: number;
  items: number;
  unsent: number;
  endsAt: number | null;
  extendedMs: number;
  /** What the PC's own log proposes to give back (rule 8). */
  gapMs: number;
  endReason: string | null;
  movedTo: string | null;
}

export type Todo =
  | { kind: 'hand'; candidateId: string; seatId: string; since: number }
  | { kind: 'alone'; candidateId: string; seatId: string; since: number; unsent: number }
  | { kind: 'unsent'; candidateId: string; seatId: string; since: number; unsent: number }
  | {
      kind: 'extension';
      requestId: string;
      candidateId: string;
      ms: number;
      reason: string;
      chief: string | null;
      second: string | null;
      since: number;
      expiresAt: number;
    }
  | { kind: 'gap'; candidateId: string; seatId: string; gapMs: number; since: number }
  | { kind: 'clock'; since: number; doubtMs: number | null }
  | { kind: 'suspended'; since: number; closesAt: number; from: number }
  | { kind: 'mains'; since: number; criticalAt: number | null }
  /** Nobody has acknowledged it; `cleared` = it is over by itself. */
  | {
      kind: 'alarm';
      alarmId: string;
      deviceId: string | null;
      seatId: string | null;
      code: AlarmCode;
      severity: AlarmSeverity;
      since: number;
      cleared: boolean;
    }
  | { kind: 'pairing'; pairingCode: string; address: string; since: number; simulated?: true };

export interface FeedLine {
  seq: number;
  at: number;
  /** Event type; the page has the sentence. */
  type: string;
  /** Names and numbers for the sentence: never an answer. */
  params: Record<string, string | number>;
}

/** One step of the day, along the top. */
export interface DayStep {
  key:
    | 'power-on'
    | 'entry'
    | 'rules'
    | 'start'
    | 'identity-recheck'
    | 'cut-off'
    | 'reminder'
    | 'end'
    | 'collect'
    | 'hand-over';
  at: number | null;
  state: 'done' | 'now' | 'ahead';
}

export interface SessionView {
  sessionId: string;
  certificate: string;
  level: string;
  subject: string;
  mode: 'theory' | 'practical';
  practice: boolean;
  phase: SessionPhase;
  startsAt: number;
  startedAt: number | null;
  minutes: number;
  /** The common end and the latest end of anybody. */
  endsAt: number | null;
  lastEndsAt: number | null;
  handOverUntil: number | null;
  cutOffAt: number | null;
  earlyLeaveFrom: number | null;
  pauseReason: 'power' | 'chief' | null;
  seal: {
    sysadmin: string | null;
    clerk: string | null;
    orgConfirmed: boolean;
    /** A cause and what it concerns, `seat-paired 07`, or what differs from what was sealed, `changed:config,seats`. */
    brokenBy: string | null;
    ticks?: SealTick[];
    reportId?: string;
  };
  /** The sysadmin signs with all ticks and a fresh report without a red line. */
  sealNeedsReport: boolean;
  paperOpened: boolean;
  papers: { paperId: string; use: 'main' | 'reserve' }[];
  /** The one that candidates get as things stand. */
  paperInForce: string | null;
  codesLockedUntil: number | null;
  /** F01, the one green light: seats that still lag; empty and ended = all may leave. */
  lagging: string[];
  bundle: { fileHash: string; builtAt: number; files: { name: string; url: string }[] } | null;
  /** There while the bundle is being built: bytes done, of about how many. */
  building?: { doneBytes: number; ofBytes: number };
  /** How its recordings were handed over, oldest first, the newest ten; absent where nobody did. */
  videoExports?: VideoExportView[];
  /** There while a page's export of them is under way. */
  exporting?: ExportProgress;
  handedOver: boolean;
  steps: DayStep[];
  counts: {
    expected: number;
    admitted: number;
    absent: number;
    refused: number;
    answering: number;
    handedIn: number;
  };
}

export interface RoomView {
  now: number;
  roomName: string;
  siteName: string;
  planName: string;
  helpTelephone: string;
  packageId: string | null;
  clockTrusted: boolean;
  mainsPresent: boolean;
  devices: DeviceView[];
  alarms: AlarmView[];
  /** Every camera; empty where the room has none. */
  cameras: CameraView[];
  preflight: PreflightView | null;
  session: SessionView | null;
  /** Collected, not handed over, and not the one above: their bundles are to be brought away. */
  earlier: SessionView[];
  /** All sessions of the package, for the list. */
  sessions: { sessionId: string; subject: string; startsAt: number; phase: SessionPhase }[];
  seats: SeatRow[];
  todo: Todo[];
  feed: FeedLine[];
  you: { staffId: string; name: string; roles: Role[] };
}

/** Pushed at most a few times a second: only what differs from what this page was sent before. */
export interface RoomChange {
  now: number;
  session?: SessionView | null;
  earlier?: SessionView[];
  sessions?: RoomView['sessions'];
  seats?: SeatRow[];
  todo?: Todo[];
  feed?: FeedLine[];
  clockTrusted?: boolean;
  mainsPresent?: boolean;
  devices?: DeviceView[];
  alarms?: AlarmView[];
  cameras?: CameraView[];
  preflight?: PreflightView | null;
}

/** Before sign-in a page may know the room's name and who works there. */
export interface SignInView {
  roomName: string;
  siteName: string;
  practice: boolean;
  staff: { staffId: string; name: string; roles: Role[] }[];
}

export interface StaffToRoom {
  'sign-in': (request: SignIn, done: (outcome: Outcome<{ view: RoomView; token: string }>) => void) => void;
  resume: (request: { token: string }, done: (outcome: Outcome<{ view: RoomView }>) => void) => void;
  'sign-out': (done: (outcome: Outcome) => void) => void;
  command: (request: StaffRequest, done: (outcome: Outcome) => void) => void;
  /** Begins a check of the room, or joins the one under way; its lines follow as `preflight-line`. */
  'run-preflight': (request: RunPreflight, done: (outcome: Outcome<{ run: PreflightRun }>) => void) => void;
  /** The last report that was recorded, and the check that is under way; from then on the page hears of both. */
  'last-preflight': (
    done: (outcome: Outcome<{ report: PreflightReportView | null; run: PreflightRun | null }>) => void,
  ) => void;
  /** Begins a rehearsal on the room's own PCs, or joins the one under way; it follows as `rehearsal`. */
  'begin-rehearsal': (
    request: BeginRehearsal,
    done: (outcome: Outcome<{ rehearsal: RehearsalView }>) => void,
  ) => void;
  /** Ends it early; what was measured is recorded. */
  'end-rehearsal': (done: (outcome: Outcome) => void) => void;
  /** The rehearsal under way and the last one; from then on the page hears of it. */
  'last-rehearsal': (done: (outcome: Outcome<{ rehearsal: RehearsalView }>) => void) => void;
  /** What every device said last. */
  'live-devices': (done: (outcome: Outcome<{ devices: LiveDevice[] }>) => void) => void;
  /** The last two hours of one device, by reading, oldest first. */
  trends: (
    request: { deviceId: string },
    done: (outcome: Outcome<{ points: Record<string, TrendPoint[]> }>) => void,
  ) => void;
  /** What this sign-in shows for pictures of the cameras over HTTP, in `Authorization: Bearer`. */
  'video-pass': (done: (outcome: Outcome<{ pass: string }>) => void) => void;
  /** Drives and folders that recordings can go to, for who may export them. */
  'export-targets': (done: (outcome: Outcome<{ targets: ExportTarget[] }>) => void) => void;
  /** What the session's recordings would be on a target. `plan` null where nobody can say now. */
  'plan-video-export': (
    request: PlanVideoExport,
    done: (outcome: Outcome<{ plan: ExportPlanView | ExportPlanFault | null }>) => void,
  ) => void;
  /** Acts and alarms of all devices since the package was installed, oldest first. */
  'device-marks': (done: (outcome: Outcome<{ marks: DeviceMark[] }>) => void) => void;
  /** What a reader typed at this page; the room compares it with the roster, and journals whose document it was. */
  'read-document': (
    request: ReadDocument,
    done: (outcome: Outcome<{ found: DocumentFound }>) => void,
  ) => void;
}

export interface RoomToStaff {
  staff: (view: SignInView) => void;
  change: (change: RoomChange) => void;
  /** To pages that asked for `run-preflight` or `last-preflight`. */
  'preflight-line': (progress: PreflightProgress) => void;
  'preflight-done': (done: PreflightDone) => void;
  /** To pages that asked for `begin-rehearsal` or `last-rehearsal`, twice a second at most. */
  rehearsal: (view: RehearsalView) => void;
  /** A document was held to a reader of the room. */
  'document-read': (read: DocumentAtReader) => void;
}
