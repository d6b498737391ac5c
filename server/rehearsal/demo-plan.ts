// The sample plan made short enough to watch: times from now on, minutes of seconds, as many seats as asked for.
// Rewrites the organisation's source data only; the package is then built, signed and installed like any other.

import type { PlanSource, RosterSource } from '../protocol/paper-source.js';

export interface DemoTimes {
  /** Room time of the national start. */
  startsAt: number;
  minutes: number;
  /** Policy fields that differ from the defaults, milliseconds. */
  policy: Record<string, unknown>;
}

/** Times for an unattended run: everything in under three minutes. @param now wall clock, ms */
export function autoTimes(now: number): DemoTimes {
  return {
    startsAt: now + 25_000,
    minutes: 0.75,
    policy: {
      entryOpensBeforeMs: 60_000,
      rulesReadBeforeMs: 10_000,
      identityRecheckAfterMs: 10_000,
      lateCutOffMs: 20_000,
      remindersBeforeEndMs: [15_000, 5_000],
      earlyLeaveBeforeEndMs: 15_000,
      handOverWindowMs: 20_000,
      suspendedDecisionMs: 60_000,
    },
  };
}

/** Times for somebody who clicks through the day alone in about ten minutes. @param now wall clock, ms */
export function clickTimes(now: number): DemoTimes {
  return {
    startsAt: now + 4 * 60_000,
    minutes: 6,
    policy: {
      entryOpensBeforeMs: 30 * 60_000,
      rulesReadBeforeMs: 2 * 60_000,
      identityRecheckAfterMs: 60_000,
      lateCutOffMs: 3 * 60_000,
      remindersBeforeEndMs: [2 * 60_000, 60_000],
      earlyLeaveBeforeEndMs: 2 * 60_000,
      handOverWindowMs: 3 * 60_000,
      suspendedDecisionMs: 5 * 60_000,
    },
  };
}

/** The plan with the demo's times and `seats` seats, a spare one for every ten and three at least. */
export function demoPlan(source: PlanSource, times: DemoTimes, seats: number): PlanSource {
  const numbered = Array.from({ length: seats }, (_, i) => ({
    seatId: seatIdOf(i),
    label: String(i + 1).padStart(2, '0'),
    spare: false,
  }));
  const spares = Array.from({ length: Math.max(3, Math.ceil(seats / 10)) }, (_, i) => ({
    seatId: `b${i + 1}`,
    label: `B${i + 1}`,
    spare: true,
  }));
  const [first] = source.sessions;
  if (first === undefined) throw new Error('The sample plan has no session');
  const startsAt = new Date(times.startsAt).toISOString();
  return {
    ...source,
    expires: new Date(times.startsAt + 35 * 24 * 3_600_000).toISOString(),
    seats: [...numbered, ...spares],
    sessions: [{ ...first, startsAt, practice: true, subject: { ...first.subject, minutes: times.minutes } }],
    policy: { ...source.policy, ...times.policy },
  };
}

/** As many candidates as seats: the sample's, and for more than it has, copies with numbers of their own. */
export function demoRoster(source: RosterSource, seats: number): RosterSource {
  return Array.from({ length: seats }, (_, i) => {
    const base = source[i % source.length];
    if (base === undefined) throw new Error('The sample roster is empty');
    const round = Math.floor(i / source.length);
    if (round === 0) return { ...base, seatId: seatIdOf(i) };
    return {
      ...base,
      candidateId: `${base.candidateId}-${round}`,
      ticketNo: base.ticketNo.slice(0, -6) + String(i).padStart(6, '0'),
      name: `${base.name}${round}`,
      documentType: '其他',
      documentNo: `${base.documentNo}-${round}`,
      seatId: seatIdOf(i),
    };
  });
}

function seatIdOf(index: number): string {
  return `s${String(index + 1).padStart(2, '0')}`;
}
