// Where things lie in the room's data folder, and the room's own keys there. One process serves a data folder at a time.

import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  generateKeys,
  KeyFileError,
  readPrivateKeys,
  readPublicKeys,
  type PrivateKeys,
  type PublicKeys,
} from './keys/key-files.js';

/** Paths below a data folder. */
export function dataPaths(data: string) {
  return {
    journal: join(data, 'journal', 'journal.db'),
    ballast: join(data, 'journal', 'ballast'),
    dataKeys: join(data, 'keys', 'data'),
    /** The room's private keys, mode 0600, and their public half. */
    roomKey: join(data, 'keys', 'room.key'),
    roomPub: join(data, 'keys', 'room.pub'),
    /** Public keys of the organisations whose packages this room takes, and of technicians: `*.pub`. */
    trust: join(data, 'trust'),
    /** Packages on their way from afar. */
    incoming: join(data, 'incoming'),
    /** Files that candidates hand in, sealed, by session and candidate. */
    handedIn: join(data, 'handed-in'),
    tls: join(data, 'tls'),
    /** Reports of the checks of the room, signed, and as pages. */
    preflight: join(data, 'preflight'),
    /** What the cameras recorded, where the settings name no other folder. */
    video: join(data, 'video'),
    /** What the command on the server says of its exports of recordings. */
    exportNotes: join(data, 'export-notes'),
    lock: join(data, 'serve.lock'),
  };
}

/** Reads the room's keys; makes them at the first start. @throws KeyFileError */
export async function openRoomKeys(data: string, name: string): Promise<PrivateKeys> {
  const { roomKey, roomPub } = dataPaths(data);
  if (existsSync(roomKey)) return readPrivateKeys(roomKey);
  if (existsSync(roomPub))
    throw new KeyFileError(
      roomKey,
      '不见了，而公钥还在：请从备份恢复，否则已制作的考试包无法打开 / is gone while its public half is there: restore it from the backup',
    );
  const keys = await generateKeys('room', name);
  await mkdir(join(data, 'keys'), { recursive: true, mode: 0o700 });
  await writeWhole(roomKey, `${JSON.stringify(keys, null, 2)}\n`, 0o600);
  await writeWhole(roomPub, `${JSON.stringify(keys.public, null, 2)}\n`, 0o644);
  return keys;
}

/** Public keys of the organisations that this room trusts. @throws KeyFileError for a file that is none */
export async function readTrust(data: string): Promise<PublicKeys[]> {
  return (await readTrustFolder(data)).filter(({ role }) => role === 'org');
}

/** Public keys of those who may install from afar: technicians, and organisations. @throws KeyFileError */
export async function readSenders(data: string): Promise<PublicKeys[]> {
  return (await readTrustFolder(data)).filter(({ role }) => role !== 'room');
}

async function readTrustFolder(data: string): Promise<PublicKeys[]> {
  const { trust } = dataPaths(data);
  const names = await readdir(trust).catch(() => []);
  return Promise.all(
    names.filter((name) => name.endsWith('.pub')).map((name) => readPublicKeys(join(trust, name))),
  );
}

/** Another process serves this data folder. */
export class DataLockedError extends Error {
  constructor(data: string, pid: number) {
    super(
      `${data}: 已有服务器在运行（进程 ${pid}），请先停止它 / a server runs on it already (process ${pid}); stop that one first`,
    );
    this.name = 'DataLockedError';
  }
}

/**
 * Claims the data folder for this process. A claim whose process is gone is taken over.
 * @returns the function that gives it back
 * @throws DataLockedError
 */
export async function lockData(data: string): Promise<() => Promise<void>> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  const { lock } = dataPaths(data);
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const handle = await open(lock, 'wx', 0o600);
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(lock, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const pid = Number(await readFile(lock, 'utf8').catch(() => ''));
      if (pid !== process.pid && (await isServing(pid))) throw new DataLockedError(data, pid);
      await rm(lock, { force: true });
    }
  }
  throw new DataLockedError(data, 0);
}

/** For who only reads. @throws DataLockedError while another process serves the folder */
export async function refuseIfServed(data: string): Promise<void> {
  const pid = Number(await readFile(dataPaths(data).lock, 'utf8').catch(() => ''));
  if (pid !== process.pid && (await isServing(pid))) throw new DataLockedError(data, pid);
}

/** True when the process is alive and, where that can be seen, is one of ours: numbers are used again after a reboot. */
async function isServing(pid: number): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (process.platform !== 'linux') return true;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return /node|kaochang/.test(command);
}

async function writeWhole(file: string, text: string, mode: number): Promise<void> {
  await writeFile(`${file}.new`, text, { mode, flush: true });
  await rename(`${file}.new`, file);
}
