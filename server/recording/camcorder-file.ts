// What one file of a camcorder is: how long, how large a picture, when it says that it was filmed. Read by ffprobe, since
// camcorders write many forms of file; nothing is decoded.

import { failureOf, run } from './probe-stream.js';

export interface CamcorderFacts {
  codec: string;
  width: number;
  height: number;
  /** Counted by the file itself, or reckoned from its rate; 0 = unknown. */
  frames: number;
  durationMs: number;
  /** By the clock of the camcorder; null = the file does not say. */
  createdAt: number | null;
  /** False where nothing can be told of it: such a file is kept as it is. */
  isReadable: boolean;
}

const WITHIN_MS = 30_000;
const MOST_BYTES = 1_000_000;
const LONGEST_MS = 48 * 3_600_000;

const UNREADABLE: CamcorderFacts = {
  ...{ codec: 'unknown', width: 0, height: 0, frames: 0, durationMs: 0, createdAt: null, isReadable: false },
};

/** @throws ProbeFailure `not-installed` where there is no ffprobe; any other trouble is a file that nothing can be told of */
export async function lookAtFile(
  ffprobe: string,
  path: string,
  signal: AbortSignal,
): Promise<CamcorderFacts> {
  const entries =
    'stream=codec_type,codec_name,width,height,nb_frames,avg_frame_rate,duration:format=duration:format_tags=creation_time:stream_tags=creation_time';
  // The name is a file, whatever it looks like: not an address, not an option.
  const args = ['-v', 'error', '-hide_banner', '-show_entries', entries, '-of', 'json', '-i', `file:${path}`];
  const { stdout, stderr, error } = await run(ffprobe, args, {
    ...{ signal, timeoutMs: WITHIN_MS, mostBytes: MOST_BYTES },
  });
  signal.throwIfAborted();
  if (error?.code === 'ENOENT') throw failureOf(error, stderr);
  return readFileFacts(stdout.toString('utf8'));
}

/** Reads what ffprobe said as JSON. Pure; any text is an answer. */
export function readFileFacts(text: string): CamcorderFacts {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return UNREADABLE;
  }
  const { streams, format } = asObject(said);
  const list = (Array.isArray(streams) ? streams : []).map(asObject);
  const video = list.find((stream) => stream['codec_type'] === 'video');
  const { codec_name: codec, width, height } = video ?? {};
  const durationMs = secondsOf(asObject(format)['duration']) ?? secondsOf(video?.['duration']);
  if (typeof codec !== 'string' || !isSize(width) || !isSize(height) || durationMs === null)
    return UNREADABLE;
  const rate = rateOf(video?.['avg_frame_rate']);
  const counted = Number(video?.['nb_frames']);
  const reckoned = rate === null ? 0 : Math.round((durationMs / 1_000) * rate);
  const tags = [asObject(asObject(format)['tags']), ...list.map((stream) => asObject(stream['tags']))];
  return {
    ...{ codec: codec.replace(/[^A-Za-z0-9._-]/g, '').slice(0, 32) || 'unknown', width, height, durationMs },
    frames: Number.isInteger(counted) && counted > 0 && counted < 1e9 ? counted : Math.min(reckoned, 1e9 - 1),
    createdAt: tags.map((one) => momentOf(one['creation_time'])).find((at) => at !== null) ?? null,
    isReadable: true,
  };
}

const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
const isSize = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 20_000;

function secondsOf(value: unknown): number | null {
  const ms = Math.round(Number(value) * 1_000);
  return typeof value === 'string' && ms > 0 && ms <= LONGEST_MS ? ms : null;
}

function rateOf(value: unknown): number | null {
  const [, top, bottom] = /^(\d{1,9})\/(\d{1,9})$/.exec(typeof value === 'string' ? value : '') ?? [];
  const rate = Number(top) / Number(bottom);
  return rate > 0 && rate < 1_000 ? rate : null;
}

/** A camera without a clock says 1904 or 1970. */
function momentOf(value: unknown): number | null {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(value)) return null;
  const at = Date.parse(value);
  return at > Date.UTC(2000, 0, 1) && at < Date.UTC(2200, 0, 1) ? at : null;
}
