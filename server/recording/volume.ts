// Whether the video folder is on the volume that the settings name: a drive that is not mounted leaves an empty folder behind,
// into which a recorder would quietly write the system's own disk full.

import { randomUUID } from 'node:crypto';
import { writeDurably } from '../durable-file.js';
import { videoPaths, type RecorderStatus } from './contract.js';
import { textOf } from './wanted.js';

/** Compares the mark in the folder with what is wanted. @param volumeId null = any volume will do */
export async function volumeState(
  folder: string,
  volumeId: string | null,
): Promise<RecorderStatus['volume']> {
  if (volumeId === null) return 'intended';
  const mark = await readVolumeMark(folder);
  if (mark === null) return 'missing';
  return mark === volumeId ? 'intended' : 'other';
}

/** The identifier of the volume. @returns null where there is no mark */
export async function readVolumeMark(folder: string): Promise<string | null> {
  const text = await textOf(videoPaths(folder).volumeMark);
  if (text === null) return null;
  try {
    const { volumeId } = JSON.parse(text.slice(0, 10_000)) as { volumeId?: unknown };
    return typeof volumeId === 'string' && volumeId !== '' ? volumeId : null;
  } catch {
    return null;
  }
}

/** Marks a volume as the one for recordings, once. @returns its identifier, for the settings */
export async function markVolume(folder: string): Promise<string> {
  const before = await readVolumeMark(folder);
  if (before !== null) return before;
  const volumeId = randomUUID();
  await writeDurably(videoPaths(folder).volumeMark, Buffer.from(`${JSON.stringify({ volumeId })}\n`));
  return volumeId;
}
