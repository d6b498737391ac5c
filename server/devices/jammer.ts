// The jammer: what it reports, what its supply draws and what was measured of its effect, never merged. It is switched only
// when the room says so, never by itself; what was commanded stands in the journal.

import { isAbsolute, join } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import type { Readings } from '../core/readings.js';
import { DeviceFault, type Device } from './contract.js';
import { baselineFile, EffectCheck, type EffectCheckOptions } from './jammer-effect.js';
import { ProfileDevice } from './profile-device.js';
import { loadTarget, ProfileError, targetSettings } from './profile.js';
import { scanWireless, type Scanner } from './wifi-scan.js';

const strict = { additionalProperties: false } as const;

export const JammerSettings = Type.Object(
  {
    ...targetSettings,
    supply: Type.Optional(
      Type.Object(
        {
          ...targetSettings,
          onAboveWatts: Type.Number({
            exclusiveMinimum: 0,
            maximum: 10_000,
            description: 'Above this power the jammer draws what it draws when it works.',
          }),
        },
        { ...strict, description: "Meter on the jammer's supply." },
      ),
    ),
    effect: Type.Optional(
      Type.Object(
        {
          testPoints: Type.Array(Type.String({ pattern: '^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$' }), {
            default: [],
            maxItems: 20,
            description: 'Addresses (BSSID) of access points that the room set up for the test.',
          }),
          baseline: Type.String({
            minLength: 1,
            maxLength: 300,
            default: 'jammer-baseline.json',
            description: 'File that keeps what was heard while the jammer was off.',
          }),
        },
        { ...strict, description: 'Check of the effect by a wireless adapter of the server.' },
      ),
    ),
  },
  strict,
);
export type JammerSettings = Static<typeof JammerSettings>;

export interface JammerParts {
  control: ProfileDevice;
  supply?: { meter: ProfileDevice; onAboveWatts: number };
  effect?: EffectCheckOptions;
}

/** @param parts what is wired; each fact comes from its own part */
export function openJammer(deviceId: string, { control, supply, effect }: JammerParts): Device {
  const check = effect === undefined ? null : new EffectCheck(effect);
  /** What this process switched: only for when to scan, never shown as a fact. */
  let switched: boolean | null = null;

  /** A meter that fails takes nothing away from what the jammer says; as a device of its own it raises its own alarm. */
  async function drawn(signal: AbortSignal): Promise<Readings> {
    if (supply === undefined) return {};
    try {
      const { 'supply.power': power, 'supply.current': current } = await supply.meter.readings(signal);
      return {
        ...(power === undefined ? {} : { 'supply.power': power }),
        ...(current === undefined ? {} : { 'supply.current': current }),
      };
    } catch (error) {
      if (error instanceof DeviceFault) return {};
      throw error;
    }
  }

  function isOn(said: Readings, power: number | undefined): boolean | null {
    const reported = said['jammer.reported'] ?? said['relay.on'];
    if (reported !== undefined) return reported;
    if (supply !== undefined && power !== undefined) return power > supply.onAboveWatts;
    return switched;
  }

  async function switchTo(on: boolean, signal: AbortSignal): Promise<void> {
    await control.run(on ? 'on' : 'off', signal);
    switched = on;
  }

  return {
    deviceId,
    kind: 'jammer',
    async poll(signal) {
      const said = await control.readings(signal);
      const supplied = await drawn(signal);
      const seen = check?.look(isOn(said, supplied['supply.power'])) ?? {};
      return { ...said, ...supplied, ...seen };
    },
    ...(control.has('on') && control.has('off')
      ? {
          act: (act, signal) =>
            act === 'ring'
              ? Promise.reject(new DeviceFault('refused', 'a jammer does not ring'))
              : switchTo(act === 'on', signal),
        }
      : {}),
    async close() {
      await Promise.all([check?.close(), control.close(), supply?.meter.close()]);
    },
  } satisfies Device;
}

/** Reads the profiles of a jammer and its meter. @throws ProfileError */
export async function prepareJammer(
  deviceId: string,
  { supply, effect, ...target }: JammerSettings,
  { folder, nowMs }: { folder: string; nowMs: () => number },
  scan: Scanner = scanWireless,
): Promise<{ kind: 'jammer'; open: () => Device }> {
  const control = await loadTarget(target, folder);
  if (control.loaded.profile.kind !== 'jammer')
    throw new ProfileError(`${control.loaded.profile.id}: 不是屏蔽器 / is no jammer`);
  const { onAboveWatts, ...meterTarget } = supply ?? { onAboveWatts: null };
  const meter = 'profile' in meterTarget ? await loadTarget(meterTarget, folder) : null;
  if (meter !== null && meter.loaded.profile.kind !== 'meter')
    throw new ProfileError(`${meter.loaded.profile.id}: 不是电表 / is no meter`);
  const parts = (): JammerParts => ({
    control: new ProfileDevice(control.loaded, control.open()),
    ...(meter === null || onAboveWatts === null
      ? {}
      : { supply: { meter: new ProfileDevice(meter.loaded, meter.open()), onAboveWatts } }),
    ...(effect === undefined
      ? {}
      : {
          effect: {
            scan,
            testPoints: effect.testPoints,
            store: baselineFile(
              isAbsolute(effect.baseline) ? effect.baseline : join(folder, effect.baseline),
            ),
            nowMs,
          },
        }),
  });
  return { kind: 'jammer', open: () => openJammer(deviceId, parts()) };
}
