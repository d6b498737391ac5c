// A seats gateway on a real socket with the real rules, a journal that the test drives and clocks that it moves.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decide } from '../../server/core/decide.js';
import { changesDeadlines, nextDeadline } from '../../server/core/deadlines.js';
import { evolve } from '../../server/core/evolve.js';
import { initialState } from '../../server/core/initial.js';
import { seatFacts } from '../../server/core/views.js';
import { routeUpgrades } from '../../server/http/upgrades.js';
import { createLog } from '../../server/log.js';
import { createRoom, type RunningRoom } from '../../server/room.js';
import { SeatGateway } from '../../server/seats/gateway.js';
import type { SeatLimits } from '../../server/seats/host.js';
import { DrivenClocks, NINE_O_CLOCK } from './driven-clocks.js';
import { HeldJournal } from './held-journal.js';
import { SeatClient } from './seat-client.js';
import {
  admit,
  byRoom,
  deal,
  must,
  mustStaff,
  openEntry,
  PAPER,
  seatIdOf,
  smallPackage,
  start,
  ticketOf,
  type SmallRoomOptions,
} from './small-room.js';

export const LIMITS: SeatLimits = {
  maxConnections: 5_000,
  helloTimeoutMs: 10_000,
  silentTimeoutMs: 20_000,
  maxOutstanding: 32,
  maxBufferedBytes: 4 * 2 ** 20,
  messagesPerSecond: 50,
  messageBurst: 2_000,
  bytesPerSecond: 256 * 1_024,
  byteBurst: 16 * 2 ** 20,
  floodRestMs: 5_000,
};

export const CONTENT_KEY = Buffer.alloc(32, 7);

export class SeatsSetting {
  readonly clients: SeatClient[] = [];

  private constructor(
    readonly room: RunningRoom,
    readonly journal: HeldJournal,
    readonly clocks: DrivenClocks,
    readonly gateway: SeatGateway,
    readonly server: Server,
    readonly url: string,
  ) {}

  static async open(
    options: SmallRoomOptions & {
      limits?: Partial<SeatLimits>;
      clocks?: DrivenClocks;
      journal?: HeldJournal;
    } = {},
  ): Promise<SeatsSetting> {
    const clocks = options.clocks ?? new DrivenClocks({ wall: NINE_O_CLOCK - 20 * 60_000 });
    const journal = options.journal ?? new HeldJournal({ auto: true });
    const log = createLog('silent');
    const rules = { decide, evolve, nextDeadline, changesDeadlines, initialState };
    const room = await createRoom({
      journal,
      rules,
      clocks,
      alarm: clocks,
      log,
      version: 'test',
      onFailure: () => undefined,
    });
    if (options.journal === undefined)
      must(room, { type: 'install-package', package: smallPackage(options), by: byRoom });
    const gateway = new SeatGateway(
      {
        room,
        seatFacts,
        parts: () => [{ path: `papers/${PAPER}/text.sealed`, sha256: 'a'.repeat(64), bytes: 100 }],
        // As bold as a host can be: the key is there from the beginning, only the gateway keeps it back.
        openedPaper: () => ({ paperId: PAPER, contentKey: CONTENT_KEY, itemKeys: new Map() }),
        photoUrl: (hash) => `/photos/${hash}?k=test`,
        wallTime: () => room.time.wallTime(),
        version: 'test',
        log,
      },
      { ...LIMITS, ...options.limits },
    );
    const server = createServer();
    routeUpgrades(server, { '/seat': gateway.handleUpgrade.bind(gateway) }, []);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return new SeatsSetting(room, journal, clocks, gateway, server, `ws://127.0.0.1:${port}`);
  }

  async hello(index: number): Promise<SeatClient> {
    const client = await SeatClient.hello(this.url, index);
    this.clients.push(client);
    return client;
  }

  async connect(): Promise<SeatClient> {
    const client = await SeatClient.connect(this.url);
    this.clients.push(client);
    return client;
  }

  /** A PC that is paired with the seat of its number. */
  async paired(index: number, seatId = seatIdOf(index)): Promise<SeatClient> {
    const client = await this.hello(index);
    const { pairingCode } = await client.next('state', ({ stage }) => stage === 'unpaired');
    const pcId = this.gateway.pcOfPairingCode(pairingCode ?? '') ?? '';
    mustStaff(this.room, 'xi', { type: 'pair-seat', pcId, seatId });
    await client.until(() => (client.state?.seatLabel ? true : undefined));
    return client;
  }

  /** Entry is open, papers are dealt, everybody up to `count` sits logged in and has confirmed. */
  async seated(count: number): Promise<SeatClient[]> {
    const clients: SeatClient[] = [];
    for (let i = 0; i < count; i++) clients.push(await this.paired(i));
    openEntry(this.room);
    deal(this.room, count);
    for (const [i, client] of clients.entries()) {
      admit(this.room, i);
      await this.logIn(client, i);
    }
    return clients;
  }

  async logIn(client: SeatClient, index: number): Promise<void> {
    const ticketNo = ticketOf(index);
    await accepted(client.ask({ t: 'log-in', ticketNo, password: ticketNo.slice(-6) }));
    const { candidateId, lease } = (await client.until(() => client.state?.candidate ?? undefined))!;
    await accepted(client.ask({ t: 'confirm', candidateId, lease, what: 'identity' }));
    await accepted(client.ask({ t: 'confirm', candidateId, lease, what: 'rules' }));
  }

  /** The exam runs with `count` candidates at work. */
  async running(count: number): Promise<SeatClient[]> {
    const clients = await this.seated(count);
    this.clocks.pass(20 * 60_000);
    start(this.room);
    for (const client of clients) {
      await client.next('paper');
      await client.stage('answering');
    }
    return clients;
  }

  async close(): Promise<void> {
    this.gateway.stop();
    for (const client of this.clients) client.socket.terminate();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    this.room.stop();
  }
}

async function accepted(answer: ReturnType<SeatClient['ask']>): Promise<void> {
  const message = await answer;
  if (message.t === 'refused') throw new Error(`refused: ${message.code}`);
}

/** A save as the kiosk sends it. */
export function saveOf(setting: SeatsSetting, more: object = {}): object {
  return {
    t: 'save',
    candidateId: 'c1',
    lease: 1,
    itemId: 'q1',
    rev: 1,
    value: { options: ['a'] },
    marked: false,
    madeAt: setting.room.now(),
    ...more,
  };
}
