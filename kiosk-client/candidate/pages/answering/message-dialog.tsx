// A message from the room to this candidate or to all: stays until it was read. The focus is on its text, not on its button, and
// Esc does nothing: whoever is typing when it comes does not put it away with the next key.

import { useTexts } from '../../../i18n/language.js';
import { Dialog } from '../../../ui/dialog.js';
import { hourAndMinute } from '../../../ui/time.js';
import type { Kiosk } from '../../kiosk.js';
import { texts } from '../../texts.js';

export function MessageDialog({ kiosk }: { kiosk: Kiosk }) {
  const t = useTexts(texts);
  const [message] = kiosk.messages;
  if (message === undefined) return null;
  return (
    <Dialog key={message.at} label={t.messageTitle}>
      <h2>
        {t.messageTitle} <small>{hourAndMinute(message.at)}</small>
      </h2>
      <p class="message-text" tabIndex={-1} data-first>
        {message.text}
      </p>
      <div class="buttons">
        <button type="button" class="primary large" onClick={() => kiosk.putMessageAway()}>
          {t.messageRead}
        </button>
      </div>
    </Dialog>
  );
}
