// A candidate in an exam with faults: writes, changes, writes over, chooses files, at whichever PC the proctor points to, and hands
// in or is ended by the clock. Knows what a person knows: what the page shows.

import { createHash, randomFillSync } from 'node:crypto';
import type { AnswerValueMessage, ItemContent } from '../../server/protocol/seat.js';
import type { Sitting } from '../../kiosk-client/candidate/exam/sittings.js';
import { takeFile } from '../../kiosk-client/candidate/uploads/choose-file.js';
import type { Kiosk } from '../../kiosk-client/candidate/kiosk.js';
import { markOf } from './evidence.js';
import type { PlayedPc } from './played-pc.js';
import type { SeededRandom } from './seeded-random.js';
import type { Note } from './wire-notes.js';

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
/** Files are chosen seldom; what is written is changed all the time. */
const FILE_SHARE = 0.12;

export class CandidateAtWork {
  /** Where he or she sits; the proctor may change it. */
  pc: PlayedPc;
  #changes = 0;
  /** The item at which he or she works. */
  #at = '';
  #isOver = false;

  constructor(
    readonly who: WorkingCandidate,
    pc: PlayedPc,
    readonly options: WorkOptions,
  ) {
    this.pc = pc;
  }

  /** Works until `stop`. */
  async work(): Promise<void> {
    const { random, thinkMs } = this.options;
    while (!this.#isOver) {
      await pause(random.between(thinkMs.least, thinkMs.most));
      if (this.pc.isAlive) await this.pc.work(this);
    }
  }

  stop(): void {
    this.#isOver = true;
  }

  /** True when it is time to hand in. @param leftMs of the candidate's time */
  handsIn(leftMs: number): boolean {
    const { handInBeforeEndMs } = this.options;
    return handInBeforeEndMs !== null && leftMs < handInBeforeEndMs;
  }

  /** Changes one answer, if the page takes any. @param note what is chosen goes there */
  change(kiosk: Kiosk, note: Note): void {
    const { sitting } = kiosk;
    const items = sitting?.paper?.items ?? [];
    if (kiosk.stage !== 'answering' || sitting === null || items.length === 0) return;
    const { random } = this.options;
    const isFile = random.chance(FILE_SHARE);
    const likely = items.filter(({ content }) => (content.files !== undefined) === isFile);
    const pickable = likely.length > 0 ? likely : items;
    // Most people work on at what they have begun.
    const { content } =
      pickable.find((item) => item.content.itemId === this.#at && random.chance(0.6)) ??
      random.pick(pickable);
    this.#at = content.itemId;
    if (content.files !== undefined) return void this.#chooseFile(kiosk, sitting, content, note);
    const before = sitting.book.get(content.itemId)?.value;
    kiosk.change(content.itemId, this.valueOf(content, before), random.chance(0.1));
  }

  /** The next value of an answer; files are another matter. */
  valueOf(
    { type, options, blanks }: { type: string; options: { id: string }[]; blanks: unknown[] },
    before: AnswerValueMessage | undefined,
  ): AnswerValueMessage {
    const { random } = this.options;
    const mark = markOf(this.who.candidateId);
    this.#changes += 1;
    if (type === 'fill-in') return { blanks: blanks.map(() => `${mark}${this.#changes}`) };
    if (type === 'essay' || type === 'short-text') {
      const text = before !== undefined && 'text' in before ? before.text : mark;
      const longest = type === 'essay' ? LONGEST_TEXT : LONGEST_TEXT / 4;
      return { text: text.length > longest ? `${mark}${this.#changes}` : `${text}，${this.#changes}` };
    }
    const ids = options.map(({ id }) => id);
    return {
      options: type === 'multiple' ? random.some(ids, random.between(0, ids.length)) : [random.pick(ids)],
    };
  }

  /** A new file beside those that are there, in place of the oldest, or one of them removed. */
  async #chooseFile(
    kiosk: Kiosk,
    sitting: Sitting,
    { itemId, files }: ItemContent,
    note: Note,
  ): Promise<void> {
    const { random } = this.options;
    if (files === undefined) return;
    const value = sitting.book.get(itemId)?.value;
    const before = value !== undefined && 'files' in value ? value.files : [];
    const marked = sitting.book.isMarked(itemId);
    if (before.length > 0 && random.chance(0.15))
      return kiosk.change(itemId, { files: before.slice(1) }, marked);
    const bytes = someBytes(random);
    const fileHash = createHash('sha256').update(bytes).digest('hex');
    const { candidateId } = this.who;
    note({ k: 'file-made', candidateId, itemId, fileHash, size: bytes.length });
    const others = before.slice(Math.max(0, before.length - files.maxCount + 1));
    const name = `作品 ${this.#changes}.${files.types[0] ?? 'bin'}`;
    const taken = await takeFile(sitting.files, files, { name, bytes: new Blob([bytes]) }, others);
    if (taken.ok) kiosk.change(itemId, { files: [...others, taken.file] }, marked);
  }
}

/** A file as people hand it in; now and then a large one. */
export function someBytes(random: SeededRandom): Uint8Array<ArrayBuffer> {
  const size = random.chance(0.1) ? random.between(1_000_000, 2_500_000) : random.between(1, 400_000);
  return randomFillSync(new Uint8Array(size));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
