// `kaochang review`: one candidate's answers in the order seen, with times and key, for the organisation (REQ-F07).

import { writeFile } from 'node:fs/promises';
import { answerHistory, type AnswerEvent } from '../../server/bundle/answer-history.js';
import type { Bag } from '../../server/bundle/verify-zip.js';
import type { AnswerValue, ItemId, Session } from '../../server/core/types.js';
import type { ItemContent } from '../../server/protocol/seat.js';
import { chinaTime } from './china-time.js';
import { lostLine } from './lost-files.js';
import { fileLines, writeFiles } from './review-files.js';
import { scoredSubjects, type ScoreOptions } from './score-candidates.js';

/** Prints text that fits A4; `out` writes it to a file. Not ok where a file of this candidate is lost. @throws Error for a ticket that is not on the roster */
export async function reviewBundle(
  options: ScoreOptions & { ticket: string; out?: string; history?: boolean; files?: string },
) {
  if (options.package === undefined)
    throw new Error('--package: 复核需要考试包 / a review needs the package');
  let history = new Map<ItemId, AnswerEvent[]>();
  let written: string[] = [];
  const read = async (bag: Bag, { candidates: people }: Session) => {
    const own = Object.values(people).find(({ entry }) => entry.ticketNo === options.ticket);
    if (own === undefined) return;
    history = await answerHistory(bag, own.entry.candidateId);
    if (options.files !== undefined) written = await writeFiles(options.files, own, bag);
  };
  const [{ candidates, session, scoring, content, installed }] = await scoredSubjects(options, read);
  const found = candidates.find(({ entry }) => entry.ticketNo === options.ticket);
  const candidate = found && session.candidates[found.entry.candidateId];
  if (found === undefined || candidate === undefined)
    throw new Error(`没有准考证号 / no ticket ${options.ticket}`);
  const items = new Map(
    content?.sections
      .flatMap((section) => section.items.flatMap((item) => [item, ...(item.case?.items ?? [])]))
      .map((item) => [item.itemId, item]),
  );
  const lines = [
    `${installed.roomName}　${session.plan.subject.name}`,
    `${found.entry.name}　准考证号 ${found.entry.ticketNo}　${found.state}`,
    `考试包 ${installed.packageId} #${installed.sequence}　清单 ${installed.manifestHash.slice(0, 16)}　试卷 ${scoring.paperId}`,
    '',
  ];
  let number = 0;
  for (const section of candidate.order?.sections ?? [])
    for (const { itemId, options: seen } of section.items) {
      number += 1;
      const answer = candidate.answers[itemId];
      const score = found.score?.items.find((one) => one.itemId === itemId);
      lines.push(`${number}. [${itemId}] ${plain(items.get(itemId)?.stem ?? '')}`);
      seen.forEach((option, index) =>
        lines.push(`    ${letter(index)}. ${plain(optionText(items.get(itemId), option))}`),
      );
      const at =
        answer === undefined
          ? ''
          : `　${chinaTime(answer.savedAt)}　第 ${answer.rev} 次 / rev ${answer.rev}，lease ${answer.lease}`;
      lines.push(`    作答 / answer: ${given(answer?.value, seen)}${at}`);
      lines.push(...fileLines(candidate, answer?.value, found.lost));
      lines.push(...versionsOf(history.get(itemId) ?? [], options.history === true));
      lines.push(`    得分 / points: ${pointsText(score)} / ${score?.of ?? '-'}`, '');
    }
  lines.push(`合计 / total: ${pointsText(found.score)} / ${found.score?.of ?? '-'}`);
  for (const { itemId, record, why } of candidate.contested)
    lines.push(
      `待组织裁定 / contested: ${itemId} ${why} ${chinaTime(record.madeAt)} ${given(record.value, [])}`,
      ...fileLines(candidate, record.value, found.lost),
    );
  if (options.files !== undefined)
    lines.push(`已写出 ${written.length} 个文件 / files written: ${options.files}`);
  lines.push(...found.lost.map((file) => lostLine(found.entry, file)));
  const text = lines.join('\n');
  if (options.out !== undefined) await writeFile(options.out, `${text}\n`);
  const { lost, score, entry } = found;
  return {
    ok: lost.length === 0,
    ticketNo: entry.ticketNo,
    points: score?.points ?? null,
    missing: lost,
    text,
  };
}

/** Earlier versions of a text, oldest first; what was brought back says from which one. @param whole with every text */
function versionsOf(events: readonly AnswerEvent[], whole: boolean): string[] {
  const lines: string[] = [];
  let restored = '';
  for (const event of events) {
    if (event.type === 'answer-restored') {
      restored = `　第 ${event.rev} 次恢复自第 ${event.ofRev} 次 / rev ${event.rev} brought back rev ${event.ofRev}`;
      continue;
    }
    const { rev, lease, value, madeAt } = event.record;
    if (!('text' in value)) continue;
    const contested = event.type === 'answer-contested' ? `　待裁定 / contested ${event.why}` : '';
    lines.push(
      `      · 第 ${rev} 次 / rev ${rev}，lease ${lease}　${chinaTime(madeAt)}　${[...value.text].length} 字符 / characters${restored}${contested}`,
    );
    if (whole) lines.push(...value.text.split('\n').map((line) => `        | ${line}`));
    restored = '';
  }
  return lines.length === 0 ? [] : ['    历史 / history:', ...lines];
}

const letter = (index: number) => String.fromCharCode(65 + index);

/** A mark that is missing is not 0. */
function pointsText(score: { points: number | null } | null | undefined): string {
  if (score == null) return '-';
  return score.points === null ? '待评分 / pending' : String(score.points);
}

function given(value: AnswerValue | undefined, seen: readonly string[]): string {
  if (value === undefined) return '（未作答）';
  if ('blanks' in value) return value.blanks.map((text) => `「${text}」`).join(' ');
  if ('files' in value) return value.files.map(({ name }) => name).join(' ') || '（未作答）';
  if ('text' in value) return value.text === '' ? '（未作答）' : `「${value.text}」`;
  return (
    value.options
      .map((option) => (seen.includes(option) ? letter(seen.indexOf(option)) : option))
      .sort()
      .join('') || '（未作答）'
  );
}

function optionText(item: ItemContent | undefined, option: string): string {
  return item?.options.find(({ id }) => id === option)?.html ?? option;
}

function plain(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
