// What is done with a session's results once it is collected: the bundle is built and recorded, the organisation's receipt
// is checked.

import { BundleFiles } from '../bundle/bundle-files.js';
import type { Journal } from '../journal/journal.js';
import type { PrivateKeys, PublicKeys } from '../keys/key-files.js';
import type { Room } from '../room.js';
import type { Results } from './staff-host.js';

export interface ResultsParts {
  data: string;
  room: Room;
  journal: Journal;
  keys: PrivateKeys;
  orgRecipients: () => string[];
  trust: () => Promise<PublicKeys[]>;
}

/** Results of a room. */
export class RoomResults implements Results {
  readonly #files: BundleFiles;
  #trusted: PublicKeys[] = [];

  constructor(private readonly parts: ResultsParts) {
    this.#files = new BundleFiles(parts.data);
  }

  /** @throws Error with what to do when the session is not collected */
  async buildBundle(sessionId: string): Promise<void> {
    const { room, journal, keys, orgRecipients } = this.parts;
    if (room.state.sessions[sessionId]?.collectedAt == null)
      throw new Error('收卷后才能生成成绩包 / The bundle is built after the collection');
    await room.settled();
    const sources = { journal, room: keys, sessionId, orgRecipients: orgRecipients(), now: room.now() };
    const { statement } = await this.#files.build(sources);
    this.#trusted = await this.parts.trust();
    const { sha256: fileHash, chainHead } = statement;
    const { seq } = room.handle({
      type: 'record-bundle',
      sessionId,
      fileHash,
      chainHead,
      by: { kind: 'room' },
    });
    await room.whenDurable(seq);
  }

  /** Keys that came since the bundle was built are not trusted for its receipt. */
  verifyReceipt(sessionId: string, receipt: string): string | null {
    return this.#files.receiptId(sessionId, receipt, this.#trusted);
  }

  /** After a restart. */
  async resume(): Promise<void> {
    this.#trusted = await this.parts.trust();
  }
}
