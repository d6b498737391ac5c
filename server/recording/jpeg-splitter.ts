// Cuts a stream of JPEG pictures into pictures, by their markers; nothing is decoded.

/** Not a picture, or one that is too large. */
export class PictureError extends Error {}

const MAX_PICTURE_BYTES = 8 * 2 ** 20;
const START = 0xd8;
const END = 0xd9;
const SCAN = 0xda;

export class JpegSplitter {
  #bytes: Buffer = Buffer.alloc(0);
  /** Where to look on. */
  #at = 0;
  #inScan = false;

  constructor(private readonly picture: (bytes: Buffer) => void) {}

  /** @throws PictureError for bytes that are no pictures */
  take(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    while (this.#step()) continue;
    if (this.#bytes.length > MAX_PICTURE_BYTES) throw new PictureError('a picture without an end');
  }

  /** @returns false when more bytes are needed */
  #step(): boolean {
    return this.#inScan ? this.#scan() : this.#segment();
  }

  /** A marker, and what belongs to it. */
  #segment(): boolean {
    const bytes = this.#bytes;
    const at = this.#at;
    if (at + 2 > bytes.length) return false;
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || (at === 0 && marker !== START)) throw new PictureError('no JPEG');
    if (marker === START) {
      this.#at = at + 2;
      return true;
    }
    if (at + 4 > bytes.length) return false;
    const length = bytes.readUInt16BE(at + 2);
    if (length < 2) throw new PictureError('a marker without a length');
    if (at + 2 + length > bytes.length) return false;
    this.#at = at + 2 + length;
    this.#inScan = marker === SCAN;
    return true;
  }

  /** Coded picture: 0xff there is followed by 0 or by a restart marker, until the end or the next scan. */
  #scan(): boolean {
    const bytes = this.#bytes;
    for (let at = bytes.indexOf(0xff, this.#at); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
      const marker = bytes[at + 1];
      if (marker === undefined) {
        this.#at = at;
        return false;
      }
      if (marker === 0 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd7)) continue;
      this.#inScan = false;
      this.#at = at;
      if (marker !== END) return true;
      this.picture(Buffer.from(bytes.subarray(0, at + 2)));
      this.#bytes = bytes.subarray(at + 2);
      this.#at = 0;
      return this.#bytes.length > 0;
    }
    this.#at = Math.max(this.#at, bytes.length);
    return false;
  }
}
