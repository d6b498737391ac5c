// Proves from outside that nothing acknowledged is lost, nothing older won over something newer, and everything that a page showed
// as handed in is what the organisation reads.

import { isDeepStrictEqual } from 'node:util';
import type { BundledCandidate, Evidence, HeldAnswer, SaveBody, SentBody } from './evidence.js';
import type { Finding } from './checker.js';

interface History {
  counted: HeldAnswer[];
  contested: HeldAnswer[];
}

export function checkAnswers(evidence: Evidence): Finding[] {
  const history = historyOf(evidence);
  const find = (candidateId: string, itemId: string): History =>
    history.get(`${candidateId} ${itemId}`) ?? { counted: [], contested: [] };
  return [
    ...acknowledgedAreThere(evidence, find),
    ...newestCounts(evidence, history),
    ...savedAsShown(evidence, find),
    ...shownIsHeld(evidence, find),
    ...handInsAreThere(evidence),
  ];
}

/** Refused for now: it comes again, or the page has to say that it is not in the room. */
const FOR_NOW = new Set(['paused', 'suspended', 'wrong-phase', 'failed', 'too-fast']);

export function isSave(body: SentBody): body is SaveBody {
  return body.t === 'save';
}

function historyOf({ bundle }: Evidence): Map<string, History> {
  const history = new Map<string, History>();
  for (const event of bundle.events) {
    if (event.type !== 'answer-saved' && event.type !== 'answer-contested') continue;
    const key = `${String(event['candidateId'])} ${String(event['itemId'])}`;
    const of = history.get(key) ?? { counted: [], contested: [] };
    of[event.type === 'answer-saved' ? 'counted' : 'contested'].push(event['record'] as HeldAnswer);
    history.set(key, of);
  }
  return history;
}

type Find = (candidateId: string, itemId: string) => History;

/** Each acknowledged save is in the journal as it was sent, or a later one of the same PC stands for it. */
function acknowledgedAreThere({ seats }: Evidence, find: Find): Finding[] {
  const findings: Finding[] = [];
  for (const { seatId, lines } of seats)
    for (const line of lines) {
      if (line.k !== 'acked' || !isSave(line.body)) continue;
      const { candidateId, lease, itemId, rev, value } = line.body;
      const { counted, contested } = find(candidateId, itemId);
      const ofLease = [...counted, ...contested].filter((one) => one.lease === lease);
      const where = `${candidateId} at ${seatId}: ${itemId} lease ${lease} revision ${rev}`;
      const exact = ofLease.filter((one) => one.rev === rev);
      if (exact.length === 0 && !ofLease.some((one) => one.rev > rev))
        findings.push({ rule: 'acknowledged-lost', text: `${where} was acknowledged and is not there` });
      if (exact.some((one) => !isDeepStrictEqual(one.value, value)))
        findings.push({ rule: 'acknowledged-altered', text: `${where} is there with another value` });
    }
  return findings;
}

/** What counts in the end is the newest of all that counted. */
function newestCounts({ bundle }: Evidence, history: ReadonlyMap<string, History>): Finding[] {
  const findings: Finding[] = [];
  const candidates = new Map(bundle.candidates.map((one) => [one.candidateId, one]));
  for (const [key, { counted }] of history) {
    const [candidateId = '', itemId = ''] = key.split(' ');
    const newest = [...counted].sort((a, b) => a.lease - b.lease || a.rev - b.rev).at(-1);
    const stands = candidates.get(candidateId)?.answers[itemId];
    if (newest === undefined) continue;
    if (stands === undefined)
      findings.push({ rule: 'counted-lost', text: `${key}: nothing stands in the bundle` });
    else if (stands.lease !== newest.lease || stands.rev !== newest.rev)
      findings.push({
        rule: 'older-won',
        text: `${key}: ${stands.lease}/${stands.rev} stands, ${newest.lease}/${newest.rev} is newer`,
      });
    else if (!isDeepStrictEqual(stands.value, newest.value))
      findings.push({ rule: 'counted-altered', text: `${key} stands with another value` });
    for (const [before, after] of counted.slice(1).map((one, n) => [counted[n], one] as const))
      if (
        before !== undefined &&
        (before.lease > after.lease || (before.lease === after.lease && before.rev >= after.rev))
      )
        findings.push({
          rule: 'older-won',
          text: `${key}: ${after.lease}/${after.rev} came to count after a newer one`,
        });
  }
  return findings;
}

