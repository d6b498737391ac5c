// The composition root: builds everything, starts in order, stops in reverse. The only file that knows all folders.

import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Server } from 'node:http';
import { layBallast } from './compose/ballast.js';
import { Dealing } from './compose/dealing.js';
import { OpenedPapers } from './compose/opened-papers.js';
import { Packages } from './compose/packages.js';
import { RoomResults } from './compose/results.js';
import { roomFacts } from './compose/room-facts.js';
import { staffHost } from './compose/staff-host.js';
import { machineClocks } from './clock.js';
import type { Config } from './config.js';
import { changesDeadlines, nextDeadline } from './core/deadlines.js';
import { decide } from './core/decide.js';
import { evolve } from './core/evolve.js';
import { initialState } from './core/initial.js';
import { seatFacts } from './core/views.js';
import { dataPaths, lockData, openRoomKeys, readTrust } from './data-folder.js';
import { createHttpApp } from './http/app.js';
import { listen, type Listening } from './http/listen.js';
import { createMetrics } from './http/metrics.js';
import { photoUrl } from './http/photo-links.js';
import { openTlsFolder, serverNames } from './http/tls/tls-folder.js';
import { routeUpgrades } from './http/upgrades.js';
import type { Journal } from './journal/journal.js';
import { openSqliteJournal } from './journal/sqlite-journal.js';
import type { PrivateKeys } from './keys/key-files.js';
import { deriveKey } from './keys/seal-bytes.js';
import type { Log } from './log.js';
import { dealOrder } from './papers/deal.js';
import { createStaffGateway, STAFF_SOCKET_PATH } from './proctor/gateway.js';
import { beginUpkeep } from './room-upkeep.js';
import { createRoom, type Rules, type RunningRoom } from './room.js';
import { SeatGateway } from './seats/gateway.js';

/** Everything that runs, for the staff gateway, tests and the command. */
export interface RunningServer {
  room: RunningRoom;
  journal: Journal;
  keys: PrivateKeys;
  packages: Packages;
  openedPapers: OpenedPapers;
  seats: SeatGateway;
  dealing: Dealing;
  photoUrl: (hash: string) => string;
  httpsPort: number;
  plainHttpPort: number | null;
  /** PEM of the room's CA. */
  caCertificate: string;
  isHealthy(): boolean;
  stop(): Promise<void>;
}

export interface ServerOptions {
  data: string;
  config: Config;
  log: Log;
  /** The disk failed: the process has to stop (rule 2). */
  onFatal: (error: Error) => void;
}

export const PROJECT_ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const VERSION = (
  JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string }
).version;

const RULES: Rules = { decide, evolve, nextDeadline, changesDeadlines, initialState };
const LOOK_FOR_PACKAGES_MS = 3_000;

