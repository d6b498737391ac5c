// The pages on the room's own PCs that play candidates: one connection each at `/rehearsal/pc`, known by a word that the room gave
// to that PC for this one rehearsal. It reads and counts; what happens next is the run's.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  MAX_REHEARSAL_FRAME_BYTES,
  REHEARSAL_SUBPROTOCOL,
  RehearsalPageSchema,
  type RehearsalFiguresMessage,
  type RehearsalPageMessage,
  type RehearsalProgress,
  type RehearsalRoomMessage,
} from '../protocol/rehearsal.js';

export const PC_PAGES = '/rehearsal/pc';
/** WebSocket close codes: 4000 and above are the application's. */
const NOT_WANTED = 4403;
const BAD_MESSAGE = 1008;
const JOIN_WITHIN_MS = 10_000;
/** Of who is not known yet nothing longer is read. */
const MOST_JOIN_BYTES = 200;

/** One PC of a rehearsal, whether its page has come or not. */
export interface PlayingPc {
  readonly label: string;
  readonly word: string;
  /** Its page is connected. */
  here: boolean;
  /** It came at least once. */
  joined: boolean;
  progress: RehearsalProgress | null;
  figures: RehearsalFiguresMessage | null;
  send(message: RehearsalRoomMessage): void;
}

/** What a run hears of its PCs. */
export interface PcListener {
  /** Something of it changed: it came, went, progressed or has given its figures. */
  changed(pc: PlayingPc): void;
  /** One of its simulated PCs shows this code. */
  code(pc: PlayingPc, index: number, code: string): void;
}

/** @returns null for anything that is not a message of this wire */
export function readPageMessage(text: string): RehearsalPageMessage | null {
  try {
    const value: unknown = JSON.parse(text);
    return messageCheck.Check(value) ? value : null;
  } catch {
    return null;
  }
}

const messageCheck = TypeCompiler.Compile(RehearsalPageSchema);

export class PcPages {
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_REHEARSAL_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(REHEARSAL_SUBPROTOCOL) ? REHEARSAL_SUBPROTOCOL : false),
  });
  readonly #byWord = new Map<string, Pc>();
  #listener: PcListener | null = null;

  /** Lets these PCs in, and nobody else, until `close`. */
  expect(pcs: readonly { label: string; word: string }[], listener: PcListener): PlayingPc[] {
    this.close();
    this.#listener = listener;
    return pcs.map(({ label, word }) => {
      const pc = new Pc(label, word);
      this.#byWord.set(word, pc);
      return pc;
    });
  }

  /** Whether a PC that is here holds this word. */
  knows(word: string): boolean {
    return this.#byWord.get(word)?.here === true;
  }

  /** Takes the upgrade of a connection on `/rehearsal/pc`. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { origin, host } = request.headers;
    const isOurs = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
    if (!isOurs || this.#byWord.size === 0) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (ws) => this.#welcome(ws));
  }

  /** Ends every connection; the pages stop at that. */
  close(): void {
    this.#listener = null;
    for (const pc of this.#byWord.values()) pc.part();
    this.#byWord.clear();
    for (const ws of this.#sockets.clients) ws.terminate();
  }

  #welcome(ws: WebSocket): void {
    let pc: Pc | null = null;
    const late = setTimeout(() => ws.terminate(), JOIN_WITHIN_MS);
    ws.on('error', () => undefined);
    ws.on('message', (data: Buffer, isBinary) => {
      const isTooLong = pc === null && data.length > MOST_JOIN_BYTES;
      const message = isBinary || isTooLong ? null : readPageMessage(data.toString('utf8'));
      if (message === null) return ws.close(BAD_MESSAGE);
      if (pc !== null) return this.#hear(pc, message);
      pc = message.t === 'join' ? this.#join(message.word, ws) : null;
      if (pc === null) return ws.close(NOT_WANTED);
      clearTimeout(late);
      this.#listener?.changed(pc);
    });
    ws.on('close', () => {
      clearTimeout(late);
      if (pc === null) return;
      pc.here = false;
      this.#listener?.changed(pc);
    });
  }

  /** Once: a page that was loaded anew has lost what it played. */
  #join(word: string, ws: WebSocket): Pc | null {
    const pc = this.#byWord.get(word);
    return pc === undefined || pc.joined ? null : pc.join(ws);
  }

  #hear(pc: Pc, message: RehearsalPageMessage): void {
    switch (message.t) {
      case 'join':
        return;
      case 'code':
        this.#listener?.code(pc, message.index, message.code);
        return;
      case 'progress':
        pc.progress = message;
        break;
      case 'figures':
        pc.figures = message;
        break;
    }
    this.#listener?.changed(pc);
  }
}

class Pc implements PlayingPc {
  here = false;
  joined = false;
  progress: RehearsalProgress | null = null;
  figures: RehearsalFiguresMessage | null = null;
  #socket: WebSocket | null = null;

  constructor(
    readonly label: string,
    readonly word: string,
  ) {}

  join(socket: WebSocket): this {
    this.#socket = socket;
    this.here = true;
    this.joined = true;
    return this;
  }

  send(message: RehearsalRoomMessage): void {
    if (this.here) this.#socket?.send(JSON.stringify(message));
  }

  part(): void {
    this.here = false;
    this.#socket?.close();
  }
}
