// What the staff gateway needs of the rest of the room; main.ts passes it in.

import type { SeatLookView } from '../core/views.js';
import type {
  CameraRowView,
  DeviceRowView,
  PreflightStateView,
  Presence,
  SeatRowView,
  TodoView,
} from '../core/views.js';
import type { Refusal } from '../core/refusals.js';
import type { Actor, Alarm, Seat, Session, Candidate, State, SeatId, StaffId } from '../core/types.js';
import type { DischargeResult } from '../core/ups-runtime.js';
import type { CodeScope } from '../keys/typed-code.js';
import type { Log } from '../log.js';
import type { DocumentAtReader, DocumentFound } from '../protocol/documents.js';
import type { Published, Room } from '../room.js';
import type {
  PreflightDone,
  PreflightProgress,
  PreflightReportView,
  PreflightRun,
  RunPreflight,
} from '../protocol/preflight.js';
import type { BeginRehearsal, RehearsalView } from '../protocol/rehearsal.js';
import type { DeviceMark, LiveDevice, SessionView, TrendPoint } from '../protocol/staff.js';
import type {
  ExportPlanFault,
  ExportPlanView,
  ExportProgress,
  ExportTarget,
} from '../protocol/video-transfer.js';
import type { ExportRecord } from '../core/video-export-types.js';

export type { SeatLookView };

/** The rules' views of the state: core/views. */
export interface StaffRules {
  occupantAt(session: Session, seatId: SeatId): Candidate | null;
  seatRow(
    session: Session | null,
    seat: Seat,
    candidate: Candidate | null,
    presence: Presence | null,
  ): SeatRowView;
  sessionView(session: Session): SessionRuleView;
  deviceRows(state: State): DeviceRowView[];
  alarmRows(state: State): Alarm[];
  cameraRows(state: State, now: number): CameraRowView[];
  sessionExports(state: State, sessionId: string): ExportRecord[];
  preflightView(state: State): PreflightStateView | null;
  todo(state: State, session: Session | null, rows: readonly SeatRowView[], now: number): TodoView[];
}

/** The session as the rules show it: without the addresses of the bundle's files. */
export type SessionRuleView = Omit<SessionView, 'bundle' | 'building' | 'videoExports' | 'exporting'> & {
  bundle: { fileHash: string; builtAt: number } | null;
};

/** The check of the room, as staff pages run it. */
export interface PreflightHost {
  /** Begins one, or gives the one that is under way. */
  begin(staffId: string, request: RunPreflight): PreflightRun;
  running(): PreflightRun | null;
  last(): Promise<PreflightReportView | null>;
  /** One listener, told of every line and of the end. */
  listen(listener: { line(progress: PreflightProgress): void; done(done: PreflightDone): void }): void;
}

/** The rehearsal on the room's own PCs, as staff pages run it. */
export interface RehearsalHost {
  /** Begins one, or leaves the one under way; done when that is recorded. `checking`: a check is under way. @returns why not, or null */
  begin(by: StaffActor, request: BeginRehearsal, checking: boolean): Promise<Refusal | null>;
  /** Ends what is under way, and is done when that is recorded; the figures follow. Nothing under way is nothing to do. @returns why not, or null */
  end(by: StaffActor): Promise<Refusal | null>;
  view(): RehearsalView;
  /** One listener, told a few times a second while one is under way, and at its end. */
  listen(listener: (view: RehearsalView) => void): void;
}

/** The devices as they are this moment, and what happened to them. */
export interface DeviceDesk {
  live(): LiveDevice[];
  /** By reading, in room time; nothing for an unknown device. */
  trends(deviceId: string): Record<string, TrendPoint[]>;
  /** What the last discharge of a UPS proves; null where there was none in the last day. */
  discharge(deviceId: string): DischargeResult | null;
  /** Oldest first. */
  marks(): Promise<DeviceMark[]>;
}

/** Identity documents at readers, compared with the roster. */
export interface DocumentDesk {
  /** Journals what a reader typed at a page. */
  read(staffId: StaffId, text: string): DocumentFound;
  /** What pages are told of a document at a device; null for every other event. */
  atReader(published: Published): DocumentAtReader | null;
}

/** Recordings on their way out of the room. */
export interface ExportDesk {
  /** Drives and folders of this moment. */
  targets(): Promise<ExportTarget[]>;
  /** Where a session's export would lie; null where the drive is gone or the session unknown. */
  folderOf(sessionId: string, targetId: string): Promise<string | null>;
  /** What would go there; null where nobody can say now. */
  plan(sessionId: string, targetId: string): Promise<ExportPlanView | ExportPlanFault | null>;
  /** How far the session's export is; null where none is under way. */
  progress(sessionId: string): ExportProgress | null;
}

/** Somebody of the staff at a page. */
export type StaffActor = Extract<Actor, { kind: 'staff' }>;

export interface StaffHost {
  room: Room;
  /** Resolves once what is installed was held against the seal: until then nobody of the staff is answered. Absent = at once. */
  compared?: Promise<void>;
  rules: StaffRules;
  log: Log;
  /** True when this is the person's PIN; scrypt, so never on the hot path. */
  checkStaffPin(staffId: string, pin: string): Promise<boolean>;
  /** The counter of the org's code for this act, or null (rule 14). */
  checkOrgCode(scope: Omit<CodeScope, 'counter'>, typed: string): number | null;
  /** Opens a paper and keeps its keys; says whether both halves fitted. */
  openPaper(request: {
    sessionId: string;
    paperId: string;
    startCode: string;
    staffId: string;
    pin: string;
  }): Promise<boolean>;
  presence(seatId: SeatId): Presence | null;
  pcOfPairingCode(code: string): string | null;
  pendingPairings(): readonly { pairingCode: string; address: string; since: number; simulated?: true }[];
  photoUrl(hash: string): string;
  /** The files that go to the organisation, with their addresses. */
  bundleFiles(sessionId: string, fileHash: string): { name: string; url: string }[];
  /** Builds the result bundle and records it. @returns why not, or null @throws Error for what nobody foresaw */
  buildBundle(sessionId: string): Promise<Refusal | null>;
  /** How far the session's bundle is; null where none is being built. */
  bundleProgress(sessionId: string): { doneBytes: number; ofBytes: number } | null;
  /** The id of an org's receipt for the session's bundle, or null where it is not one. */
  verifyReceipt(sessionId: string, receipt: string): string | null;
  /** Absent where nothing can be recorded. */
  preflight?: PreflightHost;
  /** Absent where nothing can be recorded. */
  exports?: ExportDesk;
  /** Absent where nothing can be recorded. */
  rehearsal?: RehearsalHost;
  newId(): string;
  /** Absent where no device is asked: a room that can only be looked at. */
  devices?: DeviceDesk;
  /** Absent where nothing can be recorded. */
  documents?: DocumentDesk;
}
