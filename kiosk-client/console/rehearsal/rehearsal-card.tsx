// The rehearsal on the room's own PCs on the page of checks: begin, watch every PC, stop, figures at the end.

import { useState } from 'preact/hooks';
import { mostOn, shareOf, wholeOf, worstFirst } from './shares.js';
import type { RehearsalRun, RehearsalView } from '../../../server/protocol/rehearsal.js';
import { useTexts } from '../../i18n/language.js';
import { timeOfDay } from '../../ui/time.js';
import { Refusal } from '../parts/refusal.js';
import { useStaffNames } from '../room/use-console.js';
import { rehearsalTexts, type RehearsalTexts } from './texts.js';
import { useRehearsal } from './use-rehearsal.js';

const DEFAULT_MINUTES = 2;
const LEAST_MINUTES = 0.1;
const MOST_MINUTES = 30;
const SHOWN_PCS = 8;

interface RehearsalCardProps {
  mayBegin: boolean;
  /** A check of the room is under way: both at once would disturb each other. */
  checking: boolean;
  /** When the room was checked last, room time; null before the first check. */
  checkedAt: number | null;
}

export function RehearsalCard({ mayBegin, checking, checkedAt }: RehearsalCardProps) {
  const t = useTexts(rehearsalTexts);
  const { view, refused, begin, end } = useRehearsal();
  if (view === null) return null;
  const { run, last } = view;
  return (
    <article class="card rehearsal" data-stage={run === null ? 'none' : run.stage}>
      <div class="card-head">
        <h2>{t.title}</h2>
        {run !== null && mayBegin && (
          <button type="button" class="danger" onClick={end}>
            {t.stop}
          </button>
        )}
      </div>
      <p class="muted">{t.hint}</p>
      {run !== null && <Running run={run} t={t} />}
      {run === null && mayBegin && <Begin view={view} disabled={checking} begin={begin} t={t} />}
      {run === null && last !== null && checkedAt !== null && last.at > checkedAt && (
        <p class="notice">{t.recheck}</p>
      )}
      <Refusal refused={refused} />
      {run === null && last !== null && <Last last={last} t={t} />}
    </article>
  );
}

interface BeginProps {
  view: RehearsalView;
  disabled: boolean;
  begin: (request: { seats: number | null; minutes: number | null }) => void;
  t: RehearsalTexts;
}

/** What is typed stands as it is typed: the page hears of the room every few seconds, and would write over half a number. */
function Begin({ view: { idlePcs, roomSeats }, disabled, begin, t }: BeginProps) {
  const [seatsText, typeSeats] = useState<string | null>(null);
  const [minutesText, typeMinutes] = useState(String(DEFAULT_MINUTES));
  const { total, each } = shareOf(wholeOf(seatsText), idlePcs, roomSeats);
  const minutes = Number(minutesText);
  const isLength = minutes >= LEAST_MINUTES && minutes <= MOST_MINUTES;
  if (idlePcs === 0) return <p class="notice">{t.nobody}</p>;
  return (
    <div class="rehearsal-begin">
      <label class="field">
        <span>{t.seats}</span>
        <input
          type="number"
          min={1}
          max={mostOn(idlePcs)}
          value={seatsText ?? String(total)}
          onInput={({ currentTarget }) => typeSeats(currentTarget.value)}
          onBlur={() => typeSeats(wholeOf(seatsText) === null ? null : String(total))}
        />
      </label>
      <label class="field">
        <span>{t.minutes}</span>
        <input
          type="number"
          min={LEAST_MINUTES}
          max={MOST_MINUTES}
          step="any"
          value={minutesText}
          onInput={({ currentTarget }) => typeMinutes(currentTarget.value)}
        />
      </label>
      <button
        type="button"
        class="primary"
        disabled={disabled || !isLength}
        onClick={() => begin({ seats: total, minutes })}
      >
        {t.begin(idlePcs)}
      </button>
      <span class="muted">{t.share(total, idlePcs, each)}</span>
    </div>
  );
}

