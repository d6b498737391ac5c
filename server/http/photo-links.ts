// Links to candidates' photos carry a keyed hash: who was not sent a link cannot ask for a face.

import { createHmac, timingSafeEqual } from 'node:crypto';

/** The address of a photo. @param hash SHA-256 of the photo in the package, hex */
export function photoUrl(key: Buffer, hash: string): string {
  return `/photos/${hash}?k=${mac(key, hash)}`;
}

/** True when `k` is the one that belongs to `hash`. */
export function isPhotoLink(key: Buffer, hash: string, k: unknown): boolean {
  if (typeof k !== 'string') return false;
  const wanted = Buffer.from(mac(key, hash));
  const given = Buffer.from(k);
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

function mac(key: Buffer, hash: string): string {
  return createHmac('sha256', key).update(`photo ${hash}`).digest('hex').slice(0, 32);
}
