// Opens zips of unknown origin (.xlsx, QTI packages): names, counts and sizes are checked before a byte is unpacked, and
// what is unpacked is counted. Never writes to disk.

import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { BankRefusal } from './findings.js';

const MAX_ENTRIES = 20_000;
const MAX_ENTRY_BYTES = 64 * 1024 * 1024;
const MAX_TOTAL_BYTES = 400 * 1024 * 1024;

/** A zip in memory whose directory was found sound. */
export class BankZip {
  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  /** @throws BankRefusal `zip-damaged`, `zip-limit`, `zip-name`, `zip-twice`, `file-encrypted` */
  static async open(bytes: Buffer): Promise<BankZip> {
    try {
      const zip = await new Promise<ZipFile>((resolve, reject) => {
        const options = { lazyEntries: true, validateEntrySizes: true, decodeStrings: true };
        yauzl.fromBuffer(bytes, options, (error, opened) => (error ? reject(error) : resolve(opened)));
      });
      return new BankZip(zip, await readDirectory(zip));
    } catch (error) {
      throw refusalOf(error);
    }
  }

  get paths(): string[] {
    return [...this.entries.keys()];
  }

  has(path: string): boolean {
    return this.entries.has(path);
  }

  sizeOf(path: string): number | null {
    return this.entries.get(path)?.uncompressedSize ?? null;
  }

  /** Null where there is no such entry. @throws BankRefusal `zip-damaged` */
  async read(path: string): Promise<Buffer | null> {
    const entry = this.entries.get(path);
    if (entry === undefined) return null;
    try {
      const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
        this.zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened))),
      );
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of stream) {
        length += (chunk as Buffer).length;
        if (length > entry.uncompressedSize) throw new Error('longer than declared');
        chunks.push(chunk as Buffer);
      }
      return Buffer.concat(chunks);
    } catch (error) {
      throw refusalOf(error);
    }
  }
}

function refusalOf(error: unknown): BankRefusal {
  return error instanceof BankRefusal
    ? error
    : new BankRefusal('zip-damaged', { why: error instanceof Error ? error.message : String(error) });
}

function readDirectory(zip: ZipFile): Promise<Map<string, Entry>> {
  return new Promise((resolve, reject) => {
    const entries = new Map<string, Entry>();
    const seen = new Set<string>();
    let total = 0;
    if (zip.entryCount > MAX_ENTRIES)
      return reject(new BankRefusal('zip-limit', { what: `${zip.entryCount} files` }));
    zip.on('error', reject);
    zip.on('end', () => resolve(entries));
    zip.on('entry', (entry: Entry) => {
      const name = entry.fileName;
      if (!isSafeZipPath(name)) return reject(new BankRefusal('zip-name', { name }));
      if (seen.has(name)) return reject(new BankRefusal('zip-twice', { name }));
      seen.add(name);
      if ((entry.generalPurposeBitFlag & 1) !== 0) return reject(new BankRefusal('file-encrypted'));
      total += entry.uncompressedSize;
      if (entry.uncompressedSize > MAX_ENTRY_BYTES || total > MAX_TOTAL_BYTES)
        return reject(new BankRefusal('zip-limit', { what: name }));
      if (!name.endsWith('/')) entries.set(name, entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
}

/** Whether a path stays below the folder it is taken from. */
export function isSafeZipPath(path: string): boolean {
  if (path === '' || path.length > 500 || path.startsWith('/') || /^[A-Za-z]:/.test(path)) return false;
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\\]/.test(path)) return false;
  return !path.split('/').some((part) => part === '..' || part === '.');
}

/** `target` as seen from the folder of `from`; null where it would leave the package. Paths that open with / start at the root. */
export function resolveInZip(from: string, target: string): string | null {
  let relative = target;
  try {
    relative = decodeURIComponent(target);
  } catch {
    // A name with a bare % stands for itself.
  }
  relative = relative.replace(/[?#].*$/, '').replaceAll('\\', '/');
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(relative) || relative.startsWith('//')) return null;
  const parts = relative.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.length === 0) return null;
      parts.pop();
    } else parts.push(part);
  }
  return parts.length === 0 ? null : parts.join('/');
}
