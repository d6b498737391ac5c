// One group of lines: folded where all is well, else open with the worst first; each line with cause and next step.

import { useState } from 'preact/hooks';
import type { PreflightLine, Verdict } from '../../../server/protocol/preflight.js';
import { LONGEST_NOTE } from '../../../server/protocol/preflight-note.js';
import { useLanguage, useTexts } from '../../i18n/language.js';
import { dayAndTime } from '../../ui/time.js';
import { useStaffNames } from '../room/use-console.js';
import type { LaidOutGroup } from './lines.js';
import { preflightTexts } from './texts.js';
import { shownTick, type Said, type SaidOfLines } from './ticks.js';

export const VERDICT_SHAPES: Record<Verdict, string> = { green: '✓', amber: '▲', red: '✕', unknown: '?' };

interface GroupProps {
  laidOut: LaidOutGroup;
  /** What was said on this page since the last report. */
  said: SaidOfLines;
  say: (id: string, change: Said) => void;
  /** Null where this person does not check, or a check is under way. */
  again: (() => void) | null;
}

export function Group({ laidOut: { group, lines, worst, counts }, said, say, again }: GroupProps) {
  const t = useTexts(preflightTexts);
  const [opened, setOpened] = useState<boolean | null>(null);
  const isOpen = opened ?? worst !== 'green';
  const summary =
    worst === 'green'
      ? t.allGreen(lines.length)
      : (['red', 'unknown', 'amber', 'green'] as const)
          .filter((verdict) => counts[verdict] > 0)
          .map((verdict) => `${t.verdicts[verdict]} ${counts[verdict]}`)
          .join(' · ');
  return (
    <article class={`card check-group ${worst}`} data-group={group}>
      <div class="card-head">
        <h2>
          <span class={`verdict ${worst}`} aria-hidden="true">
            {VERDICT_SHAPES[worst]}
          </span>
          {t.groups[group]} <small>{summary}</small>
        </h2>
        {again !== null && (
          <button type="button" class="quiet" onClick={again}>
            {t.runGroup}
          </button>
        )}
        <button type="button" class="quiet" aria-expanded={isOpen} onClick={() => setOpened(!isOpen)}>
          {isOpen ? t.hide : t.show}
        </button>
      </div>
      {isOpen && (
        <ul class="check-lines">
          {lines.map((line) => (
            <Line key={line.id} line={line} said={said} say={again === null ? null : say} />
          ))}
        </ul>
      )}
    </article>
  );
}

interface LineProps {
  line: PreflightLine;
  said: SaidOfLines;
  say: GroupProps['say'] | null;
}

function Line({ line, said, say }: LineProps) {
  const t = useTexts(preflightTexts);
  const language = useLanguage();
  const colon = language === 'zh' ? '：' : ': ';
  const nameOf = useStaffNames();
  const { ticked, note } = shownTick(line, said);
  const { id, verdict, title, measured, required, cause, nextStep, byPerson, attested, requirement } = line;
  return (
    <li class={verdict} data-line={id} data-verdict={verdict}>
      <span class={`verdict ${verdict}`} aria-label={t.verdicts[verdict]} role="img">
        {VERDICT_SHAPES[verdict]}
      </span>
      <div class="check-words">
        <div class="check-title">
          <b>{title[language]}</b>
          <span>{measured[language]}</span>
          <small title={requirement}>
            {t.required} {required[language]}
          </small>
        </div>
        {cause !== undefined && verdict !== 'green' && (
          <p>
            {t.cause}
            {colon}
            {cause[language]}
          </p>
        )}
        {nextStep !== undefined && verdict !== 'green' && (
          <p class="next-step">
            {t.next}
            {colon}
            {nextStep[language]}
          </p>
        )}
        {attested !== undefined && (
          <p class="muted small">
            {t.tickedBy(attested.by === null ? t.onServer : nameOf(attested.by), dayAndTime(attested.at))}
            {attested.note !== undefined && `${colon}${attested.note}`}
          </p>
        )}
        {byPerson === true && say !== null && (
          <div class="tick-line">
            <label class="tick small">
              <input
                type="checkbox"
                checked={ticked}
                onChange={(event) => say(id, { ticked: event.currentTarget.checked })}
              />
              <span>{t.tick}</span>
            </label>
            {ticked && (
              <input
                type="text"
                class="tick-note"
                aria-label={t.noteOf(title[language])}
                placeholder={t.noteHint}
                autocomplete="off"
                maxLength={LONGEST_NOTE}
                value={note}
                onInput={(event) => say(id, { note: event.currentTarget.value })}
              />
            )}
          </div>
        )}
      </div>
    </li>
  );
}
