// The machine that wishes the room ill: slow readers, floods, half-open sockets, connection attempts. It takes what processor
// the others leave, goes for loopback alone and ends by itself.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as tlsConnect } from 'node:tls';
import { WebSocket } from 'ws';
import type { RoomPlace } from './hostile-room.js';
import { helloOf, saveOf, seatSocket } from './hostile-seats.js';
import { comeLast } from './processor-share.js';

export const ATTACKS = [
  'reads 1 byte/s',
  'floods',
  '1,000 half-open sockets',
  '10,000 attempts, one address',
  '10,000 attempts, 200 addresses',
] as const;
export type Attack = (typeof ATTACKS)[number];

export interface AttackOrder extends RoomPlace {
  kind: Attack;
  seconds: number;
  /** The seat whose PC is hostile. */
  seat: number;
}

/** No attack lasts longer, whatever happens to its parent. */
const ENDS_MS = 60_000;
const FROM = '127.0.1.2';

/** Waits for its order, carries it out once and says how often it tried. */
export function attackOnOrder(): void {
  comeLast();
  setTimeout(() => process.exit(0), ENDS_MS).unref();
  process.on('message', (order: AttackOrder) => {
    void attack(order).then((done) => process.send?.({ done }));
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ ready: true });
}

function attack(order: AttackOrder): Promise<number> {
  const { port } = order;
  const from = (n: number) =>
    connect({ port, host: '127.0.0.1', localAddress: `127.0.${1 + (n >> 7)}.${2 + (n & 127)}` });
  const run: Record<Attack, () => Promise<number>> = {
    'reads 1 byte/s': () => readSlowly(order),
    floods: () => flood(order),
    '1,000 half-open sockets': () => halfOpen(order, () => from(0)),
    '10,000 attempts, one address': () => attempts(order, () => from(0)),
    '10,000 attempts, 200 addresses': () => attempts(order, (n) => from(n % 200)),
  };
  return run[order.kind]();
}

function isTimeOf({ seconds }: AttackOrder): () => boolean {
  const begunAt = performance.now();
  return () => performance.now() - begunAt < seconds * 1_000;
}

/** The hostile seat and six large answers of its page, read at one byte a second. */
async function readSlowly(order: AttackOrder): Promise<number> {
  const { port, ca } = order;
  const isTime = isTimeOf(order);
  const seat = seatSocket(order, FROM);
  await once(seat, 'open');
  seat.send(helloOf(order.seat));
  const beating = setInterval(() => {
    if (seat.readyState === WebSocket.OPEN)
      seat.send(JSON.stringify({ t: 'beat', sent: 1, unsent: 0, oldestUnsentMs: 0 }));
  }, 1_000);
  seat.pause();
  const pages = Array.from({ length: 6 }, () => {
    const below = connect({ port, host: '127.0.0.1', localAddress: FROM });
    const page = tlsConnect({ socket: below, ca, servername: 'localhost' });
    for (const one of [below, page]) one.on('error', () => undefined);
    page.pause();
    page.once('secureConnect', () => page.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n'));
    return page;
  });
  while (isTime()) {
    for (const page of pages) page.read(1);
    await pause(1_000);
  }
  clearInterval(beating);
  return pages.length + 1;
}

/** The hostile seat sends saves as fast as its socket takes them, and comes back at once whenever it is let go. */
async function flood(order: AttackOrder): Promise<number> {
  const isTime = isTimeOf(order);
  let sent = 0;
  while (isTime()) {
    const seat = seatSocket(order, FROM);
    const isOpen = await Promise.race([
      once(seat, 'open').then(() => true),
      once(seat, 'close').then(() => false),
    ]).catch(() => false);
    if (!isOpen) {
      await pause(5);
      continue;
    }
    seat.send(helloOf(order.seat));
    while (seat.readyState === WebSocket.OPEN && isTime()) {
      for (let n = 0; n < 200; n++) seat.send(saveOf(order.seat, ++sent));
      await pause(seat.bufferedAmount > 2 ** 20 ? 1 : 0);
    }
    seat.terminate();
  }
  return sent;
}

/** A thousand sockets that say nothing; one that is let go comes again. */
async function halfOpen(order: AttackOrder, open: () => Socket): Promise<number> {
  const isTime = isTimeOf(order);
  const sockets = new Set<Socket>();
  let opened = 0;
  while (isTime()) {
    while (sockets.size < 1_000 && isTime()) {
      const socket = open();
      opened += 1;
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      if (opened > 1_000) await pause(1);
    }
    await pause(20);
  }
  for (const socket of sockets) socket.destroy();
  return opened;
}

/** Ten thousand handshakes, 1,000 on their way at a time, each closed as soon as it is through; spread over the time. */
async function attempts(order: AttackOrder, open: (n: number) => Socket): Promise<number> {
  const isTime = isTimeOf(order);
  let begun = 0;
  const worker = async () => {
    while (begun < 10_000 && isTime()) {
      const below = open(begun++);
      const socket = tlsConnect({ socket: below, ca: order.ca, servername: 'localhost' });
      await new Promise<void>((resolve) => {
        for (const one of [below, socket]) {
          one.on('error', () => undefined);
          one.once('close', () => resolve());
        }
        socket.once('secureConnect', () => socket.destroy());
        setTimeout(() => below.destroy(), 15_000).unref();
      });
    }
  };
  await Promise.all(Array.from({ length: 1_000 }, worker));
  return begun;
}
