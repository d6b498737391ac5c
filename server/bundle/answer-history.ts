// What a candidate wrote before it became the answer: every version of the journal in a bundle, and which of them were brought
// back. To be asked of a bundle that was verified; rows that cannot be read are left to the verifier.

import type { Event } from '../core/events.js';
import type { CandidateId, ItemId } from '../core/types.js';
import { lineToRow, rowHeader } from '../journal/chain.js';
import { openBytes } from '../keys/seal-bytes.js';
import { BAG } from '../protocol/bundle.js';
import { eventOf } from '../protocol/journal-event.js';
import type { Bag } from './verify-zip.js';

export type AnswerEvent = Extract<Event, { type: 'answer-saved' | 'answer-contested' | 'answer-restored' }>;

const OF_ANSWERS: ReadonlySet<string> = new Set(['answer-saved', 'answer-contested', 'answer-restored']);

/** Everything that was saved for one candidate, by item, oldest first. @param bag of the verified bundle */
export async function answerHistory(
  bag: Pick<Bag, 'read' | 'lines'>,
  candidateId: CandidateId,
): Promise<Map<ItemId, AnswerEvent[]>> {
  const keys = JSON.parse((await bag.read(BAG.keys)).toString('utf8')) as Record<string, string>;
  const history = new Map<ItemId, AnswerEvent[]>();
  for await (const { line } of bag.lines(BAG.rows)) {
    const row = lineToRow(line);
    if (!('body' in row) || !OF_ANSWERS.has(row.type)) continue;
    const key = keys[row.keyId];
    if (key === undefined) continue;
    const opened = openBytes(Buffer.from(key, 'base64'), row.body, rowHeader(row));
    const event = eventOf({ ...row, body: JSON.parse(opened.toString('utf8')) as unknown }) as AnswerEvent;
    if (event.candidateId !== candidateId) continue;
    history.set(event.itemId, [...(history.get(event.itemId) ?? []), event]);
  }
  return history;
}
