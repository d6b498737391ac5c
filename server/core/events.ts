// What happened, in the past tense. The journal stores one row per event; `session` and `actor` are columns there.
// A body is never edited and a type never changes its meaning: a new meaning gets a new type.

import type { AlarmCode, AlarmSeverity } from './alarm-codes.js';
import type { DocumentOutcome } from './commands.js';
import type { DeviceFaultCode, Readings } from './readings.js';
import type { AttestedLine } from './device-types.js';
import type { BegunRehearsal, RoomRehearsal, StoppedRehearsal } from './rehearsal-types.js';
import type {
  Alarm,
  AnswerRecord,
  AttestedWhat,
  CandidateId,
  ContestReason,
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
  RosterEntry,
  SealTick,
  Seat,
  SeatId,
  Session,
  SessionId,
  Staff,
  StaffId,
  State,
  TestedDischarge,
} from './types.js';
import type { ExportOutcome, ExportRecord } from './video-export-types.js';
import type { CameraId, VideoLine } from './video-types.js';

/** What outlasts a package: pairings, locks, codes that were used, the clocks, the devices. */
export type CarriedRoom = Pick<State, 'clock' | 'mains' | 'outage' | 'usedCounters' | 'lastAt'> & {
  seats: Record<SeatId, Pick<Seat, 'pcId' | 'connected' | 'changedAt' | 'check' | 'simulated' | 'internet'>>;
  staff: Record<StaffId, Pick<Staff, 'failedSignIns' | 'lockedUntil'>>;
  /** Absent in journals of rooms that knew no devices. */
  equipment?: Pick<State, 'devices' | 'alarms' | 'alarmsRaised' | 'preflight' | 'installation'> &
    /** Absent in journals of rooms that recorded nothing, or rehearsed nothing. */
    Partial<Pick<State, 'video' | 'roomRehearsal'>>;
};

/** Which alarm, and whose: a row is read without the state of then. */
export type AlarmName = Pick<Alarm, 'alarmId' | 'deviceId' | 'seatId' | 'code'>;

