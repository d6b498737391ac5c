// The report as a page of its own that prints on A4: Chinese first, English beside it, what is not well before the rest. It
// needs no server and no script.

import { bandsText, differingBands } from './bands-text.js';
import { countsOf, type PreflightReport } from './report.js';
import type { Both, LineGroup, Verdict } from './line.js';

const GROUPS: Record<LineGroup, string> = {
  server: '服务器 Server',
  package: '考试包 Exam package',
  devices: '设备 Devices',
  pcs: '考生机 Candidate PCs',
  room: '考场 Room',
};

const VERDICT_WORDS: Record<Verdict, string> = {
  green: '✓ 正常 fine',
  amber: '▲ 注意 attention',
  red: '✕ 不合格 not fit',
  unknown: '? 未测得 not measured',
};

const WORST_FIRST: Verdict[] = ['red', 'unknown', 'amber', 'green'];

/**
 * @param hash the report's hash, printed so that paper and journal can be compared
 * @param time writes an instant for people
 * @param isSigned false before the room has a key
 */
export function reportPage(
  report: PreflightReport,
  hash: string,
  time: (at: number) => string,
  isSigned = true,
): string {
  const counts = countsOf(report.lines);
  const judgedBy = bandsText(report);
  const differing = differingBands(report).join('；');
  const groups = (Object.keys(GROUPS) as LineGroup[])
    .map((group) => ({ group, lines: ofGroup(report, group) }))
    .filter(({ lines }) => lines.length > 0)
    // What keeps the room from being sealed stands on the first page.
    .sort((a, b) => Number(b.lines[0]?.verdict === 'red') - Number(a.lines[0]?.verdict === 'red'))
    .map(
      ({ group, lines }) =>
        `<tbody><tr class="group"><th colspan="5">${GROUPS[group]} <small>${groupCounts(lines)}</small></th></tr>${lines.map((line) => row(line, time)).join('')}</tbody>`,
    );
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>考前检查报告 ${text(report.reportId)}</title>
<style>${STYLE}</style></head><body>
<h1>考前检查报告 <small>Preflight report</small></h1>
<dl>
<dt>考场 Room</dt><dd>${text(report.roomName)}</dd>
<dt>时间 Time</dt><dd>${text(time(report.at))}</dd>
<dt>检查人 By</dt><dd>${text(report.by ?? '（服务器本机 on the server）')}</dd>
<dt>版本 Version</dt><dd>${text(report.version)}</dd>
<dt>考试包 Package</dt><dd>${text(report.package === null ? '—' : `${report.package.packageId} #${report.package.sequence}`)}</dd>
<dt>报告 Report</dt><dd>${text(report.reportId)}</dd>
</dl>
<p class="counts">${WORST_FIRST.map((verdict) => `<span class="${verdict}">${VERDICT_WORDS[verdict]}：${counts[verdict]}</span>`).join(' ')}</p>
<p class="bands"><b>判定标准 Judged by</b> ${text(judgedBy.zh)}<br><i>${text(judgedBy.en)}</i>${differing === '' ? '' : `<br>${text(differing)}`}</p>
<table><colgroup><col class="verdict"><col class="item"><col class="measured"><col class="required"><col></colgroup><thead><tr><th>结论</th><th>项目 Item</th><th>实测 Measured</th><th>要求 Required</th><th>原因与下一步 Cause, next step</th></tr></thead>
${groups.join('\n')}
</table>
<p class="signatures"><span>系统管理员签字 Sysadmin：</span><span>考务工作人员签字 Clerk：</span><span>日期 Date：</span></p>
<p class="hash">SHA-256 ${text(hash)}<br>${
    isSigned
      ? `本报告由考场密钥签名${report.by === null ? '' : '，考务日志记录了它的校验值'}。The report is signed with the room’s key${report.by === null ? '' : '; the journal names its hash'}.`
      : '考场尚无密钥，本报告未签名。The room has no key yet: this report is not signed.'
  }</p>
</body></html>
`;
}

/** The lines of a group, the worst first. */
function ofGroup({ lines }: PreflightReport, group: LineGroup): PreflightReport['lines'] {
  return lines
    .filter((line) => line.group === group)
    .sort((a, b) => WORST_FIRST.indexOf(a.verdict) - WORST_FIRST.indexOf(b.verdict));
}

/** `✕ 2 · ▲ 3 · ✓ 9`. */
function groupCounts(lines: PreflightReport['lines']): string {
  const counts = countsOf(lines);
  return WORST_FIRST.filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${VERDICT_WORDS[verdict].slice(0, 1)} ${counts[verdict]}`)
    .join(' · ');
}

