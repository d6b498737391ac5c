// What is true in the room: the words of every rule. Data only; SPEC.md says what they mean.
// Instants end in `At` and are integer milliseconds of room time since the epoch; durations end in `Ms`.

import type { Alarm, DeviceState, Fingerprint, PreflightState, SealTick } from './device-types.js';
import type { AlarmId, CandidateId, DeviceId, ItemId, PcId, SeatId, SessionId, StaffId } from './ids.js';
import type { PlanBands } from './preflight-bands.js';
import type { RoomRehearsal } from './rehearsal-types.js';
import type { VideoState } from './video-types.js';

export type * from './device-types.js';
export type * from './ids.js';

export type Role = 'org-technician' | 'chief' | 'deputy' | 'inspector' | 'clerk' | 'proctor' | 'sysadmin';

/** Who acts. Roles are looked up in the state, never taken from the message. */
export type Actor =
  | { kind: 'staff'; staffId: StaffId; station: string }
  | { kind: 'seat'; seatId: SeatId; pcId: PcId }
  | { kind: 'room' };

// ---------------------------------------------------------------- plan data

/** The org's figures; every number of the requirements is a default here and a literal nowhere else. */
export interface Policy {
  /** D03: entry opens so long before the start. */
  entryOpensBeforeMs: number;
  /** D05: rules are read so long before the start. */
  rulesReadBeforeMs: number;
  /** E02: documents are compared with the sheet so long after the start. */
  identityRecheckAfterMs: number;
  /** E03: check-in closes so long after the start. */
  lateCutOffMs: number;
  /** E05: reminders so long before a candidate's end, longest first. */
  remindersBeforeEndMs: number[];
  /** E06: early leave is possible in the last so many milliseconds. */
  earlyLeaveBeforeEndMs: number;
  /** E09: what chief and inspector may give back in total per candidate. */
  extensionCeilingMs: number;
  /** E09: true where an inspector is sent; otherwise the org's code is the second approval. */
  inspectorSent: boolean;
  /** A request that nobody answers expires. */
  approvalExpiresMs: number;
  /** E10: the critical moment after the loss of mains. */
  criticalMomentMs: number;
  /** Rule 9: saves made before the end are taken for so long after it. */
  handOverWindowMs: number;
  /** Rule 7: how long a suspended session waits for a decision. */
  suspendedDecisionMs: number;
  /** Rule 6: how far clocks may differ before the chief has to confirm. */
  clockToleranceMs: number;
  /** Rule 15: whether a candidate must sit at the seat of the desk label. */
  seatBinding: 'assigned' | 'any';
  /** Rule 10: tries of a code or a PIN before it locks, and for how long. */
  codeTries: number;
  codeLockMs: number;
  /** F06: how a total is made of the subjects. */
  total: { rule: 'weighted'; passMark: number } | { rule: 'every-subject' };
  /** D01: the seal needs the org technician's confirmation code. */
  sealNeedsOrgCode: boolean;
  /** D01: the sysadmin signs with every tick made and a fresh report of the room without a red line. */
  sealNeedsReport: boolean;
  /** By which figures the check of the room judges; absent = those of the requirements. [PF2] */
  preflight?: PlanBands;
}

export interface Subject {
  subjectNo: string;
  name: string;
  mode: 'theory' | 'practical';
  minutes: number;
  passMark: number;
  weight: number;
}

/** What a room may know of a paper before it is opened: no word of its content. */
export interface PaperOutline {
  paperId: string;
  use: 'main' | 'reserve';
  /** There is something to listen to. */
  audio?: true;
  sections: SectionOutline[];
}

export interface SectionOutline {
  sectionId: string;
  title: string;
  shuffleItems: boolean;
  /** How many of the items each candidate gets; null = all. */
  draw: number | null;
  items: ItemOutline[];
}

export type ItemOutline = AnswerableOutline | CaseOutline;

/** Several items about one situation: they are drawn, shuffled and shown together, and answered one by one. */
export interface CaseOutline {
  itemId: ItemId;
  type: 'case';
  points: number;
  shuffleItems: boolean;
  items: AnswerableOutline[];
}

