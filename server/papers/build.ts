// Builds and signs an exam package: parts content from keys (rule 11), seals each for whom it is, names all in one manifest.

import { randomBytes } from 'node:crypto';
import { sealTo } from '../keys/age-box.js';
import { canonicalBytes } from '../keys/canonical.js';
import { signDsse } from '../keys/dsse.js';
import type { PrivateKeys, PublicKeys } from '../keys/key-files.js';
import { hashPin } from '../keys/pin.js';
import { deriveKey, sealBytes } from '../keys/seal-bytes.js';
import { sha256 } from '../keys/sha256.js';
import { makeStartCode } from '../keys/typed-code.js';
import {
  CIPHER_SUITE,
  MANIFEST_ENTRY,
  MAX_TEXT_BYTES,
  PACKAGE_FORMAT,
  PACKAGE_PAYLOAD_TYPE,
  PLAN_ENTRY,
  ROSTER_ENTRY,
  type Manifest,
  type PackagePlan,
  type PackageRoster,
  type PackageSecrets,
} from '../protocol/package.js';
import { outlineOf, partPaper } from './part-paper.js';
import { DEFAULT_COSTS, sealOpening, type OpeningCosts } from './opening.js';
import { SourceError, type LoadedPaper, type LoadedSource } from './source.js';
import { writeZip } from './zip.js';

export interface BuildOptions {
  source: LoadedSource;
  org: PrivateKeys;
  /** The room, and its spare server where there is one. */
  rooms: readonly PublicKeys[];
  file: string;
  /** Wall clock, milliseconds. */
  now: number;
  minServer: string;
  costs?: OpeningCosts;
  progress?: (done: number, of: number, what: string) => void;
}

interface Part {
  path: string;
  bytes: Buffer;
}

/** Writes the package and returns what only the org may keep. @throws SourceError when a text part is too large */
export async function buildPackage(options: BuildOptions): Promise<PackageSecrets> {
  const { source, org, rooms, progress = () => undefined } = options;
  const { plan } = source;
  const { packageId } = plan;
  const costs = options.costs ?? DEFAULT_COSTS;
  const recipients = rooms.map(({ recipient }) => recipient);
  const parts: Part[] = [{ path: PLAN_ENTRY, bytes: canonicalBytes(packagePlan(source)) }];
  const authorisationKey = randomBytes(32);
  const secrets: PackageSecrets = {
    format: 'kaochang-secrets-1',
    packageId,
    authorisationKey: authorisationKey.toString('base64'),
    papers: [],
  };
  const steps = source.papers.size + 2;
  let step = 0;
  progress(step, steps, '名单与照片 / roster and photos');
  parts.push(...(await sealRoster(source, recipients, authorisationKey, costs)));
  const startCodes = new Map<LoadedPaper, string>();
  for (const { loaded, sessionId, use } of papersOf(source)) {
    // A paper of several sessions is sealed once, under one start code.
    const sealed = startCodes.get(loaded);
    const startCode = sealed ?? makeStartCode();
    secrets.papers.push({ paperId: loaded.paper.paperId, use, sessionId, startCode });
    if (sealed !== undefined) continue;
    startCodes.set(loaded, startCode);
    progress(++step, steps, `${loaded.paper.title}`);
    parts.push(...(await sealPaper(source, loaded, sessionId, org.public, recipients, startCode, costs)));
  }
  progress(++step, steps, '签名 / signing');
  const manifest = manifestOf(options, parts);
  const envelope = signDsse(PACKAGE_PAYLOAD_TYPE, canonicalBytes(manifest), [org]);
  await writeZip(options.file, [{ path: MANIFEST_ENTRY, bytes: canonicalBytes(envelope) }, ...parts]);
  progress(steps, steps, '完成 / done');
  return secrets;
}

function papersOf({ plan, papers }: LoadedSource) {
  return plan.sessions.flatMap(({ sessionId, main, reserve }) =>
    [
      { name: main, use: 'main' as const },
      ...(reserve === null ? [] : [{ name: reserve, use: 'reserve' as const }]),
    ].map(({ name, use }) => {
      const loaded = papers.get(name);
      if (loaded === undefined) throw new Error(`No paper ${name}`);
      return { loaded, sessionId, use };
    }),
  );
}

function packagePlan(source: LoadedSource): PackagePlan {
  const { plan } = source;
  return {
    siteName: plan.site.name,
    roomName: plan.room.name,
    helpTelephone: plan.helpTelephone,
    certificate: plan.certificate.name,
    level: plan.certificate.level,
    seats: plan.seats,
    policy: plan.policy,
    sessions: plan.sessions.map(({ sessionId, startsAt, practice, subject }) => ({
      sessionId,
      startsAt: Date.parse(startsAt),
      practice,
      subject,
      papers: papersOf(source)
        .filter((one) => one.sessionId === sessionId)
        .map(({ loaded, use }) => outlineOf(loaded.paper, use)),
    })),
  };
}

