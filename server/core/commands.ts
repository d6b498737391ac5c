// What people, PCs and the room itself may ask for. A command carries all that a decision needs:
// ids, random numbers and the results of cryptography arrive in it, because the core has neither.

import type { AlarmCode } from './alarm-codes.js';
import type { DeviceFaultCode, Readings } from './readings.js';
import type { AttestedLine } from './device-types.js';
import type { BegunRehearsal, RoomRehearsal, StoppedRehearsal } from './rehearsal-types.js';
import type {
  Actor,
  AlarmId,
  AnswerValue,
  AttestedWhat,
  CandidateId,
  DealtOrder,
  DeviceAct,
  DeviceCard,
  DeviceId,
  EndReason,
  Fingerprint,
  IncidentCategory,
  InstalledPackage,
  ItemId,
  MachineCheck,
  PackageOrigin,
  PcId,
  Role,
  SealTick,
  SeatId,
  SessionId,
  StaffId,
} from './types.js';
import type { ExportedWhat, ExportOutcome, ExportReason } from './video-export-types.js';
import type { CameraId, VideoLine } from './video-types.js';
import type { DischargeResult } from './ups-runtime.js';

/** An authorisation beyond the room's powers, already verified by the caller (rule 14). */
export type OrgAuthorisation = { ok: true; counter: number } | { ok: false };

/** Commands of the room itself; never taken from a wire. */
export type RoomCommand =
  | { type: 'install-package'; package: InstalledPackage; origin?: PackageOrigin }
  | { type: 'remove-package'; packageId: string; reason: string; origin: PackageOrigin }
  /** A signed wish from outside that was refused before the rules saw it. `packageId` null where nobody could read it. */
  | {
      type: 'record-install-refused';
      act: 'install' | 'remove';
      code: string;
      packageId: string | null;
      origin: PackageOrigin;
    }
  | { type: 'start-server'; bootId: string; wallAt: number; monoMs: number; version: string }
  /** `steppedByMs`: how far the wall clock was stepped since the last look; journaled as `wall-clock-stepped`. */
  | { type: 'sample-clock'; bootId: string; wallAt: number; monoMs: number; steppedByMs?: number }
  /** What each PC believes, against the wall clock (`deviationsMs`) and against room time (`aheadMs`). */
  | { type: 'compare-clock'; deviationsMs: number[]; aheadMs: number[] }
  | { type: 'connect-seat'; seatId: SeatId; pcId: PcId }
  /** `silentSince`: when the room last heard from this PC; a dead line is noticed later than it dies. */
  | { type: 'disconnect-seat'; seatId: SeatId; pcId: PcId; silentSince?: number }
  /** A PC that says it is a rehearsal's was sent away. [SM3] */
  | { type: 'record-simulated-refused'; address: string }
  | { type: 'record-sign-in'; staffId: StaffId; ok: boolean }
  | { type: 'deal-paper'; sessionId: SessionId; paperId: string; orders: Record<CandidateId, DealtOrder> }
  | { type: 'record-bundle'; sessionId: SessionId; fileHash: string; chainHead: string }
  /** The wipe is done; `packageHash` of the package file where that went with it. */
  | { type: 'record-wipe'; sessionId: SessionId; packageHash: string | null }
  /** A file that no answer names any more is about to be removed from the disk. */
  | { type: 'drop-file'; sessionId: SessionId; candidateId: CandidateId; fileHash: string }
  /** The devices that the configuration names, all of them. */
  | { type: 'configure-devices'; devices: DeviceCard[] }
  /** What a device said or why it did not, and what that changes about its alarms (device-watch.ts). */
  | {
      type: 'report-device';
      deviceId: DeviceId;
      readings: Readings | null;
      fault: DeviceFaultCode | 'silent' | null;
      changes: { raise: AlarmCode[]; clear: AlarmCode[] };
    }
  /** What became of an act that was commanded. */
  | { type: 'note-act'; deviceId: DeviceId; act: DeviceAct; fault: DeviceFaultCode | null }
  /**
   * An identity document was read. `differing` names fields of the roster and carries no value; no number of a document
   * comes here.
   */
  | {
      type: 'note-document-read';
      sessionId: SessionId | null;
      deviceId: DeviceId;
      candidateId: CandidateId | null;
      outcome: DocumentOutcome;
      differing: string[];
      /** At whose page, where a person held it to a reader there. */
      readBy?: StaffId;
    }
  /** The room was checked; `hash` of the signed report, `redLines` by their names. */
  | {
      type: 'record-preflight';
      reportId: string;
      hash: string;
      green: number;
      amber: number;
      red: number;
      unknown: number;
      redLines: string[];
      attested?: AttestedLine[];
    }
  /** The room's own PCs have played a practice session beside the room. */
  | ({ type: 'record-rehearsal' } & RoomRehearsal)
  /** What is installed now, as hashes. */
  | { type: 'compare-installation'; fingerprint: Fingerprint }
  /** How long before and after a session the cameras record. */
  | { type: 'configure-video'; beforeMs: number; afterMs: number }
  /**
   * What the recorder listed since the last report; each line's own hash was checked. `wallAheadMs`: wall clock minus room time.
   * `anew`: the list begins again, for instance on another disk.
   */
  | { type: 'report-video'; cameraId: CameraId; lines: VideoLine[]; wallAheadMs: number; anew?: true }
  /** A line of the recorder's list is not what its hash says. */
  | { type: 'doubt-video'; cameraId: CameraId; line: number }
  /** The command on the server began to hand recordings over. */
  | { type: 'note-video-export'; exportId: string; exported: SessionId; target: string; happenedAt: number }
  /** What became of an export; `happenedAt` where it was the command's. */
  | {
      type: 'end-video-export';
      exportId: string;
      outcome: ExportOutcome;
      reason: ExportReason | null;
      what: ExportedWhat | null;
      happenedAt?: number;
    }
  | { type: 'tick' };

