// Proves from outside that every clock was right: room time against the machine's monotonic clock, every end against the checker's
// own arithmetic, every act of staff within the moments in which it was given and confirmed.

import type { Evidence, RoomEvent } from './evidence.js';
import type { Finding } from './checker.js';
import { endsOver, Timeline } from './timeline.js';

/** Room time minus the machine's monotonic clock lies between these, ms. */
export interface ClockBounds {
  least: number;
  most: number;
}

/** Each start of the service may round room time by so much, and each message by one. */
const ROUNDING_PER_START_MS = 2;
const ROUNDING_MS = 2;
/** By how much a PC's own clock may be wrong on a bad line: it knows the time by the messages that came late. */
const PC_CLOCK_MS = 4_000;
/** Of the last thing that is written before the service dies: clocks are noted every five seconds. */
const LAST_ENTRY_MS = 8_000;

export function checkTime(evidence: Evidence): Finding[] {
  const { bundle, allowanceMs } = evidence;
  const bounds = clockBounds(evidence);
  const starts = bundle.events.filter(({ type }) => type === 'server-started').length;
  const findings: Finding[] = [];
  const spread = bounds.least - bounds.most;
  if (spread > ROUNDING_MS + ROUNDING_PER_START_MS * starts)
    findings.push({
      rule: 'room-clock',
      text: `room time differed from the machine's clock by ${spread.toFixed(1)} ms`,
    });
  const timeline = Timeline.upTo(bundle.events, allowanceMs);
  return [
    ...findings,
    ...endsAreExact(evidence),
    ...pagesShowedTheEnd(evidence),
    ...nothingLateCounts(evidence, timeline, bounds),
    ...actsAreInTheirMoments(evidence, bounds),
    ...outagesAreJudged(evidence, bounds),
  ];
}

/**
 * No message can say a later time than it is when it arrives, and no answer an earlier one than when it was asked for. Where the
 * clock was right the least is not above the most.
 */
export function clockBounds({ seats }: Pick<Evidence, 'seats'>): ClockBounds {
  let least = -Infinity;
  let most = Infinity;
  for (const { lines } of seats)
    for (const line of lines) {
      if (!('roomNow' in line)) continue;
      least = Math.max(least, line.roomNow - line.at);
      const sentAt = 'sentAt' in line ? line.sentAt : null;
      if (sentAt !== null) most = Math.min(most, line.roomNow + 1 - sentAt);
    }
  return { least, most };
}

/** Each end by time is what the runs and the grants give, to the millisecond, in the journal and in the attendance list. */
function endsAreExact({ bundle, allowanceMs }: Evidence): Finding[] {
  const findings: Finding[] = [];
  const timeline = new Timeline(allowanceMs);
  for (const event of bundle.events) {
    if (event.type === 'time-ended')
      for (const candidateId of event['candidateIds'] as string[]) {
        const own = timeline.endOf(candidateId);
        if (own !== event['endsAt'])
          findings.push({
            rule: 'wrong-end',
            text: `${candidateId} ended at ${String(event['endsAt'])}, the time was over at ${own}`,
          });
      }
    timeline.take(event);
  }
  for (const { candidateId, ended } of bundle.candidates)
    if (ended?.reason === 'time' && ended.at !== timeline.endOf(candidateId))
      findings.push({
        rule: 'wrong-end',
        text: `${candidateId} is listed as ended at ${ended.at}, the time was over at ${timeline.endOf(candidateId)}`,
      });
  return findings;
}

/** What a page was told about its end was the end at some time. */
function pagesShowedTheEnd({ seats, bundle, allowanceMs }: Evidence): Finding[] {
  const findings: Finding[] = [];
  const ends = new Map<string, Set<number | null>>();
  for (const { seatId, lines } of seats)
    for (const line of lines) {
      if (line.k !== 'page' || line.holder === null || line.endsAt === null || line.startedAt === null)
        continue;
      const { candidateId } = line.holder;
      const own = ends.get(candidateId) ?? endsOver(bundle.events, allowanceMs, candidateId);
      ends.set(candidateId, own);
      if (!own.has(line.endsAt))
        findings.push({
          rule: 'wrong-end-shown',
          text: `${seatId} showed ${candidateId} the end ${line.endsAt}`,
        });
    }
  return findings;
}

