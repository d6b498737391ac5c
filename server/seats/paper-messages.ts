// The message that opens the paper for one candidate: key, order, what the room already holds.

import type { Candidate, CandidateId, DealtOrder, Lease, SeatId, Session, State } from '../core/types.js';
import { candidatesAtSeat } from '../core/views.js';
import { entryOf } from '../core/state-access.js';
import type { PaperMessage } from '../protocol/seat.js';
import type { OpenedPaper, SeatHost } from './host.js';
import type { PreparedPapers } from './prepared-papers.js';

/** A paper that is due at a PC. */
export interface DuePaper {
  candidateId: CandidateId;
  lease: number;
  /** It carries answers, which may be ahead of the disk. */
  hasAnswers: boolean;
  /** The frame, as things are now. */
  encode(prepared: PreparedPapers): string;
}

/**
 * The paper for one candidate at the PC that holds the present lease, or null where none is due: before the start, before the
 * opening, without a lease, after everything was received.
 */
export function paperOf(
  host: SeatHost,
  state: State,
  session: Session,
  candidate: Candidate,
): DuePaper | null {
  if (session.startedAt === null || session.collectedAt !== null) return null;
  const lease = candidate.leases.at(-1);
  if (lease === undefined || lease.to !== null || candidate.receivedAllAt !== null) return null;
  if (entryOf(state.seats, lease.seatId)?.pcId !== lease.pcId) return null;
  const opened = host.openedPaper(session.plan.sessionId);
  const { order } = candidate;
  if (opened === null || order === null || order.paperId !== opened.paperId) return null;
  return {
    ...{ candidateId: candidate.entry.candidateId, lease: lease.no },
    hasAnswers: Object.keys(candidate.answers).length > 0,
    encode: (prepared) => encode(candidate, lease, order, opened, prepared),
  };
}

/** The paper for whoever sits at `seatId` in the session that holds the room. */
export function paperAtSeat(host: SeatHost, state: State, seatId: SeatId): DuePaper | null {
  const session = state.currentSession === null ? undefined : entryOf(state.sessions, state.currentSession);
  if (session === undefined || session.startedAt === null) return null;
  for (const candidate of candidatesAtSeat(session, seatId)) {
    if (candidate.leases.at(-1)?.seatId !== seatId) continue;
    const paper = paperOf(host, state, session, candidate);
    if (paper !== null) return paper;
  }
  return null;
}

function encode(
  candidate: Candidate,
  lease: Lease,
  order: DealtOrder,
  opened: OpenedPaper,
  prepared: PreparedPapers,
): string {
  const answers: PaperMessage['answers'] = Object.entries(candidate.answers).map(([itemId, record]) => ({
    itemId,
    lease: record.lease,
    rev: record.rev,
    value: record.value,
    marked: record.marked,
  }));
  const head: Pick<PaperMessage, 't' | 'candidateId' | 'lease' | 'paperId'> = {
    t: 'paper',
    candidateId: candidate.entry.candidateId,
    lease: lease.no,
    paperId: opened.paperId,
  };
  const files =
    candidate.files === undefined ? '' : `,"files":${JSON.stringify(Object.keys(candidate.files))}`;
  const plays = candidate.plays === undefined ? '' : `,"plays":${JSON.stringify(candidate.plays)}`;
  return (
    `${JSON.stringify(head).slice(0, -1)},${prepared.keys(order, opened)},"order":${prepared.order(order)},` +
    `"answers":${JSON.stringify(answers)}${files}${plays}}`
  );
}
