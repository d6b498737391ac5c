// The reader of segments finds every picture of a whole file, and no bytes that somebody gives it make it throw, wait or read
// where nothing is.

import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import t from 'tap';
import { bytesOfBuffer } from '../../server/keys/readable-bytes.js';
import { readSegmentIndex, type TrackIndex } from '../../server/recording/segment-index.js';
import { changedBoxes } from '../support/changed-boxes.js';
import { FPS, segmentFiles } from '../support/recorded-room.js';

/** Whatever the boxes say: samples lie in the file, and the arrays run side by side. */
function isSound(tracks: readonly TrackIndex[], size: number): boolean {
  return tracks.every(
    (track) =>
      track.timescale > 0 &&
      [track.offsets, track.decodeTicks, track.shiftTicks, track.isKey].every(
        ({ length }) => length === track.sizes.length,
      ) &&
      track.sizes.every(
        (bytes, index) =>
          bytes > 0 && (track.offsets[index] ?? -1) >= 0 && (track.offsets[index] ?? 0) + bytes <= size,
      ),
  );
}

void t.test('every picture of a whole segment is found', async (t) => {
  const [file] = await segmentFiles(1, { sound: true });
  const bytes = await readFile(file as string);
  const tracks = await readSegmentIndex(bytesOfBuffer(bytes));
  t.strictSame(tracks.map(({ kind }) => kind).sort(), ['audio', 'video']);
  const video = tracks.find(({ kind }) => kind === 'video') as TrackIndex;
  t.equal(video.sizes.length, 2 * FPS);
  t.equal(video.isKey[0], true);
  t.equal(video.isKey.filter(Boolean).length, 2, 'one key frame a second');
  t.strictSame([video.width, video.height], [320, 180]);
  t.ok(isSound(tracks, bytes.length));
});

void t.test('of a file cut anywhere, what is whole is found and nothing else', async () => {
  const [file] = await segmentFiles(1);
  const bytes = await readFile(file as string);
  const whole = (await readSegmentIndex(bytesOfBuffer(bytes)))[0] as TrackIndex;
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: bytes.length }), async (length) => {
      const tracks = await readSegmentIndex(bytesOfBuffer(bytes.subarray(0, length)));
      const found = tracks[0]?.sizes.length ?? 0;
      return (
        isSound(tracks, length) &&
        found <= whole.sizes.length &&
        (tracks[0]?.offsets ?? []).every((at, index) => at === whole.offsets[index])
      );
    }),
    { numRuns: 200 },
  );
});

void t.test('no bytes make it throw', async () => {
  const [file] = await segmentFiles(1);
  const bytes = await readFile(file as string);
  await fc.assert(
    fc.asyncProperty(changedBoxes(bytes), async (changed) =>
      isSound(await readSegmentIndex(bytesOfBuffer(changed)), changed.length),
    ),
    { numRuns: 500 },
  );
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (noise) =>
      isSound(await readSegmentIndex(bytesOfBuffer(Buffer.from(noise))), noise.length),
    ),
  );
});
