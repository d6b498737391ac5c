// The way back to a version that cannot read the journal as it is now: the copy from before the upgrade takes its place. What was
// written since is laid aside, never thrown away; where a session was held since there is no way back.

import { existsSync } from 'node:fs';
import { constants, copyFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { entryOf } from '../core/state-access.js';
import type { State } from '../core/types.js';
import { dataPaths, refuseIfServed } from '../data-folder.js';
import { syncFile, syncFolder } from '../durable-file.js';
import { copyJournal, foldLog, journalFacts } from '../journal/file-format.js';
import { refusalToChange } from '../release/may-change.js';
import { bytesOf, keptFolder, keptJournals, requireSpace, stampOf, writeChecked } from './kept-journal.js';
import { readWholeJournal } from './whole-journal.js';

/** Why the journal cannot go back. */
export class JournalBackError extends Error {
  constructor(
    readonly code: 'no-copy' | 'copy-damaged' | 'session-held' | 'held-since',
    zh: string,
    en: string,
  ) {
    super(`${zh} / ${en}`);
    this.name = 'JournalBackError';
  }
}

export interface JournalBackOptions {
  data: string;
  /** The newest format that the version before can read. */
  format: number;
  /** Wall clock, ms. */
  now: number;
  /** Only says whether it would go. */
  checkOnly: boolean;
}

export interface JournalBackReport {
  /** False where that version can read the journal as it is. */
  needed: boolean;
  /** The copy that takes its place. */
  copy: string | null;
  /** Where the journal of now lies afterwards. */
  setAside: string | null;
  /** Rows that were written since and are in the file that is laid aside alone. */
  rowsSince: number;
}

const NOTHING: JournalBackReport = { needed: false, copy: null, setAside: null, rowsSince: 0 };

/**
 * Puts the copy in the journal's place. A crash in between leaves the one or the other, whole.
 * @throws JournalBackError, KeepJournalError for want of space, DataLockedError while a server runs
 */
export async function takeJournalBack(options: JournalBackOptions): Promise<JournalBackReport> {
  const { data, format, now, checkOnly } = options;
  const { journal: file } = dataPaths(data);
  if (!existsSync(file)) return NOTHING;
  const facts = journalFacts(file);
  if (facts.format <= format) return NOTHING;
  const kept = (await keptJournals(data)).find((one) => one.format <= format);
  if (kept === undefined)
    throw new JournalBackError(
      'no-copy',
      `考务日志已是格式 ${facts.format}，上一版只认到 ${format}，也没有升级前的副本；请继续用现在的版本，或恢复备份`,
      `the journal is of format ${facts.format}, that version knows ${format}, and there is no copy from before: stay with this version, or restore a backup`,
    );
  const before = await readWholeJournal(data, kept.file);
  const present = await readWholeJournal(data);
  refuseHeld(present.state, before.state);
  if (!before.report.ok)
    throw new JournalBackError(
      'copy-damaged',
      `升级前的副本核验不通过：${kept.file}；请继续用现在的版本`,
      'the copy from before the upgrade does not hold: stay with this version',
    );
  const rowsSince = Math.max(0, facts.lastSeq - journalFacts(kept.file).lastSeq);
  const setAside = join(keptFolder(data), `set-aside-format-${facts.format}-${stampOf(now)}.db`);
  const report = { needed: true, copy: kept.file, setAside, rowsSince };
  if (checkOnly) return report;
  await refuseIfServed(data);
  await requireSpace((await bytesOf(file)) + (await bytesOf(kept.file)), dirname(setAside));
  await writeChecked(data, `${setAside}.partial`, (to) => copyJournal(file, to));
  await rename(`${setAside}.partial`, setAside);
  await syncFolder(dirname(setAside));
  const back = `${file}.back`;
  await copyFile(kept.file, back, constants.COPYFILE_FICLONE);
  await syncFile(back);
  // Nothing of the newer journal may lie beside the older one.
  foldLog(file);
  await rename(back, file);
  await syncFolder(dirname(file));
  return report;
}

/** @throws JournalBackError where a session is held, or went on since the copy */
function refuseHeld(present: State, before: State): void {
  const held = refusalToChange(present);
  if (held !== null) throw new JournalBackError('session-held', held.zh, held.en);
  for (const [sessionId, { phase }] of Object.entries(present.sessions))
    if (phase !== 'installed' && entryOf(before.sessions, sessionId)?.phase !== phase)
      throw new JournalBackError(
        'held-since',
        `升级之后考过场次 ${sessionId}（${phase}），退回会丢失它；请继续用现在的版本`,
        `session ${sessionId} (${phase}) was held since the upgrade and would be lost: stay with this version`,
      );
}
