// Files of a paper beside its text: what kinds may be handed to candidates or played to them, told by their first bytes and
// not by their names.

import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** A file below media/ with its bytes. */
export interface PaperFile {
  bytes: Buffer;
  /** Media type. */
  type: string;
}

/** What a PC has to fetch before the start; larger files would not be there in time. */
export const MATERIAL_MAX_BYTES = 20 * 1024 * 1024;
export const AUDIO_MAX_BYTES = 20 * 1024 * 1024;

const OFFICE = 'application/vnd.openxmlformats-officedocument';

interface Kind {
  type: string;
  fits: (head: Buffer) => boolean;
}

const zipped = (head: Buffer) => head.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004'));
const ascii = (head: Buffer, from: number, text: string) =>
  head.toString('latin1', from, from + text.length) === text;
/** Text is anything without a zero byte at its beginning. */
const textual = (head: Buffer) => !head.includes(0);
const mpeg = (head: Buffer) =>
  ascii(head, 0, 'ID3') || (head[0] === 0xff && ((head[1] ?? 0) & 0xe6) === 0xe2);

/** Nothing that runs: no archives, no macros, no web pages. */
const MATERIALS: Record<string, Kind> = {
  '.xlsx': { type: `${OFFICE}.spreadsheetml.sheet`, fits: zipped },
  '.docx': { type: `${OFFICE}.wordprocessingml.document`, fits: zipped },
  '.pptx': { type: `${OFFICE}.presentationml.presentation`, fits: zipped },
  '.pdf': { type: 'application/pdf', fits: (head) => ascii(head, 0, '%PDF-') },
  '.csv': { type: 'text/csv', fits: textual },
  '.txt': { type: 'text/plain', fits: textual },
  '.png': { type: 'image/png', fits: (head) => ascii(head, 1, 'PNG') },
  '.jpg': { type: 'image/jpeg', fits: (head) => head[0] === 0xff && head[1] === 0xd8 },
};

/** What Chrome 74 and Firefox 68 play without licences. */
const RECORDINGS: Record<string, Kind> = {
  '.mp3': { type: 'audio/mpeg', fits: mpeg },
  '.wav': { type: 'audio/wav', fits: (head) => ascii(head, 0, 'RIFF') && ascii(head, 8, 'WAVE') },
  '.ogg': { type: 'audio/ogg', fits: (head) => ascii(head, 0, 'OggS') },
};

/** @returns the file, or what is wrong with it in Chinese and English */
export function readMaterial(folder: string, file: string): Promise<PaperFile | string> {
  return readKind(folder, file, MATERIALS, MATERIAL_MAX_BYTES);
}

/** @returns the recording, or what is wrong with it in Chinese and English */
export function readRecording(folder: string, file: string): Promise<PaperFile | string> {
  return readKind(folder, file, RECORDINGS, AUDIO_MAX_BYTES);
}

/** What is wrong with bytes as a material of this name, in Chinese and English; null where they may be one. */
export function materialFault(file: string, bytes: Buffer): string | null {
  return kindFault(file, bytes, MATERIALS, MATERIAL_MAX_BYTES);
}

/** The same for a recording. */
export function recordingFault(file: string, bytes: Buffer): string | null {
  return kindFault(file, bytes, RECORDINGS, AUDIO_MAX_BYTES);
}

/** The media type of a recording or material by its name; null where it is neither. */
export function mediaTypeOf(file: string): string | null {
  return (RECORDINGS[endingOf(file)] ?? MATERIALS[endingOf(file)])?.type ?? null;
}

/** The ending under which a file is saved has to say what it is. */
export function endingOf(name: string): string {
  return extname(name).toLowerCase();
}

async function readKind(
  folder: string,
  file: string,
  kinds: Record<string, Kind>,
  maxBytes: number,
): Promise<PaperFile | string> {
  const kind = kinds[endingOf(file)];
  if (kind === undefined) return wrongKind(file, kinds);
  const path = join(folder, 'media', file);
  if (!existsSync(path)) return `缺少文件 / no such file: ${file}`;
  const { size } = await stat(path);
  if (size === 0) return `文件为空 / the file is empty: ${file}`;
  if (size > maxBytes) return `文件超过 ${maxBytes >> 20} MB / the file is larger than that: ${file}`;
  const bytes = await readFile(path);
  return kindFault(file, bytes, kinds, maxBytes) ?? { bytes, type: kind.type };
}

function kindFault(
  file: string,
  bytes: Buffer,
  kinds: Record<string, Kind>,
  maxBytes: number,
): string | null {
  const kind = kinds[endingOf(file)];
  if (kind === undefined) return wrongKind(file, kinds);
  if (bytes.length === 0) return `文件为空 / the file is empty: ${file}`;
  if (bytes.length > maxBytes) return `文件超过 ${maxBytes >> 20} MB / the file is larger than that: ${file}`;
  return kind.fits(bytes.subarray(0, 512))
    ? null
    : `文件内容与扩展名不符 / the content is not what the name says: ${file}`;
}

function wrongKind(file: string, kinds: Record<string, Kind>): string {
  return `不支持的文件类型 / a kind of file that is not taken: ${file}（${Object.keys(kinds).join(' ')}）`;
}
