// What happens with a session after its collection: the bundle is built and recorded, the organisation's receipt is read.

import { BundleFiles } from '../bundle/bundle-files.js';
import type { RunningRoom } from '../room.js';
import { bundleBeside } from './beside.js';
import type { JournalPlace } from './beside-tasks.js';
import type { Packages } from './packages.js';

export class Results {
  readonly #files: BundleFiles;
  /** One at a time: two people may press the button. */
  #building: Promise<void> = Promise.resolve();

  constructor(
    private readonly data: string,
    private readonly room: RunningRoom,
    private readonly place: JournalPlace,
    private readonly packages: Packages,
  ) {
    this.#files = new BundleFiles(data);
  }

  /** Builds the bundle of a collected session and records it. @throws Error with what to do */
  buildBundle(sessionId: string): Promise<void> {
    const built = this.#building.catch(() => undefined).then(() => this.#build(sessionId));
    this.#building = built;
    return built;
  }

  /** The files of a session's bundle. */
  names(sessionId: string): string[] {
    return this.#files.names(sessionId);
  }

  /** Where a file of the bundle with this hash lies, or null. */
  file(fileHash: string, fileName: string): string | null {
    return this.#files.file(fileHash, fileName);
  }

  /** The id of a trusted organisation's receipt for the session's bundle, else null. */
  verifyReceipt(sessionId: string, receipt: string): string | null {
    return this.#files.receiptId(sessionId, receipt, this.packages.trusted);
  }

  async #build(sessionId: string): Promise<void> {
    const { data, room, place } = this;
    const session = room.state.sessions[sessionId];
    if (session === undefined || session.collectedAt === null)
      throw new Error('收卷之后才能生成成绩包 / The bundle is built after the collection');
    await room.settled();
    const installed = this.packages.packageOf(room, sessionId);
    const orgRecipients = installed === null ? [] : [installed.orgRecipient];
    const now = room.now();
    const statement = await bundleBeside({ kind: 'bundle', place, data, sessionId, orgRecipients, now });
    const { sha256: fileHash, chainHead } = statement;
    const handled = room.handle({
      type: 'record-bundle',
      sessionId,
      fileHash,
      chainHead,
      by: { kind: 'room' },
    });
    if (handled.refusal !== null) throw new Error(`The bundle was not recorded: ${handled.refusal.code}`);
    await room.whenDurable(handled.seq);
  }
}
