// The composition root: puts the wires to the room, starts in order, stops in reverse. Only this file and compose/ know all
// folders.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readFile, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { hasDiskSpace, startOnAnyDisk } from './compose/disk-space.js';
import { marksBeside } from './compose/beside.js';
import { openDeviceDesk } from './compose/device-desk.js';
import { beginDevices } from './compose/devices.js';
import { openCameras, videoFolder, videoToCheck, type RoomCameras } from './compose/camera-room.js';
import { beginCameraWatching } from './compose/camera-watching.js';
import { openDocumentDesk } from './compose/documents.js';
import { ExportNoteTaker } from './compose/export-note-taker.js';
import { startEngine, type Engine, type EngineOptions } from './compose/engine.js';
import { uploadHost } from './compose/file-uploads.js';
import { openFront } from './compose/front.js';
import { comparesLater } from './compose/installation.js';
import { PackageDesk } from './compose/package-desk.js';
import type { Preflight } from './compose/preflight.js';
import { beginPreflight } from './compose/preflight-room.js';
import { startReadOnly } from './compose/read-only.js';
import { roomFacts } from './compose/room-facts.js';
import { RoomRehearsal } from './compose/room-rehearsal.js';
import { staffHost } from './compose/staff-host.js';
import { Undo } from './compose/undo.js';
import { VideoExports } from './compose/video-exports.js';
import { videoFigures } from './compose/video-figures.js';
import { seatFacts } from './core/views.js';
import { dataPaths } from './data-folder.js';
import { createMetrics } from './http/metrics.js';
import { bundleUrl, photoUrl } from './http/signed-links.js';
import { InstallRoutes } from './install/routes.js';
import { SignedClient } from './install/signed-client.js';
import { TaskPoller } from './install/task-poller.js';
import { UploadStore } from './install/upload-store.js';
import { openTlsFolder, serverNames } from './http/tls/tls-folder.js';
import { routeUpgrades } from './http/upgrades.js';
import type { Timers } from './devices/polled-device.js';
import { reportFile } from './preflight/report-files.js';
import { createStaffGateway, STAFF_SOCKET_PATH } from './proctor/gateway.js';
import type { DeviceDesk } from './proctor/host.js';
import { SeatGateway } from './seats/gateway.js';
import type { SeatHost } from './seats/host.js';
import { FairRate } from './uploads/fair-rate.js';
import { UploadRoutes } from './uploads/routes.js';
import { PROJECT_ROOT, VERSION } from './version.js';

/** Everything that runs, for the command and for tests. */
export interface RunningServer extends Engine {
  seats: SeatGateway;
  httpsPort: number;
  plainHttpPort: number | null;
  /** PEM of the room's CA. */
  caCertificate: string;
  stop(): Promise<void>;
}

export interface ServerOptions extends EngineOptions {
  /** Of the polls of devices; tests drive it beside `clocks`. */
  deviceTimers?: Timers;
}

/** The compiled command. */
const COMMAND = join(PROJECT_ROOT, 'build', 'scripts', 'kaochang.js');

/** Starts the appliance. Whatever was started before a failure is stopped again. @throws Error with a sentence for people */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const undo = new Undo(options.log);
  try {
    const engine = await startEngine(options, undo);
    const { room } = engine;
    let wires: Wires | null = null;
    const cameras = await openCameras(room, options);
    undo.push(() => cameras.recording?.stop());
    const devices = await beginDevices({
      room,
      devices: options.config.devices,
      folder: options.data,
      log: options.log,
      ...(options.deviceTimers === undefined ? {} : { timers: options.deviceTimers }),
      cameras: cameras.host,
      seatTrips: () => wires?.seats.trips() ?? [],
      // Whoever watches the UPS for the system (upsmon) shuts the machine down; until then everything that can be settled is.
      onPowerEnd: () => void settle(engine, options.log),
    });
    undo.push(() => devices.stop());
    cameras.recording?.begin();
    engine.results.waitsForVideo(
      (at, signal) => cameras.recording?.listedUntil(at, signal) ?? Promise.resolve(),
    );
    const { config, data } = options;
    const exports = new VideoExports({
      ...{ data, room, keys: engine.keys, log: options.log },
      ...{ videoFolder: videoFolder(data, config), folders: config.recording.exportFolders },
    });
    exports.begin();
    undo.push(() => exports.stop());
    const notes = new ExportNoteTaker({ room, folder: dataPaths(data).exportNotes, log: options.log });
    notes.begin();
    undo.push(() => notes.stop());
    const control = new AbortController();
    const { desk, stop } = openDeviceDesk({
      ...{ room, supervisor: devices.supervisor },
      earlier: () => marksBeside(engine.place, control.signal),
    });
    undo.push(() => {
      stop();
      control.abort();
    });
    const { preflight, stop: stopPreflight } = beginPreflight(
      { ...options, video: videoToCheck(options, cameras.desk) },
      engine,
      devices.supervisor,
      () => wires?.seats.forgetful() ?? [],
    );
    undo.push(stopPreflight);
    // The PCs come back first; nobody of the staff is answered before what is installed was held against the seal.
    const installation = comparesLater();
    undo.push(() => installation.end());
    const { compared } = installation;
    wires = await startWires(options, engine, { devices: desk, preflight, cameras, exports, compared }, undo);
    await installation.begin({ room, config, data, roomSecret: engine.keys.signing });
    return { ...engine, ...wires, stop: () => undo.run() };
  } catch (error) {
    await undo.run();
    throw error;
  }
}

