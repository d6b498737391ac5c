// A camera as a device: each poll says how its recording goes, whether it answers while nothing is recorded, and for ONVIF
// cameras how far its clock is off. It opens no stream; the recorder does.

import { setTimeout as pause } from 'node:timers/promises';
import type { Readings } from '../core/readings.js';
import type { CameraHost } from './camera-host.js';
import { lookedAtReadings, recordedReadings } from './camera-readings.js';
import { WatchedClock } from './camera-clock.js';
import { loginOf, type OnvifSettings, type RtspSettings } from './camera-settings.js';
import { DeviceFault, type Device } from './contract.js';
import { OnvifCamera } from './onvif-camera.js';
import { CameraEvents } from './onvif-events.js';
import { rtspAnswers } from './rtsp-answers.js';

/** A camera that is not recorded is asked no more often whether it is there. */
const ASK_EVERY_MS = 30_000;
/** A camera's own messages are fetched so often; it keeps them for a while. */
const HEAR_EVERY_MS = 10_000;
const HEAR_WITHIN_MS = 700;
/** Cameras lock out, recordings too, who comes with a wrong password again and again. */
const REFUSED_STANDS_MS = 600_000;
/** So much of a poll may go into the extras; its own time is a little longer. */
const MORE_WITHIN_MS = 1_600;

/** A recorder that has just been started says its first word within this. */
const RECORDER_WITHIN_MS = 1_200;
const LOOK_AGAIN_MS = 100;

/** What a poll asks the camera itself, beside its recording. */
interface Asked {
  /** @throws DeviceFault when it does not answer */
  answers(signal: AbortSignal): Promise<Readings>;
  /** Extras of a camera that is known to be there, until `endsAt` of the room's monotonic clock; never throws. */
  more(endsAt: number, signal: AbortSignal): Promise<Readings>;
}

/** A camera by its RTSP address. REQ-A06 */
export function openRtspCamera(deviceId: string, { url }: RtspSettings, host: CameraHost): Device {
  const answers = async (signal: AbortSignal) => {
    await rtspAnswers(url, signal);
    return {};
  };
  return openCamera(deviceId, host, { answers, more: () => Promise.resolve({}) });
}

/** A camera by its ONVIF service. REQ-A06 @param folder what relative paths in the settings are below */
export function openOnvifCamera(
  deviceId: string,
  settings: OnvifSettings,
  folder: string,
  host: CameraHost,
): Device {
  let camera: { mark: string; onvif: OnvifCamera } | null = null;
  let identity: Readings = {};
  let events: CameraEvents | null = null;
  let told: { at: number; readings: Readings } | null = null;
  let refusedAt: number | null = null;
  const wallMs = () => host.wallMs?.() ?? Date.now();
  /** The camera with the login of now: with another one nothing counts that was said to the last. */
  const connected = async (): Promise<OnvifCamera> => {
    const login = await loginOf(settings, folder).catch((error: unknown) => {
      // A file that cannot be read just now makes nothing new.
      if (camera === null) throw error;
      return null;
    });
    const mark = JSON.stringify(login);
    if (camera !== null && (login === null || mark === camera.mark)) return camera.onvif;
    const { host: address, port } = settings;
    const onvif = new OnvifCamera({ host: address, port, login }, { nowMs: () => host.nowMs(), wallMs });
    camera = { mark, onvif };
    [identity, events, told, refusedAt] = [{}, null, null, null];
    return onvif;
  };
  const clock = new WatchedClock({ nowMs: () => host.nowMs(), wallMs }, async (signal) =>
    (await connected()).clock(signal),
  );
  /** What needs the login; a refusal stands for a while, whoever asks. */
  const signedIn = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (refusedAt !== null && host.nowMs() - refusedAt < REFUSED_STANDS_MS)
      throw new DeviceFault('refused', 'wrong name or password; not asked again so soon');
    return ask().catch((error: unknown) => {
      if (error instanceof DeviceFault && error.code === 'refused') refusedAt = host.nowMs();
      throw error;
    });
  };
  const answers = async (signal: AbortSignal) => {
    const onvif = await connected();
    if (identity.model === undefined) identity = await signedIn(() => onvif.identity(signal));
    else await onvif.clock(signal);
    return identity;
  };
  /** What the camera tells by itself; nothing where it cannot be heard. */
  const hear = async (signal: AbortSignal): Promise<Readings> => {
    if (told === null || host.nowMs() - told.at >= HEAR_EVERY_MS) {
      const onvif = await connected();
      events ??= new CameraEvents(onvif);
      const within = AbortSignal.any([signal, AbortSignal.timeout(HEAR_WITHIN_MS)]);
      const pull = events;
      const readings = await signedIn(() => pull.pull(within)).catch(() => ({}));
      told = { at: host.nowMs(), readings };
    }
    return told.readings;
  };
  const more = async (endsAt: number, signal: AbortSignal) => {
    const heard = await hear(signal).catch(() => ({}));
    return { ...identity, ...heard, ...(await clock.look(endsAt, signal)) };
  };
  return openCamera(deviceId, host, { answers, more });
}

/** A camcorder: there is nothing to ask; its coverage is what was imported. REQ-A06 */
export function openCamcorder(deviceId: string, host: CameraHost): Device {
  const poll = (): Promise<Readings> => {
    const recorded = host.recorderStatus?.(deviceId) ?? null;
    const { 'video.covered': covered, 'video.gaps': gaps } =
      recorded === null ? {} : recordedReadings(recorded);
    return Promise.resolve({
      ...(covered === undefined ? {} : { 'video.covered': covered }),
      ...(gaps === undefined ? {} : { 'video.gaps': gaps }),
    });
  };
  return { deviceId, kind: 'camera', poll, close: () => Promise.resolve() };
}

function openCamera(deviceId: string, host: CameraHost, asked: Asked): Device {
  let answered: { at: number; readings: Readings } | null = null;
  let hasSpoken = false;
  /** The first word is waited for: at the start of the server a recorder that is on its way is no fault. */
  const recorderStatus = async (signal: AbortSignal) => {
    const endsAt = performance.now() + RECORDER_WITHIN_MS;
    let recorded = host.recorderStatus?.(deviceId);
    while (recorded === null && !hasSpoken && performance.now() < endsAt) {
      await pause(LOOK_AGAIN_MS, undefined, { signal });
      recorded = host.recorderStatus?.(deviceId);
    }
    hasSpoken = true;
    return recorded;
  };
  const poll = async (signal: AbortSignal): Promise<Readings> => {
    const recorded = await recorderStatus(signal);
    if (recorded === null) throw new DeviceFault('driver-gone', 'the recorder does not run');
    const endsAt = host.nowMs() + MORE_WITHIN_MS;
    const looked = lookedAtReadings(host.streamFacts?.(deviceId) ?? null);
    const state = recorded?.status.state ?? 'off';
    // What is recorded is there; what fails is said by its state, and whoever else asks takes one of the camera's few sessions.
    if (state === 'off' && (answered === null || host.nowMs() - answered.at >= ASK_EVERY_MS)) {
      answered = null;
      answered = { readings: await asked.answers(signal), at: host.nowMs() };
    }
    const more = state === 'off' || state === 'recording' ? await asked.more(endsAt, signal) : {};
    const recording = recorded === undefined ? {} : recordedReadings(recorded);
    return { ...looked, ...answered?.readings, ...more, ...recording };
  };
  return { deviceId, kind: 'camera', poll, close: () => Promise.resolve() };
}
