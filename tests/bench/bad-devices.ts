// Devices at their worst, for benches and tests: TCP peers that answer garbage, half a line, too late, twice or never. They
// run in a process of their own, as a device does, and end with whoever began them.

import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

export const VICES = ['garbage', 'half a line', 'late', 'twice', 'never'] as const;
export type Vice = (typeof VICES)[number];

const GARBAGE_BYTES = 64 * 1_024;
const LATE_MS = 6_000;
/** What a NUT server might have said. */
const ANSWER =
  'BEGIN LIST VAR ups\nVAR ups ups.status "OL"\nVAR ups battery.charge "100"\nEND LIST VAR ups\n';

/** @returns the process and one port a vice */
export async function startBadDevices(): Promise<{ child: ChildProcess; ports: Record<Vice, number> }> {
  const child = fork(fileURLToPath(import.meta.url), ['serve-badly']);
  const [ports] = (await once(child, 'message')) as [Record<Vice, number>];
  return { child, ports };
}

function misbehave(vice: Vice, socket: Socket): void {
  if (vice === 'garbage') socket.write(randomBytes(GARBAGE_BYTES));
  if (vice === 'half a line') socket.write(ANSWER.slice(0, 41));
  if (vice === 'late') setTimeout(() => socket.write(ANSWER), LATE_MS);
  if (vice === 'twice') socket.write(ANSWER + ANSWER);
}

async function serveBadly(): Promise<void> {
  process.on('disconnect', () => process.exit(0));
  const ports: Partial<Record<Vice, number>> = {};
  for (const vice of VICES) {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.on('data', () => misbehave(vice, socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports[vice] = (server.address() as { port: number }).port;
  }
  process.send?.(ports);
}

if (process.argv[2] === 'serve-badly') void serveBadly();
