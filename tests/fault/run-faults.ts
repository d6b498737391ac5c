// `npm run fault`: plays exams with faults until the time is over, prints seed, schedule and findings, and closes with one line.
// Exit status 0 = no finding, 1 = findings, 2 = used wrongly.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { check, figuresOf, type ExamFigures, type Finding } from './checker.js';
import { playExam } from './exam-player.js';
import { ExamRoom } from './exam-room.js';
import { gather } from './gather.js';
import type { PaperKind } from './exam-source.js';
import { FULL_EXAM, KILLED_EXAM } from './exam-shapes.js';
import { scheduleOf, type ExamShape, type Fault } from './schedule.js';

const USAGE = `npm run fault -- [--minutes N] [--seed TEXT] [--exam N] [--kills N] [--candidates N] [--browsers N] [--json] [--keep DIR]
  --minutes N     plays exams for about so long (default 5)
  --seed TEXT     of the schedule; a new one each day where absent
  --exam N        only this exam of the seed: plays a finding again
  --kills N       exams in which the server is killed N times in all, and nothing else happens
  --candidates N  in the room (default 40)
  --browsers N    seats with a real Chromium (default 2 where one is installed)
  --keep DIR      notes and data of exams with findings go here (default build/faults)
  --json          one object as the last line`;

export interface ExamResult {
  exam: number;
  faults: number;
  findings: Finding[];
  figures: ExamFigures | null;
}

export interface ExamOptions {
  seed: string;
  exam: number;
  shape: ExamShape;
  /** Instead of those that the seed gives. */
  faults?: Fault[];
  /** Instead of the one that the seed gives. */
  paper?: PaperKind;
  /** Seats with a real browser. */
  browsers?: number;
  thinkMs?: { least: number; most: number };
  /** Where notes and data of an exam with findings go; nowhere where absent. */
  keep?: string;
  say: (text: string) => void;
}

/** Whose processes, disk and folders a driver that is ended takes along. */
let underWay: ExamRoom | null = null;

/** Plays and checks one exam. */
export async function runExam(options: ExamOptions): Promise<ExamResult> {
  const { seed, exam, shape, say, keep, thinkMs = { least: 250, most: 1_500 } } = options;
  const drawn = scheduleOf(seed, exam, shape);
  const { faults = drawn.faults, paper = drawn.paper, browsers = 0 } = options;
  const schedule = { ...drawn, faults, paper };
  const room = await ExamRoom.make(schedule, browsers);
  const findings: Finding[] = [];
  let figures: ExamFigures | null = null;
  underWay = room;
  try {
    const stuck = await playExam({ room, thinkMs, say });
    await room.close();
    findings.push(...stuck.map((text) => ({ rule: 'stuck', text })));
    const evidence = await gather(room.prepared, room.folder, schedule);
    findings.push(...check(evidence));
    figures = figuresOf(evidence);
    if (browsers > 0 && figures.inBrowsers === 0)
      findings.push({ rule: 'no-evidence', text: 'no browser was acknowledged a single answer' });
  } catch (error) {
    await room.close().catch((fault: Error) => findings.push({ rule: 'broken-off', text: String(fault) }));
    findings.push({ rule: 'broken-off', text: (error as Error).stack ?? String(error) });
  }
  if (findings.length > 0 && keep !== undefined) room.keep(join(keep, `${seed}-${exam}`));
  underWay = null;
  room.remove();
  return { exam, faults: schedule.faults.length, findings, figures };
}

interface Wanted {
  minutes: number;
  seed: string;
  exam: number | null;
  kills: number | null;
  candidates: number;
  browsers: number;
  keep: string;
  json: boolean;
}

/** A browser, and the tool that makes it trust the room. */
function hasBrowser(): boolean {
  return existsSync('/usr/bin/chromium') && existsSync('/usr/bin/certutil');
}

/** @throws Error for what is not understood */
function readWishes(args: string[]): Wanted {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: {
      ...{ minutes: text, seed: text, exam: text, kills: text, candidates: text, browsers: text, keep: text },
      json: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'minutes' | 'exam' | 'kills' | 'candidates' | 'browsers', preset: number | null) => {
    const given = values[name];
    if (given === undefined) return preset;
    if (!/^\d+(\.\d+)?$/.test(given)) throw new Error(`--${name} wants a number`);
    return Number(given);
  };
  return {
    minutes: number('minutes', 5) ?? 5,
    seed: values.seed ?? new Date().toISOString().slice(0, 10),
    exam: number('exam', null),
    kills: number('kills', null),
    candidates: number('candidates', 40) ?? 40,
    browsers: number('browsers', hasBrowser() ? 2 : 0) ?? 0,
    keep: values.keep ?? join('build', 'faults'),
    json: values.json,
  };
}

