// Which checks a room has: ties the lines of preflight to the room's state, its package, its devices and its server. The same for
// the service and for the command that runs beside it.

import type { Config } from '../config.js';
import type { Seat, State } from '../core/types.js';
import type { DeviceKind } from '../core/readings.js';
import { entryOf } from '../core/state-access.js';
import type { PrivateKeys, PublicKeys } from '../keys/key-files.js';
import { openInstalled, type InstalledPackageFile } from '../papers/installed-package.js';
import { deviceChecks, type StandingAlarm } from '../preflight/device-checks.js';
import type { DeviceFound } from '../preflight/device-found.js';
import { cameraChecks } from '../preflight/camera-checks.js';
import type { AnyCheck } from '../preflight/line.js';
import { machineChecks } from '../preflight/machine-checks.js';
import { machineFacts } from '../preflight/machine-facts.js';
import { packageChecks } from '../preflight/package-checks.js';
import { pcChecks } from '../preflight/pc-checks.js';
import type { SeatFacts } from '../preflight/pc-facts.js';
import { roomChecks, type RehearsalFound } from '../preflight/room-checks.js';
import { serviceChecks } from '../preflight/service-checks.js';
import { spareServerCheck } from '../preflight/spare-server.js';
import { serviceFacts } from '../preflight/service-facts.js';
import { asIn, type RoomStandard } from '../preflight/standard.js';
import { findFfmpeg } from '../recording/find-ffmpeg.js';
import { VERSION } from '../version.js';
import { cameraSources, type PreflightVideo } from './camera-preflight.js';

/** A room as preflight sees it. */
export interface RoomPicture {
  /** null = there is no journal yet. */
  state: State | null;
  /** Room time. */
  now: number;
  /** When each reader last read a document. */
  documentsAt: ReadonlyMap<string, number>;
}

export interface PreflightRoom {
  /** The data folder; it need not exist. */
  data: string;
  config: Config;
  /** null before the first start. */
  keys: PrivateKeys | null;
  trust(): Promise<readonly PublicKeys[]>;
  picture(): Promise<RoomPicture>;
  /** The package that the room works with, opened; null where there is none. */
  packageFile(): Promise<InstalledPackageFile | null>;
  /** What a device says right now, where somebody asks it; null = only the state knows. */
  latest(deviceId: string): Promise<Pick<DeviceFound, 'readings' | 'fault' | 'readAt'> | null>;
  /** Seats whose PC has come back without what its browser had kept, where somebody watches. */
  forgetful(): readonly string[];
  /** The devices of the settings. */
  cards: readonly { deviceId: string; kind: DeviceKind; name: string; adapter?: string; simulated?: true }[];
  /** Its cameras and where they are recorded; null where nobody can look at them. */
  video: PreflightVideo | null;
  /** By what it is judged. */
  standard: RoomStandard;
  isOurs(port: number, signal: AbortSignal): Promise<boolean>;
  rehearse(seats: number, signal: AbortSignal): Promise<RehearsalFound | null>;
}

const SEATS_WITHOUT_PACKAGE = 40;

/** All lines of a room. */
export function preflightChecks(room: PreflightRoom): AnyCheck[] {
  const { data, config, cards, standard } = room;
  const { server, pcs, cameras, ups } = standard.bands;
  const state = () => room.picture().then((picture) => picture.state);
  let sessionHolds = false;
  const settings = {
    httpsPort: config.httpsPort,
    ...config.preflight,
    ffmpeg: findFfmpeg(config.recording.ffmpeg) ?? 'ffmpeg',
    recordsVideo: cards.some(({ kind }) => kind === 'camera'),
    sessionUnderWay: () => sessionHolds,
    isOurs: room.isOurs,
  };
  const facts = serviceFacts(settings);
  const service = {
    ...facts,
    internet: async (signal: AbortSignal) => {
      sessionHolds = ((await state())?.currentSession ?? null) !== null;
      return facts.internet(signal);
    },
  };
  const checks = [
    ...machineChecks(machineFacts(data), server),
    ...serviceChecks(service),
    ...packageChecks({
      found: async () => packageFound(await room.picture()),
      reread: () => reread(room),
      halves: async () => (await room.packageFile())?.halves() ?? [],
      trials: async () => trialsOf(await state()),
    }),
    ...deviceChecks({ cards, found: () => devicesFound(room) }, { cameras, ups }),
    ...(room.video === null ? [] : cameraChecks(cameraSources(room, room.video), cameras)),
    ...pcChecks(
      {
        seats: async () => seatsOf(await state(), room.forgetful()),
        needsAudio: async () => needsAudio(await state()),
      },
      pcs,
    ),
    ...roomChecks({
      rehearse: async (signal) => room.rehearse(seatCount(await state()), signal),
      onPcs: async () => {
        const { state: known, now } = await room.picture();
        return { rehearsal: known?.roomRehearsal ?? null, now };
      },
    }),
    spareServerCheck(async () => (await room.packageFile())?.serverCount ?? null),
  ];
  return checks.map((one) => asIn(standard, one));
}

