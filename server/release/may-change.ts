// Whether the room may change its version now: never between the seal and the collection, because a seal says which
// installation was looked at, and because a restart with other code in the middle of an exam is a risk that nobody signed.

import type { State, SessionPhase } from '../core/types.js';

/** From the seal until everything is collected. */
const HELD: readonly SessionPhase[] = ['sealed', 'open', 'running', 'paused', 'suspended', 'ended'];

/** A sentence why not, in both languages. */
export interface ChangeRefusal {
  code: 'session-held' | 'not-handed-over';
  sessionId: string;
  zh: string;
  en: string;
}

/** Why another version may not take over now; null where it may. @param state as the version that would take over reads it */
export function refusalToChange(state: Pick<State, 'sessions'>): ChangeRefusal | null {
  for (const [sessionId, { phase }] of Object.entries(state.sessions))
    if (HELD.includes(phase))
      return {
        code: 'session-held',
        sessionId,
        zh: `场次 ${sessionId} 已封场或正在进行（${phase}），收卷之前不能更换版本`,
        en: `session ${sessionId} is sealed or under way (${phase}): no other version until it is collected`,
      };
  return null;
}

/** Why the data folder may not be destroyed now; null where it may. */
export function refusalToDestroy(state: Pick<State, 'sessions'>): ChangeRefusal | null {
  for (const [sessionId, { phase }] of Object.entries(state.sessions))
    if (phase === 'collected')
      return {
        code: 'not-handed-over',
        sessionId,
        zh: `场次 ${sessionId} 的成绩包还没有回执，数据不能删除`,
        en: `session ${sessionId} has no receipt for its result bundle yet: its data are not destroyed`,
      };
  return refusalToChange(state);
}
