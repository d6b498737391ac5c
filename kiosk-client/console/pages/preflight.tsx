// The wizard of the check before the exam (REQ-D01): begin, watch line by line, see causes and next steps, say what no
// instrument measures, print.

import { useState } from 'preact/hooks';
import type { LineGroup, PreflightLine, PreflightReportView } from '../../../server/protocol/preflight.js';
import { useLanguage, useTexts } from '../../i18n/language.js';
import { timeOfDay } from '../../ui/time.js';
import { Refusal } from '../parts/refusal.js';
import { Group, VERDICT_SHAPES } from '../preflight/group.js';
import { countsOf, laidOut, withNewLines } from '../preflight/lines.js';
import { newlySaid, requestOf, type SaidOfLines } from '../preflight/ticks.js';
import { preflightTexts, type PreflightTexts } from '../preflight/texts.js';
import { useCheck } from '../preflight/use-check.js';
import { RehearsalCard } from '../rehearsal/rehearsal-card.js';
import { useStaffNames, useView } from '../room/use-console.js';
import { changedWords } from '../texts/devices.js';

const NONE: readonly PreflightLine[] = [];

export function Preflight() {
  const { you, preflight } = useView();
  const t = useTexts(preflightTexts);
  const language = useLanguage();
  const { known, run, refused, lost, begin } = useCheck();
  /** What this person ticked, wrote or took back since the last report. */
  const [said, setSaid] = useState<SaidOfLines>({});
  const mayCheck = you.roles.includes('sysadmin') || you.roles.includes('org-technician');
  const report = known?.report ?? null;
  const lines =
    run === null ? (report?.report.lines ?? NONE) : withNewLines(report?.report.lines ?? NONE, run.lines);
  const groups = laidOut(lines, run === null);
  const news = newlySaid(lines, said);
  const go = (which: LineGroup[] | null) => {
    void begin(requestOf(which, lines, said)).then((begun) => {
      if (begun) setSaid({});
    });
  };
  const cards = groups.map((one) => (
    <Group
      key={one.group}
      laidOut={one}
      said={said}
      say={(id, change) => setSaid((before) => ({ ...before, [id]: { ...before[id], ...change } }))}
      again={mayCheck && run === null ? () => go([one.group]) : null}
    />
  ));
  // What keeps the room from being sealed stands before what may be tried besides.
  const reds = run === null ? groups.filter(({ worst }) => worst === 'red').length : 0;
  cards.splice(
    reds,
    0,
    <RehearsalCard
      key="rehearsal"
      mayBegin={mayCheck}
      checking={run !== null}
      checkedAt={report?.report.at ?? null}
    />,
  );
  const changed = preflight === null || report === null ? [] : preflight.changed;

  return (
    <section class="wide-cards preflight">
      <article class="card">
        <div class="card-head">
          <h2>{t.title}</h2>
          {report !== null && run === null && <Files report={report} t={t} />}
        </div>
        <p class="muted">{t.hint}</p>
        {known !== null && report === null && run === null && <p class="notice">{t.none}</p>}
        {run === null && report !== null && <Outcome report={report} t={t} />}
        {changed.length > 0 && run === null && (
          <p class="notice warn">{t.changed(changedWords(changed, language))}</p>
        )}
        {lost && <p class="notice warn">{t.notRecorded}</p>}
        {run !== null && (
          <div class="progress-line" role="status">
            <progress max={run.total} value={run.lines.length} />
            <span>{t.progress(run.lines.length, run.total)}</span>
          </div>
        )}
        {mayCheck && run === null && (
          <div class="row wrap">
            <button type="button" class="primary" onClick={() => go(null)}>
              {report === null ? t.run : t.again}
            </button>
            {news.length > 0 && (
              <button type="button" onClick={() => go([...new Set(news.map(({ group }) => group))])}>
                {t.sendTicks(news.length)}
              </button>
            )}
          </div>
        )}
        {mayCheck && run === null && lines.some(({ byPerson }) => byPerson) && (
          <p class="muted small">{t.ticksHint}</p>
        )}
        {!mayCheck && <p class="muted">{t.mayNot}</p>}
        <Refusal refused={refused} />
      </article>
      {cards}
    </section>
  );
}

function Outcome({ report: { report, hash }, t }: { report: PreflightReportView; t: PreflightTexts }) {
  const nameOf = useStaffNames();
  const counts = countsOf(report.lines);
  const worst = counts.red > 0 ? 'red' : counts.unknown + counts.amber > 0 ? 'amber' : 'green';
  const named = report.bands?.name ?? null;
  const notWell = counts.amber + counts.unknown;
  return (
    <div class={`outcome-line ${worst}`} role="status">
      <span class={`verdict ${worst}`} aria-hidden="true">
        {VERDICT_SHAPES[worst]}
      </span>
      <div>
        <b>{counts.red > 0 ? t.notReady(counts.red) : t.ready}</b>
        <span class="muted">
          {notWell > 0 && `${t.withAmber(notWell)} · `}
          {t.last(timeOfDay(report.at), report.by === null ? t.onServer : nameOf(report.by))}
        </span>
        {(named !== null || report.practice === true) && (
          <small class="muted">
            {[named === null ? '' : t.judgedBy(named), report.practice === true ? t.practice : '']
              .filter(Boolean)
              .join(' · ')}
          </small>
        )}
        <small class="muted" title={hash}>
          {t.hash} {hash.slice(0, 16)}
        </small>
      </div>
    </div>
  );
}

const isPage = (name: string) => /\.html$/.test(name);
const printedFirst = (a: { name: string }, b: { name: string }) =>
  Number(isPage(b.name)) - Number(isPage(a.name));

function Files({ report: { files }, t }: { report: PreflightReportView; t: PreflightTexts }) {
  return (
    <span class="files">
      {[...files].sort(printedFirst).map(({ name, url }) => (
        <a key={name} href={url} target="_blank" rel="noopener">
          {isPage(name) ? t.print : t.file}
        </a>
      ))}
    </span>
  );
}
