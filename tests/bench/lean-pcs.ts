// Thousands of candidates' PCs in one process, as little of each as the wire needs: so that what is measured is the room. They
// beat, come back and wait for acknowledgements like any PC, and keep nothing else.

import { WebSocket } from 'ws';
import { returnWaitMs } from '../../kiosk-client/candidate/room/return-wait.js';
import { SEAT_PROTOCOL_VERSION, SEAT_SUBPROTOCOL, type RoomMessage } from '../../server/protocol/seat.js';
import { sharedTls, type RoomAddress } from '../../server/rehearsal/room-address.js';
import { candidateIdOf, itemIdOf, OPTIONS, pcSecretOf, ticketOf } from './prepared-room.js';

const BEAT_EVERY_MS = 5_000;
/** How many handshakes are on their way at once. */
const HANDSHAKES = 64;
const PAPER_BEGINS = Buffer.from('{"t":"paper"');

interface LeanPc {
  socket: WebSocket | null;
  nextId: number;
  /** How many saves it made; the version of the last one. */
  rev: number;
  /** Asked and not answered: asked again when the PC is back, as any PC does. */
  waiting: Map<number, { text: string; answer: (code: string | null) => void }>;
  /** The room has shown its page since the last connection. */
  greeted: boolean;
  /** Of the last paper: when it came (monotonic), how long its frame was. */
  paperAtMs: number;
  stage: string;
  /** Knocks in vain since the connection was lost. */
  failures: number;
}

export interface LeanPcsOptions {
  address: RoomAddress;
  count: number;
  /** Every PC has an address of its own (Linux), so that the room counts them one by one. */
  ownAddresses?: boolean;
  /** Comes back by itself when the connection is lost, with the patience of a real PC. */
  comeBack?: boolean;
  /** False for a bare server, which knows no seats. */
  greet?: boolean;
}

export class LeanPcs {
  readonly pcs: LeanPc[];
  /** By code: what the room refused since the start. */
  readonly refused = new Map<string, number>();
  /** Connections that the room itself turned away: a good-bye, or another answer than a socket. */
  turnedAway = 0;
  lost = 0;
  #paper: Buffer = Buffer.alloc(0);
  /** Called with the index of a PC to which the room showed its page. */
  onState: (index: number) => void = () => undefined;
  onPaper: (index: number) => void = () => undefined;
  /** For whatever else comes. */
  onMessage: (index: number, message: RoomMessage) => void = () => undefined;
  readonly #beats: NodeJS.Timeout;
  #beatFrom = 0;
  #stopped = false;

  constructor(private readonly options: LeanPcsOptions) {
    this.pcs = Array.from({ length: options.count }, () => ({
      ...{
        socket: null,
        nextId: 1,
        rev: 0,
        waiting: new Map(),
        greeted: false,
        paperAtMs: 0,
        stage: '',
        failures: 0,
      },
    }));
    this.#beats = setInterval(() => this.#beat(), BEAT_EVERY_MS / 50);
  }

  get count(): number {
    return this.pcs.length;
  }

  /** Connects all; resolves when the room has shown everybody a page (a bare server: when all are connected). */
  async connectAll(): Promise<void> {
    let next = 0;
    const line = async () => {
      while (next < this.count) await this.#connect(next++);
    };
    await Promise.all(Array.from({ length: HANDSHAKES }, line));
  }

  /** Sends a request; resolves with null once the room says it is on its disk, or with the refusal's code. */
  ask(index: number, request: object): Promise<string | null> {
    const pc = this.#pc(index);
    return new Promise((answer) => {
      const id = pc.nextId++;
      const text = JSON.stringify({ ...request, id });
      pc.waiting.set(id, { text, answer });
      if (pc.greeted && pc.socket?.readyState === WebSocket.OPEN) pc.socket.send(text);
    });
  }

  logIn(index: number): Promise<string | null> {
    const ticketNo = ticketOf(index);
    return this.ask(index, { t: 'log-in', ticketNo, password: ticketNo.slice(-6) });
  }

  /** The next answer of a candidate. */
  save(index: number): Promise<string | null> {
    const pc = this.#pc(index);
    const rev = (pc.rev += 1);
    const value = { options: [OPTIONS[rev % 4]] };
    const held = { candidateId: candidateIdOf(index), lease: 1, itemId: itemIdOf(rev), rev };
    return this.ask(index, { t: 'save', ...held, value, marked: false, madeAt: Date.now() });
  }

  /** What belongs to the candidate at this PC. */
  askFor(index: number, request: object): Promise<string | null> {
    return this.ask(index, { ...request, candidateId: candidateIdOf(index), lease: 1 });
  }

