// `kaochang score` and `rescore`: for the organisation, on bundles and its own package.

import ExcelJS from 'exceljs';
import { totalOf, type Total } from '../../server/papers/scoring/totals.js';
import { rescoreCandidate } from '../../server/papers/rescore.js';
import { roundPoints } from '../../server/papers/scoring/score.js';
import { chinaTime } from './china-time.js';
import { lostLine, type LostFile } from './lost-files.js';
import { plain, writeMarkingSheet } from './marking-sheet.js';
import {
  scoredSubjects,
  type ScoredCandidate,
  type ScoredSubject,
  type ScoreOptions,
} from './score-candidates.js';

/** The platform's columns for scores (requirements, section H). */
const COLUMNS = [
  ...['考生编号', '考生姓名', '证件号码', '准考证号', '考生类型', '所属院校', '考试计划', '考核证书'],
  ...['证书等级', '考核站点', '科目编号', '考试科目', '考试方式', '考试时间', '考试成绩', '考试状态'],
];
const SCORE_AT = COLUMNS.indexOf('考试成绩');

/**
 * Scores everybody on the rosters, one row a candidate and subject, and the totals by the plan's rule (REQ-F06). What nobody has
 * marked yet is pending: no number stands in its place; so is what a lost file belongs to, and then the result is not ok. @throws Error when a bundle or the marks do not hold
 */
export async function scoreBundle(options: ScoreOptions & { out?: string; markingSheet?: string }) {
  const subjects = await scoredSubjects(options);
  const book = new ExcelJS.Workbook();
  addScores(book, subjects);
  const totals = totalsOf(subjects);
  addTotals(book, subjects, totals);
  const lost = lostOf(subjects);
  if (lost.length > 0) addLost(book, lost);
  if (options.out !== undefined) await book.xlsx.writeFile(options.out);
  if (options.markingSheet !== undefined)
    await writeMarkingSheet(
      options.markingSheet,
      subjects.map(({ scoring }) => scoring),
      subjects.flatMap(sheetTasks),
    );
  const candidates = subjects[0].candidates.length;
  const sat = subjects[0].candidates.flatMap(({ score }) => (score === null ? [] : [score]));
  const known = sat.flatMap(({ points }) => (points === null ? [] : [points]));
  const pending = subjects.flatMap((subject) =>
    subject.candidates.filter(({ score }) => score !== null && score.points === null),
  ).length;
  const average = roundPoints(known.reduce((sum, points) => sum + points, 0) / Math.max(1, known.length));
  const text = [
    `已评分 / scored: ${known.length} / ${candidates}，平均 / average ${average.toFixed(2)}`,
    ...(pending === 0 ? [] : [`待人工评分 / waiting for marks: ${pending} 份 / papers`]),
    ...(options.out === undefined ? [] : [`成绩表 / sheet: ${options.out}`]),
    ...(options.markingSheet === undefined ? [] : [`评卷表 / marking sheet: ${options.markingSheet}`]),
    ...lost.map((one) => lostLine(one, one.file)),
  ].join('\n');
  const missing = lost.map(({ ticketNo, file }) => ({ ticketNo, ...file }));
  const ok = lost.length === 0;
  return { ok, candidates, scored: known.length, pending, average, totals, missing, text };
}

/** Per cent of the paper's points. */
function scoreOf({ score }: ScoredCandidate): number | null {
  if (score === null || score.points === null) return null;
  return score.of === 0 ? 0 : roundPoints((score.points * 100) / score.of);
}

function addScores(book: ExcelJS.Workbook, subjects: readonly ScoredSubject[]): void {
  const sheet = book.addWorksheet('成绩');
  sheet.addRow(COLUMNS).font = { bold: true };
  for (const { candidates, session, installed } of subjects)
    for (const { entry, score, state, lost } of candidates) {
      const { plan, startedAt } = session;
      const waits = lost.some(({ counts }) => counts) ? '文件缺失' : '待评分';
      const isPending = score !== null && score.points === null;
      sheet.addRow([
        ...[entry.candidateId, entry.name, entry.documentNo, entry.ticketNo],
        ...[entry.kind === 'school' ? '院校考生' : '社会考生', entry.school, installed.planName],
        ...[plan.certificate, plan.level, installed.siteName, plan.subject.subjectNo, plan.subject.name],
        ...['机考', chinaTime(startedAt ?? plan.startsAt).slice(0, 19)],
        ...[score === null ? '' : (score.points ?? '待评分'), isPending ? waits : state],
      ]);
    }
  sheet.columns.forEach((column, index) => {
    column.width = [12, 12, 22, 30][index] ?? 16;
    // Ticket and document numbers are text: a number would lose their last digits.
    if (index !== SCORE_AT) column.numFmt = '@';
  });
}

interface PersonLost {
  ticketNo: string;
  name: string;
  subject: string;
  file: LostFile;
}

function lostOf(subjects: readonly ScoredSubject[]): PersonLost[] {
  return subjects.flatMap(({ candidates, session: { plan } }) =>
    candidates.flatMap(({ entry: { ticketNo, name }, lost }) =>
      lost.map((file) => ({ ticketNo, name, subject: plan.subject.name, file })),
    ),
  );
}

