// What a device reads, as a line of the check says it: in both languages, with units, and without the names of the dictionary.

import fc from 'fast-check';
import t from 'tap';
import { isReading, READINGS, type ReadingName, type Readings } from '../../server/core/readings.js';
import { readingWords } from '../../server/preflight/reading-words.js';

void t.test('readings are said by their names and units, values by words where they have one', async (t) => {
  t.same(readingWords({ 'camera.state': 'off', 'camera.wanted': false, 'video.free': 78.913 }), {
    zh: '录像状态 未录；应在录像 否；录像盘剩余 78.91 GB',
    en: 'recording off; should record no; free for video 78.91 GB',
  });
  t.same(readingWords({ 'camera.state': 'refused' }).zh, '录像状态 密码被拒');
  t.same(readingWords({}), { zh: '—', en: '—' });
  t.same(readingWords({ 'network.unreachable': ['07'] }), { zh: '—', en: '—' }, 'lists have their own words');
});

void t.test('a time is said as people say it, rounded down', async (t) => {
  const said = (s: number) => readingWords({ 'video.time-left': s }).zh;
  t.same([599, 600, 10_800, 259_200, 7_018_115].map(said), [
    '可继续录像 9 分 59 秒',
    '可继续录像 10 分钟',
    '可继续录像 3 小时',
    '可继续录像 3 天',
    '可继续录像 81 天',
  ]);
  t.equal(readingWords({ 'camera.key-frame-interval': 2 }).en, 'key-frame interval 2 s');
});

void t.test('whatever a device may say, no name of the dictionary and no stray value is shown', async (t) => {
  const names = Object.keys(READINGS) as ReadingName[];
  const value = (name: ReadingName) => {
    const word = READINGS[name];
    if (word.type === 'flag') return fc.boolean();
    if (word.type === 'number') return fc.double({ min: word.from, max: word.to, noNaN: true });
    if (word.type === 'list') return fc.array(fc.string({ maxLength: 20 }), { maxLength: 5 });
    return fc.string({ maxLength: 50 });
  };
  const readings = fc
    .subarray(names)
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((name) => [name, value(name)]))));
  fc.assert(
    fc.property(readings, (found) => {
      if (!Object.entries(found).every(([name, one]) => isReading(name, one))) return;
      const { zh, en } = readingWords(found as Readings);
      const said = Object.entries(found).filter(([, one]) => !Array.isArray(one));
      for (const [name, one] of said) {
        t.ok(zh.includes(READINGS[name as ReadingName].zh) && en.includes(READINGS[name as ReadingName].en));
        if (typeof one === 'boolean') t.notMatch(en, /true|false/);
      }
    }),
    { numRuns: 200 },
  );
});
