// A candidate in an exam with faults: writes, changes, writes over, at whichever PC the proctor points to, and hands in or is
// ended by the clock. Knows what a person knows: what the page shows.

import type { AnswerValueMessage } from '../../server/protocol/seat.js';
import type { Kiosk } from '../../kiosk-client/candidate/kiosk.js';
import { markOf } from './evidence.js';
import type { KioskPc } from './kiosk-pc.js';
import type { SeededRandom } from './seeded-random.js';

export interface WorkingCandidate {
  candidateId: string;
  ticketNo: string;
}

export interface WorkOptions {
  random: SeededRandom;
  /** Between two changes, ms. */
  thinkMs: { least: number; most: number };
  /** Hands in when so much is left, ms; null = the clock ends it. */
  handInBeforeEndMs: number | null;
}

const LONGEST_TEXT = 200;

export class CandidateAtWork {
  /** Where he or she sits; the proctor may change it. */
  pc: KioskPc;
  #changes = 0;
  /** The item at which he or she works. */
  #at = '';
  #isOver = false;

  constructor(
    readonly who: WorkingCandidate,
    pc: KioskPc,
    private readonly options: WorkOptions,
  ) {
    this.pc = pc;
  }

  /** Works until `stop`. */
  async work(): Promise<void> {
    const { random, thinkMs, handInBeforeEndMs } = this.options;
    while (!this.#isOver) {
      await pause(random.between(thinkMs.least, thinkMs.most));
      const { kiosk } = this.pc;
      if (!this.pc.isAlive || kiosk.stage !== 'answering') continue;
      if (kiosk.state?.candidate?.candidateId !== this.who.candidateId) continue;
      const leftMs = (kiosk.state.candidate.endsAt ?? Infinity) - (kiosk.clock.now() ?? 0);
      if (handInBeforeEndMs !== null && leftMs < handInBeforeEndMs) await kiosk.submit();
      else this.change(kiosk);
    }
  }

  stop(): void {
    this.#isOver = true;
  }

  /** Changes one answer, if the page takes any. @returns true when something was changed */
  change(kiosk: Kiosk = this.pc.kiosk): boolean {
    const items = kiosk.sitting?.paper?.items ?? [];
    if (kiosk.stage !== 'answering' || items.length === 0) return false;
    const { random } = this.options;
    // Most people work on at what they have begun.
    const { content } =
      items.find((item) => item.content.itemId === this.#at && random.chance(0.6)) ?? random.pick(items);
    this.#at = content.itemId;
    const before = kiosk.sitting?.book.get(content.itemId)?.value;
    this.#changes += 1;
    kiosk.change(content.itemId, this.#valueOf(content, before), random.chance(0.1));
    return true;
  }

  #valueOf(
    { type, options, blanks }: { type: string; options: { id: string }[]; blanks: unknown[] },
    before: AnswerValueMessage | undefined,
  ): AnswerValueMessage {
    const { random } = this.options;
    const mark = markOf(this.who.candidateId);
    if (type === 'fill-in') return { blanks: blanks.map(() => `${mark}${this.#changes}`) };
    if (type === 'essay') {
      const text = before !== undefined && 'text' in before ? before.text : mark;
      return { text: text.length > LONGEST_TEXT ? `${mark}${this.#changes}` : `${text}，${this.#changes}` };
    }
    const ids = options.map(({ id }) => id);
    return {
      options: type === 'multiple' ? random.some(ids, random.between(0, ids.length)) : [random.pick(ids)],
    };
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
