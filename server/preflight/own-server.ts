// Whether the port is held by this very room: who answers there has a certificate of the room's own CA, and nobody else can.

import { readFile } from 'node:fs/promises';
import { request } from 'node:https';

const ANSWER_WITHIN_MS = 2_000;

export interface OwnServer {
  port: number;
  hostName: string;
  /** PEM of the room's CA. */
  caFile: string;
}

/** False where nobody answers, where there is no CA yet, or where the certificate is another's. */
export async function serverAnswers(
  { port, hostName, caFile }: OwnServer,
  signal: AbortSignal = new AbortController().signal,
): Promise<boolean> {
  const ca = await readFile(caFile, 'utf8').catch(() => null);
  if (ca === null || port === 0) return false;
  const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  return new Promise((resolve) => {
    const asked = request(
      { host: '127.0.0.1', port, path: '/healthz', servername: hostName, ca, signal: within, agent: false },
      (response) => {
        response.resume();
        // 503 is this room too: its disk has failed.
        resolve(response.statusCode === 200 || response.statusCode === 503);
      },
    );
    asked.once('error', () => resolve(false));
    asked.end();
  });
}
