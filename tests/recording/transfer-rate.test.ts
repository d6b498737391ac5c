// Speed and time left follow the last seconds, not the whole: a stick that slowed down is told as slow.

import t from 'tap';
import { speedText } from '../../scripts/commands/speed-line.js';
import { RateMeter } from '../../server/recording/transfer-rate.js';

void t.test('speed and time left', async (t) => {
  const meter = new RateMeter();
  t.strictSame(meter.note(0, 0, 1_000), { bytesPerSecond: 0, leftMs: null });
  t.strictSame(meter.note(1_000, 100, 1_000), { bytesPerSecond: 100, leftMs: 9_000 });
  t.strictSame(meter.note(9_000, 1_000, 1_000), { bytesPerSecond: 1_000 / 9, leftMs: 0 });
});

void t.test('a stick that slowed down is told as slow after seconds', async (t) => {
  const meter = new RateMeter();
  for (let second = 0; second <= 60; second++) meter.note(second * 1_000, second * 1e6, 1e9);
  let last = meter.note(61_000, 60.1e6, 1e9);
  for (let second = 62; second <= 80; second++)
    last = meter.note(second * 1_000, (60 + (second - 60) / 10) * 1e6, 1e9);
  t.ok(Math.abs(last.bytesPerSecond - 1e5) < 1e3, String(last.bytesPerSecond));
});

void t.test('one line for people', async (t) => {
  t.equal(
    speedText({ bytesPerSecond: 31.54e6, leftMs: 54_000 }, 1.2e9, 2.9e9),
    '41 % (1.2 / 2.9 GB) 31.5 MB/s 剩余约 0:54 / left',
  );
  t.match(speedText({ bytesPerSecond: 1e6, leftMs: 3_725_000 }, 0, 1), '1:02:05');
  t.notMatch(speedText({ bytesPerSecond: 0, leftMs: null }, 0, 1), '剩余');
});
