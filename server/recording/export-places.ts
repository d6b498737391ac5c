// Where recordings can be exported to: removable drives that are mounted, what is mounted below /media and /mnt, and the folders
// that the settings name. Nothing else of the server's disks is offered to a page.

import { constants } from 'node:fs';
import { access, readFile, realpath, stat, statfs } from 'node:fs/promises';
import { basename, sep } from 'node:path';
import si from 'systeminformation';
import { sha256 } from '../keys/sha256.js';
import type { ExportTarget } from '../protocol/video-transfer.js';
import { isFat } from './export-target.js';
import { readMountInfo, type MountedVolume } from './mounted-volumes.js';

/** A target, and the device that it was seen on. */
export interface ExportPlace extends ExportTarget {
  device: number;
}

export interface PlacesOptions {
  /** Of the settings. */
  folders: readonly string[];
  /** The room's own: neither they nor what holds only them is a target. */
  own: readonly string[];
  /** Looks at one; tests bring a drive that hangs. */
  look?: typeof placeOf;
}

/** Where people and systems mount what they plug in. */
const MOUNT_FOLDERS = ['/media', '/mnt', '/run/media'];
/** What no recording outlasts a restart on, or what is no disk at all. */
const NO_DISKS = ['tmpfs', 'ramfs', 'proc', 'sysfs', 'devtmpfs', 'overlay', 'squashfs', 'autofs', 'cgroup2'];
const FAT_NAMES = ['vfat', 'msdos', 'fuse.fusefat'];
/** A drive that hangs keeps nobody waiting. */
const LOOK_WITHIN_MS = 3_000;
/**
 * Looks that have not ended, by path. A look at a drive that hangs keeps one of the process's few threads for files until the drive
 * is pulled out: a page that asks every few seconds would take all of them, and the server could open no file any more.
 */
const underWay = new Map<string, Promise<ExportPlace | null>>();

/** The targets of this moment, drives first. */
export async function exportPlaces({ folders, own, look = placeOf }: PlacesOptions): Promise<ExportPlace[]> {
  const volumes = process.platform === 'win32' ? await windowsVolumes() : await linuxVolumes();
  const named = folders.map((path) => ({ path, kind: 'folder' as const, fileSystem: null, label: null }));
  const seen = new Set<string>();
  const places = await Promise.all(
    [...volumes, ...named].map((one) => withinTime(onceAtATime(one.path, () => look(one, own)))),
  );
  return places.filter((place): place is ExportPlace => {
    if (place === null || seen.has(place.path)) return false;
    seen.add(place.path);
    return true;
  });
}

interface Candidate {
  path: string;
  kind: ExportTarget['kind'];
  fileSystem: string | null;
  label: string | null;
}

async function linuxVolumes(): Promise<Candidate[]> {
  const mounted = readMountInfo(await readFile('/proc/self/mountinfo', 'utf8').catch(() => ''));
  const wanted = await Promise.all(
    mounted.map(async (volume) => {
      if (NO_DISKS.includes(volume.fileSystem)) return null;
      const isRemovable = await onRemovable(volume);
      const isPlugged = MOUNT_FOLDERS.some((folder) => volume.path.startsWith(folder + sep));
      if (!isRemovable && !isPlugged) return null;
      const kind = isRemovable ? ('removable' as const) : ('folder' as const);
      return { path: volume.path, kind, fileSystem: volume.fileSystem, label: null };
    }),
  );
  return wanted.filter((one) => one !== null);
}

/** A USB stick says it is removable; a USB disk says that it is fixed, and hangs on the bus all the same. */
async function onRemovable({ device }: MountedVolume): Promise<boolean> {
  const folder = await realpath(`/sys/dev/block/${device}`).catch(() => null);
  if (folder === null) return false;
  if (/\/usb\d/.test(folder)) return true;
  for (const at of [folder, `${folder}/..`])
    if ((await readFile(`${at}/removable`, 'utf8').catch(() => '')).trim() === '1') return true;
  return false;
}

async function windowsVolumes(): Promise<Candidate[]> {
  const devices = await si.blockDevices().catch(() => []);
  return devices
    .filter(({ removable, mount }) => removable && mount !== '')
    .map(({ mount, fsType, label }) => ({
      path: mount.endsWith(sep) ? mount : mount + sep,
      kind: 'removable',
      fileSystem: fsType === '' ? null : fsType.toLowerCase(),
      label: label === '' ? null : label,
    }));
}

/** null where it is none of ours to offer, or not there. */
async function placeOf(
  { path, kind, fileSystem, label }: Candidate,
  own: readonly string[],
): Promise<ExportPlace | null> {
  try {
    const real = await realpath(path);
    if (own.some((folder) => real === folder || real.startsWith(folder + sep))) return null;
    const [{ dev, isFolder }, space, writable] = await Promise.all([
      stat(real).then((found) => ({ dev: found.dev, isFolder: found.isDirectory() })),
      statfs(real),
      access(real, constants.W_OK).then(
        () => true,
        () => false,
      ),
    ]);
    if (!isFolder) return null;
    const divided = (fileSystem !== null && FAT_NAMES.includes(fileSystem)) || (await isFat(real));
    return {
      ...{ targetId: sha256(`${real}\n${dev}`).slice(0, 16), path: real, label: label ?? nameOf(real), kind },
      ...{ fileSystem, freeBytes: space.bavail * space.bsize, totalBytes: space.blocks * space.bsize },
      ...{ writable, divided, device: dev },
    };
  } catch {
    return null;
  }
}

function nameOf(path: string): string {
  const name = basename(path);
  return name === '' ? path : name;
}

function onceAtATime(path: string, look: () => Promise<ExportPlace | null>): Promise<ExportPlace | null> {
  const begun = underWay.get(path) ?? look().finally(() => underWay.delete(path));
  underWay.set(path, begun);
  return begun;
}

function withinTime<T>(work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), LOOK_WITHIN_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
