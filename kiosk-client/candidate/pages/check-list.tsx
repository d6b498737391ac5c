// What the check of this PC found, line by line; what is wrong comes with what to do.

import { useTexts } from '../../i18n/language.js';
import type { MachineReport } from '../machine-check.js';
import { texts } from '../texts.js';

export function CheckList({ report }: { report: MachineReport | null }) {
  const t = useTexts(texts);
  if (report === null) return null;
  return (
    <section class="checks" aria-label={t.machineCheck}>
      <h2>{t.machineCheck}</h2>
      <ul>
        {report.results.map(({ name, ok, measured }) => (
          <li key={name} class={ok ? 'ok' : 'bad'}>
            <i aria-hidden="true">{ok ? '✓' : '✕'}</i>
            <span>{t.checks[name]}</span>
            <small>
              {measured} {ok ? t.checkGood : t.checkBad}
            </small>
            {!ok && <em>{t.checkAdvice[name]}</em>}
          </li>
        ))}
      </ul>
    </section>
  );
}
