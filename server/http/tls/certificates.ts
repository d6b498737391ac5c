// Makes X.509 certificates: the room's own CA and the server certificate under it (rule 18). Pure of files.

import 'reflect-metadata';
import { createPublicKey, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate and its private key, as PEM. */
export interface CertificatePair {
  certificate: string;
  privateKey: string;
}

const DAY_MS = 24 * 3_600_000;
export const CA_DAYS = 3_652;
export const SERVER_DAYS = 397;
/** PCs of a machine room are often a few days behind: certificates begin before they are made. */
const EARLIER_DAYS = 7;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Makes a CA for one room: ECDSA P-256, ten years, no further CAs below it. @param now wall clock, ms */
export async function makeCa(roomName: string, now: number): Promise<CertificatePair> {
  const keys = await generate();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [`Kaochang room CA ${randomBytes(4).toString('hex')}`] }, { O: [roomName] }],
    notBefore: new Date(now - EARLIER_DAYS * DAY_MS),
    notAfter: new Date(now + CA_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(certificate), privateKey: await exportKey(keys.privateKey) };
}

/** Makes a server certificate under `ca` for host names and addresses: 397 days. @param now wall clock, ms */
export async function makeServerCertificate(
  ca: CertificatePair,
  names: readonly string[],
  now: number,
): Promise<CertificatePair> {
  const issuer = new X509Certificate(ca.certificate);
  const keys = await generate();
  const begins = now - EARLIER_DAYS * DAY_MS;
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [names[0] ?? 'room'] }],
    issuer: issuer.subjectName.toJSON(),
    notBefore: new Date(begins),
    notAfter: new Date(begins + SERVER_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: await importKey(ca.privateKey),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
      ),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return { certificate: pem(certificate), privateKey: await exportKey(keys.privateKey) };
}

/** True when `privateKey` belongs to `certificate`. */
export function belongTogether({ certificate, privateKey }: CertificatePair): boolean {
  try {
    const fromKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
    return fromKey.equals(Buffer.from(new X509Certificate(certificate).publicKey.rawData));
  } catch {
    return false;
  }
}

function generate(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

/** 16 random bytes, positive, as DER wants them. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function pem(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const lines = der.toString('base64').replace(/(.{64})(?=.)/g, '$1\n');
  return `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`;
}

function importKey(privateKey: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(privateKey.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
}
