// The one reader of MP4 boxes (ISO/IEC 14496-12): of a file as it lies on the disk, and inside bytes that are in memory. Nothing is
// copied: a box is a place. What a box says of its length is never trusted with more than the bytes that are there.

/** Where the content of a box lies, without the box's own head. */
export interface Box {
  type: string;
  from: number;
  to: number;
}
export type Place = Pick<Box, 'from' | 'to'>;

export const HEAD_BYTES = 8;
export const LARGE_HEAD_BYTES = 16;
/** What is read at once at each box of a file: its head, mostly the index of a fragment, and the head behind that. */
const LOOK_BYTES = 4_096;
/** Fragments' indexes and a film's head are some kilobytes. */
const MAX_READ_BYTES = 4 * 2 ** 20;
const MAX_BOXES = 200_000;

// Each byte by itself: the recorder runs without an optimising compiler, where Buffer's own readers cost five times as much.
const u8 = (bytes: Buffer, at: number): number => bytes[at] ?? 0;

/** Numbers: bytes behind the end are zeros. */
export const u16 = (bytes: Buffer, at: number): number => u8(bytes, at) * 256 + u8(bytes, at + 1);
export const u32 = (bytes: Buffer, at: number): number =>
  (((bytes[at] ?? 0) << 24) |
    ((bytes[at + 1] ?? 0) << 16) |
    ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)) >>>
  0;
/** Rounded where it is beyond what a number holds exactly. */
export const u64 = (bytes: Buffer, at: number): number => u32(bytes, at) * 2 ** 32 + u32(bytes, at + 4);
export const fourcc = (bytes: Buffer, at: number): string =>
  String.fromCharCode(u8(bytes, at), u8(bytes, at + 1), u8(bytes, at + 2), u8(bytes, at + 3));

/** The head of a box. @returns its size as it says it, 0 = to the end; null where more bytes are needed */
export function boxHead(bytes: Buffer, at = 0): { type: string; size: number; headBytes: number } | null {
  if (at + HEAD_BYTES > bytes.length) return null;
  const size = u32(bytes, at);
  const type = fourcc(bytes, at + 4);
  if (size !== 1) return { type, size, headBytes: HEAD_BYTES };
  if (at + LARGE_HEAD_BYTES > bytes.length) return null;
  return { type, size: u64(bytes, at + 8), headBytes: LARGE_HEAD_BYTES };
}

/** The whole boxes of a place (all bytes if it is not named), up to the first that is none. A size of 0 is to its end. */
export function boxesIn(bytes: Buffer, { from, to }: Place = { from: 0, to: bytes.length }): Box[] {
  const found: Box[] = [];
  for (let at = from; at + HEAD_BYTES <= to;) {
    const head = boxHead(bytes, at);
    if (head === null) break;
    const endsAt = head.size === 0 ? to : at + head.size;
    if (endsAt < at + head.headBytes || endsAt > to) break;
    found.push({ type: head.type, from: at + head.headBytes, to: endsAt });
    at = endsAt;
  }
  return found;
}

/** The first box on a way of types. */
export function boxAt(bytes: Buffer, place: Place, ...way: string[]): Box | null {
  let box: Box | null = { type: '', from: place.from, to: place.to };
  for (const type of way)
    box = box === null ? null : (boxesIn(bytes, box).find((inner) => inner.type === type) ?? null);
  return box;
}

/** A file, or bytes that act as one. */
export interface ByteSource {
  size: number;
  /** May give fewer bytes than asked for at the end. */
  read(at: number, length: number): Buffer;
}

/** Reads a file: asks for bytes again and again, and is given them, or fewer where the file ends. */
export type Reading<T> = Generator<{ at: number; length: number }, T, Buffer>;

/** Reads a file that answers on the spot. @throws Error of the file */
export function readNow<T>(reading: Reading<T>, read: ByteSource['read']): T {
  for (let step = reading.next(); ;) {
    if (step.done === true) return step.value;
    step = reading.next(read(step.value.at, step.value.length));
  }
}

/** An outermost box of a file. */
export interface FileBox extends Box {
  /** First byte in the file, and first behind it. */
  at: number;
  endsAt: number;
  /** Where `from` and `to` are: only of types that were asked for. */
  bytes: Buffer;
}

const NONE = Buffer.alloc(0);

/** Walks over the outermost boxes of a file. */
export class BoxWalk {
  #at = 0;
  #boxes = 0;
  #look: Buffer = NONE;
  #lookAt = 0;

  /** @param contentOf types whose content is read */
  constructor(
    private readonly size: number,
    private readonly contentOf: readonly string[],
  ) {}

  /** The next whole box, null behind the last. */
  *next(): Reading<FileBox | null> {
    const at = this.#at;
    const left = this.size - at;
    if (left < HEAD_BYTES || this.#boxes++ > MAX_BOXES) return null;
    if (at + Math.min(LARGE_HEAD_BYTES, left) > this.#lookAt + this.#look.length) {
      this.#look = yield { at, length: Math.min(LOOK_BYTES, left) };
      this.#lookAt = at;
    }
    const seen = at - this.#lookAt;
    const head = boxHead(this.#look, seen);
    if (head === null) return null;
    const { type, headBytes } = head;
    const boxBytes = head.size === 0 ? left : head.size;
    if (boxBytes < headBytes || boxBytes > left) return null;
    const box: FileBox = { type, at, endsAt: at + boxBytes, bytes: NONE, from: 0, to: 0 };
    if (boxBytes <= MAX_READ_BYTES && this.contentOf.includes(type)) {
      const isSeen = seen + boxBytes <= this.#look.length;
      box.bytes = isSeen ? this.#look : yield { at, length: boxBytes };
      box.from = headBytes + (isSeen ? seen : 0);
      box.to = Math.min(box.from + boxBytes - headBytes, box.bytes.length);
    }
    this.#at = box.endsAt;
    return box;
  }
}
