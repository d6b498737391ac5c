// Which rows of the journal go into a session's bundle whole, and which as stubs (rule 17).

import { rowToLine } from '../journal/chain.js';
import type { Journal, StoredRow } from '../journal/journal.js';
import { eventOf } from '../protocol/journal-event.js';

const EXPORT_ROWS = ['video-export-begun', 'video-export-ended'];

/** Numbers of rows, both included. */
export interface Span {
  from: number;
  to: number;
  /** Recordings of the session's last seconds are listed after its collection: until here, not included. */
  videoTo: number;
  /** How this session's recordings were handed over: told at any time after its collection. */
  exports: ReadonlySet<number>;
}

/**
 * In which part of the journal the room's own rows concern a session: from the package that brought it until its collection.
 * What was before or comes after is of other sessions, maybe of other organisations (rule 17).
 */
export async function findSpan(journal: Journal, sessionId: string): Promise<Span> {
  const packages: number[] = [];
  let to = Infinity;
  let videoTo = Infinity;
  const exports = await exportRows(journal, sessionId);
  for await (const { seq, session, type } of journal.rows()) {
    if (session === '' && type === 'package-installed') packages.push(seq);
    if (session === sessionId && type === 'session-collected') to = seq;
    const isOfNext = type === 'entry-opened' || type === 'package-installed' || type === 'package-removed';
    if (isOfNext && seq > to && videoTo === Infinity) videoTo = seq;
  }
  for (const seq of packages)
    for await (const written of journal.replay(seq - 1)) {
      const event = eventOf(written);
      if (
        event.type === 'package-installed' &&
        event.package.sessions.some((plan) => plan.sessionId === sessionId)
      )
        return { from: seq, to, videoTo, exports };
      break;
    }
  return { from: 1, to, videoTo, exports };
}

/** The export of another session's recordings is none of this one's business (rule 17). */
async function exportRows(journal: Journal, sessionId: string): Promise<Set<number>> {
  const found: number[] = [];
  for await (const { seq, session, type } of journal.rows())
    if (session === '' && EXPORT_ROWS.includes(type)) found.push(seq);
  const own = new Set<number>();
  for (const seq of found)
    for await (const written of journal.replay(seq - 1)) {
      const event = eventOf(written);
      if ('exported' in event && event.exported === sessionId) own.add(seq);
      break;
    }
  return own;
}

/** Whether a row travels whole. */
export function belongs(
  { seq, session, type }: { seq: number; session: string; type: string },
  sessionId: string,
  { from, to, videoTo, exports }: Span,
): boolean {
  if (session === sessionId) return seq >= from;
  if (session === '' && EXPORT_ROWS.includes(type)) return seq >= from && exports.has(seq);
  return session === '' && seq >= from && (seq <= to || (type === 'video-recorded' && seq < videoTo));
}

const LINES_BYTES = 256 * 1024;

/** The rows of a bundle as they come from the disk; what has to be said of them is known when the last line was taken. */
export class BundleRows {
  /** Data keys under which the whole rows are sealed. */
  readonly keyIds = new Set<string>();
  #last: StoredRow | null = null;

  constructor(
    private readonly journal: Journal,
    private readonly sessionId: string,
    private readonly span: Span,
  ) {}

  /** NDJSON, many lines at a time. @throws Error for an empty journal */
  async *lines(): AsyncGenerator<Buffer> {
    let lines: string[] = [];
    let held = 0;
    for await (const row of this.journal.rows()) {
      const { seq, prev, hash } = row;
      const isWhole = belongs(row, this.sessionId, this.span);
      if (isWhole) this.keyIds.add(row.keyId);
      const line = rowToLine(isWhole ? row : { seq, prev, hash });
      lines.push(line);
      held += line.length;
      this.#last = row;
      if (held < LINES_BYTES) continue;
      yield Buffer.from(`${lines.join('\n')}\n`, 'utf8');
      lines = [];
      held = 0;
    }
    if (lines.length > 0) yield Buffer.from(`${lines.join('\n')}\n`, 'utf8');
  }

  /** The last row of the bundle. */
  get last(): StoredRow {
    if (this.#last === null) throw new Error('The journal is empty');
    return this.#last;
  }
}
