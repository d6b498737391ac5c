// A meter on a supply: current, power, voltage. It has an alarm of its own when it is silent and switches nothing.

import { Type, type Static } from '@sinclair/typebox';
import type { Device } from './contract.js';
import { ProfileDevice } from './profile-device.js';
import { loadTarget, ProfileError, targetSettings } from './profile.js';

export const MeterSettings = Type.Object(targetSettings, { additionalProperties: false });
export type MeterSettings = Static<typeof MeterSettings>;

/** Reads the profile of a meter. @throws ProfileError */
export async function prepareMeter(
  deviceId: string,
  settings: MeterSettings,
  { folder }: { folder: string },
): Promise<{ kind: 'meter'; open: () => Device }> {
  const { loaded, open } = await loadTarget(settings, folder);
  if (loaded.profile.kind !== 'meter') throw new ProfileError(`${loaded.profile.id}: 不是电表 / is no meter`);
  return {
    kind: 'meter',
    open: () => {
      const meter = new ProfileDevice(loaded, open());
      return {
        deviceId,
        kind: 'meter',
        poll: (signal) => meter.readings(signal),
        close: () => meter.close(),
      };
    },
  };
}
