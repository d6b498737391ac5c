// Where recordings can be exported to: removable drives that are mounted, what is mounted below /media and /mnt, and the folders
// that the settings name. Nothing else of the server's disks is offered to a page.

import { constants } from 'node:fs';
import { access, readFile, realpath, stat, statfs } from 'node:fs/promises';
import { basename, sep } from 'node:path';
import si from 'systeminformation';
import { sha256 } from '../keys/sha256.js';
import type { ExportTarget } from '../protocol/video-transfer.js';
import { isFat } from './export-target.js';
import { inTime } from './in-time.js';
import { keepsNames, readMountInfo, type MountedVolume } from './mounted-volumes.js';

/** A target, and the device that it was seen on; null where it does not say. */
export interface ExportPlace extends ExportTarget {
  device: number | null;
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
/** A drive that hangs answers nobody. */
export const ANSWERS_WITHIN_MS = 3_000;
/**
 * Looks that have not ended, by path and device: another drive at the same place is another one. A look at a drive that hangs keeps
 * one of the process's few threads for files until the drive is pulled out: a page that asks every few seconds would take all of
 * them, and the server could open no file any more.
 */
const underWay = new Map<string, Promise<ExportPlace | null>>();

/** The targets of this moment, drives first. */
export async function exportPlaces({ folders, own, look = placeOf }: PlacesOptions): Promise<ExportPlace[]> {
  const volumes = process.platform === 'win32' ? await windowsVolumes() : await linuxVolumes();
  const named = folders.map((path) => ({
    path,
    mount: '',
    garbles: false,
    kind: 'folder' as const,
    fileSystem: null,
    label: null,
  }));
  const seen = new Set<string>();
  const places = await Promise.all(
    [...volumes, ...named].map((one) =>
      inTime(
        onceAtATime(`${one.path}\n${one.mount}`, () => look(one, own)),
        ANSWERS_WITHIN_MS,
        own.includes(one.path) ? null : hangingPlace(one),
      ),
    ),
  );
  return places.filter((place): place is ExportPlace => {
    if (place === null || seen.has(place.path)) return false;
    seen.add(place.path);
    return true;
  });
}

interface Candidate {
  path: string;
  /** Which device is mounted there, as far as the system says so without asking it. */
  mount: string;
  /** Mounted so that it does not keep Chinese names. */
  garbles: boolean;
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
      const garbles = !keepsNames(volume);
      return {
        path: volume.path,
        mount: volume.device,
        garbles,
        kind,
        fileSystem: volume.fileSystem,
        label: null,
      };
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
      ...{ mount: '', garbles: false },
      kind: 'removable',
      fileSystem: fsType === '' ? null : fsType.toLowerCase(),
      label: label === '' ? null : label,
    }));
}

/** null where it is none of ours to offer, or not there. */
async function placeOf(
  { path, kind, fileSystem, label, garbles }: Candidate,
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
      ...{ unfit: garbles ? 'names-garbled' : writable ? null : 'locked', divided, device: dev },
    };
  } catch {
    return null;
  }
}

/** What is known of a drive that does not answer. */
function hangingPlace({ path, kind, fileSystem, label }: Candidate): ExportPlace {
  return {
    ...{ targetId: sha256(path).slice(0, 16), path, label: label ?? nameOf(path), kind, fileSystem },
    ...{ freeBytes: 0, totalBytes: 0, unfit: 'hangs', divided: false, device: null },
  };
}

function nameOf(path: string): string {
  const name = basename(path);
  return name === '' ? path : name;
}

function onceAtATime(drive: string, look: () => Promise<ExportPlace | null>): Promise<ExportPlace | null> {
  const begun = underWay.get(drive) ?? look().finally(() => underWay.delete(drive));
  underWay.set(drive, begun);
  return begun;
}
