// Recordings of a collected session on their way to a drive: how the last exports ended, the one under way, or the choice of a drive.

import type { SessionView } from '../../../server/protocol/staff.js';
import { useTexts } from '../../i18n/language.js';
import { useView } from '../room/use-console.js';
import { ExportProgressLines } from './export-progress.js';
import { ExportResult } from './export-result.js';
import { NewExport } from './new-export.js';
import { exportTexts } from './texts.js';

/** Who takes recordings out of the room. The server asks again. */
const MAY_EXPORT = ['sysadmin', 'org-technician', 'chief', 'deputy'];
/** A session in one of these holds the room. */
const HOLDS_ROOM = ['open', 'running', 'paused', 'suspended', 'ended'];

export function ExportCard({ session }: { session: SessionView }) {
  const t = useTexts(exportTexts);
  const { you, session: onStage, cameras } = useView();
  const { sessionId, exporting, videoExports = [], bundle } = session;
  if (cameras.length === 0 && videoExports.length === 0) return null;
  const last = videoExports[videoExports.length - 1];
  const running = last !== undefined && last.outcome === null ? last : null;
  const ended = videoExports.filter(({ outcome }) => outcome !== null).reverse();
  const newest = running === null ? ended[0] : undefined;
  const older = running === null ? ended.slice(1) : ended;
  const isBusy = onStage !== null && HOLDS_ROOM.indexOf(onStage.phase) >= 0;
  const mayExport = you.roles.some((role) => MAY_EXPORT.indexOf(role) >= 0);
  const isBundleOlder =
    session.phase === 'collected' &&
    bundle !== null &&
    newest?.outcome === 'done' &&
    newest.begunAt > bundle.builtAt;
  return (
    <article class="card export">
      <h2>{t.title}</h2>
      <p class="muted">{t.hint}</p>
      <div aria-live="polite">
        {newest !== undefined && <ExportResult one={newest} />}
        {isBundleOlder && <p class="notice">{t.bundleOlder}</p>}
      </div>
      {running !== null && running.way === 'command' && <p class="notice">{t.atTerminal(running.target)}</p>}
      {running !== null && running.way === 'dashboard' && (
        <ExportProgressLines running={running} progress={exporting ?? null} mayCancel={mayExport} />
      )}
      {running === null && !mayExport && <p class="muted">{t.mayNot}</p>}
      {running === null && mayExport && isBusy && <p class="notice">{t.busy}</p>}
      {running === null && mayExport && !isBusy && <NewExport key={sessionId} sessionId={sessionId} />}
      {older.length > 0 && (
        <details>
          <summary>{t.earlier}</summary>
          {older.map((one) => (
            <ExportResult key={one.exportId} one={one} />
          ))}
        </details>
      )}
    </article>
  );
}
