// What programs say of streams and files is read without failing, whatever they say, and adds up to the figures that were sent.

import fc from 'fast-check';
import t from 'tap';
import { readFileFacts } from '../../server/recording/camcorder-file.js';
import { ImportRefusal, timesOf, type PlannedImport } from '../../server/recording/camcorder-import.js';
import { failureOf, probeArguments, probeOf, readProbe } from '../../server/recording/probe-stream.js';
import { stillArguments } from '../../server/recording/watch-arguments.js';

const VIDEO = { index: 0, codec_type: 'video', codec_name: 'h264', width: 1_920, height: 1_080 };
/** `seconds` of pictures, with key frames at these times. */
const said = (seconds: number, keys: readonly number[], fps = 25) => {
  const packets = Array.from({ length: seconds * fps + 1 }, (_, n) => ({
    ...{ stream_index: 0, pts_time: (n / fps).toFixed(6), size: '20000' },
    flags: keys.some((key) => Math.abs(key - n / fps) < 1e-6) ? 'K__' : '___',
  }));
  return JSON.stringify({ streams: [VIDEO], packets });
};
const every = (step: number, seconds: number) =>
  Array.from({ length: Math.floor(seconds / step) + 1 }, (_, n) => n * step);

void t.test('frames, bits and key frames are those that were sent', (t) => {
  t.match(readProbe(said(20, every(2, 20))), {
    ...{ codec: 'h264', width: 1_920, height: 1_080, framesPerSecond: 25, seconds: 20, keyFrames: 11 },
    ...{ kilobitsPerSecond: 4_008, keyFrameIntervalS: 2, keyFrameSpreadS: 0, audioCodec: null, frames: 501 },
  });
  t.end();
});

void t.test('a smart codec shows: long, changing or no intervals', (t) => {
  t.match(readProbe(said(20, [0, 2, 10, 12])), { keyFrameIntervalS: 8, keyFrameSpreadS: 6 });
  t.match(readProbe(said(20, [0])), { keyFrameIntervalS: 20, keyFrameSpreadS: null, keyFrames: 1 });
  t.match(readProbe(said(20, [])), { keyFrameIntervalS: 20, keyFrames: 0 });
  t.end();
});

void t.test('what was not seen is null, never nought', (t) => {
  const none = readProbe(JSON.stringify({ streams: [VIDEO] }));
  t.match(none, { framesPerSecond: null, kilobitsPerSecond: null, keyFrameIntervalS: null, frames: 0 });
  for (const nothing of ['', '{}', '[]', 'null', '{"streams":[{"codec_type":"audio"}]}', '{"streams":7}'])
    t.equal(readProbe(nothing), null, nothing);
  t.end();
});

void t.test('any text is read, and every figure is a number or null', (t) => {
  const odd = fc.oneof(fc.jsonValue(), fc.constantFrom('1e999', '-5', 'N/A', {}, []));
  const stream = fc.record({
    index: odd,
    codec_type: fc.constantFrom('video', 'audio', 7),
    codec_name: odd,
    width: odd,
    height: odd,
    tags: odd,
    duration: odd,
    nb_frames: odd,
    avg_frame_rate: odd,
  });
  const packet = fc.record({ stream_index: odd, pts_time: odd, size: odd, flags: odd });
  const whole = fc.record({
    streams: fc.oneof(odd, fc.array(fc.oneof(stream, fc.constant(VIDEO), odd))),
    packets: fc.oneof(odd, fc.array(fc.oneof(packet, odd))),
    format: odd,
  });
  fc.assert(
    fc.property(
      fc.oneof(
        whole.map((one) => JSON.stringify(one)),
        fc.string(),
        fc.json(),
      ),
      (text) => {
        const facts = readProbe(text);
        const file = readFileFacts(text);
        const numbers = [...Object.values(facts ?? {}), ...Object.values(file)].filter(
          (one) => typeof one === 'number',
        );
        return (
          numbers.every((one) => Number.isFinite(one) && one >= 0 && one < 1e14) && file.codec.length <= 32
        );
      },
    ),
    { numRuns: 500 },
  );
  t.end();
});

