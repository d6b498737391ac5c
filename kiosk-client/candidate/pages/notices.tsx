// Pages that only say something: one sentence, what to do next.

import { useTexts } from '../../i18n/language.js';
import type { Kiosk } from '../kiosk.js';
import type { MachineReport } from '../machine-check.js';
import { texts } from '../texts.js';
import { Frame } from './frame.js';
import { CheckList } from './check-list.js';

interface NoticeProps {
  kiosk: Kiosk;
  title: string;
  hint: string;
  waiting?: boolean;
}

export function Notice({ kiosk, title, hint, waiting = false }: NoticeProps) {
  return (
    <Frame kiosk={kiosk}>
      <section class="card narrow centred" role="status">
        {waiting && <div class="pulse" aria-hidden="true" />}
        <h1>{title}</h1>
        <p class="hint">{hint}</p>
      </section>
    </Frame>
  );
}

/** Another window of this browser has the exam. */
export function Elsewhere() {
  const t = useTexts(texts);
  return (
    <main class="frame-main alone">
      <section class="card narrow centred">
        <h1>{t.elsewhere}</h1>
        <p class="hint">{t.elsewhereHint}</p>
      </section>
    </main>
  );
}

/** The browser lacks what an exam needs. */
export function Unsupported({ report }: { report: MachineReport }) {
  const t = useTexts(texts);
  return (
    <main class="frame-main alone">
      <section class="card narrow">
        <h1>{t.unsupported}</h1>
        <p class="hint">{t.unsupportedHint}</p>
        <CheckList report={report} />
      </section>
    </main>
  );
}
