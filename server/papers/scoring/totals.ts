// A candidate's total over the subjects (REQ-F06). What nobody has marked yet is pending and never 0.

import type { Policy } from '../../core/types.js';
import { roundPoints } from './score.js';

export interface SubjectResult {
  subjectNo: string;
  /** Share of the total, per cent. */
  weight: number;
  passMark: number;
  /** Per cent of the paper's points; null while human marks are missing. */
  score: number | null;
}

export type Total = { state: 'pending' } | { state: 'passed' | 'failed'; total: number | null };

/** Weighted total with a pass mark, or every subject passed. */
export function totalOf(subjects: readonly SubjectResult[], rule: Policy['total']): Total {
  if (subjects.length === 0 || subjects.some(({ score }) => score === null)) return { state: 'pending' };
  const scored = subjects as readonly (SubjectResult & { score: number })[];
  if (rule.rule === 'every-subject') {
    const passed = scored.every(({ score, passMark }) => score >= passMark);
    return { state: passed ? 'passed' : 'failed', total: null };
  }
  const weights = scored.reduce((sum, { weight }) => sum + weight, 0);
  const total = roundPoints(scored.reduce((sum, { score, weight }) => sum + score * weight, 0) / weights);
  return { state: total >= rule.passMark ? 'passed' : 'failed', total };
}
