// Names of exported films: date, site and room, as REQ-F04 asks for, then the camera. They hold on FAT32, exFAT, NTFS and ext4,
// whatever the organisation called its site.

import { sha256 } from '../keys/sha256.js';

const CHINA_OFFSET_MS = 8 * 3_600_000;
/** In UTF-8: with camera, part and ending a name stays below the 255 bytes that ext4 takes. */
const MAX_PLACE_BYTES = 150;

/** What the names of a session's files begin with. */
export interface NamedSession {
  /** The session's start by the room's clock, ms since 1970. */
  startsAt: number;
  siteName: string;
  roomName: string;
  /** Another session of that day in this room: then the time of the start tells them apart. */
  isOneOfSeveral: boolean;
}

/**
 * `20200630XX学院2号楼102`, or `20200630XX学院2号楼102-0900` where the room had several sessions that day. REQ-F04
 */
export function exportStem({ startsAt, siteName, roomName, isOneOfSeveral }: NamedSession): string {
  const local = new Date(startsAt + CHINA_OFFSET_MS).toISOString();
  const date = local.slice(0, 10).replaceAll('-', '');
  const time = isOneOfSeveral ? `-${local.slice(11, 16).replace(':', '')}` : '';
  return `${date}${bounded(safeName(siteName) + safeName(roomName))}${time}`;
}

/** True where both start on the same day in China. */
export function isSameDay(a: number, b: number): boolean {
  const day = (at: number) => Math.floor((at + CHINA_OFFSET_MS) / 86_400_000);
  return day(a) === day(b);
}

/**
 * `<stem>-摄像机1.mp4`; with several files of a camera `<stem>-摄像机1-2.mp4`.
 * @param part 1, 2 ...; null = the only one
 * @param ending without the dot
 */
export function cameraFileName(stem: string, number: number, part: number | null, ending: string): string {
  return `${stem}-摄像机${number}${part === null ? '' : `-${part}`}.${ending}`;
}

/** The ending of an imported file, as far as it is one: small letters and digits, five at most. */
export function endingOf(file: string): string {
  return /\.([A-Za-z0-9]{1,5})$/.exec(file)?.[1]?.toLowerCase() ?? 'bin';
}

/** Without what no file system or no person could stand: signs of paths, control and direction marks, spaces at the ends. */
export function safeName(name: string): string {
  return name
    .replace(/[\p{C}\p{Zl}\p{Zp}\ufffd]/gu, '')
    .replace(/[<>:"/\\|?*]/g, '_')
    .replace(/\s+/gu, ' ')
    .normalize('NFC')
    .replace(/^[. ]+|[. ]+$/g, '');
}

/** Two long names that begin alike stay two. */
function bounded(name: string): string {
  if (Buffer.byteLength(name) <= MAX_PLACE_BYTES) return name;
  let cut = '';
  for (const sign of name) {
    if (Buffer.byteLength(cut + sign) > MAX_PLACE_BYTES - 7) break;
    cut += sign;
  }
  return `${cut.replace(/[. ]+$/, '')}~${sha256(name).slice(0, 6)}`;
}
