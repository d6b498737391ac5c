// The room's view of its network, as a program of its own so that a test can run it inside a network namespace: takes connections
// of "PCs" that say which seat they are, asks the network device again and again, and prints each new list of duplicates.
// Usage: node watched-wire.js ADDRESS PORT

import { createServer, type Socket } from 'node:net';
import { openNetwork } from '../../../server/devices/network.js';

const POLL_EVERY_MS = 250;
const [address = '', port = ''] = process.argv.slice(2);
const seats = new Map<string, Socket>();

createServer((socket) => {
  let seatId: string | null = null;
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    seatId ??= bytes.toString('latin1').slice(0, 1);
    seats.set(seatId, socket);
    socket.write('.');
  });
  socket.on('close', () => {
    if (seatId !== null && seats.get(seatId) === socket) seats.delete(seatId);
  });
}).listen(Number(port), address, () => process.stdout.write('ready\n'));

const device = openNetwork(
  'net',
  { sharedAddresses: false },
  {
    seatTrips: () =>
      [...seats].map(([seatId, socket]) => ({
        ...{ seatId, roundTripMs: 1, address: socket.remoteAddress ?? null },
      })),
    nowMs: () => performance.now(),
  },
);

let before = '';
for (;;) {
  const readings = await device.poll(AbortSignal.timeout(5_000));
  const named = (readings['network.duplicates'] ?? []).join(',');
  if (named !== before) process.stdout.write(`duplicates ${named}\n`);
  before = named;
  await new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS));
}
