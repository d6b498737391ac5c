// Which devices a room has, as the room's technician writes it into the settings: one entry a device, its adapter first.

import { Type, type TObject } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { ADAPTERS, type AdapterContext, type AdapterName, type PreparedDevice } from './adapters.js';

const ADAPTER_NAMES = Object.keys(ADAPTERS) as AdapterName[];
const MOST_DEVICES = 200;

/** What every entry has. */
const common = {
  id: Type.String({
    pattern: '^[a-z0-9][a-z0-9-]{0,39}$',
    description: 'Short name in small letters, digits and hyphens; it stays with the device for ever.',
  }),
  name: Type.String({ minLength: 1, maxLength: 60, description: 'What people in the room call it.' }),
};

/** The whole entry of one adapter. */
function entryOf(name: AdapterName): TObject {
  return Type.Object(
    { ...common, adapter: Type.Literal(name), ...ADAPTERS[name].settings.properties },
    { additionalProperties: false },
  );
}

const ENTRIES = Object.fromEntries(ADAPTER_NAMES.map((name) => [name, entryOf(name)])) as Record<
  AdapterName,
  TObject
>;

export const DevicesSchema = Type.Array(Type.Union(Object.values(ENTRIES)), {
  default: [],
  maxItems: MOST_DEVICES,
  description: 'Devices of the room: UPS, jammer, identity readers, contacts, meters, the network, cameras.',
});

export interface DeviceSetting {
  id: string;
  name: string;
  adapter: AdapterName;
  [field: string]: unknown;
}

/**
 * What is wrong with one entry, in words about its own adapter rather than about all of them.
 * @param entry with defaults filled in where that was possible
 */
export function deviceProblems(entry: unknown): { path: string; message: string }[] {
  const adapter = (entry as { adapter?: unknown } | null)?.adapter;
  if (typeof adapter !== 'string' || !Object.hasOwn(ENTRIES, adapter))
    return [{ path: '/adapter', message: `one of ${ADAPTER_NAMES.join(', ')}` }];
  const schema = ENTRIES[adapter as AdapterName];
  const filled: unknown = Value.Default(schema, Value.Clone(entry));
  return [...Value.Errors(schema, filled)].map(({ path, message }) => ({ path, message }));
}

/** Gets a device ready to be opened. @throws Error with a sentence for people that names the device */
export async function prepareDevice(
  { id, name: _name, adapter, ...settings }: DeviceSetting,
  context: AdapterContext,
): Promise<PreparedDevice> {
  const { prepare } = ADAPTERS[adapter] as {
    prepare(id: string, settings: unknown, context: AdapterContext): Promise<PreparedDevice>;
  };
  try {
    return await prepare(id, settings, context);
  } catch (error) {
    throw new Error(`设备 ${id} / device ${id}: ${(error as Error).message}`);
  }
}
