// Reads and judges device profiles: strict about every field, and a profile whose own fixtures fail is not used. It opens no
// device of the room.

import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { Type, type Static, type TObject, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { parse } from 'yaml';
import { isReading, READINGS, type ReadingName } from '../core/readings.js';
import { ExpressionError, parseExpression } from './expression.js';
import type { AnyTransport, LoadedProfile } from './loaded-profile.js';
import { fixtureProblem } from './profile-fixtures.js';
import { ProfileSchema, type Profile } from './profile-schema.js';
import { PROJECT_ROOT } from '../version.js';
import { TRANSPORT_NAMES, TRANSPORTS, type TransportName } from './transports.js';
import type { Transport } from './transport.js';

/** A profile cannot be used; the message names the place. */
export class ProfileError extends Error {
  override name = 'ProfileError';
}

const LONGEST_FILE = 100_000;
/** They lie beside the program, wherever it was started. */
const FOLDERS = ['jammers', 'io'].map((kind) => join(PROJECT_ROOT, 'firmware-config', kind));

function firstError(schema: TSchema, value: unknown, at: string): void {
  const [wrong] = Value.Errors(schema, value);
  if (wrong !== undefined) throw new ProfileError(`${at}${wrong.path}: ${wrong.message}`);
}

/** Everything but the fixtures. @throws ProfileError naming the first thing that is wrong */
export function readProfile(text: string): LoadedProfile {
  if (text.length > LONGEST_FILE) throw new ProfileError('文件过大 / the file is too large');
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0, logLevel: 'error' });
  } catch (error) {
    throw new ProfileError(`不是有效的 YAML / not YAML: ${(error as Error).message}`);
  }
  const filled: unknown = Value.Default(ProfileSchema, value);
  firstError(ProfileSchema, filled, '');
  const profile = filled as Profile;
  const transport = transportOf(profile.transport.type);
  checkWires(profile, transport);
  checkPoints(profile);
  return { profile, transport, state: stateOf(profile) };
}

/** @throws ProfileError */
function transportOf(type: string): AnyTransport {
  if (!Object.hasOwn(TRANSPORTS, type))
    throw new ProfileError(`/transport/type: ${type}; ${TRANSPORT_NAMES.join(', ')}`);
  return TRANSPORTS[type as TransportName] as unknown as AnyTransport;
}

function checkWires(profile: Profile, transport: AnyTransport): void {
  for (const [name, point] of Object.entries(profile.points)) {
    firstError(transport.read, point.read, `/points/${name}/read`);
    const problem = transport.problem?.(point.read) ?? null;
    if (problem !== null) throw new ProfileError(`/points/${name}/read: ${problem}`);
  }
  for (const [name, writes] of Object.entries(profile.commands))
    for (const [index, write] of writes.entries()) {
      firstError(transport.write, write, `/commands/${name}/${index}`);
      const problem = transport.problem?.(write) ?? null;
      if (problem !== null) throw new ProfileError(`/commands/${name}/${index}: ${problem}`);
    }
}

function checkPoints({ kind, points, state, commands, fixtures }: Profile): void {
  for (const [name, { type, reading, band, bit, yes, no, scale, offset }] of Object.entries(points)) {
    const at = `/points/${name}`;
    if (reading !== undefined) {
      const word = Object.hasOwn(READINGS, reading) ? READINGS[reading as ReadingName] : undefined;
      if (word?.type !== type)
        throw new ProfileError(`${at}: ${reading} 不是${type}读数 / is no reading of type ${type}`);
    }
    if (band !== undefined && (type !== 'flag' || kind !== 'jammer'))
      throw new ProfileError(`${at}: a band is a flag of a jammer`);
    if (type !== 'flag' && [bit, yes, no].some((field) => field !== undefined))
      throw new ProfileError(`${at}: bit, yes and no are for flags`);
    if (type !== 'number' && [scale, offset].some((field) => field !== undefined))
      throw new ProfileError(`${at}: scale and offset are for numbers`);
  }
  if (kind !== 'jammer' && state.length > 0) throw new ProfileError('/state: only jammers have one');
  for (const command of Object.keys(commands)) {
    if (!fixtures.some((fixture) => fixture.command === command))
      throw new ProfileError(`/fixtures: 没有覆盖指令 / none runs the command ${command}`);
  }
  for (const [index, { command, readings = {} }] of fixtures.entries()) {
    if (command !== undefined && !Object.hasOwn(commands, command))
      throw new ProfileError(`/fixtures/${index}: no such command ${command}`);
    for (const [name, value] of Object.entries(readings))
      if (!isReading(name, value))
        throw new ProfileError(`/fixtures/${index}: ${name} 不在读数表中 / is no reading`);
  }
  if (Object.keys(points).length > 0 && !fixtures.some(({ expect }) => expect !== undefined))
    throw new ProfileError('/fixtures: 没有读数样例 / none reads the points');
}

