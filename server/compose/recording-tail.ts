// Takes what the recorder listed into the journal: each line's hash is looked at, the rules look at the chain. It reads files and
// writes nothing but commands.

import { recordOf } from '../core/video-record.js';
import { GAP_MS, type CameraRecord, type VideoLine } from '../core/video-types.js';
import { isSoundLine } from '../keys/video-line.js';
import type { Log } from '../log.js';
import type { RecorderStatus } from '../recording/contract.js';
import type { RunningRoom } from '../room.js';
import type { WallOffsets } from './wall-offsets.js';

/** A camera gives one event in so long; gaps are told at once. */
const TOGETHER_MS = 10_000;
/** Where no recorder says that there is something new: files of a camcorder. */
const LOOK_EVERY_MS = 10_000;
/** So many lines are one event at most, and one look. */
const MOST_LINES = 200;
/** A list that cannot be read on is tried again. */
const TRY_AGAIN_MS = 60_000;
/** So near to one another are the lines of one recording; a new one may begin a little before. */
const GOES_ON_MS = 2_000;
const BY_ROOM = { kind: 'room' } as const;

export interface TailParts {
  room: Pick<RunningRoom, 'state' | 'handle' | 'now'>;
  linesOf: (cameraId: string, fromLine: number, limit: number) => Promise<VideoLine[]>;
  offsets: WallOffsets;
  log: Log;
}

interface Tailed {
  reportedAt: number;
  lookedAt: number;
  /** Its list is not what it should be; not read until then. */
  restsUntil: number;
}

export class RecordingTail {
  readonly #tailed = new Map<string, Tailed>();

  constructor(private readonly parts: TailParts) {}

  /** One look at every camera. @param status null where no recorder speaks @param atOnce nothing is gathered first */
  async look(status: RecorderStatus | null, atOnce = false): Promise<void> {
    const { room, log } = this.parts;
    for (const { card } of Object.values(room.state.devices)) {
      if (card.kind !== 'camera') continue;
      try {
        await this.#lookAt(card.deviceId, status, atOnce);
      } catch (error) {
        log.warn({ err: error, cameraId: card.deviceId }, 'The list of recordings could not be read');
      }
    }
  }

  async #lookAt(cameraId: string, status: RecorderStatus | null, atOnce: boolean): Promise<void> {
    const { room, linesOf } = this.parts;
    const tailed = this.#tailed.get(cameraId) ?? {
      reportedAt: -Infinity,
      lookedAt: -Infinity,
      restsUntil: 0,
    };
    this.#tailed.set(cameraId, tailed);
    const now = room.now();
    if (now < tailed.restsUntil) return;
    const known = recordOf(room.state, cameraId);
    const said = status?.cameras.find((one) => one.cameraId === cameraId);
    const anew = said !== undefined && status?.volume === 'intended' && beginsAnew(known, said);
    const isNews = anew || (said !== undefined && said.lines > known.lines);
    if (!isNews && now - tailed.lookedAt < LOOK_EVERY_MS) return;
    tailed.lookedAt = now;
    const found = await linesOf(cameraId, anew ? 0 : known.lines, MOST_LINES);
    // What the recorder has not flushed yet may be another line after a power cut.
    const lines = said === undefined ? found : found.filter(({ line }) => line < said.lines);
    const areSegments = lines.every(({ kind }) => kind === 'segment');
    const waits = areSegments && lines.length < MOST_LINES && !anew && !atOnce;
    if (lines.length === 0 || (waits && now - tailed.reportedAt < TOGETHER_MS)) return;
    tailed.reportedAt = now;
    this.#report(cameraId, lines, anew, tailed);
  }

  #report(cameraId: string, lines: readonly VideoLine[], anew: boolean, tailed: Tailed): void {
    const { room, offsets, log } = this.parts;
    const broken = lines.findIndex((line) => !isSoundLine(line));
    const sound = broken < 0 ? lines : lines.slice(0, broken);
    let begins = anew;
    const known = recordOf(room.state, cameraId);
    const aheadOf = (at: number) => offsets.of(at, room.now());
    for (const { wallAheadMs, lines: some } of byOffset(sound, anew ? null : known, aheadOf)) {
      const { refusal } = room.handle({
        ...{ type: 'report-video', cameraId, lines: some, wallAheadMs, by: BY_ROOM },
        ...(begins ? { anew: true } : {}),
      });
      begins = false;
      if (refusal === null) continue;
      tailed.restsUntil = room.now() + TRY_AGAIN_MS;
      return log.error({ cameraId, refusal }, '录像清单与日志不符 / The list of recordings does not fit');
    }
    if (broken < 0) return;
    const { line } = lines[broken] as VideoLine;
    tailed.restsUntil = room.now() + TRY_AGAIN_MS;
    room.handle({ type: 'doubt-video', cameraId, line, by: BY_ROOM });
    log.error({ cameraId, line }, '录像清单有一行被改动 / A line of the list of recordings was changed');
  }
}

/** The list is not the one that the journal knows: another disk, or one that was cut. */
function beginsAnew(
  { lines, headHash }: Pick<CameraRecord, 'lines' | 'headHash'>,
  said: { lines: number; headHash: string },
): boolean {
  if (said.lines === 0 || lines === 0) return false;
  return said.lines < lines || (said.lines === lines && said.headHash !== headHash);
}

/**
 * Lines that follow each other and become room time by the same offset. Where the clock was set while the room was not there, a
 * line that goes on where the one before it ended has that one's offset.
 * @param known what the journal has, null = nothing that these lines go on from
 */
function byOffset(
  lines: readonly VideoLine[],
  known: Pick<CameraRecord, 'lastEndAt' | 'wallAheadMs'> | null,
  aheadOf: (wallAt: number) => number,
): { wallAheadMs: number; lines: VideoLine[] }[] {
  const groups: { wallAheadMs: number; lines: VideoLine[] }[] = [];
  let before =
    known === null || known.lastEndAt === null
      ? null
      : { endAt: known.lastEndAt + known.wallAheadMs, aheadMs: known.wallAheadMs };
  for (const line of lines) {
    const [from, to] = line.kind === 'segment' ? [line.startAt, line.endAt] : [line.from, line.to];
    const now = aheadOf(to);
    const goesOn =
      before !== null &&
      Math.abs(now - before.aheadMs) > GAP_MS &&
      Math.abs(from - before.endAt) < GOES_ON_MS &&
      Math.abs(from - before.endAt) < Math.abs(from - now - before.endAt + before.aheadMs);
    const wallAheadMs = goesOn && before !== null ? before.aheadMs : now;
    before = { endAt: to, aheadMs: wallAheadMs };
    const last = groups.at(-1);
    if (last?.wallAheadMs === wallAheadMs) last.lines.push(line);
    else groups.push({ wallAheadMs, lines: [line] });
  }
  return groups;
}
