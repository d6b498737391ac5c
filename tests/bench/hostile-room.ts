// The room of the hostile bench: the real journal, seat gateway and sockets, in a process of its own. It answers its parent with
// its figures and ends when told. The same room serves as the bystander who is attacked in its place.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseConfig } from '../../server/config.js';
import { seatFacts } from '../../server/core/views.js';
import { HTTP_LIMITS, listen, type HttpLimits } from '../../server/http/listen.js';
import { piecesOf } from '../../server/http/pieces.js';
import { openTlsFolder } from '../../server/http/tls/tls-folder.js';
import { routeUpgrades } from '../../server/http/upgrades.js';
import { createLog } from '../../server/log.js';
import { SeatGateway } from '../../server/seats/gateway.js';
import { secretOf } from '../support/seat-client.js';
import { LIMITS } from '../support/seats-setting.js';
import { byStaff, must, PAPER, SESSION } from '../support/small-room.js';
import { startedRoom } from './big-room.js';
import { comeFirst, comeLast } from './processor-share.js';

/** Where it listens. */
export interface RoomPlace {
  port: number;
  ca: string;
}

/** What it says of itself, counted since its start but for the stall. */
export interface RoomFigures {
  cpuMs: number;
  rssMb: number;
  /** Longest time for which its loop was held up since it was asked before. */
  stallMs: number;
  open: number;
}

export type RoomAsk = { figures: true } | { stop: true };

const LARGE_BYTES = 20 * 2 ** 20;
const off = Number.MAX_SAFE_INTEGER;
const UNLIMITED: Partial<HttpLimits> = {
  ...{ maxConnections: off, maxConnectionsPerAddress: off, maxOpeningPerAddress: off },
  ...{ handshakesPerSecond: off, handshakesPerSecondIdle: off, handshakesPerSecondPerAddress: off },
  ...{ handshakeTimeoutMs: 120_000, slowPatienceMs: 600_000 },
};

/** Serves until the parent says stop or goes. @param isBystander leaves the processor to everybody else */
export async function serveRoom(seats: number, isBystander: boolean, isUnlimited: boolean): Promise<void> {
  if (isBystander) comeLast();
  else comeFirst();
  const pcIdOf = (index: number) => createHash('sha256').update(secretOf(index)).digest('hex').slice(0, 32);
  const { folder, journal, room } = await startedRoom(seats, pcIdOf);
  const log = createLog('silent');
  const gateway = new SeatGateway(
    {
      ...{ room, seatFacts, parts: () => [], photoUrl: (hash: string) => hash, version: 'bench', log },
      openedPaper: () => ({ paperId: PAPER, contentKey: Buffer.alloc(32, 7), itemKeys: new Map() }),
      wallTime: () => room.time.wallTime(),
    },
    parseConfig({}, [])?.seats ?? LIMITS,
  );
  const tlsFolder = mkdtempSync(join(tmpdir(), 'kaochang-bench-tls-'));
  const tls = await openTlsFolder(tlsFolder, 'bench', ['localhost'], Date.now());
  const large = Buffer.alloc(LARGE_BYTES, 7);
  const listening = await listen(
    {
      ...{ host: '127.0.0.1', httpsPort: 0, plainHttpPort: null },
      limits: isUnlimited ? UNLIMITED : HTTP_LIMITS,
    },
    tls,
    (_request, response) => void piecesOf(large).pipe(response),
    (server) => routeUpgrades(server, { '/seat': gateway.handleUpgrade.bind(gateway) }, []),
  );
  // The room says something to everybody now and then: what a slow reader does not take waits for it.
  const talking = setInterval(() => {
    const text = '请'.repeat(500);
    const by = byStaff('yan');
    must(room, { type: 'send-message', sessionId: SESSION, candidateId: null, text, by });
  }, 500);
  const delay = monitorEventLoopDelay({ resolution: 2 });
  delay.enable();
  const figures = (): RoomFigures => {
    const { admission, slowReaders } = listening;
    const { user, system } = process.cpuUsage();
    const stallMs = Math.round(delay.max / 1e6);
    delay.reset();
    return {
      ...{ cpuMs: Math.round((user + system) / 1_000), stallMs, open: admission.connections },
      rssMb: Math.round(process.memoryUsage().rss / 2 ** 20),
      ...{ ...admission.refused, slow: slowReaders.letGo },
    };
  };
  process.on('disconnect', () => process.exit(1));
  process.on('message', (ask: RoomAsk) => {
    if ('figures' in ask) return void process.send?.(figures());
    clearInterval(talking);
    gateway.stop();
    room.stop();
    void Promise.all([listening.close(), journal.close()]).then(() => {
      for (const one of [folder, tlsFolder]) rmSync(one, { recursive: true });
      process.exit(0);
    });
  });
  process.send?.({ port: listening.httpsPort, ca: tls.ca } satisfies RoomPlace);
}
