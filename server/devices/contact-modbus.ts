// Contacts on a box with a device profile (Modbus by default): inputs are its points, outputs its `<output>-on` and
// `<output>-off` commands.

import { Type, type Static } from '@sinclair/typebox';
import { contactSettings, openContacts, type ContactLines } from './contact-inputs.js';
import type { Device } from './contract.js';
import { DeviceFault } from './contract.js';
import { ProfileDevice } from './profile-device.js';
import type { LoadedProfile } from './loaded-profile.js';
import { loadTarget, ProfileError, targetSettings } from './profile.js';

export const ContactBoxSettings = Type.Object(
  { ...targetSettings, ...contactSettings('^[a-z][a-zA-Z0-9_]{0,39}$') },
  { additionalProperties: false },
);
export type ContactBoxSettings = Static<typeof ContactBoxSettings>;

function linesOf(device: ProfileDevice): ContactLines {
  return {
    async read(names, signal) {
      const points = await device.points(signal);
      const levels: Record<string, boolean> = {};
      for (const name of names) {
        const level = points[name];
        if (typeof level !== 'boolean') throw new DeviceFault('bad-answer', `no level of ${name}`);
        levels[name] = level;
      }
      return levels;
    },
    write: (name, on, signal) => device.run(`${name}-${on ? 'on' : 'off'}`, signal),
    close: () => device.close(),
  };
}

function checkLines(
  { profile }: LoadedProfile,
  { mains, door, help, bell, relay }: ContactBoxSettings,
): void {
  for (const name of [mains, door, help, relay])
    if (name !== undefined && profile.points[name]?.type !== 'flag')
      throw new ProfileError(`${profile.id}: 没有输入 / has no input ${name}`);
  for (const name of [bell, relay])
    if (
      name !== undefined &&
      !['on', 'off'].every((act) => Object.hasOwn(profile.commands, `${name}-${act}`))
    )
      throw new ProfileError(`${profile.id}: 没有输出 / has no output ${name}`);
}

/** Reads the profile of a contact box. @throws ProfileError */
export async function prepareContactBox(
  deviceId: string,
  settings: ContactBoxSettings,
  { folder }: { folder: string },
): Promise<{ kind: 'contact'; open: () => Device }> {
  const { mains, door, help, inverted, bell, bellMs, relay, ...target } = settings;
  const { loaded, open } = await loadTarget(target, folder);
  if (loaded.profile.kind !== 'io')
    throw new ProfileError(`${loaded.profile.id}: 不是触点盒 / is no box of contacts`);
  checkLines(loaded, settings);
  const roles = {
    inverted,
    bellMs,
    ...(mains === undefined ? {} : { mains }),
    ...(door === undefined ? {} : { door }),
    ...(help === undefined ? {} : { help }),
    ...(bell === undefined ? {} : { bell }),
    ...(relay === undefined ? {} : { relay }),
  };
  return {
    kind: 'contact',
    open: () => openContacts(deviceId, roles, linesOf(new ProfileDevice(loaded, open()))),
  };
}
