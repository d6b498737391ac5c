// Whose lease a message of a PC names. The PC is known from the connection; a lease of another PC is foreign, always.

import type { Command } from './commands.js';
import { refuse, seatedAt, type Decision } from './decision.js';
import { currentSession, entryOf } from './state-access.js';
import type { Candidate, Lease, Session, State } from './types.js';

export interface HeldLease {
  session: Session;
  candidate: Candidate;
  lease: Lease;
}

type OfLease = Extract<Command, { lease: number }>;

/**
 * The lease that a message names, in the session that holds the room, if it is this PC's: the present one, or one that
 * another PC took over. Refused: `foreign-lease`; `after-collection` where it is of a session that is over. [SV1][CO5]
 */
export function heldLease(state: State, command: OfLease): HeldLease | Decision {
  const session = currentSession(state);
  const held = session === null ? null : leaseIn(session, command);
  if (held !== null) return held;
  const over = Object.values(state.sessions).some((one) => one !== session && leaseIn(one, command) !== null);
  return refuse(over ? 'after-collection' : 'foreign-lease');
}

/** The lease that a message names in this very session, or null. */
export function leaseIn(session: Session, { by, candidateId, lease: no }: OfLease): HeldLease | null {
  const { pcId } = seatedAt(by);
  const candidate = entryOf(session.candidates, candidateId);
  const lease = candidate?.leases.find((one) => one.no === no && one.pcId === pcId);
  return candidate === undefined || lease === undefined ? null : { session, candidate, lease };
}