function stateOf({ points, state }: Profile): LoadedProfile['state'] {
  const names = new Set(Object.keys(points));
  return state.map(({ when, is }, index) => {
    try {
      return { when: parseExpression(when, names), is };
    } catch (error) {
      if (error instanceof ExpressionError) throw new ProfileError(`/state/${index}/when: ${error.message}`);
      throw error;
    }
  });
}

/** Where a profile of this name may lie, the first that is there. @param folder relative files are below it */
export function profileFiles(name: string, folder: string): string[] {
  if (name.endsWith('.yaml')) return [isAbsolute(name) ? name : join(folder, name)];
  return FOLDERS.map((shipped) => join(shipped, `${name}.yaml`));
}

/**
 * Reads a profile and replays its fixtures; only what passes may be enabled.
 * @param name id of a profile that ships with the room, or a file ending in .yaml
 * @param folder relative files are below it
 * @throws ProfileError
 */
export async function loadProfile(name: string, folder: string): Promise<LoadedProfile> {
  const texts = await Promise.all(
    profileFiles(name, folder).map((file) => readFile(file, 'utf8').catch(() => null)),
  );
  const text = texts.find((each) => each !== null);
  if (text === undefined || text === null)
    throw new ProfileError(`设备描述文件读不出来 / the device profile cannot be read: ${name}`);
  const loaded = readProfile(text);
  if (!name.endsWith('.yaml') && loaded.profile.id !== name)
    throw new ProfileError(`${name}: 文件名与 id 不符 / the file's name differs from its id`);
  const problem = await fixtureProblem(loaded);
  if (problem !== null)
    throw new ProfileError(`${name}: 样例不符，不能启用 / its fixtures fail, it cannot be used: ${problem}`);
  return loaded;
}

/**
 * What opens the transport of a profile, with the room's own address laid over it.
 * @param target fields of the transport that the room sets: host, port, unit, serialPort, password …; `transport` names
 *   another one with the same reads and writes (Modbus through a gateway, frames through a serial server)
 * @throws ProfileError when the transport does not know a field or still lacks one
 */
export function transportFor(
  { profile, transport: own }: LoadedProfile,
  { transport: other, ...target }: Record<string, unknown>,
): () => Transport {
  const transport = other === undefined ? own : transportOf(String(other));
  if (transport.read !== own.read || transport.write !== own.write)
    throw new ProfileError(`${profile.id}: ${String(other)} 与该设备描述不合 / does not fit this profile`);
  const schema: TSchema = transport.settings;
  const known = new Set(Object.keys((schema as unknown as { properties: object }).properties));
  const kept = Object.entries(profile.transport).filter(([name]) => known.has(name));
  const type = other ?? profile.transport.type;
  const settings: unknown = Value.Default(schema, { ...Object.fromEntries(kept), ...target, type });
  firstError(schema, settings, `${profile.id} /transport`);
  return () => transport.open(settings as never);
}

/** Where a profile's device is, as the room's settings say it; each transport takes what it knows. */
export const targetSettings = {
  profile: Type.String({
    minLength: 1,
    maxLength: 300,
    description: 'Id of a device profile that ships with the room, or a file of your own (.yaml).',
  }),
  transport: Type.Optional(
    Type.Union(
      TRANSPORT_NAMES.map((name) => Type.Literal(name)),
      {
        description:
          "Instead of the profile's own: Modbus through a gateway, frames through a serial server.",
      },
    ),
  ),
  host: Type.Optional(Type.String({ minLength: 1, maxLength: 253, description: 'Name or address.' })),
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, description: 'Port.' })),
  unit: Type.Optional(Type.Integer({ minimum: 0, maximum: 247, description: 'Unit on the Modbus line.' })),
  serialPort: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'Serial line: /dev/exam-rs485, COM3.' }),
  ),
  baudRate: Type.Optional(Type.Integer({ minimum: 300, maximum: 921_600, description: 'Bits per second.' })),
  parity: Type.Optional(
    Type.Union([Type.Literal('none'), Type.Literal('even'), Type.Literal('odd')], { description: 'Parity.' }),
  ),
  timeoutMs: Type.Optional(
    Type.Integer({ minimum: 50, maximum: 3_000, description: 'One question, milliseconds.' }),
  ),
  user: Type.Optional(Type.String({ maxLength: 100, description: 'Name for HTTP or SNMP 3.' })),
  password: Type.Optional(Type.String({ maxLength: 200, description: 'Password for HTTP or SNMP 3.' })),
  community: Type.Optional(Type.String({ maxLength: 100, description: 'Community of SNMP 1 and 2c.' })),
  serial: Type.Optional(Type.String({ maxLength: 60, description: 'Serial number of a USB relay board.' })),
};

export type Target = Static<TObject<typeof targetSettings>>;

/** Loads what a target names. @throws ProfileError */
export async function loadTarget(
  { profile, ...target }: Target,
  folder: string,
): Promise<{ loaded: LoadedProfile; open: () => Transport }> {
  const loaded = await loadProfile(profile, folder);
  return { loaded, open: transportFor(loaded, target) };
}
