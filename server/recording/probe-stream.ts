// Looks at a camera's stream for some seconds and says what is in it: codec, size, frames, bits, key frames, sound. On demand and
// before an exam only: it costs the camera a session of its own, and it writes nothing.

import { execFile } from 'node:child_process';
import { basename, dirname, join } from 'node:path';

/** What was seen; null where it could not be told. */
export interface StreamFacts {
  /** As ffprobe names it: `h264`, `hevc` ... */
  codec: string;
  width: number;
  height: number;
  /** Counted, not declared. */
  framesPerSecond: number | null;
  kilobitsPerSecond: number | null;
  /** The longest time between two key frames that was seen, or from the last one to the end, seconds. */
  keyFrameIntervalS: number | null;
  /** Longest minus shortest, seconds: what a fixed interval does not have. */
  keyFrameSpreadS: number | null;
  keyFrames: number;
  frames: number;
  /** How much of the stream was seen, seconds. */
  seconds: number;
  audioCodec: string | null;
}

/** Why nothing was seen. */
export type ProbeFailureCode =
  'not-installed' | 'unreachable' | 'refused' | 'not-found' | 'no-video' | 'timed-out' | 'bad-answer';

/** The stream could not be looked at; `detail` is for technicians, bounded. It may name an address: mask it. */
export class ProbeFailure extends Error {
  constructor(
    readonly code: ProbeFailureCode,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
    this.name = 'ProbeFailure';
  }
}

const LOOK_SECONDS = 20;
/** Connecting, the first key frame, and a camera that sends late. */
const MORE_MS = 12_000;
const MOST_BYTES = 8_000_000;
const LONGEST_DETAIL = 200;

/** The ffprobe that belongs to an ffmpeg: its neighbour, or the one in the path. */
export function probeOf(ffmpeg: string): string {
  const name = basename(ffmpeg).replace(/^ffmpeg/i, 'ffprobe');
  const folder = dirname(ffmpeg);
  return ffmpeg === basename(ffmpeg) ? name : join(folder, name);
}

/** Arguments of ffprobe for one look. Pure. */
export function probeArguments(url: string, seconds: number): string[] {
  return [
    ...['-v', 'error', '-hide_banner'],
    ...(/^rtsps?:/i.test(url) ? ['-rtsp_transport', 'tcp'] : []),
    ...['-read_intervals', `%+${seconds}`],
    ...[
      '-show_entries',
      'stream=index,codec_type,codec_name,width,height:packet=stream_index,pts_time,size,flags',
    ],
    ...['-of', 'json', '-i', url],
  ];
}

/**
 * Looks at a stream. REQ-A06
 * @param url with its login; it reaches the child's arguments and no text of ours
 * @throws ProbeFailure
 */
export async function probeStream(
  { ffprobe, url, seconds = LOOK_SECONDS }: { ffprobe: string; url: string; seconds?: number },
  signal: AbortSignal,
): Promise<StreamFacts> {
  const { stdout, stderr, error } = await run(ffprobe, probeArguments(url, seconds), {
    ...{ signal, timeoutMs: seconds * 1_000 + MORE_MS, mostBytes: MOST_BYTES },
  });
  const text = stdout.toString('utf8');
  if (error !== null && text.trim() === '') throw failureOf(error, stderr);
  const facts = readProbe(text);
  if (facts === null) throw failureOf(error, stderr);
  return facts;
}

interface Ran {
  stdout: Buffer;
  stderr: string;
  error: (Error & { code?: unknown; killed?: boolean }) | null;
}

interface Running {
  signal?: AbortSignal;
  timeoutMs: number;
  mostBytes: number;
  /** What it reads. */
  input?: Uint8Array;
  /** Told of its process. */
  begun?: (pid: number | undefined) => void;
}

/** Runs a program to its end, killed when its time is over; never throws. */
export function run(
  program: string,
  args: readonly string[],
  { signal, timeoutMs, mostBytes, input, begun }: Running,
): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { timeout: timeoutMs, maxBuffer: mostBytes, killSignal: 'SIGKILL' as const };
    const child = execFile(
      program,
      args,
      { ...options, ...(signal === undefined ? {} : { signal }), encoding: 'buffer', windowsHide: true },
      (error, stdout, stderr) => resolve({ stdout, stderr: stderr.toString('utf8').slice(0, 20_000), error }),
    );
    begun?.(child.pid);
    // It may have ended before it read everything.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

