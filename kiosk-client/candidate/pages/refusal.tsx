// Why the room did not do it, and what to do next.

import { seatRefusalText } from '../../../server/protocol/seat-refusal-texts.js';
import { useLanguage } from '../../i18n/language.js';
import { texts } from '../texts.js';
import type { Answer } from '../room/room-link.js';

/** The outcome of a request that failed; null = the line broke before the answer. */
export type Failure = Exclude<Answer, { ok: true }> | null;

export function Refusal({ failure }: { failure: Failure }) {
  const shown = useLanguage();
  if (failure === null)
    return (
      <p class="refusal" role="alert">
        <b>{texts[shown].noAnswer}</b>
      </p>
    );
  const text = seatRefusalText(failure.code, failure.params);
  return (
    <p class="refusal" role="alert">
      <b>{shown === 'zh' ? text.zh : text.en}</b>
      <span>{shown === 'zh' ? text.nextZh : text.nextEn}</span>
    </p>
  );
}
