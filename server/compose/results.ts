// What happens with a session after its collection: the bundle is built and recorded, the organisation's receipt is read.

import { BundleFiles } from '../bundle/bundle-files.js';
import type { SessionId } from '../core/types.js';
import { entryOf } from '../core/state-access.js';
import type { Log } from '../log.js';
import type { Published, RunningRoom } from '../room.js';
import { bundleBeside } from './beside.js';
import type { Packages } from './packages.js';
import type { JournalPlace } from './read-journal.js';

/** How far a bundle is. */
export interface BundleProgress {
  sessionId: SessionId;
  doneBytes: number;
  ofBytes: number;
}

export interface ResultsParts {
  data: string;
  room: RunningRoom;
  place: JournalPlace;
  packages: Packages;
  /** Disk space that no bundle may take, bytes: the answers of the next session need it. */
  keepFreeBytes: number;
  log: Log;
}

export class Results {
  readonly #files: BundleFiles;
  /** One at a time: two people may press the button. */
  #building: Promise<void> = Promise.resolve();
  #control = new AbortController();
  #isStopped = false;
  #progress: BundleProgress | null = null;
  #onProgress: () => void = () => undefined;
  #listedUntil: (at: number, signal: AbortSignal) => Promise<void> = () => Promise.resolve();

  constructor(private readonly parts: ResultsParts) {
    this.#files = new BundleFiles(parts.data);
  }

  /** Clears away what a crash left of a bundle. */
  begin(): Promise<void> {
    return this.#files.settle();
  }

  /** Builds the bundle of a collected session and records it. @throws NoSpaceError; Error with what to do */
  buildBundle(sessionId: SessionId): Promise<void> {
    const built = this.#building.catch(() => undefined).then(() => this.#build(sessionId));
    this.#building = built;
    return built;
  }

  /** The bundle that is being built, or null. */
  get progress(): BundleProgress | null {
    return this.#progress;
  }

  /** Called when the progress has changed, a few times a second. */
  onProgress(listener: () => void): void {
    this.#onProgress = listener;
  }

  /** What a bundle waits for: the recordings until the collection are in the journal. */
  waitsForVideo(listedUntil: (at: number, signal: AbortSignal) => Promise<void>): void {
    this.#listedUntil = listedUntil;
  }

  /** The files of a session's bundle. */
  names(sessionId: SessionId): string[] {
    return this.#files.names(sessionId);
  }

  /** Where a file of the bundle with this hash lies, or null. */
  file(fileHash: string, fileName: string): string | null {
    return this.#files.file(fileHash, fileName);
  }

  /** The id of a trusted organisation's receipt for the session's bundle, else null. */
  verifyReceipt(sessionId: SessionId, receipt: string): string | null {
    return this.#files.receiptId(sessionId, receipt, this.parts.packages.trusted);
  }

  /** A session that is wiped loses its files: a bundle of it that is under way would lack them, and take the place of the good one. */
  take(published: readonly Published[]): void {
    for (const { event } of published)
      if (event.type === 'session-wiped' && event.wiped === this.#progress?.sessionId) this.#abort();
  }

  /** Stops what is being built; the bundle that was there stays. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#abort();
    await this.#building.catch(() => undefined);
  }

  #abort(): void {
    this.#control.abort();
    this.#control = new AbortController();
  }

  async #build(sessionId: SessionId): Promise<void> {
    const { data, room, place, packages, keepFreeBytes, log } = this.parts;
    const { signal } = this.#control;
    if (this.#isStopped) throw new Error('考务服务器正在停止 / The server is stopping');
    const session = entryOf(room.state.sessions, sessionId);
    // Once the organisation has it the bundle stays what it is.
    if (session?.phase !== 'collected' || session.collectedAt === null)
      throw new Error(
        '收卷之后、交接之前才能生成成绩包 / The bundle is built after the collection and before the receipt',
      );
    const installed = packages.packageOf(room, sessionId);
    const orgRecipients = installed === null ? [] : [installed.orgRecipient];
    const task = { kind: 'bundle', place, data, keepFreeBytes, sessionId, orgRecipients } as const;
    this.#tell({ sessionId, doneBytes: 0, ofBytes: 0 });
    try {
      await this.#listedUntil(session.collectedAt, signal);
      await room.settled();
      const onProgress = (doneBytes: number, ofBytes: number) =>
        this.#tell({ sessionId, doneBytes, ofBytes });
      const { statement, lost } = await bundleBeside({ ...task, now: room.now() }, { signal, onProgress });
      if (lost.length > 0)
        log.error(
          { sessionId, lost: lost.map(({ candidateId, fileHash }) => ({ candidateId, fileHash })) },
          '有已收到的考生文件损坏或丢失，成绩包中缺少这些文件 / Files that were received are lost or changed: the bundle lacks them',
        );
      const { sha256: fileHash, chainHead } = statement;
      const handled = room.handle({
        ...{ type: 'record-bundle', sessionId, fileHash, chainHead },
        by: { kind: 'room' },
      });
      if (handled.refusal !== null) throw new Error(`The bundle was not recorded: ${handled.refusal.code}`);
      await room.whenDurable(handled.seq);
    } finally {
      this.#tell(null);
    }
  }

  #tell(progress: BundleProgress | null): void {
    this.#progress = progress;
    this.#onProgress();
  }
}
