// What the room says of the recordings that it handed over: one signed statement beside the files of a session. It names every
// file with its hash, and in every joined file where each recorded segment lies, byte for byte as the manifest names it.

import { Type, type Static, type TSchema } from '@sinclair/typebox';
import type { GapCause } from '../core/video-types.js';

export const VIDEO_EXPORT_FORMAT = 'kaochang-video-export-1';
export const VIDEO_EXPORT_TYPE = 'application/vnd.kaochang.video-export+json';
/** Ending of the statement's name, after what all files of the export begin with. */
export const VIDEO_EXPORT_SUFFIX = '-video.dsse.json';

const strict = { additionalProperties: false } as const;
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Id = Type.String({ minLength: 1, maxLength: 200 });
const Text = Type.String({ maxLength: 500 });
/** A name in the same folder: never a path. */
const FileName = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^(?!\\.{1,2}$)[^/\\\\\\u0000-\\u001f]+$',
});
/** A later version may know more words than this one: what counts is the hash over the line. */
const Word = <T extends string>() => Type.Unsafe<T>(Type.String({ pattern: '^[a-z][a-z-]{0,39}$' }));
const list = <T extends TSchema>(of: T, maxItems: number) => Type.Array(of, { maxItems });

export const ExportedFileSchema = Type.Object(
  {
    name: FileName,
    /** `joined`: segments in one film; `copied`: one file as it was imported. */
    kind: Type.Union([Type.Literal('joined'), Type.Literal('copied')]),
    bytes: Count,
    sha256: Hash,
    /** Wall clock of the film's first moment, ms: its own time plus this is the time in the room. */
    startAt: Count,
    endAt: Count,
    /** Where each segment lies: line of the manifest, first byte, bytes. */
    segments: list(Type.Tuple([Count, Count, Count]), 200_000),
  },
  strict,
);

export const ExportedCameraSchema = Type.Object(
  {
    cameraId: Id,
    /** 1, 2 ...: as the files are named. */
    number: Type.Integer({ minimum: 1, maximum: 1_000 }),
    name: Text,
    /** The lines of this session as they stand in the room's manifest, one JSON object a line. */
    manifest: Type.Object(
      { name: FileName, bytes: Count, sha256: Hash, firstLine: Count, lines: Count, prev: Hash, head: Hash },
      strict,
    ),
    coveredMs: Count,
    gaps: list(Type.Object({ from: Count, to: Count, cause: Word<GapCause>() }, strict), 200_000),
    files: list(ExportedFileSchema, 100_000),
    /** Segments that the room could not hand over as the manifest names them. */
    faults: list(
      Type.Object(
        { line: Count, fault: Type.Union([Type.Literal('missing'), Type.Literal('changed')]) },
        strict,
      ),
      200_000,
    ),
  },
  strict,
);

export const VideoExportSchema = Type.Object(
  {
    format: Type.Literal(VIDEO_EXPORT_FORMAT),
    sessionId: Id,
    packageId: Id,
    siteName: Text,
    roomName: Text,
    /** The session's time in the room, wall clock, half open: coverage is of this. */
    from: Count,
    to: Count,
    exportedAt: Count,
    version: Text,
    cameras: list(ExportedCameraSchema, 100),
  },
  strict,
);

export type ExportedFile = Static<typeof ExportedFileSchema>;
export type ExportedCamera = Static<typeof ExportedCameraSchema>;
export type VideoExport = Static<typeof VideoExportSchema>;
