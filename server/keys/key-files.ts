// Key pairs of the room and of the org: Ed25519 to sign, an age X25519 identity to be sealed to. One JSON file each.

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { readFile } from 'node:fs/promises';

/** A technician's key may bring packages that an organisation signed; it signs none. */
export type KeyRole = 'org' | 'room' | 'technician';

export const KEY_ROLES: readonly KeyRole[] = ['org', 'room', 'technician'];

/** The public half, as it travels in `*.pub` files and packages. */
export interface PublicKeys {
  format: 'kaochang-public-keys-1';
  role: KeyRole;
  name: string;
  /** First 16 hex digits of the SHA-256 of the Ed25519 public key (SPKI). */
  keyId: string;
  /** Ed25519 public key, SPKI DER, base64. */
  signing: string;
  /** age recipient, `age1...`. */
  recipient: string;
}

/** The private half; never leaves its owner. File mode 0600. */
export interface PrivateKeys {
  format: 'kaochang-private-keys-1';
  public: PublicKeys;
  /** Ed25519 private key, PKCS#8 DER, base64. */
  signing: string;
  /** age identity, `AGE-SECRET-KEY-1...`. */
  identity: string;
}

/** Makes a new key pair. */
export async function generateKeys(role: KeyRole, name: string): Promise<PrivateKeys> {
  const pair = generateKeyPairSync('ed25519');
  const spki = pair.publicKey.export({ type: 'spki', format: 'der' });
  const identity = await generateIdentity();
  return {
    format: 'kaochang-private-keys-1',
    public: {
      format: 'kaochang-public-keys-1',
      role,
      name,
      keyId: keyIdOf(spki),
      signing: spki.toString('base64'),
      recipient: await identityToRecipient(identity),
    },
    signing: pair.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    identity,
  };
}

/** Names a signing key: the first 16 hex digits of the SHA-256 of its SPKI bytes. */
export function keyIdOf(spki: Buffer): string {
  return createHash('sha256').update(spki).digest('hex').slice(0, 16);
}

/** The Ed25519 key object that checks signatures of `keys`. */
export function verifyingKey(keys: PublicKeys): KeyObject {
  return createPublicKey({ key: Buffer.from(keys.signing, 'base64'), type: 'spki', format: 'der' });
}

/** The Ed25519 key object that signs for `keys`. */
export function signingKey(keys: PrivateKeys): KeyObject {
  return createPrivateKey({ key: Buffer.from(keys.signing, 'base64'), type: 'pkcs8', format: 'der' });
}

/** Reads a `*.pub` file. @throws KeyFileError with the file's name and what is wrong */
export async function readPublicKeys(file: string): Promise<PublicKeys> {
  const value = await readJson(file);
  if (!isPublicKeys(value)) throw new KeyFileError(file, 'is not a public key file of Kaochang');
  checkPublic(file, value);
  return value;
}

/** Reads a private key file. @throws KeyFileError with the file's name and what is wrong */
export async function readPrivateKeys(file: string): Promise<PrivateKeys> {
  const value = (await readJson(file)) as Partial<PrivateKeys> | null;
  if (
    value?.format !== 'kaochang-private-keys-1' ||
    !isPublicKeys(value.public) ||
    typeof value.signing !== 'string' ||
    typeof value.identity !== 'string'
  )
    throw new KeyFileError(file, 'is not a private key file of Kaochang');
  const keys = value as PrivateKeys;
  checkPublic(file, keys.public);
  if (publicOf(() => createPublicKey(signingKey(keys))) !== keys.public.signing)
    throw new KeyFileError(file, 'holds a private key that is damaged or does not belong to its public half');
  return keys;
}

/** @throws KeyFileError: a damaged key shows when its file is read, not in the middle of an exam */
function checkPublic(file: string, keys: PublicKeys): void {
  if (publicOf(() => verifyingKey(keys)) !== keys.signing || !/^age1[a-z0-9]{58}$/.test(keys.recipient))
    throw new KeyFileError(file, 'holds a public key that is damaged');
  if (keyIdOf(Buffer.from(keys.signing, 'base64')) !== keys.keyId)
    throw new KeyFileError(file, 'names a key id that is not that of its key');
}

/** The public half of an Ed25519 key as files spell it, or null. */
function publicOf(open: () => KeyObject): string | null {
  try {
    const key = open();
    if (key.asymmetricKeyType !== 'ed25519') return null;
    return key.export({ type: 'spki', format: 'der' }).toString('base64');
  } catch {
    return null;
  }
}

export class KeyFileError extends Error {
  constructor(
    readonly file: string,
    problem: string,
  ) {
    super(`${file} ${problem}`);
    this.name = 'KeyFileError';
  }
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new KeyFileError(
      file,
      error instanceof SyntaxError ? 'is not JSON' : `cannot be read: ${(error as Error).message}`,
    );
  }
}

function isPublicKeys(value: unknown): value is PublicKeys {
  const keys = value as Partial<PublicKeys> | null;
  return (
    typeof keys === 'object' &&
    keys?.format === 'kaochang-public-keys-1' &&
    KEY_ROLES.some((role) => role === keys.role) &&
    typeof keys.name === 'string' &&
    typeof keys.keyId === 'string' &&
    typeof keys.signing === 'string' &&
    typeof keys.recipient === 'string'
  );
}
