// Reads a zipped bag from memory with limits, so that a hostile file costs little.

import yauzl, { type Entry } from 'yauzl';

const MAX_FILES = 50_000;
const MAX_BYTES = 4 * 1024 ** 3;

/** Files by path. @throws Error for anything that is not a sound, uncompressed zip */
export async function readBag(bytes: Buffer): Promise<Map<string, Buffer>> {
  const options = { lazyEntries: true, strictFileNames: true };
  const zip = await new Promise<yauzl.ZipFile>((resolve, reject) =>
    yauzl.fromBuffer(bytes, options, (error, opened) => (error ? reject(error) : resolve(opened))),
  );
  if (zip.entryCount > MAX_FILES) throw new Error('too many files');
  const files = new Map<string, Buffer>();
  let total = 0;
  for (;;) {
    const entry = await new Promise<Entry | null>((resolve, reject) => {
      zip.once('entry', resolve);
      zip.once('end', () => resolve(null));
      zip.once('error', reject);
      zip.readEntry();
    });
    zip.removeAllListeners();
    if (entry === null) return files;
    const path = entry.fileName;
    if (files.has(path)) throw new Error(`${path} occurs twice`);
    if (entry.compressionMethod !== 0) throw new Error(`${path} is compressed`);
    total += entry.uncompressedSize;
    if (total > MAX_BYTES) throw new Error('too large');
    const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
      zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened))),
    );
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    files.set(path, Buffer.concat(chunks));
  }
}
