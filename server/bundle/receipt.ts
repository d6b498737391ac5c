// The organisation's signed word that it has a bundle: only then may the room wipe.

import { randomBytes } from 'node:crypto';
import { Value } from '@sinclair/typebox/value';
import { canonicalBytes } from '../keys/canonical.js';
import { signDsse, verifyDsse } from '../keys/dsse.js';
import type { PrivateKeys, PublicKeys } from '../keys/key-files.js';
import { RECEIPT_TYPE, ReceiptSchema, type Receipt, type Statement } from '../protocol/bundle.js';

/**
 * Signs a receipt for a bundle that was verified.
 * @param now wall clock, milliseconds
 * @param lost paths of files that the room lost before; the organisation takes the bundle without them
 */
export function signReceipt(
  { sessionId, sha256, candidates }: Statement,
  org: PrivateKeys,
  now: number,
  lost: readonly string[] = [],
): string {
  const receipt: Receipt = {
    receiptId: randomBytes(8).toString('hex'),
    sessionId,
    sha256,
    candidates,
    receivedAt: now,
    ...(lost.length === 0 ? {} : { lost: [...lost].sort() }),
  };
  return canonicalBytes(signDsse(RECEIPT_TYPE, canonicalBytes(receipt), [org])).toString('utf8');
}

/** The receipt when a trusted organisation signed it for this very file, else null. */
export function readReceipt(
  text: string,
  trust: readonly PublicKeys[],
  wanted: { sessionId: string; sha256: string },
): Receipt | null {
  try {
    const org = trust.filter(({ role }) => role === 'org');
    const receipt: unknown = JSON.parse(verifyDsse(JSON.parse(text), RECEIPT_TYPE, org).toString('utf8'));
    if (!Value.Check(ReceiptSchema, receipt)) return null;
    return receipt.sessionId === wanted.sessionId && receipt.sha256 === wanted.sha256 ? receipt : null;
  } catch {
    return null;
  }
}
