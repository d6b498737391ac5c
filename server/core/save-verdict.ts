// The save verdict (rule 9): whether something that a PC says it wrote at `madeAt` may count. Pure; SPEC.md has its table.
// Nothing written after the end of a candidate's time ever counts; what was written in time is never lost.

import { candidateEndsAt, handOverUntil, writingStoppedAt } from './deadlines.js';
import type { HeldLease } from './held-lease.js';
import type { RefusalCode } from './refusals.js';
import type { Candidate, ContestReason, Lease, SessionPhase, State } from './types.js';

/** `madeAt` is the instant that counts, which is never later than its arrival. */
export type Verdict =
  /** Written while its candidate could write, and arrived then, or the writing goes on later. */
  | { kind: 'in-time'; madeAt: number }
  /** Written in time by a PC that the journal shows without the room between then and the stop. */
  | { kind: 'alone'; madeAt: number }
  | { kind: 'contested'; madeAt: number; why: ContestReason }
  | { kind: 'refused'; code: RefusalCode };

/** Judges what this PC wrote under this lease. `now` is room time, ms. [SV3][SV4][SV5][SV6] */
export function judgeWriting(state: State, held: HeldLease, claimedAt: number, now: number): Verdict {
  const { session, candidate, lease } = held;
  const { startedAt, phase } = session;
  if (startedAt === null) return { kind: 'refused', code: 'wrong-phase' };
  const { trusted } = state.clock;
  if (!Number.isSafeInteger(claimedAt)) return { kind: 'refused', code: 'bad-amount' };
  if (claimedAt < startedAt - session.plan.policy.clockToleranceMs)
    return { kind: 'refused', code: 'too-early' };
  // While the room's own clock is in doubt it lies behind: then the PC's time decides. [CK6]
  const madeAt = Math.max(startedAt, trusted ? Math.min(claimedAt, now) : claimedAt);
  const stoppedAt = writingStoppedAt(session, candidate, lease, Math.max(now, madeAt));
  if (stoppedAt === null) return { kind: 'in-time', madeAt };
  // A candidate whose own end has not come writes on when the session goes on.
  const goesOn =
    lease.to === null && candidate.ended === null && candidateEndsAt(session, candidate) === null;
  if (madeAt >= stoppedAt)
    return { kind: 'refused', code: goesOn ? codeOfStandstill(phase) : codeOfEnd(candidate) };
  if (goesOn) return { kind: 'in-time', madeAt };
  const until = handOverUntil(session);
  if (until !== null && trusted && now >= until) return { kind: 'contested', madeAt, why: 'window-over' };
  if (wasAlone(lease, madeAt, stoppedAt)) return { kind: 'alone', madeAt };
  return { kind: 'contested', madeAt, why: 'connected-at-end' };
}

/** By the journal: this PC was without the room at some time between the writing and the stop. [SV5] */
export function wasAlone({ offline }: Lease, madeAt: number, stoppedAt: number): boolean {
  return offline.some(({ from, to }) => from < stoppedAt && (to === null || to > madeAt));
}

function codeOfStandstill(phase: SessionPhase): RefusalCode {
  return phase === 'paused' ? 'paused' : 'suspended';
}

/** Who handed in or was ended is told so; for everybody else the time is over. */
function codeOfEnd({ ended }: Candidate): RefusalCode {
  if (ended === null || ended.reason === 'time' || ended.reason === 'session-ended') return 'after-deadline';
  return 'already-ended';
}