/** The head is signed and all of the journal lies in its own file; the service goes on until it is stopped. */
async function settle({ room, journal }: Engine, log: ServerOptions['log']): Promise<void> {
  try {
    await journal.signHead(room.now());
    await journal.checkpoint();
    log.warn('电量将尽，考务日志已落盘签名 / The power ends: the journal is signed and on the disk');
  } catch (err) {
    log.error({ err }, 'The journal could not be settled before the power ends');
  }
}

/** What `serve` needs of whatever runs. */
export interface Served extends Pick<
  RunningServer,
  'httpsPort' | 'plainHttpPort' | 'caCertificate' | 'isHealthy' | 'stop'
> {
  /** The disk is full: the room can be looked at and exported, and takes nothing. */
  readOnly: boolean;
}

/** Starts the appliance; on a full disk with the ballast given up, or to look at only (rule 2). @throws as `startServer` */
export function startAppliance(options: ServerOptions): Promise<Served> {
  const { data, log } = options;
  const { ballast, journal } = dataPaths(data);
  return startOnAnyDisk<Served>({
    hasSpace: () => hasDiskSpace(data),
    freeBallast: async () => {
      const isThere = existsSync(ballast);
      await rm(ballast, { force: true });
      if (isThere)
        log.error(
          '磁盘已满，已释放预留空间，请尽快清理 / The disk is full: the ballast was given up, make room',
        );
      return isThere;
    },
    start: async () => ({ ...(await startServer(options)), readOnly: false }),
    startReadOnly: async () => {
      if (!existsSync(journal))
        throw new Error('磁盘已满，请先清理磁盘 / The disk is full: make room before the first start');
      const undo = new Undo(log);
      try {
        const wires = await startReadOnly(options, undo);
        return { ...wires, isHealthy: () => true, stop: () => undo.run(), readOnly: true };
      } catch (error) {
        await undo.run();
        throw error;
      }
    },
  });
}

type Wires = Pick<RunningServer, 'seats' | 'httpsPort' | 'plainHttpPort' | 'caCertificate'>;

