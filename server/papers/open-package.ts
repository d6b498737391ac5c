// Everything that has to hold before a package is believed: signature, room, expiry, sequence, version, every hash.

import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { openWith } from '../keys/age-box.js';
import { verifyDsse } from '../keys/dsse.js';
import type { PrivateKeys, PublicKeys } from '../keys/key-files.js';
import { sha256 } from '../keys/sha256.js';
import {
  MANIFEST_ENTRY,
  ManifestSchema,
  MAX_MANIFEST_BYTES,
  PACKAGE_PAYLOAD_TYPE,
  PackagePlanSchema,
  PackageRosterSchema,
  PLAN_ENTRY,
  ROSTER_ENTRY,
  type Manifest,
  type PackagePlan,
  type PackageRoster,
} from '../protocol/package.js';
import { bandFaults } from './band-faults.js';
import { PackageRefusal } from './refusal.js';
import { SafeZip } from './zip.js';

export interface CheckOptions {
  trust: readonly PublicKeys[];
  /** Wall clock, milliseconds. */
  now: number;
  serverVersion: string;
  /** The package of the same plan that is installed, if any. */
  installed?: { packageId: string; sequence: number };
  /** Signatures by different trusted keys that are asked for. */
  signatures?: number;
}

/** A package that holds; close it after use. */
export interface CheckedPackage {
  zip: SafeZip;
  manifest: Manifest;
  /** SHA-256 of the signed manifest bytes, hex. */
  manifestHash: string;
  plan: PackagePlan;
}

/** @throws PackageRefusal with a stable code; nothing was unpacked then */
export async function checkPackage(file: string, options: CheckOptions): Promise<CheckedPackage> {
  const zip = await SafeZip.open(file);
  try {
    const bytes = signedManifest(await zip.read(MANIFEST_ENTRY, MAX_MANIFEST_BYTES), options);
    const manifest = parse(bytes, ManifestSchema, 'bad-manifest');
    checkFreshness(manifest, options);
    const plan = parse(await checkEntries(zip, manifest), PackagePlanSchema, 'bad-content');
    const faults = bandFaults(plan.policy.preflight);
    if (faults.length > 0) throw new PackageRefusal('bad-content', { why: faults.join('; ') });
    return { zip, manifest, manifestHash: sha256(bytes), plan };
  } catch (error) {
    zip.close();
    throw error;
  }
}

/** Opens the roster with the room's key. @throws PackageRefusal `foreign-room` when it is sealed to others, `bad-content` */
export async function openRoster(
  { zip, manifest }: CheckedPackage,
  room: PrivateKeys,
): Promise<PackageRoster> {
  if (!manifest.rooms.some(({ recipient }) => recipient === room.public.recipient))
    throw new PackageRefusal('foreign-room');
  const sealed = await zip.read(ROSTER_ENTRY);
  let bytes: Buffer;
  try {
    bytes = await openWith(room.identity, sealed);
  } catch {
    throw new PackageRefusal('foreign-room');
  }
  return parse(bytes, PackageRosterSchema, 'bad-content');
}

function signedManifest(envelope: Buffer, { trust, signatures }: CheckOptions): Buffer {
  try {
    const org = trust.filter(({ role }) => role === 'org');
    return verifyDsse(JSON.parse(envelope.toString('utf8')), PACKAGE_PAYLOAD_TYPE, org, signatures ?? 1);
  } catch {
    throw new PackageRefusal('wrong-signature');
  }
}

function checkFreshness(manifest: Manifest, { now, installed, serverVersion }: CheckOptions): void {
  if (now >= manifest.expiresAt) throw new PackageRefusal('expired');
  if (installed?.packageId === manifest.packageId && manifest.sequence < installed.sequence)
    throw new PackageRefusal('package-older', { installed: installed.sequence, offered: manifest.sequence });
  if (compareVersions(serverVersion, manifest.minServer) < 0)
    throw new PackageRefusal('server-too-old', { needed: manifest.minServer });
}

/** Every entry is named, every name is there, every byte is what was signed. @returns plan.json */
async function checkEntries(zip: SafeZip, manifest: Manifest): Promise<Buffer> {
  const named = new Map(manifest.entries.map((entry) => [entry.path, entry]));
  if (named.size !== manifest.entries.length)
    throw new PackageRefusal('bad-manifest', { why: 'an entry is named twice' });
  for (const path of zip.paths)
    if (path !== MANIFEST_ENTRY && !named.has(path)) throw new PackageRefusal('extra-entry', { path });
  let plan: Buffer | null = null;
  for (const { path, bytes, sha256: wanted } of manifest.entries) {
    if (zip.sizeOf(path) === null) throw new PackageRefusal('missing-entry', { path });
    if (zip.sizeOf(path) !== bytes) throw new PackageRefusal('wrong-hash', { path });
    const content = await zip.read(path);
    if (sha256(content) !== wanted) throw new PackageRefusal('wrong-hash', { path });
    if (path === PLAN_ENTRY) plan = content;
  }
  if (plan === null) throw new PackageRefusal('missing-entry', { path: PLAN_ENTRY });
  return plan;
}

function parse<T extends TSchema>(bytes: Buffer, schema: T, code: 'bad-manifest' | 'bad-content'): Static<T> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    // The parser's own message quotes what it read, which may be the roster.
    throw new PackageRefusal(code, { why: 'JSON' });
  }
  const fault = Value.Errors(schema, value).First();
  if (fault !== undefined) throw new PackageRefusal(code, { why: `${fault.path} ${fault.message}` });
  return value as Static<T>;
}

function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < 3; i++) if ((x?.[i] ?? 0) !== (y?.[i] ?? 0)) return (x?.[i] ?? 0) - (y?.[i] ?? 0);
  return 0;
}
