// Which earlier versions of a text stay on the PC: what would be missed, not every key, and never too many.

import fc from 'fast-check';
import t from 'tap';
import { withVersion, type TextVersion } from '../../../../kiosk-client/candidate/exam/text-versions.js';

const version = (rev: number, text: string, madeAt = rev * 1_000): TextVersion => ({ rev, text, madeAt });
const long = (letter: string, count = 40) => letter.repeat(count);

void t.test('what is typed on is no version every time', async (t) => {
  t.same(withVersion([], version(1, '短'), '短视'), []);
  const first = withVersion([], version(5, long('甲')), long('甲', 42));
  t.same(
    first.map(({ rev }) => rev),
    [5],
    'the first of some length',
  );
  t.same(withVersion(first, version(6, long('甲', 42), 20_000), long('甲', 44)), first, 'soon after');
  t.same(
    withVersion(first, version(9, long('甲', 60), 70_000), long('甲', 61)).map(({ rev }) => rev),
    [5, 9],
    'a minute later',
  );
});

void t.test('what was lost can be found again', async (t) => {
  t.same(
    withVersion([], version(3, '两三个字'), '').map(({ rev }) => rev),
    [3],
    'all of it deleted',
  );
  t.same(
    withVersion([], version(3, long('乙', 100)), long('乙', 80)).map(({ rev }) => rev),
    [3],
    'a part deleted',
  );
  t.same(withVersion([], version(3, long('乙', 19)), long('乙', 18)), [], 'one sign deleted');
  t.same(withVersion([], version(3, '一'), ''), [], 'a single sign is no loss');
  t.same(withVersion([], version(3, '  '), ''), [], 'nor are blanks');
});

void t.test('the same text stands there once, where it was last', async (t) => {
  const before = [version(1, '甲甲'), version(2, '乙乙')];
  t.same(
    withVersion(before, version(5, '甲甲'), '丙', true).map(({ rev }) => rev),
    [2, 5],
  );
  t.same(withVersion(before, version(5, '丁'), '丁', true), before, 'what did not change is no version');
});

void t.test('never more than twenty; the newest five stay, and those that stood longest', async (t) => {
  let kept: TextVersion[] = [];
  for (let n = 1; n <= 60; n++) kept = withVersion(kept, version(n, `第 ${n} 稿`, n * n * 1_000), '', true);
  t.equal(kept.length, 20);
  t.same(
    kept.slice(-5).map(({ rev }) => rev),
    [56, 57, 58, 59, 60],
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string(), fc.nat(600_000), fc.boolean()), { maxLength: 80 }),
      (steps) => {
        let versions: TextVersion[] = [];
        let at = 0;
        let text = '';
        steps.forEach(([next, wait, always], index) => {
          versions = withVersion(versions, { rev: index, text, madeAt: (at += wait) }, next, always);
          text = next;
        });
        const texts = versions.map((one) => one.text);
        return (
          versions.length <= 20 &&
          new Set(texts).size === texts.length &&
          texts.every((one) => one.trim() !== '')
        );
      },
    ),
  );
});
