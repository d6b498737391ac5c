// A session that came to an end while the server was away (rule 7): chief and second approver close it at its end, or let it
// go on with the time that was left (整场续考); with no decision it closes.

import { candidateEndsAt, stillWriting } from './deadlines.js';
import { closeEntry, sessionEndsAt, timeEnded } from './session-end.js';
import { happened, refuse, signerOf, type Deciders, type Decision } from './decision.js';
import type { EventBody } from './events.js';
import { leads, rolesOf } from './permissions.js';
import { must, sessionOf } from './state-access.js';
import type { Actor, CandidateId, Session, State } from './types.js';

export const suspendedDecisions: Deciders<'close-suspended' | 'continue-suspended'> = {
  'close-suspended': (state, { by, sessionId }) => decideTogether(state, by, sessionId, 'close'),
  'continue-suspended': (state, { by, sessionId }) => decideTogether(state, by, sessionId, 'continue'),
};

/** Both acts need two different people. [SU3] */
function decideTogether(state: State, by: Actor, sessionId: string, act: 'close' | 'continue'): Decision {
  const session = sessionOf(state, sessionId);
  const suspended = must(session.suspended, 'suspension');
  const staffId = signerOf(by);
  const as = halfOf(state, session, staffId);
  if (as === null) return refuse('not-allowed');
  // Half an approval for closing is none for going on.
  const { chief, second } = suspended.act === act ? suspended : { chief: null, second: null };
  if ((as === 'chief' ? chief : second) !== null) return refuse('already-signed');
  const other = as === 'chief' ? second : chief;
  if (other === staffId) return refuse('same-person');
  const approved: EventBody = { type: 'suspended-approved', sessionId, act, as, by: staffId };
  if (other === null) return happened(approved);
  if (act === 'continue')
    return happened(approved, { type: 'session-continued', sessionId, gapFrom: suspended.from });
  return happened(approved, ...closeSuspended(session));
}

function halfOf(state: State, session: Session, staffId: string): 'chief' | 'second' | null {
  const { sessionId, policy } = session.plan;
  if (leads(state, staffId, sessionId)) return 'chief';
  const second = policy.inspectorSent ? 'inspector' : 'org-technician';
  return rolesOf(state, staffId, sessionId).includes(second) ? 'second' : null;
}

/**
 * The ends stand where they lay. Who has time left goes on with it: for them the suspension, not the outage, was a pause.
 * [SU4][SU5]
 */
export function closeSuspended(session: Session): EventBody[] {
  const { sessionId } = session.plan;
  const ends = new Map<CandidateId, number>();
  let goesOn = false;
  for (const candidate of stillWriting(session)) {
    const endsAt = candidateEndsAt(session, candidate);
    if (endsAt === null) goesOn = true;
    else ends.set(candidate.entry.candidateId, endsAt);
  }
  const events: EventBody[] = timeEnded(session, ends);
  const gapFrom = must(session.suspended, 'suspension').at;
  if (goesOn) return [...events, { type: 'session-continued', sessionId, gapFrom }];
  const endsAt = sessionEndsAt(session, ends);
  events.push(...closeEntry(session));
  return [...events, { type: 'session-ended', sessionId, reason: 'suspension-closed', text: null, endsAt }];
}
