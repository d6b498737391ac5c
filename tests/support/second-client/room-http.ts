// HTTP by the operations of http.openapi.yaml: path, method and status codes come from the document. What the document does not
// say is a fault.

import { request } from 'node:https';
import { WireFault, type WireRules } from './wire-rules.js';

export interface RoomPlace {
  /** `https://127.0.0.1:8443` */
  url: string;
  /** PEM of the room's CA. */
  ca: string;
  /** The name in the room's certificate. */
  serverName: string;
}

export interface Call {
  parameters?: Record<string, string>;
  query?: string;
  headers?: Record<string, string>;
  body?: Buffer;
  /** Lets the line die after so many bytes of the body. */
  cutAfterBytes?: number;
}

export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

interface Operation {
  method: string;
  path: string;
  statuses: ReadonlySet<string>;
}

export class RoomHttp {
  readonly #operations = new Map<string, Operation>();

  constructor(
    private readonly place: RoomPlace,
    rules: WireRules,
  ) {
    const paths = rules.document['paths'] as Record<
      string,
      Record<string, { operationId?: string; responses?: object }>
    >;
    for (const [path, item] of Object.entries(paths))
      for (const [method, { operationId, responses = {} }] of Object.entries(item))
        if (operationId !== undefined)
          this.#operations.set(operationId, { method, path, statuses: new Set(Object.keys(responses)) });
  }

  /** @returns null where the line broke before an answer came @throws WireFault for a status that is not documented */
  async call(operationId: string, call: Call = {}): Promise<Reply | null> {
    const operation = this.#operations.get(operationId);
    if (operation === undefined) throw new WireFault(`${operationId} is not documented`);
    const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const value = call.parameters?.[name];
      if (value === undefined) throw new WireFault(`${operationId} wants ${name}`);
      return encodeURIComponent(value);
    });
    const reply = await this.#send(operation.method.toUpperCase(), `${path}${call.query ?? ''}`, call);
    if (reply !== null && !operation.statuses.has(String(reply.status)))
      throw new WireFault(`${operationId} answered ${reply.status}, which is not documented`);
    return reply;
  }

  #send(method: string, path: string, { headers = {}, body, cutAfterBytes }: Call): Promise<Reply | null> {
    const { url, ca, serverName } = this.place;
    const length = body === undefined ? {} : { 'content-length': String(body.length) };
    return new Promise((resolve) => {
      const sent = request(
        new URL(path, url),
        { method, ca, servername: serverName, agent: false, headers: { ...length, ...headers } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', () => resolve(null));
          response.on('end', () => {
            const { statusCode: status = 0, headers: heard } = response;
            resolve({ status, headers: heard, body: Buffer.concat(chunks) });
          });
        },
      );
      sent.on('error', () => resolve(null));
      sent.setTimeout(60_000, () => sent.destroy());
      if (body === undefined || cutAfterBytes === undefined) sent.end(body);
      else sent.write(body.subarray(0, cutAfterBytes), () => setTimeout(() => sent.destroy(), 50));
    });
  }
}
