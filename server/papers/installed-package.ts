// A package that lies installed in the room: serves its sealed parts, photos and sign-ins, and opens papers when both
// halves of the secret are there. Plain content stays in memory and never touches the disk.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DEFAULT_POLICY } from '../core/policy.js';
import type { InstalledPackage, Policy, Role } from '../core/types.js';
import { syncFolder } from '../durable-file.js';
import { openWith } from '../keys/age-box.js';
import { verifyDsse } from '../keys/dsse.js';
import type { PrivateKeys, PublicKeys } from '../keys/key-files.js';
import { checkPin } from '../keys/pin.js';
import { openBytes } from '../keys/seal-bytes.js';
import { readTypedCode } from '../keys/typed-code.js';
import { RELEASE_PAYLOAD_TYPE, type PackageRoster, type PaperOpening } from '../protocol/package.js';
import type { SealedPart } from '../protocol/seat.js';
import { serverKey } from './build.js';
import { copyPackage } from './copy-package.js';
import { checkPackage, openRoster, type CheckedPackage, type CheckOptions } from './open-package.js';
import { openOpening } from './opening.js';

/** Keys of an opened paper; in memory, and on disk only sealed to the room (rule 13). */
export interface PaperKeys {
  paperId: string;
  contentKey: Buffer;
  itemKeys: ReadonlyMap<string, Buffer>;
}

export type PaperOpened = { ok: true; keys: PaperKeys } | { ok: false; wrong: 'pin' | 'code' | 'code-typo' };

/**
 * Copies a package that holds into the data folder, durably; whether the room takes it up is for the rules to say. No two
 * packages have one file there, so that none takes the place of the one that the room works with.
 * @param allow asked once the file is known to hold; what it throws leaves the folder as it is
 * @param keepFreeBytes disk space that a package may not take: answers come before packages
 * @throws PackageRefusal; nothing is left of a copy that the disk did not take
 */
export async function installPackage(
  file: string,
  data: string,
  room: PrivateKeys,
  options: CheckOptions,
  allow: (offered: InstalledPackage) => Promise<void> = () => Promise.resolve(),
  keepFreeBytes = 0,
): Promise<InstalledPackageFile> {
  const offered = await openInstalled(file, room, options);
  offered.close();
  await allow(offered.toInstalled());
  const target = packagePath(data, offered);
  await copyPackage(file, target, keepFreeBytes);
  return openInstalled(target, room, options);
}

/** Where a package lies in the data folder. */
export function packagePath(
  data: string,
  { packageId, sequence, manifestHash }: Pick<InstalledPackage, 'packageId' | 'sequence' | 'manifestHash'>,
): string {
  return join(data, 'packages', `${packageId}.${sequence}.${manifestHash.slice(0, 12)}.exampkg`);
}

/** The packages of a data folder. */
export async function installedFiles(data: string): Promise<string[]> {
  const folder = join(data, 'packages');
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.exampkg')).map((name) => join(folder, name));
}

/** Opens an installed package; checks everything again, since a disk may lie. @throws PackageRefusal */
export async function openInstalled(
  file: string,
  room: PrivateKeys,
  options: CheckOptions,
): Promise<InstalledPackageFile> {
  const checked = await checkPackage(file, options);
  try {
    return new InstalledPackageFile(file, checked, await openRoster(checked, room), room);
  } catch (error) {
    checked.zip.close();
    throw error;
  }
}

export class InstalledPackageFile {
  readonly #parts = new Map<string, Promise<Buffer>>();
  readonly #pathOf: ReadonlyMap<string, string>;
  readonly #hashOf: ReadonlyMap<string, string>;

  #file: string;

  constructor(
    file: string,
    private readonly checked: CheckedPackage,
    private readonly roster: PackageRoster,
    private readonly room: PrivateKeys,
  ) {
    this.#file = file;
    const { entries } = checked.manifest;
    this.#pathOf = new Map(entries.map(({ path, sha256 }) => [sha256, path]));
    this.#hashOf = new Map(entries.map(({ path, sha256 }) => [path, sha256]));
  }

