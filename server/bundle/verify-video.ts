// What a bundle says of the recordings, from its rows alone: every line of the session's time, and how much each camera has. The
// builder writes it, the verifier makes it again; the video itself lies beside the bundle, and its hashes are in these lines.

import type { Event } from '../core/events.js';
import { recordingWindow } from '../core/recording-plan.js';
import type { Session, State } from '../core/types.js';
import type { VideoLine } from '../core/video-types.js';
import { sessionCoverage, sessionExports } from '../core/views.js';
import { isSoundLine } from '../keys/video-line.js';
import type { Note } from './verify-report.js';

export const VIDEO_MANIFEST = 'data/video/manifest.jsonl';
export const VIDEO_COVERAGE = 'data/video/coverage.json';
/** Where the recordings went, and the hash of the signed list that lies beside them. */
export const VIDEO_EXPORTS = 'data/video/exports.json';

interface Listed {
  /** Room time. */
  from: number;
  to: number;
  text: string;
}

/** The lines of all recordings in the rows of a bundle, one after the other. */
export class ListedVideo {
  readonly #listed: Listed[] = [];
  readonly #heads = new Map<string, { line: number; hash: string }>();

  /** @param note told of lines that are not what their hash says, or that do not follow; absent for who trusts the rows */
  constructor(private readonly note?: Note) {}

  /** Looks at an event of the replay. */
  take(event: Event): void {
    if (event.type !== 'video-recorded') return;
    const { cameraId, lines, wallAheadMs, anew } = event;
    if (anew === true) this.#heads.delete(cameraId);
    for (const line of lines) {
      const [from, to] = line.kind === 'segment' ? [line.startAt, line.endAt] : [line.from, line.to];
      this.#listed.push({ from: from - wallAheadMs, to: to - wallAheadMs, text: JSON.stringify(line) });
      this.#check(cameraId, line);
    }
  }

  /**
   * Path and text of the session's files; none where the room has no cameras. Lines are in the order in which they were listed,
   * those that reach into the time from before entry until the collection. What was handed over is named where something was.
   */
  *files(state: State, session: Session): Generator<[path: string, text: string]> {
    const { sessionId } = session.plan;
    const exports = sessionExports(state, sessionId);
    if (exports.length > 0) yield [VIDEO_EXPORTS, `${JSON.stringify({ sessionId, exports }, null, 1)}\n`];
    const window = recordingWindow(state, session);
    if (window === null) return;
    const to = session.collectedAt ?? state.lastAt;
    const inside = this.#listed.filter((one) => one.from < to && one.to > window.from);
    yield [VIDEO_MANIFEST, inside.map(({ text }) => `${text}\n`).join('')];
    const coverage = { sessionId, cameras: sessionCoverage(state, session) };
    yield [VIDEO_COVERAGE, `${JSON.stringify(coverage, null, 1)}\n`];
  }

  #check(cameraId: string, line: VideoLine): void {
    const head = this.#heads.get(cameraId);
    const follows = head === undefined || (line.line === head.line + 1 && line.prev === head.hash);
    if (!follows || line.cameraId !== cameraId || !isSoundLine(line))
      this.note?.('video-chain', `${cameraId} line ${line.line}`);
    this.#heads.set(cameraId, { line: line.line, hash: line.hash });
  }
}