export type EventBody =
  // the room
  /**
   * Without its people: each session's own come in `roster-installed`, under that session's key. `carried` is what was true of
   * the room: whoever reads on from here needs no row before it (rule 17).
   */
  | {
      type: 'package-installed';
      package: InstalledPackage;
      carried?: CarriedRoom;
      /** Absent where somebody in the room installed it. */
      origin?: PackageOrigin;
    }
  | { type: 'package-removed'; packageId: string; sequence: number; reason: string; origin: PackageOrigin }
  | {
      type: 'install-refused';
      act: 'install' | 'remove';
      code: string;
      packageId: string | null;
      origin: PackageOrigin;
    }
  | { type: 'roster-installed'; sessionId: SessionId; roster: RosterEntry[] }
  | { type: 'server-started'; bootId: string; wallAt: number; monoMs: number; version: string }
  | { type: 'clock-sampled'; bootId: string; wallAt: number; monoMs: number }
  | { type: 'wall-clock-stepped'; byMs: number }
  | { type: 'clock-doubted'; doubtMs: number | null; aheadMs: number | null }
  /** `advanceMs`: how far room time jumps because the PCs say so; where the wall clock is right it follows that. */
  | { type: 'clock-confirmed'; byPcs: boolean; wallRight: boolean; advanceMs: number }
  | { type: 'mains-lost' }
  | { type: 'mains-restored' }
  | { type: 'staff-signed-in'; staffId: StaffId }
  | { type: 'sign-in-refused'; staffId: StaffId; code: string; lockedUntil: number | null }
  /** `simulated`: by a PC that says it is a rehearsal's. */
  | { type: 'seat-paired'; seatId: SeatId; pcId: PcId; simulated?: true }
  | { type: 'seat-unpaired'; seatId: SeatId; reason: string }
  | { type: 'seat-connected'; seatId: SeatId; pcId: PcId }
  /** `silentSince`: when the room last heard from this PC, where that lies before the event. */
  | { type: 'seat-disconnected'; seatId: SeatId; pcId: PcId; silentSince?: number }
  /** A rehearsal's PC was sent away: something real is at stake in this room. `address` of the network, a hint. */
  | { type: 'simulated-refused'; address: string }
  | { type: 'machine-checked'; seatId: SeatId; check: MachineCheck }
  | { type: 'internet-checked'; seatId: SeatId; reached: boolean }
  // devices
  | { type: 'devices-configured'; devices: DeviceCard[] }
  | {
      type: 'device-read';
      deviceId: DeviceId;
      readings: Readings | null;
      fault: DeviceFaultCode | 'silent' | null;
    }
  /** An id that is known already: the same alarm stands again before anybody acknowledged it. */
  | ({ type: 'alarm-raised'; severity: AlarmSeverity } & AlarmName)
  | ({ type: 'alarm-cleared' } & AlarmName)
  | ({ type: 'alarm-acknowledged'; note: string; by: StaffId } & AlarmName)
  | { type: 'device-commanded'; deviceId: DeviceId; act: DeviceAct; by: StaffId | 'room'; reason: string }
  | { type: 'device-acted'; deviceId: DeviceId; act: DeviceAct; fault: DeviceFaultCode | null }
  | {
      type: 'device-attested';
      deviceId: DeviceId;
      what: AttestedWhat;
      value: string;
      note: string;
      by: StaffId;
      tested?: TestedDischarge;
    }
  /** `sessionId` absent and nobody named where no session is under way. */
  | {
      type: 'document-read';
      sessionId?: SessionId;
      deviceId: DeviceId;
      candidateId: CandidateId | null;
      outcome: DocumentOutcome;
      differing: string[];
      readBy?: StaffId;
    }
  /** The power will not last: the server checkpoints and stops in order. */
  | { type: 'shutdown-announced'; reason: AlarmCode }
  | {
      type: 'preflight-recorded';
      reportId: string;
      hash: string;
      green: number;
      amber: number;
      red: number;
      unknown: number;
      redLines: string[];
      /** Absent where nobody ticked a line, and in journals of before. */
      attested?: AttestedLine[];
    }
  /** Written before any PC is asked. */
  | ({ type: 'rehearsal-begun' } & BegunRehearsal)
  /** The room's own PCs played a practice session beside the room. */
  | ({ type: 'room-rehearsed' } & RoomRehearsal)
  /** Written before the PCs are told. */
  | ({ type: 'rehearsal-stopped' } & StoppedRehearsal)
  | { type: 'installation-fingerprinted'; fingerprint: Fingerprint }
  | { type: 'video-configured'; beforeMs: number; afterMs: number }
  /** Lines as the manifest beside the files has them. `anew`: the list begins again; what came before stays. */
  | { type: 'video-recorded'; cameraId: CameraId; lines: VideoLine[]; wallAheadMs: number; anew?: true }
  /** `happenedAt`: by the command's clock, where the room heard of it later. */
  | ({ type: 'video-export-begun'; happenedAt?: number } & Pick<
      ExportRecord,
      'exportId' | 'exported' | 'target' | 'way' | 'by'
    >)
  | ({ type: 'video-export-ended'; outcome: ExportOutcome; by: StaffId | null; happenedAt?: number } & Pick<
      ExportRecord,
      'exportId' | 'exported' | 'target' | 'reason' | 'what'
    >)
  | {
      type: 'command-refused';
      command: string;
      code: string;
      sessionId?: SessionId;
      candidateId?: CandidateId;
    }
  // before the start
  | {
      type: 'seal-signed';
      sessionId: SessionId;
      as: 'sysadmin' | 'clerk';
      staffId: StaffId;
      ticks?: SealTick[];
      reportId?: string;
    }
  | { type: 'room-sealed'; sessionId: SessionId; counter: number | null }
  | { type: 'seal-broken'; sessionId: SessionId; by: string }
  | { type: 'entry-opened'; sessionId: SessionId }
  | { type: 'paper-dealt'; sessionId: SessionId; candidateId: CandidateId; order: DealtOrder }
  | {
      type: 'candidate-admitted';
      sessionId: SessionId;
      candidateId: CandidateId;
      documentSeen: boolean;
      ticketSeen: boolean;
      happenedAt: number | null;
    }
  | {
      type: 'candidate-refused';
      sessionId: SessionId;
      candidateId: CandidateId;
      reason: string;
      happenedAt: number | null;
    }
  | { type: 'check-in-corrected'; sessionId: SessionId; candidateId: CandidateId; reason: string }
  | {
      type: 'log-in-refused';
      sessionId: SessionId;
      seatId: SeatId;
      candidateId: CandidateId | null;
      code: string;
    }
  | {
      type: 'candidate-logged-in';
      sessionId: SessionId;
      candidateId: CandidateId;
      seatId: SeatId;
      pcId: PcId;
      lease: number;
    }
  | { type: 'identity-confirmed'; sessionId: SessionId; candidateId: CandidateId }
  | { type: 'rules-confirmed'; sessionId: SessionId; candidateId: CandidateId }
  | { type: 'paper-opened'; sessionId: SessionId; paperId: string; codeId: string }
  | { type: 'opening-failed'; sessionId: SessionId; paperId: string; lockedUntil: number | null }
  | { type: 'reserve-enabled'; sessionId: SessionId; paperId: string; reason: string; counter: number }
  | { type: 'start-delayed'; sessionId: SessionId; ms: number; reason: string; counter: number }
  // the exam
  | { type: 'session-started'; sessionId: SessionId }
  | { type: 'entry-closed'; sessionId: SessionId; absent: CandidateId[] }
  | {
      type: 'answer-saved';
      sessionId: SessionId;
      candidateId: CandidateId;
      itemId: ItemId;
      record: AnswerRecord;
    }
  | {
      type: 'answer-contested';
      sessionId: SessionId;
      candidateId: CandidateId;
      itemId: ItemId;
      record: AnswerRecord;
      why: ContestReason;
    }
  /** The bytes of a file that an answer names are on the disk, with this hash. `late`: after the hand-over window. */
  | {
      type: 'file-received';
      sessionId: SessionId;
      candidateId: CandidateId;
      lease: number;
      fileHash: string;
      bytes: number;
      late: boolean;
    }
  /** No answer names it any more; its bytes leave the disk. */
  | { type: 'file-dropped'; sessionId: SessionId; candidateId: CandidateId; fileHash: string }
  /** The candidate brought an earlier version back: revision `rev` under this lease is `ofRev` again. Changes no answer. */
  | {
      type: 'answer-restored';
      sessionId: SessionId;
      candidateId: CandidateId;
      itemId: ItemId;
      lease: number;
      rev: number;
      ofRev: number;
    }
  /** A recording began to play; `count` times so far, over all PCs. */
  | {
      type: 'audio-played';
      sessionId: SessionId;
      candidateId: CandidateId;
      itemId: ItemId;
      lease: number;
      count: number;
    }
  | { type: 'hand-raised'; sessionId: SessionId; candidateId: CandidateId }
  | { type: 'hand-lowered'; sessionId: SessionId; candidateId: CandidateId; answeredBy: StaffId | null }
  | { type: 'gap-reported'; sessionId: SessionId; candidateId: CandidateId; from: number; to: number }
  | { type: 'reminder-given'; sessionId: SessionId; candidateIds: CandidateId[]; beforeEndMs: number }
  | { type: 'session-paused'; sessionId: SessionId; cause: 'power' | 'chief'; reason: string }
  | { type: 'session-resumed'; sessionId: SessionId }
  | { type: 'critical-moment-passed'; sessionId: SessionId }
  | {
      type: 'extension-requested';
      sessionId: SessionId;
      requestId: string;
      candidateId: CandidateId;
      ms: number;
      reason: string;
      requestedBy: StaffId;
      /** The power in which the requester stands for it already. */
      as: 'chief' | 'second' | 'none';
    }
  | {
      type: 'extension-approved';
      sessionId: SessionId;
      requestId: string;
      as: 'chief' | 'second';
      by: StaffId | 'org-code';
    }
  | {
      type: 'time-granted';
      sessionId: SessionId;
      requestId: string;
      candidateId: CandidateId;
      ms: number;
      counter: number | null;
    }
  | {
      type: 'extension-closed';
      sessionId: SessionId;
      requestId: string;
      why: 'rejected' | 'expired';
      reason: string | null;
    }
  | { type: 'code-refused'; sessionId: SessionId; command: string; lockedUntil: number | null }
  | {
      type: 'machine-swapped';
      sessionId: SessionId;
      candidateId: CandidateId;
      fromSeatId: SeatId | null;
      toSeatId: SeatId;
      reason: string;
    }
  | { type: 'swap-corrected'; sessionId: SessionId; candidateId: CandidateId; reason: string }
  | { type: 'candidate-left-room'; sessionId: SessionId; candidateId: CandidateId; accompaniedBy: string }
  | { type: 'candidate-returned'; sessionId: SessionId; candidateId: CandidateId }
  | { type: 'candidate-submitted'; sessionId: SessionId; candidateId: CandidateId; madeAt: number }
  | {
      type: 'candidate-ended';
      sessionId: SessionId;
      candidateId: CandidateId;
      reason: EndReason;
      text: string | null;
    }
  | { type: 'candidate-reopened'; sessionId: SessionId; candidateId: CandidateId; reason: string }
  /** Time ran out; `endsAt` is the exact end, which may lie before the event. */
  | { type: 'time-ended'; sessionId: SessionId; candidateIds: CandidateId[]; endsAt: number }
  | {
      type: 'incident-recorded';
      sessionId: SessionId;
      incidentId: string;
      category: IncidentCategory;
      candidateId: CandidateId | null;
      text: string;
      happenedAt: number | null;
      by: StaffId;
    }
  | { type: 'message-sent'; sessionId: SessionId; candidateId: CandidateId | null; text: string }
  | {
      type: 'stand-in-recorded';
      sessionId: SessionId;
      staffId: StaffId;
      role: Role;
      absentStaffId: StaffId;
      reason: string;
    }
  // after it
  | { type: 'session-suspended'; sessionId: SessionId; from: number }
  | {
      type: 'suspended-approved';
      sessionId: SessionId;
      act: 'close' | 'continue';
      as: 'chief' | 'second';
      by: StaffId;
    }
  | { type: 'session-continued'; sessionId: SessionId; gapFrom: number }
  | {
      type: 'session-ended';
      sessionId: SessionId;
      reason: 'all-ended' | 'by-staff' | 'suspension-closed';
      text: string | null;
      endsAt: number;
    }
  /** The PC of this lease holds nothing unsent. */
  | { type: 'candidate-received'; sessionId: SessionId; candidateId: CandidateId; lease: number }
  | { type: 'session-collected'; sessionId: SessionId; withoutSeats: SeatId[]; reason: string | null }
  | { type: 'bundle-built'; sessionId: SessionId; fileHash: string; chainHead: string }
  | { type: 'session-handed-over'; sessionId: SessionId; receiptId: string }
  /**
   * What stays of a session, and the codes of the org that were used so far: an event of the room, since the session's own
   * can be read no more once its key is destroyed.
   */
  | { type: 'session-wiped'; wiped: SessionId; record: Session; usedCounters: number[] }
  | { type: 'wipe-finished'; wiped: SessionId; packageHash: string | null }
  /** Never written: what a row gives whose key was destroyed. */
  | { type: 'row-wiped'; sessionId: SessionId };

/** An event with the moment that the room gave it. */
export type Event = EventBody & { at: number };
export type EventType = EventBody['type'];
