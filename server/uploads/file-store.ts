// The files of candidates on the room's disk: begun, gone on with, checked against their hash, read, removed. A file has all
// its bytes or it has a part of them; which of the two is its length. What the room has acknowledged is the journal's word alone.

import { mkdir, open, readdir, rm, statfs, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HashChecks } from './hash-checks.js';
import { plainBytes } from './plain-bytes.js';
import { Turns } from './turns.js';
import { cipherFrom, encodeHead, newHead, readHead, type FilePlace } from './sealed-file.js';

/** Data keys of a session, newest last; none once it is wiped. */
export type SessionKeys = (sessionId: string) => Promise<readonly { keyId: string; key: Buffer }[]>;

export interface FileStoreOptions {
  /** Folder below the data folder. */
  folder: string;
  keys: SessionKeys;
  /** Disk space that no file may take, bytes. */
  keepFreeBytes: number;
}

/** The disk has no room for more files; answers still have theirs (rule 2). */
export class NoSpaceError extends Error {
  constructor() {
    super('磁盘空间不足，暂不接收文件 / The disk has no room for files');
    this.name = 'NoSpaceError';
  }
}

const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];
/** Written through so often, and one file at a time: the journal's own flush never waits for more than that. */
const FLUSH_BYTES = 2 ** 20;

export class FileStore {
  readonly #flushes = new Turns();
  readonly #checks = new Turns();
  readonly #hashes = new HashChecks();

  constructor(private readonly options: FileStoreOptions) {}

  /** How many bytes of a file are here; null where it was not begun, or for another size, or under a key that is gone. */
  async length(place: FilePlace, size: number): Promise<number | null> {
    return this.#with(place, 'r', async (file) => {
      const found = await readHead(file);
      if (found === null || found.head.size !== size || (await this.#key(place, found.head.keyId)) === null)
        return null;
      return Math.min(size, Math.max(0, (await file.stat()).size - found.startsAt));
    });
  }

  /** Begins a file anew. @throws NoSpaceError; Error where the session has no key */
  async begin(place: FilePlace, size: number): Promise<void> {
    const newest = (await this.options.keys(place.sessionId)).at(-1);
    if (newest === undefined) throw new Error(`The session ${place.sessionId} has no data key`);
    await this.#assertSpace(size);
    const path = this.#path(place);
    await this.#onDisk(async () => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const file = await open(path, 'w', 0o600);
      try {
        await file.write(encodeHead(newHead(newest.keyId, size)));
      } finally {
        await file.close();
      }
    });
  }

  /**
   * Writes bytes after the first `offset` ones, as they come. What was written stays when the source breaks off.
   * @returns how many bytes of the file are here now
   * @throws NoSpaceError; Error for more bytes than the file has; whatever the source throws
   */
  async append(place: FilePlace, offset: number, source: AsyncIterable<Buffer>): Promise<number> {
    const written = await this.#with(place, 'r+', async (file) => {
      const found = await readHead(file);
      const key = found === null ? null : await this.#key(place, found.head.keyId);
      if (found === null || key === null) return null;
      const { head, startsAt } = found;
      const cipher = cipherFrom(key, place, head, offset);
      let at = offset;
      let flushedAt = offset;
      for await (const plain of source) {
        if (at + plain.length > head.size) throw new RangeError('More bytes than the file has');
        const sealed = cipher.update(plain);
        await this.#onDisk(() => file.write(sealed, 0, sealed.length, startsAt + at));
        at += plain.length;
        if (at - flushedAt < FLUSH_BYTES) continue;
        await this.#flush(() => file.datasync());
        flushedAt = at;
        await this.#assertSpace(0);
      }
      return at;
    });
    if (written === null) throw new Error(`The file ${place.fileHash} is gone`);
    return written;
  }

  /** Puts a whole file on the disk for good and reads it back. @returns whether it has the hash that it was named by */
  async isWhole(place: FilePlace): Promise<boolean> {
    const whole = await this.#with(place, 'r+', async (file) => {
      await this.#flush(() => file.sync());
      return true;
    });
    if (whole === null) return false;
    await this.#flush(() => syncFolders(dirname(this.#path(place)), this.options.folder));
    // Forty files come to their end together: to read all of them at once would hold up whoever still writes.
    return this.#checks.take(() => this.#hasItsHash(place));
  }

  async #hasItsHash(place: FilePlace): Promise<boolean> {
    const keys = await this.options.keys(place.sessionId);
    return this.#hashes.check({ path: this.#path(place), place, keys });
  }

  /** The plain bytes. @throws Error where the file or its key is gone */
  async *read(place: FilePlace): AsyncGenerator<Buffer> {
    yield* plainBytes(this.#path(place), place, await this.options.keys(place.sessionId));
  }

  /** Hashes of the files of a candidate that lie here, whole or not. */
  async list(sessionId: string, candidateId: string): Promise<string[]> {
    const names = await readdir(join(this.options.folder, sessionId, candidateId)).catch(() => []);
    return names.filter((name) => /^[0-9a-f]{64}$/.test(name));
  }

  async remove(place: FilePlace): Promise<void> {
    await rm(this.#path(place), { force: true });
  }

  /** Removes everything of a session (the wipe; its key is destroyed by the journal). */
  async removeSession(sessionId: string): Promise<void> {
    await rm(join(this.options.folder, sessionId), { recursive: true, force: true });
  }

  async #with<T>(place: FilePlace, flags: string, act: (file: FileHandle) => Promise<T>): Promise<T | null> {
    let file: FileHandle;
    try {
      file = await open(this.#path(place), flags);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    try {
      return await act(file);
    } finally {
      await file.close();
    }
  }

  async #key({ sessionId }: FilePlace, keyId: string): Promise<Buffer | null> {
    return (await this.options.keys(sessionId)).find((one) => one.keyId === keyId)?.key ?? null;
  }

  async #assertSpace(bytes: number): Promise<void> {
    await mkdir(this.options.folder, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(this.options.folder);
    if (bavail * bsize < this.options.keepFreeBytes + bytes) throw new NoSpaceError();
  }

  #flush(act: () => Promise<void>): Promise<void> {
    return this.#flushes.take(() => this.#onDisk(act));
  }

  async #onDisk<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (FULL.includes((error as NodeJS.ErrnoException).code ?? '')) throw new NoSpaceError();
      throw error;
    }
  }

  #path({ sessionId, candidateId, fileHash }: FilePlace): string {
    return join(this.options.folder, sessionId, candidateId, fileHash);
  }
}

/** Makes the names of new files and folders durable, from the innermost to that of `top` itself. */
async function syncFolders(from: string, top: string): Promise<void> {
  // Windows has no handle for a folder; its names are durable with the file's own flush.
  if (process.platform === 'win32') return;
  for (let folder = from; ; folder = dirname(folder)) {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (folder === dirname(top) || folder === dirname(folder)) return;
  }
}
