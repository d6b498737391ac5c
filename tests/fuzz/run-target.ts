// Drives one target: samples are changed step by step under fast-check, which then takes steps away from an input that shows a
// fault until no fewer do. Watches time, memory and errors that nobody caught.

import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { Random } from './random.js';
import { Finding, type OpenTarget, type Target } from './target.js';

/** One input may take so long on a machine that does other things too. */
const MOST_MS = 20_000;
/** Resident memory above which an input made the process too large. */
const MOST_RSS = 1_500 * 2 ** 20;
const STEPS = { minLength: 0, maxLength: 6 };

export interface TargetFinding {
  target: string;
  message: string;
  /** With these the same inputs come again, in the same order. */
  seed: number;
  path: string;
  /** The smallest input that was found. */
  input: string;
}

export interface TargetReport {
  target: string;
  inputs: number;
  ms: number;
  findings: TargetFinding[];
}

export interface RunOptions {
  seed: number;
  inputs: number;
  /** Monotonic milliseconds after which no new input is begun. */
  untilMs?: number;
  /** Told of each input before it is tried: what a process that dies at it leaves. */
  before?: (seed: number, made: { sample: number; steps: readonly number[] }) => void;
  /** Replays one run. */
  path?: string;
}

const strays: unknown[] = [];
let watching = false;

/** From now on errors that nobody caught count against the input under trial. */
export function watchStrays(): void {
  if (watching) return;
  watching = true;
  process.on('unhandledRejection', (reason) => strays.push(reason));
  process.on('uncaughtException', (error) => strays.push(error));
}

/** Runs inputs until they are through, time is up or one shows a fault. */
export async function runTarget(
  target: Target,
  opened: OpenTarget<unknown>,
  options: RunOptions,
): Promise<TargetReport> {
  const { seed, inputs, untilMs = Infinity, before, path } = options;
  const startedAt = performance.now();
  let tried = 0;
  let shown = '';
  const made = fc.record({ sample: fc.nat(2 ** 31 - 1), steps: fc.array(fc.nat(2 ** 31 - 1), STEPS) });
  const property = fc.asyncProperty(made, async ({ sample, steps }) => {
    if (performance.now() > untilMs) return;
    before?.(seed, { sample, steps });
    tried += 1;
    let input = await opened.sample(new Random(sample));
    for (const step of steps) input = opened.mutate(input, new Random(step));
    const at = performance.now();
    try {
      await within(opened.attempt(input));
      await turn();
      if (strays.length > 0) throw new Finding('An error that nobody caught', strays.splice(0)[0]);
      const tookMs = performance.now() - at;
      if (tookMs > MOST_MS) throw new Finding(`It took ${Math.round(tookMs)} ms`);
      const { rss } = process.memoryUsage();
      if (rss > MOST_RSS) throw new Finding(`The process has ${Math.round(rss / 2 ** 20)} MB`);
    } catch (error) {
      shown = `${JSON.stringify({ sample, steps })} ${opened.show(input)}`;
      throw error instanceof Finding ? error : new Finding('Not a refusal', error);
    }
  });
  const details = await fc.check(property, {
    seed,
    numRuns: inputs,
    ...(path === undefined ? {} : { path }),
  });
  const findings: TargetFinding[] = [];
  if (details.failed) {
    const { errorInstance, counterexamplePath } = details;
    const message = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
    findings.push({ target: target.name, message, seed, path: counterexamplePath ?? '', input: shown });
  }
  return { target: target.name, inputs: tried, ms: performance.now() - startedAt, findings };
}

async function within(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Finding(`No end after ${MOST_MS} ms`)), MOST_MS);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
