// Whether a mains adapter is on, from the kernel's own list of power supplies. The library that reads the battery knows
// adapters by two names only, and calls every other machine one without mains.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const SUPPLIES = '/sys/class/power_supply';

/** True when an adapter is on, false when all are off, null where the machine shows none. @throws never */
export async function linuxMains(folder = SUPPLIES): Promise<boolean | null> {
  const names = await readdir(folder).catch(() => []);
  const states = await Promise.all(names.map((name) => adapterState(join(folder, name))));
  const known = states.filter((state) => state !== null);
  return known.length === 0 ? null : known.includes(true);
}

/** Null for what is no adapter: batteries, and USB ports that feed others. */
async function adapterState(folder: string): Promise<boolean | null> {
  const [type, online, scope] = await Promise.all(
    ['type', 'online', 'scope'].map((name) => readFile(join(folder, name), 'utf8').catch(() => '')),
  );
  // A wireless mouse has a supply too; its scope is the device, not the machine.
  if (scope?.trim() === 'Device') return null;
  const isOn = online?.trim();
  if (isOn !== '0' && isOn !== '1') return null;
  if (type?.trim() === 'Mains') return isOn === '1';
  // A port that charges is mains; one that does not may simply be empty.
  return type?.trim() === 'USB' && isOn === '1' ? true : null;
}
