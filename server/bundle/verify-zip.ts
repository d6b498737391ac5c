// Reads a zipped bag at any place, with limits, so that a hostile file costs little: nothing is unpacked, no file is in memory
// unless it is asked for, and what one file says of itself cannot reach into another.

import { RandomAccessReader, fromRandomAccessReader, type Entry, type ZipFile } from 'yauzl';
import { streamOf, type ReadableBytes } from '../keys/readable-bytes.js';

const MAX_FILES = 100_000;
/** Manifests and keys of the largest room are far below it; what candidates hand in is never read at once. */
const MAX_READ_BYTES = 64 * 2 ** 20;
const MAX_LINE_BYTES = 64 * 2 ** 20;
const HEADER_BYTES = 30;

interface Place {
  entry: Entry;
  /** Where the next header begins: no byte of this file may lie there. */
  endsBefore: number;
}

export class Bag {
  private constructor(
    private readonly zip: ZipFile,
    private readonly bytes: ReadableBytes,
    private readonly places: ReadonlyMap<string, Place>,
  ) {}

  /** @throws Error for anything that is not a sound, uncompressed zip */
  static async open(bytes: ReadableBytes): Promise<Bag> {
    const options = { lazyEntries: true, autoClose: false, strictFileNames: true };
    const zip = await new Promise<ZipFile>((resolve, reject) =>
      fromRandomAccessReader(new BytesReader(bytes), bytes.size, options, (error, opened) =>
        error ? reject(error) : resolve(opened),
      ),
    );
    return new Bag(zip, bytes, await readDirectory(zip));
  }

  get paths(): string[] {
    return [...this.places.keys()];
  }

  has(path: string): boolean {
    return this.places.has(path);
  }

  /** Bytes of a file, or null where there is none. */
  sizeOf(path: string): number | null {
    return this.places.get(path)?.entry.uncompressedSize ?? null;
  }

  /** @throws Error for a file that is not there, overlaps another or cannot be read */
  async *stream(path: string): AsyncGenerator<Buffer> {
    const place = this.places.get(path);
    if (place === undefined) throw new Error(`${path} is not in the bag`);
    const { entry, endsBefore } = place;
    const header = await this.zip.readLocalFileHeaderPromise(entry);
    // Readers that go from front to back believe this header, all others the directory.
    if (!header.fileName.equals(entry.fileNameRaw))
      throw new Error(`${path} has another name before its bytes`);
    if (header.compressionMethod !== 0) throw new Error(`${path} is compressed`);
    if (header.fileDataStart + entry.compressedSize > endsBefore)
      throw new Error(`${path} overlaps another file`);
    yield* streamOf(this.bytes, header.fileDataStart, entry.uncompressedSize);
  }

  /** A small file at once. @throws as `stream`; Error for one that is not small */
  async read(path: string): Promise<Buffer> {
    if ((this.sizeOf(path) ?? 0) > MAX_READ_BYTES) throw new Error(`${path} is too large`);
    const chunks: Buffer[] = [];
    for await (const chunk of this.stream(path)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** Lines without their ends; the last one too where its end is missing, so that nobody takes it for whole. @throws as `stream` */
  async *lines(path: string): AsyncGenerator<{ line: string; isEnded: boolean }> {
    let held: Buffer[] = [];
    let heldBytes = 0;
    for await (const chunk of this.stream(path)) {
      let from = 0;
      for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
        const part = chunk.subarray(from, end);
        yield {
          line: (held.length === 0 ? part : Buffer.concat([...held, part])).toString('utf8'),
          isEnded: true,
        };
        held = [];
        heldBytes = 0;
        from = end + 1;
      }
      if (from === chunk.length) continue;
      held.push(chunk.subarray(from));
      heldBytes += chunk.length - from;
      if (heldBytes > MAX_LINE_BYTES) throw new Error(`${path} has a line without end`);
    }
    if (held.length > 0) yield { line: Buffer.concat(held).toString('utf8'), isEnded: false };
  }
}

async function readDirectory(zip: ZipFile): Promise<Map<string, Place>> {
  if (zip.entryCount > MAX_FILES) throw new Error('too many files');
  const directoryAt = Number(zip.readEntryCursor);
  const entries: Entry[] = [];
  const names = new Set<string>();
  for (;;) {
    const entry = await nextEntry(zip);
    if (entry === null) break;
    const path = entry.fileName;
    if (names.has(path)) throw new Error(`${path} occurs twice`);
    if (entry.compressionMethod !== 0 || entry.compressedSize !== entry.uncompressedSize)
      throw new Error(`${path} is compressed`);
    if (entry.isEncrypted()) throw new Error(`${path} is encrypted`);
    names.add(path);
    entries.push(entry);
  }
  entries.sort((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  return new Map(
    entries.map((entry, index): [string, Place] => {
      const endsBefore = entries[index + 1]?.relativeOffsetOfLocalHeader ?? directoryAt;
      const needed = HEADER_BYTES + entry.fileNameRaw.length + entry.compressedSize;
      if (entry.relativeOffsetOfLocalHeader + needed > endsBefore)
        throw new Error(`${entry.fileName} overlaps another file`);
      return [entry.fileName, { entry, endsBefore }];
    }),
  );
}

function nextEntry(zip: ZipFile): Promise<Entry | null> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      zip.removeAllListeners();
      act();
    };
    zip.once('entry', (entry: Entry) => settle(() => resolve(entry)));
    zip.once('end', () => settle(() => resolve(null)));
    zip.once('error', (error: Error) => settle(() => reject(error)));
    zip.readEntry();
  });
}

/** The bytes as the zip library asks for them. */
class BytesReader extends RandomAccessReader {
  constructor(private readonly bytes: ReadableBytes) {
    super();
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.bytes.read(position, length).then(
      (found) => {
        found.copy(buffer, offset);
        callback(null);
      },
      (error: unknown) => callback(error as Error),
    );
  }
}
