// The appliance on a full disk: pages, facts and the staff's view of the room, and nothing that would have to be written.
// PCs are turned away, which they take as an outage: they work on alone and keep what they have.

import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { BundleFiles } from '../bundle/bundle-files.js';
import { machineClocks } from '../clock.js';
import { dataPaths, refuseIfServed, readTrust } from '../data-folder.js';
import { createMetrics } from '../http/metrics.js';
import { bundleUrl, photoUrl } from '../http/signed-links.js';
import { openTlsFolder } from '../http/tls/tls-folder.js';
import { routeUpgrades } from '../http/upgrades.js';
import { readPrivateKeys } from '../keys/key-files.js';
import { deriveKey } from '../keys/seal-bytes.js';
import { createStaffGateway, STAFF_SOCKET_PATH } from '../proctor/gateway.js';
import { createReadOnlyRoom } from '../read-only-room.js';
import { VERSION } from '../version.js';
import { hasDiskSpace } from './disk-space.js';
import type { EngineOptions } from './engine.js';
import { openFront } from './front.js';
import { Packages } from './packages.js';
import { readJournal } from './read-journal.js';
import { roomFacts } from './room-facts.js';
import { RULES, STAFF_RULES } from './rules.js';
import type { Undo } from './undo.js';

const LOOK_FOR_SPACE_EVERY_MS = 10_000;

/** The disk takes writes again: the process ends, and the next start is an ordinary one. */
export class SpaceIsBackError extends Error {
  constructor() {
    super('磁盘空间已恢复，请重新启动服务 / The disk has space again: start the service anew');
    this.name = 'SpaceIsBackError';
  }
}

export interface ReadOnlyWires {
  httpsPort: number;
  plainHttpPort: number | null;
  caCertificate: string;
}

/** Serves what the data folder holds. @throws Error where there is no room yet, or another process serves it */
export async function startReadOnly(
  { data, config, log, onFatal }: EngineOptions,
  undo: Undo,
): Promise<ReadOnlyWires> {
  const paths = dataPaths(data);
  await refuseIfServed(data);
  log.error('磁盘已满，仅供查看和导出 / The disk is full: the room can be looked at and exported only');
  const keys = await readPrivateKeys(paths.roomKey);
  const packages = new Packages({ data, keys, trust: () => readTrust(data), version: VERSION, log });
  undo.push(() => packages.close());
  await packages.look();
  const journal = await readJournal(data, keys, 'alone');
  // Read once and let go: an export may read it next.
  const room = await createReadOnlyRoom({
    journal,
    rules: RULES,
    clocks: machineClocks(),
    version: VERSION,
  }).finally(() => journal.close());
  const linkKey = deriveKey(Buffer.from(keys.signing, 'base64'), 'kaochang', 'links');
  const bundles = new BundleFiles(data);
  const staff = createStaffGateway({
    room,
    rules: STAFF_RULES,
    log,
    checkStaffPin: async (staffId, pin) =>
      (await packages.current(room)?.checkStaffPin(staffId, pin)) ?? false,
    checkOrgCode: () => null,
    openPaper: () => Promise.resolve(false),
    presence: () => null,
    pcOfPairingCode: () => null,
    pendingPairings: () => [],
    photoUrl: (hash) => photoUrl(linkKey, hash),
    bundleFiles: (sessionId, fileHash) =>
      bundles.names(sessionId).map((name) => ({ name, url: bundleUrl(linkKey, fileHash, name) })),
    buildBundle: () =>
      Promise.reject(new Error('磁盘已满，请用 kaochang bundle export 导出 / The disk is full: export it')),
    bundleProgress: () => null,
    verifyReceipt: () => null,
    newId: () => randomUUID(),
  });
  const { lastSeq, durableSeq } = journal;
  const metrics = createMetrics({
    connectedSeats: () => 0,
    pendingPairings: () => 0,
    refusedSaves: () => new Map(),
    lastSeq: () => lastSeq,
    durableSeq: () => durableSeq,
  });
  undo.push(() => metrics.stop());
  const tls = await openTlsFolder(paths.tls, keys.public.name, [config.hostName], Date.now());
  const listening = await openFront(
    { config, log },
    tls,
    {
      facts: () => roomFacts(room, VERSION),
      health: () => ({ ok: false, version: VERSION, lastSeq, durableSeq }),
      part: (hash) => packages.part(hash),
      photo: (hash) => packages.photo(hash),
      bundleFile: (fileHash, fileName) => bundles.file(fileHash, fileName),
      linkKey,
      metrics: () => metrics.text(),
    },
    (server: Server) => {
      const turnAway = (_request: unknown, socket: NodeJS.WritableStream) =>
        void socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      routeUpgrades(server, { '/seat': turnAway }, [STAFF_SOCKET_PATH]);
      staff.attach(server);
    },
  );
  undo.push(async () => {
    await Promise.all([staff.close(), listening.close()]);
  });
  const timer = setInterval(() => {
    hasDiskSpace(data).then(
      (isBack) => isBack && onFatal(new SpaceIsBackError()),
      (error: unknown) => log.error({ err: error }, 'The disk could not be looked at'),
    );
  }, LOOK_FOR_SPACE_EVERY_MS);
  undo.push(() => clearInterval(timer));
  return { httpsPort: listening.httpsPort, plainHttpPort: listening.plainHttpPort, caCertificate: tls.ca };
}
