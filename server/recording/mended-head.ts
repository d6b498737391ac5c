// The head of a file whose camera names other parameter sets than it sends (after a change of profile or size, some go on telling
// the old ones): ffmpeg believes what is named, and such a file decodes by chance or not at all. The right head is made of the sets
// that came with a key frame and put in place of the wrong one. Pictures and their times stay as they are, byte for byte.

import { existsSync, readSync } from 'node:fs';
import { open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { pictureTrack, readFmp4, type Fmp4Facts } from './fmp4.js';
import {
  boxAt,
  boxesIn,
  BoxWalk,
  fourcc,
  readNow,
  u32,
  type Box,
  type ByteSource,
  type FileBox,
  type Reading,
} from './mp4-boxes.js';
import { areOther, type SetsSeen } from './parameter-sets.js';
import { run } from './probe-stream.js';
import { replaceFile } from './wanted.js';
import { box } from './written-boxes.js';

/** In the run's folder: the head that is right for its files, for those of them that bring no sets of their own. */
export const RIGHT_HEAD_NAME = 'right-head.mp4';
export const MENDED_NAME = 'mended.partial';
const WITHIN_MS = 10_000;
const STEP_BYTES = 2 ** 20;
const MOST_BYTES = 16 * 2 ** 20;
const START_CODE = Buffer.from([0, 0, 1]);
const CONTAINERS = ['moov', 'trak', 'mdia', 'minf', 'stbl'];

/**
 * Gives a file the head that its pictures need.
 * @param run the folder of its run, and the ffmpeg that makes a head
 * @returns whether its head was another one; false also where no right one could be made
 * @throws Error where the disk does not take the new file; the old one is still there
 */
export async function mendHead(
  file: string,
  run: { folder: string; ffmpeg: string },
  { codec, parameters: { head, first, last } }: Pick<Fmp4Facts, 'codec' | 'parameters'>,
): Promise<boolean> {
  const kept = join(run.folder, RIGHT_HEAD_NAME);
  const isKept = existsSync(kept);
  const firstIsOther = first !== null && areOther(first.sets, head);
  const lastIsOther = last !== null && areOther(last.sets, head);
  if (!isKept && !firstIsOther && !lastIsOther) return false;
  const known = isKept ? await readFile(kept) : null;
  const headFor = async (seen: SetsSeen) =>
    known !== null && !areOther(seen.sets, setsOf(known)) ? known : makeHead(file, seen, codec, run.ffmpeg);
  const right = firstIsOther ? await headFor(first) : first === null ? known : null;
  // What holds for the files after this one.
  if (lastIsOther) {
    const next = last === first ? right : await headFor(last);
    if (next !== null && next !== known) await replaceFile(kept, next);
  } else if (last !== null) await rm(kept, { force: true });
  if (right === null || !areOther(setsOf(right), head)) return false;
  return replaceHead(file, join(run.folder, MENDED_NAME), right);
}

const isMoov = ({ type }: { type: string }): boolean => type === 'moov';

function setsOf(film: Buffer): readonly Buffer[] {
  const moov = boxesIn(film).find(isMoov);
  return moov === undefined ? [] : (pictureTrack(film, moov)?.parameterSets ?? []);
}

/** A film of one picture, by ffmpeg. @returns null where it makes none of it */
async function makeHead(file: string, seen: SetsSeen, codec: string, ffmpeg: string): Promise<Buffer | null> {
  if (seen.bytes > MOST_BYTES) return null;
  const picture = Buffer.alloc(seen.bytes);
  const handle = await open(file, 'r');
  await handle.read(picture, 0, seen.bytes, seen.at).finally(() => handle.close());
  const units: Buffer[] = [];
  for (let at = 0; at + 4 < picture.length; at += 4 + u32(picture, at))
    units.push(picture.subarray(at + 4, at + 4 + u32(picture, at)));
  const isH265 = codec === 'h265';
  const args = [
    ...['-hide_banner', '-loglevel', 'error', '-f', isH265 ? 'hevc' : 'h264', '-i', 'pipe:0'],
    ...['-map', '0:v:0', '-c', 'copy', '-frames:v', '1', ...(isH265 ? ['-tag:v', 'hvc1'] : [])],
    ...['-f', 'mp4', '-movflags', '+empty_moov+default_base_moof', 'pipe:1'],
  ];
  const { stdout } = await run(ffmpeg, args, {
    ...{ timeoutMs: WITHIN_MS, mostBytes: MOST_BYTES * 2 },
    input: Buffer.concat(units.flatMap((unit) => [START_CODE, unit])),
  });
  return areOther(seen.sets, setsOf(stdout)) ? null : stdout;
}

async function replaceHead(file: string, partial: string, donor: Buffer): Promise<boolean> {
  const source = await open(file, 'r');
  const target = await open(partial, 'w+', 0o600);
  try {
    const { size } = await source.stat();
    const read = readerOf(source);
    const boxes = readNow(outermost(size), read);
    const moov = boxes.find(isMoov);
    if (moov === undefined) return false;
    const head = Buffer.concat([read(0, moov.at), withEntryOf(donor, read(moov.at, moov.endsAt - moov.at))]);
    await target.write(head, 0, head.length, 0);
    const byBytes = head.length - moov.endsAt;
    for (let at = moov.endsAt; at < size; at += STEP_BYTES) {
      const piece = read(at, Math.min(STEP_BYTES, size - at));
      await target.write(piece, 0, piece.length, at + byBytes);
    }
    const index = boxes.find(({ type }) => type === 'mfra');
    if (index !== undefined) {
      const moved = read(index.at, index.endsAt - index.at);
      moveFragmentIndex(moved, byBytes);
      await target.write(moved, 0, moved.length, index.at + byBytes);
    }
    await target.datasync();
    const after = readFmp4({ size: (await target.stat()).size, read: readerOf(target) });
    if (after === null || !isSameBut(after, readFmp4({ size, read }))) return false;
    await rename(partial, file);
    return true;
  } finally {
    await source.close();
    await target.close();
  }
}

/** True when nothing but the head is another one, and that is right. */
const isSameBut = (after: Fmp4Facts, before: Fmp4Facts | null): boolean =>
  before !== null &&
  !after.headIsWrong &&
  (['frames', 'durationMs', 'closed', 'tornBytes', 'wallStartAt'] as const).every(
    (fact) => after[fact] === before[fact],
  );

function readerOf(handle: FileHandle): ByteSource['read'] {
  return (at, length) => {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(handle.fd, bytes, 0, length, at));
  };
}

