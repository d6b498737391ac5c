// Builds a session's result bundle: what the journal holds, what follows from it, what candidates handed in, hashes over all, the
// room's signature; sealed to the organisation while it is written, with a statement beside it that the site can check. Neither
// the bag nor a file of it is ever in memory, or on the disk unsealed.

import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { evolve } from '../core/evolve.js';
import { initialState } from '../core/initial.js';
import type { Session, State } from '../core/types.js';
import { entryOf } from '../core/state-access.js';
import { sealedSize, sealStream } from '../keys/age-stream.js';
import { canonicalBytes } from '../keys/canonical.js';
import { signDsse } from '../keys/dsse.js';
import type { PrivateKeys } from '../keys/key-files.js';
import type { Journal } from '../journal/journal.js';
import { BAG, BUNDLE_FORMAT, STATEMENT_SUFFIX, STATEMENT_TYPE, type Statement } from '../protocol/bundle.js';
import { eventOf } from '../protocol/journal-event.js';
import { bagStream, once, type BagEntry } from './bag-stream.js';
import { belongs, BundleRows, findSpan, type Span } from './bundle-rows.js';
import {
  assertSpace,
  commitPartials,
  PARTIAL_SUFFIX,
  settlePartials,
  writePartial,
  type ProgressListener,
} from './partial-file.js';
import { countAnswers, derivedFiles } from './verify-derived.js';
import { bagFiles, type BagFile } from './verify-files.js';
import { preflightPath } from './verify-preflight.js';
import { ListedVideo } from './verify-video.js';

/** What candidates handed in, as it lies in the room. */
export interface HandedInFiles {
  /** Whether all the bytes seem to be there; their hash is looked at when they are read. */
  has(file: BagFile): Promise<boolean>;
  /** The plain bytes. @throws Error where they are gone */
  read(file: BagFile): AsyncIterable<Buffer>;
}

export interface BundleSources {
  journal: Journal;
  room: PrivateKeys;
  sessionId: string;
  /** age recipients of the organisation. */
  orgRecipients: readonly string[];
  /** Room time, milliseconds. */
  now: number;
  handedIn: HandedInFiles;
  /** The signed check of the room under which the session was sealed; null where it is not there. */
  preflightReport?: (reportId: string) => Promise<Buffer | null>;
}

export interface BundleTarget {
  /** Where the sealed file comes to lie; the statement beside it. */
  file: string;
  /** Disk space that the bundle may not take, bytes. */
  keepFreeBytes: number;
  /** Told how many bytes of about how many are done; each byte is written and read back. */
  onProgress?: ProgressListener | undefined;
  signal?: AbortSignal | undefined;
}

export interface BuiltBundle {
  statement: Statement;
  /** Files that the disk has lost or that it gave back changed: they are not in the bundle, and the verifier names them. */
  lost: BagFile[];
}

/** A file is not what its candidate handed in. */
class LostFileError extends Error {
  constructor(
    readonly file: BagFile,
    why: string,
  ) {
    super(`The file ${file.path} is lost: ${why}`);
    this.name = 'LostFileError';
  }
}

interface Plan {
  state: State;
  session: Session;
  span: Span;
  files: BagFile[];
  video: ListedVideo;
}

const ROW_BYTES = 400;
const CANDIDATE_BYTES = 32 * 1024;
const SPARE_BYTES = 2 * 2 ** 20;

/**
 * Writes the sealed file and its statement; both are durable and in place when it resolves, and nothing has changed when it throws.
 * @throws NoSpaceError; Error when the journal has no such session or there is no organisation to seal to; the signal's reason
 */
export async function buildBundle(sources: BundleSources, target: BundleTarget): Promise<BuiltBundle> {
  const { journal, sessionId, orgRecipients, now, handedIn } = sources;
  if (orgRecipients.length === 0)
    throw new Error(
      '没有培训评价组织的公钥，无法封存成绩包 / There is no organisation to seal the bundle to',
    );
  await journal.signHead(now);
  const plan = await planOf(journal, sessionId);
  const lost = new Set<BagFile>();
  for (const file of plan.files) if (!(await handedIn.has(file))) lost.add(file);
  await settlePartials(target.file, target.file + STATEMENT_SUFFIX);
  const ofBytes = 2 * (await neededBytes(journal, plan, lost));
  await assertSpace(target.file, ofBytes / 2, target.keepFreeBytes);
  for (;;)
    try {
      const statement = await writeBundle(sources, target, plan, lost, ofBytes);
      return { statement, lost: [...lost] };
    } catch (error) {
      if (!(error instanceof LostFileError) || lost.has(error.file)) throw error;
      // One lost file keeps nobody else's results back. Where one is changed others may be: all are looked at, once.
      const isFirst = lost.size === 0;
      lost.add(error.file);
      if (isFirst) for (const file of plan.files) if (!(await isSound(handedIn, file))) lost.add(file);
    }
}

