// All sittings that this PC still holds something of: the candidate who writes now, and whoever sat here before and left
// something unsent. Opens the paper of the present one.

import type { ItemContent, PaperContent, PaperMessage, SeatState } from '../../../server/protocol/seat.js';
import { examIdOf, type ExamRecord, type LocalStore } from '../local/local-store.js';
import type { PartFetcher } from '../room/part-fetcher.js';
import { FileCourier, type CourierHost } from '../uploads/file-courier.js';
import { AnswerBook } from './answer-book.js';
import { dealPaper, type DealtPaper } from './dealt-paper.js';
import { Delivery, type DeliveryHost } from './delivery.js';
import { NOT_PLAYED, merged, type Plays } from './plays.js';
import { importKey, openSealed } from './sealed-content.js';

/** One sitting with what this page holds of it. */
export interface Sitting {
  exam: ExamRecord;
  book: AnswerBook;
  delivery: Delivery;
  /** Its files, on their way to the room. */
  files: FileCourier;
  /** Null until it is opened; in memory only. */
  paper: DealtPaper | null;
}

export interface SittingsHost {
  store: LocalStore;
  fetcher: Pick<PartFetcher, 'bytes'>;
  changed(): void;
  /** What a delivery needs beside what the sittings know. */
  deliveryHost(
    examId: string,
  ): Omit<DeliveryHost, 'keepExam' | 'received' | 'changed' | 'pendingFiles' | 'filesMissing'>;
  courierHost: Omit<CourierHost, 'store' | 'changed'>;
}

/** What this PC and the room know of plays. */
function mergedAll(
  here: Readonly<Record<string, Plays>> = {},
  inRoom: Readonly<Record<string, number>>,
): Record<string, Plays> {
  const all = { ...here };
  for (const [itemId, count] of Object.entries(inRoom))
    all[itemId] = merged(all[itemId] ?? NOT_PLAYED, count);
  return all;
}

export class Sittings {
  readonly #all = new Map<string, Sitting>();
  readonly #opening = new Set<string>();

  constructor(private readonly host: SittingsHost) {}

  /** Reads what an earlier page kept. */
  async restore(): Promise<void> {
    for (const exam of await this.host.store.exams()) await this.#add(exam, true);
  }

  /** The sitting that a page is about. */
  of(state: SeatState | null): Sitting | null {
    if (state?.session == null || state.candidate === null) return null;
    const { candidateId, lease } = state.candidate;
    return this.#all.get(examIdOf(state.session.sessionId, candidateId, lease)) ?? null;
  }

  /** Items, hand-ins and gaps that the room does not have, of all sittings; and how long the oldest change waits, ms. */
  unsent(now: number | null): { count: number; oldestMs: number } {
    let count = 0;
    let oldestMs = 0;
    for (const { delivery, book } of this.#all.values()) {
      count += delivery.unsent;
      const [oldest] = book.unsent();
      if (oldest !== undefined && now !== null) oldestMs = Math.max(oldestMs, now - oldest.madeAt);
    }
    return { count, oldestMs };
  }

  push(): void {
    for (const { delivery, files } of this.#all.values()) {
      delivery.push();
      files.push();
    }
  }

  stop(): void {
    for (const { delivery, files } of this.#all.values()) {
      delivery.stop();
      files.stop();
    }
  }