/** An item that takes one answer. */
export type AnswerableOutline =
  | {
      itemId: ItemId;
      type: 'single' | 'multiple' | 'true-false';
      points: number;
      options: string[];
      shuffleOptions: boolean;
    }
  | { itemId: ItemId; type: 'fill-in'; points: number; blanks: { maxLength: number }[] }
  | { itemId: ItemId; type: 'short-text' | 'essay'; points: number; maxLength: number }
  | { itemId: ItemId; type: 'file-upload' | 'screenshot'; points: number; files: FileLimits };

/** What may be handed in to one item. */
export interface FileLimits {
  maxCount: number;
  /** Of each file. */
  maxBytes: number;
  /** Endings of names in small letters, without the dot. */
  types: string[];
}

/** A file as an answer names it (rule 20): its bytes come by themselves. */
export interface HandedInFile {
  /** SHA-256 of the bytes, 64 hex digits. */
  fileHash: string;
  size: number;
  name: string;
  /** Media type, as the browser had it; a hint. */
  type: string;
}

/**
 * The order that one candidate sees; stored, never computed again. It lists what is answered: the items of a case one after
 * the other, with its id, and not the case.
 */
export interface DealtOrder {
  paperId: string;
  sections: { sectionId: string; items: { itemId: ItemId; options: string[]; caseId?: ItemId }[] }[];
}

/** Choices name option ids; a fill-in has one string per blank; short texts and essays are one text; files are named. */
export type AnswerValue =
  { options: string[] } | { blanks: string[] } | { text: string } | { files: HandedInFile[] };

export interface RosterEntry {
  candidateId: CandidateId;
  ticketNo: string;
  name: string;
  documentType: string;
  documentNo: string;
  kind: 'school' | 'society';
  school: string;
  seatId: SeatId;
  /** SHA-256 of the photo in the package's content store, hex. */
  photo: string | null;
}

export interface StaffMember {
  staffId: StaffId;
  name: string;
  roles: Role[];
}

export interface SessionPlan {
  sessionId: SessionId;
  certificate: string;
  level: string;
  subject: Subject;
  /** Room time of the national start. */
  startsAt: number;
  practice: boolean;
  policy: Policy;
  papers: PaperOutline[];
  roster: RosterEntry[];
}

export interface InstalledPackage {
  packageId: string;
  sequence: number;
  /** SHA-256 of the manifest, hex. */
  manifestHash: string;
  orgName: string;
  planName: string;
  siteName: string;
  roomName: string;
  helpTelephone: string;
  expiresAt: number;
  seats: { seatId: SeatId; label: string; spare: boolean }[];
  staff: StaffMember[];
  sessions: SessionPlan[];
}

/** Who brought or took away a package from outside the room, and from where. */
export interface PackageOrigin {
  /** A technician came to the room, or the room fetched it for a task of the organisation. */
  way: 'remote' | 'pull';
  /** The Ed25519 key that signed the request or the task. */
  keyId: string;
  /** Who that is, by the key's own file. */
  name: string;
  /** Network address of the sender, or where the package was fetched. */
  address: string;
}

// ---------------------------------------------------------------- state

export interface State {
  package: InstalledPackage | null;
  /** The package that was taken away last, until another comes: nothing rolls back behind it. */
  removed?: { packageId: string; sequence: number; at: number };
  seats: Record<SeatId, Seat>;
  staff: Record<StaffId, Staff>;
  sessions: Record<SessionId, Session>;
  /** The one session that holds the room (rule 17), from entry until collected. */
  currentSession: SessionId | null;
  clock: RoomClock;
  mains: { present: boolean; changedAt: number | null };
  devices: Record<DeviceId, DeviceState>;
  /** Those that stand, and those that nobody has acknowledged. */
  alarms: Record<AlarmId, Alarm>;
  /** How many were ever raised: the next one's number. */
  alarmsRaised: number;
  preflight: PreflightState | null;
  /** The last rehearsal on the room's own PCs, and when it ended; absent before the first. [SM5] */
  roomRehearsal?: RoomRehearsal & { at: number };
  /** What is installed, as it was last said; null before anybody did. */
  installation: Fingerprint | null;
  video: VideoState;
  /** When the server was last away: from the last thing it wrote to its start (rule 7). */
  outage: Interval | null;
  /** Counters of the org's codes that were used (rule 14). */
  usedCounters: number[];
  lastAt: number;
}

