// What the commands of the recordings know of a room: its journal as it is now, its key and where its recordings lie. It changes
// nothing in the data folder; a server may run meanwhile.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readConfig } from '../config.js';
import type { State } from '../core/types.js';
import { dataPaths } from '../data-folder.js';
import { readPrivateKeys, type PrivateKeys } from '../keys/key-files.js';
import { replayJournal } from '../room.js';
import { videoFolder } from './camera-room.js';
import { readJournal } from './read-journal.js';
import { RULES } from './rules.js';

export interface VideoRoom {
  data: string;
  videoFolder: string;
  keys: PrivateKeys;
  state: State;
}

/** Where the room's recordings lie, by its settings. @throws ConfigError */
export function videoFolderOf(data: string, configFile: string | null): string {
  return videoFolder(data, readConfig({ data, file: configFile }));
}

/** @throws ConfigError; KeyFileError; JournalDamagedError; Error where the folder is no room's */
export async function openVideoRoom(data: string, configFile: string | null): Promise<VideoRoom> {
  const paths = dataPaths(resolve(data));
  if (!existsSync(paths.roomKey) || !existsSync(paths.journal))
    throw new Error(
      `${data} 不是考场的数据目录，请用 --data 指定 / is no data folder of a room: name it with --data`,
    );
  const keys = await readPrivateKeys(paths.roomKey);
  const journal = await readJournal(resolve(data), keys, 'beside');
  try {
    const { state } = await replayJournal(journal, RULES);
    return { data: resolve(data), videoFolder: videoFolderOf(resolve(data), configFile), keys, state };
  } finally {
    await journal.close();
  }
}
