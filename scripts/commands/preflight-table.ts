// The check of the room on a terminal: a table by groups, Chinese first, worst lines first, colours where there is a terminal.

import type { LineGroup, PreflightLine, PreflightReport, Verdict } from '../../server/protocol/preflight.js';
import { bandsText, differingBands } from '../../server/preflight/bands-text.js';
import { countsOf } from '../../server/preflight/report.js';

const GROUPS: Record<LineGroup, string> = {
  server: '服务器 Server',
  package: '考试包 Package',
  devices: '设备 Devices',
  pcs: '考生机 Candidate PCs',
  room: '考场 Room',
};
const MARKS: Record<Verdict, { sign: string; colour: number; word: string }> = {
  green: { sign: '✓', colour: 32, word: '正常 fine' },
  amber: { sign: '▲', colour: 33, word: '注意 attention' },
  red: { sign: '✕', colour: 31, word: '不合格 not fit' },
  unknown: { sign: '?', colour: 36, word: '未测得 not measured' },
};
const WORST_FIRST: Verdict[] = ['red', 'unknown', 'amber', 'green'];
const TITLE_CELLS = 36;
const ID_CELLS = 24;

/** One line in short. */
export function lineText({ verdict, id, title, measured }: PreflightLine): string {
  return `${MARKS[verdict].sign} ${id} ${title.zh} ${title.en}: ${measured.zh}`;
}

/** The whole table. @param colours for a terminal */
export function reportText(
  report: PreflightReport,
  { files, isServed, isSigned }: { files: string[]; isServed: boolean; isSigned: boolean },
  colours = process.stdout.isTTY === true,
): string {
  const paint = (text: string, colour: number) => (colours ? `\x1b[${colour}m${text}\x1b[0m` : text);
  const { lines } = report;
  const judgedBy = bandsText(report);
  const differing = differingBands(report);
  const out: string[] = [
    `判定标准 judged by: ${judgedBy.zh}`,
    indent(judgedBy.en),
    ...(differing.length > 0 ? [indent(differing.join('；'))] : []),
  ];
  for (const [group, name] of Object.entries(GROUPS)) {
    const own = lines
      .filter((line) => line.group === group)
      .sort((a, b) => WORST_FIRST.indexOf(a.verdict) - WORST_FIRST.indexOf(b.verdict));
    if (own.length > 0) out.push('', paint(name, 1));
    for (const line of own) {
      const { sign, colour } = MARKS[line.verdict];
      const title = pad(`${line.title.zh} ${line.title.en}`, TITLE_CELLS);
      out.push(paint(`${sign} ${pad(line.id, ID_CELLS)} ${title} ${line.measured.zh}`, colour));
      if (line.measured.en !== line.measured.zh) out.push(indent(line.measured.en));
      if (line.attested?.note !== undefined) out.push(indent(`备注 note: ${line.attested.note}`));
      if (line.verdict === 'green') continue;
      out.push(indent(`要求 required: ${line.required.zh} / ${line.required.en}`));
      if (line.cause) out.push(indent(`原因 cause: ${line.cause.zh} / ${line.cause.en}`));
      if (line.nextStep) out.push(indent(`下一步 next: ${line.nextStep.zh} / ${line.nextStep.en}`));
    }
  }
  const counts = countsOf(lines);
  out.push(
    '',
    WORST_FIRST.map((verdict) =>
      paint(`${MARKS[verdict].sign} ${MARKS[verdict].word} ${counts[verdict]}`, MARKS[verdict].colour),
    ).join('   '),
    ...files.map((file) => `报告 report: ${file}`),
  );
  if (!isSigned) out.push('考场密钥尚未生成，报告未签名 / the room has no key yet: the report is not signed');
  if (!isServed)
    out.push('考务服务器未运行 / the server does not run: seats and devices are as they were last');
  out.push(
    '封场所用的报告请在控制台“检查”页运行 / the report for the seal is run on the console’s page of checks',
  );
  return out.join('\n');
}

const indent = (text: string) => `    ${text}`;

/** Pads by what a terminal shows: a Chinese character is two cells wide. */
function pad(text: string, cells: number): string {
  const wide = [...text].filter((character) => character > '⺀').length;
  return text + ' '.repeat(Math.max(1, cells - [...text].length - wide));
}
