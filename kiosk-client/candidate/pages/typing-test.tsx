// One sentence typed through the input method before an exam (REQ-A13): for whoever sets the PCs up, on PCs that have not passed.
// It holds nobody up, and what is typed here goes nowhere: the room hears "passed" and nothing else.

import { useEffect, useRef, useState } from 'preact/hooks';
import { useTexts } from '../../i18n/language.js';
import type { Kiosk } from '../kiosk.js';
import { texts } from '../texts.js';
import { SENTENCE, NOTHING_TYPED, composed, judgeSentence } from '../typed-sentence.js';

const KEY = 'kaochang.typed';
/** A PC that passed in the week before an exam need not again; one that was set up anew has no memory of it. */
const KEPT_MS = 7 * 24 * 3_600_000;

function hasPassed(): boolean {
  try {
    return Date.now() - Number(localStorage.getItem(KEY) ?? NaN) < KEPT_MS;
  } catch {
    return false;
  }
}

export function TypingTest({ kiosk }: { kiosk: Kiosk }) {
  const t = useTexts(texts);
  const typed = useRef(NOTHING_TYPED);
  const [verdict, setVerdict] = useState<ReturnType<typeof judgeSentence>>('empty');
  const [before] = useState(hasPassed);
  const isChecked = kiosk.check !== null;
  const isKnown = kiosk.check?.facts?.inputMethod === true;
  useEffect(() => {
    if (before && isChecked && !isKnown) kiosk.reportFacts({ inputMethod: true });
  }, [before, isChecked, isKnown]);
  if (before || !isChecked) return null;

  const judge = (field: HTMLInputElement) => {
    const found = judgeSentence(field.value, typed.current);
    setVerdict(found);
    if (found !== 'passed') return;
    try {
      localStorage.setItem(KEY, String(Date.now()));
    } catch {
      // It is asked for once more after the next start.
    }
    kiosk.reportFacts({ inputMethod: true });
  };
  return (
    <section class="headphones" aria-label={t.typing}>
      <p>
        <b>{t.typing}</b>
        <span role="status" class={isKnown ? 'ok' : ''}>
          {isKnown ? `✓ ${t.typingGood}` : t.typingHint}
        </span>
      </p>
      {!isKnown && (
        <>
          <p lang="zh-CN">{SENTENCE}</p>
          <input
            lang="zh-CN"
            name="typed"
            aria-label={t.typing}
            autocomplete="off"
            spellcheck={false}
            maxLength={100}
            onPaste={(event) => event.preventDefault()}
            onDrop={(event) => event.preventDefault()}
            onInput={() => setVerdict('empty')}
            onCompositionEnd={({ currentTarget, data }) => {
              typed.current = composed(typed.current, data);
              // In some browsers the field takes what was composed only after this.
              setTimeout(() => {
                if (judgeSentence(currentTarget.value, typed.current) === 'passed') judge(currentTarget);
              });
            }}
            onKeyDown={({ key, isComposing, keyCode, currentTarget }) => {
              if (key === 'Enter' && !isComposing && keyCode !== 229) judge(currentTarget);
            }}
          />
          {(verdict === 'wrong' || verdict === 'no-method') && (
            <p class="refusal" role="alert">
              {verdict === 'wrong' ? t.typingWrong : t.typingNoMethod}
            </p>
          )}
        </>
      )}
    </section>
  );
}
