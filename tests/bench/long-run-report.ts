// What the long run says: whether memory, open files, delay and timers stay where they are. Pure.

import { machineTable } from './figures-page.js';
import type { Machine } from './machine.js';
import type { Names } from './rows.js';
import { slopeOf, type Slope } from './slope.js';
import { plot, type Panel } from './svg-plot.js';

export interface Sample {
  /** Since the start of the run. */
  minutes: number;
  /** From 0. */
  session: number;
  isWriting: boolean;
  rssMb: number;
  heapMb: number;
  externalMb: number;
  openFiles: number;
  loopP99Ms: number;
  loopMaxMs: number;
  /** The room's clock minus this machine's monotonic clock, beyond what it was at first. */
  clockMs: number;
}

export interface LongRun {
  machine: Machine;
  seats: number;
  minutes: number;
  /** How many hours of exam it stands for. */
  hours: number;
  saves: number;
  logIns: number;
  reconnects: number;
  messages: number;
  remindersLateMs: number[];
  endsLateMs: number[];
  samples: Sample[];
}

type Measure = Exclude<keyof Sample, 'minutes' | 'session' | 'isWriting'>;

/** What may not rise, and from what slope on an hour of it would matter. */
const WATCHED: { of: Measure; name: Names; unit: string; mattersPerHour: number }[] = [
  { of: 'rssMb', name: ['常驻内存', 'resident memory'], unit: 'MB', mattersPerHour: 20 },
  { of: 'heapMb', name: ['JS 堆', 'JavaScript heap'], unit: 'MB', mattersPerHour: 10 },
  { of: 'externalMb', name: ['堆外内存', 'external memory'], unit: 'MB', mattersPerHour: 5 },
  { of: 'openFiles', name: ['打开的句柄', 'open file handles'], unit: '', mattersPerHour: 2 },
  { of: 'loopP99Ms', name: ['事件循环延迟 p99', 'event-loop delay p99'], unit: 'ms', mattersPerHour: 2 },
  { of: 'clockMs', name: ['时钟漂移', 'drift of the clock'], unit: 'ms', mattersPerHour: 5 },
];

export interface Verdict {
  name: Names;
  unit: string;
  /** Per hour of the run, within sessions. */
  slope: Slope;
  /** Mean while everybody writes, session by session. */
  levels: number[];
  judged: 'flat' | 'rising' | 'unclear';
}

const JUDGED: Record<Verdict['judged'], string> = {
  flat: '平稳 flat',
  rising: '上升 rising',
  unclear: '尚不能断定 unclear, the run is too short',
};

/**
 * Samples of the time in which everybody writes, the first 40 % of each session left out: by then every item has an answer, and
 * what rises after that is not answers. Sessions are compared with themselves, because the room keeps the answers of each.
 */
export function verdicts(samples: readonly Sample[]): Verdict[] {
  const sessions = [...new Set(samples.map(({ session }) => session))];
  const steady = sessions.map((session) => {
    const writing = samples.filter((one) => one.session === session && one.isWriting);
    return writing.slice(Math.ceil(writing.length * 0.4));
  });
  return WATCHED.map(({ of, name, unit, mattersPerHour }) => {
    const means = steady.map((rows) => mean(rows.map((one) => one[of])));
    const points = steady.flatMap((rows, n) => {
      const middle = mean(rows.map(({ minutes }) => minutes));
      return rows.map((one) => [(one.minutes - middle) / 60, one[of] - (means[n] ?? 0)] as const);
    });
    const slope = slopeOf(points);
    return { name, unit, slope, levels: means, judged: judge(slope, mattersPerHour) };
  });
}

