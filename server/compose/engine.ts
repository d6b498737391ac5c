// The room without its wires: data folder, keys, journal, packages, the room itself, opened papers, dealing, results.

import { machineClocks, type ClockSources } from '../clock.js';
import type { Config } from '../config.js';
import { dataPaths, lockData, openRoomKeys, readTrust } from '../data-folder.js';
import type { Journal } from '../journal/journal.js';
import { openSqliteJournal } from '../journal/sqlite-journal.js';
import type { PrivateKeys } from '../keys/key-files.js';
import { deriveKey } from '../keys/seal-bytes.js';
import type { Log } from '../log.js';
import { dealOrder } from '../papers/deal.js';
import { beginUpkeep } from '../room-upkeep.js';
import { createRoom, type RunningRoom } from '../room.js';
import { FileStore } from '../uploads/file-store.js';
import { VERSION } from '../version.js';
import { layBallast } from './ballast.js';
import { Dealing } from './dealing.js';
import { sessionKeys } from './file-uploads.js';
import { keepJournal } from './kept-journal.js';
import { OpenedPapers } from './opened-papers.js';
import { Packages } from './packages.js';
import { journalPlace, type JournalPlace } from './read-journal.js';
import { Results } from './results.js';
import { RULES } from './rules.js';
import { snapshotApart } from './snapshot-process.js';
import type { Undo } from './undo.js';
import { Wiping } from './wiping.js';

export interface Engine {
  room: RunningRoom;
  journal: Journal;
  keys: PrivateKeys;
  /** Where a thread finds the journal. */
  place: JournalPlace;
  packages: Packages;
  openedPapers: OpenedPapers;
  dealing: Dealing;
  wiping: Wiping;
  results: Results;
  /** What candidates handed in. */
  files: FileStore;
  /** Keys the links to photos; the same after a restart. */
  linkKey: Buffer;
  /** False once the disk has failed. */
  isHealthy(): boolean;
  /** Called with the seconds of every commit. */
  onCommit(listener: (seconds: number) => void): void;
}

export interface EngineOptions {
  data: string;
  config: Config;
  log: Log;
  /** The disk failed: the process has to stop (rule 2). */
  onFatal: (error: Error) => void;
  /** The machine's where absent; only tests move clocks, no command has an option for it. */
  clocks?: ClockSources;
}

/** Starts the room; what has to be stopped again is in `undo`. @throws Error with a sentence for people */
export async function startEngine(options: EngineOptions, undo: Undo): Promise<Engine> {
  const { data, config, log, onFatal } = options;
  const paths = dataPaths(data);
  undo.push(await lockData(data));
  const keys = await openRoomKeys(data, config.hostName);
  const secret = Buffer.from(keys.signing, 'base64');
  const packages = new Packages({ data, keys, trust: () => readTrust(data), version: VERSION, log });
  undo.push(() => packages.close());
  await packages.look();
  await layBallast(paths.ballast, config.ballastMegabytes, log);

  const kept = await keepJournal({ data, now: Date.now() });
  if (kept !== null)
    log.warn(
      { copy: kept.file, format: kept.format, lastSeq: kept.lastSeq },
      '日志格式将更新，升级前的日志已留存 / The journal changes its format; as it was it is kept',
    );
  let begun: RunningRoom | null = null;
  let observe = (_seconds: number): void => undefined;
  const place = journalPlace(data, keys);
  const journal = await openSqliteJournal({
    ...place,
    orgRecipients: () => packages.orgRecipients(begun),
    ballast: paths.ballast,
    onCommit: (commitMs) => observe(commitMs / 1000),
  });
  undo.push(() => journal.close());
  let healthy = true;
  const onFailure = (error: Error) => {
    healthy = false;
    onFatal(error);
  };
  const room = await createRoom({
    journal,
    rules: RULES,
    clocks: options.clocks ?? machineClocks(),
    log,
    version: VERSION,
    onFailure,
  });
  begun = room;
  undo.push(() => room.stop());
  undo.push(() => room.settled());
  await packages.sweep(room);
  await packages.install(room, journal);
  const openedPapers = new OpenedPapers(data, room, keys, packages, log);
  await openedPapers.recall();
  room.subscribe((published) => openedPapers.take(published));
  const dealing = new Dealing(room, dealOrder, deriveKey(secret, 'kaochang', 'dealing'), log);
  room.subscribe((published) => dealing.take(published));
  dealing.resume();
  undo.push(() => dealing.settled());
  const keepFreeBytes = config.uploads.keepFreeMegabytes * 2 ** 20;
  const files = new FileStore({
    folder: paths.handedIn,
    keys: sessionKeys(journal),
    keepFreeBytes,
  });
  const wiping = new Wiping(data, room, journal, packages, files, log);
  room.subscribe((published) => wiping.take(published));
  wiping.resume();
  undo.push(() => wiping.settled());
  const results = new Results({ data, room, place, packages, keepFreeBytes, log });
  await results.begin();
  room.subscribe((published) => results.take(published));
  undo.push(() => results.stop());
  const upkeep = beginUpkeep(room, journal, log, {
    takeSnapshot: (signal) => snapshotApart(place, signal),
  });
  undo.push(() => upkeep.stop());
  undo.push(packages.watch(room, journal));
  return {
    room,
    journal,
    keys,
    place,
    packages,
    openedPapers,
    dealing,
    wiping,
    files,
    results,
    linkKey: deriveKey(secret, 'kaochang', 'links'),
    isHealthy: () => healthy,
    onCommit: (listener) => (observe = listener),
  };
}
