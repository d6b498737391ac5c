// Opens what the organisation sealed: AES-256-GCM, nonce before and tag after the text, bound to the package and the path.
// Keys are taken in so that no script can read them out again.

const NONCE_BYTES = 12;

/** Takes a key in. @param base64 32 bytes */
export function importKey(base64: string): Promise<CryptoKey> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['decrypt']);
}

/** Opens a sealed part. @param path inside the package @throws where key, path or bytes do not belong together */
export function openSealed(
  key: CryptoKey,
  sealed: ArrayBuffer,
  packageId: string,
  path: string,
): Promise<ArrayBuffer> {
  const additionalData = new TextEncoder().encode(`${packageId}/${path}`);
  const iv = new Uint8Array(sealed, 0, NONCE_BYTES);
  return crypto.subtle.decrypt(
    { name: 'AES-GCM', iv, additionalData },
    key,
    new Uint8Array(sealed, NONCE_BYTES),
  );
}

/** SHA-256 as 64 hex digits. */
export async function sha256Hex(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
