// The reference of a reader's bridge, as docs/devices.md describes it: a loopback server that stands for the small program
// beside a maker's library. Tests put documents into it.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface BridgeSimulator {
  url: string;
  put(documentNo: string, name?: string): void;
  /** As after a restart of the program: a new bootId, numbers begin again. */
  restart(): void;
  /** Answers this instead. */
  say(answer: { status: number; body: string } | null): void;
  close(): Promise<void>;
}

export async function startBridge(token: string): Promise<BridgeSimulator> {
  let bootId = randomUUID();
  let reads: { seq: number; documentNo: string; name?: string }[] = [];
  let instead: { status: number; body: string } | null = null;
  const server = createServer((request, response) => {
    if (instead !== null) return void response.writeHead(instead.status).end(instead.body);
    if (request.headers.authorization !== `Bearer ${token}`) return void response.writeHead(401).end();
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://bridge');
    if (pathname !== '/reads') return void response.writeHead(404).end();
    const after = Number(searchParams.get('after') ?? 0);
    const body = {
      bootId,
      ready: true,
      model: 'SDT',
      seq: reads.length,
      reads: reads.filter(({ seq }) => seq > after),
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    put: (documentNo, name) =>
      void reads.push({ seq: reads.length + 1, documentNo, ...(name === undefined ? {} : { name }) }),
    restart() {
      bootId = randomUUID();
      reads = [];
    },
    say: (answer) => void (instead = answer),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
