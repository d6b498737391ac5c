// `kaochang release keep-journal` and `journal-back`: the journal over a change of its format, asked by what installs and goes back.

import { takeJournalBack } from '../../server/compose/journal-back.js';
import { keepJournal } from '../../server/compose/kept-journal.js';

/** Keeps the journal before this version opens it. @throws KeepJournalError when it cannot be kept */
export async function releaseKeepJournal({ data }: { data: string }) {
  const kept = await keepJournal({ data, now: Date.now() });
  const text =
    kept === null
      ? ''
      : `日志格式将更新；升级前的日志（${kept.lastSeq} 条，已核验）留存在 ${kept.file}，收卷交接后删除 / ` +
        `the journal changes its format; as it was (${kept.lastSeq} rows, verified) it is kept until the day is handed over: ${kept.file}`;
  return { ok: true, kept: kept?.file ?? null, format: kept?.format ?? null, text };
}

/** Puts the journal of before in its place. @throws JournalBackError when there is no way back */
export async function releaseJournalBack(options: { data: string; format: number; check?: boolean }) {
  const { data, format, check = false } = options;
  const report = await takeJournalBack({ data, format, now: Date.now(), checkOnly: check });
  const done = `已换回升级前的日志；升级后的 ${report.rowsSince} 条留在 ${report.setAside ?? ''} / the journal of before is back; ${report.rowsSince} rows of since are in that file`;
  const would = `将换回升级前的日志，升级后的 ${report.rowsSince} 条另存 / the journal of before will take its place; ${report.rowsSince} rows of since are laid aside`;
  return { ok: true, ...report, text: !report.needed ? '' : check ? would : done };
}
