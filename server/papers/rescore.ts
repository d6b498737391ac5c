// The second scorer. It shares no code with the first and is built the other way round: from every item it makes a table of
// what each possible answer earns, and looks the candidate's answer up. Whatever disagrees is somebody's mistake.

import type { AnswerValue } from '../core/types.js';
import type { ScoringPart } from '../protocol/package.js';

export interface RescoredItem {
  id: string;
  /** Hundredths of a point; null where a person has yet to mark. */
  cents: number | null;
}

type Earns = (given: string) => number;

/** One mark as the sheet has it. */
export interface GivenMark {
  itemId: string;
  points: number;
}

/**
 * Scores what was dealt.
 * @param marks of this candidate, in the order of the sheet
 * @returns hundredths of points by item, in the order seen
 */
export function rescoreCandidate(
  scoring: ScoringPart,
  dealt: readonly string[],
  answers: Readonly<Record<string, AnswerValue>>,
  marks: readonly GivenMark[] = [],
): RescoredItem[] {
  const tables: Record<string, Earns | null> = {};
  for (const item of scoring.items) tables[item.itemId] = 'marking' in item ? null : tableOf(item);
  const result: RescoredItem[] = [];
  for (const id of dealt) {
    const earns = tables[id];
    if (earns === undefined) throw new RangeError(`no key for ${id}`);
    const given = answers[id];
    if (earns !== null) result.push({ id, cents: given === undefined ? 0 : earns(spell(given)) });
    else result.push({ id, cents: saysNothing(given) ? 0 : markOf(marks, id) });
  }
  return result;
}

function markOf(marks: readonly GivenMark[], id: string): number | null {
  for (const mark of marks) if (mark.itemId === id) return Math.round(mark.points * 100);
  return null;
}

/** No letter in a text, no file in a list. */
function saysNothing(given: AnswerValue | undefined): boolean {
  if (given === undefined) return true;
  return 'text' in given ? !/\S/u.test(given.text) : /^[^[]*\[\]}$/.test(JSON.stringify(given));
}

/** One string for an answer: sorted options, or blanks with unlike characters made alike. */
function spell(given: AnswerValue): string {
  if ('options' in given) return JSON.stringify([...given.options].sort());
  if ('blanks' in given) return JSON.stringify(given.blanks.map(plainly));
  return JSON.stringify(given);
}

function tableOf(item: Exclude<ScoringPart['items'][number], { marking: unknown }>): Earns {
  const full = Math.round(item.points * 100);
  if (item.type === 'fill-in') {
    const wanted = item.accept.map((list) => list.map(plainly));
    return (given) => {
      const blanks = JSON.parse(given) as string[];
      let hits = 0;
      for (let n = 0; n < wanted.length; n++)
        if (blanks[n] && wanted[n]?.indexOf(blanks[n] as string) !== -1) hits++;
      return Math.round((full * hits) / wanted.length);
    };
  }
  const table = new Map<string, number>();
  if (item.type === 'multiple') {
    const key = [...item.answer].sort();
    // Every non-empty choice of right options, by counting in binary.
    for (let bits = 1; bits < 2 ** key.length; bits++) {
      const some = key.filter((_, n) => (bits >> n) % 2 === 1);
      table.set(
        JSON.stringify(some),
        some.length === key.length ? full : Math.round((item.pointsWhenMissing ?? 0) * 100),
      );
    }
  } else table.set(JSON.stringify([String(item.answer)]), full);
  return (given) => table.get(given) ?? 0;
}

/** Full width to half width, capitals to small letters, no blanks: character by character. */
function plainly(text: string): string {
  let plain = '';
  for (const sign of text) {
    const code = sign.codePointAt(0) ?? 0;
    if (code === 0x3000 || sign.trim() === '') continue;
    const half = code >= 0xff01 && code <= 0xff5e ? String.fromCodePoint(code - 0xfee0) : sign;
    plain += half.normalize('NFKC');
  }
  return plain.toLowerCase().split(' ').join('');
}
