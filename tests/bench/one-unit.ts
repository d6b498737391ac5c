// Ranks count among the processes of one unit, as where the service manager runs the room; processes started by hand each have a
// share of their own on most Linux systems (`autogroup`, sched(7)), whatever their rank.

import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CGROUPS = '/sys/fs/cgroup';
const HIERARCHY = join(CGROUPS, 'cpu');

/** True when a low rank is a smaller share for a process that this one starts in a session of its own. */
export function ranksCount(): boolean {
  try {
    if (readFileSync('/proc/sys/kernel/sched_autogroup_enabled', 'utf8').trim() !== '1') return true;
    const groups = readFileSync('/proc/self/cgroup', 'utf8');
    const [, first] = /^\d+:(?:[^:\n]+,)?cpu(?:,[^:\n]+)?:(.*)$/m.exec(groups) ?? [];
    if (first !== undefined) return first !== '/';
    const [, second = '/'] = /^0::(.*)$/m.exec(groups) ?? [];
    return existsSync(join(CGROUPS, second, 'cpu.weight'));
  } catch {
    return true;
  }
}

/**
 * Puts this process, and what it starts from then on, into a unit of its own until it ends, where the system permits that (Linux,
 * root, cgroups of version 1). Elsewhere a program is started in one: `systemd-run --scope -p CPUWeight=100 ...`.
 * @param weight against other units, as the service manager counts it: 100 = as others, 10000 = the most
 */
export function asOneUnit(weight = 100): void {
  if (ranksCount()) return;
  const unit = join(HIERARCHY, `kaochang-bench-${process.pid}`);
  const enter = (group: string) => writeFileSync(join(group, 'cgroup.procs'), String(process.pid));
  try {
    mkdirSync(unit);
    writeFileSync(join(unit, 'cpu.shares'), String(Math.round((weight * 1_024) / 100)));
    enter(unit);
  } catch {
    return;
  }
  process.once('exit', () => {
    enter(HIERARCHY);
    rmdirSync(unit);
  });
}
