// What both ways to rehearse share: an end by Ctrl+C or by the time limit, the bar on the terminal, the report.

import { performance } from 'node:perf_hooks';
import { DayLog, type Stage } from '../../server/rehearsal/day-log.js';
import { ownCost, type Cost } from '../../server/rehearsal/process-cost.js';
import { PHASES, type Phase } from '../../server/rehearsal/rehearsal-figures.js';
import type { Rehearsal } from '../../server/rehearsal/rehearsal.js';
import type { Step } from '../../server/rehearsal/rehearsed-seat.js';

/** Why a rehearsal ended before its end. */
export type CutShort = 'interrupted' | 'time-limit';

const STAGE_WORDS: Record<Stage, string> = {
  connect: '连接 / connecting',
  pair: '配对考位 / pairing',
  fetch: '下载密封试卷 / fetching the sealed paper',
  admit: '等待入场 / waiting for entry',
  logIn: '登录 / logging in',
  start: '等待开考 / waiting for the start',
  answer: '作答 / answering',
  collect: '收卷 / collecting',
};
/** What the bar counts in each stage. */
const COUNTED: Partial<Record<Stage, Step>> = {
  ...{ connect: 'connected', fetch: 'fetched', logIn: 'ready', start: 'answering', answer: 'done' },
};
const BAR_CELLS = 24;
const DRAW_EVERY_MS = 500;
/** Elsewhere than on a terminal a line at each stage, and one in so many seconds. */
const LINE_EVERY_MS = 10_000;

export class RehearsalRun {
  readonly log: DayLog;
  cutShort: CutShort | null = null;
  /** What the simulated candidates cost this process. */
  cost: Cost = ownCost();
  readonly #abort = new AbortController();
  readonly #begunAt = performance.now();
  #rehearsal: Rehearsal | null = null;
  #drawing: NodeJS.Timeout | null = null;
  #seen = { saves: 0, atMs: 0 };
  #lineAtMs = 0;

  /** @param limitMs after which it ends, whatever happens */
  constructor(serverPid: () => number | undefined, limitMs: number) {
    this.log = new DayLog(serverPid);
    const end = (why: CutShort) => {
      this.cutShort ??= why;
      this.#abort.abort();
    };
    const interrupted = () => end('interrupted');
    process.once('SIGINT', interrupted);
    process.once('SIGTERM', interrupted);
    const late = setTimeout(() => end('time-limit'), limitMs);
    this.#abort.signal.addEventListener('abort', () => clearTimeout(late));
    this.ended = () => {
      clearTimeout(late);
      process.off('SIGINT', interrupted);
      process.off('SIGTERM', interrupted);
      this.#stopDrawing();
    };
  }

