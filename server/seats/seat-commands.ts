// A request of a PC as the command that the rules know. Who asks comes from the connection, never from the message.

import type { Command } from '../core/commands.js';
import type { Actor, SessionId } from '../core/types.js';
import type { SeatRequest } from '../protocol/seat.js';

/** The command of a request. @returns null where there is no session to log in to */
export function commandOf(
  request: SeatRequest,
  by: Extract<Actor, { kind: 'seat' }>,
  currentSession: SessionId | null,
): Command | null {
  switch (request.t) {
    case 'check':
      return { type: 'report-check', check: request.check, by };
    case 'internet':
      return { type: 'report-internet', reached: request.reached, probes: request.probes, by };
    case 'log-in': {
      if (currentSession === null) return null;
      const { ticketNo, password } = request;
      return { type: 'log-in', sessionId: currentSession, ticketNo, password, by };
    }
    case 'confirm':
      return {
        type: request.what === 'identity' ? 'confirm-identity' : 'confirm-rules',
        ...leaseOf(request),
        by,
      };
    case 'save': {
      const { itemId, rev, value, marked, madeAt, restores } = request;
      const saved = { itemId, rev, value, marked, madeAt, ...(restores === undefined ? {} : { restores }) };
      return { type: 'save-answer', ...leaseOf(request), ...saved, by };
    }
    case 'submit':
      return { type: 'submit', ...leaseOf(request), madeAt: request.madeAt, by };
    case 'hand':
      return { type: request.up ? 'raise-hand' : 'lower-hand', ...leaseOf(request), by };
    case 'play':
      return { type: 'note-play', ...leaseOf(request), itemId: request.itemId, count: request.count, by };
    case 'gap':
      return { type: 'report-gap', ...leaseOf(request), from: request.from, to: request.to, by };
    case 'nothing-unsent':
      return { type: 'confirm-nothing-unsent', ...leaseOf(request), by };
  }
}

function leaseOf({ candidateId, lease }: { candidateId: string; lease: number }): {
  candidateId: string;
  lease: number;
} {
  return { candidateId, lease };
}
