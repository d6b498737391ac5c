// Brings one file to the room, from where the room left off, piece by piece (tus). It knows the protocol and nothing of exams;
// whatever goes wrong it says, and may simply be asked again.

import { TUS_PIECE_TYPE, writeUploadMetadata } from '../../../server/protocol/tus.js';
import {
  uploadHeaders,
  uploadPath,
  UPLOADS_PATH,
  type UploadName,
} from '../../../server/protocol/uploads.js';

/** What came back: status, headers in small letters, the code of a problem. */
export interface UploadAnswer {
  status: number;
  header(name: string): string | null;
  code(): Promise<string | null>;
}

/** One request to the room. @throws where the line breaks or nothing comes for too long */
export type SendToRoom = (
  method: string,
  path: string,
  headers: Record<string, string>,
  body: Blob | null,
) => Promise<UploadAnswer>;

export interface BringHost {
  send: SendToRoom;
  pcSecret: string;
  monotonic(): number;
  /** So many bytes are in the room. */
  progress(bytes: number): void;
  /** False once nobody wants this any more. */
  wanted(): boolean;
}

export type Brought =
  | { outcome: 'received' }
  /** The room does not take it; the same may be taken later. */
  | { outcome: 'refused'; code: string }
  | { outcome: 'stopped' };

/** A piece should be on its way for about so long: short enough to lose little, long enough to be worth it. */
const PIECE_MS = 2_000;
const FIRST_PIECE = 256 * 1024;
const LEAST_PIECE = 32 * 1024;
const MOST_PIECE = 8 * 1024 * 1024;
/** The offsets of room and page may differ after a cut; they are compared anew so often. */
const MOST_TURNS = 5;

/** @throws where the line breaks: then it goes on from there next time */
export async function bringFile(host: BringHost, name: UploadName, bytes: Blob): Promise<Brought> {
  const { send, pcSecret } = host;
  const headers = uploadHeaders(pcSecret);
  const metadata = writeUploadMetadata([
    ['candidate', name.candidateId],
    ['lease', String(name.lease)],
    ['sha256', name.fileHash],
  ]);
  const made = await send(
    'POST',
    UPLOADS_PATH,
    { ...headers, 'Upload-Length': String(bytes.size), 'Upload-Metadata': metadata },
    null,
  );
  if (made.status !== 201) return refused(made);
  let piece = FIRST_PIECE;
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const asked = await send('HEAD', uploadPath(name), headers, null);
    let offset = Number(asked.header('upload-offset') ?? Number.NaN);
    if (asked.status !== 200 || !Number.isInteger(offset)) return { outcome: 'refused', code: 'failed' };
    while (offset < bytes.size) {
      host.progress(offset);
      if (!host.wanted()) return { outcome: 'stopped' };
      const sentAt = host.monotonic();
      const size = Math.min(piece, bytes.size - offset);
      const answer = await send(
        'PATCH',
        uploadPath(name),
        { ...headers, 'Upload-Offset': String(offset), 'Content-Type': TUS_PIECE_TYPE },
        bytes.slice(offset, offset + size),
      );
      if (answer.status === 409 || answer.status === 404) break;
      if (answer.status !== 204) return refused(answer);
      offset = Number(answer.header('upload-offset') ?? Number.NaN);
      if (!Number.isInteger(offset)) return { outcome: 'refused', code: 'failed' };
      piece = nextPiece(size, host.monotonic() - sentAt);
    }
    if (offset >= bytes.size) {
      host.progress(bytes.size);
      return { outcome: 'received' };
    }
  }
  return { outcome: 'refused', code: 'failed' };
}

/** The next piece takes about as long as a piece should, and grows slowly. @param tookMs how long the last one took */
export function nextPiece(size: number, tookMs: number): number {
  const fitting = (size * PIECE_MS) / Math.max(1, tookMs);
  return Math.round(Math.min(MOST_PIECE, 2 * size, Math.max(LEAST_PIECE, fitting)));
}

async function refused(answer: UploadAnswer): Promise<Brought> {
  return { outcome: 'refused', code: (await answer.code().catch(() => null)) ?? 'failed' };
}
