// A BagIt bag as a zip that flows: each file is hashed while it passes, the manifests follow at the end. Knows nothing of exams.

import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import yazl from 'yazl';
import { canonicalBytes } from '../keys/canonical.js';
import { signDsse } from '../keys/dsse.js';
import type { PrivateKeys } from '../keys/key-files.js';
import { sha256 } from '../keys/sha256.js';
import { BAG, TAG_MANIFEST_TYPE } from '../protocol/bundle.js';

/** One file of the payload. */
export interface BagEntry {
  path: string;
  /** Where it is known before the bytes are. */
  size?: number;
  source: AsyncIterable<Buffer>;
}

export interface BagLabel {
  site: string;
  sessionId: string;
  /** Room time, milliseconds. */
  now: number;
  /** Signs the tag manifest. */
  room: PrivateKeys;
}

/** A fixed time in every entry, so that the same content gives the same bytes. */
const MTIME = new Date(Date.UTC(2020, 0, 1));

/** The zip of a whole bag. What `payload` throws ends it. */
export function bagStream(payload: AsyncIterable<BagEntry>, label: BagLabel): AsyncGenerator<Buffer> {
  return zipped(withTags(payload, label));
}

/** Bytes that are there as a source. */
export async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}

/** The payload, then the bag's own files: declaration, information, manifests, signature. */
async function* withTags(payload: AsyncIterable<BagEntry>, label: BagLabel): AsyncGenerator<BagEntry> {
  const lines: string[] = [];
  let total = 0;
  for await (const entry of payload) {
    const hash = createHash('sha256');
    yield {
      ...entry,
      source: passing(entry.source, (chunk) => {
        hash.update(chunk);
        total += chunk.length;
      }),
    };
    lines.push(manifestLine(entry.path, hash.digest('hex')));
  }
  const { site, sessionId, now, room } = label;
  const info = [
    `Source-Organization: ${site}`,
    `Bagging-Date: ${new Date(now).toISOString().slice(0, 10)}`,
    `External-Identifier: ${sessionId}`,
    `Bag-Group-Identifier: ${site}`,
    `Payload-Oxum: ${total}.${lines.length}`,
    `Bag-Software-Agent: Kaochang`,
  ];
  const tags: [string, Buffer][] = [
    [BAG.declaration, Buffer.from('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n')],
    [BAG.info, Buffer.from(`${info.join('\n')}\n`)],
    [BAG.manifest, Buffer.from(lines.join(''), 'utf8')],
  ];
  const tagManifest = Buffer.from(tags.map(([path, bytes]) => manifestLine(path, sha256(bytes))).join(''));
  const signature = canonicalBytes(signDsse(TAG_MANIFEST_TYPE, tagManifest, [room]));
  for (const [path, bytes] of [...tags, [BAG.tagManifest, tagManifest], [BAG.signature, signature]] as const)
    yield { path, size: bytes.length, source: once(bytes) };
}

async function* passing(
  source: AsyncIterable<Buffer>,
  look: (chunk: Buffer) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    look(chunk);
    yield chunk;
  }
}

function manifestLine(path: string, hash: string): string {
  return `${hash}  ${path}\n`;
}

/** Uncompressed: what candidates hand in mostly is already, and readers find each file at its place. */
async function* zipped(entries: AsyncIterable<BagEntry>): AsyncGenerator<Buffer> {
  const zip = new yazl.ZipFile();
  const out = zip.outputStream as Readable;
  zip.on('error', (error: Error) => out.destroy(error));
  let flowing: Readable | null = null;
  const feed = async () => {
    for await (const { path, size, source } of entries) {
      const stream = (flowing = Readable.from(source, { objectMode: false }));
      const sized = size === undefined ? {} : { size };
      zip.addReadStream(stream, path, { compress: false, mtime: MTIME, ...sized });
      await new Promise<void>((resolve, reject) => {
        stream.once('error', reject);
        stream.once('close', resolve);
      });
      // Nobody takes the rest.
      if (out.destroyed) return;
    }
    zip.end();
  };
  const fed = feed().catch((error: unknown) => out.destroy(error as Error));
  try {
    for await (const chunk of out) yield chunk as Buffer;
    await fed;
  } finally {
    out.destroy();
    (flowing as Readable | null)?.destroy();
    await fed;
  }
}
