// Scores one candidate's paper by the org's key and by the marks that people gave. Pure; the rules stand in a table so that a
// test can break one. What nobody has marked yet is pending, and never 0.

import type { AnswerValue } from '../../core/types.js';
import type { ScoringItem, ScoringPart } from '../../protocol/package.js';
import { normaliseFillIn } from './normalise.js';

export interface ItemScore {
  itemId: string;
  /** Null while a person's mark is missing. */
  points: number | null;
  of: number;
  answered: boolean;
}

export interface CandidateScore {
  items: ItemScore[];
  /** Null while anything is pending. */
  points: number | null;
  of: number;
  /** Items that wait for a person's mark. */
  pending: number;
}

type MachineItem = Exclude<ScoringItem, { marking: unknown }>;
type Rule<T extends MachineItem['type']> = (
  item: Extract<ScoringItem, { type: T }>,
  answer: AnswerValue,
) => number;
export type ScoringRules = { [T in MachineItem['type']]: Rule<T> };

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

/** True for items that people mark. */
export function isMarkedByPeople(item: ScoringItem): item is Exclude<ScoringItem, MachineItem> {
  return 'marking' in item;
}

/**
 * Scores the items that were dealt.
 * @param dealt item ids in the order seen
 * @param marks points that people gave, by item id
 */
export function scoreCandidate(
  scoring: ScoringPart,
  dealt: readonly string[],
  answers: Readonly<Record<string, AnswerValue>>,
  marks: ReadonlyMap<string, number> = new Map(),
  rules: ScoringRules = RULES,
): CandidateScore {
  const keys = new Map(scoring.items.map((item) => [item.itemId, item]));
  const items = dealt.map((itemId): ItemScore => {
    const item = keys.get(itemId);
    if (item === undefined) throw new Error(`The key has no item ${itemId}`);
    const answer = answers[itemId];
    const answered = answer !== undefined && !isEmpty(answer);
    return { itemId, points: pointsOf(item, answer, answered, marks, rules), of: item.points, answered };
  });
  const pending = items.filter(({ points }) => points === null).length;
  return {
    items,
    points: pending > 0 ? null : roundPoints(items.reduce((sum, { points }) => sum + (points ?? 0), 0)),
    of: roundPoints(items.reduce((sum, item) => sum + item.of, 0)),
    pending,
  };
}

function pointsOf(
  item: ScoringItem,
  answer: AnswerValue | undefined,
  answered: boolean,
  marks: ReadonlyMap<string, number>,
  rules: ScoringRules,
): number | null {
  // Nothing was written: there is nothing for anybody to mark.
  if (answer === undefined || !answered) return 0;
  if (isMarkedByPeople(item)) return marks.get(item.itemId) ?? null;
  return (rules[item.type] as Rule<MachineItem['type']>)(item, answer);
}

/** An answer that was taken back is none. */
export function isEmpty(answer: AnswerValue): boolean {
  return Object.values(answer).every((part: string | readonly unknown[]) =>
    typeof part === 'string' ? part.trim() === '' : part.every((one) => one === ''),
  );
}

/** To a hundredth, as scores are printed. */
export function roundPoints(points: number): number {
  return Math.round(points * 100) / 100;
}
