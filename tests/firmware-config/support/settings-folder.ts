// Reads the settings of the room's machines for tests: what lies where, as text or as bytes.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const SETTINGS_ROOT = join(process.cwd(), 'firmware-config');

/** The folders that these tests hold; device profiles and NUT have tests of their own. */
export const FOLDERS = [
  'ca',
  'chrome',
  'clock',
  'edge',
  'firefox',
  'linux-kiosk',
  'network',
  'nftables',
  'seb',
  'udev',
  'windows',
  'windows10',
  'windows7',
];

/** Where a file lies. @param path from `firmware-config` */
export const settingsPath = (path: string) => join(SETTINGS_ROOT, path);

/** A file's text, without the mark that Windows wants in front. @param path from `firmware-config` */
export const settingsText = (path: string) => readFileSync(settingsPath(path), 'utf8').replace(/^\uFEFF/, '');

/** All files of the folders above whose name ends so, as paths from `firmware-config`. */
export function settingsFiles(ending = ''): string[] {
  return FOLDERS.flatMap((folder) => readdirSync(settingsPath(folder)).map((name) => `${folder}/${name}`))
    .filter((path) => path.endsWith(ending) && statSync(settingsPath(path)).isFile())
    .sort();
}
