// A candidate's PC without a browser, over a real socket of this process.

import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { SEAT_SUBPROTOCOL } from '../protocol/seat.js';
import { sharedTls, type RoomAddress } from './room-address.js';
import { ScriptedPc, type ScriptedPcOptions, type Wire, type WireEvents } from './scripted-pc.js';

export type { SeatAnswer, SeatRequestBody } from './scripted-pc.js';

const OPEN_WITHIN_MS = 10_000;

export interface SimulatedPcOptions extends Omit<ScriptedPcOptions, 'connect' | 'pcSecret'> {
  address: RoomAddress;
  /** 64 hex digits; a new PC when absent. */
  pcSecret?: string;
}

export class SimulatedPc extends ScriptedPc {
  constructor({ address, pcSecret, ...rest }: SimulatedPcOptions) {
    super({
      ...rest,
      connect: (events) => openSocket(address, events),
      pcSecret: pcSecret ?? randomBytes(32).toString('hex'),
    });
  }
}

function openSocket(address: RoomAddress, { opened, heard, closed }: WireEvents): Wire {
  const url = new URL('/seat', address.url);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url, SEAT_SUBPROTOCOL, {
    ...sharedTls(address),
    perMessageDeflate: false,
    handshakeTimeout: OPEN_WITHIN_MS,
  });
  socket.on('open', opened);
  socket.on('message', (data: Buffer) => heard(data.toString('utf8')));
  socket.on('error', () => undefined);
  socket.on('close', closed);
  return {
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    send: (text) => socket.send(text),
    close: () => socket.close(),
    cut: () => socket.terminate(),
  };
}
