// Encodes the message that opens the paper for one candidate: key, order, what the room already holds. Long parts are
// encoded before the start, so that the start is a loop of sends.

import type { Candidate, CandidateId, DealtOrder, Lease, SeatId, Session, State } from '../core/types.js';
import { candidatesAtSeat } from '../core/views.js';
import type { PaperMessage } from '../protocol/seat.js';
import type { OpenedPaper, SeatHost } from './host.js';

export interface EncodedPaper {
  candidateId: CandidateId;
  lease: number;
  seatId: SeatId;
  text: string;
  /** It carries answers, which may be ahead of the disk. */
  hasAnswers: boolean;
}

/** JSON of each candidate's order; the order never changes, so its text does not either. */
const orderTexts = new WeakMap<DealtOrder, string>();

/** Encodes every order of a session ahead of the start. */
export function prepareOrders(session: Session): void {
  for (const { order } of Object.values(session.candidates)) if (order !== null) orderText(order);
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
): EncodedPaper | null {
  if (session.startedAt === null || session.collectedAt !== null) return null;
  const lease = candidate.leases.at(-1);
  if (lease === undefined || lease.to !== null || candidate.receivedAllAt !== null) return null;
  if (state.seats[lease.seatId]?.pcId !== lease.pcId) return null;
  const opened = host.openedPaper(session.plan.sessionId);
  if (opened === null || candidate.order === null || candidate.order.paperId !== opened.paperId) return null;
  return encode(candidate, lease, candidate.order, opened);
}

/** The paper for whoever sits at `seatId` in the session that holds the room. */
export function paperAtSeat(host: SeatHost, state: State, seatId: SeatId): EncodedPaper | null {
  const session = state.currentSession === null ? undefined : state.sessions[state.currentSession];
  if (session === undefined || session.startedAt === null) return null;
  for (const candidate of candidatesAtSeat(session, seatId)) {
    if (candidate.leases.at(-1)?.seatId !== seatId) continue;
    const paper = paperOf(host, state, session, candidate);
    if (paper !== null) return paper;
  }
  return null;
}

function encode(candidate: Candidate, lease: Lease, order: DealtOrder, opened: OpenedPaper): EncodedPaper {
  const { candidateId } = candidate.entry;
  const answers: PaperMessage['answers'] = Object.entries(candidate.answers).map(([itemId, record]) => ({
    itemId,
    lease: record.lease,
    rev: record.rev,
    value: record.value,
    marked: record.marked,
  }));
  const head: Pick<PaperMessage, 't' | 'candidateId' | 'lease' | 'paperId' | 'key' | 'itemKeys'> = {
    t: 'paper',
    candidateId,
    lease: lease.no,
    paperId: opened.paperId,
    key: opened.contentKey.toString('base64'),
    itemKeys: drawnKeys(order, opened),
  };
  const files =
    candidate.files === undefined ? '' : `,"files":${JSON.stringify(Object.keys(candidate.files))}`;
  const plays = candidate.plays === undefined ? '' : `,"plays":${JSON.stringify(candidate.plays)}`;
  const text = `${JSON.stringify(head).slice(0, -1)},"order":${orderText(order)},"answers":${JSON.stringify(answers)}${files}${plays}}`;
  return { candidateId, lease: lease.no, seatId: lease.seatId, text, hasAnswers: answers.length > 0 };
}

/** Keys of the pooled items that this candidate drew, and no other (rule 12). */
function drawnKeys(order: DealtOrder, opened: OpenedPaper): Record<string, string> {
  const keys: Record<string, string> = {};
  if (opened.itemKeys.size === 0) return keys;
  for (const { items } of order.sections)
    for (const { itemId, caseId } of items) {
      // A case is sealed as a whole.
      const sealedAs = caseId ?? itemId;
      const key = opened.itemKeys.get(sealedAs);
      if (key !== undefined) keys[sealedAs] = key.toString('base64');
    }
  return keys;
}

function orderText(order: DealtOrder): string {
  let text = orderTexts.get(order);
  if (text === undefined) orderTexts.set(order, (text = JSON.stringify(order)));
  return text;
}
