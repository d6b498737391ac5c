// Turns what a device says, poll after poll, into alarms that come once and go once. Pure: time and readings come in, and what
// was seen before comes in as a memory that the caller keeps. Doubt speaks for the alarm: silence and absent readings clear nothing.

import type { AlarmCode } from './alarm-codes.js';
import { ALARM_RULES, SILENCE, type Judgement } from './alarm-rules.js';
import type { DeviceFaultCode, DeviceKind, Readings } from './readings.js';

/** What one poll gave: readings, or why there are none. */
export interface WatchReport {
  readings: Readings | null;
  fault: DeviceFaultCode | null;
}

/** Since when something is seen that may raise or clear an alarm. */
interface Pending {
  badSince: number | null;
  goodSince: number | null;
}

/** What was seen before. Plain data, never changed in place. */
export interface WatchMemory {
  standing: readonly AlarmCode[];
  pending: Readonly<Partial<Record<AlarmCode, Pending>>>;
  failedPolls: number;
  /** When it last answered, or was first asked. */
  answeredAt: number | null;
}

export interface Watched {
  memory: WatchMemory;
  raise: AlarmCode[];
  clear: AlarmCode[];
}

/** A memory of nothing but the alarms of the device that stand in the room's state. */
export function watchMemory(standing: readonly AlarmCode[] = []): WatchMemory {
  return { standing: [...standing], pending: {}, failedPolls: 0, answeredAt: null };
}

/**
 * What a poll changes. [DV2][DV3]
 * @param now room time or any clock that does not go backward, ms
 */
export function watchDevice(
  memory: WatchMemory,
  kind: DeviceKind,
  report: WatchReport,
  now: number,
): Watched {
  const { readings } = report;
  const answered = report.fault === null && readings !== null;
  const answeredAt = answered ? now : (memory.answeredAt ?? now);
  const failedPolls = answered ? 0 : memory.failedPolls + 1;
  const isSilent = failedPolls >= SILENCE.failedPolls || now - answeredAt >= SILENCE.silentMs;
  const silence = { code: 'silent', raiseAfterMs: 0, clearAfterMs: SILENCE.clearAfterMs } as const;

  const pending: Partial<Record<AlarmCode, Pending>> = {};
  const raise: AlarmCode[] = [];
  const clear: AlarmCode[] = [];
  const see = (rule: { code: AlarmCode; raiseAfterMs: number; clearAfterMs: number }, seen: Judgement) => {
    const { code } = rule;
    const stands = memory.standing.includes(code);
    const { next, turns } = weigh(memory.pending[code] ?? CALM, stands, seen, rule, now);
    if (next.badSince !== null || next.goodSince !== null) pending[code] = next;
    if (turns) (stands ? clear : raise).push(code);
  };
  see(silence, answered ? 'good' : isSilent ? 'bad' : 'between');
  for (const rule of ALARM_RULES)
    if (rule.kinds.includes(kind)) see(rule, readings === null ? 'unknown' : rule.judge(readings));
  const standing = [...memory.standing.filter((code) => !clear.includes(code)), ...raise];
  return { memory: { standing, pending, failedPolls, answeredAt }, raise, clear };
}

const CALM: Pending = { badSince: null, goodSince: null };

/**
 * An alarm begins when it was bad for long enough, without having been well for long enough in between; it ends when it was
 * well for long enough without a break. A reading that jumps with every poll therefore gives one alarm and ends none. [DV2]
 */
function weigh(
  { badSince, goodSince }: Pending,
  stands: boolean,
  seen: Judgement,
  { raiseAfterMs, clearAfterMs }: { raiseAfterMs: number; clearAfterMs: number },
  now: number,
): { next: Pending; turns: boolean } {
  const goodFrom = seen === 'good' ? (goodSince ?? now) : null;
  const isWell = goodFrom !== null && now - goodFrom >= clearAfterMs;
  if (stands)
    return isWell
      ? { next: CALM, turns: true }
      : { next: { badSince: null, goodSince: goodFrom }, turns: false };
  if (isWell) return { next: CALM, turns: false };
  const badFrom = seen === 'bad' ? (badSince ?? now) : badSince;
  if (badFrom === null) return { next: CALM, turns: false };
  if (seen === 'bad' && now - badFrom >= raiseAfterMs) return { next: CALM, turns: true };
  return { next: { badSince: badFrom, goodSince: goodFrom }, turns: false };
}