export type DocumentOutcome = 'match' | 'not-on-roster' | 'other-session' | 'unreadable';

/** Commands of a candidate's PC. The gateway fills in `by`. */
export type SeatCommand =
  | { type: 'report-check'; check: MachineCheck }
  /** A round of probes of the internet was made. */
  | { type: 'report-internet'; reached: boolean; probes: number }
  | { type: 'log-in'; sessionId: SessionId; ticketNo: string; password: string }
  | { type: 'confirm-identity'; candidateId: CandidateId; lease: number }
  | { type: 'confirm-rules'; candidateId: CandidateId; lease: number }
  | {
      type: 'save-answer';
      candidateId: CandidateId;
      lease: number;
      itemId: ItemId;
      rev: number;
      value: AnswerValue;
      marked: boolean;
      madeAt: number;
      /** Earlier versions that were brought back: revision `rev` is revision `ofRev` again; 0 = what another PC had left. */
      restores?: { rev: number; ofRev: number }[];
    }
  | { type: 'submit'; candidateId: CandidateId; lease: number; madeAt: number }
  | { type: 'raise-hand'; candidateId: CandidateId; lease: number }
  | { type: 'lower-hand'; candidateId: CandidateId; lease: number }
  /** A recording of an item or a case began to play for the `count`th time. */
  | { type: 'note-play'; candidateId: CandidateId; lease: number; itemId: ItemId; count: number }
  | { type: 'report-gap'; candidateId: CandidateId; lease: number; from: number; to: number }
  /** Given by the room's own uploads on behalf of the PC that sent the bytes: they are on the disk and have this hash. */
  | { type: 'receive-file'; candidateId: CandidateId; lease: number; fileHash: string; bytes: number }
  | { type: 'confirm-nothing-unsent'; candidateId: CandidateId; lease: number };

