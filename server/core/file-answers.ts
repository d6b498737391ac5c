// Files that candidates hand in (rule 20): an answer names them by hash, their bytes come afterwards. What may be named, which
// bytes are still owed, and which are of no use any more. No byte is ever in the state.

import { happened, refuse, type Deciders } from './decision.js';
import { handOverUntil } from './deadlines.js';
import { heldLease } from './held-lease.js';
import type { SeatCommand } from './commands.js';
import type { Refusal, RefusalCode } from './refusals.js';
import { entryOf } from './state-access.js';
import type {
  Actor,
  AnswerValue,
  Candidate,
  FileLimits,
  HandedInFile,
  Session,
  SessionId,
  State,
} from './types.js';

/** The ending of a file's name in small letters, without the dot; '' where it has none. */
export function endingOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 1 ? '' : name.slice(dot + 1).toLowerCase();
}

/** Why these are not files for an item with such limits, or null. [FI1] */
export function objectionToFiles(limits: FileLimits, files: readonly HandedInFile[]): RefusalCode | null {
  if (files.length > limits.maxCount) return 'too-many-files';
  if (new Set(files.map(({ fileHash }) => fileHash)).size !== files.length) return 'wrong-answer-type';
  for (const { size, name } of files) {
    if (size < 1 || size > limits.maxBytes) return 'file-too-large';
    if (!limits.types.includes(endingOf(name))) return 'file-type-not-allowed';
  }
  return null;
}

/** A file that an answer of a candidate names, accepted or contested, and the lease under which it was named. */
export interface DeclaredFile extends HandedInFile {
  lease: number;
}

/** Every file that counts or may count for this candidate; one that two answers name stands here twice. [FI2] */
export function declaredFiles({ answers, contested }: Candidate): DeclaredFile[] {
  const declared: DeclaredFile[] = [];
  const take = (value: AnswerValue, lease: number) => {
    if ('files' in value) for (const file of value.files) declared.push({ ...file, lease });
  };
  for (const { value, lease } of Object.values(answers)) take(value, lease);
  for (const { record } of contested) take(record.value, record.lease);
  return declared;
}

/** Hashes of declared files whose bytes have not come, of one lease or of all. [FI4] */
export function missingFiles(candidate: Candidate, lease: number | null = null): string[] {
  const missing = new Set<string>();
  for (const file of declaredFiles(candidate))
    if ((lease === null || file.lease === lease) && !hasFile(candidate, file.fileHash))
      missing.add(file.fileHash);
  return [...missing];
}

/** Whether the room holds the bytes of a file of this candidate. */
export function hasFile(candidate: Candidate, fileHash: string): boolean {
  return candidate.files !== undefined && entryOf(candidate.files, fileHash) !== undefined;
}

/** Files in the room that no answer names any more. [FI5] */
export function idleFiles(candidate: Candidate): string[] {
  const named = new Set(declaredFiles(candidate).map(({ fileHash }) => fileHash));
  return Object.keys(candidate.files ?? {}).filter((fileHash) => !named.has(fileHash));
}

/** The size that a declared file has to have, in bytes, or null where no answer names it. [FI2] */
export function declaredSize(candidate: Candidate, fileHash: string): number | null {
  return declaredFiles(candidate).find((file) => file.fileHash === fileHash)?.size ?? null;
}

/** What the rules say of a file that a PC asks about: its session, its size where an answer names it, whether it is here. */
export function fileAskedFor(
  state: State,
  command: Extract<SeatCommand, { type: 'receive-file' }> & { by: Actor },
): { sessionId: SessionId; size: number | null; received: boolean } | Refusal {
  const held = heldLease(state, command);
  if ('refusal' in held) return held.refusal as Refusal;
  const { session, candidate } = held;
  const { fileHash } = command;
  return {
    sessionId: session.plan.sessionId,
    size: declaredSize(candidate, fileHash),
    received: hasFile(candidate, fileHash),
  };
}

export const fileDecisions: Deciders<'receive-file' | 'drop-file'> = {
  'receive-file': (state, command, now) => {
    const held = heldLease(state, command);
    if ('refusal' in held) return held;
    const { session, candidate, lease } = held;
    const { fileHash, bytes, candidateId } = command;
    if (declaredSize(candidate, fileHash) !== bytes) return refuse('file-not-declared');
    if (hasFile(candidate, fileHash)) return happened();
    const until = handOverUntil(session);
    const late = until !== null && state.clock.trusted && now >= until;
    const { sessionId } = session.plan;
    return happened({
      ...{ type: 'file-received', sessionId, candidateId, lease: lease.no },
      ...{ fileHash, bytes, late },
    });
  },
  'drop-file': (state, { sessionId, candidateId, fileHash }) => {
    const { candidates } = state.sessions[sessionId] as Session;
    if (!idleFiles(candidates[candidateId] as Candidate).includes(fileHash)) return happened();
    return happened({ type: 'file-dropped', sessionId, candidateId, fileHash });
  },
};
