// The journal as it was before a version changed its format: copied and checked before that version first opens it, kept until the
// day is handed over. The way back to the version before leads over it.

import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Session, State } from '../core/types.js';
import { dataPaths } from '../data-folder.js';
import { syncFile, syncFolder } from '../durable-file.js';
import { copyJournal, journalFacts } from '../journal/file-format.js';
import { JOURNAL_FORMAT } from '../journal/schema.js';
import { readWholeJournal } from './whole-journal.js';

/** A copy that is kept. */
export interface KeptJournal {
  file: string;
  format: number;
  lastSeq: number;
}

export class KeepJournalError extends Error {
  constructor(
    readonly code: 'no-space' | 'damaged',
    zh: string,
    en: string,
  ) {
    super(`${zh} / ${en}`);
    this.name = 'KeepJournalError';
  }
}

export interface KeepOptions {
  data: string;
  /** Wall clock, ms, for the copy's name. */
  now: number;
  /** Of the version that would open the journal; else this one's. */
  format?: number;
  /** What a disk has free; else the disk is asked. */
  freeBytes?: (folder: string) => Promise<number>;
}

const COPY_NAME = /^journal-format-(\d{1,4})-\d{8}T\d{6}Z\.db$/;
/** Beside the copy: what the new version writes first. */
const SPARE_BYTES = 64 * 2 ** 20;
const MEGABYTE = 2 ** 20;
const DAY_MS = 86_400_000;
/** Days are those of China, all year. */
const CHINA_MS = 8 * 3_600_000;

/** Where they lie. */
export const keptFolder = (data: string) => join(dirname(dataPaths(data).journal), 'before-upgrade');

/** `20260102T030405Z`, for names. */
export const stampOf = (now: number) => new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');

/**
 * Copies the journal where this version is about to change its format. Done again it finds the copy that it made.
 * @returns the copy; null where none is needed: no journal yet, or none of an older format
 * @throws KeepJournalError when the disk has no space for it, or the journal does not hold
 */
export async function keepJournal(options: KeepOptions): Promise<KeptJournal | null> {
  const { data, now, format: next = JOURNAL_FORMAT, freeBytes = freeBytesOf } = options;
  const { journal: file } = dataPaths(data);
  if (!existsSync(file)) return null;
  const { format, lastSeq, head } = journalFacts(file);
  if (format === 0 || format >= next) return null;
  for (const kept of await keptJournals(data)) {
    const facts = journalFacts(kept.file);
    if (facts.format === format && facts.head === head) return { ...kept, lastSeq };
  }
  const folder = keptFolder(data);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await requireSpace(await bytesOf(file), folder, freeBytes);
  const copy = join(folder, `journal-format-${format}-${stampOf(now)}.db`);
  await writeChecked(data, `${copy}.partial`, (to) => copyJournal(file, to));
  await rename(`${copy}.partial`, copy);
  await syncFolder(folder);
  return { file: copy, format, lastSeq };
}

/** Writes a copy and reads all of it again. Nothing is left of one that does not hold. @throws KeepJournalError */
export async function writeChecked(
  data: string,
  partial: string,
  write: (to: string) => Promise<void>,
): Promise<void> {
  const rests = [partial, `${partial}-wal`, `${partial}-shm`];
  for (const rest of rests) await rm(rest, { force: true });
  try {
    await write(partial);
    await syncFile(partial);
    const { report } = await readWholeJournal(data, partial);
    const [problem] = report.problems;
    if (problem !== undefined)
      throw new KeepJournalError(
        'damaged',
        `考务日志的副本核验不通过（${problem.message}），没有升级；请用现在的版本运行 kaochang journal verify`,
        'the copy of the journal does not hold; nothing was upgraded. Run kaochang journal verify with the version that is installed',
      );
  } catch (error) {
    for (const rest of rests) await rm(rest, { force: true });
    throw error;
  }
  for (const rest of rests.slice(1)) await rm(rest, { force: true });
}

/** The copies of a data folder, the newest first; what lies beside them is none. */
export async function keptJournals(data: string): Promise<Omit<KeptJournal, 'lastSeq'>[]> {
  const folder = keptFolder(data);
  const names = await readdir(folder).catch((): string[] => []);
  return names
    .flatMap((name) => {
      const format = COPY_NAME.exec(name)?.[1];
      return format === undefined ? [] : [{ file: join(folder, name), format: Number(format), name }];
    })
    .sort((a, b) => (a.name.slice(-20) < b.name.slice(-20) ? 1 : -1))
    .map(({ file, format }) => ({ file, format }));
}

/**
 * Removes the copies when the day is handed over: what would go back now would lose what was handed over.
 * @param now room time, ms
 * @returns whether they went
 */
export async function forgetKept(
  data: string,
  state: Pick<State, 'sessions'>,
  now: number,
): Promise<boolean> {
  const folder = keptFolder(data);
  if (!existsSync(folder) || !isHandedOver(state, now)) return false;
  await rm(folder, { recursive: true, force: true });
  await syncFolder(dirname(folder));
  return true;
}

/** Nothing is held or waits to be handed over, and nothing more begins today. */
function isHandedOver({ sessions }: Pick<State, 'sessions'>, now: number): boolean {
  const dayOf = (at: number) => Math.floor((at + CHINA_MS) / DAY_MS);
  const isDone = ({ phase, plan }: Session) =>
    phase === 'handed-over' || (phase === 'installed' && dayOf(plan.startsAt) !== dayOf(now));
  return Object.values(sessions).every(isDone);
}

/** @throws KeepJournalError naming what the disk lacks */
export async function requireSpace(
  bytes: number,
  folder: string,
  freeBytes: NonNullable<KeepOptions['freeBytes']> = freeBytesOf,
): Promise<void> {
  // The copy, and as much again for what the new version changes.
  const lacking = 2 * bytes + SPARE_BYTES - (await freeBytes(folder));
  if (lacking <= 0) return;
  const megabytes = Math.ceil(lacking / MEGABYTE);
  throw new KeepJournalError(
    'no-space',
    `换版本之前要复制考务日志，磁盘还差 ${megabytes} MB（${folder}），没有改动；请腾出空间后再试`,
    `the journal is copied before its format changes, and the disk lacks ${megabytes} MB for that; nothing was changed. Make room there and try again`,
  );
}

/** Of a journal with its log. */
export async function bytesOf(file: string): Promise<number> {
  const sizes = ['', '-wal'].map((end) =>
    stat(file + end).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
