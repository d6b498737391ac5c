// Thousands of candidates are dealt the same few variants of each item and give the same few choices: equal parts of the state
// are kept once. What they say does not change by it; nobody changes such a part in place.

import type { AnswerRecord, AnswerValue, DealtOrder, ItemId, Session, State } from './types.js';

type DealtItem = DealtOrder['sections'][number]['items'][number];

interface Shelf {
  items: Map<ItemId, DealtItem[]>;
  choices: Map<string, Extract<AnswerValue, { options: string[] }>>;
}

/** Beyond so many variants of an item sharing saves little and looking takes long. */
const MOST_VARIANTS = 32;
const shelves = new WeakMap<Session['candidates'], Shelf>();

/** The same order, of items that the session has already where they are equal. */
export function sharedOrder({ candidates }: Session, order: DealtOrder): DealtOrder {
  const { items: known } = shelfOf(candidates);
  const sections = order.sections.map(({ sectionId, items }) => ({
    sectionId,
    items: items.map((item) => sharedItem(known, item)),
  }));
  return { paperId: order.paperId, sections };
}

/** The same record, its choice of one option kept once. */
export function sharedRecord({ candidates }: Session, record: AnswerRecord): AnswerRecord {
  const { value } = record;
  if (!('options' in value) || value.options.length !== 1) return record;
  const { choices } = shelfOf(candidates);
  const option = value.options[0] as string;
  const known = choices.get(option);
  if (known === undefined) choices.set(option, value);
  else record.value = known;
  return record;
}

/** A state that was read from text, its equal parts kept once. */
export function withSharedParts(state: State): State {
  for (const session of Object.values(state.sessions))
    for (const candidate of Object.values(session.candidates)) {
      if (candidate.order !== null) candidate.order = sharedOrder(session, candidate.order);
      for (const record of Object.values(candidate.answers)) sharedRecord(session, record);
    }
  return state;
}

function shelfOf(candidates: Session['candidates']): Shelf {
  let shelf = shelves.get(candidates);
  if (shelf === undefined) shelves.set(candidates, (shelf = { items: new Map(), choices: new Map() }));
  return shelf;
}

function sharedItem(known: Shelf['items'], item: DealtItem): DealtItem {
  let variants = known.get(item.itemId);
  if (variants === undefined) known.set(item.itemId, (variants = []));
  for (const one of variants) if (areEqual(one, item)) return one;
  if (variants.length < MOST_VARIANTS) variants.push(item);
  return item;
}

function areEqual(a: DealtItem, b: DealtItem): boolean {
  if (a.caseId !== b.caseId || a.options.length !== b.options.length) return false;
  return a.options.every((option, n) => option === b.options[n]);
}
