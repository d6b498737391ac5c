// The independent reader of a bundle: outer signature, seal, bag, chain, replay. Imports nothing that builds or scores, never
// throws on what it reads, and names every fault.

import { createHash } from 'node:crypto';
import { Value } from '@sinclair/typebox/value';
import { evolve } from '../core/evolve.js';
import { initialState } from '../core/initial.js';
import type { State } from '../core/types.js';
import { ChainChecker, lineToRow, PLAIN, rowHeader, verifyHead } from '../journal/chain.js';
import type { SignedHead } from '../journal/journal.js';
import { openWith } from '../keys/age-box.js';
import { verifyDsse } from '../keys/dsse.js';
import type { PublicKeys } from '../keys/key-files.js';
import { openBytes } from '../keys/seal-bytes.js';
import {
  BAG,
  STATEMENT_TYPE,
  StatementSchema,
  TAG_MANIFEST_TYPE,
  type Statement,
} from '../protocol/bundle.js';
import { eventOf } from '../protocol/journal-event.js';
import { countAnswers, derivedFiles } from './verify-derived.js';
import { bagFiles } from './verify-files.js';
import { readBag } from './verify-zip.js';

export type BundleFault =
  | 'no-statement'
  | 'statement-signature'
  | 'file-changed'
  | 'not-for-this-key'
  | 'not-a-bag'
  | 'file-missing'
  | 'file-added'
  | 'file-hash'
  | 'bag-signature'
  | 'row-unreadable'
  | 'foreign-row'
  | 'chain'
  | 'head'
  | 'tail-cut'
  | 'body'
  | 'derived'
  | 'statement-differs';

export interface BundleProblem {
  fault: BundleFault;
  /** File of the bag, or row of the journal, where it shows. */
  where: string;
}

export interface BundleReport {
  ok: boolean;
  /** What was checked: the outside alone, or all of it. */
  depth: 'outer' | 'all';
  statement: Statement | null;
  candidates: number;
  answers: number;
  /** Files that candidates handed in. */
  files: number;
  rows: number;
  problems: BundleProblem[];
}

export interface BundleToVerify {
  /** The sealed file, or an unsealed bag. */
  file: Buffer;
  /** The statement beside it; null for an unsealed bag. */
  envelope: Buffer | null;
  /** Public keys of the room. */
  trust: readonly PublicKeys[];
  /** age identity of the organisation: then everything is checked. */
  identity?: string;
}

const MOST_PROBLEMS = 200;
const AGE_START = 'age-encryption.org/v1';

/** The files and the replayed state of a bundle, for who goes on reading it. */
export interface ReadBundle {
  report: BundleReport;
  files: ReadonlyMap<string, Buffer>;
  state: State | null;
}

/** Checks a bundle as far as the keys given allow. */
export async function verifyBundle(bundle: BundleToVerify): Promise<ReadBundle> {
  const problems: BundleProblem[] = [];
  const note = (fault: BundleFault, where: string) => {
    if (problems.length < MOST_PROBLEMS) problems.push({ fault, where });
  };
  const report: BundleReport = {
    ok: false,
    depth: 'outer',
    statement: null,
    candidates: 0,
    answers: 0,
    files: 0,
    rows: 0,
    problems,
  };
  const done = (files = new Map<string, Buffer>(), state: State | null = null): ReadBundle => {
    report.ok = problems.length === 0;
    return { report, files, state };
  };
  const sealed = bundle.file.subarray(0, AGE_START.length).toString('latin1') === AGE_START;
  if (sealed || bundle.envelope !== null) report.statement = checkStatement(bundle, note);
  if (sealed && bundle.identity === undefined) return done();
  report.depth = 'all';
  let files: Map<string, Buffer>;
  try {
    const bytes = sealed ? await openWith(bundle.identity ?? '', bundle.file) : bundle.file;
    files = await readBag(bytes);
  } catch (error) {
    note(
      sealed && !(error instanceof RangeError) ? 'not-for-this-key' : 'not-a-bag',
      (error as Error).message,
    );
    return done();
  }
  checkManifests(files, note);
  checkSignature(files, bundle.trust, note);
  const state = checkJournal(files, bundle.trust, report, note);
  if (state !== null) checkDerived(files, state, report, note);
  return done(files, state);
}

