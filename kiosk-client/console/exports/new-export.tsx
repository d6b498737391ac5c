// The choice of a drive, and what would go there: nothing is written before a person has seen it.

import { useEffect, useRef, useState } from 'preact/hooks';
import type {
  ExportPlanFault,
  ExportPlanView,
  ExportTarget,
  Refused,
} from '../../../server/protocol/staff.js';
import { useLanguage, useTexts } from '../../i18n/language.js';
import { ActButton } from '../parts/act-button.js';
import { Refusal } from '../parts/refusal.js';
import { useLink } from '../room/use-console.js';
import { sizeText } from './amounts.js';
import { PlanTable } from './plan-table.js';
import { exportTexts } from './texts.js';

/** A drive shows soon after it was plugged in. */
const LOOK_EVERY_MS = 5_000;

type Planned = ExportPlanView | ExportPlanFault | null;

export function NewExport({ sessionId }: { sessionId: string }) {
  const t = useTexts(exportTexts);
  const language = useLanguage();
  const { targets, refused, look } = useTargets();
  const [targetId, choose] = useState<string | null>(null);
  const target = targets?.find((one) => one.targetId === targetId) ?? null;
  const planned = usePlan(sessionId, target?.targetId ?? null);
  const lacksBytes =
    target !== null && planned != null && 'cameras' in planned ? planned.needBytes - target.freeBytes : 0;
  const plan = useRef<HTMLElement>(null);
  useEffect(() => {
    if (planned !== undefined) plan.current?.scrollIntoView({ block: 'nearest' });
  }, [planned]);
  return (
    <div class="new-export">
      <h3>{t.where}</h3>
      <Refusal refused={refused} />
      {targets === null && refused === null && <p class="muted">{t.looking}</p>}
      {targets !== null && targets.length === 0 && (
        <p class="notice">
          <b>{t.noTarget}</b>
          <br />
          {t.noTargetHint}
        </p>
      )}
      {targets !== null && targets.length > 0 && (
        <div class="targets" role="radiogroup" aria-label={t.where}>
          {targets.map((one) => (
            <Target key={one.targetId} one={one} isChosen={one === target} choose={choose} />
          ))}
        </div>
      )}
      <button type="button" onClick={look}>
        {t.again}
      </button>
      {target !== null && (
        <section ref={plan} class="export-plan" aria-live="polite" aria-busy={planned === undefined}>
          <h3>{t.plan}</h3>
          {planned === undefined && <p class="muted">{t.planning}</p>}
          {planned === null && <p class="notice">{t.noPlan}</p>}
          {planned != null && 'code' in planned && <Refusal refused={planned} />}
          {planned != null && 'fault' in planned && (
            <p class="refusal" role="alert">
              {planned.fault[language]}
            </p>
          )}
          {planned != null && 'cameras' in planned && (
            <>
              <PlanTable plan={planned} freeBytes={target.freeBytes} />
              {lacksBytes > 0 && (
                <p class="refusal" role="alert">
                  {t.tooSmall(sizeText(lacksBytes))}
                </p>
              )}
              <ActButton
                request={{ type: 'export-video', sessionId, targetId: target.targetId }}
                kind="primary"
                disabled={lacksBytes > 0}
              >
                {t.start(target.label)}
              </ActButton>
            </>
          )}
        </section>
      )}
    </div>
  );
}

interface TargetProps {
  one: ExportTarget;
  isChosen: boolean;
  choose: (targetId: string) => void;
}

function Target({ one, isChosen, choose }: TargetProps) {
  const t = useTexts(exportTexts);
  const { targetId, label, path, kind, fileSystem, freeBytes, totalBytes, unfit, divided } = one;
  return (
    <label class={isChosen ? 'target chosen' : 'target'}>
      <input
        type="radio"
        name="export-target"
        checked={isChosen}
        disabled={unfit !== null}
        onChange={() => choose(targetId)}
      />
      <span class="target-words">
        <b>{label}</b>
        <span class="muted small">
          {path}
          {kind === 'removable' && ` · ${t.removable}`}
          {fileSystem !== null && ` · ${fileSystem}`}
        </span>
        {divided && <span class="small target-mark">{t.divided}</span>}
        {unfit !== null && <span class="small target-mark">{t.unfit[unfit]}</span>}
      </span>
      {unfit !== 'hangs' && (
        <span class="target-free">{t.free(sizeText(freeBytes), sizeText(totalBytes))}</span>
      )}
    </label>
  );
}

/** The drives of the server, looked for again and again. */
function useTargets(): { targets: ExportTarget[] | null; refused: Refused | null; look: () => void } {
  const link = useLink();
  const [targets, setTargets] = useState<ExportTarget[] | null>(null);
  const [refused, setRefused] = useState<Refused | null>(null);
  const [count, setCount] = useState(0);
  useEffect(() => {
    let over = false;
    const look = () =>
      void link.exportTargets().then((outcome) => {
        if (over) return;
        if (outcome.ok) setTargets(outcome.targets);
        setRefused(outcome.ok ? null : outcome);
      });
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [link, count]);
  return { targets, refused, look: () => setCount(count + 1) };
}

/** What would go to a target; undefined while the room looks. */
function usePlan(sessionId: string, targetId: string | null): Planned | Refused | undefined {
  const link = useLink();
  // Beside its drive: what was seen of another one never stands under the name of this one.
  const [found, setFound] = useState<{ targetId: string; planned: Planned | Refused } | null>(null);
  useEffect(() => {
    if (targetId === null) return undefined;
    let over = false;
    setFound(null);
    void link.planVideoExport({ sessionId, targetId }).then((outcome) => {
      if (!over) setFound({ targetId, planned: outcome.ok ? outcome.plan : outcome });
    });
    return () => {
      over = true;
    };
  }, [link, sessionId, targetId]);
  return found !== null && found.targetId === targetId ? found.planned : undefined;
}
