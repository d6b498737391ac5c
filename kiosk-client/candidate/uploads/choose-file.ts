// From a file that the candidate chose to a file that an answer names: looked at by the limits of the item, read once, hashed,
// kept on this PC. What is read is what is handed in, whatever happens to the file afterwards.

import type { ItemContent } from '../../../server/protocol/seat.js';
import { sha256Hex } from '../exam/sealed-content.js';
import type { FileCourier, HandedInFile } from './file-courier.js';

export type FileLimits = NonNullable<ItemContent['files']>;
/** Why a file is not taken. */
export type FileObjection = 'too-many' | 'empty' | 'too-large' | 'wrong-type' | 'twice' | 'unreadable';

/** Code points; the room takes twice as many units of UTF-16. */
const LONGEST_NAME = 100;

/** The ending of a name in small letters, without the dot. */
export function endingOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 1 ? '' : name.slice(dot + 1).toLowerCase();
}

/** A name that every system can write: no path, no control characters, not too long, its ending kept. */
export function cleanName(name: string): string {
  // eslint-disable-next-line no-control-regex
  const plain = name.normalize('NFC').replace(/[\u0000-\u001f\u007f\\/:*?"<>|]/g, '_');
  const ending = endingOf(plain);
  // Half a character is none.
  const points = [...plain].map((point) => (/^[\ud800-\udfff]$/.test(point) ? '_' : point));
  if (points.length <= LONGEST_NAME) return points.join('');
  const tail = ending === '' ? '' : `.${ending}`;
  return points.slice(0, LONGEST_NAME - tail.length).join('') + tail;
}

/** What speaks against a file before it is read, or null. @param others files that the answer names beside it */
export function objectionTo(
  limits: FileLimits,
  { name, size }: { name: string; size: number },
  others: readonly HandedInFile[],
): FileObjection | null {
  if (others.length >= limits.maxCount) return 'too-many';
  if (size === 0) return 'empty';
  if (size > limits.maxBytes) return 'too-large';
  return limits.types.includes(endingOf(name)) ? null : 'wrong-type';
}

/** Reads a file, keeps its bytes on this PC and says how an answer names it. */
export async function takeFile(
  courier: Pick<FileCourier, 'keep'>,
  limits: FileLimits,
  chosen: { name: string; bytes: Blob },
  others: readonly HandedInFile[],
): Promise<{ ok: true; file: HandedInFile } | { ok: false; why: FileObjection }> {
  const name = cleanName(chosen.name);
  const { size } = chosen.bytes;
  const why = objectionTo(limits, { name, size }, others);
  if (why !== null) return { ok: false, why };
  let read: ArrayBuffer;
  try {
    read = await new Response(chosen.bytes).arrayBuffer();
  } catch {
    // Another program holds it, or it is gone.
    return { ok: false, why: 'unreadable' };
  }
  if (read.byteLength !== size) return { ok: false, why: 'unreadable' };
  const fileHash = await sha256Hex(read);
  if (others.some((file) => file.fileHash === fileHash)) return { ok: false, why: 'twice' };
  const type = /^[\x20-\x7e]{0,100}$/.test(chosen.bytes.type) ? chosen.bytes.type : '';
  await courier.keep(fileHash, new Blob([read], { type }));
  return { ok: true, file: { fileHash, size, name, type } };
}
