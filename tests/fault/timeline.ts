// When the clocks of an exam ran and when everybody's time was over, by the checker's own arithmetic: from the instants of the
// journal, with a method of its own. It shares no code with the rules of the room.

import type { RoomEvent } from './evidence.js';

export interface Span {
  from: number;
  /** Null while it lasts. */
  to: number | null;
}

export interface Standstill extends Span {
  kind: 'paused' | 'suspended';
}

export class Timeline {
  startedAt: number | null = null;
  /** The clock ran. */
  readonly runs: Span[] = [];
  readonly standstills: Standstill[] = [];
  readonly #grants = new Map<string, number>();
  /** Who writes no more, and since when. */
  readonly ended = new Map<string, { at: number; reason: string }>();

  constructor(private readonly allowanceMs: number) {}

  /** Everything up to and including a row. */
  static upTo(events: readonly RoomEvent[], allowanceMs: number, seq = Infinity): Timeline {
    const timeline = new Timeline(allowanceMs);
    for (const event of events) if (event.seq <= seq) timeline.take(event);
    return timeline;
  }

  take(event: RoomEvent): void {
    const { type, at } = event;
    switch (type) {
      case 'session-started':
        this.startedAt = at;
        this.runs.push({ from: at, to: null });
        break;
      case 'session-paused':
        this.#stop(at, 'paused');
        break;
      case 'session-resumed':
        this.#goOn(at);
        break;
      case 'session-suspended':
        // Until somebody decides, every end stands where it lay, also within the outage.
        this.#stop(at, 'suspended');
        break;
      case 'session-continued': {
        // What lies before `gapFrom` was no standstill after all.
        const last = this.runs.at(-1);
        const stood = this.standstills.at(-1);
        if (last !== undefined) last.to = Number(event['gapFrom']);
        if (stood !== undefined) stood.from = Number(event['gapFrom']);
        this.#goOn(at);
        break;
      }
      case 'session-ended': {
        const last = this.runs.at(-1);
        if (last !== undefined && last.to === null) last.to = Math.max(last.from, Number(event['endsAt']));
        break;
      }
      case 'time-granted': {
        const candidateId = String(event['candidateId']);
        this.#grants.set(candidateId, (this.#grants.get(candidateId) ?? 0) + Number(event['ms']));
        break;
      }
      case 'candidate-submitted':
        this.ended.set(String(event['candidateId']), { at: Number(event['madeAt']), reason: 'submitted' });
        break;
      case 'candidate-ended':
        this.ended.set(String(event['candidateId']), { at, reason: String(event['reason']) });
        break;
      case 'candidate-reopened':
        this.ended.delete(String(event['candidateId']));
        break;
      case 'time-ended':
        for (const candidateId of event['candidateIds'] as string[])
          this.ended.set(candidateId, { at: Number(event['endsAt']), reason: 'time' });
        break;
      default:
        break;
    }
  }

  /** When the time of a candidate is used up; null where it is not, as far as the clock has run. */
  endOf(candidateId: string): number | null {
    const allowedMs = this.allowanceMs + (this.#grants.get(candidateId) ?? 0);
    let ranMs = 0;
    for (const { from, to } of this.runs) {
      const whole = to === null ? Infinity : to - from;
      if (ranMs + whole >= allowedMs) return from + (allowedMs - ranMs);
      ranMs += whole;
    }
    return null;
  }

  #stop(at: number, kind: Standstill['kind']): void {
    const run = this.runs.at(-1);
    if (run !== undefined && (run.to === null || run.to > at)) run.to = at;
    this.standstills.push({ kind, from: at, to: null });
  }

  #goOn(at: number): void {
    const stood = this.standstills.at(-1);
    if (stood !== undefined) stood.to = at;
    this.runs.push({ from: at, to: null });
  }
}

/** Events after which somebody's end may be another one. */
const MOVES = new Set([
  ...['session-started', 'session-paused', 'session-resumed', 'session-suspended', 'session-continued'],
  ...['session-ended', 'time-granted'],
]);

/** Every end that a candidate ever had, null for "not known while the clock stands". */
export function endsOver(
  events: readonly RoomEvent[],
  allowanceMs: number,
  candidateId: string,
): Set<number | null> {
  const timeline = new Timeline(allowanceMs);
  const ends = new Set<number | null>([null]);
  for (const event of events) {
    timeline.take(event);
    if (MOVES.has(event.type)) ends.add(timeline.endOf(candidateId));
  }
  return ends;
}
