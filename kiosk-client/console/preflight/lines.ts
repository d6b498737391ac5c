// How the lines of a check are laid out: by group, worst first, folded where all is well. Pure.

import type { LineGroup, PreflightLine, Verdict } from '../../../server/protocol/preflight.js';

export const WORST_FIRST: readonly Verdict[] = ['red', 'unknown', 'amber', 'green'];
export const GROUPS: readonly LineGroup[] = ['server', 'package', 'devices', 'pcs', 'room'];

export interface LaidOutGroup {
  group: LineGroup;
  /** Worst first; equals as they were measured. */
  lines: PreflightLine[];
  worst: Verdict;
  counts: Record<Verdict, number>;
}

/**
 * Groups that have lines, in their fixed order.
 * @param settled no check is under way: what keeps the room from being sealed comes before everything else
 */
export function laidOut(lines: readonly PreflightLine[], settled = false): LaidOutGroup[] {
  const groups = GROUPS.flatMap((group) => {
    const own = lines.filter((line) => line.group === group);
    if (own.length === 0) return [];
    const sorted = WORST_FIRST.flatMap((verdict) => own.filter((line) => line.verdict === verdict));
    return [{ group, lines: sorted, worst: sorted[0]?.verdict ?? 'green', counts: countsOf(own) }];
  });
  if (!settled) return groups;
  const isRed = ({ worst }: LaidOutGroup) => worst === 'red';
  return [...groups.filter(isRed), ...groups.filter((one) => !isRed(one))];
}

export function countsOf(lines: readonly Pick<PreflightLine, 'verdict'>[]): Record<Verdict, number> {
  const counts = { green: 0, amber: 0, red: 0, unknown: 0 };
  for (const { verdict } of lines) counts[verdict]++;
  return counts;
}

/** The lines while a check runs: the new ones in place of those of the report before. */
export function withNewLines(
  before: readonly PreflightLine[],
  news: readonly PreflightLine[],
): PreflightLine[] {
  const fresh = new Map(news.map((line) => [line.id, line]));
  const kept = before.map((line) => {
    const next = fresh.get(line.id);
    fresh.delete(line.id);
    return next ?? line;
  });
  return [...kept, ...fresh.values()];
}
