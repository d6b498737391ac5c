// A PC's way to the room's uploads in a test: the requests of the kiosk's own courier over the PC's own line. What the room says
// about files is noted; nothing is repeated or repaired here.

import { request } from 'node:https';
import type { SendToRoom, UploadAnswer } from '../../kiosk-client/candidate/uploads/bring-file.js';
import { readUploadPath } from '../../server/protocol/uploads.js';
import { tlsOptions, type RoomAddress } from '../../server/rehearsal/room-address.js';
import type { Note } from './wire-notes.js';

/** As in a browser: a line that says nothing for so long is a broken line. */
const PATIENCE_MS = 45_000;

interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  bytes: Buffer;
}

export interface RoomUploads {
  send: SendToRoom;
  fetchFile(path: string, headers: Record<string, string>): Promise<ArrayBuffer>;
}

/** @param note also notes the word of the room that it has all bytes of a file */
export function roomUploads(address: RoomAddress, note: Note): RoomUploads {
  /** Of uploads that were begun here, by path. */
  const sizes = new Map<string, number>();
  return {
    send: async (method, path, headers, body): Promise<UploadAnswer> => {
      const bytes = body === null ? null : Buffer.from(await body.arrayBuffer());
      const answer = await ask(address, method, path, headers, bytes);
      const header = (name: string) => {
        const value = answer.headers[name];
        return typeof value === 'string' ? value : null;
      };
      const location = header('location');
      if (answer.status === 201 && location !== null) sizes.set(location, Number(headers['Upload-Length']));
      const name = readUploadPath(path);
      const size = sizes.get(path) ?? null;
      const isWhole = size !== null && Number(header('upload-offset') ?? Number.NaN) === size;
      if (name !== null && isWhole && (answer.status === 204 || answer.status === 200))
        note({ k: 'file-acked', ...name, size, by: 'upload' });
      const code = () => codeOf(answer.bytes);
      if (answer.status >= 400)
        note({ k: 'file-refused', method, path, status: answer.status, code: await code() });
      return { status: answer.status, header, code };
    },
    fetchFile: async (path, headers) => {
      const { status, bytes } = await ask(address, 'GET', path, headers, null);
      if (status !== 200) throw new Error(`${path} came with ${status}`);
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    },
  };
}

function codeOf(bytes: Buffer): Promise<string | null> {
  try {
    return Promise.resolve((JSON.parse(bytes.toString('utf8')) as { code?: string }).code ?? null);
  } catch {
    return Promise.resolve(null);
  }
}

function ask(
  address: RoomAddress,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: Buffer | null,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const length = body === null ? {} : { 'Content-Length': String(body.length) };
    const options = { ...tlsOptions(address), agent: false, method, headers: { ...headers, ...length } };
    const ongoing = request(new URL(path, address.url), options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('aborted', () => reject(new Error('The line broke')));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes: Buffer.concat(chunks),
        }),
      );
    });
    const late = setTimeout(() => ongoing.destroy(new Error(`${path}: nothing came`)), PATIENCE_MS);
    ongoing.on('close', () => clearTimeout(late));
    ongoing.on('error', reject);
    ongoing.end(body ?? undefined);
  });
}
