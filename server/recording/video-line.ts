// One line of a manifest: its form, its hash, and how it is read back from bytes that somebody may have changed. It opens no
// file.

import { Type, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import {
  GAP_CAUSES,
  SEGMENT_FLAGS,
  type GapLine,
  type SegmentLine,
  type VideoLine,
} from '../core/video-types.js';
import { hashOfLine } from '../keys/video-line.js';

/** `prev` of a camera's first line. */
export const NO_LINE = '0'.repeat(64);
/** Longer lines are none of ours. */
export const MAX_LINE_BYTES = 4_096;

type Chain = 'cameraId' | 'line' | 'prev' | 'hash';
/** A line before it has its place in the chain. */
export type LineBody = Omit<SegmentLine, Chain> | Omit<GapLine, Chain>;

const strict = { additionalProperties: false } as const;
const Instant = Type.Integer({ minimum: 0, maximum: 1e14 });
const Count = (maximum: number) => Type.Integer({ minimum: 0, maximum });
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });
const words = (all: readonly string[]): TSchema => Type.Union(all.map((word) => Type.Literal(word)));
const chained = {
  cameraId: Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' }),
  line: Count(1e9),
  prev: Hash,
  hash: Hash,
};

const Segment = Type.Object(
  {
    ...chained,
    kind: Type.Literal('segment'),
    // Below the video folder, never out of it.
    file: Type.String({ maxLength: 300, pattern: '^(?!.*(^|/)\\.\\.?(/|$))[^/\\\\\\0][^\\\\\\0]*$' }),
    startAt: Instant,
    endAt: Instant,
    bytes: Count(2 ** 50),
    sha256: Hash,
    frames: Count(1e9),
    width: Count(100_000),
    height: Count(100_000),
    codec: Type.String({ maxLength: 32 }),
    flags: Type.Array(words(SEGMENT_FLAGS), { maxItems: SEGMENT_FLAGS.length, uniqueItems: true }),
  },
  strict,
);
const Gap = Type.Object(
  { ...chained, kind: Type.Literal('gap'), from: Instant, to: Instant, cause: words(GAP_CAUSES) },
  strict,
);

/** Puts a line behind the one before. @param prev its hash, NO_LINE for the first */
export function chainLine(cameraId: string, line: number, prev: string, body: LineBody): VideoLine {
  const whole = { cameraId, line, prev, ...body };
  return { ...whole, hash: hashOfLine(whole) };
}

/** Reads one line of a manifest. @returns null when it has not the form of one; whether its hash is right is another question */
export function parseLine(text: string): VideoLine | null {
  if (text.length > MAX_LINE_BYTES) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const kind = (value as { kind?: unknown } | null)?.kind;
  const ok = kind === 'segment' ? Value.Check(Segment, value) : kind === 'gap' && Value.Check(Gap, value);
  return ok ? (value as VideoLine) : null;
}
