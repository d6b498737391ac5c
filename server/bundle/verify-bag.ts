// The bag of a bundle: every file read once and hashed on the way, held against the manifests in both directions, and the room's
// signature over them. Nothing that candidates handed in is in memory longer than a piece of it.

import { createHash } from 'node:crypto';
import { verifyDsse } from '../keys/dsse.js';
import type { PublicKeys } from '../keys/key-files.js';
import { BAG, TAG_MANIFEST_TYPE } from '../protocol/bundle.js';
import type { Note } from './verify-report.js';
import type { Bag } from './verify-zip.js';

/** SHA-256 (hex) of every file of a bag that could be read; null for one that could not. */
export type BagHashes = ReadonlyMap<string, string | null>;

/** Reads everything once. @param advance told of the bytes that were read */
export async function hashBag(bag: Bag, advance: (bytes: number) => void): Promise<BagHashes> {
  const hashes = new Map<string, string | null>();
  for (const path of bag.paths) {
    const hash = createHash('sha256');
    try {
      for await (const chunk of bag.stream(path)) {
        hash.update(chunk);
        advance(chunk.length);
      }
      hashes.set(path, hash.digest('hex'));
    } catch {
      hashes.set(path, null);
    }
  }
  return hashes;
}

/** The bag's own files: declaration, information, both manifests, the signature. */
export async function checkBag(
  bag: Bag,
  hashes: BagHashes,
  trust: readonly PublicKeys[],
  note: Note,
): Promise<void> {
  const tags: string[] = [BAG.declaration, BAG.info, BAG.manifest];
  const unlisted: string[] = [BAG.tagManifest, BAG.signature];
  if (!/^BagIt-Version: 1\.0\n/.test(await readText(bag, BAG.declaration)))
    note('not-a-bag', BAG.declaration);
  compare(readManifest(await readText(bag, BAG.tagManifest)), tags, hashes, note);
  const payload = bag.paths.filter((path) => path.startsWith('data/'));
  compare(readManifest(await readText(bag, BAG.manifest)), payload, hashes, note);
  for (const path of bag.paths)
    if (!path.startsWith('data/') && !tags.includes(path) && !unlisted.includes(path))
      note('file-added', path);
  const bytes = payload.reduce((sum, path) => sum + (bag.sizeOf(path) ?? 0), 0);
  const oxum = /^Payload-Oxum: (.*)$/m.exec(await readText(bag, BAG.info))?.[1];
  if (oxum !== `${bytes}.${payload.length}`) note('file-hash', BAG.info);
  await checkSignature(bag, trust, note);
}

/** The session that a bag says it is of. */
export async function sessionOf(bag: Bag): Promise<string> {
  return /^External-Identifier: (.*)$/m.exec(await readText(bag, BAG.info))?.[1] ?? '';
}

/** A small file as text; empty where it is not there or cannot be read. */
export async function readText(bag: Bag, path: string): Promise<string> {
  return bag.read(path).then(
    (bytes) => bytes.toString('utf8'),
    () => '',
  );
}

/** Both ways: what is named is there and unchanged, what is there is named. */
function compare(
  named: ReadonlyMap<string, string>,
  present: readonly string[],
  hashes: BagHashes,
  note: Note,
): void {
  for (const [path, hash] of named) {
    const found = hashes.get(path);
    if (found === undefined) note('file-missing', path);
    else if (found !== hash) note('file-hash', path);
  }
  for (const path of present) if (!named.has(path)) note('file-added', path);
}

function readManifest(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
}

async function checkSignature(bag: Bag, trust: readonly PublicKeys[], note: Note): Promise<void> {
  try {
    const rooms = trust.filter(({ role }) => role === 'room');
    const envelope: unknown = JSON.parse(await readText(bag, BAG.signature));
    const signed = verifyDsse(envelope, TAG_MANIFEST_TYPE, rooms);
    const present = await bag.read(BAG.tagManifest).catch(() => Buffer.alloc(0));
    if (!signed.equals(present)) note('bag-signature', BAG.tagManifest);
  } catch {
    note('bag-signature', BAG.signature);
  }
}
