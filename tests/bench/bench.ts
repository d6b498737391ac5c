// Every budget of the design as one command: runs the parts, each in a process of its own, prints one table, writes JSON and the
// figures of docs/. Usage: npm run bench -- [--only PART[,PART]] [--short] [--json FILE] [--write-docs]

import { fork } from 'node:child_process';
import { mkdirSync, readFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { figuresPage, flushPicture, growthPicture, type Run } from './figures-page.js';
import { thisMachine } from './machine.js';
import { FULL, SHORT, TINY, type Out, type Part, type Size } from './part.js';
import { day } from './part-day.js';
import { flush } from './part-flush.js';
import { growth } from './part-growth.js';
import { kiosk } from './part-kiosk.js';
import { restart } from './part-restart.js';
import { starts } from './part-starts.js';
import { cells, isMet } from './rows.js';

const PARTS: Record<string, Part> = { day, starts, flush, restart, growth, kiosk };
const SIZES: Record<string, Size> = { full: FULL, short: SHORT, tiny: TINY };

type Told =
  | { [K in keyof Out]: { kind: K; value: Parameters<Out[K]>[0] } }[keyof Out]
  | { kind: 'failed'; value: string };

const { BENCH_PART: partName, BENCH_SIZE: sizeName = 'full' } = process.env;
if (partName !== undefined) await runPart(partName, sizeName);
else process.exit(await runAll());

async function runPart(name: string, size: string): Promise<void> {
  const tell = (told: Told) => void process.send?.(told);
  const out: Out = {
    found: (value) => tell({ kind: 'found', value }),
    growth: (value) => tell({ kind: 'growth', value }),
    flush: (value) => tell({ kind: 'flush', value }),
    say: (value) => tell({ kind: 'say', value }),
  };
  try {
    await PARTS[name]?.(SIZES[size] ?? FULL, out);
  } catch (error) {
    tell({ kind: 'failed', value: (error as Error).stack ?? String(error) });
    process.exitCode = 1;
  }
  process.disconnect();
  // What a part has left open shall not hold up the next one.
  setTimeout(() => process.exit(), 2_000).unref();
}

/** @returns the exit status: 0 = measured, 1 = a part failed, 2 = used wrongly; a missed budget is a finding, not a failure */
async function runAll(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      short: { type: 'boolean', default: false },
      tiny: { type: 'boolean', default: false },
      json: { type: 'string' },
      'write-docs': { type: 'boolean', default: false },
    },
  });
  const names = values.only?.split(',') ?? Object.keys(PARTS);
  const unknown = names.filter((name) => PARTS[name] === undefined);
  if (unknown.length > 0) {
    process.stderr.write(
      `没有 / There is no ${unknown.join(', ')}; --only ${Object.keys(PARTS).join(',')}\n`,
    );
    return 2;
  }
  const size = values.tiny ? 'tiny' : values.short ? 'short' : 'full';
  const begunMs = performance.now();
  const machine = await thisMachine();
  const run: Run = { machine, tookSeconds: 0, size, found: [], growth: [], flush: [] };
  const failures: string[] = [];
  for (const name of names) failures.push(...(await inOwnProcess(name, size, run)));
  run.tookSeconds = Math.round((performance.now() - begunMs) / 1_000);
  print(run);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(run, null, 2)}\n`);
  if (values['write-docs']) writeDocs(run);
  for (const failure of failures) process.stderr.write(`${failure}\n`);
  return failures.length === 0 ? 0 : 1;
}

/** @returns what went wrong */
function inOwnProcess(name: string, size: string, run: Run): Promise<string[]> {
  const env = { ...process.env, BENCH_PART: name, BENCH_SIZE: size };
  const child = fork(fileURLToPath(import.meta.url), [], { env });
  const failures: string[] = [];
  child.on('message', (told: Told) => {
    if (told.kind === 'found') {
      run.found.push({ ...told.value, part: name });
      process.stderr.write(`    ${cells(told.value, 'both').filter(Boolean).join(' · ')}\n`);
    } else if (told.kind === 'growth') run.growth.push(told.value);
    else if (told.kind === 'flush') run.flush.push(told.value);
    else if (told.kind === 'say') process.stderr.write(`${name}: ${told.value}\n`);
    else failures.push(`${name}: ${told.value}`);
  });
  return new Promise((resolve) =>
    child.on('exit', (code) => {
      if (code !== 0 && failures.length === 0) failures.push(`${name}: ended with ${code}`);
      resolve(failures);
    }),
  );
}

function print(run: Run): void {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const head = ['', '预算 budget', '实测 figure', '裸极限 raw', '比值 ratio', ''];
  const lines = [head, ...run.found.map((found) => cells(found, 'both'))];
  const widths = head.map((_, n) => Math.max(...lines.map((line) => widthOf(line[n] ?? ''))));
  say('');
  for (const line of lines)
    say(line.map((cell, n) => padded(cell, widths[n] ?? 0, n > 0 && n < 5)).join('  '));
  for (const one of run.growth)
    say(
      `${String(one.candidates).padStart(6)} 人 candidates: p99 ${one.p99Ms} ms, CPU ${(one.cpuPer1000Saves * 1_000).toFixed(0)} ms ` +
        `per 1,000 saves, ${one.rssMb.toFixed(0)} MB, ${one.memoryPerCandidateKb.toFixed(0)} kB per candidate`,
    );
  const { cores, cpu, fileSystem, flushP50Ms } = run.machine;
  say(
    `\n${cores} cores, ${cpu}, ${fileSystem}, flush p50 ${flushP50Ms} ms; ${run.size}, ${run.tookSeconds} s`,
  );
  const asked = run.found.map(isMet).filter((one) => one !== null);
  say(`${asked.filter(Boolean).length} / ${asked.length} 项达到预算 budgets met`);
}

/** Chinese letters take two columns of a terminal. */
function widthOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + (/[\u2e80-\uffef]/.test(letter) ? 2 : 1), 0);
}

function padded(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return right ? space + text : text + space;
}

function writeDocs(run: Run): void {
  const page = join('docs', 'figures.md');
  const pictures = join('docs', 'pictures');
  mkdirSync(pictures, { recursive: true });
  writeFileSync(page, figuresPage(run, existsSync(page) ? readFileSync(page, 'utf8') : ''));
  if (run.growth.length > 0) writeFileSync(join(pictures, 'growth.svg'), growthPicture(run.growth));
  if (run.flush.length > 0) writeFileSync(join(pictures, 'slow-flush.svg'), flushPicture(run.flush));
  process.stderr.write(`${page}\n`);
}
