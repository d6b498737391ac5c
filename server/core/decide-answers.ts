// The save verdict (rule 9), hand-in and "nothing unsent". An answer counts when it was written while its candidate could
// write; SPEC.md has the table. Refused saves make no event.

import { writingStoppedAt } from './deadlines.js';
import { happened, refuse, type Deciders, type Decision } from './decision.js';
import { endIfAllEnded } from './decide-tick.js';
import type { RefusalCode } from './refusals.js';
import type { AnswerRecord, AnswerValue, Candidate, ItemOutline, Lease, Session, State } from './types.js';

type AnswerDecisions = 'save-answer' | 'submit' | 'confirm-nothing-unsent';

export const answerDecisions: Deciders<AnswerDecisions> = {
  'save-answer': (state, command, now) => {
    const held = leaseOf(state, command);
    if ('refusal' in held) return held;
    const { session, candidate, lease } = held;
    const { itemId, value, rev, marked, madeAt, candidateId } = command;
    const item = dealtItem(session, candidate, itemId);
    if (item === null) return refuse('unknown-item');
    const wrong = objectionToValue(item, value);
    if (wrong !== null) return refuse(wrong);
    const { sessionId } = session.plan;
    const record: AnswerRecord = { lease: lease.no, rev, value, marked, madeAt, savedAt: now };
    if (isKnown(candidate, itemId, record)) return happened();
    const before = candidate.answers[itemId];
    const newer = before !== undefined && before.lease > lease.no;
    const stoppedAt = writingStoppedAt(session, candidate, lease, now);
    if (stoppedAt === null)
      return session.startedAt === null
        ? refuse('wrong-phase', { phase: session.phase })
        : happened({ type: 'answer-saved', sessionId, candidateId, itemId, record });
    if (madeAt >= stoppedAt) return refuse(codeOfStop(session, candidate));
    if (session.startedAt === null || madeAt < session.startedAt) return refuse('after-deadline');
    if (newer)
      return happened({
        type: 'answer-contested',
        sessionId,
        candidateId,
        itemId,
        record,
        why: 'other-lease-newer',
      });
    if (wasOffline(lease, madeAt, stoppedAt))
      return happened({ type: 'answer-saved', sessionId, candidateId, itemId, record });
    return happened({
      type: 'answer-contested',
      sessionId,
      candidateId,
      itemId,
      record,
      why: 'connected-at-end',
    });
  },
  submit: (state, command, now) => {
    const held = leaseOf(state, command);
    if ('refusal' in held) return held;
    const { session, candidate, lease } = held;
    const { sessionId } = session.plan;
    const { candidateId } = command;
    if (candidate.ended?.reason === 'submitted') return happened();
    const stoppedAt = writingStoppedAt(session, candidate, lease, now);
    if (session.startedAt === null || command.madeAt < session.startedAt)
      return refuse('wrong-phase', { phase: session.phase });
    if (stoppedAt !== null && command.madeAt >= stoppedAt) return refuse(codeOfStop(session, candidate));
    if (candidate.ended !== null) return refuse('already-ended');
    if (lease.to !== null) return refuse('foreign-lease');
    const madeAt = wasOffline(lease, command.madeAt, now) ? Math.min(command.madeAt, now) : now;
    return happened(
      { type: 'candidate-submitted', sessionId, candidateId, madeAt },
      ...endIfAllEnded(session, now, [candidateId]),
    );
  },
  'confirm-nothing-unsent': (state, command) => {
    const held = leaseOf(state, command);
    if ('refusal' in held) return held;
    const { session, candidate, lease } = held;
    if (candidate.receivedAllAt !== null || lease.to !== null) return happened();
    if (candidate.ended === null) return refuse('wrong-phase', { phase: session.phase });
    return happened({
      type: 'candidate-received',
      sessionId: session.plan.sessionId,
      candidateId: command.candidateId,
    });
  },
};

type Held = { session: Session; candidate: Candidate; lease: Lease } | Decision;

/** The lease that a message names, if it is this PC's. Also finds leases that another PC took over. */
function leaseOf(
  state: State,
  command: { by: { kind: string; pcId?: string }; candidateId: string; lease: number },
): Held {
  const session = Object.values(state.sessions).find(
    ({ phase, candidates }) =>
      phase !== 'installed' && phase !== 'sealed' && isHolder(candidates[command.candidateId], command),
  );
  const candidate = session?.candidates[command.candidateId];
  const lease = candidate?.leases.find(({ no }) => no === command.lease);
  if (session === undefined || candidate === undefined || lease === undefined) return refuse('foreign-lease');
  if (session.phase === 'collected' || session.phase === 'handed-over') return refuse('after-collection');
  return { session, candidate, lease };
}

function isHolder(
  candidate: Candidate | undefined,
  { by, lease }: { by: { pcId?: string }; lease: number },
): boolean {
  return candidate?.leases.some(({ no, pcId }) => no === lease && pcId === by.pcId) ?? false;
}

/** True when this revision, or a later one of the same lease, is recorded: saves are idempotent. [SV2] */
function isKnown(candidate: Candidate, itemId: string, { lease, rev }: AnswerRecord): boolean {
  const saved = candidate.answers[itemId];
  if (saved !== undefined && saved.lease === lease && saved.rev >= rev) return true;
  return candidate.contested.some(
    (one) => one.itemId === itemId && one.record.lease === lease && one.record.rev >= rev,
  );
}

/** By the journal: this PC was without the room when it wrote, and until writing stopped or beyond. [SV5] */
function wasOffline({ offline }: Lease, madeAt: number, stoppedAt: number): boolean {
  return offline.some(({ from, to }) => from <= madeAt && (to === null || to > madeAt) && from < stoppedAt);
}

function codeOfStop(session: Session, candidate: Candidate): RefusalCode {
  if (candidate.ended !== null) return candidate.ended.reason === 'time' ? 'after-deadline' : 'already-ended';
  if (session.phase === 'paused') return 'paused';
  if (session.phase === 'suspended') return 'suspended';
  return 'after-deadline';
}

/** The outline of an item that was dealt to this candidate, or null. */
function dealtItem(session: Session, candidate: Candidate, itemId: string): ItemOutline | null {
  const { order } = candidate;
  if (order === null) return null;
  if (!order.sections.some(({ items }) => items.some((item) => item.itemId === itemId))) return null;
  const paper = session.plan.papers.find(({ paperId }) => paperId === order.paperId);
  for (const section of paper?.sections ?? [])
    for (const item of section.items) if (item.itemId === itemId) return item;
  return null;
}

/** Why this value is no answer to this item, or null. [SV3] */
export function objectionToValue(item: ItemOutline, value: AnswerValue): RefusalCode | null {
  if (item.type === 'fill-in') {
    if (!('blanks' in value) || value.blanks.length !== item.blanks.length) return 'wrong-answer-type';
    const tooLong = value.blanks.some((text, i) => {
      const limit = item.blanks[i]?.maxLength ?? 0;
      return [...text.normalize('NFC')].length > limit;
    });
    return tooLong ? 'answer-too-long' : null;
  }
  if (!('options' in value)) return 'wrong-answer-type';
  if (value.options.some((option) => !item.options.includes(option))) return 'unknown-option';
  if (new Set(value.options).size !== value.options.length) return 'wrong-answer-type';
  if (item.type !== 'multiple' && value.options.length > 1) return 'wrong-answer-type';
  return null;
}
