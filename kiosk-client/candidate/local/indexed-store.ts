// The local store in IndexedDB. Every write is one transaction and resolves when the browser says that it is done, by a
// browser that knows the difference when it is on the disk.

import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { SeatState } from '../../../server/protocol/seat.js';
import type { AnswerRow, ClockMark, ExamRecord, FileRow, LocalStore, VersionsRow } from './local-store.js';

interface Schema extends DBSchema {
  pc: { key: string; value: string | ClockMark | SeatState };
  parts: { key: string; value: ArrayBuffer };
  exams: { key: string; value: ExamRecord };
  answers: { key: [string, string]; value: AnswerRow; indexes: { exam: string } };
  versions: { key: [string, string]; value: VersionsRow; indexes: { exam: string } };
  files: { key: [string, string]; value: FileRow; indexes: { exam: string } };
}

const STRICT = { durability: 'strict' } as const;

/** Opens or makes the store. @param name one for each PC that this browser stands for @throws where there is no IndexedDB */
export async function openIndexedStore(name: string): Promise<LocalStore> {
  const db = await openDB<Schema>(name, 3, {
    upgrade(fresh, from) {
      if (from < 1) {
        fresh.createObjectStore('pc');
        fresh.createObjectStore('parts');
        fresh.createObjectStore('exams', { keyPath: 'examId' });
        fresh.createObjectStore('answers', { keyPath: ['examId', 'itemId'] }).createIndex('exam', 'examId');
      }
      if (from < 2)
        fresh.createObjectStore('versions', { keyPath: ['examId', 'itemId'] }).createIndex('exam', 'examId');
      fresh.createObjectStore('files', { keyPath: ['examId', 'fileHash'] }).createIndex('exam', 'examId');
    },
  });
  return new IndexedStore(db);
}

class IndexedStore implements LocalStore {
  constructor(private readonly db: IDBPDatabase<Schema>) {}

  async pcSecret() {
    return ((await this.db.get('pc', 'secret')) as string | undefined) ?? null;
  }

  keepPcSecret(secret: string) {
    return this.#keepOfPc('secret', secret);
  }

  async clockMark() {
    return ((await this.db.get('pc', 'clock')) as ClockMark | undefined) ?? null;
  }

  keepClockMark(mark: ClockMark) {
    return this.#keepOfPc('clock', mark);
  }

  async lastState() {
    return ((await this.db.get('pc', 'state')) as SeatState | undefined) ?? null;
  }

  keepLastState(state: SeatState) {
    return this.#keepOfPc('state', state);
  }

  async part(sha256: string) {
    return (await this.db.get('parts', sha256)) ?? null;
  }

  partHashes() {
    return this.db.getAllKeys('parts');
  }

  async keepPart(sha256: string, bytes: ArrayBuffer) {
    await this.db.put('parts', bytes, sha256);
  }

  dropPart(sha256: string) {
    return this.db.delete('parts', sha256);
  }

  exams() {
    return this.db.getAll('exams');
  }

  async keepExam(exam: ExamRecord) {
    const change = this.db.transaction('exams', 'readwrite', STRICT);
    await Promise.all([change.store.put(exam), change.done]);
  }

  answers(examId: string) {
    return this.db.getAllFromIndex('answers', 'exam', examId);
  }

  async keepAnswer(answer: AnswerRow) {
    const change = this.db.transaction('answers', 'readwrite', STRICT);
    await Promise.all([change.store.put(answer), change.done]);
  }

  versions(examId: string) {
    return this.db.getAllFromIndex('versions', 'exam', examId);
  }

  async keepVersions(versions: VersionsRow) {
    await this.db.put('versions', versions);
  }

  async files(examId: string) {
    const rows = await this.db.getAllFromIndex('files', 'exam', examId);
    return rows.map(({ fileHash, inRoom }) => ({ examId, fileHash, inRoom }));
  }

  async fileBytes(examId: string, fileHash: string) {
    return (await this.db.get('files', [examId, fileHash]))?.bytes ?? null;
  }

  async keepFile(file: FileRow) {
    const change = this.db.transaction('files', 'readwrite', STRICT);
    await Promise.all([change.store.put(file), change.done]);
  }

  async dropExam(examId: string) {
    const change = this.db.transaction(['exams', 'answers', 'versions', 'files'], 'readwrite', STRICT);
    const files = change.objectStore('files');
    const fileKeys = await files.index('exam').getAllKeys(examId);
    const answers = change.objectStore('answers');
    const versions = change.objectStore('versions');
    const keys = await answers.index('exam').getAllKeys(examId);
    const versionKeys = await versions.index('exam').getAllKeys(examId);
    await Promise.all([
      ...keys.map((key) => answers.delete(key)),
      ...versionKeys.map((key) => versions.delete(key)),
      ...fileKeys.map((key) => files.delete(key)),
      change.objectStore('exams').delete(examId),
      change.done,
    ]);
  }

  async #keepOfPc(key: string, value: string | ClockMark | SeatState) {
    const change = this.db.transaction('pc', 'readwrite', STRICT);
    await Promise.all([change.store.put(value, key), change.done]);
  }
}