async function sealRoster(
  source: LoadedSource,
  recipients: string[],
  authorisationKey: Buffer,
  costs: OpeningCosts,
): Promise<Part[]> {
  const { plan, roster, photos } = source;
  const photoKey = randomBytes(32);
  const parts: Part[] = [];
  const candidates: PackageRoster['candidates'] = roster.map((person) => {
    const { candidateId, ticketNo, name, documentType, documentNo, kind, school, seatId, sessions } = person;
    const photo = photos.get(candidateId);
    const path = photo === undefined ? null : `photos/${randomBytes(8).toString('hex')}.sealed`;
    if (photo !== undefined && path !== null)
      parts.push({ path, bytes: sealBytes(photoKey, photo.bytes, `${plan.packageId}/${path}`) });
    const photoType = photo?.type ?? '';
    return {
      candidateId,
      ticketNo,
      name,
      documentType,
      documentNo,
      kind,
      school,
      seatId,
      sessions,
      photo: path,
      photoType,
    };
  });
  const staff: PackageRoster['staff'] = [];
  for (const { staffId, name, roles, pin } of plan.staff)
    staff.push({ staffId, name, roles, pin: await hashPin(pin, costs.pinCost) });
  const sealed: PackageRoster = {
    candidates,
    staff,
    photoKey: photoKey.toString('base64'),
    authorisationKey: authorisationKey.toString('base64'),
  };
  return [{ path: ROSTER_ENTRY, bytes: await sealTo(recipients, canonicalBytes(sealed)) }, ...parts];
}

async function sealPaper(
  source: LoadedSource,
  loaded: LoadedPaper,
  sessionId: string,
  org: PublicKeys,
  recipients: string[],
  startCode: string,
  costs: OpeningCosts,
): Promise<Part[]> {
  const { plan } = source;
  const { packageId } = plan;
  const { paperId, title } = loaded.paper;
  const contentKey = randomBytes(32);
  const base = `papers/${paperId}`;
  const seal = (key: Buffer, path: string, bytes: Buffer): Part => ({
    path,
    bytes: sealBytes(key, bytes, `${packageId}/${path}`),
  });
  const parts: Part[] = [];
  const parted = partPaper(loaded, (bytes, index) => {
    const part = seal(contentKey, `${base}/media/${index}.sealed`, bytes);
    parts.push(part);
    return { path: part.path, sha256: sha256(part.bytes) };
  });
  const itemKeys: Record<string, string> = {};
  for (const item of parted.pooled) {
    const key = randomBytes(32);
    itemKeys[item.itemId] = key.toString('base64');
    parts.push(seal(key, `${base}/items/${item.itemId}.sealed`, canonicalBytes(item)));
  }
  const text = canonicalBytes(parted.content);
  if (text.length > MAX_TEXT_BYTES)
    throw new SourceError([`papers/${loaded.folder}: 文字部分超过 300 kB / the text is larger than 300 kB`]);
  const chiefs = plan.staff.filter(({ roles }) => roles.includes('chief') || roles.includes('deputy'));
  const opening = await sealOpening({ packageId, paperId }, contentKey, startCode, chiefs, costs);
  const subject = plan.sessions.find((session) => session.sessionId === sessionId)?.subject;
  const scoring = {
    packageId,
    paperId,
    title,
    passMark: subject?.passMark ?? 60,
    weight: subject?.weight ?? 100,
    contentKey: contentKey.toString('base64'),
    items: parted.scoring,
  };
  return [
    seal(contentKey, `${base}/text.sealed`, text),
    ...parts,
    seal(serverKey(contentKey, packageId, paperId), `${base}/item-keys.sealed`, canonicalBytes(itemKeys)),
    { path: `${base}/opening.age`, bytes: await sealTo(recipients, canonicalBytes(opening)) },
    { path: `${base}/scoring.age`, bytes: await sealTo([org.recipient], canonicalBytes(scoring)) },
  ];
}

/** The key of what the server needs of an opened paper and no PC may have: the keys of pooled items. */
export function serverKey(contentKey: Buffer, packageId: string, paperId: string): Buffer {
  return deriveKey(contentKey, `${packageId}/${paperId}`, 'server');
}

function manifestOf({ source, org, rooms, now, minServer }: BuildOptions, parts: readonly Part[]): Manifest {
  const { plan } = source;
  return {
    format: PACKAGE_FORMAT,
    packageId: plan.packageId,
    sequence: plan.sequence,
    suite: CIPHER_SUITE,
    orgId: plan.org.orgId,
    orgName: plan.org.name,
    planNo: plan.plan.planNo,
    planName: plan.plan.name,
    rooms: rooms.map(({ keyId, recipient }) => ({
      roomId: plan.room.roomId,
      name: plan.room.name,
      keyId,
      recipient,
    })),
    orgRecipient: org.public.recipient,
    issuedAt: now,
    expiresAt: Date.parse(plan.expires),
    minServer,
    entries: parts.map(({ path, bytes }) => ({ path, bytes: bytes.length, sha256: sha256(bytes) })),
  };
}