export interface RoomClock {
  bootId: string | null;
  /** false = the chief has to confirm before clocks run (rule 6). */
  trusted: boolean;
  /** Milliseconds by which the wall clock seems wrong, where known. */
  doubtMs: number | null;
  /** Milliseconds by which the PCs are ahead of room time, which stood still while the machine was off; null where too few said. */
  aheadMs: number | null;
}

export interface Staff extends StaffMember {
  /** Roles held by a recorded stand-in, per session (E16). */
  standIn: { sessionId: SessionId; role: Role }[];
  failedSignIns: number;
  lockedUntil: number | null;
}

export interface Seat {
  seatId: SeatId;
  label: string;
  spare: boolean;
  pcId: PcId | null;
  /** Connected since, or away since. */
  connected: boolean;
  changedAt: number | null;
  /** Facts of the machine check, as the PC reported them. */
  check: MachineCheck | null;
  /** The PC is no machine but a rehearsal's, by its own word; absent for every other. [SM1] */
  simulated?: true;
  /** Whether its PC reaches the internet, by its own probes; absent where it never said. [NI1] */
  internet?: InternetReach;
}

export interface InternetReach {
  reached: boolean;
  at: number;
  /** Rounds without, one after the other, two at most: one clean round proves little. */
  cleanRounds: number;
}

export interface MachineCheck {
  browser: string;
  screen: string;
  storageOk: boolean;
  cryptoOk: boolean;
  passed: boolean;
  /** The beeps in the headphones were heard; absent where nobody tried. */
  audioOk?: boolean;
  facts?: MachineFacts;
}

/** What a browser tells of its PC; what it does not tell is absent. */
export interface MachineFacts {
  /** GiB as the browser tells it: a power of two, 8 for any more in an older one; Firefox says nothing. */
  memoryGib?: number;
  cores?: number;
  /** CSS pixels of the whole screen times the device's ratio. */
  screen?: { width: number; height: number };
  /** What the browser lets the room's pages store. */
  quotaBytes?: number;
  /** The median of several small requests. */
  roundTripMs?: number;
  /** A fetch of some megabytes from the room. */
  throughputMbit?: number;
  /** A Chinese sentence was typed through an input method, and came out whole. */
  inputMethod?: boolean;
  /** Something that was written down at the first check is still there after a restart of the PC; absent before one. */
  survivedReboot?: boolean;
}

export type SessionPhase =
  | 'installed'
  | 'sealed'
  | 'open'
  | 'running'
  | 'paused'
  | 'suspended'
  | 'ended'
  | 'collected'
  | 'handed-over';

/** [from, to): half open; `to` null while it lasts. */
export interface Interval {
  from: number;
  to: number | null;
}

export interface Session {
  /** The package that brought it: names of sessions are unique within a plan only. */
  packageId: string;
  plan: SessionPlan;
  phase: SessionPhase;
  seal: {
    sysadmin: StaffId | null;
    clerk: StaffId | null;
    orgConfirmed: boolean;
    brokenBy: string | null;
    /** What the sysadmin ticked and which report the signature stands under, where that was said. */
    ticks?: SealTick[];
    reportId?: string;
  };
  /** E01: milliseconds by which the start was moved with the org's consent. */
  startDelayMs: number;
  openedAt: number | null;
  startedAt: number | null;
  /** When the session ran; remaining time follows from these alone (rule 5). */
  runs: Interval[];
  pauseReason: 'power' | 'chief' | null;
  /** Rule 7: the outage over which the session came to its end. */
  suspended: {
    from: number;
    at: number;
    /** Which act was approved by whom so far. */
    act: 'close' | 'continue' | null;
    chief: StaffId | null;
    second: StaffId | null;
  } | null;
  /** The exact end, which may lie before the event that records it. */
  endedAt: number | null;
  /** Rule 9: until when what was written before the end is taken without a doubt. */
  handOverUntil: number | null;
  collectedAt: number | null;
  handedOverAt: number | null;
  /** The reserve paper that the org enabled in place of the main one (REQ-E14). */
  reserve: string | null;
  /** The paper that is dealt, and whether its key was released. */
  paper: { paperId: string; openedAt: number | null } | null;
  /** Wrong start codes (rule 10). */
  failedCodes: number;
  codesLockedUntil: number | null;
  /** Wrong codes of the org (rule 14). */
  failedOrgCodes: number;
  orgCodesLockedUntil: number | null;
  candidates: Record<CandidateId, Candidate>;
  approvals: Record<string, Approval>;
  cutOffRecorded: boolean;
  /** E10: the critical moment of a loss of mains was noted. */
  criticalPassed: boolean;
  incidents: Incident[];
  /** Identity of the org's receipt, once it came. */
  receipt: string | null;
  bundle: { fileHash: string; builtAt: number } | null;
  /** REQ-F08: since when its people, answers and papers are gone here, and when the last trace of them was destroyed. */
  wiped: { at: number; finishedAt: number | null } | null;
}

