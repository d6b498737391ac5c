// Proves from outside that every refusal had a reason that the documents name and that was true, and that no candidate was shown
// what is another's.

import { isDeepStrictEqual } from 'node:util';
import { isSave } from './check-answers.js';
import type { Finding } from './checker.js';
import type { Evidence, SeatLine } from './evidence.js';
import { Timeline } from './timeline.js';

type Refused = Extract<SeatLine, { k: 'refused' }>;

/** Words of the client program itself: it got no answer. */
const NO_ANSWER = 'no-answer';

/** The service stops; another page of this PC is here. */
const GOOD_BYES = new Set(['stopping', 'replaced']);

export function checkRefusals(evidence: Evidence): Finding[] {
  const findings: Finding[] = [];
  const { seats, staff, documented, bundle, allowanceMs } = evidence;
  const timeline = Timeline.upTo(bundle.events, allowanceMs);
  for (const { seatId, lines } of seats)
    for (const line of lines) {
      // The kiosk's own code spoke: whatever the room does not understand of it is a fault of one of them.
      if (line.k === 'bye' && !GOOD_BYES.has(line.code))
        findings.push({ rule: 'sent-away', text: `${seatId} was sent away: ${line.code}` });
      if (line.k !== 'refused') continue;
      const { body, code } = line;
      if (documented[`seat.${body.t}`]?.includes(code) !== true)
        findings.push({
          rule: 'refusal-undocumented',
          text: `${seatId}: ${body.t} was refused with ${code}`,
        });
      const why = isSave(body) ? objection(evidence, timeline, line) : null;
      if (why !== null)
        findings.push({
          rule: 'refusal-without-reason',
          text: `${seatId}: ${JSON.stringify(body)} was refused with ${code}, but ${why}`,
        });
    }
  for (const { staffId, request, outcome } of staff)
    if (
      !outcome.ok &&
      outcome.code !== NO_ANSWER &&
      documented[`staff.${request.type}`]?.includes(outcome.code) !== true
    )
      findings.push({
        rule: 'refusal-undocumented',
        text: `${staffId}: ${request.type} was refused with ${outcome.code}`,
      });
  return findings;
}

/** Why a save should not have been refused with this code; null where the reason was true. */
function objection(
  { bundle, clockToleranceMs }: Evidence,
  timeline: Timeline,
  { body, code, roomNow }: Refused,
) {
  const { candidateId = '', madeAt = 0 } = body;
  const end = timeline.endOf(candidateId);
  const ended = bundle.candidates.find((one) => one.candidateId === candidateId)?.ended ?? null;
  switch (code) {
    case 'paused':
    case 'suspended':
      return timeline.standstills.some(
        ({ kind, from, to }) =>
          kind === code && from <= madeAt && from <= roomNow && (to === null || to >= roomNow - 60_000),
      )
        ? null
        : `the session was not ${code}`;
    case 'after-deadline':
      return end !== null && madeAt >= end ? null : `the time was over at ${end}`;
    case 'already-ended':
      return ended !== null && madeAt >= ended.at ? null : 'the candidate had not ended';
    case 'too-early':
      return timeline.startedAt === null || madeAt < timeline.startedAt - clockToleranceMs
        ? null
        : 'it was not early';
    case 'wrong-phase':
      return timeline.startedAt === null || roomNow <= timeline.startedAt ? null : 'the session had started';
    case 'after-collection':
      return bundle.events.some(({ type, at }) => type === 'session-collected' && at <= roomNow)
        ? null
        : 'nothing was collected';
    default:
      return 'a PC that keeps to the documents gives no cause for it';
  }
}

export function checkSecrecy({ seats, bundle }: Evidence): Finding[] {
  const findings: Finding[] = [];
  const written = new Map<string, unknown[]>();
  const given = new Map<string, unknown[]>();
  for (const { lines } of seats)
    for (const line of lines)
      if (line.k === 'given') {
        const key = `${line.candidateId} ${line.itemId}`;
        given.set(key, [...(given.get(key) ?? []), line.value]);
      } else if (line.k === 'made') {
        const key = `${line.candidateId} ${line.itemId} ${line.lease} ${line.rev}`;
        written.set(key, [...(written.get(key) ?? []), line.value]);
      }
  const isOwn = (
    candidateId: string,
    itemId: string,
    { lease, rev, value }: { lease: number; rev: number; value: unknown },
  ) =>
    written.get(`${candidateId} ${itemId} ${lease} ${rev}`)?.some((one) => isDeepStrictEqual(one, value)) ===
      true ||
    // In a real browser it is known what was typed, not which revision the page made of it.
    given.get(`${candidateId} ${itemId}`)?.some((one) => isDeepStrictEqual(one, value)) === true;
  for (const { seatId, lines } of seats) {
    const here = new Set(lines.flatMap((line) => (line.k === 'candidate' ? [line.candidateId] : [])));
    const foreign = (candidateId: string, what: string) => {
      if (!here.has(candidateId))
        findings.push({ rule: 'foreign-data', text: `${seatId} was shown ${what} of ${candidateId}` });
    };
    for (const line of lines) {
      if (line.k === 'marks') for (const mark of line.marks) foreign(mark, 'an answer');
      if (line.k === 'page' && line.holder !== null) foreign(line.holder.candidateId, 'the page');
      if (line.k !== 'paper') continue;
      foreign(line.candidateId, 'the paper');
      for (const row of line.rows)
        if (!isOwn(line.candidateId, row.itemId, row))
          findings.push({
            rule: 'foreign-data',
            text: `${seatId} was given an answer to ${row.itemId} that ${line.candidateId} never wrote`,
          });
    }
  }
  for (const { candidateId, answers } of bundle.candidates)
    for (const [itemId, held] of Object.entries(answers))
      if (!isOwn(candidateId, itemId, held))
        findings.push({
          rule: 'foreign-answer',
          text: `${candidateId} never wrote what stands for ${itemId}`,
        });
  return findings;
}
