// What is installed, as hashes [SL8]: said to the room at the start, before anybody signs for it or a report is recorded, and when
// package or seats changed. It decides nothing: what a difference means is the rules'.

import { createHmac } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config.js';
import type { Command } from '../core/commands.js';
import type { EventType } from '../core/events.js';
import type { Fingerprint, State } from '../core/types.js';
import { profileFiles } from '../devices/profile.js';
import { canonicalBytes } from '../keys/canonical.js';
import { deriveKey } from '../keys/seal-bytes.js';
import { sha256 } from '../keys/sha256.js';
import type { RunningRoom } from '../room.js';
import { PROJECT_ROOT, VERSION } from '../version.js';

export interface InstallationParts {
  room: RunningRoom;
  /** As it is in force: what the file says, and the defaults. */
  config: Config;
  /** The data folder; relative paths of devices are below it. */
  data: string;
  /** The room's signing key, base64. Hashes of settings are keyed with it: a password is guessed from none. */
  roomSecret: string;
}

/** What is given with one's name: it is about what is installed at that moment. */
const SIGNED: ReadonlySet<Command['type']> = new Set(['sign-seal', 'confirm-seal', 'record-preflight']);
const CHANGES: ReadonlySet<EventType> = new Set([
  'package-installed',
  'package-removed',
  'seat-paired',
  'seat-unpaired',
]);
/** Forty PCs are paired one after the other: one event says it. */
const TOGETHER_MS = 1_000;
/** The service writes them itself while it runs. */
const OWN_FILES = ['baseline'];
const LARGEST_FILE = 2 ** 20;
const PROGRAM = fileURLToPath(new URL('../', import.meta.url));

/**
 * Compares, and goes on comparing. Settings, programs and devices are what they were at the start: the service reads them once.
 * @returns the function that ends it
 */
export async function beginInstallation({
  room,
  config,
  data,
  roomSecret,
}: InstallationParts): Promise<() => void> {
  const key = deriveKey(Buffer.from(roomSecret, 'base64'), 'kaochang', 'installation');
  const keyed = (value: unknown) => createHmac('sha256', key).update(canonicalBytes(value)).digest('hex');
  const { devices, ...settings } = config;
  const cards = Object.values(room.state.devices).map(({ card }) => card);
  const unchanging = {
    version: await programHash(pagesOf(config)),
    config: keyed(settings),
    devices: keyed({ cards, devices, files: await filesOf(devices, data) }),
  };
  const compare = () => {
    const fingerprint = fingerprintOf(room.state, unchanging);
    room.handle({ type: 'compare-installation', fingerprint, by: { kind: 'room' } });
  };
  let soon: NodeJS.Timeout | null = null;
  const unsubscribe = room.subscribe((published) => {
    if (soon !== null || !published.some(({ event }) => CHANGES.has(event.type))) return;
    soon = setTimeout(() => {
      soon = null;
      compare();
    }, TOGETHER_MS);
  });
  const end = room.precede((type) => {
    if (SIGNED.has(type)) compare();
  });
  compare();
  return () => {
    end();
    unsubscribe();
    if (soon !== null) clearTimeout(soon);
  };
}

/** A comparison that begins when the wires are open already, and can be waited for and ended from before. */
export function comparesLater(): {
  /** Resolves after the first comparison; never where it fails, for the service then ends. */
  compared: Promise<void>;
  /** @throws Error when the program cannot be read */
  begin(parts: InstallationParts): Promise<void>;
  end(): void;
} {
  let done = () => undefined as void;
  let end = () => undefined as void;
  const compared = new Promise<void>((resolve) => (done = resolve));
  const begin = async (parts: InstallationParts) => {
    end = await beginInstallation(parts);
    await parts.room.settled();
    done();
  };
  return { compared, begin, end: () => end() };
}

/** The parts that change while the service runs are in the state; those that do not are `unchanging`. */
export function fingerprintOf(
  { package: installed, seats }: Pick<State, 'package' | 'seats'>,
  unchanging: Pick<Fingerprint, 'version' | 'config' | 'devices'>,
): Fingerprint {
  const paired = Object.values(seats)
    .flatMap(({ seatId, pcId }) => (pcId === null ? [] : [[seatId, pcId]]))
    .sort();
  return {
    ...unchanging,
    package: installed?.manifestHash ?? '',
    seats: sha256(canonicalBytes(paired)),
  };
}

function pagesOf({ webFolder }: Config): string {
  return isAbsolute(webFolder) ? webFolder : join(PROJECT_ROOT, webFolder);
}

/** The version and every file of the program and its pages: a file that somebody put in place by hand shows too. */
async function programHash(pages: string): Promise<string> {
  const files = await Promise.all([hashesBelow(PROGRAM), hashesBelow(pages)]);
  return sha256(canonicalBytes({ version: VERSION, files }));
}

/** Hashes of all files below a folder, by path; nothing for a folder that is not there. */
async function hashesBelow(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const hashes: Record<string, string> = {};
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    hashes[relative(folder, path).replaceAll('\\', '/')] = sha256(await readFile(path));
  }
  return hashes;
}

/** Hashes of the files that the settings of devices name: profiles, scripts, certificates. */
async function filesOf(devices: Config['devices'], folder: string): Promise<string[]> {
  const named = devices.flatMap((device) => namesIn(device));
  const files = named.flatMap(({ field, text }) =>
    field === 'profile' ? profileFiles(text, folder) : [isAbsolute(text) ? text : join(folder, text)],
  );
  const hashes = await Promise.all(files.map((file) => hashOfSmallFile(file)));
  return hashes.filter((hash) => hash !== null);
}

function namesIn(value: unknown, field = ''): { field: string; text: string }[] {
  if (typeof value === 'string')
    return value === '' || OWN_FILES.includes(field) ? [] : [{ field, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    namesIn(inner, Array.isArray(value) ? field : name),
  );
}

/** null for what is no file: a device's address, a serial line. */
async function hashOfSmallFile(file: string): Promise<string | null> {
  try {
    const found = await stat(file);
    return found.isFile() && found.size <= LARGEST_FILE ? sha256(await readFile(file)) : null;
  } catch {
    return null;
  }
}
