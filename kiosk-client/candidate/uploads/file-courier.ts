// The files of one sitting on this PC: which its answers name, where each one is, and how it gets to the room. A file goes out
// once the room holds the answer that names it; whatever the line does, its bytes stay here until the room has them.

import type { AnswerValueMessage } from '../../../server/protocol/seat.js';
import { uploadHeaders, uploadPath } from '../../../server/protocol/uploads.js';
import type { AnswerBook } from '../exam/answer-book.js';
import { sha256Hex } from '../exam/sealed-content.js';
import type { ExamRecord, LocalStore } from '../local/local-store.js';
import { bringFile, type SendToRoom } from './bring-file.js';

export type HandedInFile = Extract<AnswerValueMessage, { files: unknown }>['files'][number];

/** Where a file is, as far as this PC knows. */
export type FileState =
  /** In the room, acknowledged. */
  | { where: 'room' }
  /** Here, on its way or waiting; `problem` is a refusal's code, null while there is none. */
  | { where: 'here'; sentBytes: number; problem: string | null }
  /** Neither: another PC has it, or it was lost and has to be chosen again. */
  | { where: 'away' };

export interface CourierHost {
  store: Pick<LocalStore, 'files' | 'fileBytes' | 'keepFile'>;
  send: SendToRoom;
  /** The bytes of what the room gives. @throws where it gives none */
  fetchFile(path: string, headers: Record<string, string>): Promise<ArrayBuffer>;
  pcSecret(): string | null;
  online(): boolean;
  monotonic(): number;
  /** Something is to be shown or delivered anew. */
  changed(): void;
}

/** The room will never take the file for what the answers say now. */
const FINAL = new Set(['file-not-declared', 'after-collection', 'foreign-lease']);
const RETRY_MS = 2_000;
/** The room said no: it is asked again, but not at once. */
const REFUSED_MS = 5_000;

export class FileCourier {
  /** Bytes on this PC, by hash: in its storage, or, where that failed, in memory. */
  readonly #here = new Map<string, Blob | 'stored'>();
  readonly #inRoom = new Set<string>();
  readonly #problems = new Map<string, string>();
  /** Refused for good, by hash: for which revisions of the answers that name it. */
  readonly #refused = new Map<string, string>();
  #bringing: { fileHash: string; sentBytes: number } | null = null;
  #waiting: ReturnType<typeof setTimeout> | null = null;
  #stopped = false;
  /** This PC's storage refused a file: it is in memory alone until the room has it. */
  storageFailed = false;

  private constructor(
    private readonly exam: Pick<ExamRecord, 'examId' | 'candidateId' | 'lease'>,
    private readonly book: AnswerBook,
    private readonly host: CourierHost,
  ) {}

  /** Reads what this PC kept. */
  static async open(
    exam: Pick<ExamRecord, 'examId' | 'candidateId' | 'lease'>,
    book: AnswerBook,
    host: CourierHost,
  ): Promise<FileCourier> {
    const courier = new FileCourier(exam, book, host);
    for (const { fileHash, inRoom } of await host.store.files(exam.examId)) {
      courier.#here.set(fileHash, 'stored');
      if (inRoom) courier.#inRoom.add(fileHash);
    }
    return courier;
  }

  /** Files that answers on this PC name, are here, and are not in the room. */
  get pending(): number {
    return this.#pendingHashes().length;
  }

