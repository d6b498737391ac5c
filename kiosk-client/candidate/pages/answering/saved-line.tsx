// One calm line that says where the answers are. A moment on the way is not worth a word.

import { useEffect, useState } from 'preact/hooks';
import { useTexts } from '../../../i18n/language.js';
import type { Sitting } from '../../exam/sittings.js';
import type { Kiosk } from '../../kiosk.js';
import { texts } from '../../texts.js';

const WORTH_A_WORD_MS = 400;

export function SavedLine({ kiosk, sitting }: { kiosk: Kiosk; sitting: Sitting }) {
  const t = useTexts(texts);
  const { book, delivery } = sitting;
  const onTheWay = delivery.unsent > 0 || book.isWriting;
  const [sending, setSending] = useState(false);
  useEffect(() => {
    if (!onTheWay) return setSending(false);
    const timer = setTimeout(() => setSending(true), WORTH_A_WORD_MS);
    return () => clearTimeout(timer);
  }, [onTheWay]);
  const line = book.storageFailed
    ? ({ look: 'alarm', sign: '▲', text: t.storageFailed } as const)
    : !kiosk.online
      ? ({ look: 'alone', sign: '◐', text: t.alone } as const)
      : sending
        ? ({ look: 'sending', sign: '↑', text: t.sending } as const)
        : ({ look: 'saved', sign: '✓', text: t.saved } as const);
  return (
    <p class={`saved-line ${line.look}`} role="status" data-unsent={delivery.unsent}>
      <i aria-hidden="true">{line.sign}</i> {line.text}
    </p>
  );
}
