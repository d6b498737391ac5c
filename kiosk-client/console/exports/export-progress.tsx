// How far an export is: the file that it is at, what is left of it and of all, and the way to stop it.

import { useEffect, useState } from 'preact/hooks';
import type { ExportProgress, VideoExportView } from '../../../server/protocol/staff.js';
import { useLanguage, useTexts } from '../../i18n/language.js';
import { ActButton } from '../parts/act-button.js';
import { aboutTime, percentText, sizeText } from './amounts.js';
import { exportTexts } from './texts.js';

/** A stick that writes in bursts stands still for seconds, not for so long. */
const STANDS_STILL_MS = 30_000;

interface Props {
  running: VideoExportView;
  /** null where the room has not said yet. */
  progress: ExportProgress | null;
  mayCancel: boolean;
}

export function ExportProgressLines({ running, progress, mayCancel }: Props) {
  const t = useTexts(exportTexts);
  const language = useLanguage();
  const { step, doneBytes, ofBytes, leftMs, bytesPerSecond, file } = progress ?? NOTHING;
  const isStill = useStandsStill(doneBytes) && (step === 'writing' || step === 'reading-back');
  const lines = [
    file === null || file.leftMs === null ? '' : t.fileLeft(aboutTime(file.leftMs, language)),
    leftMs === null ? '' : t.allLeft(aboutTime(leftMs, language)),
    bytesPerSecond === null ? '' : t.speed(sizeText(bytesPerSecond)),
  ].filter((line) => line !== '');
  return (
    <div class="export-progress">
      <p class="export-where">
        <b>{t.steps[step]}</b>
        <span>{running.target}</span>
      </p>
      <Bar label={t.bar} done={doneBytes} of={ofBytes} />
      {file !== null && (
        <>
          <p class="export-file">
            {t.fileOf(file.number, file.count)}
            <b>{file.name}</b>
          </p>
          <Bar label={t.fileBar} done={file.doneBytes} of={file.ofBytes} />
        </>
      )}
      {isStill && (
        <p class="notice" role="alert">
          {t.standsStill}
        </p>
      )}
      {lines.length > 0 && !isStill && <p class="export-left">{lines.join(' · ')}</p>}
      {!isStill && <p class="muted small">{t.stay}</p>}
      {mayCancel && step !== 'stopping' && (
        <ActButton
          request={{ type: 'cancel-video-export', exportId: running.exportId }}
          sure={t.cancelSure}
          kind="danger"
        >
          {t.cancel}
        </ActButton>
      )}
    </div>
  );
}

const NOTHING: Pick<ExportProgress, 'step' | 'doneBytes' | 'ofBytes' | 'leftMs' | 'bytesPerSecond' | 'file'> =
  { step: 'looking', doneBytes: 0, ofBytes: 0, leftMs: null, bytesPerSecond: null, file: null };

/** True while nothing moves: the drive may hang. */
function useStandsStill(doneBytes: number): boolean {
  const [stillAt, setStillAt] = useState(-1);
  useEffect(() => {
    const timer = setTimeout(() => setStillAt(doneBytes), STANDS_STILL_MS);
    return () => clearTimeout(timer);
  }, [doneBytes]);
  return stillAt === doneBytes;
}

function Bar({ label, done, of }: { label: string; done: number; of: number }) {
  return (
    <p class="export-bar">
      <progress max={1} value={of === 0 ? 0 : Math.min(1, done / of)} aria-label={label} />
      <span>{of === 0 ? '' : percentText(done, of)}</span>
    </p>
  );
}
