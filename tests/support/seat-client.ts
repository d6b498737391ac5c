// A bare client of kaochang.seat.v1 for tests: sends whatever it is told, well formed or not, and waits for messages.

import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import {
  SEAT_PROTOCOL_VERSION,
  SEAT_SUBPROTOCOL,
  type PaperMessage,
  type RoomMessage,
  type SeatState,
} from '../../server/protocol/seat.js';

type Of<T extends RoomMessage['t']> = Extract<RoomMessage, { t: T }>;

export const secretOf = (index: number) => index.toString(16).padStart(64, '0');

export class SeatClient {
  readonly received: RoomMessage[] = [];
  closed: { code: number; reason: string } | null = null;
  #nextId = 1;
  #waiting: (() => void)[] = [];

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.received.push(JSON.parse(data.toString('utf8')) as RoomMessage);
      this.#wake();
    });
    socket.on('close', (code, reason: Buffer) => {
      this.closed = { code, reason: reason.toString('utf8') };
      this.#wake();
    });
    socket.on('error', () => undefined);
  }

  /** Connects without a word. @param url `ws://...` or `wss://...` up to the port */
  static async connect(url: string, options: ClientOptions = {}): Promise<SeatClient> {
    const socket = new WebSocket(`${url}/seat`, SEAT_SUBPROTOCOL, { perMessageDeflate: false, ...options });
    const client = new SeatClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** Connects and says hello. */
  static async hello(url: string, index: number, options: ClientOptions = {}): Promise<SeatClient> {
    const client = await SeatClient.connect(url, options);
    client.greet(index);
    await client.next('welcome');
    return client;
  }

  greet(index: number, more: object = {}): void {
    const pcSecret = secretOf(index);
    this.send({ t: 'hello', v: SEAT_PROTOCOL_VERSION, client: 'test', pcSecret, roomNow: null, ...more });
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Sends a request and waits for its answer. */
  async ask(request: object): Promise<Of<'ack'> | Of<'refused'>> {
    const id = this.#nextId++;
    this.send({ ...request, id });
    return this.answerTo(id);
  }

  answerTo(id: number): Promise<Of<'ack'> | Of<'refused'>> {
    return this.until(() =>
      this.received.find(
        (message): message is Of<'ack'> | Of<'refused'> =>
          (message.t === 'ack' && message.ids.includes(id)) || (message.t === 'refused' && message.id === id),
      ),
    );
  }

  /** The first message of a kind, present ones included. */
  next<T extends RoomMessage['t']>(t: T, wanted: (message: Of<T>) => boolean = () => true): Promise<Of<T>> {
    return this.until(() =>
      this.received.find((message): message is Of<T> => message.t === t && wanted(message as Of<T>)),
    );
  }

  /** Waits until the page that was shown last is `stage`. */
  stage(stage: SeatState['stage']): Promise<SeatState> {
    return this.until(() => (this.state?.stage === stage ? this.state : undefined));
  }

  get state(): SeatState | undefined {
    return this.of('state').at(-1);
  }

  get papers(): PaperMessage[] {
    return this.of('paper');
  }

  of<T extends RoomMessage['t']>(t: T): Of<T>[] {
    return this.received.filter((message): message is Of<T> => message.t === t);
  }

  async untilClosed(): Promise<{ code: number; reason: string }> {
    return this.until(() => this.closed ?? undefined);
  }

  /** Resolves with the first value that `look` finds, looking again at each message. @throws Error after a minute */
  async until<T>(look: () => T | undefined): Promise<T> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (Date.now() > deadline)
        throw new Error(
          `Nothing came in a minute; the last were ${this.received
            .slice(-5)
            .map((message) => JSON.stringify(message).slice(0, 300))
            .join('\n')}`,
        );
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  async close(): Promise<void> {
    if (this.closed !== null) return;
    this.socket.close();
    await this.untilClosed();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
