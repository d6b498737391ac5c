// Runs in a process of its own: looks at a session's recordings, or copies them to a drive. Answers come first, this comes when there
// is time; a drive that hangs hangs here; and without the room it ends at once.

import { setPriority } from 'node:os';
import { VideoExportError } from '../recording/export-error.js';
import { planSession } from '../recording/export-session.js';
import { exportedWhat, exportVideo } from '../recording/export-video.js';
import type { ExportReason } from '../core/video-export-types.js';
import type { ExportPlanView } from '../protocol/video-transfer.js';
import type { ExportAnswer, ExportTask } from './export-tasks.js';

const NICENESS = 19;
/** People watch a bar, not a stopwatch. */
const TELL_EVERY_MS = 250;
const GAPS_SHOWN = 50;

setPriority(NICENESS);

async function carryOut(task: ExportTask): Promise<ExportAnswer> {
  if (task.kind === 'plan') return { kind: 'planned', cameras: await plannedCameras(task) };
  const result = await exportVideo({ ...task.request, onProgress: teller() });
  return { kind: 'exported', what: exportedWhat(result) };
}

async function plannedCameras({
  request,
  isDivided,
}: Extract<ExportTask, { kind: 'plan' }>): Promise<ExportPlanView['cameras']> {
  const { cameras } = await planSession(request, isDivided);
  return cameras.map(({ number, name, files, faults, coveredMs, gaps }) => {
    const longest = [...gaps].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, GAPS_SHOWN);
    return {
      ...{ number, name, coveredMs, gapCount: gaps.length, missing: faults.length },
      plannedMs: request.judgedUntil - request.from,
      gaps: longest.sort((a, b) => a.from - b.from),
      files: files.map(({ name: file, bytes, startAt, endAt }) => ({ name: file, bytes, startAt, endAt })),
    };
  });
}

function teller(): NonNullable<Parameters<typeof exportVideo>[0]['onProgress']> {
  let toldAt = -Infinity;
  return (doneBytes, ofBytes, file) => {
    const now = performance.now();
    if (now - toldAt < TELL_EVERY_MS && doneBytes < ofBytes) return;
    toldAt = now;
    process.send?.({ kind: 'progress', doneBytes, ofBytes, file } satisfies ExportAnswer);
  };
}

function reasonOf(error: unknown): ExportReason {
  if (error instanceof VideoExportError) return { code: error.code, zh: error.zh, en: error.en };
  const { message } = error as Error;
  return {
    code: 'failed',
    zh: `导出出错（${message}）：请再次导出，会接着写；仍不成功请联系技术支持`,
    en: `the export failed (${message}): export again, it goes on where it was; if that fails call the technician`,
  };
}

process.once('disconnect', () => process.exit());
process.once('message', (task: ExportTask) => {
  void carryOut(task)
    .catch((error: unknown): ExportAnswer => ({ kind: 'failed', reason: reasonOf(error) }))
    .then((answer) => process.send?.(answer, () => process.disconnect()));
});
