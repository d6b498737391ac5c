// DSSE v1 envelopes: the signature covers the type and the exact payload bytes; only verified bytes are ever read.

import { sign, verify } from 'node:crypto';
import { signingKey, verifyingKey, type PrivateKeys, type PublicKeys } from './key-files.js';

export interface DsseEnvelope {
  payloadType: string;
  /** base64 of the signed bytes. */
  payload: string;
  signatures: { keyid: string; sig: string }[];
}

/** "DSSEv1" SP len(type) SP type SP len(body) SP body */
export function preAuthEncoding(payloadType: string, payload: Buffer): Buffer {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${payload.length} `),
    payload,
  ]);
}

/** Signs `payload` with every key given. */
export function signDsse(payloadType: string, payload: Buffer, keys: readonly PrivateKeys[]): DsseEnvelope {
  const bytes = preAuthEncoding(payloadType, payload);
  return {
    payloadType,
    payload: payload.toString('base64'),
    signatures: keys.map((key) => ({
      keyid: key.public.keyId,
      sig: sign(null, bytes, signingKey(key)).toString('base64'),
    })),
  };
}

/**
 * Returns the payload if at least `needed` different trusted keys signed it as `payloadType`.
 * @throws DsseError with a stable code
 */
export function verifyDsse(
  envelope: unknown,
  payloadType: string,
  trusted: readonly PublicKeys[],
  needed = 1,
): Buffer {
  if (!isEnvelope(envelope)) throw new DsseError('not-an-envelope', 'This is not a DSSE envelope');
  if (envelope.payloadType !== payloadType)
    throw new DsseError(
      'wrong-payload-type',
      `The envelope is of type ${envelope.payloadType}, not ${payloadType}`,
    );
  const payload = Buffer.from(envelope.payload, 'base64');
  const bytes = preAuthEncoding(payloadType, payload);
  const signedBy = new Set<string>();
  for (const { sig } of envelope.signatures)
    for (const key of trusted)
      if (verify(null, bytes, verifyingKey(key), Buffer.from(sig, 'base64'))) signedBy.add(key.signing);
  if (signedBy.size < needed)
    throw new DsseError(
      'wrong-signature',
      `${signedBy.size} of ${needed} needed signatures by a trusted key`,
    );
  return payload;
}

export class DsseError extends Error {
  constructor(
    readonly code: 'not-an-envelope' | 'wrong-payload-type' | 'wrong-signature',
    message: string,
  ) {
    super(message);
    this.name = 'DsseError';
  }
}

function isEnvelope(value: unknown): value is DsseEnvelope {
  const envelope = value as Partial<DsseEnvelope> | null;
  return (
    typeof envelope === 'object' &&
    typeof envelope?.payloadType === 'string' &&
    typeof envelope.payload === 'string' &&
    Array.isArray(envelope.signatures) &&
    envelope.signatures.length <= 16 &&
    envelope.signatures.every((s) => typeof s?.keyid === 'string' && typeof s.sig === 'string')
  );
}
