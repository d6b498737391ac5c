// SHA-256 as everything in the room is named by it: lower-case hex. For bytes that are in memory; streams are hashed where
// they flow.

import { createHash } from 'node:crypto';

/** @returns 64 hex digits */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
