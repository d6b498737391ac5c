// Which files a camera's lines become, and what stands in them byte for byte: one film for a camera, in parts where a volume
// takes no larger file or where the picture's format changed. Reads the segments' indexes; writes nothing.

import { coverageOf } from './coverage.js';
import type { GapLine, SegmentLine, VideoLine } from '../core/video-types.js';
import { cameraFileName, endingOf } from './export-names.js';
import { filmHeader, type FilmSample, type FilmTrack } from './film-header.js';
import { clockTexts, textEntry, type ClockText, type Hole } from './room-clock-text.js';
import { codecBytes, type TrackIndex } from './segment-index.js';

/** What follows one another in a file: bytes of our own, or a recorded file as it lies on the disk. */
export type Piece = { bytes: Buffer } | { source: string; size: number; line: number; sha256: string };

export interface PlannedFile {
  name: string;
  kind: 'joined' | 'copied';
  bytes: number;
  startAt: number;
  endAt: number;
  pieces: Piece[];
  segments: [line: number, offset: number, bytes: number][];
}

/** A recorded file as it is found; null where it is gone. */
export type LookAtSegment = (line: SegmentLine) => Promise<FoundSegment | null>;

export interface FoundSegment {
  path: string;
  size: number;
  /** None where nothing can be played. */
  tracks: TrackIndex[];
}

export interface PlanOptions {
  /** The lines of the session, in the order of the manifest. */
  lines: readonly VideoLine[];
  stem: string;
  number: number;
  /** null = as large as it comes. */
  maxFileBytes: number | null;
  look: LookAtSegment;
}

export interface CameraPlan {
  files: PlannedFile[];
  faults: { line: number; fault: 'missing' | 'changed' }[];
  /** Files that are larger than the volume takes, and cannot be divided: imported ones. */
  tooLarge: string[];
}

interface Material {
  line: SegmentLine;
  found: FoundSegment;
  /** Which decoder it needs; null where there is nothing to decode. */
  format: string | null;
}

const VIDEO_TIMESCALE = 90_000;
const TEXT_TIMESCALE = 1000;
/** A clock that was set back: times that came twice cannot stand in one film. */
const OVERLAP_MS = 1000;
/** At most so many bytes of the head for one sample, and for a second's text with its sample. */
const SAMPLE_INDEX_BYTES = 36;
const TEXT_BYTES = 200;
const HEAD_BYTES = 4096;

/** What a camera's lines become. @throws Error where a file cannot be read for another reason than that it is gone */
export async function planCamera(options: PlanOptions): Promise<CameraPlan> {
  const faults: CameraPlan['faults'] = [];
  const films: Material[][] = [];
  const copies: Material[] = [];
  let bytes = 0;
  for (const line of options.lines) {
    if (line.kind !== 'segment') continue;
    const found = await options.look(line);
    if (found === null) {
      faults.push({ line: line.line, fault: 'missing' });
      continue;
    }
    const material = { line, found, format: formatOf(found.tracks) };
    if (line.flags.includes('imported')) {
      copies.push(material);
      continue;
    }
    const film = films.at(-1);
    const own = materialBytes(material, film?.at(-1) ?? null);
    if (film !== undefined && joins(film, material) && bytes + own <= (options.maxFileBytes ?? Infinity)) {
      film.push(material);
      bytes += own;
    } else {
      films.push([material]);
      bytes = HEAD_BYTES + own;
    }
  }
  const count = films.length + copies.length;
  const name = (ending: string, index: number) =>
    cameraFileName(options.stem, options.number, count === 1 ? null : index + 1, ending);
  const gaps = options.lines.filter((line) => line.kind === 'gap');
  const files = [
    ...films.map((film, index) => filmOf(film, gaps, name('mp4', index))),
    ...copies.map((copy, index) => copyOf(copy, name(endingOf(copy.line.file), films.length + index))),
  ];
  const { maxFileBytes } = options;
  const tooLarge = files
    .filter((file) => maxFileBytes !== null && file.bytes > maxFileBytes)
    .map((file) => file.name);
  return { files, faults, tooLarge };
}

/** Whether the two are one film: pictures that one decoder reads, in the order of their time. */
function joins(film: readonly Material[], next: Material): boolean {
  const last = film.at(-1);
  if (last !== undefined && next.line.startAt < last.line.endAt - OVERLAP_MS) return false;
  const format = film.find((material) => material.format !== null)?.format ?? null;
  return format === null || next.format === null || format === next.format;
}

/** Size and codec of the picture and of the sound; what the codec's own box says of bit rates does not count. */
function formatOf(tracks: readonly TrackIndex[]): string | null {
  const video = tracks.find(({ kind }) => kind === 'video');
  if (video === undefined) return null;
  const audio = tracks.find(({ kind }) => kind === 'audio');
  const of = (track: TrackIndex) =>
    `${track.width}x${track.height} ${codecBytes(track.entry).toString('base64')}`;
  return `${of(video)}\n${audio === undefined ? '' : `${audio.timescale} ${of(audio)}`}`;
}

/** At most; a film that was planned with it is never larger. */
function materialBytes({ line, found }: Material, before: Material | null): number {
  const samples = found.tracks.reduce((sum, { sizes }) => sum + sizes.length, 0);
  const seconds = Math.ceil((line.endAt - (before?.line.endAt ?? line.startAt)) / 1000) + 4;
  return found.size + samples * SAMPLE_INDEX_BYTES + Math.max(seconds, 4) * (TEXT_BYTES + SAMPLE_INDEX_BYTES);
}