type Note = (fault: BundleFault, where: string) => void;

function checkStatement({ file, envelope, trust }: BundleToVerify, note: Note): Statement | null {
  if (envelope === null) {
    note('no-statement', 'statement');
    return null;
  }
  try {
    const rooms = trust.filter(({ role }) => role === 'room');
    const statement: unknown = JSON.parse(
      verifyDsse(JSON.parse(envelope.toString('utf8')), STATEMENT_TYPE, rooms).toString('utf8'),
    );
    if (!Value.Check(StatementSchema, statement)) throw new Error('unsound');
    if (statement.bytes !== file.length || statement.sha256 !== sha256(file))
      note('file-changed', 'sealed file');
    return statement;
  } catch {
    note('statement-signature', 'statement');
    return null;
  }
}

function checkManifests(files: Map<string, Buffer>, note: Note): void {
  const tags: string[] = [BAG.declaration, BAG.info, BAG.manifest];
  const unlisted: string[] = [BAG.tagManifest, BAG.signature];
  if (!/^BagIt-Version: 1\.0\n/.test(files.get(BAG.declaration)?.toString('utf8') ?? ''))
    note('not-a-bag', BAG.declaration);
  compare(readManifest(files.get(BAG.tagManifest)), tags, files, note);
  const payload = [...files.keys()].filter((path) => path.startsWith('data/'));
  compare(readManifest(files.get(BAG.manifest)), payload, files, note);
  for (const path of files.keys())
    if (!path.startsWith('data/') && !tags.includes(path) && !unlisted.includes(path))
      note('file-added', path);
  const bytes = payload.reduce((sum, path) => sum + (files.get(path)?.length ?? 0), 0);
  const oxum = /^Payload-Oxum: (.*)$/m.exec(files.get(BAG.info)?.toString('utf8') ?? '')?.[1];
  if (oxum !== `${bytes}.${payload.length}`) note('file-hash', BAG.info);
}

/** Both ways: what is named is there and unchanged, what is there is named. */
function compare(
  named: Map<string, string>,
  present: readonly string[],
  files: Map<string, Buffer>,
  note: Note,
): void {
  for (const [path, hash] of named) {
    const bytes = files.get(path);
    if (bytes === undefined) note('file-missing', path);
    else if (sha256(bytes) !== hash) note('file-hash', path);
  }
  for (const path of present) if (!named.has(path)) note('file-added', path);
}

function readManifest(bytes: Buffer | undefined): Map<string, string> {
  const lines = (bytes?.toString('utf8') ?? '').split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
}

function checkSignature(files: Map<string, Buffer>, trust: readonly PublicKeys[], note: Note): void {
  try {
    const rooms = trust.filter(({ role }) => role === 'room');
    const envelope: unknown = JSON.parse(files.get(BAG.signature)?.toString('utf8') ?? '');
    const signed = verifyDsse(envelope, TAG_MANIFEST_TYPE, rooms);
    if (!signed.equals(files.get(BAG.tagManifest) ?? Buffer.alloc(0))) note('bag-signature', BAG.tagManifest);
  } catch {
    note('bag-signature', BAG.signature);
  }
}

