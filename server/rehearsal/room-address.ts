// Where a rehearsal finds the room: a URL, and for HTTPS on a mapped name the room's CA.

import { request as httpRequest, type Agent } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createSecureContext, type SecureContext } from 'node:tls';

export interface RoomAddress {
  /** `http://127.0.0.1:8080` or `https://127.0.0.1:8443`. */
  url: string;
  /** PEM of the room's CA, for HTTPS. */
  ca?: string;
  /** The name in the room's certificate where `url` has an address. */
  serverName?: string;
}

/** Options that `ws`, `https` and socket.io's transports take to trust the room's own CA. */
export function tlsOptions(address: RoomAddress): { ca?: string; servername?: string } {
  return {
    ...(address.ca === undefined ? {} : { ca: address.ca }),
    ...(address.serverName === undefined ? {} : { servername: address.serverName }),
  };
}

const contexts = new WeakMap<RoomAddress, SecureContext>();

/** The same for thousands of connections: the CA is read once, not for each. */
export function sharedTls(address: RoomAddress): { secureContext?: SecureContext; servername?: string } {
  if (address.ca === undefined) return {};
  const secureContext = contexts.get(address) ?? createSecureContext({ ca: address.ca });
  contexts.set(address, secureContext);
  return {
    secureContext,
    ...(address.serverName === undefined ? {} : { servername: address.serverName }),
  };
}

const ANSWER_WITHIN_MS = 15_000;

/**
 * GETs a path as bytes.
 * @param agent keeps connections for the next; without one each has a connection of its own
 * @throws Error for any status but 200, and without an answer in 15 s
 */
export function fetchBytes(address: RoomAddress, path: string, agent?: Agent): Promise<Buffer> {
  const target = new URL(path, address.url);
  const request = target.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const ongoing = request(target, { ...sharedTls(address), agent: agent ?? false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        response.statusCode === 200
          ? resolve(Buffer.concat(chunks))
          : reject(new Error(`${target.pathname} answered ${response.statusCode}`)),
      );
    });
    ongoing.setTimeout(ANSWER_WITHIN_MS, () =>
      ongoing.destroy(new Error(`${target.pathname} did not answer in ${ANSWER_WITHIN_MS / 1000} s`)),
    );
    ongoing.on('error', reject);
    ongoing.end();
  });
}
