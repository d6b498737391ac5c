// The journal in a bundle: chain, signed heads, bodies, and the state that follows from them. Rows are read one by one.

import { evolve } from '../core/evolve.js';
import { initialState } from '../core/initial.js';
import type { State } from '../core/types.js';
import { ChainChecker, lineToRow, PLAIN, rowHeader, verifyHead } from '../journal/chain.js';
import type { SignedHead } from '../journal/journal.js';
import type { PublicKeys } from '../keys/key-files.js';
import { openBytes } from '../keys/seal-bytes.js';
import { BAG } from '../protocol/bundle.js';
import { eventOf } from '../protocol/journal-event.js';
import { readText, sessionOf } from './verify-bag.js';
import type { BundleReport, Note } from './verify-report.js';
import type { ListedVideo } from './verify-video.js';
import type { Bag } from './verify-zip.js';

/**
 * Checks every row and plays the events.
 * @param report its rows are counted, its statement is compared
 * @param advance told of the bytes that were read
 * @param recorded gets the hashes of the checks of the room that the rows name, by id
 * @param video gets the lines of the recordings
 * @returns the state after the last row, or null where a body could not be read
 */
export async function checkJournal(
  bag: Bag,
  trust: readonly PublicKeys[],
  report: BundleReport,
  note: Note,
  advance: (bytes: number) => void,
  recorded: Map<string, string> = new Map(),
  video?: Pick<ListedVideo, 'take'>,
): Promise<State | null> {
  const keys = readJson(await readText(bag, BAG.keys)) as Record<string, string> | null;
  const found = readJson(await readText(bag, BAG.heads));
  const heads = Array.isArray(found) ? (found as SignedHead[]) : [];
  const sessionId = await sessionOf(bag);
  const checker = new ChainChecker();
  const signed = new Set(heads.map((head) => head?.seq));
  const hashes = new Map<number, string>();
  let state: State | null = initialState();
  let number = 0;
  const take = (line: string): void => {
    let row: ReturnType<typeof lineToRow>;
    try {
      row = lineToRow(line);
    } catch {
      return note('row-unreadable', `row ${number}`);
    }
    const problem = checker.check(row);
    if (problem !== null) note('chain', `row ${problem.seq}`);
    if (signed.has(row.seq)) hashes.set(row.seq, row.hash);
    report.rows += 1;
    if (!('body' in row)) return;
    // Of another session not even who did what and when (rule 17).
    if (row.session !== '' && row.session !== sessionId) note('foreign-row', `row ${row.seq}`);
    if (row.keyId === PLAIN) return;
    try {
      const key = Buffer.from(keys?.[row.keyId] ?? '', 'base64');
      const body: unknown = JSON.parse(openBytes(key, row.body, rowHeader(row)).toString('utf8'));
      const event = eventOf({ ...row, body });
      if (event.type === 'preflight-recorded') recorded.set(event.reportId, event.hash);
      video?.take(event);
      if (state !== null) state = evolve(state, event);
    } catch {
      note('body', `row ${row.seq}`);
      state = null;
    }
  };
  try {
    for await (const { line, isEnded } of bag.lines(BAG.rows)) {
      number += 1;
      advance(line.length + 1);
      take(line);
      if (!isEnded) note('row-unreadable', BAG.rows);
    }
  } catch {
    note('row-unreadable', BAG.rows);
    state = null;
  }
  if (number === 0) note('row-unreadable', BAG.rows);
  checkHeads(heads, hashes, trust, checker.seq, note);
  const { statement } = report;
  if (statement !== null && (statement.chainSeq !== checker.seq || statement.chainHead !== checker.hash))
    note('tail-cut', `row ${statement.chainSeq}`);
  return state;
}

function checkHeads(
  heads: readonly SignedHead[],
  hashes: ReadonlyMap<number, string>,
  trust: readonly PublicKeys[],
  last: number,
  note: Note,
): void {
  if (heads.length === 0) return note('head', BAG.heads);
  let newest = 0;
  for (const head of heads) {
    const isSigned = trust.some((key) => key.role === 'room' && soundHead(head, key));
    if (!isSigned) {
      note('head', `row ${String(head?.seq)}`);
      continue;
    }
    newest = Math.max(newest, head.seq);
    if (hashes.has(head.seq) && hashes.get(head.seq) !== head.hash) note('head', `row ${head.seq}`);
  }
  // The room signs its head when it builds: rows after the newest signed head, or a head beyond the rows, were not its doing.
  if (newest !== last) note('tail-cut', `row ${Math.min(newest, last) + 1}`);
}

function soundHead(head: SignedHead, key: PublicKeys): boolean {
  try {
    return verifyHead(head, key);
  } catch {
    return false;
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
