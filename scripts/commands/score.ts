// `kaochang score` and `rescore`: for the organisation, on the bundle and its own package.

import ExcelJS from 'exceljs';
import { eventStateOf, type ScoredCandidate } from './score-candidates.js';
import { rescoreCandidate } from '../../server/papers/rescore.js';

export interface ScoreOptions {
  bundle: string;
  package: string;
  orgKey: string;
  trust?: string[];
  out?: string;
}

/** The platform's columns for scores (requirements, section H). */
const COLUMNS = [
  '考生编号',
  '考生姓名',
  '证件号码',
  '准考证号',
  '考生类型',
  '所属院校',
  '考试计划',
  '考核证书',
  '证书等级',
  '考核站点',
  '科目编号',
  '考试科目',
  '考试方式',
  '考试时间',
  '考试成绩',
  '考试状态',
];

/** Scores everybody on the roster and writes the sheet. @throws Error when the bundle does not hold */
export async function scoreBundle(options: ScoreOptions) {
  const { candidates, session, installed } = await eventStateOf(options);
  const { plan } = session;
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet('成绩');
  sheet.addRow(COLUMNS).font = { bold: true };
  for (const { entry, score, state } of candidates)
    sheet.addRow([
      entry.candidateId,
      entry.name,
      entry.documentNo,
      entry.ticketNo,
      entry.kind === 'school' ? '院校考生' : '社会考生',
      entry.school,
      installed.planName,
      plan.certificate,
      plan.level,
      installed.siteName,
      plan.subject.subjectNo,
      plan.subject.name,
      '机考',
      new Date(session.startedAt ?? plan.startsAt).toISOString(),
      score === null ? '' : score.points,
      state,
    ]);
  sheet.columns.forEach((column, index) => {
    column.width = [12, 12, 22, 30][index] ?? 16;
    // Ticket and document numbers are text: a number would lose their last digits.
    if (index !== 14) column.numFmt = '@';
  });
  if (options.out !== undefined) await book.xlsx.writeFile(options.out);
  const scored = candidates.filter(({ score }) => score !== null);
  const average =
    scored.reduce((sum, { score }) => sum + (score?.points ?? 0), 0) / Math.max(1, scored.length);
  const text = `已评分 / scored: ${scored.length} / ${candidates.length}，平均 / average ${average.toFixed(2)}${options.out === undefined ? '' : `\n成绩表 / sheet: ${options.out}`}`;
  return {
    ok: true,
    candidates: candidates.length,
    scored: scored.length,
    average: Math.round(average * 100) / 100,
    text,
  };
}

/** Scores with the second scorer and compares item by item. Not ok when anything differs. */
export async function rescoreBundle(options: ScoreOptions) {
  const { candidates, scoring } = await eventStateOf(options);
  const differences: { ticketNo: string; itemId: string; first: number; second: number }[] = [];
  for (const { entry, score, dealt, answers } of candidates) {
    if (score === null) continue;
    const second = rescoreCandidate(scoring, dealt, answers);
    score.items.forEach(({ itemId, points }, index) => {
      const cents = second[index]?.cents ?? -1;
      if (Math.round(points * 100) !== cents)
        differences.push({ ticketNo: entry.ticketNo, itemId, first: points, second: cents / 100 });
    });
  }
  const compared = candidates.filter(({ score }: ScoredCandidate) => score !== null).length;
  const text =
    differences.length === 0
      ? `两套评分一致 / both scorers agree: ${compared}`
      : differences
          .map(({ ticketNo, itemId, first, second }) => `${ticketNo} ${itemId}: ${first} ≠ ${second}`)
          .join('\n');
  return { ok: differences.length === 0, compared, differences, text };
}
