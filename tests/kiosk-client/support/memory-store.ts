// The kiosk's local store in memory, for tests in Node: what is put in is copied, as a browser's database would.

import type { SeatState } from '../../../server/protocol/seat.js';
import type {
  AnswerRow,
  ClockMark,
  ExamRecord,
  FileRow,
  LocalStore,
  VersionsRow,
} from '../../../kiosk-client/candidate/local/local-store.js';

export class MemoryStore implements LocalStore {
  secret: string | null = null;
  mark: ClockMark | null = null;
  state: SeatState | null = null;
  readonly parts = new Map<string, ArrayBuffer>();
  readonly examRows = new Map<string, ExamRecord>();
  readonly answerRows = new Map<string, AnswerRow>();
  readonly versionRows = new Map<string, VersionsRow>();
  readonly fileRows = new Map<string, FileRow>();
  /** The disk is full: answers cannot be kept. */
  isFull = false;

  async pcSecret() {
    return this.secret;
  }
  async keepPcSecret(secret: string) {
    this.secret = secret;
  }
  async clockMark() {
    return this.mark;
  }
  async keepClockMark(mark: ClockMark) {
    this.mark = mark;
  }
  async lastState() {
    return this.state;
  }
  async keepLastState(state: SeatState) {
    this.state = structuredClone(state);
  }
  async part(sha256: string) {
    return this.parts.get(sha256) ?? null;
  }
  async partHashes() {
    return [...this.parts.keys()];
  }
  async keepPart(sha256: string, bytes: ArrayBuffer) {
    this.parts.set(sha256, bytes);
  }
  async dropPart(sha256: string) {
    this.parts.delete(sha256);
  }
  async exams() {
    return [...this.examRows.values()].map((exam) => ({ ...exam, gaps: [...exam.gaps] }));
  }
  async keepExam(exam: ExamRecord) {
    this.examRows.set(exam.examId, { ...exam, gaps: [...exam.gaps] });
  }
  async answers(examId: string) {
    return [...this.answerRows.values()].filter((row) => row.examId === examId);
  }
  async keepAnswer(answer: AnswerRow) {
    if (this.isFull) throw new Error('QuotaExceededError');
    this.answerRows.set(`${answer.examId}/${answer.itemId}`, structuredClone(answer));
  }
  async versions(examId: string) {
    return [...this.versionRows.values()].filter((row) => row.examId === examId);
  }
  async keepVersions(row: VersionsRow) {
    if (this.isFull) throw new Error('QuotaExceededError');
    this.versionRows.set(`${row.examId}/${row.itemId}`, structuredClone(row));
  }
  async files(examId: string) {
    return [...this.fileRows.values()].filter((row) => row.examId === examId);
  }
  async fileBytes(examId: string, fileHash: string) {
    return this.fileRows.get(`${examId}/${fileHash}`)?.bytes ?? null;
  }
  async keepFile(row: FileRow) {
    if (this.isFull) throw new Error('QuotaExceededError');
    this.fileRows.set(`${row.examId}/${row.fileHash}`, row);
  }
  async dropExam(examId: string) {
    for (const key of [...this.fileRows.keys()]) if (key.startsWith(`${examId}/`)) this.fileRows.delete(key);
    this.examRows.delete(examId);
    for (const key of [...this.versionRows.keys()])
      if (key.startsWith(`${examId}/`)) this.versionRows.delete(key);
    for (const key of [...this.answerRows.keys()])
      if (key.startsWith(`${examId}/`)) this.answerRows.delete(key);
  }
}
