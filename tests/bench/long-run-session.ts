// One session of the long run, from the seal to the bundle, over the real wires: staff as people would, PCs that write, lose
// their connection and come back. It measures by how much the room's own timers were late.

import { setTimeout as pause } from 'node:timers/promises';
import type { DayCrew } from '../../server/rehearsal/day-crew.js';
import { buildBundle } from './build-bundle.js';
import type { LeanPcs } from './lean-pcs.js';
import { allAtOnce, offer } from './loads.js';
import { candidateIdOf } from './prepared-room.js';

export interface SessionPace {
  savesPerSecond: number;
  /** One PC after the other loses its connection, so often. */
  cutEveryMs: number;
  /** The chief says something to everybody, so often. */
  messageEveryMs: number;
}

export interface SessionTold {
  saves: number;
  cuts: number;
  messages: number;
  /** Stamp of the room minus what was due, milliseconds: reminders, and the end of every candidate's time. */
  remindersLateMs: number[];
  endsLateMs: number[];
}

/** Plays it. @param onWriting told when the writing begins and ends @throws Error for whatever the room refuses */
export async function playSession(
  { crew, pcs, sessionId }: { crew: DayCrew; pcs: LeanPcs; sessionId: string },
  pace: SessionPace,
  onWriting: (isWriting: boolean) => void,
): Promise<SessionTold> {
  const told: SessionTold = { saves: 0, cuts: 0, messages: 0, remindersLateMs: [], endsLateMs: [] };
  const { ended, endsAt } = watch(pcs, told);
  pcs.forgetAnswers();
  for (const role of ['sysadmin', 'clerk'] as const)
    await crew.member(role).act({ type: 'sign-seal', sessionId });
  must('open-entry', await crew.take('open-entry'));
  for (let i = 0; i < pcs.count; i += 1) must('admit', await crew.admit(candidateIdOf(i)));
  await allAtOnce(pcs, (index) => pcs.logIn(index));
  for (const what of ['identity', 'rules'])
    await allAtOnce(pcs, (index) => pcs.askFor(index, { t: 'confirm', what }));
  for (const move of ['open-paper', 'start'] as const) must(move, await crew.take(move));
  await pause(2_000);
  onWriting(true);
  let next = 0;
  const cutting = setInterval(() => {
    pcs.cut((next += 7) % pcs.count);
    told.cuts += 1;
  }, pace.cutEveryMs);
  const talking = setInterval(() => {
    told.messages += 1;
    const text = `请注意时间 ${told.messages}`;
    void crew.member('chief').command({ type: 'send-message', sessionId, candidateId: null, text });
  }, pace.messageEveryMs);
  try {
    // Until shortly before the earliest end; what is under way then arrives in time.
    const seconds = Math.max(1, (Math.min(...endsAt()) - Date.now()) / 1_000 - 3);
    told.saves = (await offer(pcs, pace.savesPerSecond, seconds)).tookMs.length;
  } finally {
    clearInterval(cutting);
    clearInterval(talking);
    onWriting(false);
  }
  await ended;
  await allAtOnce(pcs, (index) => pcs.askFor(index, { t: 'nothing-unsent' }));
  must('collect', await crew.take('collect'));
  await buildBundle(crew.member('sysadmin'), sessionId);
  return told;
}

/** Notes how late reminders and ends were. @returns when everybody has ended, and when each is to end */
function watch(pcs: LeanPcs, told: SessionTold): { ended: Promise<void>; endsAt: () => number[] } {
  const due = new Map<number, number>();
  const over = new Set<number>();
  const ended = new Promise<void>((resolve) => {
    pcs.onMessage = (index, message) => {
      if (message.t === 'reminder')
        told.remindersLateMs.push(message.now - (message.endsAt - message.beforeEndMs));
      if (message.t !== 'state') return;
      const { stage, candidate, now } = message;
      if (stage === 'answering' && candidate?.endsAt != null) due.set(index, candidate.endsAt);
      if ((stage !== 'ended' && stage !== 'received') || over.has(index)) return;
      over.add(index);
      told.endsLateMs.push(now - (due.get(index) ?? now));
      if (over.size === pcs.count) resolve();
    };
  });
  return { ended, endsAt: () => [...due.values()] };
}

function must(what: string, outcome: { ok: boolean; code?: string }): void {
  if (!outcome.ok) throw new Error(`${what}: ${outcome.code}`);
}