async function planOf(journal: Journal, sessionId: string): Promise<Plan> {
  const span = await findSpan(journal, sessionId);
  let state = initialState();
  const video = new ListedVideo();
  for await (const written of journal.replay(span.from - 1)) {
    if (!belongs(written, sessionId, span)) continue;
    const event = eventOf(written);
    video.take(event);
    state = evolve(state, event);
  }
  const session = entryOf(state.sessions, sessionId);
  if (session === undefined) throw new Error(`没有场次 / There is no session ${sessionId}`);
  return { state, session, span, files: bagFiles(session), video };
}

/** About as many bytes as the sealed file will have, rather more than fewer. */
async function neededBytes(
  journal: Journal,
  { files, session }: Plan,
  lost: ReadonlySet<BagFile>,
): Promise<number> {
  let bytes = SPARE_BYTES + CANDIDATE_BYTES * Object.keys(session.candidates).length;
  // What follows from the rows is no longer than they are.
  for await (const { body } of journal.rows()) bytes += 2 * (ROW_BYTES + Math.ceil(body.length * 1.4));
  for (const file of files) if (!lost.has(file)) bytes += file.bytes + 2 * (file.path.length + ROW_BYTES);
  return sealedSize(bytes);
}

async function writeBundle(
  sources: BundleSources,
  { file, keepFreeBytes, onProgress, signal }: BundleTarget,
  plan: Plan,
  lost: ReadonlySet<BagFile>,
  ofBytes: number,
): Promise<Statement> {
  const { room, sessionId, orgRecipients, now } = sources;
  const { state, session } = plan;
  const rows = new BundleRows(sources.journal, sessionId, plan.span);
  const label = { site: state.package?.siteName ?? '', sessionId, now, room };
  const sealed = sealStream(orgRecipients, bagStream(payload(sources, plan, rows, lost), label));
  let doneBytes = 0;
  const advance = (bytes: number) => onProgress?.(Math.min(ofBytes, (doneBytes += bytes)), ofBytes);
  const options = { keepFreeBytes, wholeBytes: ofBytes / 2, advance, signal };
  const written = await writePartial(file, sealed, options);
  const statement: Statement = {
    format: BUNDLE_FORMAT,
    sessionId,
    packageId: state.package?.packageId ?? '',
    ...written,
    candidates: Object.keys(session.candidates).length,
    answers: countAnswers(session),
    chainSeq: rows.last.seq,
    chainHead: rows.last.hash,
    builtAt: now,
  };
  const envelope = canonicalBytes(signDsse(STATEMENT_TYPE, canonicalBytes(statement), [room]));
  try {
    await writePartial(file + STATEMENT_SUFFIX, once(envelope), {
      keepFreeBytes: 0,
      wholeBytes: ofBytes / 2,
      signal,
    });
  } catch (error) {
    await rm(file + PARTIAL_SUFFIX, { force: true });
    throw error;
  }
  await commitPartials(file, file + STATEMENT_SUFFIX);
  onProgress?.(ofBytes, ofBytes);
  return statement;
}

async function* payload(
  { journal, sessionId, handedIn, preflightReport }: BundleSources,
  { state, session, files, video }: Plan,
  rows: BundleRows,
  lost: ReadonlySet<BagFile>,
): AsyncGenerator<BagEntry> {
  for (const [path, text] of derivedFiles(state, sessionId, video))
    yield bagEntry(path, Buffer.from(text, 'utf8'));
  const reportPath = preflightPath(session);
  const report = reportPath === null ? null : await preflightReport?.(session.seal.reportId ?? '');
  if (reportPath !== null && report) yield bagEntry(reportPath, report);
  for (const file of files)
    if (!lost.has(file)) yield { path: file.path, size: file.bytes, source: checked(handedIn, file) };
  yield { path: BAG.rows, source: rows.lines() };
  const heads = (await journal.heads()).filter(({ seq }) => seq <= rows.last.seq);
  yield bagEntry(BAG.heads, canonicalBytes(heads));
  const keys = Object.entries(await journal.dataKeys(sessionId))
    .filter(([id]) => rows.keyIds.has(id))
    .map(([id, key]) => [id, key.toString('base64')]);
  yield bagEntry(BAG.keys, canonicalBytes(Object.fromEntries(keys)));
}

function bagEntry(path: string, bytes: Buffer): BagEntry {
  return { path, size: bytes.length, source: once(bytes) };
}

/** The bytes of a file, held against size and hash. @throws LostFileError where they are not those */
async function* checked(handedIn: HandedInFiles, file: BagFile): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of handedIn.read(file)) {
      hash.update(chunk);
      bytes += chunk.length;
      if (bytes > file.bytes) break;
      yield chunk;
    }
  } catch (error) {
    throw new LostFileError(file, (error as Error).message);
  }
  if (bytes !== file.bytes || hash.digest('hex') !== file.fileHash)
    throw new LostFileError(file, 'it was changed on the disk');
}

async function isSound(handedIn: HandedInFiles, file: BagFile): Promise<boolean> {
  try {
    for await (const _ of checked(handedIn, file));
    return true;
  } catch {
    return false;
  }
}