  /** A new session begins: everybody's answers begin anew. */
  forgetAnswers(): void {
    for (const pc of this.pcs) pc.rev = 0;
  }

  send(index: number, text: string): void {
    const { socket } = this.#pc(index);
    if (socket?.readyState === WebSocket.OPEN) socket.send(text);
  }

  /** Pulls one PC's cable; it comes back if that was asked for. */
  cut(index: number): void {
    this.#pc(index).socket?.terminate();
  }

  /** The text of the last paper. */
  get paperText(): string {
    return this.#paper.toString('utf8');
  }

  get connected(): number {
    return this.pcs.filter(({ socket }) => socket?.readyState === WebSocket.OPEN).length;
  }

  get unanswered(): number {
    return this.pcs.reduce((sum, { waiting }) => sum + waiting.size, 0);
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#beats);
    for (const { socket } of this.pcs) socket?.terminate();
  }

  #pc(index: number): LeanPc {
    const pc = this.pcs[index];
    if (pc === undefined) throw new Error(`There is no PC ${index}`);
    return pc;
  }

  /** Resolves with the first page, or with the connection to a bare server. */
  #connect(index: number): Promise<void> {
    const { address, greet = true, ownAddresses = false } = this.options;
    const pc = this.#pc(index);
    const url = new URL('/seat', address.url);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url, SEAT_SUBPROTOCOL, {
      ...sharedTls(address),
      ...(ownAddresses ? { localAddress: ownAddress(index) } : {}),
      perMessageDeflate: false,
    });
    pc.socket = socket;
    pc.greeted = !greet;
    return new Promise((resolve) => {
      socket.on('open', () => {
        if (!greet) return resolve();
        const pcSecret = pcSecretOf(index);
        const hello = { t: 'hello', v: SEAT_PROTOCOL_VERSION, client: 'bench', pcSecret, roomNow: null };
        socket.send(JSON.stringify(hello));
      });
      socket.on('message', (data: Buffer) => {
        if (data.subarray(0, PAPER_BEGINS.length).equals(PAPER_BEGINS))
          return this.#takePaper(index, pc, data);
        const message = this.#take(index, pc, data);
        if (message.t !== 'state' || pc.greeted) return;
        pc.greeted = true;
        pc.failures = 0;
        for (const { text } of pc.waiting.values()) socket.send(text);
        resolve();
      });
      socket.on('unexpected-response', () => {
        this.turnedAway += 1;
        socket.terminate();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (this.#stopped || pc.socket !== socket) return resolve();
        this.lost += 1;
        if (this.options.comeBack !== true) return resolve();
        const waitMs = returnWaitMs(pc.failures++, Math.random());
        setTimeout(() => void this.#connect(index).then(resolve), waitMs);
      });
    });
  }

  #take(index: number, pc: LeanPc, data: Buffer): RoomMessage {
    const message = JSON.parse(data.toString('utf8')) as RoomMessage;
    switch (message.t) {
      case 'ack':
        for (const id of message.ids) settle(pc, id, null);
        break;
      case 'refused':
        this.refused.set(message.code, (this.refused.get(message.code) ?? 0) + 1);
        settle(pc, message.id, message.code);
        break;
      case 'state':
        pc.stage = message.stage;
        this.onState(index);
        break;
      case 'bye':
        this.turnedAway += 1;
        break;
      default:
        // A bare server sends back what it was sent.
        if ('id' in message) settle(pc, message.id as number, null);
    }
    this.onMessage(index, message);
    return message;
  }

  /** Not read: a PC reads its own, beside all others; one process that reads thousands in a row would be what is measured. */
  #takePaper(index: number, pc: LeanPc, data: Buffer): void {
    pc.paperAtMs = performance.now();
    this.#paper = data;
    this.onPaper(index);
  }

  #beat(): void {
    const many = Math.ceil(this.count / 50);
    if (this.options.greet === false) return;
    const text = () => JSON.stringify({ t: 'beat', sent: performance.now(), unsent: 0, oldestUnsentMs: 0 });
    for (let n = 0; n < many && n < this.count; n += 1) {
      const { socket } = this.#pc((this.#beatFrom = (this.#beatFrom + 1) % this.count));
      if (socket?.readyState === WebSocket.OPEN) socket.send(text());
    }
  }
}

function settle(pc: LeanPc, id: number, code: string | null): void {
  const asked = pc.waiting.get(id);
  pc.waiting.delete(id);
  asked?.answer(code);
}

/** Addresses that every Linux machine has; none of them is the machine's own 127.0.0.1. */
function ownAddress(index: number): string {
  return `127.${1 + (index >> 14)}.${(index >> 7) & 127}.${1 + (index & 127)}`;
}
