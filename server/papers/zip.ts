// Uncompressed zips, written and read with suspicion: names, sizes and methods are checked before a byte is unpacked.

import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import yazl from 'yazl';
import { MAX_ENTRIES, MAX_ENTRY_BYTES } from '../protocol/package.js';
import { PackageRefusal } from './refusal.js';

/** A fixed time in every entry, so that the same content gives the same bytes. */
const MTIME = new Date(Date.UTC(2020, 0, 1));

/** Writes entries in the order given. */
export async function writeZip(
  file: string,
  entries: readonly { path: string; bytes: Buffer }[],
): Promise<void> {
  const zip = new yazl.ZipFile();
  for (const { path, bytes } of entries)
    zip.addBuffer(bytes, path, { compress: false, mtime: MTIME, mode: 0o100644 });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file, { mode: 0o600 }));
}

/** An open zip whose directory was found sound. */
export class SafeZip {
  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  /** @throws PackageRefusal `damaged` for anything that is not a plain, uncompressed zip with sound names */
  static async open(file: string): Promise<SafeZip> {
    let zip: ZipFile;
    try {
      zip = await new Promise((resolve, reject) => {
        const options = {
          lazyEntries: true,
          autoClose: false,
          validateEntrySizes: true,
          strictFileNames: true,
        };
        yauzl.open(file, options, (error, opened) => (error ? reject(error) : resolve(opened)));
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new PackageRefusal('not-found', { file });
      throw new PackageRefusal('damaged', { why: (error as Error).message });
    }
    try {
      return new SafeZip(zip, await readDirectory(zip));
    } catch (error) {
      zip.close();
      throw error instanceof PackageRefusal
        ? error
        : new PackageRefusal('damaged', { why: (error as Error).message });
    }
  }

  get paths(): string[] {
    return [...this.entries.keys()];
  }

  sizeOf(path: string): number | null {
    return this.entries.get(path)?.uncompressedSize ?? null;
  }

  /** @throws PackageRefusal `missing-entry` or `damaged` */
  async read(path: string, maxBytes = MAX_ENTRY_BYTES): Promise<Buffer> {
    const entry = this.entries.get(path);
    if (entry === undefined) throw new PackageRefusal('missing-entry', { path });
    if (entry.uncompressedSize > maxBytes) throw new PackageRefusal('too-large', { path });
    try {
      const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
        this.zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened))),
      );
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    } catch (error) {
      throw new PackageRefusal('damaged', { path, why: (error as Error).message });
    }
  }

  close(): void {
    this.zip.close();
  }
}

function readDirectory(zip: ZipFile): Promise<Map<string, Entry>> {
  return new Promise((resolve, reject) => {
    const entries = new Map<string, Entry>();
    if (zip.entryCount > MAX_ENTRIES) return reject(new PackageRefusal('too-large', { path: 'zip' }));
    zip.on('error', reject);
    zip.on('end', () => resolve(entries));
    zip.on('entry', (entry: Entry) => {
      const path = entry.fileName;
      if (
        !/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/.test(path) ||
        path.split('/').some((part) => /^\.+$/.test(part))
      )
        return reject(new PackageRefusal('bad-name', { path: JSON.stringify(path) }));
      if (entries.has(path)) return reject(new PackageRefusal('duplicate-name', { path }));
      if (entry.compressionMethod !== 0 || entry.compressedSize !== entry.uncompressedSize)
        return reject(new PackageRefusal('compressed', { path }));
      if ((entry.generalPurposeBitFlag & 1) !== 0) return reject(new PackageRefusal('compressed', { path }));
      entries.set(path, entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
}
