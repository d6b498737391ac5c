// The least that any room on this machine would do, to hold the real one against: a bare `ws` server over TLS whose frames go
// to SQLite as they came, in groups, synchronous=FULL, and back after the flush; or out to everybody. No rules, no chain, no
// encryption, no state. Forked by raw-limits.ts.

import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { WebSocketServer, type WebSocket } from 'ws';

export interface RawOrder {
  file: string;
  certificate: string;
  privateKey: string;
  /** Sends what comes to everybody instead of keeping it. */
  broadcast: boolean;
}

if (!isMainThread) commitGroups();
else if (process.send !== undefined) process.once('message', (order: RawOrder) => void serve(order));

async function serve({ file, certificate, privateKey, broadcast }: RawOrder): Promise<void> {
  const server = createServer({ cert: certificate, key: privateKey });
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  const writer = broadcast ? null : new Worker(fileURLToPath(import.meta.url), { workerData: { file } });
  let gathering: { frame: Buffer; socket: WebSocket }[] = [];
  let committing: typeof gathering = [];
  const commit = () => {
    if (gathering.length === 0 || committing.length > 0) return;
    [committing, gathering] = [gathering, []];
    writer?.postMessage(committing.map(({ frame }) => frame));
  };
  writer?.on('message', () => {
    const done = committing;
    committing = [];
    commit();
    for (const { frame, socket } of done) socket.send(frame, { binary: false });
  });
  sockets.on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.on('message', (frame: Buffer) => {
      if (broadcast) for (const one of sockets.clients) one.send(frame, { binary: false });
      else {
        gathering.push({ frame, socket });
        // As in the room: what comes in the same turn goes into the same group.
        if (gathering.length === 1) setImmediate(commit);
      }
    });
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1_024 });
  await once(server, 'listening');
  process.on('disconnect', () => process.exit(0));
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuSeconds: (user + system) / 1e6 });
  });
  process.send?.({ port: (server.address() as AddressInfo).port });
}

function commitGroups(): void {
  const db = new Database((workerData as { file: string }).file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE rows (seq INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT');
  const insert = db.prepare('INSERT INTO rows (body) VALUES (?)');
  const all = db.transaction((frames: Uint8Array[]) => {
    for (const frame of frames) insert.run(frame);
  });
  parentPort?.on('message', (frames: Uint8Array[]) => {
    all(frames);
    parentPort?.postMessage(null);
  });
}
