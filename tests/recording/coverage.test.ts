// Coverage and gaps by the wall clock: holes up to half a second are none, longer ones have the cause that most of them has.

import fc from 'fast-check';
import t from 'tap';
import { GAP_MS, type SegmentLine, type VideoLine } from '../../server/core/video-types.js';
import { coverageOf } from '../../server/recording/coverage.js';

const chain = { cameraId: 'cam-1', line: 0, prev: '', hash: '' };
const segment = (startAt: number, endAt: number, flags: SegmentLine['flags'] = []): VideoLine => ({
  ...{ ...chain, kind: 'segment', file: 'x', startAt, endAt, bytes: 1, sha256: '', frames: 1 },
  ...{ width: 1, height: 1, codec: 'h264', flags },
});
const gap = (from: number, to: number, cause: 'camera-stalled' | 'disk-full'): VideoLine => ({
  ...{ ...chain, kind: 'gap', from, to, cause },
});

void t.test('holes up to half a second are none', async (t) => {
  t.strictSame(coverageOf([segment(0, 10_000), segment(10_000 + GAP_MS, 20_000)], 0, 20_000), {
    coveredMs: 20_000,
    gaps: [],
  });
  t.strictSame(coverageOf([segment(0, 10_000), segment(10_001 + GAP_MS, 20_000)], 0, 20_000), {
    coveredMs: 20_000 - GAP_MS - 1,
    gaps: [{ from: 10_000, to: 10_001 + GAP_MS, cause: 'unknown' }],
  });
});

void t.test('beginning and end count, and a gap has the cause that most of it has', async (t) => {
  const lines = [gap(2_000, 3_000, 'disk-full'), gap(3_000, 6_000, 'camera-stalled'), segment(6_000, 8_000)];
  t.strictSame(coverageOf(lines, 0, 10_000), {
    coveredMs: 2_000,
    gaps: [
      { from: 0, to: 6_000, cause: 'camera-stalled' },
      { from: 8_000, to: 10_000, cause: 'unknown' },
    ],
  });
});

void t.test('what cannot be played covers nothing', async (t) => {
  t.strictSame(coverageOf([segment(0, 5_000, ['damaged']), segment(5_000, 9_000, ['cut-short'])], 0, 9_000), {
    coveredMs: 4_000,
    gaps: [{ from: 0, to: 5_000, cause: 'segment-damaged' }],
  });
});

void t.test('a camera that stood still while its file went on is a gap', async (t) => {
  t.strictSame(coverageOf([segment(0, 9_000), gap(3_000, 5_000, 'camera-stalled')], 0, 9_000), {
    coveredMs: 7_000,
    gaps: [{ from: 3_000, to: 5_000, cause: 'camera-stalled' }],
  });
});

void t.test('covered and missing make up the whole, but for holes that are none', async () => {
  const any = fc.array(
    fc
      .tuple(fc.nat({ max: 50_000 }), fc.nat({ max: 20_000 }))
      .map(([at, length]) => segment(at, at + length)),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(any, fc.nat({ max: 20_000 }), fc.nat({ max: 60_000 }), (lines, from, length) => {
      const { coveredMs, gaps } = coverageOf(lines, from, from + length);
      const missing = gaps.reduce((sum, one) => sum + one.to - one.from, 0);
      const rest = length - coveredMs - missing;
      // At its beginning, at its end, and nowhere else.
      return rest >= 0 && rest <= 2 * GAP_MS && gaps.every((one) => one.to - one.from > GAP_MS);
    }),
  );
});
