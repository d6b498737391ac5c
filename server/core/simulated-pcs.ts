// Where a rehearsal's PCs may be: only where nothing real is at stake (REQ-C03). What somebody pretends to be is not seen here;
// a rehearsal says what it is.

import type { EventBody } from './events.js';
import { entryOf } from './state-access.js';
import type { InstalledPackage, SessionId, State } from './types.js';

/** True while every session that is not collected is a practice session. [SM1] */
export function takesSimulated({ sessions }: Pick<State, 'sessions'>): boolean {
  return Object.values(sessions).every(({ plan, collectedAt }) => plan.practice || collectedAt !== null);
}

/** Simulated PCs do not outlast practice: a package with anything real unpairs those that its seats would inherit. [SM2] */
export function unpairSimulated(state: State, offered: InstalledPackage): EventBody[] {
  if (offered.sessions.every(({ practice }) => practice)) return [];
  return offered.seats
    .filter(({ seatId }) => entryOf(state.seats, seatId)?.simulated === true)
    .map(({ seatId }) => ({ type: 'seat-unpaired', seatId, reason: '演练结束 / the rehearsal is over' }));
}

/**
 * Whether the room's own PCs may play candidates of a practice session beside it: nobody is let into any session, and nothing
 * real is sealed. @returns the session that forbids it, null where none does [SM4]
 */
export function forbidsRehearsal({
  sessions,
  currentSession,
}: Pick<State, 'sessions' | 'currentSession'>): SessionId | null {
  if (currentSession !== null) return currentSession;
  const prepared = Object.values(sessions).find(({ plan, phase }) => !plan.practice && phase === 'sealed');
  return prepared?.plan.sessionId ?? null;
}
