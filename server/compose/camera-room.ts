// The cameras of a room that starts: who looks at one, and who records them all. Nothing is recorded before the devices are known.

import { resolve } from 'node:path';
import type { Config } from '../config.js';
import type { DeviceSetting } from '../devices/settings.js';
import type { Log } from '../log.js';
import { findFfmpeg } from '../recording/find-ffmpeg.js';
import type { RunningRoom } from '../room.js';
import type { PreflightVideo } from './camera-preflight.js';
import { CameraDesk } from './cameras.js';
import type { DevicesOptions } from './devices.js';
import { Recording } from './recording.js';

export interface RoomCameras {
  desk: CameraDesk;
  /** null in a room without cameras. */
  recording: Recording | null;
  /** What the cameras' devices ask of the room. */
  host: NonNullable<DevicesOptions['cameras']>;
}

/** Where recordings lie, by the settings. */
export function videoFolder(data: string, { recording }: Pick<Config, 'recording'>): string {
  return resolve(data, recording.folder);
}

/** Those who look at the cameras of the settings, whether a room runs or not. */
export function deskOf({ data, config }: { data: string; config: Config }): CameraDesk {
  const ffmpeg = findFfmpeg(config.recording.ffmpeg) ?? 'ffmpeg';
  return new CameraDesk({ devices: config.devices as DeviceSetting[], folder: data, ffmpeg });
}

/** What the check of the room looks at; null in a room without cameras. */
export function videoToCheck(
  { data, config }: { data: string; config: Config },
  desk: CameraDesk = deskOf({ data, config }),
): PreflightVideo | null {
  if (desk.all().length === 0) return null;
  const { volumeId } = config.recording;
  return { desk, folder: videoFolder(data, config), volumeId: volumeId === '' ? null : volumeId };
}

/** @param data relative paths in the settings are below it */
export async function openCameras(
  room: RunningRoom,
  { data, config, log }: { data: string; config: Config; log: Log },
): Promise<RoomCameras> {
  const ffmpeg = findFfmpeg(config.recording.ffmpeg);
  const desk = deskOf({ data, config });
  const recording = await Recording.open({
    ...{ room, log, ffmpeg, cameras: desk.all(), settings: config.recording },
    folder: videoFolder(data, config),
    streams: (cameraId, signal) => desk.streams(cameraId, signal),
  });
  const streamFacts = (cameraId: string) => desk.facts(cameraId);
  return { desk, recording, host: { ...recording?.host, streamFacts } };
}
