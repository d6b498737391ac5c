// Takes a film of MP4 fragments apart as it comes: first what opens it (ftyp, moov), then fragments (moof, mdat). Only the
// outermost boxes are looked at, and in a moof what its samples last; nothing is decoded.

import { readFragment, readTracks, type Track } from './fmp4-track.js';
import { boxHead, HEAD_BYTES, LARGE_HEAD_BYTES, type Place } from './mp4-boxes.js';

/** The film is not one of fragments, or larger than it may be. */
export class FilmError extends Error {}

export interface Fragment {
  bytes: Buffer;
  durationMs: number;
}

/** Called in this order: once `opened`, then `fragment` again and again. */
export interface FilmListener {
  opened(bytes: Buffer): void;
  fragment(fragment: Fragment): void;
}

/** Two seconds of 40 Mbit/s. */
export const MAX_BOX_BYTES = 10 * 2 ** 20;
const OPENING = ['ftyp', 'moov'];

/** Cuts a stream of bytes into opening and fragments. */
export class FilmSplitter {
  #waiting: Buffer[] = [];
  #length = 0;
  #needed = HEAD_BYTES;
  #opening: Buffer[] = [];
  #isOpen = false;
  #moof: Buffer | null = null;
  #durationMs = 0;
  #track: Track | null = null;

  constructor(private readonly listener: FilmListener) {}

  /** @throws FilmError for bytes that are no film of fragments */
  take(chunk: Buffer): void {
    this.#waiting.push(chunk);
    this.#length += chunk.length;
    while (this.#length >= this.#needed) {
      const bytes = this.#waiting.length === 1 ? chunkOf(this.#waiting) : Buffer.concat(this.#waiting);
      this.#waiting = [bytes];
      const head = boxHead(bytes);
      if (head === null) {
        this.#needed = LARGE_HEAD_BYTES;
        continue;
      }
      if (head.size < head.headBytes)
        throw new FilmError(`a box ${JSON.stringify(head.type)} without a size`);
      if (head.size > MAX_BOX_BYTES) throw new FilmError(`a box of ${head.size} bytes`);
      if (bytes.length < head.size) {
        this.#needed = head.size;
        return;
      }
      this.#box(head, bytes.subarray(0, head.size));
      this.#waiting = bytes.length === head.size ? [] : [bytes.subarray(head.size)];
      this.#length = bytes.length - head.size;
      this.#needed = HEAD_BYTES;
    }
  }

  #box({ type, headBytes }: { type: string; headBytes: number }, bytes: Buffer): void {
    const content = { from: headBytes, to: bytes.length };
    if (!this.#isOpen && OPENING.includes(type)) {
      this.#opening.push(bytes);
      if (type !== 'moov') return;
      this.#track = readTracks(bytes, content)[0] ?? null;
      if (!this.#track?.defaults) throw new FilmError('no film of fragments');
      this.#isOpen = true;
      this.listener.opened(Buffer.concat(this.#opening));
      this.#opening = [];
    } else if (type === 'moof') {
      if (!this.#isOpen) throw new FilmError('a fragment before the opening');
      this.#moof = bytes;
      this.#durationMs = this.#track === null ? 0 : lengthMs(bytes, content, this.#track);
    } else if (type === 'mdat' && this.#moof !== null) {
      const durationMs = this.#durationMs;
      this.listener.fragment({ bytes: Buffer.concat([this.#moof, bytes]), durationMs });
      this.#moof = null;
    }
  }
}

const chunkOf = (chunks: readonly Buffer[]): Buffer => chunks[0] ?? Buffer.alloc(0);

/** What the pictures of a fragment last together. */
const lengthMs = (moof: Buffer, content: Place, track: Track): number =>
  (readFragment(moof, content, 0, [track]).reduce((sum, { duration }) => sum + duration, 0) * 1_000) /
  track.timescale;