/** Flat and rising are said only where the whole interval says so. */
function judge({ low, high }: Slope, matters: number): Verdict['judged'] {
  if (high <= matters) return 'flat';
  return low > matters ? 'rising' : 'unclear';
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;

/** Lines for the terminal. */
export function longRunLines(run: LongRun): string[] {
  return [
    `${run.seats} 人 seats, ${run.minutes} min for ${run.hours} h: ${count(run.saves)} saves, ${count(run.logIns)} log-ins, ` +
      `${count(run.reconnects)} reconnects, ${run.messages} messages`,
    ...verdicts(run.samples).map(
      ({ name: [zh, en], unit, slope, levels, judged }) =>
        `${JUDGED[judged]}: ${zh} ${en}: ${signed(slope.slope)} ${unit}/h ` +
        `[${signed(slope.low)}, ${signed(slope.high)}]; ${levels.map((one) => one.toFixed(1)).join(' → ')} ${unit}`,
    ),
    `提醒迟到 reminders late: ${late(run.remindersLateMs)}; 到时迟到 ends late: ${late(run.endsLateMs)}`,
  ];
}

/** The section of docs/figures.md. */
export function longRunSection(run: LongRun): string {
  const rows = verdicts(run.samples).map(({ name: [zh, en], unit, slope, levels, judged }) =>
    [
      `${zh} ${en}`,
      `${signed(slope.slope)} ${unit}/h`,
      `${signed(slope.low)} … ${signed(slope.high)}`,
      `${levels.map((one) => one.toFixed(1)).join(' → ')} ${unit}`,
      JUDGED[judged],
    ].join(' | '),
  );
  return `## 长时间运行 Long run

${run.minutes} 分钟内完成 ${run.hours} 小时的考试量：${run.seats} 人，${count(run.saves)} 次保存，${count(run.logIns)} 次登录，${count(run.reconnects)} 次断线重连，
${count(run.messages)} 条通知，${run.remindersLateMs.length} 次提醒。服务器只按真实时钟运行，所以压缩的是场次与速率，不是时间。

The load of ${run.hours} hours of exam in ${run.minutes} minutes. The server runs on the real clock only, so sessions and rates are
compressed, not time. \`npm run long-run -- --minutes ${run.minutes} --seats ${run.seats} --write-docs\`

| | 斜率 Slope | 95 % | 各场均值 Mean of each session | |
|---|---|---|---|---|
${rows.map((row) => `| ${row} |`).join('\n')}

Slopes are within sessions, after every item has an answer; the room keeps the answers of a session until it is wiped, so the
levels rise from session to session by what the answers take.

提醒迟到 Reminders late: ${late(run.remindersLateMs)}. 到时迟到 Ends late: ${late(run.endsLateMs)}.

![长时间运行 long run](pictures/long-run.svg)

${machineTable(run.machine)}`;
}

/** Four panels over the minutes of the run. */
export function longRunPicture(run: LongRun): string {
  const x = { label: ['分钟', 'minutes'] } as const;
  const over = (of: Measure) => run.samples.map((one) => [one.minutes, one[of]] as const);
  const panels: Panel[] = [
    {
      ...{ title: ['内存', 'Memory'], x, y: { label: ['兆字节', 'MB'] } },
      series: [
        { name: ['常驻', 'resident'], points: over('rssMb') },
        { name: ['JS 堆', 'heap'], points: over('heapMb') },
        { name: ['堆外', 'external'], points: over('externalMb') },
      ],
    },
    {
      ...{ title: ['打开的句柄', 'Open file handles'], x, y: { label: ['个', 'count'] } },
      series: [{ name: ['连接与文件', 'connections and files'], points: over('openFiles') }],
    },
    {
      ...{ title: ['事件循环延迟', 'Event-loop delay'], x, y: { label: ['毫秒', 'ms'] } },
      series: [
        { name: ['p99', ''], points: over('loopP99Ms') },
        { name: ['最大', 'max'], points: over('loopMaxMs') },
      ],
    },
    {
      ...{ title: ['考场时钟漂移', "Drift of the room's clock"], x, y: { label: ['毫秒', 'ms'] } },
      series: [{ name: ['对单调时钟', 'against the monotonic clock'], points: over('clockMs') }],
    },
  ];
  return plot(panels);
}

const count = (value: number) => value.toLocaleString('en-US');

function late(lateMs: readonly number[]): string {
  if (lateMs.length === 0) return '—';
  const sorted = [...lateMs].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return `${count(sorted.length)}, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${sorted.at(-1)} ms`;
}