void t.test('a failure has its cause, whatever ffprobe writes', (t) => {
  const code = (stderr: string, error: object | null = new Error('x')) =>
    failureOf(error as Error, stderr).code;
  t.equal(code('method DESCRIBE failed: 401 Unauthorized'), 'refused');
  t.equal(code('Connection to tcp://10.0.0.9:554 failed: Connection refused'), 'unreachable');
  t.equal(code('method DESCRIBE failed: 404 Stream Not Found'), 'not-found');
  t.equal(code('', Object.assign(new Error('x'), { code: 'ENOENT' })), 'not-installed');
  t.equal(code('', Object.assign(new Error('x'), { killed: true })), 'timed-out');
  t.equal(code('Invalid data found when processing input'), 'bad-answer');
  t.equal(code('', null), 'no-video');
  fc.assert(
    fc.property(fc.string({ maxLength: 3_000 }), (text) => failureOf(null, text).detail.length <= 200),
  );
  t.end();
});

void t.test('arguments are arguments: an address stays one of them', (t) => {
  const url = 'rtsp://u:p@h/x y -i /etc/passwd';
  t.equal(probeArguments(url, 20).at(-1), url);
  t.equal(stillArguments(url, 640).filter((one) => one.includes('passwd')).length, 1);
  t.equal(probeOf('ffmpeg'), 'ffprobe');
  t.equal(probeOf('/opt/x/ffmpeg.exe'), '/opt/x/ffprobe.exe');
  t.end();
});

const film = (path: string, durationMs: number, createdAt: number | null) => ({
  ...{ path, bytes: 5 },
  facts: { codec: 'h264', width: 1_920, height: 1_080, frames: 9, durationMs, createdAt, isReadable: true },
});
const NINE = Date.UTC(2026, 10, 21, 1);
const MINUTE = 60_000;

void t.test('files of a camcorder follow each other; who corrects the first corrects them all', (t) => {
  // The camcorder's clock is an hour slow; its second file was begun five minutes after the first ended.
  const files = [
    film('a', 10 * MINUTE, NINE - 60 * MINUTE),
    film('b', MINUTE, NINE - 45 * MINUTE),
    film('c', MINUTE, null),
  ];
  const starts = (plan: readonly PlannedImport[]) =>
    plan.map(({ startAt, startFrom }) => [(startAt - NINE) / MINUTE, startFrom]);
  t.same(starts(timesOf(files, NINE)), [
    [0, 'person'],
    [15, 'file'],
    [16, 'file-before'],
  ]);
  t.same(starts(timesOf(files, null)), [
    [-60, 'file'],
    [-45, 'file'],
    [-44, 'file-before'],
  ]);
  // A clock that went back is not believed.
  t.same(starts(timesOf([film('a', 10 * MINUTE, NINE), film('b', MINUTE, NINE - MINUTE)], null)), [
    [0, 'file'],
    [10, 'file-before'],
  ]);
  t.same(timesOf([], NINE), []);
  t.throws(() => timesOf([film('a', MINUTE, null)], null), ImportRefusal);
  t.end();
});

void t.test('no file begins before the one before ended, but for a clock’s inaccuracy', (t) => {
  const one = fc.tuple(fc.nat(1e7), fc.option(fc.integer({ min: NINE, max: NINE + 1e8 })));
  fc.assert(
    fc.property(
      fc.array(one, { minLength: 1, maxLength: 10 }),
      fc.integer({ min: NINE, max: NINE + 1e8 }),
      (list, startAt) => {
        const plan = timesOf(
          list.map(([durationMs, createdAt], n) => film(`${n}`, durationMs, createdAt)),
          startAt,
        );
        return (
          plan.every(({ startAt: at }, n) => n === 0 || at >= (plan[n - 1]?.endAt ?? 0) - 2_000) &&
          plan[0]?.startAt === startAt
        );
      },
    ),
  );
  t.end();
});
