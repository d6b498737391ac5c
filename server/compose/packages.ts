// The installed packages of the data folder beside the state that names them: opened at the start, looked for while the
// server runs, asked for parts, photos, PINs and codes. The state alone says which one is installed.

import { stat } from 'node:fs/promises';
import type { SessionId } from '../core/types.js';
import type { Journal } from '../journal/journal.js';
import type { PrivateKeys, PublicKeys } from '../keys/key-files.js';
import type { Log } from '../log.js';
import { installedFiles, openInstalled, type InstalledPackageFile } from '../papers/installed-package.js';
import type { SealedPart } from '../protocol/seat.js';
import type { Room } from '../room.js';

export interface PackagesParts {
  data: string;
  keys: PrivateKeys;
  /** Asked at every look: a key may be added while the server runs. */
  trust: () => Promise<PublicKeys[]>;
  version: string;
  log: Log;
}

const LOOK_EVERY_MS = 3_000;

export class Packages {
  readonly #open = new Map<string, { file: InstalledPackageFile; changedAtMs: number }>();
  /** What the rules did not take; it is not offered again. */
  #refused: InstalledPackageFile | null = null;
  /** Being installed in this very turn. */
  #offered: InstalledPackageFile | null = null;
  #trusted: readonly PublicKeys[] = [];
  readonly #faulty = new Map<string, number>();

  constructor(private readonly parts: PackagesParts) {}

  /** Opens what is new or changed in the folder. A package that does not hold is named in the log and left alone. */
  async look(): Promise<void> {
    const { data, keys, trust, version, log } = this.parts;
    this.#trusted = await trust();
    for (const path of await installedFiles(data)) {
      const { mtimeMs } = await stat(path);
      if (this.#open.get(path)?.changedAtMs === mtimeMs || this.#faulty.get(path) === mtimeMs) continue;
      try {
        // Its term was looked at when it was installed; an exam that runs is not stopped by a wrong calendar.
        const options = { trust: this.#trusted, now: 0, serverVersion: version };
        const file = await openInstalled(path, keys, options);
        this.#open.get(path)?.file.close();
        this.#open.set(path, { file, changedAtMs: mtimeMs });
      } catch (error) {
        this.#faulty.set(path, mtimeMs);
        log.error({ path, reason: (error as Error).message }, 'An installed package does not hold');
      }
    }
  }

  /** Gives the room the newest package of the folder, if it is another than the one that it knows. */
  async install(room: Room, journal: Journal): Promise<void> {
    const newest = [...this.#open.values()].sort((a, b) => b.changedAtMs - a.changedAtMs)[0]?.file;
    const known = room.state.package;
    if (newest === undefined || newest === this.#refused) return;
    const offered = newest.toInstalled();
    if (known?.packageId === offered.packageId && known.sequence >= offered.sequence) return;
    if (room.now() >= offered.expiresAt) {
      this.parts.log.error({ packageId: offered.packageId }, 'The package has expired and is not installed');
      this.#refused = newest;
      return;
    }
    // The room's own rows from the package on are for its organisation, those before it are not. One turn: nothing comes between.
    this.#offered = newest;
    const rotated = [journal.rotateRoomKey()];
    const handled = room.handle({ type: 'install-package', package: offered, by: { kind: 'room' } });
    this.#offered = null;
    if (handled.refusal !== null) rotated.push(journal.rotateRoomKey());
    await Promise.all(rotated);
    if (handled.refusal !== null) {
      const { packageId } = offered;
      this.parts.log.warn({ packageId, code: handled.refusal.code }, 'The package is not installed');
      this.#refused = newest;
      return;
    }
    await room.whenDurable(handled.seq);
    this.parts.log.info({ packageId: offered.packageId, sequence: offered.sequence }, 'Package installed');
  }

  /**
   * Takes up packages that are installed while the server runs. Not while a session holds the room: checking a package costs
   * time that belongs to the exam.
   * @returns the function that ends it
   */
  watch(room: Room, journal: Journal): () => void {
    let busy = false;
    const timer = setInterval(() => {
      if (busy || room.state.currentSession !== null) return;
      busy = true;
      this.look()
        .then(() => this.install(room, journal))
        .catch((error: unknown) => this.parts.log.error({ err: error }, 'Looking for packages failed'))
        .finally(() => (busy = false));
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }

  /** The package that the room works with, or null. */
  current(room: Room | null): InstalledPackageFile | null {
    const wanted = room?.state.package?.packageId;
    for (const { file } of this.#open.values()) if (file.packageId === wanted) return file;
    return null;
  }

  all(): InstalledPackageFile[] {
    return [...this.#open.values()].map(({ file }) => file);
  }

  /** The package that brought a session, or null. */
  packageOf(sessionId: SessionId): InstalledPackageFile | null {
    return this.all().find((file) => file.partsOf(sessionId).length > 0) ?? null;
  }

  /**
   * Removes the package that brought a session once nothing of it is needed any more: all its sessions are wiped. REQ-F08
   * @returns the hash of the file that is gone, else null
   */
  async wipe(room: Room, sessionId: SessionId): Promise<string | null> {
    const isWiped = (id: SessionId) => (room.state.sessions[id]?.wiped ?? null) !== null;
    for (const [path, { file }] of this.#open) {
      if (!file.sessionIds.includes(sessionId) || !file.sessionIds.every(isWiped)) continue;
      this.#open.delete(path);
      return (await file.wipe()).sha256;
    }
    return null;
  }

  /** The organisation to which new data keys are sealed: that of the package that the room works with, no other. */
  orgRecipients(room: Room | null): string[] {
    const installed = this.#offered ?? this.current(room);
    return installed === null ? [] : [installed.orgRecipient];
  }

  /** The organisations' keys as they were at the last look. */
  get trusted(): readonly PublicKeys[] {
    return this.#trusted;
  }

  partsOf(sessionId: SessionId): SealedPart[] {
    const parts = this.packageOf(sessionId)?.partsOf(sessionId) ?? [];
    return parts.map(({ path, sha256, bytes }) => ({ path, sha256, bytes }));
  }

  /** A sealed part of any installed package. */
  async part(sha256: string): Promise<Buffer | null> {
    for (const file of this.all()) {
      const bytes = await file.part(sha256);
      if (bytes !== null) return bytes;
    }
    return null;
  }

  async photo(hash: string): Promise<{ bytes: Buffer; type: string } | null> {
    for (const file of this.all()) {
      const photo = await file.photo(hash);
      if (photo !== null) return photo;
    }
    return null;
  }

  close(): void {
    for (const { file } of this.#open.values()) file.close();
    this.#open.clear();
  }
}
