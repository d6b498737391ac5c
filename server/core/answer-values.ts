// Whether a value is an answer to an item at all: dealt to this candidate, of its type, with its options, not too long.

import { objectionToFiles } from './file-answers.js';
import type { RefusalCode } from './refusals.js';
import type {
  AnswerableOutline,
  AnswerValue,
  Candidate,
  ItemOutline,
  PaperOutline,
  Session,
} from './types.js';

/** What can be answered: the items themselves, and in place of a case those inside it. */
export function answerable(items: readonly ItemOutline[]): AnswerableOutline[] {
  return items.flatMap((item) => (item.type === 'case' ? item.items : [item]));
}

/** The outline of an item that was dealt to this candidate, or null. A case takes no answer of its own. [SV7][SV9] */
export function outlineOf(session: Session, { order }: Candidate, itemId: string): AnswerableOutline | null {
  if (order === null) return null;
  const dealt = order.sections.some(({ items }) => items.some((item) => item.itemId === itemId));
  if (!dealt) return null;
  const paper = session.plan.papers.find(({ paperId }) => paperId === order.paperId);
  return paper === undefined ? null : (itemsOf(paper).get(itemId) ?? null);
}

/** A paper never changes, and every save asks for one of its items. */
const known = new WeakMap<PaperOutline, ReadonlyMap<string, AnswerableOutline>>();

function itemsOf(paper: PaperOutline): ReadonlyMap<string, AnswerableOutline> {
  let items = known.get(paper);
  if (items === undefined) {
    const all = answerable(paper.sections.flatMap((section) => section.items));
    items = new Map(all.map((item) => [item.itemId, item]));
    known.set(paper, items);
  }
  return items;
}

/** Why this value is no answer to this item, or null. An empty answer takes an answer back. [SV7] */
export function objectionToValue(item: AnswerableOutline, value: AnswerValue): RefusalCode | null {
  if (item.type === 'fill-in') {
    if (!('blanks' in value) || value.blanks.length !== item.blanks.length) return 'wrong-answer-type';
    const tooLong = item.blanks.some(({ maxLength }, i) => lengthOf(value.blanks[i] as string) > maxLength);
    return tooLong ? 'answer-too-long' : null;
  }
  if ('maxLength' in item) {
    if (!('text' in value)) return 'wrong-answer-type';
    return lengthOf(value.text) > item.maxLength ? 'answer-too-long' : null;
  }
  if ('files' in item)
    return 'files' in value ? objectionToFiles(item.files, value.files) : 'wrong-answer-type';
  if (!('options' in value)) return 'wrong-answer-type';
  if (value.options.some((option) => !item.options.includes(option))) return 'unknown-option';
  if (new Set(value.options).size !== value.options.length) return 'wrong-answer-type';
  if (item.type !== 'multiple' && value.options.length > 1) return 'wrong-answer-type';
  return null;
}

/** Characters as a person counts them: code points of the composed form. */
function lengthOf(text: string): number {
  let count = 0;
  for (const _character of text.normalize('NFC')) count += 1;
  return count;
}

/** Whether a value says anything. */
export function isAnswered(value: AnswerValue): boolean {
  if ('options' in value) return value.options.length > 0;
  if ('files' in value) return value.files.length > 0;
  return 'text' in value ? value.text !== '' : value.blanks.some((text) => text !== '');
}
