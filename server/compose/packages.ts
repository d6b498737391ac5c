// The installed packages of the data folder beside the state that names them: opened at the start, looked for while the
// server runs, asked for parts, photos, PINs and codes. The state alone says which one is installed.

import { mkdirSync, renameSync, statSync, utimesSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Command } from '../core/commands.js';
import type { Refusal } from '../core/refusals.js';
import type { PackageOrigin, SessionId } from '../core/types.js';
import { entryOf } from '../core/state-access.js';
import { syncFolder } from '../durable-file.js';
import type { Journal } from '../journal/journal.js';
import type { PrivateKeys, PublicKeys } from '../keys/key-files.js';
import type { Log } from '../log.js';
import {
  installedFiles,
  openInstalled,
  packagePath,
  type InstalledPackageFile,
} from '../papers/installed-package.js';
import type { SealedPart } from '../protocol/seat.js';
import type { Handled, Room } from '../room.js';
import { RULES } from './rules.js';

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
    const known = room.state.package;
    const removedAt = room.state.removed?.at ?? -Infinity;
    // What lay there when a package was taken away does not come in its place.
    const newest = [...this.#open.values()]
      .filter(({ changedAtMs }) => changedAtMs > removedAt)
      .sort((a, b) => b.changedAtMs - a.changedAtMs)[0]?.file;
    if (newest === undefined || newest === this.#refused) return;
    const offered = newest.toInstalled();
    if (known?.packageId === offered.packageId && known.sequence >= offered.sequence) return;
    if (room.now() >= offered.expiresAt) {
      this.parts.log.error({ packageId: offered.packageId }, 'The package has expired and is not installed');
      this.#refused = newest;
      return;
    }
    const { handled, rotated } = this.#offer(newest, room, journal);
    await rotated;
    if (handled.refusal !== null) {
      const { packageId } = offered;
      this.parts.log.warn({ packageId, code: handled.refusal.code }, 'The package is not installed');
      this.#refused = newest;
      return;
    }
    await room.whenDurable(handled.seq);
    await this.sweep(room);
    this.parts.log.info({ packageId: offered.packageId, sequence: offered.sequence }, 'Package installed');
  }

  /**
   * Installs a package that came from afar, checked as a local one. From the room's yes to its event is one turn: nobody opens
   * a session in between, and no file that the room works with is replaced by one that it refuses.
   * @param source the file; it is moved into the folder, or left where it is
   * @throws PackageRefusal
   */
  async take(
    source: string,
    origin: PackageOrigin,
    room: Room,
    journal: Journal,
  ): Promise<{ file: InstalledPackageFile; refusal: Refusal | null }> {
    const { data, keys, trust, version, log } = this.parts;
    this.#trusted = await trust();
    const options = { trust: this.#trusted, now: room.now(), serverVersion: version };
    const file = await openInstalled(source, keys, options);
    const offered = file.toInstalled();
    const wish = { type: 'install-package', package: offered, origin, by: { kind: 'room' } } as const;
    const refusal = objectionOf(room, wish);
    if (refusal !== null) {
      file.close();
      return { file, refusal };
    }
    const target = packagePath(data, offered);
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    renameSync(source, target);
    // The newest of the folder is the one that counts after a restart, whatever the clock says.
    const changedAtMs = Math.max(Date.now(), room.now(), ...this.#changes().map((at) => at + 1));
    utimesSync(target, changedAtMs / 1000, changedAtMs / 1000);
    file.movedTo(target);
    this.#open.get(target)?.file.close();
    this.#open.set(target, { file, changedAtMs: statSync(target).mtimeMs });
    const { handled, rotated } = this.#offer(file, room, journal, origin);
    await Promise.all([rotated, syncFolder(dirname(target)), room.whenDurable(handled.seq)]);
    await this.sweep(room);
    log.info({ packageId: offered.packageId, sequence: offered.sequence, ...origin }, 'Package installed');
    return { file, refusal: handled.refusal };
  }

  /** Takes the package away that the room works with. @returns why not, or null */
  async remove(
    wish: { packageId: string; reason: string; origin: PackageOrigin },
    room: Room,
    journal: Journal,
  ): Promise<Refusal | null> {
    const handled = room.handle({ type: 'remove-package', ...wish, by: { kind: 'room' } });
    if (handled.refusal !== null) return handled.refusal;
    // What the room writes from here on is not for that organisation.
    await Promise.all([journal.rotateKeys([]), room.whenDurable(handled.seq)]);
    await this.sweep(room);
    this.parts.log.info({ packageId: wish.packageId, ...wish.origin }, 'Package removed');
    return null;
  }

  /** Deletes the files of a package that was taken away or followed by a newer one; after a crash in between at the next start. */
  async sweep(room: Room): Promise<void> {
    const { removed, package: inForce } = room.state;
    for (const [path, { file, changedAtMs }] of this.#open) {
      const isRemoved = file.packageId === removed?.packageId && changedAtMs <= removed.at;
      const isFollowed = file.packageId === inForce?.packageId && file.sequence < inForce.sequence;
      if (!isRemoved && !isFollowed) continue;
      this.#open.delete(path);
      await file.wipe();
    }
  }

  /**
   * The room's own rows from the package on are for its organisation, those before it are not; so are those of the sessions that
   * it brings, whatever sessions of such names there were. One turn: nothing comes between.
   */
  #offer(
    file: InstalledPackageFile,
    room: Room,
    journal: Journal,
    origin?: PackageOrigin,
  ): { handled: Handled; rotated: Promise<void> } {
    const offered = file.toInstalled();
    const from = origin === undefined ? {} : { origin };
    const wish = { type: 'install-package', package: offered, ...from, by: { kind: 'room' } } as const;
    // Keys for an organisation whose package is refused would open what the room writes next.
    if (objectionOf(room, wish) !== null) return { handled: room.handle(wish), rotated: Promise.resolve() };
    this.#offered = file;
    const { sessions } = room.state;
    const brought = file.sessionIds.filter((id) => (entryOf(sessions, id)?.collectedAt ?? null) === null);
    const rotated = journal.rotateKeys(brought);
    const handled = room.handle(wish);
    this.#offered = null;
    return { handled, rotated };
  }

  #changes(): number[] {
    return [...this.#open.values()].map(({ changedAtMs }) => changedAtMs);
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

  /** The package that the room works with, or null: this very one, not another of its name. */
  current(room: Room | null): InstalledPackageFile | null {
    const wanted = room?.state.package?.manifestHash;
    return this.all().find(({ manifestHash }) => manifestHash === wanted) ?? null;
  }

  all(): InstalledPackageFile[] {
    return [...this.#open.values()].map(({ file }) => file);
  }

  /** The package that brought a session, the one in force before any other; or null. */
  packageOf(room: Room | null, sessionId: SessionId): InstalledPackageFile | null {
    const current = this.current(room);
    const candidates = current === null ? this.all() : [current, ...this.all()];
    return candidates.find(({ sessionIds }) => sessionIds.includes(sessionId)) ?? null;
  }

  /**
   * Removes the package that brought a session once nothing of it is needed any more: all its sessions are wiped. REQ-F08
   * @returns the hash of the file that is gone, else null
   */
  async wipe(room: Room, sessionId: SessionId): Promise<string | null> {
    const isWiped = (id: SessionId) => (entryOf(room.state.sessions, id)?.wiped ?? null) !== null;
    const inForce = this.packageOf(room, sessionId);
    let hash: string | null = null;
    for (const [path, { file }] of this.#open) {
      if (!file.sessionIds.includes(sessionId) || !file.sessionIds.every(isWiped)) continue;
      this.#open.delete(path);
      const { sha256 } = await file.wipe();
      if (file === inForce) hash = sha256;
    }
    return hash;
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

  partsOf(room: Room, sessionId: SessionId): SealedPart[] {
    const parts = this.packageOf(room, sessionId)?.partsOf(sessionId) ?? [];
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

/** What the rules say to a wish, without giving it. */
function objectionOf(room: Room, wish: Command): Refusal | null {
  return RULES.decide(room.state, wish, room.now()).refusal;
}
