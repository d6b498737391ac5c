// docs/figures.md and its pictures, made of what the benches found. Pure: it writes no file and measures nothing.

import type { FlushPoint, GrowthPoint } from './growth.js';
import type { Machine } from './machine.js';
import { cells, isMet, shown, type Found } from './rows.js';
import { plot } from './svg-plot.js';

/** Everything that one run of the benches found; also what `--json` writes. */
export interface Run {
  machine: Machine;
  /** Seconds that the run took. */
  tookSeconds: number;
  /** What the sizes were: 'full', 'short'. */
  size: string;
  found: (Found & { part: string })[];
  growth: GrowthPoint[];
  flush: FlushPoint[];
}

const COMMAND = 'npm run bench --';

/** Between these two lines another command keeps its own figures: what is there stays. */
export const KEPT = ['<!-- long run -->', '<!-- end of long run -->'] as const;

/** The page. @param before the page as it is, of which the long run's figures are kept; '' where there is none */
export function figuresPage(run: Run, before = ''): string {
  const { machine, found, growth, flush } = run;
  const kept = between(before);
  return `${[
    `# 实测数据 Figures

**本页由 \`npm run bench -- --write-docs\` 写成，不手工修改。** 每个数字旁的命令可以重新得到它。服务器是独立进程（\`kaochang serve\`，HTTPS），
考生机由同一台机器上的另一个进程扮演，两者共用全部处理器核。“裸极限”在同一次运行、同一台机器、同样经 TLS 测得。

**Written by \`npm run bench -- --write-docs\`, not by hand.** The command beside a figure prints it again. The server is a process of
its own (\`kaochang serve\`, HTTPS); another process on the same machine plays the PCs, and they share all cores. Each raw limit was
taken in the same run, on the same machine, over the same TLS.

${machineTable(machine, run)}`,
    `## 预算 Budgets

${table(
  ['指标 What', '预算 Budget', '实测 Figure', '裸极限 Raw limit', '比值 Ratio', '', '重测 Again'],
  found.map((one) => [...cells(one, 'both'), `\`${COMMAND} --only ${one.part}\``]),
)}

${verdict(found)}

${found
  .map(({ what, note, raw }) => noteOf(what, note, raw?.what))
  .filter((line) => line !== '')
  .join('\n')}`,
    `裸极限包含什么 What the raw limits contain:

- **裸 ws 回显 + 裸组提交 bare ws echo + bare group commit**: \`ws\` over TLS with the room's kind of certificate; each frame goes as it
  came into one row of SQLite (WAL, \`synchronous=FULL\`) in a worker thread, in groups; after the flush it goes back. No rules, no
  hash chain, no encryption, no state, no staff. The same PCs send the same frames.
- **裸 ws 群发 bare ws broadcast**: one PC sends the paper frame, a bare \`ws\` server over TLS sends the same bytes to everybody.`,
    growth.length === 0 ? '' : growthSection(growth),
    flush.length === 0 ? '' : flushSection(flush),
    kept,
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

/** What another command wrote into the page, its marks included; '' where there is nothing. */
export function between(page: string): string {
  const [from, to] = KEPT.map((mark) => page.indexOf(mark)) as [number, number];
  return from < 0 || to < from ? '' : page.slice(from, to + KEPT[1].length);
}

/** The page with another command's figures in their place. */
export function withKept(page: string, text: string): string {
  const section = `${KEPT[0]}\n\n${text}\n\n${KEPT[1]}`;
  const old = between(page);
  return old === '' ? `${page.trimEnd()}\n\n${section}\n`.trimStart() : page.replace(old, () => section);
}