/** Commands of staff; who may give which is the table in permissions.ts. */
export type StaffCommand =
  | { type: 'pair-seat'; pcId: PcId; seatId: SeatId; simulated?: true }
  | { type: 'unpair-seat'; seatId: SeatId; reason: string }
  | { type: 'sign-seal'; sessionId: SessionId; ticks?: SealTick[]; reportId?: string }
  | { type: 'confirm-seal'; sessionId: SessionId; authorisation: OrgAuthorisation | null }
  | { type: 'open-entry'; sessionId: SessionId }
  | {
      type: 'check-in';
      sessionId: SessionId;
      candidateId: CandidateId;
      outcome: 'admitted' | 'refused';
      documentSeen: boolean;
      ticketSeen: boolean;
      reason: string | null;
      happenedAt: number | null;
    }
  | { type: 'correct-check-in'; sessionId: SessionId; candidateId: CandidateId; reason: string }
  | { type: 'open-paper'; sessionId: SessionId; paperId: string; opened: boolean; codeId: string }
  /** REQ-E14: the org lets the reserve paper take the place of the main one. */
  | {
      type: 'enable-reserve';
      sessionId: SessionId;
      paperId: string;
      reason: string;
      authorisation: OrgAuthorisation | null;
    }
  | {
      type: 'delay-start';
      sessionId: SessionId;
      ms: number;
      reason: string;
      authorisation: OrgAuthorisation | null;
    }
  | { type: 'start-session'; sessionId: SessionId }
  | { type: 'pause-session'; sessionId: SessionId; cause: 'power' | 'chief'; reason: string }
  | { type: 'resume-session'; sessionId: SessionId }
  | { type: 'report-mains'; present: boolean }
  | {
      type: 'request-extension';
      sessionId: SessionId;
      requestId: string;
      candidateId: CandidateId;
      ms: number;
      reason: string;
    }
  | {
      type: 'approve-extension';
      sessionId: SessionId;
      requestId: string;
      authorisation: OrgAuthorisation | null;
    }
  | { type: 'reject-extension'; sessionId: SessionId; requestId: string; reason: string }
  | { type: 'swap-machine'; sessionId: SessionId; candidateId: CandidateId; toSeatId: SeatId; reason: string }
  | { type: 'correct-swap'; sessionId: SessionId; candidateId: CandidateId; reason: string }
  | { type: 'answer-hand'; sessionId: SessionId; candidateId: CandidateId }
  | { type: 'leave-room'; sessionId: SessionId; candidateId: CandidateId; accompaniedBy: string }
  | { type: 'return-to-room'; sessionId: SessionId; candidateId: CandidateId }
  | {
      type: 'end-candidate';
      sessionId: SessionId;
      candidateId: CandidateId;
      reason: Exclude<EndReason, 'time' | 'submitted' | 'session-ended'>;
      text: string;
    }
  | { type: 'reopen-candidate'; sessionId: SessionId; candidateId: CandidateId; reason: string }
  | {
      type: 'record-incident';
      sessionId: SessionId;
      incidentId: string;
      category: IncidentCategory;
      candidateId: CandidateId | null;
      text: string;
      happenedAt: number | null;
    }
  | { type: 'send-message'; sessionId: SessionId; candidateId: CandidateId | null; text: string }
  | { type: 'end-session'; sessionId: SessionId; reason: string }
  | { type: 'close-suspended'; sessionId: SessionId }
  | { type: 'continue-suspended'; sessionId: SessionId }
  | { type: 'collect-session'; sessionId: SessionId; withoutSeats: SeatId[]; reason: string | null }
  | { type: 'confirm-receipt'; sessionId: SessionId; receiptId: string; verified: boolean }
  | { type: 'confirm-clock'; wallRight: boolean }
  | { type: 'acknowledge-alarm'; alarmId: AlarmId; note: string }
  | { type: 'command-device'; deviceId: DeviceId; act: DeviceAct; reason: string }
  /** `result`: what the last discharge proves, by what the UPS told meanwhile; null where there was none. */
  | { type: 'record-discharge'; deviceId: DeviceId; note: string; result: DischargeResult | null }
  /** `value`: `effective` or `ineffective` of a jammer, seconds of a runtime, words of a detector, `right` or `wrong` of the text in a camera's picture. */
  | { type: 'attest-device'; deviceId: DeviceId; what: AttestedWhat; value: string; note: string }
  /** `target`: the folder; null where the drive that was chosen is not there. */
  | { type: 'export-video'; sessionId: SessionId; exportId: string; target: string | null }
  | { type: 'cancel-video-export'; exportId: string }
  /** The room is to be checked. `rehearsing`: its PCs are under load. */
  | { type: 'run-preflight'; rehearsing: boolean }
  /** The room's own PCs are to play. `underWay`: what is under way in the room and would be disturbed, or is joined. */
  | ({ type: 'begin-rehearsal'; underWay: 'check' | 'rehearsal' | null } & Omit<BegunRehearsal, 'begunBy'>)
  /** `soFar` of the one that is under way; null where none is. */
  | { type: 'stop-rehearsal'; soFar: Omit<StoppedRehearsal, 'stoppedBy'> | null }
  | {
      type: 'stand-in';
      sessionId: SessionId;
      staffId: StaffId;
      role: Role;
      absentStaffId: StaffId;
      reason: string;
    };

export type Command = (RoomCommand | SeatCommand | StaffCommand) & { by: Actor };
export type CommandType = Command['type'];
