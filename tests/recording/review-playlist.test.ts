// Of any manifest the index and the playlist say the same: what can be played, when it was, and what is missing and why.

import fc from 'fast-check';
import t from 'tap';
import { GAP_CAUSES, GAP_MS, type SegmentLine, type VideoLine } from '../../server/core/video-types.js';
import { playable, recordedIndex, reviewPlaylist } from '../../server/recording/review-playlist.js';

const T0 = Date.parse('2026-11-21T01:00:00Z');
const common = { cameraId: 'cam-1', prev: '', hash: '' };

function segment(line: number, startAt: number, endAt: number, more: Partial<SegmentLine> = {}): SegmentLine {
  return {
    ...{ ...common, kind: 'segment', line, startAt, endAt, file: `cam-1/${line}.mp4`, bytes: 1_000 },
    ...{ sha256: line.toString(16).padStart(64, '0'), frames: 100, width: 320, height: 180 },
    ...{ codec: 'h264', flags: [], ...more },
  };
}

const LINES: VideoLine[] = [
  segment(0, T0, T0 + 10_000),
  segment(1, T0 + 10_004, T0 + 20_000),
  { ...common, kind: 'gap', line: 2, from: T0 + 20_000, to: T0 + 33_500, cause: 'camera-stalled' },
  segment(3, T0 + 33_500, T0 + 40_000, { flags: ['cut-short'] }),
  segment(4, T0 + 40_000, T0 + 50_000, { flags: ['damaged'], frames: 0 }),
  segment(5, T0 + 50_000, T0 + 60_000),
];
const ALL = { from: T0, to: T0 + 60_000 };
/** The wall clock is room time. */
const NOW = () => 0;

void t.test('stretches without a hole, gaps with their cause, damage named as one', async (t) => {
  t.same(recordedIndex('cam-1', LINES, ALL, NOW), {
    ...{ cameraId: 'cam-1', from: T0, to: T0 + 60_000, codec: 'h264', segments: 4 },
    stretches: [
      { from: T0, to: T0 + 20_000 },
      { from: T0 + 33_500, to: T0 + 40_000 },
      { from: T0 + 50_000, to: T0 + 60_000 },
    ],
    gaps: [
      { from: T0 + 20_000, to: T0 + 33_500, cause: 'camera-stalled' },
      { from: T0 + 40_000, to: T0 + 50_000, cause: 'segment-damaged' },
    ],
  });
});

void t.test('a part of the time is cut at its ends, and told in room time', async (t) => {
  const index = recordedIndex('cam-1', LINES, { from: T0 + 11_000, to: T0 + 31_000 }, () => 4_000);
  t.same(index.stretches, [
    { from: T0 + 11_000, to: T0 + 16_000 },
    { from: T0 + 29_500, to: T0 + 31_000 },
  ]);
  t.same(index.gaps, [{ from: T0 + 16_000, to: T0 + 29_500, cause: 'camera-stalled' }]);
  t.equal(recordedIndex('cam-1', [], ALL, NOW).codec, null);
});

