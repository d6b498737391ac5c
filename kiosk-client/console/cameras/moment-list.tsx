// Gaps, incidents and alarms beside the picture, in words: one click goes there.

import { useLanguage, useTexts } from '../../i18n/language.js';
import { timeOfDay } from '../../ui/time.js';
import { markSentence } from '../devices/device-texts.js';
import { useStaffNames } from '../room/use-console.js';
import { useWhere } from '../shell/alarm-strip.js';
import { feedSentence } from '../texts/feed.js';
import { cameraTexts, causeWords, missingTime } from './texts.js';
import { lookFrom, type Moment } from './time-marks.js';

const SHAPES: Record<Moment['kind'], string> = { gap: '▬', incident: '◆', alarm: '▲' };

/** The sentence of each moment. */
export function useMomentWords(): (moment: Moment) => string {
  const language = useLanguage();
  const nameOf = useStaffNames();
  const where = useWhere();
  return ({ gap, line, mark, at }) => {
    if (gap !== null) return `${causeWords(gap.cause, language)} ${missingTime(gap.to - at, language)}`;
    if (line !== null) return feedSentence(line, language);
    if (mark === null) return '';
    const isOfRoom = mark.seatId === null && mark.deviceId === null;
    return `${isOfRoom ? '' : `${where(mark)} `}${markSentence(mark, nameOf, language)}`;
  };
}

interface MomentListProps {
  moments: readonly Moment[];
  wordsOf: (moment: Moment) => string;
  seek: (at: number) => void;
}

export function MomentList({ moments, wordsOf, seek }: MomentListProps) {
  const t = useTexts(cameraTexts);
  return (
    <section class="moments" aria-label={t.moments}>
      <h3>{t.moments}</h3>
      {moments.length === 0 && <p class="muted small">{t.noMoments}</p>}
      <ol>
        {moments.map((moment) => (
          <li key={moment.key}>
            <button
              type="button"
              class={`moment-line ${moment.kind}`}
              aria-label={`${t.lookAt(timeOfDay(moment.at))}: ${wordsOf(moment)}`}
              onClick={() => seek(lookFrom(moment))}
            >
              <time>{timeOfDay(moment.at)}</time>
              <i aria-hidden="true">{SHAPES[moment.kind]}</i>
              <span>{wordsOf(moment)}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