async function startWires(
  { data, config, log }: ServerOptions,
  engine: Engine,
  {
    devices,
    preflight,
    cameras,
    exports,
    compared,
  }: {
    devices: DeviceDesk;
    preflight: Preflight;
    cameras: RoomCameras;
    exports: VideoExports;
    compared: Promise<void>;
  },
  undo: Undo,
): Promise<Wires> {
  const { room, journal, keys, packages, openedPapers, results, linkKey, isHealthy } = engine;
  const linkTo = (hash: string) => photoUrl(linkKey, hash);
  const fileLink = (fileHash: string, fileName: string) => bundleUrl(linkKey, fileHash, fileName);
  const seats = new SeatGateway(
    {
      room,
      seatFacts,
      parts: (sessionId) => packages.partsOf(room, sessionId),
      openedPaper: (sessionId) => openedPapers.of(sessionId),
      photoUrl: linkTo,
      wallTime: () => room.time.wallTime(),
      version: VERSION,
      ...probesOf(config),
      log,
    },
    config.seats,
  );
  undo.push(() => seats.stop());
  const rehearsal = new RoomRehearsal({
    ...{ room, seats, folder: dataPaths(data).preflight, command: COMMAND, version: VERSION, log },
  });
  undo.push(() => rehearsal.stop());
  const staff = createStaffGateway(
    staffHost({
      ...{ room, log, packages, openedPapers, seats, results, devices, preflight, exports, compared },
      rehearsal,
      ...{ photoUrl: linkTo, bundleUrl: fileLink, documents: openDocumentDesk(room) },
    }),
  );
  seats.onPresence((seatId) => staff.touch(seatId));
  const { recording } = cameras;
  const metrics = createMetrics({
    connectedSeats: () => seats.connectedSeats,
    pendingPairings: () => seats.pendingPairings().length,
    refusedSaves: () => room.refusedSaves,
    lastSeq: () => journal.lastSeq,
    durableSeq: () => journal.durableSeq,
    ...(recording === null ? {} : { video: () => videoFigures(room, recording) }),
  });
  undo.push(() => metrics.stop());
  engine.onCommit((seconds) => metrics.observeCommit(seconds));
  results.onProgress(() => staff.touch(null));
  exports.onProgress(() => staff.touch(null));
  const tls = await openTlsFolder(
    dataPaths(data).tls,
    room.state.package?.roomName ?? keys.public.name,
    serverNames(config.hostName, config.extraNames),
    Date.now(),
  );
  const { remote, maxPackageMegabytes, keepFreeMegabytes, idleMinutes } = config.install;
  const maxPackageBytes = maxPackageMegabytes * 2 ** 20;
  const waitingPcs = () => seats.pendingPairings().length;
  const roomKeyId = keys.public.keyId;
  const desk = new PackageDesk({
    data,
    room,
    journal,
    packages,
    roomKeyId,
    log,
    waitingPcs,
    maxPackageBytes,
  });
  const incoming = await UploadStore.open(dataPaths(data).incoming, 'remote', keepFreeMegabytes * 2 ** 20);
  const install = new InstallRoutes(desk, incoming, { maxPackageBytes, idleMs: idleMinutes * 60_000 });
  if (config.pull.taskUrl !== '')
    await beginPull(config.pull, engine, desk, maxPackageBytes, data, keepFreeMegabytes * 2 ** 20, undo);
  const watching = beginCameraWatching({
    ...{ folder: videoFolder(data, config), room, log },
    holderOf: (pass) => staff.holderOf(pass),
  });
  undo.push(watching.stop);
  const rate = new FairRate(config.uploads.megabytesPerSecond * 2 ** 20);
  const uploads = new UploadRoutes(uploadHost(room), engine.files, rate, log);
  const listening = await openFront(
    { config, log },
    tls,
    {
      facts: () => roomFacts(room, VERSION),
      health: () => {
        const { lastSeq, durableSeq } = journal;
        return { ok: isHealthy(), version: VERSION, lastSeq, durableSeq };
      },
      part: (hash) => packages.part(hash),
      photo: (hash) => packages.photo(hash),
      bundleFile: (fileHash, fileName) => results.file(fileHash, fileName),
      preflightFile: (name) => reportFile(dataPaths(data).preflight, name),
      linkKey,
      metrics: () => metrics.text(),
      uploads: uploads.middleware,
      video: watching.middleware,
      rehearsal: rehearsal.middleware,
      ...(remote ? { install: install.middleware } : {}),
    },
    (server: Server) => {
      const taken = { '/seat': seats.handleUpgrade.bind(seats), ...rehearsal.upgrades };
      routeUpgrades(server, taken, [STAFF_SOCKET_PATH]);
      staff.attach(server);
    },
  );
  // A server closes when its last connection has ended: whoever holds them says good-bye first.
  undo.push(async () => {
    await rehearsal.stop();
    seats.stop();
    await Promise.all([staff.close(), listening.close()]);
  });
  const { httpsPort, plainHttpPort } = listening;
  return { seats, httpsPort, plainHttpPort, caCertificate: tls.ca };
}

/** What the PCs are told to try outside the room; nothing where the settings name no address. */
function probesOf({ probes }: ServerOptions['config']): Pick<SeatHost, 'probes'> {
  const { addresses, fromSeconds, toSeconds } = probes;
  if (addresses.length === 0) return {};
  return {
    probes: { addresses, fromMs: fromSeconds * 1_000, toMs: Math.max(fromSeconds, toSeconds) * 1_000 },
  };
}

/** The room asks its organisation for packages; a session that is opened ends what is under way. */
async function beginPull(
  { taskUrl, caFile, everySeconds }: ServerOptions['config']['pull'],
  { room, keys }: Engine,
  desk: PackageDesk,
  maxPackageBytes: number,
  data: string,
  keepFreeBytes: number,
  undo: Undo,
): Promise<void> {
  const folder = dataPaths(data).incoming;
  const store = await UploadStore.open(folder, 'pull', keepFreeBytes);
  const ca = caFile === '' ? {} : { ca: await readFile(caFile, 'utf8') };
  const client = new SignedClient({ url: new URL(taskUrl).origin, ...ca }, keys, keys.public.keyId);
  const options = { url: taskUrl, everyMs: everySeconds * 1_000, folder, maxPackageBytes };
  const poller = new TaskPoller(desk, store, client, options);
  undo.push(poller.start());
  undo.push(room.subscribe(() => void (desk.isBusy() && poller.interrupt())));
}
