// What preflight says, line by line: what was measured, what is required, and where it is not well why and what to do next.
// Every check is one measurement and one pure judgement about it.

import type { Both, LineGroup, Verdict } from '../protocol/preflight.js';

export { VERDICTS, LINE_GROUPS } from '../protocol/preflight.js';
export type { Both, LineGroup, PreflightLine, Verdict } from '../protocol/preflight.js';

export interface Judgement {
  verdict: Verdict;
  measured: Both;
  required: Both;
  /** Why it is not green; absent where it is. */
  cause?: Both;
  nextStep?: Both;
}

/** One line's work. `measure` may fail; then the line is `unknown` with the reason. */
export interface Check<Found = unknown> {
  id: string;
  group: LineGroup;
  title: Both;
  requirement: string;
  /** Only a person can say: a tick makes it green. Elsewhere a tick in place of a measurement that failed makes it amber. */
  manual?: true;
  /** A tick makes it amber even where it is red: there is another way, and a person says that it is taken. */
  mendedByTick?: true;
  /** It measures what others would disturb: it runs after them, by itself. */
  alone?: true;
  /** It takes longer than others, milliseconds. */
  timeoutMs?: number;
  measure(signal: AbortSignal): Promise<Found>;
  /** Pure: no I/O, no clock. */
  judge(found: Found): Judgement;
}

/** A check whose type of finding nobody but itself needs to know. */
export type AnyCheck = Omit<Check, 'measure' | 'judge'> & {
  line(signal: AbortSignal): Promise<Judgement>;
};

/** Ties measurement and judgement together. */
export function check<Found>({ measure, judge, ...rest }: Check<Found>): AnyCheck {
  return { ...rest, line: async (signal) => judge(await measure(signal)) };
}

/** A text that is the same in both languages: figures, names. */
export const same = (text: string): Both => ({ zh: text, en: text });

/** Nothing to do. */
export const green = (measured: Both, required: Both): Judgement => ({
  verdict: 'green',
  measured,
  required,
});

/** Not as it should be; `advice` is cause and next step. */
export const amber = (measured: Both, required: Both, cause: Both, nextStep: Both): Judgement => ({
  verdict: 'amber',
  measured,
  required,
  cause,
  nextStep,
});

/** The exam must not begin like this. */
export const red = (measured: Both, required: Both, cause: Both, nextStep: Both): Judgement => ({
  ...amber(measured, required, cause, nextStep),
  verdict: 'red',
});

/** Nobody can say. */
export const unknown = (required: Both, cause: Both, nextStep: Both): Judgement => ({
  verdict: 'unknown',
  measured: { zh: '未能测得', en: 'not measured' },
  required,
  cause,
  nextStep,
});
