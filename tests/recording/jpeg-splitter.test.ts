// A stream of pictures is cut into pictures, however its bytes come; what is none is refused.

import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import t from 'tap';
import { JpegSplitter, PictureError } from '../../server/recording/jpeg-splitter.js';

const stream = execFileSync('ffmpeg', [
  ...['-hide_banner', '-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=5:d=1'],
  ...['-f', 'image2pipe', '-c:v', 'mjpeg', '-q:v', '3', 'pipe:1'],
]);

function split(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pictures: Buffer[] = [];
  const splitter = new JpegSplitter((picture) => pictures.push(picture));
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] ?? bytes.length;
    splitter.take(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
  }
  return pictures;
}

void t.test('five pictures come out as five, whole', async (t) => {
  const pictures = split(stream, [stream.length]);
  t.equal(pictures.length, 5);
  t.ok(Buffer.concat(pictures).equals(stream), 'no byte is lost');
});

void t.test('however the bytes are cut, the same pictures come out', async () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 12 }), (sizes) => {
      const pictures = split(stream, sizes);
      return pictures.length === 5 && Buffer.concat(pictures).equals(stream);
    }),
    { numRuns: 25 },
  );
});

void t.test('any bytes are taken or refused', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 300 }),
    fc.tuple(fc.nat({ max: 3_000 }), fc.uint8Array({ minLength: 1, maxLength: 20 })).map(([at, patch]) => {
      const broken = Buffer.from(stream.subarray(0, 6_000));
      broken.set(patch, at);
      return broken;
    }),
  );
  fc.assert(
    fc.property(bytes, (input) => {
      try {
        return split(Buffer.from(input), [97]).every((picture) => picture.length >= 4);
      } catch (error) {
        return error instanceof PictureError;
      }
    }),
  );
});