function packageFound({ state, now }: RoomPicture) {
  if (state === null || state.package === null) return { installed: null, ahead: [], now };
  // The package's own event is without people: each session has its own.
  const sessions = state.package.sessions.map(
    (plan) => entryOf(state.sessions, plan.sessionId)?.plan ?? plan,
  );
  const ahead = sessions
    .map(({ sessionId }) => sessionId)
    .filter((sessionId) => (entryOf(state.sessions, sessionId)?.collectedAt ?? null) === null);
  return { installed: { ...state.package, sessions }, ahead, now };
}

/** @returns what is wrong with the file as it lies there, '' for nothing */
async function reread({ keys, trust, packageFile, picture }: PreflightRoom) {
  const inForce = await packageFile();
  const wanted = (await picture()).state?.package ?? null;
  if (wanted === null) return null;
  if (inForce === null || keys === null) return { problem: '文件不见了 / the file is gone' };
  try {
    const options = { trust: await trust(), now: 0, serverVersion: VERSION };
    (await openInstalled(inForce.file, keys, options)).close();
    return { problem: '' };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

function trialsOf(state: State | null): number {
  const { packageId } = state?.package ?? {};
  return Object.values(state?.sessions ?? {}).filter(
    ({ plan, collectedAt, packageId: of }) => plan.practice && collectedAt !== null && of === packageId,
  ).length;
}

async function devicesFound({ picture, latest, cards, standard }: PreflightRoom) {
  const { state, now, documentsAt } = await picture();
  const known = state?.devices ?? {};
  const devices = await Promise.all(
    cards.map(async ({ deviceId, kind, name, adapter = '', simulated }): Promise<DeviceFound> => {
      const stored = known[deviceId];
      const fresh = await latest(deviceId);
      return {
        card: stored?.card ?? { deviceId, kind, name, adapter, ...(simulated && { simulated }) },
        readings: fresh?.readings ?? stored?.readings ?? {},
        readAt: fresh === null ? (stored?.readAt ?? null) : fresh.readAt,
        fault: fresh === null ? (stored?.fault ?? null) : fresh.fault,
        attested: stored?.attested ?? [],
        lastDocumentAt: documentsAt.get(deviceId) ?? null,
      };
    }),
  );
  const ofWhom = (deviceId: string | null, seatId: string | null): StandingAlarm['of'] => {
    if (deviceId !== null) return { device: known[deviceId]?.card.name ?? deviceId };
    return seatId === null ? null : { seat: entryOf(state?.seats ?? {}, seatId)?.label ?? seatId };
  };
  const alarms = Object.values(state?.alarms ?? {})
    .filter(({ clearedAt }) => clearedAt === null)
    .map(({ code, deviceId, seatId }): StandingAlarm => ({ code, of: ofWhom(deviceId, seatId) }));
  const cameras = devices.filter(({ card }) => card.kind === 'camera');
  const camcorders = cameras.filter(({ card }) => card.adapter === 'camcorder').length;
  return {
    ...{ devices, alarms, now, practice: standard.practice },
    cameras: { recorded: cameras.length - camcorders, camcorders },
  };
}

function seatsOf(state: State | null, forgetful: readonly string[]): SeatFacts[] {
  return Object.values(state?.seats ?? {}).map((seat) => seatFacts(seat, forgetful.includes(seat.seatId)));
}

function seatFacts(
  { label, spare, pcId, connected, simulated, check, internet }: Seat,
  hasForgotten: boolean,
): SeatFacts {
  const screen = /^(\d+)x(\d+)$/.exec(check?.screen ?? '');
  return {
    ...{ label, spare, connected, paired: pcId !== null, simulated: simulated === true },
    browser: check?.browser ?? null,
    checkPassed: check?.passed ?? null,
    audioOk: check?.audioOk ?? null,
    reachesInternet: internet === undefined ? null : internet.reached,
    facts: {
      ...(screen === null ? {} : { screen: { width: Number(screen[1]), height: Number(screen[2]) } }),
      ...check?.facts,
      // Its own word stands above what an address made likely, as long as it is there to say so.
      ...(hasForgotten && !(connected && check?.facts?.survivedReboot === true)
        ? { survivedReboot: false }
        : {}),
    },
  };
}

function needsAudio(state: State | null): boolean {
  return (state?.package?.sessions ?? []).some(({ papers }) => papers.some(({ audio }) => audio === true));
}

function seatCount(state: State | null): number {
  const seats = state?.package?.seats.filter(({ spare }) => !spare).length ?? 0;
  return seats === 0 ? SEATS_WITHOUT_PACKAGE : seats;
}
