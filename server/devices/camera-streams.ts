// Where the streams of a camera are: written in the settings, or asked of its ONVIF service. It opens no stream.

import { createHash } from 'node:crypto';
import type { WantedCamera } from '../recording/contract.js';
import { withCredentials } from './camera-address.js';
import { loginOf, type OnvifSettings, type RtspSettings } from './camera-settings.js';
import { OnvifCamera } from './onvif-camera.js';
import { chooseProfiles } from './onvif-media.js';
import type { DeviceSetting } from './settings.js';

/** Addresses with their logins: they never reach a log. */
export interface CameraStreams {
  url: string;
  subUrl: string | null;
}

const CAMERA_ADAPTERS = ['rtsp', 'onvif', 'camcorder'];

/** True for an entry of the settings that is a camera, camcorders included. */
export function isCameraSetting({ adapter }: Pick<DeviceSetting, 'adapter'>): boolean {
  return CAMERA_ADAPTERS.includes(adapter);
}

/**
 * Where the camera's streams are, with the login in them; null for what has none (camcorder, no camera).
 * @param folder what relative paths in the settings are below
 * @throws DeviceFault when the camera or the password's file has to be asked and does not answer. REQ-A06
 */
export async function resolveStreams(
  setting: DeviceSetting,
  folder: string,
  signal: AbortSignal,
): Promise<CameraStreams | null> {
  if (setting.adapter === 'rtsp') {
    const { url, subUrl, ...rest } = setting as unknown as RtspSettings;
    const login = await loginOf(rest, folder);
    return {
      url: withCredentials(url, login),
      subUrl: subUrl === undefined ? null : withCredentials(subUrl, login),
    };
  }
  if (setting.adapter !== 'onvif') return null;
  const { host, port, profile, ...rest } = setting as unknown as OnvifSettings;
  const login = await loginOf(rest, folder);
  const camera = new OnvifCamera({ host, port, login });
  const { main, sub } = chooseProfiles(await camera.profiles(signal), profile);
  const url = withCredentials(await camera.streamUri(main.token, signal), login);
  if (sub === null) return { url, subUrl: null };
  return { url, subUrl: withCredentials(await camera.streamUri(sub.token, signal), login) };
}

/** Changes when the login of a camera does, its password's file too; tells nothing of it. @throws DeviceFault */
export async function loginMark(setting: DeviceSetting, folder: string): Promise<string> {
  const login = await loginOf(setting as unknown as RtspSettings, folder);
  return createHash('sha256').update(JSON.stringify(login)).digest('hex');
}

/**
 * The camera as the recorder needs it; null where there is nothing to record.
 * @param streams of `resolveStreams` @param record whether it has to record now @param stopped staff stopped it
 */
export function wantedCameraOf(
  setting: DeviceSetting,
  streams: CameraStreams | null,
  { record, stopped }: { record: boolean; stopped: boolean },
): WantedCamera | null {
  if (streams === null) return null;
  // A recorder of an older release knows no `stopped`.
  const why = stopped ? { stopped } : {};
  return { cameraId: setting.id, ...streams, record, ...why, audio: setting['audio'] === true };
}
