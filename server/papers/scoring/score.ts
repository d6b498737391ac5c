// Scores one candidate's paper by the org's key. Pure; the rules stand in a table so that a test can break one.

import type { AnswerValue } from '../../core/types.js';
import type { ScoringItem, ScoringPart } from '../../protocol/package.js';
import { normaliseFillIn } from './normalise.js';

export interface ItemScore {
  itemId: string;
  points: number;
  of: number;
  answered: boolean;
}

export interface CandidateScore {
  items: ItemScore[];
  points: number;
  of: number;
}

type Rule<T extends ScoringItem['type']> = (
  item: Extract<ScoringItem, { type: T }>,
  answer: AnswerValue,
) => number;
export type ScoringRules = { [T in ScoringItem['type']]: Rule<T> };

const optionsOf = (answer: AnswerValue) => ('options' in answer ? answer.options : []);

export const RULES: ScoringRules = {
  single: ({ answer: key, points }, answer) => {
    const chosen = optionsOf(answer);
    return chosen.length === 1 && chosen[0] === key ? points : 0;
  },
  multiple: ({ answer: key, points, pointsWhenMissing }, answer) => {
    const chosen = new Set(optionsOf(answer));
    if (chosen.size === 0 || [...chosen].some((option) => !key.includes(option))) return 0;
    if (key.every((option) => chosen.has(option))) return points;
    return pointsWhenMissing ?? 0;
  },
  'true-false': ({ answer: key, points }, answer) => {
    const chosen = optionsOf(answer);
    return chosen.length === 1 && chosen[0] === String(key) ? points : 0;
  },
  /** Each blank has its equal share of the points. */
  'fill-in': ({ accept, points }, answer) => {
    const blanks = 'blanks' in answer ? answer.blanks : [];
    const right = accept.filter((accepted, index) => {
      const text = normaliseFillIn(blanks[index] ?? '');
      return text !== '' && accepted.some((one) => normaliseFillIn(one) === text);
    });
    return roundPoints((points * right.length) / accept.length);
  },
};

/** Scores the items that were dealt. @param dealt item ids in the order seen */
export function scoreCandidate(
  scoring: ScoringPart,
  dealt: readonly string[],
  answers: Readonly<Record<string, AnswerValue>>,
  rules: ScoringRules = RULES,
): CandidateScore {
  const keys = new Map(scoring.items.map((item) => [item.itemId, item]));
  const items = dealt.map((itemId): ItemScore => {
    const item = keys.get(itemId);
    if (item === undefined) throw new Error(`The key has no item ${itemId}`);
    const answer = answers[itemId];
    const rule = rules[item.type] as Rule<ScoringItem['type']>;
    const points = answer === undefined ? 0 : rule(item, answer);
    return { itemId, points, of: item.points, answered: answer !== undefined };
  });
  return {
    items,
    points: roundPoints(items.reduce((sum, { points }) => sum + points, 0)),
    of: roundPoints(items.reduce((sum, item) => sum + item.of, 0)),
  };
}

/** To a hundredth, as scores are printed. */
export function roundPoints(points: number): number {
  return Math.round(points * 100) / 100;
}
