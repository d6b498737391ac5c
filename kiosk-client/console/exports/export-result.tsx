// How an export ended: what lies on the drive and how it was checked, or why not and what to do.

import type { VideoExportView } from '../../../server/protocol/staff.js';
import { useLanguage, useTexts } from '../../i18n/language.js';
import { dayAndTime, timeOfDay } from '../../ui/time.js';
import { useStaffNames } from '../room/use-console.js';
import { sizeText } from './amounts.js';
import { exportTexts } from './texts.js';

const SIGNS = { done: '✓', failed: '✕', cancelled: '–', interrupted: '!' };
const LOOKS = { done: 'ok', failed: 'alarm', cancelled: 'grey', interrupted: 'warn' };

export function ExportResult({ one }: { one: VideoExportView }) {
  const t = useTexts(exportTexts);
  const language = useLanguage();
  const nameOf = useStaffNames();
  const { outcome, reason, what, target, by, begunAt, endedAt } = one;
  if (outcome === null) return null;
  return (
    <section class={`export-result ${what !== null && what.lacking > 0 ? 'warn' : LOOKS[outcome]}`}>
      <h3>
        <i aria-hidden="true">{SIGNS[outcome]}</i> {t.outcome[outcome]}
        <small>
          {t.begun(dayAndTime(begunAt), by === null ? t.byCommand : `${nameOf(by)} `)}
          {endedAt !== null && ` · ${t.ended(timeOfDay(endedAt))}`}
        </small>
      </h3>
      {reason !== null && <p class="export-reason">{reason[language]}</p>}
      {(outcome === 'interrupted' || outcome === 'cancelled') && <p>{t.goOn}</p>}
      {what !== null && (
        <p>
          {t.what(what.files, sizeText(what.bytes))} ·{' '}
          {what.readFrom === 'medium'
            ? t.readBack
            : `${t.readCache}${language === 'zh' ? '。' : '. '}${t.readCacheNext}`}
        </p>
      )}
      {what !== null && <p>{t.doneNext}</p>}
      {what !== null && what.lacking > 0 && <p class="export-reason">{t.lacking(what.lacking)}</p>}
      <dl class="facts">
        <dt>{t.folder}</dt>
        <dd>{target}</dd>
        {what !== null && <dt>{t.hash}</dt>}
        {what !== null && (
          <dd class="hash">
            <b>{what.manifestHash.slice(0, 8)}</b>
            {what.manifestHash.slice(8)}
            <small>{t.hashHint}</small>
          </dd>
        )}
      </dl>
    </section>
  );
}