  get file(): string {
    return this.#file;
  }

  /** Says that the file has been given another name; it stays open. */
  movedTo(file: string): void {
    this.#file = file;
  }

  get packageId(): string {
    return this.checked.manifest.packageId;
  }

  get sequence(): number {
    return this.checked.manifest.sequence;
  }

  /** The sessions that it brings. */
  get sessionIds(): string[] {
    return this.checked.plan.sessions.map(({ sessionId }) => sessionId);
  }

  get manifestHash(): string {
    return this.checked.manifestHash;
  }

  /** How many servers can open it: the room's, and its spare one where the organisation sealed to that too. */
  get serverCount(): number {
    return new Set(this.checked.manifest.rooms.map(({ keyId }) => keyId)).size;
  }

  /** age recipient of the organisation: bundles and data keys are sealed to it. */
  get orgRecipient(): string {
    return this.checked.manifest.orgRecipient;
  }

  get authorisationKey(): Buffer {
    return Buffer.from(this.roster.authorisationKey, 'base64');
  }

  /** What the rules take from it. */
  toInstalled(): InstalledPackage {
    const { manifest, manifestHash, plan } = this.checked;
    const policy: Policy = { ...DEFAULT_POLICY, ...(plan.policy as Partial<Policy>) };
    return {
      packageId: manifest.packageId,
      sequence: manifest.sequence,
      manifestHash,
      orgName: manifest.orgName,
      planName: manifest.planName,
      siteName: plan.siteName,
      roomName: plan.roomName,
      helpTelephone: plan.helpTelephone,
      expiresAt: manifest.expiresAt,
      seats: plan.seats,
      staff: this.roster.staff.map(({ staffId, name, roles }) => ({ staffId, name, roles: roles as Role[] })),
      sessions: plan.sessions.map((session) => ({
        sessionId: session.sessionId,
        certificate: plan.certificate,
        level: plan.level,
        subject: session.subject,
        startsAt: session.startsAt,
        practice: session.practice,
        policy,
        papers: session.papers,
        roster: this.roster.candidates
          .filter(({ sessions }) => sessions.includes(session.sessionId))
          .map(({ sessions: _sessions, photo, photoType: _type, ...entry }) => ({
            ...entry,
            photo: photo === null ? null : (this.#hashOf.get(photo) ?? null),
          })),
      })),
    };
  }

  /** Sealed parts that PCs of a session fetch before the start (rule 12). */
  partsOf(sessionId: string): SealedPart[] {
    const session = this.checked.plan.sessions.find((one) => one.sessionId === sessionId);
    const folders = session?.papers.map(({ paperId }) => `papers/${paperId}/`) ?? [];
    const forPcs = /\/(text|media\/[^/]+|items\/[^/]+)\.sealed$/;
    return this.checked.manifest.entries.filter(
      ({ path }) => forPcs.test(path) && folders.some((folder) => path.startsWith(folder)),
    );
  }

  /** A sealed part by its hash, or null. Photos and what is not for PCs are not parts. */
  async part(sha256: string): Promise<Buffer | null> {
    const path = this.#pathOf.get(sha256);
    if (path === undefined || !/^papers\/[^/]+\/(text|media\/[^/]+|items\/[^/]+)\.sealed$/.test(path))
      return null;
    let bytes = this.#parts.get(sha256);
    if (bytes === undefined) {
      bytes = this.checked.zip.read(path);
      this.#parts.set(sha256, bytes);
    }
    return bytes;
  }

  /** One photo in plain, or null. */
  async photo(sha256: string): Promise<{ bytes: Buffer; type: string } | null> {
    const path = this.#pathOf.get(sha256);
    const owner = this.roster.candidates.find(({ photo }) => photo !== null && photo === path);
    if (path === undefined || owner === undefined) return null;
    const key = Buffer.from(this.roster.photoKey, 'base64');
    return {
      bytes: openBytes(key, await this.checked.zip.read(path), `${this.packageId}/${path}`),
      type: owner.photoType,
    };
  }

  /** True when this is the person's PIN. Unknown people cost the same time. */
  async checkStaffPin(staffId: string, pin: string): Promise<boolean> {
    const person = this.roster.staff.find((one) => one.staffId === staffId);
    const stored = person?.pin ?? this.roster.staff[0]?.pin;
    return stored !== undefined && (await checkPin(pin, stored)) && person !== undefined;
  }

  /** Opens a paper with the start code and the PIN of chief or deputy (rule 10). */
  async openPaper(paperId: string, typedCode: string, staffId: string, pin: string): Promise<PaperOpened> {
    const startCode = readTypedCode(typedCode);
    if (startCode === null) return { ok: false, wrong: 'code-typo' };
    return this.#open(paperId, { startCode }, staffId, pin);
  }

  /** Opens a paper with the org's signed release file instead of a code. @throws DsseError for a foreign signature */
  async openPaperByRelease(
    paperId: string,
    release: unknown,
    trust: readonly PublicKeys[],
    staffId: string,
    pin: string,
  ): Promise<PaperOpened> {
    const payload = verifyDsse(release, RELEASE_PAYLOAD_TYPE, trust);
    const said = JSON.parse(payload.toString('utf8')) as {
      packageId: string;
      paperId: string;
      orgHalf: string;
    };
    if (said.packageId !== this.packageId || said.paperId !== paperId) return { ok: false, wrong: 'code' };
    return this.#open(paperId, { orgHalf: Buffer.from(said.orgHalf, 'base64') }, staffId, pin);
  }

  /** The keys of a paper from its content key, for a restart in the middle (rule 13). */
  async keysFrom(paperId: string, contentKey: Buffer): Promise<PaperKeys> {
    const path = `papers/${paperId}/item-keys.sealed`;
    const key = serverKey(contentKey, this.packageId, paperId);
    const bytes = openBytes(key, await this.checked.zip.read(path), `${this.packageId}/${path}`);
    const itemKeys = JSON.parse(bytes.toString('utf8')) as Record<string, string>;
    const pairs = Object.entries(itemKeys).map(
      ([itemId, text]) => [itemId, Buffer.from(text, 'base64')] as const,
    );
    return { paperId, contentKey, itemKeys: new Map(pairs) };
  }

  /** Whether the room's key opens the room's half of each paper's opening: nothing of the paper is seen. */
  async halves(): Promise<{ paperId: string; opens: boolean }[]> {
    const papers = [
      ...new Set(this.checked.plan.sessions.flatMap((one) => one.papers.map((p) => p.paperId))),
    ];
    return Promise.all(
      papers.map(async (paperId) => {
        const sealed = await this.checked.zip.read(`papers/${paperId}/opening.age`);
        const opened = openWith(this.room.identity, sealed).then(
          (bytes) => (JSON.parse(bytes.toString('utf8')) as PaperOpening).shares.length > 0,
        );
        return { paperId, opens: await opened.catch(() => false) };
      }),
    );
  }

  close(): void {
    this.checked.zip.close();
  }

  /** Removes the file: nothing sealed stays for anybody who finds a key later (REQ-F08). @returns its hash, as proof */
  async wipe(): Promise<{ file: string; sha256: string }> {
    this.close();
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(this.file, { highWaterMark: 2 ** 20 }))
      hash.update(chunk as Buffer);
    const sha256 = hash.digest('hex');
    await unlink(this.file);
    await syncFolder(dirname(this.file));
    return { file: this.file, sha256 };
  }

  async #open(
    paperId: string,
    half: { startCode: string } | { orgHalf: Buffer },
    staffId: string,
    pin: string,
  ): Promise<PaperOpened> {
    const sealed = await this.checked.zip.read(`papers/${paperId}/opening.age`);
    const opening = JSON.parse((await openWith(this.room.identity, sealed)).toString('utf8')) as PaperOpening;
    const opened = await openOpening({ packageId: this.packageId, paperId }, opening, half, { staffId, pin });
    return opened.ok ? { ok: true, keys: await this.keysFrom(paperId, opened.contentKey) } : opened;
  }
}
