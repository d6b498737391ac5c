// Before handing in: what is unanswered or marked, and how much time there still is. Asked twice.

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { SeatState } from '../../../../server/protocol/seat.js';
import { useTexts } from '../../../i18n/language.js';
import { Dialog } from '../../../ui/dialog.js';
import { countdown } from '../../../ui/time.js';
import type { DealtItem } from '../../exam/dealt-paper.js';
import type { Sitting } from '../../exam/sittings.js';
import { remainingOf } from '../../exam/stage.js';
import type { Kiosk } from '../../kiosk.js';
import { texts } from '../../texts.js';
import { useRoomNow } from '../use-kiosk.js';

interface SubmitDialogProps {
  kiosk: Kiosk;
  sitting: Sitting;
  state: SeatState;
  onGoTo: (index: number) => void;
  onClose: () => void;
}

export function SubmitDialog({ kiosk, sitting, state, onGoTo, onClose }: SubmitDialogProps) {
  const t = useTexts(texts);
  const [sure, setSure] = useState(false);
  const back = useRef<HTMLButtonElement>(null);
  // The button that was pressed is gone; a second, hasty Enter leads back to the paper.
  useLayoutEffect(() => {
    if (sure) back.current?.focus();
  }, [sure]);
  const now = useRoomNow(kiosk);
  const { book, paper } = sitting;
  const items = paper?.items ?? [];
  const open = items.filter(({ content }) => !book.isAnswered(content.itemId));
  const marked = items.filter(({ content }) => book.isMarked(content.itemId));
  return (
    <Dialog label={t.submitTitle} onClose={onClose}>
      <h2>{t.submitTitle}</h2>
      {open.length === 0 ? (
        <p>{t.submitAllAnswered}</p>
      ) : (
        <>
          <p class="strong">{t.submitOpen(open.length)}</p>
          <Numbers items={open} onGoTo={onGoTo} />
        </>
      )}
      {marked.length > 0 && (
        <>
          <p>{t.submitMarked(marked.length)}</p>
          <Numbers items={marked} onGoTo={onGoTo} />
        </>
      )}
      <p class="digits">{t.submitTime(countdown(remainingOf(state, now)))}</p>
      {sure && (
        <p class="refusal" role="alert">
          <b>{t.submitSure}</b>
        </p>
      )}
      {/* The button that hands in stands first: where the one before it stood, a double click leads back to the paper. */}
      <div class="buttons">
        {sure && (
          <button key="now" type="button" class="danger large" onClick={() => void kiosk.submit()}>
            {t.submitNow}
          </button>
        )}
        <button key="back" ref={back} type="button" class="primary large" data-first onClick={onClose}>
          {t.submitBack}
        </button>
        {!sure && (
          <button key="go-on" type="button" class="large" onClick={() => setSure(true)}>
            {t.submitGoOn}
          </button>
        )}
      </div>
    </Dialog>
  );
}

function Numbers({ items, onGoTo }: { items: readonly DealtItem[]; onGoTo: (index: number) => void }) {
  const t = useTexts(texts);
  return (
    <div class="numbers wide">
      {items.map(({ number, content }) => (
        <button
          key={content.itemId}
          type="button"
          class="number"
          aria-label={t.itemTag('', number)}
          onClick={() => onGoTo(number - 1)}
        >
          {number}
        </button>
      ))}
    </div>
  );
}
