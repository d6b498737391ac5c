// Files that candidates hand in, over HTTP beside the seat's channel: tus 1.0 (core and creation) under /uploads. An answer names
// a file by its hash first; then its bytes come here, from any offset, as often as the line breaks. No validator: browsers use it.

import { TUS_VERSION } from './tus.js';

/** Path under which files are handed in. */
export const UPLOADS_PATH = '/uploads';
/** The largest file that a paper may ask for. */
export const MAX_FILE_BYTES = 200 * 2 ** 20;
/** A file's name: no path, no control character, nothing that another system could not write. */
export const FILE_NAME = '^[^\\u0000-\\u001f\\u007f\\\\/:*?"<>|]+$';
/** tus extensions that the room knows. */
export const UPLOAD_EXTENSIONS = 'creation';

/** Which file of whom: candidate, the lease of the PC that asks, SHA-256 of the bytes. */
export interface UploadName {
  candidateId: string;
  lease: number;
  fileHash: string;
}

/** The address of an upload; the same for the same file, so that a page which lost everything but the file goes on. */
export function uploadPath({ candidateId, lease, fileHash }: UploadName): string {
  return `${UPLOADS_PATH}/${candidateId}/${lease}/${fileHash}`;
}

/** The upload that a path names, or null. */
export function readUploadPath(path: string): UploadName | null {
  const found = /^\/uploads\/([A-Za-z0-9._-]{1,64})\/([1-9][0-9]{0,2})\/([0-9a-f]{64})$/.exec(path);
  if (found === null) return null;
  const [, candidateId = '', lease = '', fileHash = ''] = found;
  return { candidateId, lease: Number(lease), fileHash };
}

/** What a PC sends with every request: its secret proves which PC it is, as in `hello`. */
export function uploadHeaders(pcSecret: string): Record<string, string> {
  return { Authorization: `Bearer ${pcSecret}`, 'Tus-Resumable': TUS_VERSION };
}

/** The secret in an Authorization header, or null. */
export function readSecret(header: string | undefined): string | null {
  return /^Bearer ([0-9a-f]{64})$/.exec(header ?? '')?.[1] ?? null;
}
