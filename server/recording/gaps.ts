// Which gaps a camera's recording has, and why. A gap is named when it is over (or the recording no longer wanted): from the last
// recorded picture to the next. Pure; times are of the wall clock, as the manifest's are.

import { GAP_MS, type GapCause } from '../core/video-types.js';

export interface Gap {
  from: number;
  to: number;
  cause: GapCause;
}

/** From switching on to the first picture: a camera must be asked, and a key frame come. */
export const BEGIN_WITHIN_MS = 5_000;
/** What was noticed may lie so far before the last picture, and so little behind the next. */
const BEFORE_MS = 1_500;
const BEHIND_MS = 200;
/** A clock is looked at each second: its step is noticed behind the hole that it makes. */
const STEP_BEHIND_MS = 1_500;
/** Said again within this, it is the same. */
const SAME_MS = 2_500;
const KEPT_NOTES = 100;
const KEPT_TROUBLES = 5;

export class GapLedger {
  #owedFrom: number | null = null;
  /** The recording begins: the first pictures may take a moment. */
  #begins = false;
  #lastEndAt: number | null;
  /** What went wrong, from when until when it was seen. */
  #notes: Gap[] = [];
  #clockSetMs = 0;

  /** @param lastEndAt end of the newest segment of before */
  constructor(lastEndAt: number | null) {
    this.#lastEndAt = lastEndAt;
  }

  get owedFrom(): number | null {
    return this.#owedFrom;
  }

  /** By how much the wall clock was set so far, all in all, ms. */
  get clockSetMs(): number {
    return this.#clockSetMs;
  }

  /** The wall clock was set: all that is remembered moves with it, so that what is missing is as long as it was. @param byMs forward is positive */
  clockStepped(byMs: number): void {
    this.#clockSetMs += byMs;
    if (this.#owedFrom !== null) this.#owedFrom += byMs;
    if (this.#lastEndAt !== null) this.#lastEndAt += byMs;
    this.#notes = this.#notes.map(({ from, to, cause }) => ({ from: from + byMs, to: to + byMs, cause }));
  }

  /** From now on every moment has to be recorded. @param goesOn it was owed before, by another process */
  owe(at: number, goesOn: boolean): void {
    if (this.#owedFrom !== null) return;
    this.#owedFrom = at;
    this.#begins = !goesOn;
  }

  /** Something is wrong; said again and again while it lasts. */
  note(at: number, cause: GapCause): void {
    const last = this.#notes.at(-1);
    if (last?.cause === cause && Math.abs(at - last.to) < SAME_MS) {
      last.to = at;
      return;
    }
    this.#notes.push({ from: at, to: at, cause });
    if (this.#notes.length > KEPT_NOTES) this.#notes.shift();
  }

  /** What is not yet in a line, for a recorder that comes after this one. */
  get troubles(): Gap[] {
    return this.#notes.filter(({ to }) => to >= (this.#lastEndAt ?? 0) - BEFORE_MS).slice(-KEPT_TROUBLES);
  }

  /** What the recorder before this one noticed. */
  remember(troubles: readonly Gap[]): void {
    this.#notes.push(...troubles);
  }

  /** A segment is whole. @param otherwise the cause of a gap before it of which nobody took note @returns that gap, if there is one */
  recorded(startAt: number, endAt: number, otherwise: GapCause = 'unknown'): Gap | null {
    const before = this.#before(startAt, otherwise);
    this.#begins = false;
    this.#lastEndAt = Math.max(endAt, this.#lastEndAt ?? 0);
    return before;
  }

  /** The cause of a hole whose ends are known. */
  causeOf(from: number, to: number, otherwise: GapCause): GapCause {
    const behindMs = (what: GapCause) => (what === 'clock-stepped' ? STEP_BEHIND_MS : BEHIND_MS);
    const note = this.#notes.find(
      (one) => one.to >= from - BEFORE_MS && one.from <= to + behindMs(one.cause),
    );
    return note?.cause ?? otherwise;
  }

  /** The recording is no longer owed. @returns the gap that ends with that, if there is one */
  release(at: number): Gap | null {
    const gap = this.#before(at, 'unknown');
    this.#owedFrom = null;
    this.#notes = [];
    return gap;
  }

  /** What is missing just now, if no picture came since `silentSince`. */
  open(silentSince: number): { from: number; cause: GapCause } | null {
    if (this.#owedFrom === null) return null;
    const from = Math.max(silentSince, this.#owedFrom);
    return { from, cause: this.causeOf(from, Infinity, 'unknown') };
  }

  #before(at: number, otherwise: GapCause): Gap | null {
    if (this.#owedFrom === null) return null;
    const from = Math.max(this.#lastEndAt ?? 0, this.#owedFrom);
    if (at - from <= GAP_MS) return null;
    if (this.#begins && at - this.#owedFrom <= BEGIN_WITHIN_MS) return null;
    return { from, to: at, cause: this.causeOf(from, at, otherwise) };
  }
}
