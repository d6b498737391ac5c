// The wall clock is set while neither server nor recorder lives: the next recorder knows it by the clock that never jumps, names the
// gap with its cause and its true length, and what was left behind keeps its time. After a new start of the machine only what can be
// known is said.

import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import type { GapLine, SegmentLine } from '../../server/core/video-types.js';
import { isSoundLine } from '../../server/keys/video-line.js';
import { setWhileAway } from '../../server/recording/set-clock.js';
import type { SetAway } from '../support/recording-set-away-main.js';

t.jobs = 2;
t.setTimeout(560_000);

const PROGRAM = join(process.cwd(), 'build', 'tests', 'support', 'recording-set-away-main.js');
const TOLERANCE_MS = 700;
const HOUR_MS = 3_600_000;

void t.test('what can be known of a clock that was set while nobody looked', (t) => {
  const before = { bootId: 'a', wallAt: 1_000_000, monoMs: 5_000 };
  const later = (bootId: string, wallAt: number, monoMs: number) => ({ bootId, wallAt, monoMs });
  t.equal(setWhileAway(before, 1_001_000, later('a', 1_060_000, 65_000)), 0);
  t.equal(setWhileAway(before, 1_001_000, later('a', 1_060_400, 65_000)), 0, 'slewed');
  t.equal(setWhileAway(before, 1_001_000, later('a', 1_100_000, 65_000)), 40_000);
  t.equal(setWhileAway(before, 1_001_000, later('a', 900_000, 65_000)), -160_000);
  t.equal(setWhileAway(before, 1_001_000, later('b', 1_060_000, 20_000)), 0, 'off for a while, as it seems');
  t.equal(setWhileAway(before, 1_001_000, later('b', 900_000, 20_000)), -101_000, 'no time goes back');
  t.equal(setWhileAway(undefined, 1_001_000, later('a', 900_000, 20_000)), -101_000, 'a recorder of before');
  t.end();
});

for (const byMs of [40_000, -40_000, HOUR_MS, -HOUR_MS])
  void t.test(`set by ${byMs / 1_000} s`, { buffered: true, timeout: 500_000 }, async (t) => {
    if (process.platform !== 'linux') return t.pass('faketime is a Linux library');
    const places = '/usr/lib/*/faketime/libfaketime.so.1 /usr/lib/faketime/libfaketime.so.1';
    const library = spawnSync('sh', ['-c', `ls ${places}`], { encoding: 'utf8' }).stdout.split('\n')[0];
    if (library === undefined || library === '')
      return t.fail('faketime is missing: apt-get install faketime');
    const folder = mkdtempSync(join(tmpdir(), 'kaochang-away-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const [clockFile, video] = [join(folder, 'wall-clock'), join(folder, 'video')];
    writeFileSync(clockFile, '+0\n');
    mkdirSync(video);
    const env = {
      ...{ LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: clockFile, FAKETIME_NO_CACHE: '1' },
      ...{ FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1', NO_FAKE_STAT: '1' },
    };
    const args = [PROGRAM, JSON.stringify({ folder: video, byMs })];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
    const { killedAt, againAt, lines } = JSON.parse(stdout) as SetAway;
    t.ok(lines.every(isSoundLine));
    const gaps = lines.filter((line): line is GapLine => line.kind === 'gap');
    t.same(
      gaps.map(({ cause }) => cause),
      ['server-restarted'],
      JSON.stringify(gaps),
    );
    const [gap] = gaps as [GapLine];
    const from = gap.from - byMs - killedAt;
    t.ok(Math.abs(from) < TOLERANCE_MS, `it begins ${Math.round(from)} ms from the kill`);
    const place = lines.indexOf(gap);
    const segments = (all: typeof lines) =>
      all.filter((line): line is SegmentLine => line.kind === 'segment');
    const [left, next] = [segments(lines.slice(0, place)).at(-1), segments(lines.slice(place))[0]];
    t.ok(
      Math.abs((left?.endAt ?? 0) - killedAt) < TOLERANCE_MS,
      'what was left behind has the time of before',
    );
    t.equal(next?.startAt, gap.to, 'and it ends with the first picture by the clock of now');
    t.ok(gap.to - byMs >= againAt - TOLERANCE_MS, 'which came after it was wanted');
    t.ok(segments(lines).every(({ flags }) => !flags.includes('damaged')));
  });
