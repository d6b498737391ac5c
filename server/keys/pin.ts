// PINs and start codes are short: scrypt makes guessing cost memory and time.

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

export interface PinHash {
  algorithm: 'scrypt';
  n: number;
  r: number;
  p: number;
  /** base64 */
  salt: string;
  hash: string;
}

/** Hashes a PIN. @param n scrypt cost; 2^15 takes about 60 ms and 32 MB */
export async function hashPin(pin: string, n = 2 ** 15): Promise<PinHash> {
  const salt = randomBytes(16);
  const hash = await stretch(pin, salt, n);
  return { algorithm: 'scrypt', n, r: 8, p: 1, salt: salt.toString('base64'), hash: hash.toString('base64') };
}

/** True when `pin` is the one that was hashed; compares in constant time. */
export async function checkPin(pin: string, stored: PinHash): Promise<boolean> {
  const hash = await stretch(pin, Buffer.from(stored.salt, 'base64'), stored.n, stored.r, stored.p);
  const wanted = Buffer.from(stored.hash, 'base64');
  return hash.length === wanted.length && timingSafeEqual(hash, wanted);
}

/** 32 bytes from a short secret (scrypt). @param n cost; memory is 128 * n * r bytes */
export function stretch(secret: string, salt: Buffer, n: number, r = 8, p = 1): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret.normalize('NFKC'), salt, 32, { N: n, r, p, maxmem: 128 * n * r + 2 ** 20 }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