export interface Approval {
  requestId: string;
  candidateId: CandidateId;
  ms: number;
  reason: string;
  requestedBy: StaffId;
  requestedAt: number;
  expiresAt: number;
  chief: StaffId | null;
  second: StaffId | 'org-code' | null;
  /** How it came to an end; null while it waits. */
  closed: 'granted' | 'rejected' | 'expired' | null;
}

export interface Incident {
  incidentId: string;
  category: IncidentCategory;
  candidateId: CandidateId | null;
  text: string;
  at: number;
  happenedAt: number | null;
  by: StaffId;
}

export type IncidentCategory =
  | 'violation-admonition'
  | 'violation-warning'
  | 'violation-ending'
  | 'violation-voiding'
  | 'question-doubt'
  | 'illness'
  | 'machine'
  | 'environment'
  | 'staff'
  | 'other';

export type Attendance = 'expected' | 'admitted' | 'refused' | 'absent';

export type EndReason =
  'time' | 'submitted' | 'violation' | 'illness' | 'early-leave' | 'disturbing' | 'session-ended';

export interface Lease {
  no: number;
  seatId: SeatId;
  pcId: PcId;
  from: number;
  /** When another PC took over; null = the present one. */
  to: number | null;
  /** When this PC was without the server (from the journal's connection events). */
  offline: Interval[];
  /** When this PC said that it holds nothing unsent. */
  receivedAt: number | null;
}

export interface AnswerRecord {
  lease: number;
  rev: number;
  value: AnswerValue;
  marked: boolean;
  /** When the PC says it was written; accepted or contested by rule 9. */
  madeAt: number;
  savedAt: number;
}

/** Why an answer is kept for the org instead of counted (rule 9). */
export type ContestReason = 'connected-at-end' | 'other-lease-newer' | 'window-over';

export interface Candidate {
  entry: RosterEntry;
  attendance: Attendance;
  checkedInAt: number | null;
  refusedReason: string | null;
  /** Oldest first; the last one without `to` is the present lease. */
  leases: Lease[];
  /** A swap was confirmed and the candidate has not logged in there yet. */
  movingTo: SeatId | null;
  identityConfirmedAt: number | null;
  rulesReadAt: number | null;
  order: DealtOrder | null;
  answers: Record<ItemId, AnswerRecord>;
  /** Files whose bytes are on the room's disk, by hash; absent where none ever came. `late` = after the hand-over window. */
  files?: Record<string, { bytes: number; lease: number; receivedAt: number; late: boolean }>;
  /** How many items have an answer that is not empty. */
  answered: number;
  /** Kept for the org, not counted (rule 9). */
  contested: { itemId: ItemId; record: AnswerRecord; why: ContestReason }[];
  grants: { ms: number; at: number; requestId: string }[];
  /** How often recordings were played, by item or case; absent where none was. */
  plays?: Record<ItemId, number>;
  remindersGiven: number[];
  handRaisedAt: number | null;
  away: { from: number; accompaniedBy: string } | null;
  /** When writing stopped for this candidate, and why. */
  ended: { at: number; reason: EndReason } | null;
  /** Every PC of the candidate said "nothing unsent". */
  receivedAllAt: number | null;
  /** Times in which the PC could not work, by its own heartbeat log (rule 8): disjoint, in order. */
  gaps: { from: number; to: number }[];
  /** Sum of `gaps` as far as the session ran then. */
  gapsMs: number;
}
