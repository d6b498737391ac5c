// The room that preflight looks at: the one that this process serves, or the one that the journal tells of beside it.

import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.js';
import { dataPaths, readTrust } from '../data-folder.js';
import { prepareDevice, type DeviceSetting } from '../devices/settings.js';
import type { Supervisor } from '../devices/supervisor.js';
import type { PrivateKeys } from '../keys/key-files.js';
import { readPrivateKeys } from '../keys/key-files.js';
import type { Log } from '../log.js';
import { rehearseBeside } from '../preflight/rehearsal-process.js';
import { serverAnswers } from '../preflight/own-server.js';
import { standardOf } from '../preflight/standard.js';
import { eventOf } from '../protocol/journal-event.js';
import { replayJournal, type RunningRoom } from '../room.js';
import { PROJECT_ROOT, VERSION } from '../version.js';
import { preflightUrl } from '../http/signed-links.js';
import type { PreflightVideo } from './camera-preflight.js';
import { videoToCheck } from './camera-room.js';
import type { Engine } from './engine.js';
import { Packages } from './packages.js';
import { Preflight } from './preflight.js';
import { preflightChecks, type PreflightRoom, type RoomPicture } from './preflight-checks.js';
import { readJournal } from './read-journal.js';
import { RULES } from './rules.js';
import { entryOf } from '../core/state-access.js';

const COMMAND = join(PROJECT_ROOT, 'build', 'scripts', 'kaochang.js');
/** Long enough for logged-in candidates to save a few answers each. */
const REHEARSAL_MINUTES = 0.1;
const POLL_WITHIN_MS = 8_000;

/** Cards of the devices that the settings name. */
export function cardsOf(state: RoomPicture['state']) {
  return Object.values(state?.devices ?? {}).map(({ card }) => card);
}

export interface PreflightOptions {
  data: string;
  config: Config;
  log: Log;
  /** The cameras, where somebody looks at them already. */
  video?: PreflightVideo | null;
}

/** In the service: everything is asked of what runs. */
export function beginPreflight(
  { data, config, log, video = null }: PreflightOptions,
  { room, keys, packages, linkKey }: Engine,
  supervisor: Pick<Supervisor, 'latest'>,
  forgetful: PreflightRoom['forgetful'],
): { preflight: Preflight; stop: () => Promise<void> } {
  const documentsAt = new Map<string, number>();
  const unsubscribe = room.subscribe((published) => {
    for (const { event } of published)
      if (event.type === 'document-read') documentsAt.set(event.deviceId, event.at);
  });
  const folder = dataPaths(data).preflight;
  const looked = (): PreflightRoom => ({
    ...{ data, config, keys, video, cards: cardsOf(room.state), standard: standardOf(room.state) },
    forgetful,
    trust: () => readTrust(data),
    picture: () => Promise.resolve({ state: room.state, now: room.now(), documentsAt }),
    packageFile: () => Promise.resolve(packages.current(room)),
    latest: (deviceId) => Promise.resolve(latestOf(room, supervisor, deviceId)),
    isOurs: () => Promise.resolve(true),
    rehearse: (seats, signal) =>
      config.preflight.rehearsal ? rehearseIn(folder, seats, signal) : Promise.resolve(null),
  });
  const preflight = new Preflight({
    ...{ room, keys, folder, log },
    checks: () => preflightChecks(looked()),
    url: (fileName) => preflightUrl(linkKey, fileName),
  });
  const stop = async () => {
    unsubscribe();
    await preflight.stop();
  };
  return { preflight, stop };
}

function latestOf(room: RunningRoom, supervisor: Pick<Supervisor, 'latest'>, deviceId: string) {
  const last = supervisor.latest(deviceId);
  if (last === null) return null;
  const readAt =
    last.readings === null ? (entryOf(room.state.devices, deviceId)?.readAt ?? null) : room.now();
  return { readings: last.readings ?? {}, fault: last.fault, readAt };
}

