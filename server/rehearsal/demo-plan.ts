// The sample plan made short enough to watch: times from now on, minutes of seconds, as many seats as asked for.
// Rewrites the organisation's source data only; the package is then built, signed and installed like any other.

import type { PlanSource, RosterSource } from '../protocol/paper-source.js';

const MINUTE_MS = 60_000;

export interface DemoTimes {
  /** Room time of the national start. */
  startsAt: number;
  minutes: number;
  /** Policy fields that differ from the defaults, milliseconds. */
  policy: Record<string, unknown>;
  /** Whether nothing of it counts; true where absent. */
  practice?: boolean;
}

/** The demo is its own rehearsal and asks nobody outside: what its check of the room does not measure is unknown in the report. */
export const DEMO_CHECK = { rehearsal: false, timeServers: [], internetUrls: [] };

/** Until the start of an unattended run; with cameras, each of which is looked at for 20 s before the seal. */
const AUTO_LEAD_MS = { without: 25_000, withCameras: 31_000 };

/** From now until the demo's server runs and its cameras are recorded. */
const ROOM_IS_THERE_MS = 25_000;

/** Times for an unattended run: everything in under three minutes. @param now wall clock, ms */
export function autoTimes(now: number, hasCameras = false): DemoTimes {
  return {
    startsAt: now + (hasCameras ? AUTO_LEAD_MS.withCameras : AUTO_LEAD_MS.without),
    minutes: 0.75,
    policy: {
      // What is recorded is judged from then on: the room has to be there before.
      entryOpensBeforeMs: hasCameras ? 12_000 : 60_000,
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

/**
 * Times for somebody who clicks through the day alone in about ten minutes; the room's own times keep their share of a
 * shorter or longer exam.
 * @param now wall clock, ms
 */
export function clickTimes(
  now: number,
  {
    startsInMs = 4 * MINUTE_MS,
    lastsMs = 5 * MINUTE_MS,
    hasCameras = false,
  }: { startsInMs?: number; lastsMs?: number; hasCameras?: boolean } = {},
): DemoTimes {
  const part = (share: number) => Math.round(lastsMs * share);
  return {
    startsAt: now + startsInMs,
    minutes: lastsMs / MINUTE_MS,
    policy: {
      // Open from the beginning, by whichever minute the sheet is read; but what is recorded is judged from then on.
      entryOpensBeforeMs: hasCameras
        ? Math.max(startsInMs / 2, startsInMs - ROOM_IS_THERE_MS)
        : startsInMs + MINUTE_MS,
      rulesReadBeforeMs: Math.round(startsInMs / 2),
      identityRecheckAfterMs: part(0.2),
      lateCutOffMs: part(0.5),
      remindersBeforeEndMs: [part(0.4), part(0.2)],
      earlyLeaveBeforeEndMs: part(0.4),
      handOverWindowMs: 3 * MINUTE_MS,
      suspendedDecisionMs: 5 * MINUTE_MS,
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
    sessions: [
      {
        ...first,
        startsAt,
        practice: times.practice ?? true,
        subject: { ...first.subject, minutes: times.minutes },
      },
    ],
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
