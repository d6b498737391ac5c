// The reminders before the end (REQ-E05): a calm strip over the item, from this PC's own reckoning, so that it comes without
// the room too.

import type { SeatState } from '../../../../server/protocol/seat.js';
import { useTexts } from '../../../i18n/language.js';
import { remainingOf, reminderDue } from '../../exam/stage.js';
import type { Kiosk } from '../../kiosk.js';
import { texts } from '../../texts.js';
import { FileReminder } from './file-reminder.js';
import { useRoomNow } from '../use-kiosk.js';

export function ReminderStrip({ kiosk, state }: { kiosk: Kiosk; state: SeatState }) {
  const t = useTexts(texts);
  const now = useRoomNow(kiosk);
  const due = reminderDue(state.session?.remindersBeforeEndMs ?? [], remainingOf(state, now));
  return (
    <div role="status" aria-live="assertive">
      {due !== null && <p class="reminder">{t.reminder(Math.ceil(due / 60_000))}</p>}
      {due !== null && <FileReminder sitting={kiosk.sitting} />}
    </div>
  );
}