/** The disk that the room uses takes part in the rehearsal. */
async function rehearseIn(folder: string, seats: number, signal: AbortSignal) {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return rehearseBeside({ command: COMMAND, folder, seats, minutes: REHEARSAL_MINUTES }, signal);
}

/** Beside the service, or without one: the journal is read as it is, and nothing is changed in the data folder. */
export async function openPreflightRoom(
  options: PreflightOptions,
  rehearsal: boolean,
): Promise<{ room: PreflightRoom; isServed: boolean; close: () => void }> {
  const { data, config, log, video = videoToCheck(options) } = options;
  const paths = dataPaths(data);
  const keys = existsSync(paths.roomKey) ? await readPrivateKeys(paths.roomKey) : null;
  const server = { port: config.httpsPort, hostName: config.hostName, caFile: join(paths.tls, 'ca.crt') };
  const isServed = await serverAnswers(server);
  const picture = await pictureOf(data, keys);
  const packages =
    keys === null ? null : new Packages({ data, keys, trust: () => readTrust(data), version: VERSION, log });
  await packages?.look();
  const settings = config.devices as DeviceSetting[];
  // Nobody sits at the PCs yet, and whose document is read is the check-in's.
  const alone = {
    folder: data,
    nowMs: () => performance.now(),
    seatTrips: () => [],
    documentRead: () => undefined,
  };
  const prepared = await Promise.all(settings.map((setting) => prepareDevice(setting, alone)));
  const room: PreflightRoom = {
    ...{ data, config, keys, video, standard: standardOf(picture.state) },
    cards: settings.map(({ id, name, adapter }, index) => ({
      ...{ deviceId: id, name, adapter, kind: prepared[index]?.kind ?? 'contact' },
      ...(prepared[index]?.simulated === true ? { simulated: true as const } : {}),
    })),
    trust: () => readTrust(data),
    forgetful: () => [],
    picture: () => Promise.resolve({ ...picture, now: Date.now() }),
    packageFile: () => {
      const wanted = picture.state?.package?.manifestHash;
      return Promise.resolve(packages?.all().find(({ manifestHash }) => manifestHash === wanted) ?? null);
    },
    // A device that the service asks is not asked by a second: some take one connection only.
    latest: async (deviceId) => {
      const index = settings.findIndex(({ id }) => id === deviceId);
      const device = isServed ? undefined : prepared[index];
      return device === undefined ? null : pollOnce(device.open());
    },
    isOurs: (_port, signal) => serverAnswers(server, signal),
    rehearse: (seats, signal) =>
      rehearsal && config.preflight.rehearsal ? rehearseIn(data, seats, signal) : Promise.resolve(null),
  };
  return { room, isServed, close: () => packages?.close() };
}

async function pictureOf(data: string, keys: PrivateKeys | null): Promise<RoomPicture> {
  const documentsAt = new Map<string, number>();
  const now = Date.now();
  if (keys === null || !existsSync(dataPaths(data).journal)) return { state: null, now, documentsAt };
  const journal = await readJournal(data, keys, 'beside');
  try {
    const { state } = await replayJournal(journal, RULES);
    const { length: readers } = Object.values(state.devices).filter(({ card }) => card.kind === 'id-reader');
    if (readers > 0)
      for await (const written of journal.replay(0)) {
        if (written.body === null || written.type !== 'document-read') continue;
        const event = eventOf(written);
        if (event.type === 'document-read') documentsAt.set(event.deviceId, event.at);
      }
    return { state, now, documentsAt };
  } finally {
    await journal.close();
  }
}

/** One question, and good-bye. */
async function pollOnce(device: ReturnType<Awaited<ReturnType<typeof prepareDevice>>['open']>) {
  try {
    const readings = await device.poll(AbortSignal.timeout(POLL_WITHIN_MS));
    return { readings, fault: null, readAt: Date.now() };
  } catch (error) {
    const { code } = error as { code?: string };
    return { readings: {}, fault: (code ?? 'timed-out') as 'timed-out', readAt: null };
  } finally {
    await device.close();
  }
}