/** Nothing counts that was written after the writer's own end, by the room's stamp or by the machine's clock. */
function nothingLateCounts({ bundle, seats }: Evidence, timeline: Timeline, bounds: ClockBounds): Finding[] {
  const findings: Finding[] = [];
  const ends = new Map<string, number>();
  for (const { candidateId, ended } of bundle.candidates)
    ends.set(
      candidateId,
      Math.min(timeline.endOf(candidateId) ?? Infinity, ended === null ? Infinity : ended.at + 1),
    );
  const counted = new Set<string>();
  for (const event of bundle.events) {
    if (event.type !== 'answer-saved') continue;
    const { lease, rev, madeAt } = event['record'] as { lease: number; rev: number; madeAt: number };
    const candidateId = String(event['candidateId']);
    counted.add(`${candidateId} ${String(event['itemId'])} ${lease} ${rev}`);
    if (madeAt >= (ends.get(candidateId) ?? -Infinity))
      findings.push({
        rule: 'late-counts',
        text: `${candidateId} ${String(event['itemId'])} was written at ${madeAt} and counts`,
      });
  }
  for (const { seatId, lines } of seats)
    for (const line of lines) {
      if (line.k === 'acked' && line.body.t === 'save') {
        const aheadMs = (line.body.madeAt ?? 0) - (line.sentAt + bounds.least);
        if (aheadMs > PC_CLOCK_MS)
          findings.push({
            rule: 'pc-clock',
            text: `${seatId} sent what it made ${Math.round(aheadMs)} ms later`,
          });
      }
      if (line.k !== 'made') continue;
      const { candidateId, itemId, lease, rev, madeAt } = line;
      const trulyAt = line.at + bounds.least;
      if (Math.abs(trulyAt - madeAt) > PC_CLOCK_MS)
        findings.push({
          rule: 'pc-clock',
          text: `${seatId} was wrong about the time by ${Math.round(trulyAt - madeAt)} ms`,
        });
      if (!counted.has(`${candidateId} ${itemId} ${lease} ${rev}`)) continue;
      if (trulyAt - PC_CLOCK_MS >= (ends.get(candidateId) ?? -Infinity))
        findings.push({
          rule: 'late-counts',
          text: `${candidateId} ${itemId} was really written at ${Math.round(trulyAt)} and counts`,
        });
    }
  return findings;
}

/** Commands that move clocks, and the event that each makes. */
const CLOCK_ACTS: Readonly<Record<string, string>> = {
  'start-session': 'session-started',
  'pause-session': 'session-paused',
  'resume-session': 'session-resumed',
  'approve-extension': 'time-granted',
  'swap-machine': 'machine-swapped',
};

/** An act that staff were told is done happened after it was given and before it was confirmed. */
function actsAreInTheirMoments({ staff, bundle }: Evidence, { least }: ClockBounds): Finding[] {
  const findings: Finding[] = [];
  for (const { request, outcome, sentAt, at, staffId } of staff) {
    const type = CLOCK_ACTS[request.type];
    if (type === undefined || !outcome.ok) continue;
    const [from, to] = [sentAt + least - 100, at + least + 100];
    const isThere = bundle.events.some((event) => event.type === type && event.at >= from && event.at <= to);
    if (!isThere)
      findings.push({
        rule: 'act-lost',
        text: `${request.type} by ${staffId} was confirmed; no ${type} lies between ${Math.round(from)} and ${Math.round(to)}`,
      });
  }
  return findings;
}

/** An end that lay in an outage suspends the session; one that did not does not. The outage is what the driver saw. */
function outagesAreJudged({ bundle, allowanceMs, driver }: Evidence, { least }: ClockBounds): Finding[] {
  const findings: Finding[] = [];
  const { events } = bundle;
  const gone = driver.filter(({ k }) => k === 'gone').map(({ at }) => at + least);
  for (const [index, event] of events.entries()) {
    if (event.type !== 'server-started' || index === 0) continue;
    const from = events[index - 1]?.at ?? 0;
    const isOfDeath = gone.some((at) => from >= at - LAST_ENTRY_MS && from <= at + 100);
    if (gone.length > 0 && !isOfDeath && isUnderWay(events, index))
      findings.push({
        rule: 'outage',
        text: `the last entry before the start at ${event.at} is of ${from}; the service did not die then`,
      });
    const timeline = Timeline.upTo(events, allowanceMs, events[index - 1]?.seq ?? 0);
    const last = timeline.runs.at(-1);
    if (last === undefined || last.to !== null) continue;
    const writing = bundle.candidates.filter(
      ({ candidateId, ended }) => ended !== null && !timeline.ended.has(candidateId),
    );
    const isHit = writing.some(({ candidateId }) => {
      const endsAt = timeline.endOf(candidateId);
      return endsAt !== null && endsAt > from && endsAt <= event.at;
    });
    const next = events.slice(index + 1).find(({ type }) => OF_SESSION.has(type));
    if (isHit !== (next?.type === 'session-suspended' && next.at <= event.at + 1_000))
      findings.push({
        rule: 'suspension',
        text: `after the outage from ${from} to ${event.at} came ${next?.type ?? 'nothing'}`,
      });
  }
  return findings;
}

const OF_SESSION = new Set([
  ...['session-suspended', 'session-paused', 'session-resumed', 'session-continued', 'session-ended'],
  ...['time-ended', 'candidate-submitted', 'answer-saved', 'answer-contested', 'clock-sampled'],
]);

function isUnderWay(events: readonly RoomEvent[], before: number): boolean {
  return events.slice(0, before).some(({ type }) => type === 'entry-opened');
}