function copyOf({ line, found }: Material, name: string): PlannedFile {
  return {
    ...{ name, kind: 'copied', bytes: found.size, startAt: line.startAt, endAt: line.endAt },
    pieces: [pieceOf({ line, found })],
    segments: [[line.line, 0, found.size]],
  };
}

function pieceOf({ line, found }: Pick<Material, 'line' | 'found'>): Piece {
  return { source: found.path, size: found.size, line: line.line, sha256: line.sha256 };
}

function filmOf(film: readonly Material[], gapLines: readonly GapLine[], name: string): PlannedFile {
  const startAt = film[0]?.line.startAt ?? 0;
  const endAt = Math.max(...film.map(({ line }) => line.endAt));
  const texts = clockTexts(startAt, endAt, holesOf(film, gapLines, startAt, endAt));
  const tracks = new FilmTracks(startAt);
  const body: Piece[] = [];
  const places: [line: number, at: number, bytes: number][] = [];
  let at = 0;
  let nextText = 0;
  film.forEach((material, index) => {
    const until = film[index + 1]?.line.startAt ?? Infinity;
    const from = nextText;
    while (nextText < texts.length && (texts[nextText]?.fromMs ?? 0) < until) nextText++;
    const spoken = texts.slice(from, nextText);
    at = tracks.addTexts(spoken, at);
    if (spoken.length > 0) body.push({ bytes: Buffer.concat(spoken.map(({ bytes }) => bytes)) });
    tracks.addSegment(material, at);
    body.push(pieceOf(material));
    places.push([material.line.line, at, material.found.size]);
    at += material.found.size;
  });
  const head = filmHeader(tracks.finish(endAt), at, startAt);
  return {
    ...{ name, kind: 'joined', bytes: head.length + at, startAt, endAt },
    pieces: [{ bytes: head }, ...body],
    segments: places.map(([line, place, bytes]) => [line, head.length + place, bytes]),
  };
}

/** Where the film stands still: between segments, and where one has no pictures. */
function holesOf(film: readonly Material[], gapLines: readonly GapLine[], from: number, to: number): Hole[] {
  const seen = film.map(({ line, format }) =>
    format === null ? { ...line, flags: [...line.flags, 'damaged' as const] } : line,
  );
  return coverageOf([...seen, ...gapLines], from, to).gaps;
}

/** Gathers the samples of a film, each track in the order of its time. */
class FilmTracks {
  readonly #startAt: number;
  readonly #texts: FilmSample[] = [];
  #video: (FilmTrack & { samples: FilmSample[] }) | null = null;
  #audio: (FilmTrack & { samples: FilmSample[] }) | null = null;

  constructor(startAt: number) {
    this.#startAt = startAt;
  }

  /** @returns the place behind the texts */
  addTexts(texts: readonly ClockText[], at: number): number {
    for (const { fromMs, bytes } of texts) {
      const sample = { at, bytes: bytes.length, ticks: fromMs - this.#startAt, shiftTicks: 0, isKey: true };
      this.#texts.push(sample);
      at += bytes.length;
    }
    return at;
  }

  addSegment({ line, found }: Material, at: number): void {
    const video = found.tracks.find(({ kind }) => kind === 'video');
    if (video === undefined) return;
    const audio = found.tracks.find(({ kind }) => kind === 'audio');
    const fromMs = line.startAt - this.#startAt;
    const zeroS = (video.decodeTicks[0] ?? 0) / video.timescale;
    this.#video ??= { ...video, kind: 'video', timescale: VIDEO_TIMESCALE, samples: [], endTicks: 0 };
    append(this.#video, video, at, fromMs, zeroS);
    if (audio === undefined) return;
    this.#audio ??= { ...audio, kind: 'audio', samples: [], endTicks: 0 };
    append(this.#audio, audio, at, fromMs, zeroS);
  }

  finish(endAt: number): FilmTrack[] {
    const lengthMs = endAt - this.#startAt;
    const text: FilmTrack = {
      ...{ kind: 'text', timescale: TEXT_TIMESCALE, entry: textEntry(), width: 0, height: 0 },
      ...{ samples: this.#texts, endTicks: lengthMs },
    };
    const seen = [this.#video, this.#audio].filter((track) => track !== null);
    for (const track of seen)
      track.endTicks = Math.max(track.endTicks, Math.round((lengthMs * track.timescale) / 1000));
    return [...seen, text];
  }
}

function append(
  track: FilmTrack & { samples: FilmSample[] },
  from: TrackIndex,
  at: number,
  fromMs: number,
  zeroS: number,
): void {
  const scale = track.timescale / from.timescale;
  const begin = (fromMs / 1000 - zeroS) * track.timescale;
  let before = track.samples.at(-1)?.ticks ?? -1;
  from.sizes.forEach((bytes, index) => {
    const ticks = Math.max(before + 1, Math.round(begin + (from.decodeTicks[index] ?? 0) * scale));
    before = ticks;
    track.samples.push({
      ...{ at: at + (from.offsets[index] ?? 0), bytes, ticks },
      shiftTicks: Math.round((from.shiftTicks[index] ?? 0) * scale),
      isKey: from.isKey[index] ?? false,
    });
  });
  track.endTicks = before + Math.max(1, Math.round(from.lastTicks * scale));
}
