// What a candidate's PC keeps for itself, so that it can work alone and comes back after a crash: its name to the room, sealed
// parts, exams and their answers. Plain content of a paper is never in here.

import type { AnswerValueMessage, PaperMessage, SeatState } from '../../../server/protocol/seat.js';
import type { Plays } from '../exam/plays.js';
import type { TextVersion } from '../exam/text-versions.js';

/** One candidate's sitting under one lease at this PC. */
export interface ExamRecord {
  examId: string;
  sessionId: string;
  packageId: string;
  candidateId: string;
  lease: number;
  paperId: string;
  /** Cannot be exported; goes away as soon as the room has everything. */
  contentKey: CryptoKey;
  itemKeys: Record<string, CryptoKey>;
  order: PaperMessage['order'];
  /** The item shown last. */
  itemId: string | null;
  /** Handed in by the candidate, at room time. */
  submit: { madeAt: number; settled: boolean } | null;
  /** Room times between which this PC was dead, not yet told to the room. */
  gaps: { from: number; to: number }[];
  /** Room time of the last local heartbeat. */
  aliveAt: number | null;
  /** Recordings that were played, by item or case. */
  plays?: Record<string, Plays>;
}

/** An answer as it stands here, with what the room is known to hold. */
export interface AnswerRow {
  examId: string;
  itemId: string;
  /** Counts the changes of this item under this lease; 0 = taken over from an earlier lease. */
  rev: number;
  value: AnswerValueMessage;
  marked: boolean;
  /** Room time of the change, ms. */
  madeAt: number;
  /** The newest revision that the room has on its disk or has refused for good. */
  settledRev: number;
  /** Earlier versions that were brought back and that the room has not heard of: which revision became which. */
  restores?: { rev: number; ofRev: number }[];
}

/** Earlier versions of one text, oldest first. */
export interface VersionsRow {
  examId: string;
  itemId: string;
  versions: TextVersion[];
}

/** A file that the candidate chose, as it lies here. */
export interface FileRow {
  examId: string;
  /** SHA-256 of the bytes, hex. */
  fileHash: string;
  bytes: Blob;
  /** The room has acknowledged it. */
  inRoom: boolean;
}

/** Bridges a reload: the room's time and this PC's wall clock at the same moment. */
export interface ClockMark {
  roomNow: number;
  wallNow: number;
}

export interface LocalStore {
  pcSecret(): Promise<string | null>;
  keepPcSecret(secret: string): Promise<void>;
  clockMark(): Promise<ClockMark | null>;
  keepClockMark(mark: ClockMark): Promise<void>;
  /** The page as the room last described it. */
  lastState(): Promise<SeatState | null>;
  keepLastState(state: SeatState): Promise<void>;
  /** Ciphertext of a sealed part. */
  part(sha256: string): Promise<ArrayBuffer | null>;
  partHashes(): Promise<string[]>;
  keepPart(sha256: string, bytes: ArrayBuffer): Promise<void>;
  dropPart(sha256: string): Promise<void>;
  exams(): Promise<ExamRecord[]>;
  keepExam(exam: ExamRecord): Promise<void>;
  answers(examId: string): Promise<AnswerRow[]>;
  /** Resolves when the answer is in the PC's storage. @throws where the storage is full or broken */
  keepAnswer(answer: AnswerRow): Promise<void>;
  versions(examId: string): Promise<VersionsRow[]>;
  /** @throws where the storage is full or broken */
  keepVersions(versions: VersionsRow): Promise<void>;
  /** Which files of an exam are here. */
  files(examId: string): Promise<Omit<FileRow, 'bytes'>[]>;
  fileBytes(examId: string, fileHash: string): Promise<Blob | null>;
  /** Resolves when the file is in the PC's storage. @throws where the storage is full or broken */
  keepFile(file: FileRow): Promise<void>;
  /** Removes an exam with its answers, their versions, files and keys, in one step. */
  dropExam(examId: string): Promise<void>;
}

/** One name for a sitting: session, candidate and lease. */
export function examIdOf(sessionId: string, candidateId: string, lease: number): string {
  return `${sessionId}/${candidateId}/${lease}`;
}
