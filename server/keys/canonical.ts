// RFC 8785 canonical JSON, so that the bytes that are hashed and signed follow from the value alone.

import canonicalizeModule from 'canonicalize';

const canonicalize = canonicalizeModule as unknown as (value: unknown) => string | undefined;

/** UTF-8 bytes of the canonical JSON of `value`. @throws TypeError where JSON has no form for it */
export function canonicalBytes(value: unknown): Buffer {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('This value has no JSON form');
  return Buffer.from(text, 'utf8');
}
