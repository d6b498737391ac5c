// An alarm is acknowledged by a person, with a note of what was done about it.

import { useState } from 'preact/hooks';
import { useTexts, type Texts } from '../../i18n/language.js';
import { CommandForm } from '../parts/command-form.js';
import { Line } from '../parts/fields.js';

const texts: Texts<{ seen: string; note: string }> = {
  zh: { seen: '确认', note: '处理情况' },
  en: { seen: 'Acknowledge', note: 'What was done about it' },
};

export function Acknowledge({ alarmId }: { alarmId: string }) {
  const t = useTexts(texts);
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState('');
  const close = () => {
    setOpen(false);
    setNote('');
  };
  if (!open)
    return (
      <button type="button" class="primary" onClick={() => setOpen(true)}>
        {t.seen}
      </button>
    );
  return (
    <CommandForm
      button={t.seen}
      done={close}
      cancel={close}
      request={note.trim() === '' ? null : { type: 'acknowledge-alarm', alarmId, note: note.trim() }}
    >
      <Line label={t.note} value={note} change={setNote} first />
    </CommandForm>
  );
}
