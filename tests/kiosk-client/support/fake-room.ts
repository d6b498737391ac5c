// A room for kiosk tests in Node: sockets in memory, a driven clock, one small sealed paper. It keeps the contract of
// kaochang.seat.v1 as far as a kiosk meets it, and does what the test tells it.

import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { Value } from '@sinclair/typebox/value';
import { Kiosk, type KioskHost } from '../../../kiosk-client/candidate/kiosk.js';
import type { LinkSocket } from '../../../kiosk-client/candidate/room/room-link.js';
import {
  SeatMessageSchema,
  type PaperContent,
  type PaperMessage,
  type RoomMessage,
  type SeatMessage,
  type SeatState,
} from '../../../server/protocol/seat.js';
import { MemoryStore } from './memory-store.js';

type Save = Extract<SeatMessage, { t: 'save' }>;

const KEY = randomBytes(32);
const PACKAGE_ID = 'pkg-1';
const TEXT_PATH = 'papers/p1/text.sealed';

export const CONTENT: PaperContent = {
  paperId: 'p1',
  title: '试卷',
  sections: [
    {
      sectionId: 'a',
      title: '一、单项选择',
      instructions: '',
      items: ['q1', 'q2', 'q3'].map((itemId) => ({
        itemId,
        type: 'single' as const,
        points: 1,
        scoringNote: null,
        stem: `<p>${itemId}</p>`,
        options: ['x', 'y'].map((id) => ({ id, html: id })),
        blanks: [],
        media: [],
      })),
    },
  ],
};

function sealed(): ArrayBuffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', KEY, nonce);
  cipher.setAAD(Buffer.from(`${PACKAGE_ID}/${TEXT_PATH}`));
  const text = Buffer.concat([cipher.update(JSON.stringify(CONTENT)), cipher.final()]);
  const bytes = Buffer.concat([nonce, text, cipher.getAuthTag()]);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
}

export const SEALED = sealed();
const sha256 = createHash('sha256').update(Buffer.from(SEALED)).digest('hex');

/** One socket, both ends in one hand. */
class FakeSocket implements LinkSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  open = true;

  constructor(private readonly room: FakeRoom) {}

  send(text: string): void {
    if (this.open && !this.room.cableCut) this.room.take(JSON.parse(text) as SeatMessage);
  }

  close(): void {
    this.end();
  }

  end(): void {
    if (!this.open) return;
    this.open = false;
    this.onclose?.();
  }
}

export class FakeRoom {
  /** Room time, ms. */
  now = 1_700_000_000_000;
  /** The PC's monotonic clock, ms; runs with `pass`, and a little with each look: it is never a whole number. */
  monotonic = 5_000;
  /** How much the PC's wall clock is off. */
  wallErrorMs = 0;
  up = true;
  /** Frames vanish both ways, and nobody is told. */
  cableCut = false;
  /** The room takes requests and does not answer. */
  silent = false;
  readonly received: SeatMessage[] = [];
  readonly answers = new Map<string, Save>();
  /** What to refuse, by type of message; returns a code or null. */
  refuse: (message: SeatMessage) => string | null = () => null;
  state: SeatState;
  store = new MemoryStore();
  kiosk: Kiosk;
  /** The room's uploads; a test of files puts its own here. */
  uploads: KioskHost['uploads'] = {
    send: () => Promise.reject(new Error('away')),
    fetchFile: () => Promise.reject(new Error('away')),
  };
  /** Words of the pages that play, as long as they are open. */
  rehearsals: string[] = [];
  #sockets: FakeSocket[] = [];

  constructor() {
    this.state = this.waiting();
    this.kiosk = this.#newKiosk();
  }

  /** Lets time go by on all clocks and timers. */
  async pass(ms: number, clock: { tick(ms: number): void }): Promise<void> {
    for (let left = ms; left > 0; left -= 50) {
      const step = Math.min(50, left);
      this.now += step;
      this.monotonic += step;
      clock.tick(step);
      for (let round = 0; round < 5; round++) await new Promise((resolve) => setImmediate(resolve));
    }
    await settle();
  }

  /** The page is loaded anew: a new kiosk on the same storage, its monotonic clock begins again. */
  async reload(awayMs = 0): Promise<void> {
    this.kiosk.stop();
    this.crash();
    this.now += awayMs;
    this.monotonic = 100;
    this.kiosk = this.#newKiosk();
    await this.kiosk.start();
    await settle();
  }

