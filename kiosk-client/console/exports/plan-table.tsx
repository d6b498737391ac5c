// What an export would be: a film a camera with its name and size, how much of the session it has, and its gaps in words.

import type { ExportPlanView } from '../../../server/protocol/staff.js';
import { useLanguage, useTexts } from '../../i18n/language.js';
import { hourAndMinute, timeOfDay } from '../../ui/time.js';
import { causeWords, missingTime } from '../cameras/texts.js';
import { percentText, sizeText } from './amounts.js';
import { exportTexts } from './texts.js';

export function PlanTable({ plan, freeBytes }: { plan: ExportPlanView; freeBytes: number }) {
  const t = useTexts(exportTexts);
  const language = useLanguage();
  const [camera, file, size, recorded, gaps] = t.head;
  const withGaps = plan.cameras.filter((one) => one.gaps.length > 0);
  return (
    <>
      <table class="plan">
        <thead>
          <tr>
            <th>{camera}</th>
            <th>{file}</th>
            <th class="number">{size}</th>
            <th class="number">{recorded}</th>
            <th class="number">{gaps}</th>
          </tr>
        </thead>
        <tbody>
          {plan.cameras.map(({ number, name, files, coveredMs, plannedMs, gapCount, missing }) => (
            <tr key={number}>
              <td>
                {number} {name}
              </td>
              <td class="file-names">
                {files.length === 0 && <span class="muted">{t.noFile}</span>}
                {files.map((one) => (
                  <span key={one.name}>{one.name}</span>
                ))}
                {missing > 0 && <span class="target-mark">{t.missing(missing)}</span>}
              </td>
              <td class="number">{sizeText(files.reduce((sum, one) => sum + one.bytes, 0))}</td>
              <td class="number">{percentText(coveredMs, plannedMs)}</td>
              <td class={gapCount > 0 ? 'number some' : 'number'}>
                {gapCount === 0 ? t.allThere : t.gapCount(gapCount)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {withGaps.length > 0 && (
        <details>
          <summary>{t.gapList}</summary>
          <ul class="gap-list">
            {withGaps.map(({ number, name, gaps: all }) =>
              all.map(({ from, to, cause }) => (
                <li key={`${number} ${from}`}>
                  {number} {name}：{timeOfDay(from)} – {timeOfDay(to)}（{missingTime(to - from, language)}，
                  {causeWords(cause, language)}）
                </li>
              )),
            )}
          </ul>
        </details>
      )}
      <p>
        {t.sum(sizeText(plan.bytes), sizeText(freeBytes))}
        {plan.needBytes < plan.bytes && ` · ${t.there(sizeText(plan.bytes - plan.needBytes))}`}
        {plan.divided && ` · ${t.divided}`}
      </p>
      <dl class="facts">
        <dt>{t.folder}</dt>
        <dd>{plan.folder}</dd>
      </dl>
      {plan.goesOnUntil !== null && <p class="notice">{t.goesOn(hourAndMinute(plan.goesOnUntil))}</p>}
    </>
  );
}
