// The independent reader of a bundle: outer signature, seal, bag, chain, replay. Imports nothing that builds or scores, never
// throws on what it reads, and names every fault. It holds the state in memory, never the bundle.

import { createHash } from 'node:crypto';
import { Value } from '@sinclair/typebox/value';
import { entryOf } from '../core/state-access.js';
import type { State } from '../core/types.js';
import { openSealed } from '../keys/age-stream.js';
import { verifyDsse } from '../keys/dsse.js';
import type { PublicKeys } from '../keys/key-files.js';
import { bytesOfBuffer, streamOf, type ReadableBytes } from '../keys/readable-bytes.js';
import { sha256 } from '../keys/sha256.js';
import { BAG, STATEMENT_TYPE, StatementSchema, type Statement } from '../protocol/bundle.js';
import { checkBag, hashBag, sessionOf, type BagHashes } from './verify-bag.js';
import { countAnswers, derivedFiles } from './verify-derived.js';
import { bagFiles } from './verify-files.js';
import { checkJournal } from './verify-journal.js';
import { checkPreflight, preflightPath } from './verify-preflight.js';
import type { BundleFault, BundleProblem, BundleReport, Note } from './verify-report.js';
import { ListedVideo } from './verify-video.js';
import { Bag } from './verify-zip.js';

export type { BundleFault, BundleProblem, BundleReport } from './verify-report.js';

export interface BundleToVerify {
  /** The sealed file, or an unsealed bag. Who opened it closes it, after the last use of the bag. */
  file: Buffer | ReadableBytes;
  /** The statement beside it; null for an unsealed bag. */
  envelope: Buffer | null;
  /** Public keys of the room. */
  trust: readonly PublicKeys[];
  /** age identity of the organisation: then everything is checked. */
  identity?: string;
  /** Told how many bytes of how many were read. */
  onProgress?: (doneBytes: number, ofBytes: number) => void;
}

/** Of one kind: none may hide another. */
const MOST_PROBLEMS = 200;
const AGE_START = 'age-encryption.org/v1';

/** The files and the replayed state of a bundle, for who goes on reading it. */
export interface ReadBundle {
  report: BundleReport;
  /** Null where it could not be opened, or was not to be. */
  bag: Bag | null;
  state: State | null;
  /** Paths of files that the room had taken and left out of the bag, each of them a problem `file-lost`. */
  lost: ReadonlySet<string>;
}

/** Checks a bundle as far as the keys given allow. */
export async function verifyBundle(bundle: BundleToVerify): Promise<ReadBundle> {
  const { trust, envelope, identity } = bundle;
  const file = Buffer.isBuffer(bundle.file) ? bytesOfBuffer(bundle.file) : bundle.file;
  const problems: BundleProblem[] = [];
  const counts = new Map<BundleFault, number>();
  const lost = new Set<string>();
  const note: Note = (fault, where) => {
    if (fault === 'file-lost') lost.add(where);
    const count = (counts.get(fault) ?? 0) + 1;
    counts.set(fault, count);
    if (count <= MOST_PROBLEMS) problems.push({ fault, where });
  };
  const report: BundleReport = {
    ...{ ok: false, depth: 'outer', statement: null },
    ...{ candidates: 0, answers: 0, files: 0, rows: 0, problems },
  };
  const done = (bag: Bag | null = null, state: State | null = null): ReadBundle => {
    report.ok = problems.length === 0;
    return { report, bag, state, lost };
  };
  const isSealed = await beginsWith(file, AGE_START);
  const isStated = isSealed || envelope !== null;
  // Outside once, inside once.
  const isOpened = !isSealed || identity !== undefined;
  let ofBytes = (isStated ? file.size : 0) + (isOpened ? file.size : 0);
  let doneBytes = 0;
  const advance = (bytes: number) => bundle.onProgress?.(Math.min(ofBytes, (doneBytes += bytes)), ofBytes);
  if (isStated) report.statement = await checkStatement(file, envelope, trust, note, advance);
  if (!isOpened) return done();
  report.depth = 'all';
  let bag: Bag;
  try {
    const bytes = isSealed ? await openSealed(identity ?? '', file) : file;
    bag = await Bag.open(bytes).catch((error: unknown) => {
      throw new RangeError((error as Error).message);
    });
  } catch (error) {
    note(error instanceof RangeError ? 'not-a-bag' : 'not-for-this-key', (error as Error).message);
    return done();
  }
  ofBytes += bag.sizeOf(BAG.rows) ?? 0;
  const hashes = await hashBag(bag, advance);
  await checkBag(bag, hashes, trust, note);
  const recorded = new Map<string, string>();
  const video = new ListedVideo(note);
  const state = await checkJournal(bag, trust, report, note, advance, recorded, video);
  const sessionId = await sessionOf(bag);
  if (state !== null)
    try {
      checkDerived(sessionId, hashes, state, video, report, note);
      const session = entryOf(state.sessions, sessionId);
      if (session !== undefined) await checkPreflight(bag, session, trust, recorded, note);
    } catch (error) {
      // Rows that no room wrote lead to a state from which nothing can be written.
      note('derived', (error as Error).message);
    }
  bundle.onProgress?.(ofBytes, ofBytes);
  return done(bag, state);
}

async function beginsWith(file: ReadableBytes, text: string): Promise<boolean> {
  if (file.size < text.length) return false;
  return (await file.read(0, text.length)).toString('latin1') === text;
}

async function checkStatement(
  file: ReadableBytes,
  envelope: Buffer | null,
  trust: readonly PublicKeys[],
  note: Note,
  advance: (bytes: number) => void,
): Promise<Statement | null> {
  if (envelope === null) {
    note('no-statement', 'statement');
    return null;
  }
  let statement: unknown;
  try {
    const rooms = trust.filter(({ role }) => role === 'room');
    statement = JSON.parse(
      verifyDsse(JSON.parse(envelope.toString('utf8')), STATEMENT_TYPE, rooms).toString('utf8'),
    );
    if (!Value.Check(StatementSchema, statement)) throw new Error('unsound');
  } catch {
    note('statement-signature', 'statement');
    return null;
  }
  const hash = createHash('sha256');
  for await (const chunk of streamOf(file)) {
    hash.update(chunk);
    advance(chunk.length);
  }
  if (statement.bytes !== file.size || statement.sha256 !== hash.digest('hex'))
    note('file-changed', 'sealed file');
  return statement;
}

function checkDerived(
  sessionId: string,
  hashes: BagHashes,
  state: State,
  video: ListedVideo,
  report: BundleReport,
  note: Note,
): void {
  const { statement } = report;
  const session = entryOf(state.sessions, sessionId);
  if (session === undefined) return note('derived', BAG.info);
  const expected = new Set<string>();
  for (const [path, text] of derivedFiles(state, sessionId, video)) {
    expected.add(path);
    if (hashes.get(path) !== sha256(text)) note('derived', path);
  }
  const handedIn = new Map(bagFiles(session).map((file) => [file.path, file]));
  for (const { path, fileHash } of handedIn.values()) {
    const found = hashes.get(path);
    if (found === undefined) note('file-lost', path);
    else if (found !== fileHash) note('file-hash', path);
  }
  report.files = handedIn.size;
  for (const path of hashes.keys())
    if (
      path.startsWith('data/') &&
      !path.startsWith('data/journal/') &&
      !expected.has(path) &&
      !handedIn.has(path) &&
      path !== preflightPath(session)
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
