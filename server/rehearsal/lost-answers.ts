// Holds what candidates were told against what the bundle says: an acknowledged answer that is not there is lost.

import type { AnswerValue, State } from '../core/types.js';
import { entryOf } from '../core/state-access.js';

/** One acknowledgement, as a candidate's PC noted it. */
export interface Acknowledged {
  candidateId: string;
  lease: number;
  itemId: string;
  rev: number;
  value: AnswerValue;
}

/** Acknowledged saves whose revision, or a later one, is neither counted nor kept as contested. */
export function lostAnswers(
  acknowledged: readonly Acknowledged[],
  state: State,
  sessionId: string,
): Acknowledged[] {
  const candidates = entryOf(state.sessions, sessionId)?.candidates ?? {};
  return acknowledged.filter(({ candidateId, lease, itemId, rev, value }) => {
    const candidate = entryOf(candidates, candidateId);
    if (candidate === undefined) return true;
    const saved = candidate.answers[itemId];
    if (saved !== undefined && saved.lease === lease && saved.rev === rev)
      return JSON.stringify(saved.value) !== JSON.stringify(value);
    if (saved !== undefined && (saved.lease > lease || (saved.lease === lease && saved.rev > rev)))
      return false;
    return !candidate.contested.some(
      (one) => one.itemId === itemId && one.record.lease === lease && one.record.rev >= rev,
    );
  });
}