function row(line: PreflightReport['lines'][number], time: (at: number) => string): string {
  const { verdict, title, requirement, measured, required, cause, nextStep, attested } = line;
  const why = [
    ...(cause === undefined ? [] : [whyText('原因', cause)]),
    ...(nextStep === undefined ? [] : [whyText('下一步', nextStep)]),
  ];
  const both = ({ zh, en }: Both) => (zh === en ? text(zh) : `${text(zh)}<br><i>${text(en)}</i>`);
  const said = attested === undefined ? '' : attestedText(attested, time);
  return `<tr class="${verdict}"><td>${VERDICT_WORDS[verdict].replace(/ [a-z ]+$/, '')}</td><td>${both(title)} <small>${text(requirement)}</small></td><td>${both(measured)}${said}</td><td>${both(required)}</td><td>${why.join('')}</td></tr>`;
}

/** Cause or next step; which of both it is stands before it. */
function whyText(word: string, { zh, en }: Both): string {
  return `<p><b>${word}</b> ${text(zh)}<br><i>${text(en)}</i></p>`;
}

/** Who said so, when, and their note. */
function attestedText(
  { by, at, note }: NonNullable<PreflightReport['lines'][number]['attested']>,
  time: (at: number) => string,
): string {
  const said = note === undefined ? '' : `<br><span class="note">备注 Note：${text(note)}</span>`;
  return `<br><small>${text(by ?? '')} ${text(time(at))}</small>${said}`;
}

function text(value: string): string {
  return value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const STYLE = `
@page { size: A4; margin: 12mm 11mm 14mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt; color: #5b6472; } }
body { font: 9pt/1.35 "Noto Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif; color: #1d2430; max-width: 188mm; margin: 8mm auto; }
@media print { body { margin: 0; max-width: none; } }
h1 { font-size: 16pt; margin: 0 0 3mm; } h1 small { font-size: 10pt; color: #5b6472; font-weight: normal; }
dl { display: grid; grid-template-columns: 28mm 1fr 28mm 1.4fr; margin: 0 0 3mm; } dt { color: #5b6472; } dd { margin: 0; }
.counts { margin: 0 0 2mm; } .counts span { display: inline-block; padding: .8mm 2.6mm; margin-right: 2mm; border: .3mm solid currentColor; border-radius: 1mm; }
.bands { margin: 0 0 3mm; font-size: 8.5pt; }
col.verdict { width: 17mm; } col.item { width: 32mm; } col.measured { width: 46mm; } col.required { width: 37mm; }
table { table-layout: fixed; width: 100%; border-collapse: collapse; } th { text-align: left; }
td, thead th { border: .2mm solid #c4cad4; padding: .9mm 1.4mm; vertical-align: top; overflow-wrap: anywhere; }
td:first-child { font-weight: 600; white-space: nowrap; } i { color: #5b6472; font-style: normal; font-size: 7.5pt; line-height: 1.25; }
td small { font-size: 7.5pt; color: #5b6472; } td:nth-child(2) i::first-letter { text-transform: uppercase; }
td p { margin: 0; } td p + p { margin-top: .8mm; } td p b { font-weight: 600; } .note { font-weight: 600; }
.group th { padding: 2.6mm 0 .8mm; font-size: 11pt; break-after: avoid; } .group th small { font-size: 8.5pt; font-weight: 400; color: #5b6472; }
.group { break-after: avoid; } tr { break-inside: avoid; } thead { display: table-header-group; }
.red td:first-child, span.red { color: #b3261e; } .amber td:first-child, span.amber { color: #8a5a00; }
.green td:first-child, span.green { color: #1f6f43; } .unknown td:first-child, span.unknown { color: #4a5568; }
.signatures { display: flex; gap: 8mm; margin-top: 8mm; break-inside: avoid; break-after: avoid; } .signatures span { flex: 1; border-bottom: .3mm solid #1d2430; padding-bottom: 7mm; }
.hash { font-size: 8pt; color: #5b6472; word-break: break-all; }
`;