/** The whole command. @returns its exit status */
export async function runFaults(args: string[], say: (text: string) => void): Promise<number> {
  let wanted: Wanted;
  try {
    wanted = readWishes(args);
  } catch (error) {
    say(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const { seed, minutes, kills, candidates, browsers, keep } = wanted;
  const shape = kills === null ? FULL_EXAM(candidates) : KILLED_EXAM(candidates);
  const results: ExamResult[] = [];
  const beganAt = performance.now();
  let killed = 0;
  say(`seed ${seed}, ${browsers} seats in real browsers`);
  for (let exam = wanted.exam ?? 1; ; exam++) {
    say(`exam ${exam} of seed ${seed}`);
    const thinkMs = kills === null ? {} : { thinkMs: { least: 100, most: 500 } };
    const result = await runExam({ seed, exam, shape, browsers, keep, say, ...thinkMs });
    results.push(result);
    report(result, say);
    keepSummary(keep, summarise(seed, results, performance.now() - beganAt));
    // The first start is not in the bundle: it is older than the package.
    killed += result.figures?.serverStarts ?? 0;
    const isEnough = kills === null ? performance.now() - beganAt >= minutes * 60_000 : killed >= kills;
    if (wanted.exam !== null || isEnough) break;
  }
  const summary = summarise(seed, results, performance.now() - beganAt);
  say(summary.line);
  if (wanted.json) say(JSON.stringify(summary));
  return summary.ok ? 0 : 1;
}

function report({ exam, findings, figures }: ExamResult, say: (text: string) => void): void {
  for (const { rule, text } of findings.slice(0, 20)) say(`  FINDING ${rule}: ${text}`);
  if (findings.length > 20) say(`  and ${findings.length - 20} more`);
  say(`  exam ${exam}: ${findings.length} findings; ${JSON.stringify(figures)}`);
}

/** After each exam: a driver that is ended leaves what it knew. */
function keepSummary(keep: string, summary: ReturnType<typeof summarise>): void {
  mkdirSync(keep, { recursive: true });
  writeFileSync(join(keep, 'result.json'), `${JSON.stringify(summary, null, 1)}\n`);
}

function summarise(seed: string, results: readonly ExamResult[], tookMs: number) {
  const sum = (of: (result: ExamResult) => number) => results.reduce((total, one) => total + of(one), 0);
  const findings = results.flatMap(({ exam, findings: found }) => found.map((one) => ({ exam, ...one })));
  const figures = {
    exams: results.length,
    faults: sum(({ faults }) => faults),
    acknowledged: sum((one) => one.figures?.acknowledged ?? 0),
    inBrowsers: sum((one) => one.figures?.inBrowsers ?? 0),
    shownAsSaved: sum((one) => one.figures?.shownAsSaved ?? 0),
    filesAcknowledged: sum((one) => one.figures?.filesAcknowledged ?? 0),
    filesInBundle: sum((one) => one.figures?.filesInBundle ?? 0),
    swaps: sum((one) => one.figures?.swaps ?? 0),
    serverStarts: sum((one) => one.figures?.serverStarts ?? 0),
    contested: sum((one) => Object.values(one.figures?.contested ?? {}).reduce((a, b) => a + b, 0)),
    minutes: Math.round(tookMs / 6_000) / 10,
  };
  const exams = [...new Set(findings.map(({ exam }) => exam))];
  const again = exams.map((exam) => `--seed ${seed} --exam ${exam}`).join('; ');
  const line = `${findings.length === 0 ? 'ok' : 'NOT OK'}: seed ${seed}, ${figures.exams} exams, ${figures.faults} faults, ${figures.serverStarts} starts of the server, ${figures.acknowledged} acknowledged answers (${figures.inBrowsers} in real browsers), ${figures.filesAcknowledged} acknowledged files, ${findings.length} findings${again === '' ? '' : ` (${again})`}`;
  return { ok: findings.length === 0, seed, line, figures, findings, results };
}

if (process.argv[1]?.endsWith('run-faults.js') === true) {
  // The kiosk's own log is of no use here.
  console.warn = () => undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      const room = underWay;
      const closed = room === null ? Promise.resolve() : room.close().catch(() => undefined);
      void closed.then(() => room?.remove()).finally(() => process.exit(1));
    });
  process.exit(await runFaults(process.argv.slice(2), (text) => process.stdout.write(`${text}\n`)));
}