function Running({ run: { stage, seats, pcs, endsBy }, t }: { run: RehearsalRun; t: RehearsalTexts }) {
  const done = pcs.reduce((sum, pc) => sum + pc.done, 0);
  const reached = pcs.reduce((sum, pc) => sum + pc.connected + pc.ready + pc.answering + pc.done, 0);
  return (
    <>
      <div class="progress-line" role="status">
        <progress max={4 * seats} value={reached} />
        <span>
          {t.stages[stage]} · {t.going(done, seats)} · {t.endsBy(timeOfDay(endsBy))}
        </span>
      </div>
      <ul class="rehearsal-pcs">
        {pcs.map((pc) => (
          <li key={pc.label} class={pc.here ? 'here' : 'gone'} data-pc={pc.label}>
            <b>{pc.label}</b>
            <progress
              max={4 * Math.max(1, pc.seats)}
              value={pc.connected + pc.ready + pc.answering + pc.done}
            />
            <span>
              {pc.here || pc.done === pc.seats
                ? `${pc.done}/${pc.seats} · p99 ${Math.round(pc.saveP99Ms)} ms`
                : t.gone}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Last({ last, t }: { last: NonNullable<RehearsalView['last']>; t: RehearsalTexts }) {
  const nameOf = useStaffNames();
  const [all, setAll] = useState(false);
  const { pcs, handedIn, seats, acknowledged, lost, refused, missing, phases, problems, ended, stoppedBy } =
    last;
  const sorted = worstFirst(pcs);
  const shown = all ? sorted : sorted.slice(0, SHOWN_PCS);
  const isWell = ended === 'complete' && lost === 0 && handedIn === seats && problems.length === 0;
  return (
    <div class="rehearsal-last">
      <p class={isWell ? 'ok' : 'warn'}>
        <b>
          {isWell ? '✓' : '▲'} {t.ends[ended]}
          {stoppedBy !== undefined && t.stoppedBy(nameOf(stoppedBy))}
        </b>{' '}
        {t.summary(pcs.length, handedIn, seats)} · {t.saves(acknowledged, lost, refused)}{' '}
        <span class="muted">{t.last(timeOfDay(last.at), nameOf(last.begunBy))}</span>
      </p>
      {missing.length > 0 && <p class="warn">{t.missing(missing.join(', '))}</p>}
      {problems.map((text) => (
        <p key={text} class="warn small">
          {text}
        </p>
      ))}
      <div class="rehearsal-tables">
        <table>
          <thead>
            <tr>
              <th>{t.phase}</th>
              <th>{t.count}</th>
              <th>p50</th>
              <th>p99</th>
            </tr>
          </thead>
          <tbody>
            {Object.keys(t.phases).flatMap((name) => {
              const phase = phases[name];
              if (phase === undefined) return [];
              return [
                <tr key={name} data-phase={name}>
                  <td>{t.phases[name]}</td>
                  <td>{phase.count}</td>
                  <td>{phase.p50.toFixed(1)}</td>
                  <td>{phase.p99.toFixed(1)}</td>
                </tr>,
              ];
            })}
          </tbody>
        </table>
        <table>
          <thead>
            <tr>
              <th>{t.pc}</th>
              <th>{t.played}</th>
              <th>{t.handedIn}</th>
              <th>{t.savesOfPc}</th>
              <th>{t.saveP99}</th>
              <th>{t.paperP99}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((pc) => (
              <tr key={pc.label}>
                <td>{pc.label}</td>
                <td>{pc.seats}</td>
                <td>{pc.handedIn}</td>
                <td>{pc.saves}</td>
                <td>{Math.round(pc.saveP99Ms)}</td>
                <td>{Math.round(pc.firstPaperP99Ms)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {sorted.length > SHOWN_PCS && (
        <button type="button" class="quiet" onClick={() => setAll(!all)}>
          {all ? t.fewer : t.allPcs(sorted.length)}
        </button>
      )}
    </div>
  );
}
