// The two halves of a paper's opening secret (rule 10): the org's in a start code, the room's under the PINs of chief and
// deputy. Either PIN suffices; without the code neither does.

import { randomBytes } from 'node:crypto';
import { stretch } from '../keys/pin.js';
import { deriveKey, openBytes, sealBytes } from '../keys/seal-bytes.js';
import type { PaperOpening } from '../protocol/package.js';

/** scrypt costs; a test package says less, a real one takes the defaults. */
export interface OpeningCosts {
  codeCost: number;
  pinCost: number;
}

export const DEFAULT_COSTS: OpeningCosts = { codeCost: 2 ** 17, pinCost: 2 ** 15 };
/** A package may not ask a room for more than this: 128 * 8 * 2^18 = 256 MB. */
const MAX_COST = 2 ** 18;

/** Where a secret belongs: bound to everything that is derived and sealed. */
export interface PaperName {
  packageId: string;
  paperId: string;
}

/** Seals a content key under both halves. */
export async function sealOpening(
  name: PaperName,
  contentKey: Buffer,
  startCode: string,
  chiefs: readonly { staffId: string; pin: string }[],
  costs: OpeningCosts,
): Promise<PaperOpening> {
  const roomHalf = randomBytes(32);
  const shares: PaperOpening['shares'] = [];
  for (const { staffId, pin } of chiefs) {
    const salt = randomBytes(16);
    const box = sealBytes(await stretch(pin, salt, costs.pinCost), roomHalf, contextOf(name, staffId));
    shares.push({ staffId, salt: salt.toString('base64'), box: box.toString('base64') });
  }
  const key = await openingKey(name, await orgHalf(name, startCode, costs.codeCost), roomHalf);
  const contentKeyBox = sealBytes(key, contentKey, contextOf(name, 'content-key')).toString('base64');
  return { ...costs, shares, contentKeyBox };
}

export type Opened = { ok: true; contentKey: Buffer } | { ok: false; wrong: 'pin' | 'code' };

/** Opens with a start code and one person's PIN; says which of the two does not fit. */
export async function openOpening(
  name: PaperName,
  opening: PaperOpening,
  half: { startCode: string } | { orgHalf: Buffer },
  person: { staffId: string; pin: string },
): Promise<Opened> {
  if (opening.codeCost > MAX_COST || opening.pinCost > MAX_COST)
    throw new Error('The package asks for too costly a code');
  const share = opening.shares.find(({ staffId }) => staffId === person.staffId);
  if (share === undefined) return { ok: false, wrong: 'pin' };
  let roomHalf: Buffer;
  try {
    const key = await stretch(person.pin, Buffer.from(share.salt, 'base64'), opening.pinCost);
    roomHalf = openBytes(key, Buffer.from(share.box, 'base64'), contextOf(name, person.staffId));
  } catch {
    return { ok: false, wrong: 'pin' };
  }
  const ofOrg = 'orgHalf' in half ? half.orgHalf : await orgHalf(name, half.startCode, opening.codeCost);
  try {
    const key = await openingKey(name, ofOrg, roomHalf);
    const contentKey = openBytes(
      key,
      Buffer.from(opening.contentKeyBox, 'base64'),
      contextOf(name, 'content-key'),
    );
    return { ok: true, contentKey };
  } catch {
    return { ok: false, wrong: 'code' };
  }
}

/** The org's half from its start code; what a release file carries instead. */
export function orgHalf(name: PaperName, startCode: string, cost: number): Promise<Buffer> {
  return stretch(startCode, Buffer.from(`kaochang/start/1 ${name.packageId}/${name.paperId}`, 'utf8'), cost);
}

function openingKey(name: PaperName, ofOrg: Buffer, ofRoom: Buffer): Promise<Buffer> {
  const secret = Buffer.concat([ofOrg, ofRoom]);
  return Promise.resolve(deriveKey(secret, `${name.packageId}/${name.paperId}`, 'kaochang/paper/1'));
}

function contextOf({ packageId, paperId }: PaperName, what: string): string {
  return `${packageId}/papers/${paperId}/opening ${what}`;
}
