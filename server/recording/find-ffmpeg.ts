// Which ffmpeg records: the one that the settings name, else the one of the PATH, else that of the module `ffmpeg-static` where
// somebody installed it. Nothing is downloaded here.

import { accessSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

/**
 * Path of the program; null where there is none.
 * @param named by the settings, '' = nobody named one; a named one is taken as it stands, there or not
 */
export function findFfmpeg(named: string, env: NodeJS.ProcessEnv = process.env): string | null {
  if (named !== '') return named;
  const name = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
  const found = (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isProgram);
  return found ?? ofModule();
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function ofModule(): string | null {
  try {
    const path: unknown = createRequire(import.meta.url)('ffmpeg-static');
    return typeof path === 'string' && isProgram(path) ? path : null;
  } catch {
    return null;
  }
}
