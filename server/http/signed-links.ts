// Links to what not everybody may ask for carry a keyed hash of their path: who was not sent a link gets nothing by guessing.

import { createHmac, timingSafeEqual } from 'node:crypto';

/** The address of a photo. @param hash SHA-256 of the photo in the package, hex */
export function photoUrl(key: Buffer, hash: string): string {
  return signed(key, `/photos/${hash}`);
}

/** The address of a file of a result bundle. @param fileHash SHA-256 of the sealed bundle, hex */
export function bundleUrl(key: Buffer, fileHash: string, fileName: string): string {
  return signed(key, `/bundles/${fileHash}/${fileName}`);
}

/** The address of a file of a check of the room. */
export function preflightUrl(key: Buffer, fileName: string): string {
  return signed(key, `/preflight/${fileName}`);
}

/** True when `k` is the one that belongs to `path`. */
export function isSignedLink(key: Buffer, path: string, k: unknown): boolean {
  if (typeof k !== 'string') return false;
  const wanted = Buffer.from(mac(key, path));
  const given = Buffer.from(k);
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

const signed = (key: Buffer, path: string) => `${path}?k=${mac(key, path)}`;

function mac(key: Buffer, path: string): string {
  return createHmac('sha256', key).update(`link ${path}`).digest('hex').slice(0, 32);
}
