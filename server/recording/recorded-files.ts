// Opens recorded segments for whoever looks at them: only files that a manifest names, only inside the video folder, only
// with the length that the manifest gives them. It never writes.

import { constants, type Stats } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { SegmentLine } from '../core/video-types.js';
import { boxHead } from './mp4-boxes.js';

/** Where the parts of a segment lie in its file. */
export interface FilmParts {
  /** Bytes of what opens it. */
  opening: number;
  /** The end of the last whole fragment. */
  end: number;
}

const HEAD_BYTES = 16;
/** ftyp and moov of one track are a kilobyte. */
const MAX_OPENING_BYTES = 256 * 1024;
const MAX_BOXES = 10_000;
const PARTS_KEPT = 4_000;

export class RecordedFiles {
  readonly #parts = new Map<string, FilmParts>();

  constructor(private readonly folder: string) {}

  /** The path of a segment whose file is as the manifest says, or null. */
  async pathOf(segment: SegmentLine): Promise<string | null> {
    const handle = await this.open(segment);
    await handle?.close();
    return handle === null ? null : join(this.folder, segment.file);
  }

  /** Opens a segment's file for reading; null where it is not what the manifest names. The caller closes it. */
  async open({ file, bytes }: SegmentLine): Promise<FileHandle | null> {
    const path = join(this.folder, file);
    try {
      const [real, root] = await Promise.all([realpath(path), realpath(this.folder)]);
      if (!real.startsWith(root + sep)) return null;
      const handle = await open(real, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
      const found: Stats = await handle.stat();
      if (found.isFile() && found.size === bytes) return handle;
      await handle.close();
    } catch {
      // Not there, or not for us to read: both mean that there is nothing to show.
    }
    return null;
  }

  /** Where opening and fragments lie; null for a file that is no film of fragments. */
  async partsOf(handle: FileHandle, { sha256, bytes, flags }: SegmentLine): Promise<FilmParts | null> {
    const known = this.#parts.get(sha256);
    if (known !== undefined) return known;
    const parts = await readParts(handle, bytes, flags.includes('cut-short'));
    if (parts === null) return null;
    if (this.#parts.size >= PARTS_KEPT) this.#parts.delete(this.#parts.keys().next().value ?? '');
    this.#parts.set(sha256, parts);
    return parts;
  }
}

/** @param toEnd look where the last whole fragment ends; otherwise the file ends with one */
async function readParts(handle: FileHandle, bytes: number, toEnd: boolean): Promise<FilmParts | null> {
  const head = Buffer.alloc(HEAD_BYTES);
  let opening = 0;
  let end = 0;
  let at = 0;
  for (let boxes = 0; at < bytes && boxes < MAX_BOXES; boxes++) {
    const { bytesRead } = await handle.read(head, 0, HEAD_BYTES, at);
    const box = boxHead(head.subarray(0, bytesRead));
    if (box === null || box.size < box.headBytes || at + box.size > bytes) break;
    if (box.type === 'moof' || box.type === 'styp' || box.type === 'sidx') {
      if (opening === 0) opening = at;
      if (!toEnd) return opening > MAX_OPENING_BYTES ? null : { opening, end: bytes };
    }
    at += box.size;
    if (box.type === 'mdat') end = at;
  }
  return opening === 0 || opening > MAX_OPENING_BYTES || end <= opening ? null : { opening, end };
}