/** What a page showed while it said that everything is in the room came to the room as it was shown, or was refused with a reason. */
function savedAsShown({ seats }: Evidence, find: Find): Finding[] {
  const findings: Finding[] = [];
  for (const { seatId, lines } of seats) {
    const refused = lines.flatMap((line) => (line.k === 'refused' && isSave(line.body) ? [line.body] : []));
    for (const line of lines) {
      if (line.k !== 'saved-shown') continue;
      const { candidateId, itemId, value } = line;
      const { counted, contested } = find(candidateId, itemId);
      const isSame = (one: { value: unknown }) => isDeepStrictEqual(one.value, value);
      if ([...counted, ...contested].some(isSame)) continue;
      if (refused.some((body) => body.itemId === itemId && isSame(body))) continue;
      findings.push({
        rule: 'saved-not-held',
        text: `${seatId} showed ${JSON.stringify(value)} of ${candidateId} for ${itemId} as saved; it never came`,
      });
    }
  }
  return findings;
}

/** What a page showed when it was told that all is in the room is what the organisation reads. */
function shownIsHeld({ seats, bundle }: Evidence, find: Find): Finding[] {
  const findings: Finding[] = [];
  const refused = new Set<string>();
  const shown = new Map<string, { lease: number; rows: { itemId: string; rev: number; value: unknown }[] }>();
  const wrote = new Set<string>();
  for (const { lines } of seats)
    for (const line of lines) {
      if (line.k === 'refused' && isSave(line.body) && !FOR_NOW.has(line.code)) {
        const { candidateId, lease, itemId, rev } = line.body;
        refused.add(`${candidateId} ${lease} ${itemId} ${rev}`);
      }
      if (line.k === 'made' || line.k === 'given') wrote.add(line.candidateId);
      if (line.k !== 'shown') continue;
      const { candidateId, lease, rows } = line;
      if ((shown.get(candidateId)?.lease ?? 0) <= lease) shown.set(candidateId, { lease, rows });
    }
  const candidates = new Map<string, BundledCandidate>(
    bundle.candidates.map((one) => [one.candidateId, one]),
  );
  for (const candidateId of wrote)
    if (!shown.has(candidateId))
      findings.push({
        rule: 'never-received',
        text: `no page of ${candidateId} was told that all is in the room`,
      });
  for (const [candidateId, { lease, rows }] of shown)
    for (const { itemId, rev, value } of rows) {
      const held = candidates.get(candidateId)?.answers[itemId];
      if (isDeepStrictEqual(held?.value, value)) continue;
      // Taken over from the room and never touched here: what the PC before had not sent may have come to count since.
      if (rev === 0 && held !== undefined && held.lease < lease) continue;
      const isKept = find(candidateId, itemId).contested.some((one) => isDeepStrictEqual(one.value, value));
      if (isKept || refused.has(`${candidateId} ${lease} ${itemId} ${rev}`)) continue;
      const text = `${candidateId} saw ${JSON.stringify(value)} for ${itemId} (revision ${rev}), handed in; the bundle has ${JSON.stringify(held?.value)}`;
      findings.push({ rule: 'shown-not-held', text });
    }
  return findings;
}

function handInsAreThere({ seats, bundle }: Evidence): Finding[] {
  const findings: Finding[] = [];
  for (const { seatId, lines } of seats)
    for (const line of lines) {
      if (line.k !== 'acked' || line.body.t !== 'submit') continue;
      const { candidateId = '' } = line.body;
      if (bundle.candidates.find((one) => one.candidateId === candidateId)?.ended == null)
        findings.push({
          rule: 'hand-in-lost',
          text: `${candidateId} at ${seatId} handed in and has not ended`,
        });
    }
  return findings;
}
