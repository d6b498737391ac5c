// Replays the fixtures of a profile through the same code that will speak with the device; only the wire is missing.

import { isDeepStrictEqual } from 'node:util';
import { Value } from '@sinclair/typebox/value';
import type { TSchema } from '@sinclair/typebox';
import { DeviceFault } from './contract.js';
import { ProfileDevice } from './profile-device.js';
import { readingsOf } from './profile-points.js';
import type { LoadedProfile } from './loaded-profile.js';
import type { Fixture } from './profile-schema.js';

/** Stands for what only the room knows: addresses are not part of a fixture. */
const PLACEHOLDER = { host: '127.0.0.1', port: 1, serialPort: 'none' };
const WITHIN_MS = 2_000;

/** @returns what is wrong with the first fixture that fails, null when all are right */
export async function fixtureProblem(loaded: LoadedProfile): Promise<string | null> {
  for (const fixture of loaded.profile.fixtures) {
    const problem = await replayOne(loaded, fixture);
    if (problem !== null) return `${fixture.name}: ${problem}`;
  }
  return null;
}

async function replayOne(loaded: LoadedProfile, fixture: Fixture): Promise<string | null> {
  const { profile, transport } = loaded;
  const known = new Set(Object.keys((transport.settings as { properties: object }).properties));
  const stand = Object.fromEntries(Object.entries(PLACEHOLDER).filter(([name]) => known.has(name)));
  const settings: unknown = Value.Default(transport.settings as TSchema, { ...stand, ...profile.transport });
  const [wrong] = Value.Errors(transport.settings as TSchema, settings);
  if (wrong !== undefined) return `/transport${wrong.path}: ${wrong.message}`;
  const replies = new Map(Object.entries(fixture.replies));
  const device = new ProfileDevice(loaded, transport.replay(settings as never, replies));
  try {
    return await outcome(loaded, device, fixture);
  } finally {
    await device.close();
  }
}

async function outcome(
  loaded: LoadedProfile,
  device: ProfileDevice,
  fixture: Fixture,
): Promise<string | null> {
  const { command, expect, readings = {}, fault = null } = fixture;
  const signal = AbortSignal.timeout(WITHIN_MS);
  try {
    if (command !== undefined) await device.run(command, signal);
    if (expect === undefined && Object.keys(readings).length === 0 && fault === null) return null;
    const points = await device.points(signal);
    if (fault !== null) return `${fault} was expected, the points came`;
    if (expect !== undefined && !isDeepStrictEqual(points, expect))
      return `points ${JSON.stringify(points)}, expected ${JSON.stringify(expect)}`;
    const given = readingsOf(loaded, points) as Record<string, unknown>;
    for (const [name, value] of Object.entries(readings))
      if (!isDeepStrictEqual(given[name], value))
        return `${name} = ${JSON.stringify(given[name])}, expected ${JSON.stringify(value)}`;
    return null;
  } catch (error) {
    if (!(error instanceof DeviceFault)) throw error;
    return error.code === fault ? null : error.message;
  }
}