/** The outermost boxes of a file, without their content. */
function* outermost(fileBytes: number): Reading<FileBox[]> {
  const walk = new BoxWalk(fileBytes, []);
  const found: FileBox[] = [];
  for (let box = yield* walk.next(); box !== null; box = yield* walk.next()) found.push(box);
  return found;
}

/** True for the track of the pictures. */
function isPictures(bytes: Buffer, box: Box): boolean {
  const handler = box.type === 'trak' ? boxAt(bytes, box, 'mdia', 'hdlr') : null;
  return handler !== null && fourcc(bytes, handler.from + 8) === 'vide';
}

/** A moov with the sample entry and the size of another film's pictures. */
function withEntryOf(donor: Buffer, moov: Buffer): Buffer {
  const given = boxesIn(donor, boxesIn(donor).find(isMoov)).find((box) => isPictures(donor, box));
  const contentOf = (...way: string[]): Buffer | null => {
    const found = given === undefined ? null : boxAt(donor, given, ...way);
    return found && donor.subarray(found.from, found.to);
  };
  const [entry, header] = [contentOf('mdia', 'minf', 'stbl', 'stsd'), contentOf('tkhd')];
  const rebuilt = (place: Box, inPictures: boolean): Buffer => {
    const { type } = place;
    const bytes = moov.subarray(place.from, place.to);
    const isHere = inPictures || isPictures(moov, place);
    if (CONTAINERS.includes(type))
      return box(type, ...boxesIn(moov, place).map((inner) => rebuilt(inner, isHere)));
    if (isHere && type === 'stsd' && entry !== null) return box(type, entry);
    // Width and height are its last eight bytes.
    if (isHere && type === 'tkhd' && header !== null)
      return box(type, bytes.subarray(0, -8), header.subarray(-8));
    return box(type, bytes);
  };
  return Buffer.concat(boxesIn(moov).map((place) => rebuilt(place, false)));
}

/** The index at a film's end says in which byte each fragment begins. */
function moveFragmentIndex(mfra: Buffer, byBytes: number): void {
  for (const { type, from, to } of boxesIn(mfra, boxesIn(mfra)[0])) {
    if (type !== 'tfra') continue;
    const bytes = mfra.subarray(from, to);
    const isLong = bytes[0] === 1;
    const lengths = u32(bytes, 8);
    const numbers = ((lengths >> 4) & 3) + ((lengths >> 2) & 3) + (lengths & 3) + 3;
    const step = (isLong ? 16 : 8) + numbers;
    for (let n = 0, at = 16; n < u32(bytes, 12) && at + step <= bytes.length; n++, at += step)
      if (isLong) bytes.writeBigUInt64BE(bytes.readBigUInt64BE(at + 8) + BigInt(byBytes), at + 8);
      else bytes.writeUInt32BE(u32(bytes, at + 4) + byBytes, at + 4);
  }
}
