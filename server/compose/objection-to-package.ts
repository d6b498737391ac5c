// What the rules say to a package before its file is put into the data folder, for a command that runs beside the server or
// without one. It writes nothing; the server asks again when it takes the package up.

import { existsSync } from 'node:fs';
import type { Refusal } from '../core/refusals.js';
import type { InstalledPackage } from '../core/types.js';
import { dataPaths } from '../data-folder.js';
import type { PrivateKeys } from '../keys/key-files.js';
import { replayJournal } from '../room.js';
import { readJournal } from './read-journal.js';
import { RULES } from './rules.js';

/**
 * @param now wall clock, milliseconds
 * @returns why the room does not take it, or null; `inForce` is true when it is the very package that the room works with
 * @throws JournalDamagedError
 */
export async function objectionToPackage(
  data: string,
  room: PrivateKeys,
  offered: InstalledPackage,
  now: number,
): Promise<{ refusal: Refusal | null; inForce: boolean }> {
  if (!existsSync(dataPaths(data).journal)) return { refusal: null, inForce: false };
  const journal = await readJournal(data, room, 'beside');
  try {
    const { state } = await replayJournal(journal, RULES);
    const wish = { type: 'install-package', package: offered, by: { kind: 'room' } } as const;
    const { refusal } = RULES.decide(state, wish, Math.max(now, state.lastAt));
    return { refusal, inForce: state.package?.manifestHash === offered.manifestHash };
  } finally {
    await journal.close();
  }
}