function addLost(book: ExcelJS.Workbook, lost: readonly PersonLost[]): void {
  const sheet = book.addWorksheet('缺失文件');
  sheet.addRow(['准考证号', '考生姓名', '考试科目', '题号', '文件名', '字节数', 'SHA-256', '说明']).font = {
    bold: true,
  };
  for (const { ticketNo, name, subject, file } of lost) {
    const note = file.counts ? '该题待定' : '存疑作答';
    sheet.addRow([ticketNo, name, subject, file.itemId, file.name, file.size, file.fileHash, note]);
  }
  sheet.columns.forEach((column, index) => {
    column.width = [30, 12, 16, 10, 30, 12, 66, 12][index] ?? 16;
    if (index === 0) column.numFmt = '@';
  });
}

interface PersonTotal {
  ticketNo: string;
  name: string;
  scores: (number | null)[];
  total: Total | null;
}

/** Totals of everybody who is on a roster; null where a subject is missing or was not sat. */
function totalsOf(subjects: readonly ScoredSubject[]): PersonTotal[] {
  const people = new Map<string, PersonTotal>();
  subjects.forEach(({ candidates }) => {
    for (const { entry } of candidates) {
      if (people.has(entry.ticketNo)) continue;
      const own = subjects.map((subject) => ({
        subject: subject.session.plan.subject,
        candidate: subject.candidates.find((one) => one.entry.ticketNo === entry.ticketNo),
      }));
      const sat = own.every(({ candidate }) => candidate?.score != null);
      const results = own.map(({ subject: { subjectNo, weight, passMark }, candidate }) => {
        return { subjectNo, weight, passMark, score: candidate === undefined ? null : scoreOf(candidate) };
      });
      people.set(entry.ticketNo, {
        ...{ ticketNo: entry.ticketNo, name: entry.name },
        scores: results.map(({ score }) => score),
        total: sat ? totalOf(results, ruleOf(subjects)) : null,
      });
    }
  });
  return [...people.values()];
}

function ruleOf(subjects: readonly ScoredSubject[]) {
  const [first] = subjects;
  if (first === undefined) throw new Error('No subject');
  return first.session.plan.policy.total;
}

function addTotals(book: ExcelJS.Workbook, subjects: readonly ScoredSubject[], totals: PersonTotal[]): void {
  const sheet = book.addWorksheet('总成绩');
  const heads = subjects.map(({ session: { plan } }) => `${plan.subject.name}（${plan.subject.weight}%）`);
  sheet.addRow(['准考证号', '考生姓名', ...heads, '总成绩', '结果']).font = { bold: true };
  for (const { ticketNo, name, scores, total } of totals) {
    const words = { pending: '待评分', passed: '合格', failed: '不合格' } as const;
    const points = total === null || total.state === 'pending' ? '' : (total.total ?? '');
    const result = total === null ? '缺科目' : words[total.state];
    sheet.addRow([ticketNo, name, ...scores.map((score) => score ?? ''), points, result]);
  }
  sheet.columns.forEach((column, index) => {
    column.width = [30, 12][index] ?? 16;
    if (index < 2) column.numFmt = '@';
  });
}

function sheetTasks({ candidates, content }: ScoredSubject) {
  const stems = new Map(
    content?.sections
      .flatMap(({ items }) => items.flatMap((item) => item.case?.items ?? [item]))
      .map(({ itemId, stem }) => [itemId, plain(stem ?? '')]),
  );
  return candidates.flatMap(({ tasks, answers, lost }) =>
    tasks
      // Who marks what is not all there takes points from who handed it in.
      .filter(({ itemId }) => !lost.some((file) => file.counts && file.itemId === itemId))
      .map((task) => ({
        ...task,
        answer: answers[task.itemId] ?? { text: '' },
        stem: stems.get(task.itemId) ?? '',
      })),
  );
}

/** Scores with the second scorer and compares item by item. Not ok when anything differs, or a file is lost. */
export async function rescoreBundle(options: ScoreOptions) {
  const differences: { ticketNo: string; itemId: string; first: number | null; second: number | null }[] = [];
  let compared = 0;
  const subjects = await scoredSubjects(options);
  const lost = lostOf(subjects);
  for (const { candidates, scoring } of subjects)
    for (const { entry, score, dealt, answers, marks } of candidates) {
      if (score === null) continue;
      compared += 1;
      const given = [...marks].map(([itemId, points]) => ({ itemId, points }));
      const second = rescoreCandidate(scoring, dealt, answers, given);
      score.items.forEach(({ itemId, points }, index) => {
        const cents = second[index]?.cents ?? null;
        if ((points === null ? null : Math.round(points * 100)) !== cents)
          differences.push({
            ...{ ticketNo: entry.ticketNo, itemId, first: points },
            second: cents === null ? null : cents / 100,
          });
      });
    }
  const agree = differences.length === 0;
  const lines = agree
    ? [`两套评分一致 / both scorers agree: ${compared}`]
    : differences.map(({ ticketNo, itemId, first, second }) => `${ticketNo} ${itemId}: ${first} ≠ ${second}`);
  const text = [...lines, ...lost.map((one) => lostLine(one, one.file))].join('\n');
  const missing = lost.map(({ ticketNo, file }) => ({ ticketNo, ...file }));
  return { ok: agree && lost.length === 0, compared, differences, missing, text };
}
