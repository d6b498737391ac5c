// Headers of tus 1.0, the protocol of uploads that go on where they broke off (https://tus.io/protocols/resumable-upload). Pure:
// read with suspicion, written to the letter.

export const TUS_VERSION = '1.0.0';
/** The only media type of a piece. */
export const TUS_PIECE_TYPE = 'application/offset+octet-stream';

/** A count of bytes in a header (`Upload-Offset`, `Upload-Length`, `Content-Length`): digits and nothing else; null otherwise. */
export function readByteCount(header: string | string[] | undefined): number | null {
  if (typeof header !== 'string' || !/^(0|[1-9][0-9]{0,15})$/.test(header)) return null;
  const count = Number(header);
  return Number.isSafeInteger(count) ? count : null;
}

/** `Upload-Metadata`: pairs of a key and base64, split by commas; null where it is not so or names a key twice. */
export function readUploadMetadata(header: string | string[] | undefined): Map<string, string> | null {
  const pairs = new Map<string, string>();
  if (header === undefined || header === '') return pairs;
  if (typeof header !== 'string' || header.length > 4_096) return null;
  for (const pair of header.split(',')) {
    const found = /^ *([A-Za-z0-9_-]{1,64})(?: ([A-Za-z0-9+/]*={0,2}))? *$/.exec(pair);
    const [, key = '', coded = ''] = found ?? [];
    if (found === null || pairs.has(key) || coded.length % 4 !== 0) return null;
    const bytes = Uint8Array.from(atob(coded), (character) => character.charCodeAt(0));
    pairs.set(key, new TextDecoder().decode(bytes));
  }
  return pairs;
}

/** `Upload-Metadata` of pairs, in their order. */
export function writeUploadMetadata(pairs: Iterable<readonly [string, string]>): string {
  const coded = (value: string) =>
    btoa([...new TextEncoder().encode(value)].map((byte) => String.fromCharCode(byte)).join(''));
  return [...pairs].map(([key, value]) => (value === '' ? key : `${key} ${coded(value)}`)).join(',');
}
