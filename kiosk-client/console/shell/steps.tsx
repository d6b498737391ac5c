// The day's checklist along the top, with what is due now.

import { useTexts } from '../../i18n/language.js';
import { hourAndMinute } from '../../ui/time.js';
import { useView } from '../room/use-console.js';
import { words } from '../texts/words.js';

export function Steps() {
  const { session } = useView();
  const w = useTexts(words);
  return (
    <ol class="steps">
      {(session?.steps ?? []).map(({ key, at, state }) => (
        <li key={key} class={`step ${state}`} aria-current={state === 'now' ? 'step' : undefined}>
          <i aria-hidden="true" />
          {at !== null && <time>{hourAndMinute(at)}</time>} {w.steps[key]}
        </li>
      ))}
    </ol>
  );
}