  /** The page is gone without a word. */
  crash(): void {
    for (const socket of this.#sockets) socket.open = false;
    this.#sockets = [];
  }

  /** The server dies. */
  goDown(): void {
    this.up = false;
    for (const socket of this.#sockets) socket.end();
    this.#sockets = [];
  }

  waiting(): SeatState {
    return {
      ...{ t: 'state', stage: 'waiting', roomName: '102', seatLabel: '01', pairingCode: null },
      ...{ practice: false, helpTelephone: '1', candidate: null, now: this.now },
      session: {
        ...{ sessionId: 's1', packageId: PACKAGE_ID, certificate: 'c', level: 'l', subject: 's' },
        ...{ mode: 'theory', minutes: 60, startsAt: this.now, startedAt: this.now },
        ...{ remindersBeforeEndMs: [900_000], earlyLeaveBeforeEndMs: 0 },
        audio: false,
        parts: [{ path: TEXT_PATH, sha256, bytes: SEALED.byteLength }],
      },
    };
  }

  /** The seat answers until `endsAt`. */
  answering(endsAt: number, lease = 1, candidateId = 'c1'): SeatState {
    const candidate = {
      ...{ candidateId, lease, name: '周景行', ticketNo: '9901', photoUrl: null, endsAt },
      ...{ remainingMs: endsAt - this.now, handRaised: false, endReason: null },
    };
    return { ...this.waiting(), stage: 'answering', candidate };
  }

  /** The exam begins and ends in ten minutes; the paper comes. */
  async begin(): Promise<void> {
    await this.show(this.answering(this.now + 10 * 60_000));
    this.say(this.paper());
    await settle();
  }

  stage(stage: SeatState['stage']): SeatState {
    return { ...this.state, stage, now: this.now };
  }

  paper(lease = 1, answers: PaperMessage['answers'] = [], candidateId = 'c1'): PaperMessage {
    const items = ['q2', 'q1', 'q3'].map((itemId) => ({ itemId, options: ['y', 'x'] }));
    return {
      ...{ t: 'paper', candidateId, lease, paperId: 'p1', key: KEY.toString('base64'), itemKeys: {} },
      order: { paperId: 'p1', sections: [{ sectionId: 'a', items }] },
      answers,
    };
  }

  /** Shows a page. */
  async show(state: SeatState): Promise<void> {
    this.state = state;
    this.say(state);
    await settle();
  }

  say(message: RoomMessage): void {
    this.sayRaw(JSON.stringify(message));
  }

  sayRaw(data: string): void {
    if (this.cableCut) return;
    for (const socket of [...this.#sockets]) socket.onmessage?.({ data });
  }

  take(message: SeatMessage): void {
    // The real room would end the connection.
    if (!Value.Check(SeatMessageSchema, message))
      throw new Error(`Not a message: ${JSON.stringify(message)}`);
    this.received.push(message);
    if (this.silent) return;
    const { now } = this;
    if (message.t === 'hello') {
      this.say({ t: 'welcome', v: 1, server: 'test', now });
      return this.say({ ...this.state, now });
    }
    if (message.t === 'beat') return this.say({ t: 'beat', sent: message.sent, now });
    const code = this.refuse(message);
    if (code !== null) return this.say({ t: 'refused', id: message.id, code, now });
    if (message.t === 'save') {
      const before = this.answers.get(message.itemId);
      if (before === undefined || before.rev < message.rev) this.answers.set(message.itemId, message);
    }
    this.say({ t: 'ack', ids: [message.id], now });
  }

  /** Messages of one type, in the order in which they came. */
  of<T extends SeatMessage['t']>(type: T): Extract<SeatMessage, { t: T }>[] {
    return this.received.filter((message): message is Extract<SeatMessage, { t: T }> => message.t === type);
  }

  #newKiosk(): Kiosk {
    return new Kiosk({
      store: this.store,
      clocks: { monotonic: () => (this.monotonic += 0.0003), wall: () => this.now + this.wallErrorMs },
      connect: () => this.#connect(),
      fetchBytes: async () => {
        if (!this.up) throw new Error('away');
        return SEALED;
      },
      uploads: this.uploads,
      rehearse: (word) => {
        this.rehearsals.push(word);
        return () => (this.rehearsals = this.rehearsals.filter((one) => one !== word));
      },
      random: () => 0.5,
      newSecret: () => 'ab'.repeat(32),
      client: 'test',
      checkMachine: async () => ({
        ...{ browser: 'test', screen: '1366x768', storageOk: true, cryptoOk: true, passed: true },
      }),
    });
  }

  #connect(): LinkSocket {
    const socket = new FakeSocket(this);
    setImmediate(() => {
      if (!this.up) return socket.end();
      this.#sockets.push(socket);
      socket.onopen?.();
    });
    return socket;
  }
}

/** Not the one that a test drives. */
const realSetTimeout = globalThis.setTimeout;

/** Lets promises, sockets and the threads of WebCrypto come to rest. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 8; round++) await new Promise((resolve) => realSetTimeout(resolve, 1));
}