/** Starts the appliance. Whatever was started before a failure is stopped again. @throws Error with a sentence for people */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const undo: (() => void | Promise<void>)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse())
      await Promise.resolve(step()).catch((error: unknown) => options.log.error({ err: error }, 'Stopping'));
  };
  try {
    return { ...(await start(options, undo)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  { data, config, log, onFatal }: ServerOptions,
  undo: (() => void | Promise<void>)[],
): Promise<Omit<RunningServer, 'stop'>> {
  const paths = dataPaths(data);
  undo.push(await lockData(data));
  const keys = await openRoomKeys(data, config.hostName);
  const secret = Buffer.from(keys.signing, 'base64');
  const packages = new Packages({ data, keys, trust: () => readTrust(data), version: VERSION, log });
  undo.push(() => packages.close());
  await packages.look();

  await layBallast(paths.ballast, config.ballastMegabytes, log);
  let observeCommit = (_seconds: number): void => undefined;
  const journal = await openSqliteJournal({
    file: paths.journal,
    keysFolder: paths.dataKeys,
    room: keys,
    orgRecipients: () => packages.orgRecipients(),
    ballast: paths.ballast,
    onCommit: (commitMs) => observeCommit(commitMs / 1000),
  });
  undo.push(() => journal.close());
  let healthy = true;
  const room = await createRoom({
    journal,
    rules: RULES,
    clocks: machineClocks(),
    log,
    version: VERSION,
    onFailure: (error) => {
      healthy = false;
      onFatal(error);
    },
  });
  undo.push(() => room.stop());
  undo.push(() => room.settled());
  await packages.install(room, journal);
  const openedPapers = new OpenedPapers(data, room, keys, () => packages.all(), log);
  await openedPapers.recall();
  room.subscribe((published) => openedPapers.take(published));
  const dealing = new Dealing(room, dealOrder, deriveKey(secret, 'kaochang', 'dealing'), log);
  room.subscribe((published) => dealing.take(published));
  dealing.resume();

  const photoLinkKey = deriveKey(secret, 'kaochang', 'photo-links');
  const linkTo = (hash: string) => photoUrl(photoLinkKey, hash);
  const seats = new SeatGateway(
    {
      room,
      seatFacts,
      parts: (sessionId) => packages.partsOf(sessionId),
      openedPaper: (sessionId) => openedPapers.of(sessionId),
      photoUrl: linkTo,
      wallTime: () => room.time.wallTime(),
      version: VERSION,
      log,
    },
    config.seats,
  );
  undo.push(() => seats.stop());
  const results = new RoomResults({
    data,
    room,
    journal,
    keys,
    orgRecipients: () => packages.orgRecipients(),
    trust: () => readTrust(data),
  });
  await results.resume();
  const staff = createStaffGateway(
    staffHost({ room, log, packages, openedPapers, seats, photoUrl: linkTo, results }),
  );
  seats.onPresence(() => staff.touch());
  const metrics = createMetrics({
    connectedSeats: () => seats.connectedSeats,
    pendingPairings: () => seats.pendingPairings().length,
    refusedSaves: () => room.refusedSaves,
    lastSeq: () => journal.lastSeq,
    durableSeq: () => journal.durableSeq,
  });
  observeCommit = metrics.observeAppend;
  undo.push(() => metrics.stop());

  const tls = await openTlsFolder(
    paths.tls,
    room.state.package?.roomName ?? keys.public.name,
    serverNames(config.hostName, config.extraNames),
    Date.now(),
  );
  const app = createHttpApp({
    facts: () => roomFacts(room, VERSION),
    health: () => ({
      ok: healthy,
      version: VERSION,
      lastSeq: journal.lastSeq,
      durableSeq: journal.durableSeq,
    }),
    part: (hash) => packages.part(hash),
    photo: (hash) => packages.photo(hash),
    photoLinkKey,
    caCertificate: tls.ca,
    webFolder: isAbsolute(config.webFolder) ? config.webFolder : join(PROJECT_ROOT, config.webFolder),
    metrics: () => metrics.text(),
    log,
  });
  const upkeep = beginUpkeep(room, journal, log);
  undo.push(() => upkeep.stop());
  const lookout = setInterval(() => {
    packages
      .look()
      .then(() => packages.install(room, journal))
      .catch((error: unknown) => log.error({ err: error }, 'Looking for packages failed'));
  }, LOOK_FOR_PACKAGES_MS);
  undo.push(() => clearInterval(lookout));
  const attach = (server: Server) => {
    routeUpgrades(server, { '/seat': seats.handleUpgrade.bind(seats) }, [STAFF_SOCKET_PATH]);
    staff.attach(server);
  };
  const listening: Listening = await listen(
    {
      host: config.host,
      httpsPort: config.httpsPort,
      plainHttpPort: config.plainHttpOnLoopback ? config.plainHttpPort : null,
    },
    tls,
    app.callback(),
    attach,
  );
  // A server closes when its last connection has ended: whoever holds them says good-bye first.
  undo.push(async () => {
    seats.stop();
    await Promise.all([staff.close(), listening.close()]);
  });
  return {
    room,
    journal,
    keys,
    packages,
    openedPapers,
    seats,
    dealing,
    photoUrl: linkTo,
    httpsPort: listening.httpsPort,
    plainHttpPort: listening.plainHttpPort,
    caCertificate: tls.ca,
    isHealthy: () => healthy,
  };
}