void t.test('the playlist: each segment with its own opening and the time that it was', async (t) => {
  const text = reviewPlaylist(LINES, { from: T0 - 1_000, to: T0 + 59_000 }, () => 1_000);
  t.match(text, /^#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:10\n/);
  t.match(text, /#EXT-X-PROGRAM-DATE-TIME:2026-11-21T00:59:59\.000Z\n#EXTINF:10\.000,\n0{64}\/film\.m4s\n/);
  t.notMatch(text, /0{63}4\//, 'what cannot be played is not offered');
  t.equal(text.split('#EXT-X-DISCONTINUITY\n').length - 1, 3, 'between four segments');
  t.ok(text.endsWith('#EXT-X-ENDLIST\n'));
});

void t.test('where the wall clock was set in between, each line keeps its place and its order', async (t) => {
  const HOUR = 3_600_000;
  for (const byMs of [HOUR, -HOUR, 40_000, -40_000]) {
    const after = T0 + 10_000 + byMs;
    const lines: VideoLine[] = [
      segment(0, T0, T0 + 10_000),
      { ...common, kind: 'gap', line: 1, from: after, to: after + 1_000, cause: 'clock-stepped' },
      segment(2, after + 1_000, after + 11_000),
    ];
    const ahead = (line: number) => (line < 1 ? 0 : byMs);
    const index = recordedIndex('cam-1', lines, ALL, ahead);
    t.same(index.stretches, [
      { from: T0, to: T0 + 10_000 },
      { from: T0 + 11_000, to: T0 + 21_000 },
    ]);
    t.same(index.gaps, [{ from: T0 + 10_000, to: T0 + 11_000, cause: 'clock-stepped' }]);
    const hashes = [...reviewPlaylist(lines, ALL, ahead).matchAll(/([0-9a-f]{64})\/film/g)].map(
      ([, one]) => one,
    );
    const inOrder = lines.flatMap((one) => (one.kind === 'segment' ? [one.sha256] : []));
    t.same(hashes, inOrder, `set by ${byMs} ms`);
  }
});

const flags = fc.constantFrom<SegmentLine['flags']>([], ['cut-short'], ['damaged'], ['imported']);
const line = fc.oneof(
  fc.record({
    ...{ kind: fc.constant('segment' as const), at: fc.nat({ max: 100_000 }), ms: fc.nat({ max: 20_000 }) },
    ...{ flags, frames: fc.nat({ max: 2 }) },
  }),
  fc.record({
    ...{ kind: fc.constant('gap' as const), at: fc.nat({ max: 100_000 }), ms: fc.nat({ max: 9_000 }) },
    cause: fc.constantFrom(...GAP_CAUSES),
  }),
);
const manifest = fc
  .array(line, { maxLength: 30 })
  .map((drawn) =>
    drawn.map((one, n): VideoLine =>
      one.kind === 'gap'
        ? { ...common, kind: 'gap', line: n, from: T0 + one.at, to: T0 + one.at + one.ms, cause: one.cause }
        : segment(n, T0 + one.at, T0 + one.at + one.ms, { flags: one.flags, frames: one.frames }),
    ),
  );
const span = fc
  .tuple(fc.nat({ max: 90_000 }), fc.integer({ min: 1, max: 90_000 }))
  .map(([at, ms]) => ({ from: T0 + at, to: T0 + at + ms }));

void t.test(
  'of any manifest: as many entries as segments, in order, durations as long as the target',
  async () => {
    fc.assert(
      fc.property(manifest, span, fc.integer({ min: -60_000, max: 60_000 }), (lines, asked, ahead) => {
        const segments = playable(lines, asked);
        const inRoom = { from: asked.from - ahead, to: asked.to - ahead };
        const text = reviewPlaylist(lines, inRoom, () => ahead);
        const target = Number(/TARGETDURATION:(\d+)/.exec(text)?.[1]);
        const seconds = [...text.matchAll(/#EXTINF:([\d.]+),\n([0-9a-f]{64})\/film\.m4s/g)];
        const times = [...text.matchAll(/DATE-TIME:(\S+)/g)].map(([, at]) => Date.parse(at ?? '') + ahead);
        return (
          seconds.length === segments.length &&
          seconds.every(([, duration, hash], n) => {
            const one = segments[n];
            return Number(duration) <= target && hash === one?.sha256 && times[n] === one?.startAt;
          }) &&
          times.every((at, n) => n === 0 || at >= (times[n - 1] ?? 0)) &&
          !/undefined|NaN|null/.test(text)
        );
      }),
    );
  },
);

void t.test('of any manifest: stretches lie inside the time asked for, apart from each other', async () => {
  fc.assert(
    fc.property(manifest, span, (lines, asked) => {
      const { stretches, gaps, from, to } = recordedIndex('cam-1', lines, asked, NOW);
      return (
        [...stretches, ...gaps].every((one) => one.from >= from && one.to <= to && one.from < one.to) &&
        stretches.every((one, n) => n === 0 || one.from - (stretches[n - 1]?.to ?? 0) > GAP_MS)
      );
    }),
  );
});
