// A candidate's PC of another maker, without a screen: what a client has to do by the documents, from the pairing code to "nothing is
// left here". Answers are kept first and delivered then, across outages, in the order that the document asks for.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { PcStorage, type Value } from './pc-storage.js';
import { RoomHttp, type RoomPlace } from './room-http.js';
import { SealedPaper, type Item, type OpenedPaper, type PaperWord, type Part } from './sealed-paper.js';
import { SeatLine, type Answer, type Frame } from './seat-line.js';
import { WireRules } from './wire-rules.js';

export interface SeatPage {
  stage: string;
  pairingCode: string | null;
  session: { sessionId: string; packageId: string; parts: Part[]; minutes: number } | null;
  candidate: { candidateId: string; lease: number; endsAt: number | null; handRaised: boolean } | null;
}

/** Refusals after which the same request may be taken later. */
const LATER = new Set(['seat-not-paired', 'wrong-phase', 'files-missing']);
/** The room stood still: what is on the screen is made anew when it goes on. */
const ANEW = new Set(['paused', 'suspended']);
const PIECE_TYPE = 'application/offset+octet-stream';

export class CandidatePc {
  readonly storage = new PcStorage();
  readonly line: SeatLine;
  readonly http: RoomHttp;
  readonly paper: SealedPaper;
  page: SeatPage | null = null;
  word: PaperWord | null = null;
  readonly messages: string[] = [];
  readonly reminders: number[] = [];
  /** Answers that the room will never take, with the reason. */
  readonly refused: string[] = [];
  /** The next upload dies after so many bytes. */
  cutUploadAfterBytes: number | null = null;
  #delivering: Promise<void> | null = null;
  #again = false;
  #confirmed = false;
  readonly #anew = new Set<string>();

