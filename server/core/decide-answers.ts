// Saves, hand-in and "nothing unsent". What may count is save-verdict.ts; refused saves make no event, the caller counts them.

import { objectionToValue, outlineOf } from './answer-values.js';
import type { SeatCommand } from './commands.js';
import { happened, refuse, type Deciders } from './decision.js';
import { missingFiles } from './file-answers.js';
import { heldLease } from './held-lease.js';
import type { EventBody } from './events.js';
import type { RefusalCode } from './refusals.js';
import { judgeWriting, wasAlone } from './save-verdict.js';
import { entryOf } from './state-access.js';
import type { AnswerRecord, Candidate, ContestReason } from './types.js';

type SaveAnswer = Extract<SeatCommand, { type: 'save-answer' }>;

export const answerDecisions: Deciders<'save-answer' | 'note-play' | 'submit' | 'confirm-nothing-unsent'> = {
  'save-answer': (state, command, now) => {
    const held = heldLease(state, command);
    if ('refusal' in held) return held;
    const { session, candidate, lease } = held;
    const { itemId, value, rev, marked, candidateId } = command;
    if (!Number.isSafeInteger(rev) || rev < 1) return refuse('stale-revision');
    const item = outlineOf(session, candidate, itemId);
    if (item === null) return refuse('unknown-item');
    const wrong = objectionToValue(item, value) ?? objectionToRestores(command);
    if (wrong !== null) return refuse(wrong);
    if (isKnown(candidate, itemId, lease.no, rev)) return happened();
    const verdict = judgeWriting(state, held, command.madeAt, now);
    if (verdict.kind === 'refused') return refuse(verdict.code);
    const { madeAt } = verdict;
    const record: AnswerRecord = { lease: lease.no, rev, value, marked, madeAt, savedAt: now };
    const saved = { sessionId: session.plan.sessionId, candidateId, itemId, record };
    const before = candidate.answers[itemId];
    const newer = before !== undefined && before.lease > lease.no;
    const why: ContestReason | null = newer
      ? 'other-lease-newer'
      : verdict.kind === 'contested'
        ? verdict.why
        : null;
    const known = before?.lease === lease.no ? before.rev : 0;
    const { sessionId } = session.plan;
    const restored = (command.restores ?? [])
      .filter((one) => one.rev > known)
      .map(({ rev: at, ofRev }): EventBody => {
        const which = { lease: lease.no, rev: at, ofRev };
        return { type: 'answer-restored', sessionId, candidateId, itemId, ...which };
      });
    return happened(
      ...restored,
      why === null ? { type: 'answer-saved', ...saved } : { type: 'answer-contested', ...saved, why },
    );
  },
  'note-play': (state, command) => {
    const held = heldLease(state, command);
    if ('refusal' in held) return held;
    const { session, candidate, lease } = held;
    const { candidateId, itemId, count } = command;
    if (session.startedAt === null) return refuse('wrong-phase', { phase: session.phase });
    if (!wasDealt(candidate, itemId)) return refuse('unknown-item');
    if (!Number.isSafeInteger(count) || count < 1) return refuse('bad-amount');
    if (count <= (entryOf(candidate.plays ?? {}, itemId) ?? 0)) return happened();
    const { sessionId } = session.plan;
    return happened({ type: 'audio-played', sessionId, candidateId, itemId, lease: lease.no, count });
  },
  submit: (state, command, now) => {
    const held = heldLease(state, command);
    if ('refusal' in held) return held;
    const { session, candidate, lease } = held;
    if (lease.to !== null) return refuse('foreign-lease');
    const { ended } = candidate;
    // The end came by itself meanwhile, or the hand-in was sent twice: there is nothing left to end.
    if (ended !== null && ended.reason !== 'time' && ended.reason !== 'session-ended') return happened();
    const verdict = judgeWriting(state, held, command.madeAt, now);
    if (verdict.kind === 'refused') return ended === null ? refuse(verdict.code) : happened();
    if (verdict.kind === 'contested') return happened();
    const { sessionId } = session.plan;
    const { candidateId } = command;
    // A PC that the room hears hands in now; one that was alone handed in when it says.
    const hears = verdict.kind === 'in-time' && !wasAlone(lease, verdict.madeAt, now);
    const madeAt = hears ? Math.max(now, verdict.madeAt) : verdict.madeAt;
    return happened({ type: 'candidate-submitted', sessionId, candidateId, madeAt });
  },
  'confirm-nothing-unsent': (state, command) => {
    const held = heldLease(state, command);
    if ('refusal' in held) return held;
    const { session, candidate, lease } = held;
    if (lease.receivedAt !== null) return happened();
    if (lease.to === null && candidate.ended === null) return refuse('wrong-phase', { phase: session.phase });
    const missing = missingFiles(candidate, lease.no);
    if (missing.length > 0) return refuse('files-missing', { count: missing.length });
    const { candidateId } = command;
    const { sessionId } = session.plan;
    return happened({ type: 'candidate-received', sessionId, candidateId, lease: lease.no });
  },
};

/** An item, or the case of an item, that this candidate sees. */
function wasDealt({ order }: Candidate, itemId: string): boolean {
  const items = order?.sections.flatMap((section) => section.items) ?? [];
  return items.some((item) => item.itemId === itemId || item.caseId === itemId);
}

/** A restore brings back something older, and is not younger than the save that tells of it. [SV10] */
function objectionToRestores({ rev, restores = [] }: SaveAnswer): RefusalCode | null {
  const sound = restores.every((one) => one.rev <= rev && one.ofRev >= 0 && one.ofRev < one.rev);
  return sound ? null : 'stale-revision';
}

/** True when this revision, or a later one under the same lease, is recorded: saves are idempotent. [SV2] */
function isKnown(candidate: Candidate, itemId: string, lease: number, rev: number): boolean {
  const saved = candidate.answers[itemId];
  if (saved !== undefined && saved.lease === lease && saved.rev >= rev) return true;
  return candidate.contested.some(
    (one) => one.itemId === itemId && one.record.lease === lease && one.record.rev >= rev,
  );
}
