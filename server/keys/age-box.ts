// Sealing to people and machines: the age format, several recipients, streams left to the caller.

import { Decrypter, Encrypter } from 'age-encryption';

/** Seals bytes to every recipient (`age1...`). */
export async function sealTo(recipients: readonly string[], plain: Uint8Array): Promise<Buffer> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return Buffer.from(await encrypter.encrypt(plain));
}

/** Opens with one identity (`AGE-SECRET-KEY-1...`). @throws Error when it is sealed to others or was changed */
export async function openWith(identity: string, sealed: Uint8Array): Promise<Buffer> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return Buffer.from(await decrypter.decrypt(sealed, 'uint8array'));
}
