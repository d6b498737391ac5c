// What the settings say of a camera: its address or its ONVIF service, who signs in, and whether sound is wanted. A login
// never stands in an address.

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import type { CameraLogin } from './camera-address.js';
import { DeviceFault } from './contract.js';

const strict = { additionalProperties: false } as const;

const Address = (description: string) =>
  Type.String({ pattern: '^rtsps?://[^\\s/@?#]+(/[^\\s]*)?$', maxLength: 1_000, description });

const login = {
  user: Type.Optional(
    Type.String({ pattern: '^[^:]{1,100}$', description: 'Who signs in at the camera; no colon in it.' }),
  ),
  passwordFile: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 500,
      description: 'File with the password in its first line, readable by the service alone.',
    }),
  ),
  password: Type.Optional(
    Type.String({ maxLength: 200, description: 'Instead of the file: the password itself.' }),
  ),
};

const audio = Type.Boolean({
  default: false,
  description: 'Record sound too. Off: some authorities forbid microphones in exam rooms.',
});

/** A camera by its RTSP address. */
export const RtspSettings = Type.Object(
  {
    url: Address('Main stream, e.g. rtsp://10.0.0.21/Streaming/Channels/101; without name and password.'),
    subUrl: Type.Optional(
      Address('Smaller stream of the same camera: for live tiles, and where the disk runs full.'),
    ),
    ...login,
    audio,
  },
  strict,
);
export type RtspSettings = Static<typeof RtspSettings>;

/** A camera by its ONVIF service, which says its streams and its clock. */
export const OnvifSettings = Type.Object(
  {
    host: Type.String({
      pattern: '^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$',
      description: 'Fixed address of the camera.',
    }),
    port: Type.Integer({
      minimum: 1,
      maximum: 65_535,
      default: 80,
      description: 'Port of its ONVIF service.',
    }),
    profile: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description: 'Token or name of the media profile to record; left out: the one with most pixels.',
      }),
    ),
    ...login,
    audio,
  },
  strict,
);
export type OnvifSettings = Static<typeof OnvifSettings>;

/** A camcorder on a stand: nothing is asked of it, its files are imported after the exam. */
export const CamcorderSettings = Type.Object({}, strict);
export type CamcorderSettings = Static<typeof CamcorderSettings>;

/**
 * The login of the settings; null where they name no user.
 * @param folder what relative paths are below @throws DeviceFault `not-installed` when the file cannot be read
 */
export async function loginOf(
  { user, password, passwordFile }: Pick<RtspSettings, 'user' | 'password' | 'passwordFile'>,
  folder: string,
): Promise<CameraLogin | null> {
  if (user === undefined) return null;
  if (passwordFile === undefined) return { user, password: password ?? '' };
  const file = resolve(folder, passwordFile);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new DeviceFault('not-installed', `${file}: ${error.code ?? 'cannot be read'}`);
  });
  return { user, password: text.split(/\r?\n/)[0] ?? '' };
}
