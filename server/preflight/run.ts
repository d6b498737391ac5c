// Runs the checks of preflight: some at a time, each bounded, with progress. A check that fails or hangs is a line that says
// so, never the end of the run.

import { unknown, type AnyCheck, type Judgement, type PreflightLine } from './line.js';

/** Who said that a line is well, and when; `by` null = the command, on the server itself. */
export interface Tick {
  by: string | null;
  at: number;
  /** What they added in their own words; absent = nothing. */
  note?: string;
}

export interface RunOptions {
  /** So long may one check take, milliseconds. */
  timeoutMs?: number;
  /** How many run at once; those that measure a disk or a network share it. */
  atOnce?: number;
  onLine?: (line: PreflightLine, done: number, total: number) => void;
  signal?: AbortSignal;
  nowMs?: () => number;
  /** Room time. */
  wallNow?: () => number;
  /** What people ticked, by line. It stands where nothing is measured, and never against a measurement. */
  ticks?: ReadonlyMap<string, Tick>;
}

const TIMEOUT_MS = 15_000;
const AT_ONCE = 4;

/** @returns one line a check, in the order of the checks */
export async function runChecks(
  checks: readonly AnyCheck[],
  options: RunOptions = {},
): Promise<PreflightLine[]> {
  const { atOnce = AT_ONCE, onLine } = options;
  const lines: PreflightLine[] = [];
  let done = 0;
  async function work(indexes: number[]): Promise<void> {
    for (let index = indexes.shift(); index !== undefined; index = indexes.shift()) {
      const line = await runOne(checks[index] as AnyCheck, options);
      lines[index] = line;
      done++;
      onLine?.(line, done, checks.length);
    }
  }
  const all = checks.map((_, index) => index);
  const together = all.filter((index) => checks[index]?.alone !== true);
  await Promise.all(Array.from({ length: Math.min(atOnce, together.length) }, () => work(together)));
  await work(all.filter((index) => checks[index]?.alone === true));
  return lines;
}

async function runOne(
  { id, group, title, requirement, line, ...check }: AnyCheck,
  {
    timeoutMs = TIMEOUT_MS,
    nowMs = () => performance.now(),
    wallNow = () => Date.now(),
    signal,
    ticks,
  }: RunOptions,
): Promise<PreflightLine> {
  const beganAt = nowMs();
  const control = new AbortController();
  const either = signal === undefined ? control.signal : AbortSignal.any([control.signal, signal]);
  // A timer that keeps the process: a check that waits for nothing would end it otherwise, and the report with it.
  const timer = setTimeout(() => control.abort(), check.timeoutMs ?? timeoutMs);
  const judgement = await Promise.race([line(either), aborted(either)])
    .catch((error: unknown) =>
      unknown(
        { zh: '能够测得', en: 'can be measured' },
        { zh: `检查未完成：${messageOf(error)}`, en: `the check did not finish: ${messageOf(error)}` },
        {
          zh: '再运行一次；仍不行时请按说明人工核对此项',
          en: 'run it again; if it stays so, check this by hand as the guide says',
        },
      ),
    )
    .finally(() => clearTimeout(timer));
  return {
    ...{ id, group, title, requirement },
    ...withTick(judgement, check, ticks?.get(id)),
    at: wallNow(),
    tookMs: Math.max(0, Math.round(nowMs() - beganAt)),
  };
}

/** A person's word stands where nothing was measured: as good as it gets for what nobody can measure, amber elsewhere. */
function withTick(
  judgement: Judgement,
  { manual, mendedByTick }: Pick<AnyCheck, 'manual' | 'mendedByTick'>,
  tick: Tick | undefined,
): Judgement & Pick<PreflightLine, 'byPerson' | 'attested'> {
  const { verdict, required } = judgement;
  if (verdict !== 'unknown' && !(verdict === 'red' && mendedByTick === true)) return judgement;
  if (tick === undefined) return { ...judgement, byPerson: true };
  const who = tick.by ?? '';
  const measured = {
    zh: who === '' ? '人工确认' : `${who} 人工确认`,
    en: who === '' ? 'a person says so' : `${who} says so`,
  };
  if (manual === true) return { verdict: 'green', measured, required, byPerson: true, attested: tick };
  return { ...judgement, ...{ verdict: 'amber', measured, byPerson: true, attested: tick } };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(new Error('超时 / it took too long'));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300);
}
