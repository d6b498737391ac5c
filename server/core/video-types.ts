// What is true of the room's recordings: one line for each segment and each gap, chained per camera, and what adds up from
// them. Data only; SPEC.md says what it means. The same lines stand in the manifest beside the files.

import type { DeviceId } from './ids.js';
import type { ExportRecord } from './video-export-types.js';

/** A camera is a device of kind `camera`. */
export type CameraId = DeviceId;

/** Why nothing was recorded. */
export const GAP_CAUSES = [
  'camera-unreachable',
  /** It does not take the name and password of the settings. */
  'camera-refused',
  'camera-stalled',
  'recorder-ended',
  'recorder-restarted',
  'server-restarted',
  'disk-full',
  /** The folder is not on the volume that the settings name. */
  'volume-missing',
  'clock-stepped',
  'segment-damaged',
  'stopped-by-staff',
  'unknown',
] as const;
export type GapCause = (typeof GAP_CAUSES)[number];

/** What is odd about a segment; such a segment is kept like any other. */
export const SEGMENT_FLAGS = [
  /** Its recorder died: it ends where the last whole fragment ends. */
  'cut-short',
  /** It cannot be played, or only in part. */
  'damaged',
  /** From the smaller stream, because space ran low. */
  'sub-stream',
  /** Imported from a camcorder. */
  'imported',
  /** Its camera named other parameter sets than it sent: the head of the file says what was sent, the pictures are as they came. */
  'head-mended',
] as const;
export type SegmentFlag = (typeof SEGMENT_FLAGS)[number];

interface ChainedLine {
  cameraId: CameraId;
  /** 0, 1, 2 ... per camera, without a hole. */
  line: number;
  /** `hash` of the line before, 64 zeros for the first. */
  prev: string;
  /** SHA-256 (hex) of the canonical JSON of this line without `hash`. */
  hash: string;
}

/**
 * A recorded file. Segments may overlap by a few seconds (a new stream begins before the old one ends) and a gap may lie
 * inside one (the camera stood still, the file went on): covered is what lies in a segment and in no gap. Times are the server's wall clock, milliseconds since 1970, half open.
 */
export interface SegmentLine extends ChainedLine {
  kind: 'segment';
  /** Below the video folder, with `/`: `cam-1/20261121/20261121T090010Z.mp4`. */
  file: string;
  startAt: number;
  endAt: number;
  bytes: number;
  sha256: string;
  frames: number;
  width: number;
  height: number;
  codec: string;
  flags: SegmentFlag[];
}

/** More than GAP_MS between two segments of a camera that had to record. */
export interface GapLine extends ChainedLine {
  kind: 'gap';
  from: number;
  to: number;
  cause: GapCause;
}

export type VideoLine = SegmentLine | GapLine;

/** Holes up to here are none: segments of one run meet within milliseconds. */
export const GAP_MS = 500;

/** `prev` of the first line of a chain. */
export const FIRST_PREV = '0'.repeat(64);

/** [from, to) in room time. */
export interface Stretch {
  from: number;
  to: number;
}

export interface NamedGap extends Stretch {
  cause: GapCause;
}

/** When cameras record, by the room's settings; what is recorded beside the session that they name is not judged. */
export interface RecordingRule {
  /** Before entry opens. */
  beforeMs: number;
  /** After everything is collected. */
  afterMs: number;
}

/** What the journal knows of one camera's recordings. Instants are room time. */
export interface CameraRecord {
  /** Of its chain: how many, and the hash of the last. */
  lines: number;
  headHash: string;
  segments: number;
  /** Those that cannot be played, or only in part: they cover nothing. */
  damaged: number;
  bytes: number;
  firstAt: number | null;
  lastEndAt: number | null;
  /** What is recorded, in order; stretches that meet are one. The newest `MOST_STRETCHES`. */
  stretches: Stretch[];
  /** The newest `MOST_GAPS`, in the order in which they were listed. */
  gaps: NamedGap[];
  gapCount: number;
  /** How often the list began anew. */
  breaks: number;
  /** Wall clock minus room time at the last report. */
  wallAheadMs: number;
  /** What it was before the wall clock was set, oldest first, the newest `MOST_CLOCKS`; absent where it never was. */
  clocks?: EarlierClock[];
}

/** How far the wall clock was ahead of room time until it was set. */
export interface EarlierClock {
  /** Lines below this one have it. */
  untilLine: number;
  /** Room time. */
  untilAt: number;
  wallAheadMs: number;
}

export interface VideoState {
  /** null before anybody said. */
  rule: RecordingRule | null;
  cameras: Record<CameraId, CameraRecord>;
  /** Oldest first; absent where nothing was handed over yet. */
  exports?: ExportRecord[];
}

/** A break every eight seconds for four hours. */
export const MOST_STRETCHES = 2_000;
export const MOST_GAPS = 200;
export const MOST_CLOCKS = 50;