  state({ fileHash }: HandedInFile): FileState {
    if (this.#inRoom.has(fileHash)) return { where: 'room' };
    if (!this.#here.has(fileHash)) return { where: 'away' };
    const sentBytes = this.#bringing?.fileHash === fileHash ? this.#bringing.sentBytes : 0;
    return { where: 'here', sentBytes, problem: this.#problems.get(fileHash) ?? null };
  }

  /** Keeps the bytes of a file that an answer is about to name. Resolves when they are safe here, as far as they can be. */
  async keep(fileHash: string, bytes: Blob): Promise<void> {
    // Named anew, it may have left the room meanwhile.
    this.#inRoom.delete(fileHash);
    this.#problems.delete(fileHash);
    this.#refused.delete(fileHash);
    try {
      await this.host.store.keepFile({ examId: this.exam.examId, fileHash, bytes, inRoom: false });
      this.#here.set(fileHash, 'stored');
    } catch {
      this.storageFailed = true;
      this.#here.set(fileHash, bytes);
    }
  }

  /** The room says what it holds. */
  roomHas(hashes: readonly string[]): void {
    for (const fileHash of hashes) this.#arrived(fileHash);
  }

  /** The room says that something is missing: what is here goes out again. */
  askAnew(): void {
    this.#inRoom.clear();
    this.push();
  }

  /** Brings what may be brought now; to be called whenever something changed. */
  push(): void {
    if (this.#stopped || this.#bringing !== null || this.#waiting !== null || !this.host.online()) return;
    const [fileHash] = this.#pendingHashes().filter((hash) => this.#isNamedInRoom(hash));
    if (fileHash !== undefined) void this.#bring(fileHash);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#waiting !== null) clearTimeout(this.#waiting);
  }

  /** The bytes of a file: from here, else from the room. @throws where neither has them */
  async bytes({ fileHash, type }: HandedInFile): Promise<Blob> {
    const here = await this.#bytesHere(fileHash);
    if (here !== null) return here;
    const pcSecret = this.host.pcSecret();
    if (pcSecret === null) throw new Error('This PC has no name yet');
    const { candidateId, lease } = this.exam;
    const path = uploadPath({ candidateId, lease, fileHash });
    const bytes = await this.host.fetchFile(path, uploadHeaders(pcSecret));
    if ((await sha256Hex(bytes)) !== fileHash) throw new Error(`File ${fileHash} came damaged`);
    this.#inRoom.add(fileHash);
    return new Blob([bytes], { type });
  }

  async #bytesHere(fileHash: string): Promise<Blob | null> {
    const here = this.#here.get(fileHash);
    if (here === undefined || here instanceof Blob) return here ?? null;
    return this.host.store.fileBytes(this.exam.examId, fileHash).catch(() => null);
  }

  async #bring(fileHash: string): Promise<void> {
    const { host } = this;
    const going = { fileHash, sentBytes: 0 };
    this.#bringing = going;
    let waitMs: number | null = RETRY_MS;
    try {
      const bytes = await this.#bytesHere(fileHash);
      const pcSecret = host.pcSecret();
      if (bytes === null) {
        this.#here.delete(fileHash);
        waitMs = null;
      } else if (pcSecret !== null) {
        const { candidateId, lease } = this.exam;
        const brought = await bringFile(
          {
            ...{ send: host.send, pcSecret, monotonic: () => host.monotonic() },
            progress: (sentBytes) => {
              going.sentBytes = sentBytes;
              host.changed();
            },
            wanted: () => !this.#stopped && this.#named().has(fileHash),
          },
          { candidateId, lease, fileHash },
          bytes,
        );
        if (brought.outcome === 'received') this.#arrived(fileHash);
        if (brought.outcome === 'refused') {
          this.#problems.set(fileHash, brought.code);
          if (FINAL.has(brought.code)) this.#refused.set(fileHash, this.#naming(fileHash));
          waitMs = REFUSED_MS;
        } else waitMs = null;
      }
    } catch {
      // The line broke; the bytes are here and go on from where they stopped.
    }
    this.#bringing = null;
    if (this.#stopped) return;
    if (waitMs !== null) this.#wait(waitMs);
    host.changed();
    this.push();
  }

  #wait(ms: number): void {
    this.#waiting ??= setTimeout(() => {
      this.#waiting = null;
      this.push();
    }, ms);
  }

  #arrived(fileHash: string): void {
    if (this.#inRoom.has(fileHash)) return;
    this.#inRoom.add(fileHash);
    this.#problems.delete(fileHash);
    void this.#noteArrival(fileHash);
    this.host.changed();
  }

  async #noteArrival(fileHash: string): Promise<void> {
    const bytes = await this.#bytesHere(fileHash);
    const { examId } = this.exam;
    // Once everything is received this PC keeps nothing; a late note would bring the file back.
    if (bytes !== null && !this.#stopped && this.#here.get(fileHash) === 'stored')
      await this.host.store.keepFile({ examId, fileHash, bytes, inRoom: true }).catch(() => undefined);
  }

  #pendingHashes(): string[] {
    return [...this.#named()].filter(
      (hash) =>
        this.#here.has(hash) && !this.#inRoom.has(hash) && this.#refused.get(hash) !== this.#naming(hash),
    );
  }

  #named(): Set<string> {
    const named = new Set<string>();
    for (const { value } of this.book.all())
      if ('files' in value) for (const { fileHash } of value.files) named.add(fileHash);
    return named;
  }

  /** The revisions of the answers that name a file. */
  #naming(fileHash: string): string {
    const naming = this.book
      .all()
      .filter(({ value }) => 'files' in value && value.files.some((file) => file.fileHash === fileHash));
    return naming.map(({ itemId, rev }) => `${itemId} ${rev}`).join();
  }

  /** The room holds an answer that names it: bytes come second (rule 20). */
  #isNamedInRoom(fileHash: string): boolean {
    return this.book
      .all()
      .some(
        ({ value, rev, settledRev }) =>
          'files' in value && rev <= settledRev && value.files.some((file) => file.fileHash === fileHash),
      );
  }
}