function checkJournal(
  files: Map<string, Buffer>,
  trust: readonly PublicKeys[],
  report: BundleReport,
  note: Note,
): State | null {
  const keys = readJson(files.get(BAG.keys)) as Record<string, string> | null;
  const heads = (readJson(files.get(BAG.heads)) as SignedHead[] | null) ?? [];
  const lines = (files.get(BAG.rows)?.toString('utf8') ?? '').split('\n');
  if (lines.pop() !== '' || lines.length === 0) note('row-unreadable', BAG.rows);
  const sessionId = sessionOf(files);
  const checker = new ChainChecker();
  const hashes = new Map<number, string>();
  let state: State | null = initialState();
  for (const [index, line] of lines.entries()) {
    let row: ReturnType<typeof lineToRow>;
    try {
      row = lineToRow(line);
    } catch {
      note('row-unreadable', `row ${index + 1}`);
      continue;
    }
    const problem = checker.check(row);
    if (problem !== null) note('chain', `row ${problem.seq}`);
    hashes.set(row.seq, row.hash);
    report.rows += 1;
    if (!('body' in row)) continue;
    // Of another session not even who did what and when (rule 17).
    if (row.session !== '' && row.session !== sessionId) note('foreign-row', `row ${row.seq}`);
    if (row.keyId === PLAIN) continue;
    try {
      const key = Buffer.from(keys?.[row.keyId] ?? '', 'base64');
      const body: unknown = JSON.parse(openBytes(key, row.body, rowHeader(row)).toString('utf8'));
      if (state !== null) state = evolve(state, eventOf({ ...row, body }));
    } catch {
      note('body', `row ${row.seq}`);
      state = null;
    }
  }
  checkHeads(heads, hashes, trust, checker.seq, note);
  const { statement } = report;
  if (statement !== null && (statement.chainSeq !== checker.seq || statement.chainHead !== checker.hash))
    note('tail-cut', `row ${statement.chainSeq}`);
  return state;
}

function checkHeads(
  heads: SignedHead[],
  hashes: Map<number, string>,
  trust: readonly PublicKeys[],
  last: number,
  note: Note,
): void {
  if (!Array.isArray(heads) || heads.length === 0) return note('head', BAG.heads);
  for (const head of heads) {
    const signed = trust.some((key) => key.role === 'room' && soundHead(head, key));
    if (!signed || (hashes.has(head.seq) && hashes.get(head.seq) !== head.hash))
      note('head', `row ${head.seq}`);
  }
  // The room signs its head when it builds: rows after the newest signed head, or a head beyond the rows, were not its doing.
  const newest = Math.max(...heads.map(({ seq }) => seq));
  if (newest !== last) note('tail-cut', `row ${Math.min(newest, last) + 1}`);
}

function soundHead(head: SignedHead, key: PublicKeys): boolean {
  try {
    return verifyHead(head, key);
  } catch {
    return false;
  }
}

function checkDerived(files: Map<string, Buffer>, state: State, report: BundleReport, note: Note): void {
  const { statement } = report;
  const sessionId = sessionOf(files);
  const session = state.sessions[sessionId];
  if (session === undefined) return note('derived', BAG.info);
  const expected = derivedFiles(state, sessionId);
  for (const [path, text] of expected) if (files.get(path)?.toString('utf8') !== text) note('derived', path);
  const handedIn = new Map(bagFiles(session).map((file) => [file.path, file]));
  for (const { path, fileHash } of handedIn.values()) {
    const bytes = files.get(path);
    if (bytes === undefined) note('file-missing', path);
    else if (sha256(bytes) !== fileHash) note('file-hash', path);
  }
  report.files = handedIn.size;
  for (const path of files.keys())
    if (
      path.startsWith('data/') &&
      !path.startsWith('data/journal/') &&
      !expected.has(path) &&
      !handedIn.has(path)
    )
      note('derived', path);
  report.candidates = Object.keys(session.candidates).length;
  report.answers = countAnswers(session);
  if (
    statement !== null &&
    (statement.sessionId !== sessionId ||
      statement.candidates !== report.candidates ||
      statement.answers !== report.answers)
  )
    note('statement-differs', 'statement');
}

/** The session that the bag says it is of. */
function sessionOf(files: Map<string, Buffer>): string {
  return /^External-Identifier: (.*)$/m.exec(files.get(BAG.info)?.toString('utf8') ?? '')?.[1] ?? '';
}

function readJson(bytes: Buffer | undefined): unknown {
  try {
    return JSON.parse(bytes?.toString('utf8') ?? 'null');
  } catch {
    return null;
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
