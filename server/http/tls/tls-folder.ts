// The room's CA and server certificate on disk: made at the first start, the server's renewed at later ones. The CA is never
// replaced silently, because every PC trusts the old one.

import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { belongTogether, makeCa, makeServerCertificate, type CertificatePair } from './certificates.js';

export interface TlsMaterial {
  /** PEM of the CA that PCs trust. */
  ca: string;
  /** PEM of the server certificate, followed by the CA's. */
  certificate: string;
  privateKey: string;
  /** True when the server certificate was made at this start. */
  renewed: boolean;
}

/** A server certificate with fewer days left is renewed: no exam season ends with a browser warning. */
const RENEW_BELOW_MS = 120 * 24 * 3_600_000;

/** The CA's files do not fit together; a technician has to decide, because PCs trust what was there. */
export class TlsDamagedError extends Error {
  constructor(folder: string) {
    super(
      `${folder}: ca.crt 与 ca.key 不完整或不配对，请从备份恢复；若要换新 CA，请移走两个文件，并让每台考生机重新信任 ca.crt / ` +
        'ca.crt and ca.key are incomplete or do not belong together; restore them from the backup, or move both away for a new CA and let every PC trust the new ca.crt',
    );
    this.name = 'TlsDamagedError';
  }
}

/**
 * Reads or makes the certificates in `folder`.
 * @param names host names and addresses for the server certificate, the room's own first
 * @param now wall clock, ms
 * @throws TlsDamagedError
 */
export async function openTlsFolder(
  folder: string,
  roomName: string,
  names: readonly string[],
  now: number,
): Promise<TlsMaterial> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const ca = await readOrMakeCa(folder, roomName, now);
  const stored = await readPair(folder, 'server');
  const usable = stored !== null && isUsable(stored, ca, names, now);
  const server = usable ? stored : await makeServerCertificate(ca, names, now);
  if (!usable) await writePair(folder, 'server', server);
  return {
    ca: ca.certificate,
    certificate: server.certificate + ca.certificate,
    privateKey: server.privateKey,
    renewed: !usable,
  };
}

/** The room's host name, further names, `localhost`, and every address of this machine. */
export function serverNames(hostName: string, extraNames: readonly string[]): string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .map(({ address }) => address.replace(/%.*$/, ''));
  return [...new Set([hostName, ...extraNames, 'localhost', '127.0.0.1', '::1', ...addresses])];
}

async function readOrMakeCa(folder: string, roomName: string, now: number): Promise<CertificatePair> {
  const [certificate, privateKey] = await Promise.all([read(folder, 'ca.crt'), read(folder, 'ca.key')]);
  if (certificate === null && privateKey === null) {
    const made = await makeCa(roomName, now);
    await writePair(folder, 'ca', made);
    return made;
  }
  if (certificate === null || privateKey === null || !belongTogether({ certificate, privateKey }))
    throw new TlsDamagedError(folder);
  return { certificate, privateKey };
}

function isUsable(
  pair: CertificatePair,
  ca: CertificatePair,
  names: readonly string[],
  now: number,
): boolean {
  if (!belongTogether(pair)) return false;
  try {
    const certificate = new X509Certificate(pair.certificate);
    const issuer = new X509Certificate(ca.certificate);
    return (
      certificate.checkIssued(issuer) &&
      certificate.verify(issuer.publicKey) &&
      Date.parse(certificate.validTo) - now > RENEW_BELOW_MS &&
      names.every((name) => (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)))
    );
  } catch {
    return false;
  }
}

async function readPair(folder: string, name: string): Promise<CertificatePair | null> {
  const [certificate, privateKey] = await Promise.all([
    read(folder, `${name}.crt`),
    read(folder, `${name}.key`),
  ]);
  return certificate === null || privateKey === null ? null : { certificate, privateKey };
}

/** The key first: a crash in between leaves a pair that does not fit and is noticed. */
async function writePair(folder: string, name: string, pair: CertificatePair): Promise<void> {
  await writeWhole(join(folder, `${name}.key`), pair.privateKey, 0o600);
  await writeWhole(join(folder, `${name}.crt`), pair.certificate, 0o644);
}

async function writeWhole(file: string, text: string, mode: number): Promise<void> {
  await writeFile(`${file}.new`, text, { mode, flush: true });
  await rename(`${file}.new`, file);
}

async function read(folder: string, name: string): Promise<string | null> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
