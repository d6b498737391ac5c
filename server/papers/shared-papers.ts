// Papers that several sessions name. One paper has one start code and one content key: whoever has opened it for one session has
// it for all, so that it may be shared only where the first opening gives nothing away.

import type { PlanSource } from '../protocol/paper-source.js';

interface Naming {
  sessionId: string;
  use: 'main' | 'reserve';
  practice: boolean;
}

/**
 * What is wrong with how sessions share papers, in Chinese and English: a reserve that is also a main paper is known before it is
 * needed (REQ-E14), and a rehearsal would show the paper of the exam.
 */
export function sharingFaults(plan: Pick<PlanSource, 'sessions'>): string[] {
  const namings = new Map<string, Naming[]>();
  for (const { sessionId, main, reserve, practice } of plan.sessions) {
    const add = (name: string, use: Naming['use']) =>
      namings.set(name, [...(namings.get(name) ?? []), { sessionId, use, practice }]);
    add(main, 'main');
    if (reserve !== null) add(reserve, 'reserve');
  }
  const faults: string[] = [];
  for (const [name, named] of namings) {
    const where = [...new Set(named.map(({ sessionId }) => sessionId))].join(', ');
    if (new Set(named.map(({ use }) => use)).size > 1)
      faults.push(
        `papers/${name}: 不能既是正卷又是备用卷 / is a main and a reserve paper at once (${where})`,
      );
    if (new Set(named.map(({ practice }) => practice)).size > 1)
      faults.push(
        `papers/${name}: 演练与正式考试不能共用试卷 / a rehearsal would show the paper of an exam (${where})`,
      );
  }
  return faults;
}
