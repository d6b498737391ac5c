// Takes a film of MP4 fragments apart as it comes: first what opens it (ftyp, moov), then fragments (moof, mdat). Only the
// outermost boxes are looked at, and in a moof what its samples last; nothing is decoded.

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

const HEAD_BYTES = 8;
const LARGE_HEAD_BYTES = 16;
/** Two seconds of 40 Mbit/s. */
export const MAX_BOX_BYTES = 10 * 2 ** 20;
const OPENING = ['ftyp', 'moov'];

/** Reads the size and name of a box, or null where more bytes are needed. @throws FilmError */
export function boxHead(bytes: Buffer, at = 0): { size: number; name: string; head: number } | null {
  if (bytes.length - at < HEAD_BYTES) return null;
  const short = bytes.readUInt32BE(at);
  const name = bytes.toString('latin1', at + 4, at + 8);
  if (short !== 1) return short < HEAD_BYTES ? refuse(name) : { size: short, name, head: HEAD_BYTES };
  if (bytes.length - at < LARGE_HEAD_BYTES) return null;
  const size = Number(bytes.readBigUInt64BE(at + 8));
  return size < LARGE_HEAD_BYTES ? refuse(name) : { size, name, head: LARGE_HEAD_BYTES };
}

function refuse(name: string): never {
  throw new FilmError(`a box ${JSON.stringify(name)} without a size`);
}

/** Cuts a stream of bytes into opening and fragments. */
export class FilmSplitter {
  #waiting: Buffer[] = [];
  #length = 0;
  #needed = HEAD_BYTES;
  #opening: Buffer[] = [];
  #isOpen = false;
  #moof: Buffer | null = null;
  #track: TrackTimes = { timescale: 0, defaultDuration: 0 };

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
      if (head.size > MAX_BOX_BYTES) throw new FilmError(`a box of ${head.size} bytes`);
      if (bytes.length < head.size) {
        this.#needed = head.size;
        return;
      }
      this.#box(head.name, bytes.subarray(0, head.size));
      this.#waiting = bytes.length === head.size ? [] : [bytes.subarray(head.size)];
      this.#length = bytes.length - head.size;
      this.#needed = HEAD_BYTES;
    }
  }

  #box(name: string, bytes: Buffer): void {
    if (!this.#isOpen && OPENING.includes(name)) {
      this.#opening.push(bytes);
      if (name !== 'moov') return;
      this.#track = trackTimes(bytes);
      this.#isOpen = true;
      this.listener.opened(Buffer.concat(this.#opening));
      this.#opening = [];
    } else if (name === 'moof') {
      if (!this.#isOpen) throw new FilmError('a fragment before the opening');
      this.#moof = bytes;
    } else if (name === 'mdat' && this.#moof !== null) {
      const durationMs = fragmentMs(this.#moof, this.#track);
      this.listener.fragment({ bytes: Buffer.concat([this.#moof, bytes]), durationMs });
      this.#moof = null;
    }
  }
}

const chunkOf = (chunks: readonly Buffer[]): Buffer => chunks[0] ?? Buffer.alloc(0);

interface TrackTimes {
  /** Units a second, of the first track. */
  timescale: number;
  defaultDuration: number;
}

/** The boxes inside another one, by name; whatever does not fit is left out. */
function* inside(bytes: Buffer, from = HEAD_BYTES): Generator<{ name: string; bytes: Buffer }> {
  for (let at = from; at + HEAD_BYTES <= bytes.length;) {
    const head = boxHead(bytes, at);
    if (head === null || at + head.size > bytes.length) return;
    yield { name: head.name, bytes: bytes.subarray(at, at + head.size) };
    at += head.size;
  }
}

function find(bytes: Buffer, ...path: string[]): Buffer | null {
  let found: Buffer | null = bytes;
  for (const name of path) {
    if (found === null) return null;
    found = [...inside(found)].find((box) => box.name === name)?.bytes ?? null;
  }
  return found;
}

const uint32 = (bytes: Buffer, at: number): number => (at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0);

function trackTimes(moov: Buffer): TrackTimes {
  const mdhd = find(moov, 'trak', 'mdia', 'mdhd');
  const trex = find(moov, 'mvex', 'trex');
  if (mdhd === null || trex === null) throw new FilmError('no film of fragments');
  const isLong = mdhd[HEAD_BYTES] === 1;
  return { timescale: uint32(mdhd, isLong ? 28 : 20), defaultDuration: uint32(trex, 20) };
}

const TFHD = { baseOffset: 0x1, description: 0x2, duration: 0x8 };
const TRUN = { dataOffset: 0x1, firstFlags: 0x4, duration: 0x100, size: 0x200, flags: 0x400, offset: 0x800 };

/** What the samples of a fragment last together, by its first track. */
function fragmentMs(moof: Buffer, { timescale, defaultDuration }: TrackTimes): number {
  const traf = find(moof, 'traf');
  const tfhd = traf === null ? null : find(traf, 'tfhd');
  if (traf === null || tfhd === null || timescale === 0) return 0;
  const own = uint32(tfhd, HEAD_BYTES) & 0xffffff;
  const skipped = (own & TFHD.baseOffset ? 8 : 0) + (own & TFHD.description ? 4 : 0);
  const each = own & TFHD.duration ? uint32(tfhd, 16 + skipped) : defaultDuration;
  let units = 0;
  for (const { name, bytes } of inside(traf)) if (name === 'trun') units += trunUnits(bytes, each);
  return (units * 1_000) / timescale;
}

function trunUnits(trun: Buffer, each: number): number {
  const flags = uint32(trun, HEAD_BYTES) & 0xffffff;
  const count = uint32(trun, 12);
  if (!(flags & TRUN.duration)) return count * each;
  const from = 16 + (flags & TRUN.dataOffset ? 4 : 0) + (flags & TRUN.firstFlags ? 4 : 0);
  const step = 4 + (flags & TRUN.size ? 4 : 0) + (flags & TRUN.flags ? 4 : 0) + (flags & TRUN.offset ? 4 : 0);
  let units = 0;
  for (let n = 0, at = from; n < count && at + 4 <= trun.length; n++, at += step) units += uint32(trun, at);
  return units;
}