  constructor(
    place: RoomPlace,
    documents: { seat: string; http: string },
    random: () => number = Math.random,
  ) {
    const rules = new WireRules(documents.seat);
    const { pcSecret } = this.storage;
    this.http = new RoomHttp(place, new WireRules(documents.http));
    this.paper = new SealedPaper(this.storage, this.http, rules);
    this.line = new SeatLine({ place, rules, pcSecret, random, unsent: () => this.#unsent() });
    this.line.on('frame', (frame: Frame) => this.#take(frame));
    this.line.on('welcome', () => this.deliver());
    this.line.connect();
  }

  /** Waits until the page is as wanted. @throws Error after `withinMs`, or at the first fault of the wire */
  async until(wanted: (page: SeatPage) => boolean, withinMs = 60_000): Promise<SeatPage> {
    return this.#waitFor(() => (this.page !== null && wanted(this.page) ? this.page : null), withinMs);
  }

  async untilPaper(withinMs = 60_000): Promise<PaperWord> {
    return this.#waitFor(() => this.word, withinMs);
  }

  /** Sends something that is not kept; asked for anew where the line broke. */
  async ask(body: Frame): Promise<Answer> {
    for (;;) {
      const answer = await this.line.request(body);
      if (answer !== null) return answer;
      await once(this.line, 'welcome', { signal: AbortSignal.timeout(60_000) });
    }
  }

  /** Whose paper this is, as requests have to say. @throws Error before the log-in */
  get lease(): { candidateId: string; lease: number } {
    const { candidateId, lease } = this.page?.candidate ?? {};
    if (candidateId === undefined || lease === undefined) throw new Error('Nobody has logged in here');
    return { candidateId, lease };
  }

  /** The candidate changes an answer: kept here, then sent. */
  change(itemId: string, value: Value, marked = false): void {
    const before = this.storage.answers.get(itemId);
    const madeAt = this.line.roomNow();
    if (madeAt === null) throw new Error('The room was never heard');
    const { rev = 0, settledRev = 0 } = before ?? {};
    this.storage.answers.set(itemId, { itemId, rev: rev + 1, value, marked, madeAt, settledRev });
    this.deliver();
  }

  /** Puts a file into an answer: its hash first. */
  attach(itemId: string, bytes: Buffer, name: string, type: string): string {
    const fileHash = createHash('sha256').update(bytes).digest('hex');
    this.storage.files.set(fileHash, bytes);
    this.change(itemId, { files: [{ fileHash, size: bytes.length, name, type }] });
    return fileHash;
  }

  /** The candidate starts a recording. @returns false where it was played as often as the paper allows */
  play({ itemId, audio }: Item): boolean {
    const { count, told } = this.storage.plays.get(itemId) ?? { count: 0, told: 0 };
    if (audio === undefined || count >= (audio.maxPlays ?? Infinity)) return false;
    this.storage.plays.set(itemId, { count: count + 1, told });
    this.deliver();
    return true;
  }

  handIn(): void {
    this.storage.submittedAt = this.line.roomNow();
    this.deliver();
  }

  /** Brings to the room what it does not have; to be called whenever something changed. */
  deliver(): void {
    if (this.#delivering !== null) {
      this.#again = true;
      return;
    }
    this.#delivering = this.#deliverAll()
      .catch((error: Error) => {
        this.line.fault ??= error;
      })
      .finally(() => {
        this.#delivering = null;
        if (this.#again) {
          this.#again = false;
          this.deliver();
        }
      });
  }

  /** The room has heard that nothing is left here. */
  get confirmed(): boolean {
    return this.#confirmed;
  }

  stop(): void {
    this.line.stop();
  }

  async #deliverAll(): Promise<void> {
    if (!this.line.online || this.page?.candidate == null) return;
    await Promise.all(this.storage.unsent().map((kept) => this.#save(kept)));
    if (this.storage.unsent().length > 0 || !(await this.#sendFiles())) return;
    for (const [itemId, played] of this.storage.plays) {
      const { count, told } = played;
      if (count === told) continue;
      const answer = await this.line.request({ t: 'play', ...this.lease, itemId, count });
      if (answer === null) return;
      played.told = count;
    }
    for (const gap of [...this.storage.gaps]) {
      const answer = await this.line.request({ t: 'gap', ...this.lease, ...gap });
      if (answer === null) return;
      this.storage.gaps = this.storage.gaps.filter((one) => one !== gap);
    }
    const { submittedAt } = this.storage;
    if (submittedAt !== null && !this.storage.submitSettled) {
      const answer = await this.line.request({ t: 'submit', ...this.lease, madeAt: submittedAt });
      if (answer === null) return;
      this.storage.submitSettled = true;
    }
    if (this.#confirmed || (this.page.stage !== 'ended' && this.page.stage !== 'moved')) return;
    const answer = await this.line.request({ t: 'nothing-unsent', ...this.lease });
    if (answer?.ok === true) this.#confirmed = true;
    else if (answer !== null && LATER.has(answer.code)) setTimeout(() => this.deliver(), 500);
  }

  async #save({
    itemId,
    rev,
    value,
    marked,
    madeAt,
  }: { itemId: string; rev: number } & { value: Value; marked: boolean; madeAt: number }): Promise<void> {
    const answer = await this.line.request({ t: 'save', ...this.lease, itemId, rev, value, marked, madeAt });
    if (answer === null) return;
    const kept = this.storage.answers.get(itemId);
    if (kept === undefined) return;
    if (!answer.ok && LATER.has(answer.code)) return;
    kept.settledRev = Math.max(kept.settledRev, rev);
    if (answer.ok) return;
    if (ANEW.has(answer.code)) this.#anew.add(itemId);
    else this.refused.push(`${itemId} ${rev} ${answer.code}`);
  }

  /** The bytes of every file that an answer names. @returns false where the line broke */
  async #sendFiles(): Promise<boolean> {
    const named = [...this.storage.answers.values()].flatMap(({ value }) =>
      'files' in value ? value.files : [],
    );
    for (const { fileHash } of named) {
      const bytes = this.storage.files.get(fileHash);
      if (bytes === undefined) continue;
      if (!(await this.#sendFile(fileHash, bytes))) {
        setTimeout(() => this.deliver(), 300);
        return false;
      }
      this.storage.files.delete(fileHash);
    }
    return true;
  }

  async #sendFile(fileHash: string, bytes: Buffer): Promise<boolean> {
    const { candidateId, lease } = this.lease;
    const parameters = { candidateId, lease: String(lease), fileHash };
    const headers = { authorization: `Bearer ${this.storage.pcSecret}`, 'tus-resumable': '1.0.0' };
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const metadata = `candidate ${base64(candidateId)},lease ${base64(String(lease))},sha256 ${base64(fileHash)}`;
    const begun = await this.http.call('beginFile', {
      headers: { ...headers, 'upload-length': String(bytes.length), 'upload-metadata': metadata },
    });
    if (begun?.status !== 201) return false;
    const asked = await this.http.call('fileOffset', { parameters, headers });
    const offset = Number(asked?.headers['upload-offset']);
    if (asked?.status !== 200 || !Number.isInteger(offset)) return false;
    if (offset === bytes.length) return true;
    const cutAfterBytes = this.cutUploadAfterBytes;
    this.cutUploadAfterBytes = null;
    const sent = await this.http.call('filePiece', {
      parameters,
      headers: { ...headers, 'upload-offset': String(offset), 'content-type': PIECE_TYPE },
      body: bytes.subarray(offset),
      ...(cutAfterBytes === null ? {} : { cutAfterBytes }),
    });
    return sent?.status === 204 && Number(sent.headers['upload-offset']) === bytes.length;
  }

  /** The file that was handed in, as the room has it. */
  async handedIn(fileHash: string): Promise<Buffer | null> {
    const { candidateId, lease } = this.lease;
    const reply = await this.http.call('openFile', {
      parameters: { candidateId, lease: String(lease), fileHash },
      headers: { authorization: `Bearer ${this.storage.pcSecret}` },
    });
    return reply?.status === 200 ? reply.body : null;
  }

  /** The paper in clear, opened anew each time: a key and opened words stay in memory. @throws Error before the start */
  async opened(): Promise<OpenedPaper> {
    const { session } = this.page ?? {};
    if (session == null || this.word === null) throw new Error('There is no paper yet');
    return this.paper.open(session.packageId, session.parts, this.word);
  }

  /** A file that the paper gives to take. */
  async material(path: string): Promise<Buffer> {
    const { session } = this.page ?? {};
    if (session == null || this.word === null) throw new Error('There is no paper yet');
    return this.paper.media(session.packageId, session.parts, path, this.word.key);
  }

  #take(frame: Frame): void {
    if (frame.t === 'state') {
      this.page = frame as unknown as SeatPage;
      if (this.page.stage === 'answering') this.#makeAnew();
      this.deliver();
    } else if (frame.t === 'paper') {
      this.word = frame as unknown as PaperWord;
      this.#merge(this.word);
    } else if (frame.t === 'message') this.messages.push(String(frame['text']));
    else if (frame.t === 'reminder') this.reminders.push(Number(frame['beforeEndMs']));
  }

  /** What the room holds, where this PC knows less; files that it has need not be sent. */
  #merge({ lease, answers, files = [], plays = {} }: PaperWord): void {
    for (const [itemId, told] of Object.entries(plays)) {
      const count = Math.max(told, this.storage.plays.get(itemId)?.count ?? 0);
      this.storage.plays.set(itemId, { count, told });
    }
    for (const { itemId, lease: its, rev, value, marked } of answers) {
      const mine = this.storage.answers.get(itemId);
      if (mine !== undefined && its === lease && mine.rev >= rev)
        mine.settledRev = Math.max(mine.settledRev, rev);
      if (mine !== undefined && (its !== lease || mine.rev >= rev)) continue;
      const known = its === lease ? rev : 0;
      this.storage.answers.set(itemId, {
        itemId,
        rev: known,
        value: value as Value,
        marked,
        madeAt: 0,
        settledRev: known,
      });
    }
    for (const fileHash of files) this.storage.files.delete(fileHash);
  }

  #makeAnew(): void {
    for (const itemId of this.#anew) {
      const kept = this.storage.answers.get(itemId);
      if (kept !== undefined) this.change(itemId, kept.value, kept.marked);
    }
    this.#anew.clear();
  }

  #unsent(): { count: number; oldestMs: number } {
    const unsent = this.storage.unsent();
    const [oldest] = unsent;
    const oldestMs = oldest === undefined ? 0 : (this.line.roomNow() ?? oldest.madeAt) - oldest.madeAt;
    return { count: unsent.length, oldestMs: Math.max(0, oldestMs) };
  }

  async #waitFor<T>(read: () => T | null, withinMs: number): Promise<T> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      if (this.line.fault !== null) throw this.line.fault;
      const found = read();
      if (found !== null) return found;
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new Error(`The seat stayed "${this.page?.stage ?? 'unconnected'}"`);
      const signal = AbortSignal.timeout(Math.ceil(leftMs));
      await Promise.race([once(this.line, 'frame', { signal }), once(this.line, 'fault', { signal })]).catch(
        () => undefined,
      );
    }
  }
}
