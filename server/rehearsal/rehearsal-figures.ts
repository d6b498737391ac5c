// What a rehearsal measures: durations by phase, and how many of what. Judges nothing.

import { percentiles, type Percentiles } from './percentiles.js';

/** In the order of a day. Each is the time of one PC in milliseconds. */
export const PHASES = [
  /** From the first byte of a connection to the page that the room shows. */
  'connect',
  /** One sealed part, from the request to its last byte. */
  'fetch',
  /** Ticket and password to "logged in", which is on the disk. */
  'logIn',
  /** The start to the key at the PC. */
  'key',
  /** The start to the first item that can be answered. */
  'firstPaper',
  /** An answer to its acknowledgement, which is on the disk. */
  'save',
  /** The same where the cable was out in between, or the server away. */
  'resent',
  /** From the first byte of a new connection to the page, for a PC that was here before. */
  'reconnect',
  /** The hand-in, or the end that the clock made, to "everything is in the room". */
  'handIn',
] as const;
export type Phase = (typeof PHASES)[number];

export class RehearsalFigures {
  readonly #tookMs: Record<Phase, number[]> = {
    ...{ connect: [], fetch: [], logIn: [], key: [], firstPaper: [] },
    ...{ save: [], resent: [], reconnect: [], handIn: [] },
  };
  readonly #refusals = new Map<string, number>();
  readonly #problems = new Map<string, number>();
  /** Answers that the room said are on its disk. */
  acknowledged = 0;
  /** Answers that the room acknowledged and did not give back afterwards. */
  lost = 0;

  note(phase: Phase, tookMs: number): void {
    this.#tookMs[phase].push(tookMs);
  }

  refused(code: string): void {
    this.#refusals.set(code, (this.#refusals.get(code) ?? 0) + 1);
  }

  /** Something that a day without fault has not; the same sentence is kept once, with its number. */
  problem(sentence: string): void {
    this.#problems.set(sentence, (this.#problems.get(sentence) ?? 0) + 1);
  }

  count(phase: Phase): number {
    return this.#tookMs[phase].length;
  }

  /** Of the saves from `first` on: for a picture of now. */
  savesSince(first: number): Percentiles {
    return percentiles(this.#tookMs.save.slice(first));
  }

  phases(): Record<Phase, Percentiles> {
    return Object.fromEntries(
      PHASES.map((phase) => [phase, percentiles(this.#tookMs[phase])] as const),
    ) as Record<Phase, Percentiles>;
  }

  /** Every duration, by phase, milliseconds to a tenth. */
  durations(): Record<Phase, number[]> {
    return Object.fromEntries(
      PHASES.map((phase) => [phase, this.#tookMs[phase].map((ms) => Math.round(ms * 10) / 10)] as const),
    ) as Record<Phase, number[]>;
  }

  refusals(): Record<string, number> {
    return Object.fromEntries(this.#refusals);
  }

  problems(): { text: string; times: number }[] {
    return [...this.#problems].map(([text, times]) => ({ text, times }));
  }
}
