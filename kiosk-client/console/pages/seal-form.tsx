// What the sysadmin stands for with the signature (REQ-D01): the report of the room with its age, and every line of the form.

import type { SealTick } from '../../../server/core/device-types.js';
import type { PreflightView } from '../../../server/protocol/staff.js';
import { useLanguage, useTexts, type Texts } from '../../i18n/language.js';
import { timeOfDay } from '../../ui/time.js';
import { useDesk } from '../desk.js';
import { Tick } from '../parts/fields.js';
import { REPORT_LASTS_MS } from '../preflight/report-good.js';
import { useNow } from '../room/use-console.js';
import { age } from '../texts/age.js';
import { changedWords, TICK_WORDS } from '../texts/devices.js';

export const ALL_TICKS = Object.keys(TICK_WORDS) as SealTick[];

interface FormTexts {
  report: string;
  none: string;
  taken: (at: string, ago: string) => string;
  counts: (green: number, amber: number, red: number) => string;
  red: string;
  old: string;
  changed: (parts: string) => string;
  fine: string;
  go: string;
  form: string;
  missing: (count: number) => string;
  all: string;
}

const texts: Texts<FormTexts> = {
  zh: {
    report: '考前检查报告',
    none: '还没有检查报告，请先做考前检查。',
    taken: (at, ago) => `${at}（${ago}前）`,
    counts: (green, amber, red) => `正常 ${green} · 注意或未测得 ${amber} · 不合格 ${red}`,
    red: '有不合格项，处理后重新检查才能封场。',
    old: '报告已超过 24 小时，请重新检查。',
    changed: (parts) => `检查之后有改动：${parts}。请重新检查。`,
    fine: '可用于封场',
    go: '去考前检查',
    form: '封场确认表',
    missing: (count) => `还有 ${count} 项未确认`,
    all: '全部确认',
  },
  en: {
    report: 'Preflight report',
    none: 'There is no report yet: run the preflight first.',
    taken: (at, ago) => `${at} (${ago} ago)`,
    counts: (green, amber, red) => `fine ${green} · attention or not measured ${amber} · not fit ${red}`,
    red: 'Something is unfit: mend it and check again before the seal.',
    old: 'The report is older than 24 hours: check again.',
    changed: (parts) => `Changed since the check: ${parts}. Check again.`,
    fine: 'good for the seal',
    go: 'To the preflight',
    form: 'Seal form',
    missing: (count) => `${count} lines are open`,
    all: 'all confirmed',
  },
};

export function ReportLine({ preflight, mayRun }: { preflight: PreflightView | null; mayRun: boolean }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const desk = useDesk();
  const now = useNow();
  const why =
    preflight === null ? t.none : reasonAgainst(preflight, now, t, (p) => changedWords(p, language));
  return (
    <>
      <h3>{t.report}</h3>
      <div class={`outcome-line ${why === null ? 'green' : preflight === null ? 'amber' : 'red'}`}>
        <div>
          {preflight !== null && (
            <>
              <b>{t.taken(timeOfDay(preflight.at), age(now - preflight.at, language))}</b>
              <span>{t.counts(preflight.green, preflight.amber + preflight.unknown, preflight.red)}</span>
            </>
          )}
          <p>{why ?? `✓ ${t.fine}`}</p>
          {mayRun && why !== null && (
            <button type="button" onClick={() => desk.go('preflight')}>
              {t.go}
            </button>
          )}
        </div>
      </div>
    </>
  );
}

function reasonAgainst(
  { red, changed, at }: PreflightView,
  now: number,
  t: FormTexts,
  named: (parts: string[]) => string,
): string | null {
  if (red > 0) return t.red;
  if (changed.length > 0) return t.changed(named(changed));
  return now - at > REPORT_LASTS_MS ? t.old : null;
}

interface TicksProps {
  ticks: readonly SealTick[];
  /** Null where they are signed. */
  change: ((ticks: SealTick[]) => void) | null;
}

export function SealTicks({ ticks, change }: TicksProps) {
  const t = useTexts(texts);
  const language = useLanguage();
  const open = ALL_TICKS.length - ticks.length;
  return (
    <>
      <h3>
        {t.form} <small>{open > 0 ? t.missing(open) : t.all}</small>
      </h3>
      {change === null ? (
        <ul class="checks seal-ticks">
          {ALL_TICKS.map((tick) => (
            <li key={tick} class={ticks.includes(tick) ? 'ok' : 'warn'}>
              {ticks.includes(tick) ? '✓' : '○'} {TICK_WORDS[tick][language]}
            </li>
          ))}
        </ul>
      ) : (
        <div class="seal-ticks">
          {ALL_TICKS.map((tick) => (
            <Tick
              key={tick}
              checked={ticks.includes(tick)}
              change={(on) => change(on ? [...ticks, tick] : ticks.filter((one) => one !== tick))}
            >
              {TICK_WORDS[tick][language]}
            </Tick>
          ))}
        </div>
      )}
    </>
  );
}
