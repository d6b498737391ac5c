// The honest seats of the hostile bench, as lean as they go: they save at a steady rate and note how long each save took. Any
// refusal and any lost connection ends the bench: who is honest loses nothing under attack.

import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { SEAT_SUBPROTOCOL, type RoomMessage } from '../../server/protocol/seat.js';
import { secretOf } from '../support/seat-client.js';
import { candidateIdOf } from '../support/small-room.js';
import type { RoomPlace } from './hostile-room.js';

/** Opens the socket of a PC. @param localAddress where it comes from; 127.0.0.1 is never held up */
export function seatSocket({ port, ca }: RoomPlace, localAddress: string): WebSocket {
  const options = { ca, servername: 'localhost', perMessageDeflate: false, localAddress };
  const socket = new WebSocket(`wss://127.0.0.1:${port}/seat`, SEAT_SUBPROTOCOL, options);
  socket.on('error', () => undefined);
  return socket;
}

export const helloOf = (index: number) =>
  JSON.stringify({ t: 'hello', v: 1, client: 'bench', pcSecret: secretOf(index), roomNow: null });

export function saveOf(index: number, rev: number): string {
  return JSON.stringify({
    ...{ t: 'save', id: rev, candidateId: candidateIdOf(index), lease: 1 },
    ...{ itemId: `item-${(rev % 60) + 1}`, rev, value: { options: ['abcd'[rev % 4]] }, marked: false },
    madeAt: Date.now(),
  });
}

export class HonestSeat {
  readonly #waiting = new Map<number, { sentAt: number; took: (ms: number) => void }>();
  #rev = 0;
  #leaves = false;

  private constructor(
    private readonly index: number,
    private readonly socket: WebSocket,
  ) {
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as RoomMessage;
      if (message.t === 'refused') throw new Error(`A save was refused: ${message.code}`);
      for (const id of message.t === 'ack' ? message.ids : []) {
        const { sentAt, took } = this.#waiting.get(id) ?? { sentAt: 0, took: () => undefined };
        this.#waiting.delete(id);
        took(performance.now() - sentAt);
      }
    });
    socket.on('close', () => {
      if (this.#leaves) return;
      throw new Error(`Seat ${index} lost its connection`);
    });
  }

  static async open(index: number, place: RoomPlace): Promise<HonestSeat> {
    const socket = seatSocket(place, '127.0.0.1');
    const seat = new HonestSeat(index, socket);
    await once(socket, 'open');
    socket.send(helloOf(index));
    const beat = JSON.stringify({ t: 'beat', sent: 1, unsent: 0, oldestUnsentMs: 0 });
    setInterval(() => socket.send(beat), 5_000).unref();
    return seat;
  }

  leave(): void {
    this.#leaves = true;
    this.socket.terminate();
  }

  /** Milliseconds until the save was on the disk and said to be. */
  save(): Promise<number> {
    const rev = ++this.#rev;
    return new Promise((resolve) => {
      this.#waiting.set(rev, { sentAt: performance.now(), took: resolve });
      this.socket.send(saveOf(this.index, rev));
    });
  }
}

/** Everybody saves at a steady rate, not all in the same instant. @returns how long each took, in milliseconds */
export async function savesOf(
  seats: readonly HonestSeat[],
  seconds: number,
  perSecond: number,
): Promise<number[]> {
  const took: Promise<number>[] = [];
  const everyMs = 1_000 / perSecond / seats.length;
  const begunAt = performance.now();
  for (let n = 0; n < seconds * perSecond * seats.length; n++) {
    const dueMs = n * everyMs - (performance.now() - begunAt);
    if (dueMs > 0) await pause(dueMs);
    took.push((seats[n % seats.length] as HonestSeat).save());
  }
  return Promise.all(took);
}
