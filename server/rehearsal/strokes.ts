// What one candidate does at the PC from the first item to the last: a choice that is made at once, a text that grows while it
// is written, an answer that is changed. A plan of pauses and saves; nothing here acts.

import type { AnswerValueMessage, ItemContent } from '../protocol/seat.js';
import { anyAnswer } from './any-answer.js';

/** Wait so long, then save this. */
export interface Stroke {
  afterMs: number;
  itemId: string;
  value: AnswerValueMessage;
  marked: boolean;
}

/** A text is saved at most so often while it is written (design: the journal). */
const TEXT_SAVED_EVERY_MS = 5_000;
/** However short the exam, nobody saves faster. */
const FASTEST_MS = 100;
const CHANGES_MIND = 0.12;
const MARKS = 0.1;
/** How long an item takes, in the time of a single choice. */
const WORK: Partial<Record<ItemContent['type'], number>> = {
  ...{ multiple: 1.5, 'fill-in': 1.5, 'short-text': 6, essay: 20 },
};
/** What somebody writes who fills the time. */
const SENTENCE = '转化率由访客到下单、由下单到付款分段计算，找出流失最多的一段，再看它的来源与时段。';

/**
 * The strokes in the order dealt, the last one after about `lastsMs`.
 * @param random numbers in [0, 1)
 */
export function* strokesOf(
  items: readonly ItemContent[],
  lastsMs: number,
  random: () => number,
): Generator<Stroke, void, undefined> {
  const work = items.reduce((sum, { type }) => sum + (WORK[type] ?? 1), 0) * (1 + CHANGES_MIND / 2);
  const pause = (share: number) => Math.max(FASTEST_MS, (lastsMs / work) * share * (0.5 + random()));
  const chosen: ItemContent[] = [];
  for (const item of items) {
    const marked = random() < MARKS;
    const tookMs = pause(WORK[item.type] ?? 1);
    if (item.type === 'short-text' || item.type === 'essay') {
      yield* writing(item, tookMs, marked);
      continue;
    }
    yield { afterMs: tookMs, itemId: item.itemId, value: anyAnswer(item, random), marked };
    chosen.push(item);
    if (random() >= CHANGES_MIND) continue;
    const again = chosen[Math.floor(random() * chosen.length)] ?? item;
    yield { afterMs: pause(0.5), itemId: again.itemId, value: anyAnswer(again, random), marked: false };
  }
}

/** A text that is saved while it grows, and when the field is left. */
function* writing({ itemId, text, type }: ItemContent, tookMs: number, marked: boolean): Generator<Stroke> {
  const length = Math.min(text?.maxLength ?? 100, type === 'essay' ? 900 : 120);
  const whole = SENTENCE.repeat(Math.ceil(length / SENTENCE.length)).slice(0, length);
  const saves = Math.ceil(tookMs / TEXT_SAVED_EVERY_MS);
  for (let save = 1; save <= saves; save += 1) {
    const written = whole.slice(0, Math.ceil((length * save) / saves));
    yield { afterMs: tookMs / saves, itemId, value: { text: written }, marked };
  }
}
