// A camera's side of RTSP over TCP (RFC 2326, pictures interleaved in the same connection), for one who listens: which stream is
// wanted, on which channels, and when it is to play. What is shown, and who may see it, is the camera's.

import type { Socket } from 'node:net';
import type { CodedFilm } from './coded-pictures.js';
import { RtpTrack } from './rtp-packets.js';

/** What a conversation needs of its camera. */
export interface RtspHost<Stream> {
  /** The stream at a path of an address; null = there is none. */
  streamAt(path: string): Stream | null;
  /** What the stream is (SDP, RFC 4566). */
  describe(stream: Stream): string;
  /** The challenge for who may not ask this; null = who asks may. */
  challenge(method: string, target: string, authorization: string): string | null;
  /** Takes what comes and says nothing. */
  isDeaf(): boolean;
}

const INTERLEAVED = 0x24;
const VIDEO_TYPE = 96;
const AUDIO_TYPE = 8;
const SESSION = { Session: '4711;timeout=60' };

export class RtspListener<Stream> {
  stream: Stream | null = null;
  video: RtpTrack | null = null;
  audio: RtpTrack | null = null;
  playing = false;
  /** Pictures before the next key frame are of no use to who comes in between. */
  waitsForKey = true;
  #held = Buffer.alloc(0);

  /** Answers whatever comes from now on. */
  constructor(
    readonly socket: Socket,
    private readonly host: RtspHost<Stream>,
  ) {
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  #take(chunk: Buffer): void {
    this.#held = Buffer.concat([this.#held, chunk]);
    for (;;) {
      const held = this.#held;
      if (held[0] === INTERLEAVED) {
        // A report of the listener about what it received.
        if (held.length < 4 || held.length < 4 + held.readUInt16BE(2)) return;
        this.#held = held.subarray(4 + held.readUInt16BE(2));
        continue;
      }
      const end = held.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = held.toString('latin1', 0, end);
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
      if (held.length < end + 4 + length) return;
      this.#held = held.subarray(end + 4 + length);
      if (!this.host.isDeaf()) this.#answer(head);
    }
  }

  #answer(head: string): void {
    const [, method = '', target = ''] = /^([A-Z_]+) (\S+) RTSP/.exec(head) ?? [];
    const field = (name: string) => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
    const reply = (status: string, fields: Record<string, string> = {}, body = '') => {
      const lines = Object.entries({
        CSeq: field('cseq'),
        ...fields,
        ...(body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
      }).map(([name, value]) => `${name}: ${value}\r\n`);
      this.socket.write(`RTSP/1.0 ${status}\r\n${lines.join('')}\r\n${body}`);
    };
    const challenge =
      method === 'OPTIONS' ? null : this.host.challenge(method, target, field('authorization'));
    if (challenge !== null) return reply('401 Unauthorized', { 'WWW-Authenticate': challenge });
    const path = target.replace(/^rtsp:\/\/[^/]*/, '');
    const stream = this.host.streamAt(path);
    switch (method) {
      case 'OPTIONS':
        return reply('200 OK', { Public: 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN' });
      case 'DESCRIBE': {
        if (stream === null) return reply('404 Not Found');
        const base = `${target.replace(/\/$/, '')}/`;
        const fields = { 'Content-Type': 'application/sdp', 'Content-Base': base };
        return reply('200 OK', fields, this.host.describe(stream));
      }
      case 'SETUP': {
        const transport = field('transport');
        const channels = /interleaved=(\d+)-(\d+)/.exec(transport);
        if (stream === null) return reply('404 Not Found');
        if (!transport.includes('RTP/AVP/TCP') || channels === null)
          return reply('461 Unsupported Transport');
        this.stream = stream;
        const channel = Number(channels[1]);
        if (path.endsWith('trackID=1')) this.audio = new RtpTrack(channel, AUDIO_TYPE);
        else this.video = new RtpTrack(channel, VIDEO_TYPE);
        return reply('200 OK', { Transport: transport, ...SESSION });
      }
      case 'PLAY':
        reply('200 OK', { ...SESSION, Range: 'npt=0.000-' });
        this.playing = true;
        return;
      case 'TEARDOWN':
        reply('200 OK', SESSION);
        this.socket.end();
        return;
      case 'GET_PARAMETER':
        return reply('200 OK', SESSION);
      default:
        return reply('405 Method Not Allowed');
    }
  }
}

/** What a camera says of a film that it shows. @param more `parameters`: the sets that it names, null = none; `audio`: beside a G.711 track */
export function describeFilm(
  { codec, fps }: Pick<CodedFilm, 'codec' | 'fps'>,
  more: { parameters: readonly Buffer[] | null; audio: boolean },
): string {
  const sets = (more.parameters ?? []).map((set) => set.toString('base64'));
  const format =
    codec === 'h264'
      ? `packetization-mode=1;sprop-parameter-sets=${sets.join(',')}`
      : `sprop-vps=${sets[0]};sprop-sps=${sets[1]};sprop-pps=${sets[2]}`;
  const lines = [
    ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=simulated camera', 't=0 0', 'a=control:*'],
    ...[`m=video 0 RTP/AVP ${VIDEO_TYPE}`, `a=rtpmap:${VIDEO_TYPE} ${codec.toUpperCase()}/90000`],
    ...(more.parameters !== null ? [`a=fmtp:${VIDEO_TYPE} ${format}`] : []),
    ...[`a=framerate:${fps}`, 'a=control:trackID=0'],
    ...(more.audio
      ? [`m=audio 0 RTP/AVP ${AUDIO_TYPE}`, `a=rtpmap:${AUDIO_TYPE} PCMA/8000`, 'a=control:trackID=1']
      : []),
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}
