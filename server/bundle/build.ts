// Builds a session's result bundle: what the journal holds, what follows from it, hashes over all, the room's signature;
// then sealed to the organisation, with a statement beside it that the site can check.

import { createHash } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import yazl from 'yazl';
import { evolve } from '../core/evolve.js';
import { initialState } from '../core/initial.js';
import { sealTo } from '../keys/age-box.js';
import { canonicalBytes } from '../keys/canonical.js';
import { signDsse } from '../keys/dsse.js';
import type { PrivateKeys } from '../keys/key-files.js';
import { rowToLine } from '../journal/chain.js';
import type { Journal, StoredRow } from '../journal/journal.js';
import {
  BAG,
  BUNDLE_FORMAT,
  STATEMENT_SUFFIX,
  STATEMENT_TYPE,
  TAG_MANIFEST_TYPE,
  type Statement,
} from '../protocol/bundle.js';
import { eventOf } from '../protocol/journal-event.js';
import { countAnswers, derivedFiles } from './verify-derived.js';
import { bagFiles } from './verify-files.js';

export interface BundleSources {
  journal: Journal;
  room: PrivateKeys;
  sessionId: string;
  /** age recipients of the organisation. */
  orgRecipients: readonly string[];
  /** Room time, milliseconds. */
  now: number;
  /** The bytes of a file that a candidate handed in. @throws Error where they are gone or are not those */
  readFile(candidateId: string, fileHash: string): Promise<Buffer>;
}

export interface BuiltBundle {
  /** The bag as a zip, not sealed. Holds answers in plain: only a demo writes it to a disk. */
  bag: Buffer;
  sealed: Buffer;
  statement: Statement;
  /** The signed statement, as it lies beside the sealed file. */
  envelope: Buffer;
}

/** @throws Error when the journal has no such session or no organisation to seal to */
export async function buildBundle(sources: BundleSources): Promise<BuiltBundle> {
  const { journal, room, sessionId, orgRecipients, now } = sources;
  if (orgRecipients.length === 0)
    throw new Error(
      '没有培训评价组织的公钥，无法封存成绩包 / There is no organisation to seal the bundle to',
    );
  await journal.signHead(now);
  const span = await findSpan(journal, sessionId);
  const { rows, last, keyIds } = await readRows(journal, sessionId, span);
  let state = initialState();
  for await (const written of journal.replay(span.from - 1))
    if (belongs(written, sessionId, span)) state = evolve(state, eventOf(written));
  const session = state.sessions[sessionId];
  if (session === undefined) throw new Error(`没有场次 / There is no session ${sessionId}`);
  const files = new Map<string, Buffer>();
  for (const [path, text] of derivedFiles(state, sessionId)) files.set(path, Buffer.from(text, 'utf8'));
  for (const { path, candidateId, fileHash } of bagFiles(session)) {
    const bytes = await sources.readFile(candidateId, fileHash).catch(() => null);
    // One lost file keeps nobody else's results back: the verifier names it.
    if (bytes !== null) files.set(path, bytes);
  }
  files.set(BAG.rows, rows);
  files.set(BAG.heads, canonicalBytes((await journal.heads()).filter(({ seq }) => seq <= last.seq)));
  const keys = Object.entries(await journal.dataKeys(sessionId))
    .filter(([id]) => keyIds.has(id))
    .map(([id, key]) => [id, key.toString('base64')]);
  files.set(BAG.keys, canonicalBytes(Object.fromEntries(keys)));
  const bag = await zipBag(finishBag(files, sources, state.package?.siteName ?? ''));
  const sealed = await sealTo(orgRecipients, bag);
  const statement: Statement = {
    format: BUNDLE_FORMAT,
    sessionId,
    packageId: state.package?.packageId ?? '',
    sha256: sha256(sealed),
    bytes: sealed.length,
    candidates: Object.keys(session.candidates).length,
    answers: countAnswers(session),
    chainSeq: last.seq,
    chainHead: last.hash,
    builtAt: now,
  };
  return {
    bag,
    sealed,
    statement,
    envelope: canonicalBytes(signDsse(STATEMENT_TYPE, canonicalBytes(statement), [room])),
  };
}

