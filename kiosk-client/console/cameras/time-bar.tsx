// The time bar of a camera: recorded stretches, gaps, what happened, and where the picture is. A click or the arrow keys go to
// another moment.

import { useRef } from 'preact/hooks';
import type { RecordedIndex } from '../../../server/protocol/video.js';
import { useLanguage, useTexts } from '../../i18n/language.js';
import { hourAndMinute, timeOfDay } from '../../ui/time.js';
import { axisTicks } from '../devices/timeline-rows.js';
import { cameraTexts, causeWords, missingTime } from './texts.js';
import type { Moment, Stretch } from './time-marks.js';

interface TimeBarProps {
  index: RecordedIndex | null;
  span: Stretch;
  moments: readonly Moment[];
  /** The moment that is shown. */
  at: number | null;
  wordsOf: (moment: Moment) => string;
  seek: (at: number) => void;
}

export function TimeBar({ index, span, moments, at, wordsOf, seek }: TimeBarProps) {
  const t = useTexts(cameraTexts);
  const language = useLanguage();
  const bar = useRef<HTMLDivElement>(null);
  const { from, to } = span;
  const place = (time: number) => Math.min(100, Math.max(0, ((time - from) / Math.max(1, to - from)) * 100));
  const box = (one: Stretch) => ({
    left: `${place(one.from)}%`,
    width: `${place(one.to) - place(one.from)}%`,
  });
  const inSpan = (one: Stretch) => one.to > from && one.from < to;
  const pick = (clientX: number) => {
    const { left, width } = bar.current?.getBoundingClientRect() ?? { left: 0, width: 1 };
    seek(Math.round(from + ((clientX - left) / width) * (to - from)));
  };
  return (
    <div class="time-bar">
      <div
        ref={bar}
        class="time-track"
        role="slider"
        tabIndex={0}
        aria-label={t.bar}
        aria-valuemin={from}
        aria-valuemax={to}
        aria-valuenow={at ?? from}
        aria-valuetext={at === null ? '' : timeOfDay(at)}
        onClick={(event) => pick(event.clientX)}
      >
        {(index?.stretches ?? []).filter(inSpan).map((one) => (
          <span key={one.from} class="recorded" style={box(one)} />
        ))}
        {(index?.gaps ?? []).filter(inSpan).map((one) => (
          <span
            key={one.from}
            class="gap"
            style={box(one)}
            data-cause={one.cause}
            title={`${timeOfDay(one.from)} ${causeWords(one.cause, language)} ${missingTime(one.to - one.from, language)}`}
          />
        ))}
        {moments
          .filter(({ kind, at: when }) => kind !== 'gap' && when >= from && when <= to)
          .map((moment) => (
            <span
              key={moment.key}
              class={`moment ${moment.kind}`}
              style={{ left: `${place(moment.at)}%` }}
              title={`${timeOfDay(moment.at)} ${wordsOf(moment)}`}
            />
          ))}
        {at !== null && at >= from && at <= to && <span class="playhead" style={{ left: `${place(at)}%` }} />}
      </div>
      <div class="time-axis" aria-hidden="true">
        {axisTicks(from, to).map((tick) => (
          <span key={tick} style={{ left: `${place(tick)}%` }}>
            {hourAndMinute(tick)}
          </span>
        ))}
      </div>
    </div>
  );
}
