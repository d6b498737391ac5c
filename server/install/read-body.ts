// Reads the body of one request into memory, up to a limit. A body that ends early is no body.

import type { IncomingMessage } from 'node:http';
import type { InstallProblemCode } from '../protocol/install.js';

export type ReadBody = { ok: true; body: Buffer } | { ok: false; code: InstallProblemCode };

/** @param maxBytes above it nothing is read */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<ReadBody> {
  if (request.headers['transfer-encoding'] !== undefined) return { ok: false, code: 'length-needed' };
  const declared = request.headers['content-length'];
  if (declared === undefined)
    return ['GET', 'HEAD', 'DELETE', 'POST'].includes(request.method ?? '')
      ? { ok: true, body: Buffer.alloc(0) }
      : { ok: false, code: 'length-needed' };
  const length = Number(declared);
  if (length > maxBytes) return { ok: false, code: 'piece-too-large' };
  const chunks: Buffer[] = [];
  let got = 0;
  try {
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
      got += (chunk as Buffer).length;
    }
  } catch {
    return { ok: false, code: 'wrong-digest' };
  }
  return got === length ? { ok: true, body: Buffer.concat(chunks) } : { ok: false, code: 'wrong-digest' };
}
