// How a camera is told who asks: the digest in the SOAP header (WS-Security) and the digest of HTTP (RFC 7616). Passwords go
// into hashes only. Pure but for the nonces that the caller gives.

import { createHash } from 'node:crypto';
import type { CameraLogin } from './camera-address.js';
import { escapeXml } from './onvif-xml.js';

const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const DIGEST_TYPE =
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest';
const BASE64_TYPE =
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary';

/**
 * The header for one message; cameras take each nonce once.
 * @param created in the camera's own time, ISO 8601: most refuse what is some seconds off
 */
export function securityHeader({ user, password }: CameraLogin, nonce: Uint8Array, created: string): string {
  const digest = createHash('sha1').update(nonce).update(created).update(password).digest('base64');
  return (
    `<Security xmlns="${WSSE}" s:mustUnderstand="1"><UsernameToken>` +
    `<Username>${escapeXml(user)}</Username>` +
    `<Password Type="${DIGEST_TYPE}">${digest}</Password>` +
    `<Nonce EncodingType="${BASE64_TYPE}">${Buffer.from(nonce).toString('base64')}</Nonce>` +
    `<Created xmlns="${WSU}">${created}</Created></UsernameToken></Security>`
  );
}

/** What a 401 asks for. */
export interface DigestChallenge {
  realm: string;
  nonce: string;
  opaque: string | null;
  algorithm: 'MD5' | 'SHA-256';
  /** As the camera wrote it; it is given back only where it was there. */
  algorithmGiven: boolean;
  qop: boolean;
}

const PARAMETER = /([a-z][a-z0-9-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi;

/**
 * The strongest challenge that can be answered; null where there is none.
 * @param header `WWW-Authenticate`, several of them joined by commas as fetch does
 */
export function readChallenge(header: string): DigestChallenge | null {
  const found: DigestChallenge[] = [];
  for (const part of header.slice(0, 8_000).split(/\b(?=Digest\s)/i)) {
    if (!/^Digest\s/i.test(part)) continue;
    const parameters = new Map<string, string>();
    for (const [, name = '', quoted, plain] of part.slice(7).matchAll(PARAMETER))
      if (!parameters.has(name.toLowerCase()))
        parameters.set(name.toLowerCase(), (quoted ?? plain ?? '').replace(/\\(.)/g, '$1'));
    const nonce = parameters.get('nonce');
    const algorithm = (parameters.get('algorithm') ?? 'MD5').toUpperCase();
    const qop = parameters.get('qop');
    if (nonce === undefined || (algorithm !== 'MD5' && algorithm !== 'SHA-256')) continue;
    if (qop !== undefined && !qop.split(',').some((one) => one.trim() === 'auth')) continue;
    found.push({
      ...{ realm: parameters.get('realm') ?? '', nonce, opaque: parameters.get('opaque') ?? null, algorithm },
      ...{ algorithmGiven: parameters.has('algorithm'), qop: qop !== undefined },
    });
  }
  return found.find(({ algorithm }) => algorithm === 'SHA-256') ?? found[0] ?? null;
}

/** `Authorization` for one request. @param count 1, 2, 3 ... for the same challenge @param cnonce 8 or more random characters */
export function digestHeader(
  { user, password }: CameraLogin,
  challenge: DigestChallenge,
  request: { method: string; path: string; count: number; cnonce: string },
): string {
  const { realm, nonce, opaque, algorithm, algorithmGiven, qop } = challenge;
  const { method, path, cnonce } = request;
  const hash = (text: string) =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');
  const count = request.count.toString(16).padStart(8, '0');
  const who = hash(`${user}:${realm}:${password}`);
  const what = hash(`${method}:${path}`);
  const response = hash(qop ? `${who}:${nonce}:${count}:${cnonce}:auth:${what}` : `${who}:${nonce}:${what}`);
  const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&').replace(/[\r\n]/g, '')}"`;
  return [
    `Digest username=${quoted(user)}`,
    ...[`realm=${quoted(realm)}`, `nonce=${quoted(nonce)}`, `uri=${quoted(path)}`],
    ...(algorithmGiven ? [`algorithm=${algorithm}`] : []),
    ...(qop ? ['qop=auth', `nc=${count}`, `cnonce="${cnonce}"`] : []),
    `response="${response}"`,
    ...(opaque === null ? [] : [`opaque=${quoted(opaque)}`]),
  ].join(', ');
}
