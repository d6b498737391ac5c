// Marks that people give: under which code an answer goes to a marker, who so does not learn whose it is, and which of the
// marks that come back can be taken. Pure; sheets are read and written elsewhere.

import { createHmac } from 'node:crypto';
import type { ScoringPart } from '../../protocol/package.js';
import { isMarkedByPeople } from './score.js';

/** One answer that waits for a mark. */
export interface MarkingTask {
  /** Stands for candidate and item on the sheet. */
  code: string;
  candidateId: string;
  itemId: string;
  /** Most points. */
  of: number;
}

/** A line of a sheet that came back, as it was read. */
export interface SheetLine {
  /** Number of the row, or sheet and row: for a person. */
  where: string;
  code: string;
  /** As typed; '' where nothing was. */
  points: string;
}

export interface CheckedMarks {
  /** Points by code. */
  marks: Map<string, number>;
  /** What cannot be taken, in Chinese and English. */
  faults: string[];
}

/** Letters that nobody takes for one another. */
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** Ten letters that stand for an answer: always the same, and nothing to be learned from without the paper's key. */
export function markingCode(
  { contentKey, paperId }: ScoringPart,
  candidateId: string,
  itemId: string,
): string {
  const digest = createHmac('sha256', Buffer.from(contentKey, 'base64'))
    .update(`marking ${paperId} ${candidateId} ${itemId}`)
    .digest();
  return [...digest.subarray(0, 10)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
}

/** The answers of one candidate that people mark. @param answered item ids with something to mark */
export function tasksOf(
  scoring: ScoringPart,
  candidateId: string,
  answered: ReadonlySet<string>,
): MarkingTask[] {
  return scoring.items
    .filter((item) => isMarkedByPeople(item) && answered.has(item.itemId))
    .map(({ itemId, points }) => {
      const code = markingCode(scoring, candidateId, itemId);
      return { code, candidateId, itemId, of: points };
    });
}

/** Takes what a sheet says. A line without points is not marked yet; everything else has to be in order. */
export function checkMarks(tasks: readonly MarkingTask[], lines: readonly SheetLine[]): CheckedMarks {
  const byCode = new Map(tasks.map((task) => [task.code, task]));
  const marks: CheckedMarks['marks'] = new Map();
  const faults: string[] = [];
  for (const { where, code, points } of lines) {
    const typed = points.normalize('NFKC').trim();
    if (typed === '') continue;
    const task = byCode.get(code.normalize('NFKC').trim().toUpperCase());
    if (task === undefined) {
      faults.push(`${where}: 没有评卷号 / no such code ${code}`);
      continue;
    }
    const given = /^[0-9]+(\.[0-9]{1,2})?$/.test(typed) ? Number(typed) : NaN;
    if (Number.isNaN(given)) {
      faults.push(`${where}: 得分不是数（最多两位小数）/ the points are no number: ${points}`);
      continue;
    }
    if (given > task.of) {
      faults.push(`${where}: 得分 ${given} 超过满分 ${task.of} / more than the item is worth`);
      continue;
    }
    const before = marks.get(task.code);
    if (before !== undefined && before !== given)
      faults.push(`${where}: 同一份作答有两个得分 / two marks for one answer: ${before}, ${given}`);
    else marks.set(task.code, given);
  }
  return { marks, faults };
}
