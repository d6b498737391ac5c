// RTP as cameras send it inside RTSP's own connection (RFC 2326 interleaved): H.264 (RFC 6184), H.265 (RFC 7798), G.711 silence.

import type { AccessUnit, Codec } from './coded-pictures.js';

/** What fits beside the headers in a packet of an ordinary network. */
const MAX_PAYLOAD_BYTES = 1_400;

/** Payloads of the packets of one picture. */
export function payloadsOf(unit: AccessUnit, codec: Codec): Buffer[] {
  return unit.nals.flatMap((nal) => (nal.length <= MAX_PAYLOAD_BYTES ? [nal] : fragments(nal, codec)));
}

function fragments(nal: Buffer, codec: Codec): Buffer[] {
  const head = codec === 'h264' ? 1 : 2;
  const [first = 0, second = 0] = nal;
  const type = codec === 'h264' ? first & 0x1f : (first >> 1) & 0x3f;
  const before = codec === 'h264' ? [(first & 0xe0) | 28] : [(first & 0x81) | (49 << 1), second];
  const parts: Buffer[] = [];
  for (let at = head; at < nal.length; at += MAX_PAYLOAD_BYTES) {
    const end = Math.min(nal.length, at + MAX_PAYLOAD_BYTES);
    const flags = (at === head ? 0x80 : 0) | (end === nal.length ? 0x40 : 0);
    parts.push(Buffer.concat([Buffer.from([...before, flags | type]), nal.subarray(at, end)]));
  }
  return parts;
}

/** Counts the packets of one track of one listener. */
export class RtpTrack {
  #sequence = Math.floor(Math.random() * 0x8000);
  readonly #ssrc = Math.floor(Math.random() * 0xffffffff);

  constructor(
    private readonly channel: number,
    private readonly payloadType: number,
  ) {}

  /** One write for all packets of a picture. @param timestamp in units of the track's clock */
  packets(payloads: readonly Buffer[], timestamp: number): Buffer {
    return Buffer.concat(
      payloads.flatMap((payload, n) => {
        const head = Buffer.alloc(16);
        head[0] = 0x24;
        head[1] = this.channel;
        head.writeUInt16BE(12 + payload.length, 2);
        head[4] = 0x80;
        head[5] = this.payloadType | (n === payloads.length - 1 ? 0x80 : 0);
        head.writeUInt16BE(this.#sequence, 6);
        head.writeUInt32BE(timestamp % 2 ** 32, 8);
        head.writeUInt32BE(this.#ssrc, 12);
        this.#sequence = (this.#sequence + 1) & 0xffff;
        return [head, payload];
      }),
    );
  }
}
