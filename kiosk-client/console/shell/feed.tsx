// What happened in the room, newest first.

import { useLanguage, useTexts, type Texts } from '../../i18n/language.js';
import { timeOfDay } from '../../ui/time.js';
import { cameraTexts } from '../cameras/texts.js';
import { camerasOf, mayReview } from '../cameras/use-cameras.js';
import { useDesk } from '../desk.js';
import { useView } from '../room/use-console.js';
import { feedSentence, isQuiet } from '../texts/feed.js';

const texts: Texts<{ heading: string; none: string }> = {
  zh: { heading: '刚刚发生', none: '还没有记录' },
  en: { heading: 'Just happened', none: 'Nothing yet' },
};

/** The footage of a line begins a little before it. */
const FOOTAGE_BEFORE_MS = 5_000;

/** @param shown how many lines */
export function Feed({ shown = 60 }: { shown?: number }) {
  const view = useView();
  const { feed } = view;
  const desk = useDesk();
  const ofCameras = useTexts(cameraTexts);
  const [camera] = mayReview(view) ? camerasOf(view) : [];
  const t = useTexts(texts);
  const language = useLanguage();
  return (
    <section class="feed" aria-label={t.heading}>
      <h3>{t.heading}</h3>
      {feed.length === 0 && <p class="muted">{t.none}</p>}
      <ol tabIndex={0} aria-label={t.heading}>
        {feed.slice(0, shown).map((line) => (
          <li key={line.seq} class={isQuiet(line) ? 'quiet-line' : ''}>
            {camera === undefined ? (
              <time>{timeOfDay(line.at)}</time>
            ) : (
              <button
                type="button"
                class="at-time"
                title={ofCameras.lookAt(timeOfDay(line.at))}
                onClick={() => desk.openCamera(camera.deviceId, line.at - FOOTAGE_BEFORE_MS)}
              >
                <time>{timeOfDay(line.at)}</time>
              </button>
            )}
            <span>{feedSentence(line, language)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