/** What ffprobe's end means. */
export function failureOf(error: Ran['error'], stderr: string): ProbeFailure {
  const lines = stderr.trim().split(/\r?\n/);
  const detail = (lines.at(-1) || error?.message.split('\n')[0] || 'it said nothing').slice(
    0,
    LONGEST_DETAIL,
  );
  if (error?.code === 'ENOENT') return new ProbeFailure('not-installed', detail);
  if (error?.killed === true || error?.name === 'AbortError') return new ProbeFailure('timed-out', detail);
  if (/\b40[13]\b|unauthori[sz]ed|forbidden/i.test(stderr)) return new ProbeFailure('refused', detail);
  if (/\b404\b|not found/i.test(stderr)) return new ProbeFailure('not-found', detail);
  if (/refused|unreachable|no route|timed out|could not resolve|network is down|reset by peer/i.test(stderr))
    return new ProbeFailure('unreachable', detail);
  return new ProbeFailure(stderr.trim() === '' && error === null ? 'no-video' : 'bad-answer', detail);
}

interface Packet {
  at: number | null;
  bytes: number;
  isKey: boolean;
}

/** Reads what ffprobe said as JSON; null where there is no picture in it, or no sense. Pure, bounded by its input. */
export function readProbe(text: string): StreamFacts | null {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return null;
  }
  const { streams, packets } = (said ?? {}) as { streams?: unknown; packets?: unknown };
  if (!Array.isArray(streams)) return null;
  const listed = streams.filter(isObject);
  const video = listed.find(({ codec_type: type }) => type === 'video');
  const audio = listed.find(({ codec_type: type }) => type === 'audio');
  const { codec_name: codec, width, height, index } = video ?? {};
  if (typeof codec !== 'string' || !isSize(width) || !isSize(height)) return null;
  const own = (Array.isArray(packets) ? packets : [])
    .filter(isObject)
    .filter((packet) => packet['stream_index'] === index)
    .map(packetOf);
  return {
    ...{ codec: codec.slice(0, 40), width, height },
    ...measured(own),
    audioCodec: typeof audio?.['codec_name'] === 'string' ? audio['codec_name'].slice(0, 40) : null,
  };
}

function measured(packets: readonly Packet[]) {
  const times = packets.flatMap(({ at }) => (at === null ? [] : [at]));
  // Not spread into arguments: there may be more than a call takes.
  const first = times.reduce((least, one) => Math.min(least, one), Infinity);
  const last = times.reduce((most, one) => Math.max(most, one), -Infinity);
  const seconds = times.length > 1 ? last - first : 0;
  const keys = packets.flatMap(({ at, isKey }) => (isKey && at !== null ? [at] : [])).sort((a, b) => a - b);
  const between = keys.slice(1).map((at, index) => at - (keys[index] as number));
  const tail = keys.length === 0 ? seconds : last - (keys.at(-1) as number);
  const longest = [...between, tail].reduce((most, one) => Math.max(most, one), 0);
  const shortest = between.reduce((least, one) => Math.min(least, one), Infinity);
  const bytes = packets.reduce((sum, packet) => sum + packet.bytes, 0);
  const isSeen = seconds >= 1;
  return {
    framesPerSecond: isSeen ? round((times.length - 1) / seconds, 1) : null,
    kilobitsPerSecond: isSeen ? round((bytes * 8) / 1_000 / seconds, 0) : null,
    keyFrameIntervalS: isSeen ? round(longest, 2) : null,
    keyFrameSpreadS: between.length > 1 ? round(longestOf(between) - shortest, 2) : null,
    keyFrames: packets.filter(({ isKey }) => isKey).length,
    frames: packets.length,
    seconds: round(seconds, 1),
  };
}

const longestOf = (list: readonly number[]) => list.reduce((most, one) => Math.max(most, one), 0);

function packetOf(packet: Record<string, unknown>): Packet {
  const { pts_time: at, size, flags } = packet;
  const time = typeof at === 'string' || typeof at === 'number' ? Number(at) : NaN;
  const bytes = Number(size);
  return {
    at: Number.isFinite(time) && Math.abs(time) < 1e11 ? time : null,
    bytes: Number.isFinite(bytes) && bytes >= 0 && bytes < 1e9 ? bytes : 0,
    isKey: typeof flags === 'string' && flags.includes('K'),
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isSize = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 20_000;
const round = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits;