export function machineTable(machine: Machine, run?: { tookSeconds: number; size: string }): string {
  const versions = Object.entries(machine.versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
  return table(
    ['', ''],
    [
      ['处理器 CPU', `${machine.cores} cores, ${machine.cpu}`],
      ['内存 Memory', `${machine.memoryGb} GB`],
      ['系统 System', machine.system],
      [
        '磁盘 Disk',
        `${machine.fileSystem}; one flush of 4 KiB: p50 ${machine.flushP50Ms} ms, p99 ${machine.flushP99Ms} ms`,
      ],
      ['版本 Versions', versions],
      ['日期 Date', machine.date],
      ...(run === undefined ? [] : [['规模 Size', `${run.size}, ${(run.tookSeconds / 60).toFixed(1)} min`]]),
    ],
  );
}

function verdict(found: readonly Found[]): string {
  const asked = found.filter((one) => isMet(one) !== null);
  const missed = asked.filter((one) => isMet(one) === false);
  const names = missed.map(({ what: [zh, en] }) => `${zh} ${en}`).join('; ');
  return `${asked.length - missed.length} / ${asked.length} 项达到预算 budgets met${missed.length === 0 ? '.' : `; 未达到 missed: ${names}.`}`;
}

const noteOf = ([zh, en]: Found['what'], note: string | undefined, raw: Found['what'] | undefined) => {
  const parts = [note, raw === undefined ? undefined : `raw limit: ${raw[0]} ${raw[1]}`].filter(
    (one) => one !== undefined,
  );
  return parts.length === 0 ? '' : `- **${zh} ${en}**: ${parts.join('; ')}`;
};

function growthSection(growth: readonly GrowthPoint[]): string {
  const rows = growth.map((one) => [
    one.candidates.toLocaleString('en-US'),
    `${shown(one.p50Ms)} ms`,
    `${shown(one.p99Ms)} ms`,
    `${shown(one.cpuPer1000Saves * 1_000)} ms`,
    `${shown(one.rssMb)} MB`,
    `${shown(one.memoryPerCandidateKb)} kB`,
    `${shown(one.loopP99Ms)} ms`,
  ]);
  return `## 随人数的增长 Growth

每名考生每秒保存一次，一个进程，一台机器。Each candidate saves once a second. \`${COMMAND} --only growth\`

${table(
  [
    '考生 Candidates',
    '保存 p50',
    '保存 Save p99',
    '每千次保存 CPU per 1,000 saves',
    '内存 Resident',
    '每人内存 Memory per candidate',
    '事件循环 Event loop p99',
  ],
  rows,
)}

Memory per candidate: what the server takes beyond an empty room of ${growth[0]?.candidates ?? 0}, divided by the candidates.

![随人数的增长 growth](pictures/growth.svg)`;
}

function flushSection(flush: readonly FlushPoint[]): string {
  const rows = flush.map((one) => [
    `${one.addedMs} ms`,
    one.addedMs === 0 ? '' : `${one.measuredMs.toFixed(1)} ms`,
    ...[one.p50Ms, one.p95Ms, one.p99Ms, one.maxMs].map((value) => `${shown(value)} ms`),
    shown(one.savesPerCommit),
  ]);
  return `## 慢盘 A slow disk

\`strace\` 使服务器的每次 fsync、fdatasync 多用若干毫秒；“实测”由另一个程序在同样条件下测得。\`strace\` holds up every fsync and
fdatasync of the server, and nothing else; "measured" is what a program of its own under the same strace saw. \`${COMMAND} --only flush\`

${table(['每次落盘加 Added', '实测 Measured', 'p50', 'p95', 'p99', 'max', '每次提交的保存 Saves per commit'], rows)}

![慢盘下的保存延迟 latency of saves on slow disks](pictures/slow-flush.svg)`;
}

/** The picture of the growth. */
export function growthPicture(growth: readonly GrowthPoint[]): string {
  const x = { label: ['考生人数', 'candidates'], log: true } as const;
  const of = (pick: (point: GrowthPoint) => number) =>
    growth.map((one) => [one.candidates, pick(one)] as const);
  return plot([
    {
      ...{ title: ['保存延迟', 'Latency of a save'], x, y: { label: ['毫秒', 'ms'] } },
      series: [
        { name: ['p99', ''], points: of(({ p99Ms }) => p99Ms) },
        { name: ['p50', ''], points: of(({ p50Ms }) => p50Ms) },
      ],
      limit: { at: 50, name: ['预算', 'budget'] },
    },
    {
      ...{
        title: ['服务器处理器时间', 'CPU of the server'],
        x,
        y: { label: ['毫秒 / 千次保存', 'ms per 1,000 saves'] },
      },
      series: [{ name: ['全部线程', 'all threads'], points: of((one) => one.cpuPer1000Saves * 1_000) }],
    },
  ]);
}

/** The picture of the slow disks. */
export function flushPicture(flush: readonly FlushPoint[]): string {
  const of = (pick: (point: FlushPoint) => number) => flush.map((one) => [one.addedMs, pick(one)] as const);
  return plot([
    {
      title: ['慢盘下的保存延迟', 'Latency of saves on slow disks'],
      x: { label: ['每次落盘增加（毫秒）', 'added to every flush, ms'] },
      ...{ y: { label: ['毫秒', 'ms'] }, bars: true },
      series: [
        { name: ['p50', ''], points: of(({ p50Ms }) => p50Ms) },
        { name: ['p95', ''], points: of(({ p95Ms }) => p95Ms) },
        { name: ['p99', ''], points: of(({ p99Ms }) => p99Ms) },
      ],
      limit: { at: 50, name: ['预算：加 10 ms 以内', 'budget, up to 10 ms added'] },
    },
  ]);
}

/** A table of Markdown, as prettier would leave it: that depends on widths of Chinese letters, so the page is not formatted. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cellsOfLine: readonly string[]) =>
    `| ${cellsOfLine.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
