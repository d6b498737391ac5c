// The one upload that may be on its way to this room, on disk: the bytes so far and what was declared. What is counted is
// on disk before it is said; whatever a crash leaves beyond that is cut off.

import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

const UploadSchema = Type.Object(
  {
    id: Type.String({ pattern: '^[0-9a-f]{32}$' }),
    /** Bytes that were declared. */
    length: Type.Integer({ minimum: 1 }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    keyId: Type.String({ minLength: 1 }),
    address: Type.String(),
    /** Bytes that are on disk. */
    offset: Type.Integer({ minimum: 0 }),
    /** Wall clock of the last piece, milliseconds; tells an upload that was left from one that goes on. */
    touchedAt: Type.Integer(),
  },
  { additionalProperties: false },
);
export type Upload = Static<typeof UploadSchema>;
export type Declared = Pick<Upload, 'length' | 'sha256' | 'keyId' | 'address'>;

/** The disk takes no more. Nothing of the upload is left then. */
export class NoSpaceError extends Error {
  constructor() {
    super('The disk has no space for this upload');
    this.name = 'NoSpaceError';
  }
}

/** EFBIG: the process may write no larger file; for an upload that is the same. */
const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];

export class UploadStore {
  #current: Upload | null = null;

  private constructor(
    private readonly folder: string,
    private readonly name: string,
    private readonly keepFreeBytes: number,
  ) {}

  /**
   * Opens what a stop or a crash left.
   * @param name of its files, so that two kinds of upload do not meet
   * @param keepFreeBytes disk space that no upload may take: answers come before packages
   */
  static async open(folder: string, name: string, keepFreeBytes: number): Promise<UploadStore> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const store = new UploadStore(folder, name, keepFreeBytes);
    await store.#recall();
    return store;
  }

  get current(): Upload | null {
    return this.#current;
  }

  get file(): string {
    return join(this.folder, `${this.name}.part`);
  }

  /** Bytes that may still be taken from the disk. */
  async spaceBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.folder);
    return Math.max(0, bavail * bsize - this.keepFreeBytes);
  }

  /** Begins an upload in place of what was there. @throws NoSpaceError when the disk has no room for all of it */
  async begin(declared: Declared, at: number): Promise<Upload> {
    await this.discard();
    if ((await this.spaceBytes()) < declared.length) throw new NoSpaceError();
    const upload = { ...declared, id: randomBytes(16).toString('hex'), offset: 0, touchedAt: at };
    await this.#orNoSpace(async () => {
      await writeFile(this.file, '', { mode: 0o600, flush: true });
      await this.#note(upload);
    });
    this.#current = upload;
    return upload;
  }

  /**
   * Adds a piece at the present end, whole or not at all. @returns the new end
   * @throws NoSpaceError
   */
  async append(bytes: Buffer, at: number): Promise<number> {
    const upload = this.#current;
    if (upload === null) throw new Error('Broken invariant: a piece without an upload');
    // Recordings or another program may have taken since what was there at the beginning.
    if ((await this.spaceBytes()) < bytes.length) {
      await this.discard();
      throw new NoSpaceError();
    }
    const next = { ...upload, offset: upload.offset + bytes.length, touchedAt: at };
    await this.#orNoSpace(async () => {
      const handle = await open(this.file, 'r+');
      try {
        for (let done = 0; done < bytes.length;) {
          const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, upload.offset + done);
          done += bytesWritten;
        }
        await handle.datasync();
      } finally {
        await handle.close();
      }
      await this.#note(next);
    });
    this.#current = next;
    return next.offset;
  }

  /** SHA-256 of all bytes so far, hex. */
  async hash(): Promise<string> {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(this.file, { highWaterMark: 2 ** 20 }))
      hash.update(chunk as Buffer);
    return hash.digest('hex');
  }

  /** Forgets the upload and removes what is there of it; also after its file was moved away. */
  async discard(): Promise<void> {
    this.#current = null;
    for (const file of [this.#notes, `${this.#notes}.new`, this.file]) await rm(file, { force: true });
  }

  get #notes(): string {
    return join(this.folder, `${this.name}.json`);
  }

  async #note(upload: Upload): Promise<void> {
    const file = this.#notes;
    await writeFile(`${file}.new`, JSON.stringify(upload), { mode: 0o600, flush: true });
    await rename(`${file}.new`, file);
  }

  async #orNoSpace(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!FULL.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await this.discard();
      throw new NoSpaceError();
    }
  }

  async #recall(): Promise<void> {
    try {
      const noted: unknown = JSON.parse(await readFile(this.#notes, 'utf8'));
      if (!Value.Check(UploadSchema, noted)) return await this.discard();
      const handle = await open(this.file, 'r');
      const { size } = await handle.stat().finally(() => handle.close());
      if (size < noted.offset) return await this.discard();
      if (size > noted.offset) await truncate(this.file, noted.offset);
      this.#current = noted;
    } catch {
      await this.discard();
    }
  }
}
