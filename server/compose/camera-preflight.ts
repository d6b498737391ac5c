// What the check of the room asks of its cameras: looks, clocks, what people said of the pictures, plan, disk and space. It
// judges nothing.

import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, isAbsolute, relative } from 'node:path';
import { entryOpensAt, roomStartsAt, subjectMs } from '../core/deadlines.js';
import { recordingWindow } from '../core/recording-plan.js';
import type { Readings } from '../core/readings.js';
import type { State } from '../core/types.js';
import { entryOf } from '../core/state-access.js';
import { DeviceFault } from '../devices/contract.js';
import type { DeviceSetting } from '../devices/settings.js';
import type { CameraSources } from '../preflight/camera-checks.js';
import type { CameraText, Seen } from '../preflight/camera-judgements.js';
import type { PlanFound, VolumeFound } from '../preflight/video-judgements.js';
import { ProbeFailure, type ProbeFailureCode } from '../recording/probe-stream.js';
import { volumeState } from '../recording/volume.js';
import type { CameraDesk } from './cameras.js';

/** What it asks of the room: what a camera's device says now, what is true, and where its data is. */
export interface CamerasRoom {
  /** The data folder. */
  data: string;
  latest(deviceId: string): Promise<{ readings: Readings } | null>;
  picture(): Promise<{ state: State | null; now: number }>;
}

/** The cameras of a room and where their recordings go. */
export interface PreflightVideo {
  desk: Pick<CameraDesk, 'all' | 'look' | 'streams' | 'clockOffset'>;
  /** The video folder, absolute. */
  folder: string;
  /** The mark that its volume has to have; null = any. */
  volumeId: string | null;
}

const ASK_WITHIN_MS = 5_000;

/** Everything that the lines of the cameras are made of; camcorders have none. */
export function cameraSources(room: CamerasRoom, { desk, folder, volumeId }: PreflightVideo): CameraSources {
  const cameras = desk.all().filter(({ adapter }) => adapter !== 'camcorder');
  return {
    cameras: cameras.map(({ id, name }) => ({ deviceId: id, name })),
    look: (cameraId, signal) => seen(desk, cameraId, signal),
    clock: async (cameraId, signal) => {
      const said = (await room.latest(cameraId))?.readings['camera.clock-offset'];
      return said ?? desk.clockOffset(cameraId, signal);
    },
    text: async (cameraId) => textOf(await room.picture(), cameraId),
    plan: async () => planOf((await room.picture()).state, await unknownOf(desk, cameras)),
    volume: () => volumeOf(room.data, folder, volumeId),
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(existing(folder));
      return bavail * bsize;
    },
  };
}

async function seen(desk: PreflightVideo['desk'], cameraId: string, signal: AbortSignal): Promise<Seen> {
  try {
    return { facts: await desk.look(cameraId, signal) };
  } catch (error) {
    if (error instanceof ProbeFailure) return { failure: error.code, detail: error.detail };
    if (error instanceof DeviceFault)
      return { failure: FAULTS[error.code] ?? 'bad-answer', detail: error.detail };
    throw error;
  }
}

/** What a camera's device says, in the words of a look at its stream. */
const FAULTS: Partial<Record<DeviceFault['code'], ProbeFailureCode>> = {
  unreachable: 'unreachable',
  'timed-out': 'timed-out',
  refused: 'refused',
  'not-installed': 'not-installed',
};

function textOf({ state, now }: { state: State | null; now: number }, cameraId: string): CameraText {
  const said = entryOf(state?.devices ?? {}, cameraId)?.attested.find(({ what }) => what === 'camera-text');
  if (said === undefined) return null;
  return { value: said.value === 'right' ? 'right' : 'wrong', ageMs: Math.max(0, now - said.at) };
}

async function unknownOf(desk: PreflightVideo['desk'], cameras: readonly DeviceSetting[]): Promise<string[]> {
  const signal = AbortSignal.timeout(ASK_WITHIN_MS);
  const names = await Promise.all(
    cameras.map(async ({ id, name }) => {
      const streams = await desk.streams(id, signal).catch(() => null);
      return streams === null ? [name] : [];
    }),
  );
  return names.flat();
}

/** When the sessions that are not over will be recorded. @param state null before the first start */
export function planOf(state: State | null, unknownStreams: readonly string[]): PlanFound {
  if (state === null) return { hasRule: null, sessions: 0, windows: [], unknownStreams };
  const ahead = Object.values(state.sessions).filter(({ collectedAt }) => collectedAt === null);
  const windows = ahead.flatMap((session) => {
    const window = recordingWindow(state, session);
    if (window === null) return [];
    const { from, plannedTo: to } = window;
    const endsAt = roomStartsAt(session) + subjectMs(session);
    return [{ from, to, coversSession: from <= entryOpensAt(session) && to >= endsAt }];
  });
  return { hasRule: state.video.rule !== null, sessions: ahead.length, windows, unknownStreams };
}

async function volumeOf(data: string, folder: string, volumeId: string | null): Promise<VolumeFound> {
  if (volumeId === null) {
    const below = relative(data, folder);
    const isOwn = !below.startsWith('..') && !isAbsolute(below);
    return { state: isOwn ? 'own' : 'any', folder };
  }
  return { state: await volumeState(folder, volumeId), folder };
}

/** The folder itself, or the nearest above it that is there. */
function existing(folder: string): string {
  const above = dirname(folder);
  return existsSync(folder) || above === folder ? folder : existing(above);
}