  /** To be called when everything is over. */
  readonly ended: () => void;

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  say(text: string): void {
    const line = `[${((performance.now() - this.#begunAt) / 1000).toFixed(1).padStart(6)} s] ${text}`;
    process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}\n` : `${line}\n`);
  }

  /** Begins the next stage. @throws when the rehearsal was cut short: nothing more is begun then */
  stage(stage: Stage): void {
    this.signal.throwIfAborted();
    this.log.begin(stage);
    this.say(STAGE_WORDS[stage]);
  }

  /** Plays a day until it is over or cut short. @throws whatever went wrong in it */
  async play(rehearsal: Rehearsal, day: () => Promise<void>): Promise<void> {
    this.#rehearsal = rehearsal;
    this.#drawing = setInterval(() => this.#draw(), DRAW_EVERY_MS);
    const cut = new Promise<void>((resolve) =>
      this.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    const playing = day();
    // Cut short it may still fail; nobody waits for it then.
    playing.catch(() => undefined);
    try {
      await Promise.race([playing, cut]);
    } finally {
      this.log.end();
      this.cost = ownCost();
      this.#stopDrawing();
      rehearsal.stop();
    }
  }

  #draw(): void {
    const rehearsal = this.#rehearsal;
    const { current: stage } = this.log;
    if (rehearsal === null || stage === null) return;
    const counted = COUNTED[stage];
    const all = rehearsal.seats.length;
    const done = counted === undefined ? 0 : rehearsal.count(counted);
    const nowMs = performance.now();
    const saves = rehearsal.figures.count('save');
    const rate = ((saves - this.#seen.saves) * 1000) / Math.max(1, nowMs - this.#seen.atMs);
    const recent = rehearsal.figures.savesSince(this.#seen.saves);
    const speed = recent.count === 0 ? '' : ` · ${rate.toFixed(0)} 次保存/s saves, p99 ${recent.p99} ms`;
    const full = Math.round((done / all) * BAR_CELLS);
    const bar =
      counted === undefined ? '' : ` ${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} ${done}/${all}`;
    const text = `  ${STAGE_WORDS[stage]}${bar}${speed}`;
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
    else if (nowMs - this.#lineAtMs > LINE_EVERY_MS) {
      this.#lineAtMs = nowMs;
      process.stderr.write(`${text}\n`);
    } else return;
    this.#seen = { saves, atMs: nowMs };
  }

  #stopDrawing(): void {
    if (this.#drawing === null) return;
    clearInterval(this.#drawing);
    this.#drawing = null;
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }
}

export interface RunReport {
  ok: boolean;
  complete: boolean;
  cutShort: CutShort | null;
  text: string;
  [more: string]: unknown;
}

const PHASE_WORDS: Record<Phase, string> = {
  connect: '连接 / connect',
  fetch: '下载一份密封内容 / one sealed part',
  logIn: '登录 / log-in',
  key: '开考到密钥 / start to key',
  firstPaper: '开考到试题 / start to first paper',
  save: '保存（已落盘）/ save, on disk',
  resent: '断线后补存 / save sent again',
  reconnect: '重连 / reconnect',
  handIn: '交卷 / hand-in',
};

/** The report of a rehearsal, for people and as fields. @param found what was checked beside it, by name */
export function reportOf(
  run: RehearsalRun,
  rehearsal: Rehearsal,
  server: Cost | null,
  { lost, problems }: { lost: number; problems: readonly string[] },
): RunReport {
  const { figures } = rehearsal;
  const seats = rehearsal.seats.length;
  const handedIn = rehearsal.count('done');
  const found = [...figures.problems().map(({ text, times }) => `${text} ×${times}`), ...problems];
  const complete = run.cutShort === null && handedIn === seats;
  const lostAll = lost + figures.lost;
  // Cut short by a person is no fault; what was seen until then may be.
  const ok = lostAll === 0 && found.length === 0 && (complete || run.cutShort === 'interrupted');
  const phases = figures.phases();
  const fields = {
    ...{ ok, complete, cutShort: run.cutShort, seats },
    ...{ connected: figures.count('connect'), loggedIn: figures.count('logIn'), handedIn },
    ...{ acknowledged: figures.acknowledged, lost: lostAll, reconnects: rehearsal.reconnects },
    ...{ fetchedMb: Math.round(rehearsal.bytesFetched / 2 ** 20), refusals: figures.refusals() },
    ...{ problems: found, phases, stages: run.log.stages, client: run.cost, server },
  };
  return { ...fields, text: textOf(fields) };
}

function textOf(report: Omit<RunReport, 'text'>): string {
  const { seats, loggedIn, handedIn, acknowledged, lost, reconnects, cutShort } = report;
  const phases = report['phases'] as ReturnType<Rehearsal['figures']['phases']>;
  const ms = (value: number) => String(value < 100 ? value.toFixed(1) : Math.round(value)).padStart(8);
  const rows = PHASES.filter((phase) => phases[phase].count > 0).map((phase) => {
    const { count, p50, p95, p99, max } = phases[phase];
    return `${pad(PHASE_WORDS[phase], 38)}${String(count).padStart(8)} ${[p50, p95, p99, max].map(ms).join(' ')}`;
  });
  const stages = (report['stages'] as DayLog['stages']).map(
    ({ stage, seconds, clientCpuSeconds, serverCpuSeconds, clientMb, serverMb }) =>
      `${pad(STAGE_WORDS[stage], 38)}${String(seconds).padStart(8)} ${String(clientCpuSeconds).padStart(8)} ${String(serverCpuSeconds ?? '—').padStart(8)} ${String(clientMb).padStart(8)} ${String(serverMb ?? '—').padStart(8)}`,
  );
  const refusals = Object.entries(report['refusals'] as Record<string, number>);
  return [
    '',
    ...(cutShort === 'interrupted' ? ['已中止，以下为到此为止的数据 / interrupted; the figures so far'] : []),
    ...(cutShort === 'time-limit' ? ['超过时限，已停止 / the time limit is over, it was stopped'] : []),
    `考生 / candidates   ${seats}：登录 / logged in ${loggedIn}，收齐 / received ${handedIn}，重连 / reconnects ${reconnects}`,
    `保存 / saves        ${acknowledged} 次已落盘 / on disk，${lost} 丢失 / lost`,
    ...(refusals.length === 0
      ? []
      : [`被拒 / refused      ${refusals.map(([code, times]) => `${code} ×${times}`).join(', ')}`]),
    ...(report['problems'] as string[]).map((line) => `问题 / problem     ${line}`),
    '',
    `${pad('毫秒 / milliseconds', 38)}   count      p50      p95      p99      max`,
    ...rows,
    '',
    `${pad('阶段 / stage', 38)} seconds  CPU s 本机   服务器  MB 本机   服务器`,
    ...stages,
  ].join('\n');
}

/** Pads by what a terminal shows: a Chinese character is two cells wide. */
function pad(text: string, cells: number): string {
  const wide = [...text].filter((character) => character > '⺀').length;
  return text + ' '.repeat(Math.max(1, cells - [...text].length - wide));
}