/** Writes sealed file and statement: temporary name, flushed, read back, renamed. @throws Error when the copy differs */
export async function writeBundle(file: string, { sealed, envelope }: BuiltBundle): Promise<void> {
  for (const [target, bytes] of [
    [file, sealed],
    [file + STATEMENT_SUFFIX, envelope],
  ] as const) {
    const handle = await open(`${target}.partial`, 'w+', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
      const back = Buffer.alloc(bytes.length);
      await handle.read(back, 0, bytes.length, 0);
      if (!back.equals(bytes)) throw new Error(`写入后读回不一致 / What was read back differs: ${target}`);
    } finally {
      await handle.close();
    }
    await rename(`${target}.partial`, target);
  }
}

/** Numbers of rows, both included. */
interface Span {
  from: number;
  to: number;
}

/**
 * In which part of the journal the room's own rows concern a session: from the package that brought it until its collection.
 * What was before or comes after is of other sessions, maybe of other organisations (rule 17).
 */
async function findSpan(journal: Journal, sessionId: string): Promise<Span> {
  const packages: number[] = [];
  let to = Infinity;
  for await (const { seq, session, type } of journal.rows()) {
    if (session === '' && type === 'package-installed') packages.push(seq);
    if (session === sessionId && type === 'session-collected') to = seq;
  }
  for (const seq of packages)
    for await (const written of journal.replay(seq - 1)) {
      const event = eventOf(written);
      if (
        event.type === 'package-installed' &&
        event.package.sessions.some((plan) => plan.sessionId === sessionId)
      )
        return { from: seq, to };
      break;
    }
  return { from: 1, to };
}

/** Rows that concern the session whole, all others as stubs (rule 17). */
async function readRows(
  journal: Journal,
  sessionId: string,
  span: Span,
): Promise<{ rows: Buffer; last: StoredRow; keyIds: Set<string> }> {
  const chunks: Buffer[] = [];
  const keyIds = new Set<string>();
  let last: StoredRow | null = null;
  for await (const row of journal.rows()) {
    const { seq, prev, hash } = row;
    const isWhole = belongs(row, sessionId, span);
    if (isWhole) keyIds.add(row.keyId);
    chunks.push(Buffer.from(`${rowToLine(isWhole ? row : { seq, prev, hash })}\n`, 'utf8'));
    last = row;
  }
  if (last === null) throw new Error('The journal is empty');
  return { rows: Buffer.concat(chunks), last, keyIds };
}

function belongs(
  { seq, session }: { seq: number; session: string },
  sessionId: string,
  { from, to }: Span,
): boolean {
  return session === sessionId ? seq >= from : session === '' && seq >= from && seq <= to;
}

/** Adds the bag's own files: declaration, information, manifests, signature. */
function finishBag(
  payload: Map<string, Buffer>,
  { room, sessionId, now }: BundleSources,
  site: string,
): Map<string, Buffer> {
  const bytes = [...payload.values()].reduce((sum, file) => sum + file.length, 0);
  const info = [
    `Source-Organization: ${site}`,
    `Bagging-Date: ${new Date(now).toISOString().slice(0, 10)}`,
    `External-Identifier: ${sessionId}`,
    `Bag-Group-Identifier: ${site}`,
    `Payload-Oxum: ${bytes}.${payload.size}`,
    `Bag-Software-Agent: Kaochang`,
  ];
  const tags = new Map<string, Buffer>([
    [BAG.declaration, Buffer.from('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n')],
    [BAG.info, Buffer.from(`${info.join('\n')}\n`)],
    [BAG.manifest, manifestOf(payload)],
  ]);
  const tagManifest = manifestOf(tags);
  const signature = canonicalBytes(signDsse(TAG_MANIFEST_TYPE, tagManifest, [room]));
  return new Map([...tags, [BAG.tagManifest, tagManifest], ...payload, [BAG.signature, signature]]);
}

function manifestOf(files: ReadonlyMap<string, Buffer>): Buffer {
  return Buffer.from([...files].map(([path, bytes]) => `${sha256(bytes)}  ${path}\n`).join(''), 'utf8');
}

async function zipBag(files: ReadonlyMap<string, Buffer>): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [path, bytes] of files)
    zip.addBuffer(bytes, path, { compress: false, mtime: new Date(Date.UTC(2020, 0, 1)) });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