  /** Takes the paper from the room: keys, order, and what the room holds already. */
  async take(message: PaperMessage, session: NonNullable<SeatState['session']>): Promise<void> {
    const { candidateId, lease, paperId, order } = message;
    const examId = examIdOf(session.sessionId, candidateId, lease);
    const known = this.#all.get(examId);
    if (known !== undefined && known.exam.paperId === paperId) {
      known.book.merge(lease, message.answers);
      if (message.plays !== undefined)
        await this.keep(known, { ...known.exam, plays: mergedAll(known.exam.plays, message.plays) });
      known.files.roomHas(message.files ?? []);
      return this.open(known, session);
    }
    const itemKeys: Record<string, CryptoKey> = {};
    for (const [itemId, key] of Object.entries(message.itemKeys)) itemKeys[itemId] = await importKey(key);
    const exam: ExamRecord = {
      ...{ examId, sessionId: session.sessionId, packageId: session.packageId, candidateId, lease, paperId },
      ...{ contentKey: await importKey(message.key), itemKeys, order },
      ...{ itemId: null, submit: null, gaps: [], aliveAt: null },
      plays: mergedAll({}, message.plays ?? {}),
    };
    const sitting = await this.#add(exam);
    sitting.book.merge(lease, message.answers);
    sitting.files.roomHas(message.files ?? []);
    await this.keep(sitting, exam);
    await this.open(sitting, session);
  }

  /** Opens the paper of a sitting, if its text is here or can be had; tried again at the next occasion where it is not. */
  async open(sitting: Sitting, session: NonNullable<SeatState['session']>): Promise<void> {
    const { exam } = sitting;
    if (sitting.paper !== null || this.#opening.has(exam.examId)) return;
    this.#opening.add(exam.examId);
    try {
      const base = `papers/${exam.paperId}`;
      const read = async <T>(key: CryptoKey, path: string): Promise<T> => {
        const part = session.parts.find((one) => one.path === path);
        if (part === undefined) throw new Error(`The room lists no part ${path}`);
        const plain = await openSealed(key, await this.host.fetcher.bytes(part.sha256), exam.packageId, path);
        return JSON.parse(new TextDecoder().decode(plain)) as T;
      };
      const content = await read<PaperContent>(exam.contentKey, `${base}/text.sealed`);
      const pooled = new Map<string, ItemContent>();
      for (const [itemId, key] of Object.entries(exam.itemKeys))
        pooled.set(itemId, await read<ItemContent>(key, `${base}/items/${itemId}.sealed`));
      sitting.paper = dealPaper(content, exam.order, pooled);
      this.host.changed();
    } finally {
      this.#opening.delete(exam.examId);
    }
  }

  /** A picture, recording or material of the present paper, opened here. @throws where it cannot be had */
  async file(
    sitting: Sitting,
    { path, sha256, type }: { path: string; sha256: string; type: string },
  ): Promise<Blob> {
    const sealed = await this.host.fetcher.bytes(sha256);
    const { contentKey, packageId } = sitting.exam;
    return new Blob([await openSealed(contentKey, sealed, packageId, path)], { type });
  }

  /** Changes what is kept of a sitting. */
  async keep(sitting: Sitting, exam: ExamRecord): Promise<void> {
    Object.assign(sitting.exam, exam);
    await this.host.store.keepExam(sitting.exam).catch(() => undefined);
    this.host.changed();
  }

  async #add(exam: ExamRecord, reopened = false): Promise<Sitting> {
    const { store, changed } = this.host;
    const told = () => {
      delivery.push();
      files.push();
      changed();
    };
    const book = await AnswerBook.open(exam.examId, store, told, reopened);
    const files: FileCourier = await FileCourier.open(exam, book, {
      ...this.host.courierHost,
      store,
      changed: () => {
        delivery.push();
        changed();
      },
    });
    const delivery: Delivery = new Delivery(exam, book, {
      ...this.host.deliveryHost(exam.examId),
      keepExam: (kept) => store.keepExam(kept),
      pendingFiles: () => files.pending,
      filesMissing: () => files.askAnew(),
      changed,
      received: () => void this.#received(exam.examId),
    });
    const sitting: Sitting = { exam, book, delivery, files, paper: null };
    this.#all.get(exam.examId)?.delivery.stop();
    this.#all.get(exam.examId)?.files.stop();
    this.#all.set(exam.examId, sitting);
    return sitting;
  }

  /** The room has everything: keys and answers leave this PC (REQ-F08). */
  async #received(examId: string): Promise<void> {
    this.#all.get(examId)?.files.stop();
    this.#all.delete(examId);
    await this.host.store.dropExam(examId).catch(() => undefined);
    this.host.changed();
  }
}
