// What the server wants recorded and what the recorder says it does, as files that are replaced whole. Both sides read them
// as bytes from outside: what has not their form is not there.

import { readFile, rename, writeFile } from 'node:fs/promises';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { RecorderStatus, Wanted } from './contract.js';

const strict = { additionalProperties: false } as const;
const Instant = Type.Integer({ minimum: 0, maximum: 1e14 });
const Bytes = Type.Number({ minimum: 0, maximum: 2 ** 60 });
const CameraId = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' });
const StreamUrl = Type.String({ maxLength: 2_000, pattern: '^rtsps?://' });
const MAX_CAMERAS = 64;

const WantedSchema = Type.Object(
  {
    format: Type.Literal(1),
    revision: Type.Integer({ minimum: 0 }),
    until: Instant,
    serverStartedAt: Instant,
    segmentSeconds: Type.Integer({ minimum: 1, maximum: 600 }),
    ffmpeg: Type.String({ minLength: 1, maxLength: 1_000 }),
    lowBytes: Bytes,
    stopBytes: Bytes,
    volumeId: Type.Union([Type.Null(), Type.String({ maxLength: 200 })]),
    cameras: Type.Array(
      Type.Object(
        {
          cameraId: CameraId,
          url: StreamUrl,
          subUrl: Type.Union([Type.Null(), StreamUrl]),
          record: Type.Boolean(),
          stopped: Type.Optional(Type.Boolean()),
          audio: Type.Boolean(),
        },
        strict,
      ),
      { maxItems: MAX_CAMERAS },
    ),
  },
  strict,
);

// Only the frame: a newer recorder may say more, and an older server still reads what it knows.
const StatusSchema = Type.Object({
  format: Type.Literal(1),
  pid: Type.Integer({ minimum: 1 }),
  startedAt: Instant,
  at: Instant,
  revision: Type.Integer({ minimum: 0 }),
  freeBytes: Bytes,
  space: Type.Union(['enough', 'low', 'out'].map((word) => Type.Literal(word))),
  volume: Type.Union(['intended', 'missing', 'other'].map((word) => Type.Literal(word))),
  cameras: Type.Array(
    Type.Object({ cameraId: CameraId, state: Type.String(), lines: Type.Integer({ minimum: 0 }) }),
    { maxItems: MAX_CAMERAS },
  ),
  clock: Type.Optional(
    Type.Object({ bootId: Type.String({ maxLength: 200 }), wallAt: Instant, monoMs: Type.Number() }),
  ),
});

/** Reads what is wanted. @returns null where the bytes are none */
export const parseWanted = (text: string): Wanted | null => parsed<Wanted>(WantedSchema, text);

/** Reads what a recorder says. @returns null where the bytes are none */
export const parseStatus = (text: string): RecorderStatus | null =>
  parsed<RecorderStatus>(StatusSchema, text);

/** A small file's text. @returns null where it cannot be read just now */
export async function textOf(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null);
}

/** Replaces a file at once for whoever reads; not flushed: it is worth nothing after a power cut. */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${file}.partial`, content, { mode: 0o600 });
  await rename(`${file}.partial`, file);
}

function parsed<T>(schema: Parameters<typeof Value.Check>[0], text: string): T | null {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(schema, value) ? (value as T) : null;
  } catch {
    return null;
  }
}
