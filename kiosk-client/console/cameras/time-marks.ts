// What is drawn on the time bar of a camera: where recordings are, where none are, what happened meanwhile. Pure.

import type { GapCause } from '../../../server/core/video-types.js';
import type { DeviceMark, FeedLine } from '../../../server/protocol/staff.js';
import type { RecordedIndex } from '../../../server/protocol/video.js';

/** Half open, room time. */
export interface Stretch {
  from: number;
  to: number;
}

export type MomentKind = 'gap' | 'incident' | 'alarm';

/** Something worth looking at. */
export interface Moment {
  key: string;
  kind: MomentKind;
  at: number;
  /** Of a gap. */
  gap: { to: number; cause: GapCause } | null;
  line: FeedLine | null;
  mark: DeviceMark | null;
}

/** A little before it happened. */
const BEFORE_MS = 5_000;
/** What of the feed is worth looking at on video. */
const WORTH_SEEING = [
  'incident-recorded',
  'hand-raised',
  'candidate-left-room',
  'candidate-returned',
  'candidate-ended',
  'session-started',
  'session-paused',
  'session-resumed',
  'session-ended',
  'machine-swapped',
];

/** What a gap's own entry says already is not said twice. */
const isOfInterest = ({ type, params }: DeviceMark) =>
  (type === 'alarm-raised' && params['code'] !== 'video-gap') || type === 'mains-lost';

/** Everything worth looking at in the time, oldest first: gaps, incidents, and alarms of any device that were raised. */
export function momentsOf(
  index: RecordedIndex | null,
  feed: readonly FeedLine[],
  marks: readonly DeviceMark[],
  { from, to }: Stretch,
): Moment[] {
  const none = { gap: null, line: null, mark: null };
  const moments: Moment[] = [
    ...(index?.gaps ?? []).map((gap): Moment => ({
      ...none,
      key: `gap ${gap.from}`,
      kind: 'gap',
      at: gap.from,
      gap,
    })),
    ...feed
      .filter(({ type }) => WORTH_SEEING.indexOf(type) >= 0)
      .map((line): Moment => ({ ...none, key: `line ${line.seq}`, kind: 'incident', at: line.at, line })),
    ...marks
      .filter(isOfInterest)
      .map((mark): Moment => ({ ...none, key: `mark ${mark.seq}`, kind: 'alarm', at: mark.at, mark })),
  ];
  return moments
    .filter(({ at, gap }) => (gap?.to ?? at) >= from && at <= to)
    .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
}

/** Where to begin looking at it: a little before, for a gap where the picture comes back. */
export const lookFrom = ({ at, gap }: Moment): number => (gap === null ? at - BEFORE_MS : gap.to);

/** The gap in which a moment lies, or null. */
export function gapAt(index: RecordedIndex | null, at: number): RecordedIndex['gaps'][number] | null {
  return index?.gaps.find((gap) => gap.from <= at && at < gap.to) ?? null;
}

/** The moment itself where it was recorded, else the next that was, else the last. Null where nothing is recorded. */
export function nearestRecorded(index: RecordedIndex | null, at: number): number | null {
  const stretches = index?.stretches ?? [];
  const next = stretches.find(({ to }) => to > at);
  if (next !== undefined) return Math.max(at, next.from);
  const last = stretches[stretches.length - 1];
  return last === undefined ? null : last.to - 1;
}

/** A stretch of the bar: so long, about a moment, inside the whole. @param lengthMs null = the whole */
export function zoomed(whole: Stretch, about: number, lengthMs: number | null): Stretch {
  if (lengthMs === null || whole.to - whole.from <= lengthMs) return whole;
  const from = Math.min(Math.max(whole.from, about - lengthMs / 2), whole.to - lengthMs);
  return { from, to: from + lengthMs };
}
