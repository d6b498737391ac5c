// HTTP message signatures (RFC 9421) in one fixed form: Ed25519 over method, path, digest of the body, the room that is
// meant and the upload's own fields, with a number that the other side gave. Who may sign what is not decided here.

import { createHash, sign, verify } from 'node:crypto';
import { signingKey, verifyingKey, type PrivateKeys, type PublicKeys } from './key-files.js';

/** What a signature covers. Header names are lower case. */
export interface SignedMessage {
  method: string;
  /** Without a query. */
  path: string;
  headers: Readonly<Record<string, string | undefined>>;
}

export interface SignatureInput {
  components: string[];
  nonce: string;
  keyId: string;
  /** The part of the header that is signed. */
  params: string;
}

/** Always covered, in this order. */
const ALWAYS = ['@method', '@path', 'content-digest', 'kaochang-room'];
/** Covered where the message has them, in this order: each changes what the request means. */
const WHERE_PRESENT = ['upload-length', 'upload-offset', 'upload-metadata', 'range', 'if-match'];
const INPUT =
  /^sig=(\(("[a-z@-]+"(?: "[a-z@-]+")*)\);created=\d{1,12};nonce="([A-Za-z0-9_.-]{8,200})";keyid="([0-9a-f]{16})";alg="ed25519")$/;
const SIGNATURE = /^sig=:([A-Za-z0-9+/]{86}==):$/;

/** `Content-Digest` (RFC 9530) of a body. */
export function contentDigest(body: Buffer): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}

/** What has to be covered of this message. */
export function coveredBy({ headers }: SignedMessage): string[] {
  return [...ALWAYS, ...WHERE_PRESENT.filter((name) => headers[name] !== undefined)];
}

/** The two header fields that sign a message. @param created wall clock, seconds; for the reader of a log only */
export function signMessage(
  message: SignedMessage,
  nonce: string,
  keys: PrivateKeys,
  created: number,
): { 'signature-input': string; signature: string } {
  const names = coveredBy(message)
    .map((name) => `"${name}"`)
    .join(' ');
  const params = `(${names});created=${created};nonce="${nonce}";keyid="${keys.public.keyId}";alg="ed25519"`;
  const bytes = signatureBase(message, params);
  return {
    'signature-input': `sig=${params}`,
    signature: `sig=:${sign(null, bytes, signingKey(keys)).toString('base64')}:`,
  };
}

/** Reads `Signature-Input`; null when it is not in the one form that is taken. */
export function readSignatureInput(text: string | undefined): SignatureInput | null {
  const match = INPUT.exec(text ?? '');
  if (match === null) return null;
  const [, params = '', names = '', nonce = '', keyId = ''] = match;
  return { components: names.split(' ').map((name) => name.slice(1, -1)), nonce, keyId, params };
}

/** True when `keys` signed this message, all of what has to be covered and nothing else. */
export function isSignedBy(
  message: SignedMessage,
  { components, params }: SignatureInput,
  signature: string | undefined,
  keys: PublicKeys,
): boolean {
  const bytes = SIGNATURE.exec(signature ?? '')?.[1];
  if (bytes === undefined || components.join(' ') !== coveredBy(message).join(' ')) return false;
  return verify(null, signatureBase(message, params), verifyingKey(keys), Buffer.from(bytes, 'base64'));
}

/** RFC 9421, section 2.5 */
function signatureBase({ method, path, headers }: SignedMessage, params: string): Buffer {
  const covered = coveredBy({ method, path, headers });
  const lines = covered.map((name) => {
    const value = name === '@method' ? method : name === '@path' ? path : (headers[name] ?? '').trim();
    return `"${name}": ${value}`;
  });
  return Buffer.from([...lines, `"@signature-params": ${params}`].join('\n'), 'utf8');
}
