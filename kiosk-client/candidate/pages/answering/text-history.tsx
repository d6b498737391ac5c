// Earlier versions of the own text: when, how long, what; one can be brought back.

import { useState } from 'preact/hooks';
import { useTexts } from '../../../i18n/language.js';
import { Dialog } from '../../../ui/dialog.js';
import { timeOfDay } from '../../../ui/time.js';
import type { TextVersion } from '../../exam/text-versions.js';
import { texts } from '../../texts.js';
import { countWords } from './text-count.js';

interface TextHistoryProps {
  /** Oldest first. */
  versions: readonly TextVersion[];
  present: string;
  onRestore: (version: TextVersion) => void;
  onClose: () => void;
}

export function TextHistory({ versions, present, onRestore, onClose }: TextHistoryProps) {
  const t = useTexts(texts);
  const newestFirst = [...versions].reverse();
  const [at, setAt] = useState(0);
  const chosen = newestFirst[at];
  if (chosen === undefined) return null;
  return (
    <Dialog label={t.historyTitle} onClose={onClose} wide>
      <h2>{t.historyTitle}</h2>
      <p class="hint">{t.historyHint}</p>
      <div class="history">
        <ul>
          {newestFirst.map((version, index) => (
            <li key={`${version.rev} ${version.madeAt}`}>
              <button
                type="button"
                class={index === at ? 'version chosen' : 'version'}
                aria-pressed={index === at}
                {...(index === 0 ? { 'data-first': true } : {})}
                onClick={() => setAt(index)}
              >
                {version.madeAt === 0 ? t.fromEarlierPc : timeOfDay(version.madeAt)}
                <small>{t.written(countWords(version.text))}</small>
              </button>
            </li>
          ))}
        </ul>
        <pre class="version-text" tabIndex={0}>
          {chosen.text}
        </pre>
      </div>
      <div class="buttons">
        <button type="button" class="large" onClick={onClose}>
          {t.close}
        </button>
        <button
          type="button"
          class="primary large"
          aria-disabled={chosen.text === present}
          onClick={() => chosen.text !== present && onRestore(chosen)}
        >
          {t.restoreVersion}
        </button>
      </div>
    </Dialog>
  );
}
