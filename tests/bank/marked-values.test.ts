// Cells of marking points, lengths, files and plays as editors type them, and their writers, which read back the same.

import fc from 'fast-check';
import t from 'tap';
import {
  readFileSize,
  readFileTypes,
  readPlays,
  readRubric,
  readWords,
  writeFileSize,
  writeRubric,
  writeWords,
} from '../../server/bank/marked-values.js';
import { words } from './support/made-papers.js';

void t.test('marking points: one a line, each with its points', async (t) => {
  for (const [line, what, points] of [
    ['数据完整（2分）', '数据完整', 2],
    ['数据完整 (２ 分)。', '数据完整', 2],
    ['数据完整【1.5】', '数据完整', 1.5],
    ['数据完整｜3', '数据完整', 3],
    ['数据完整：2 分', '数据完整', 2],
    ['数据完整 2分', '数据完整', 2],
    ['每个渠道（四个）正确（8 分）', '每个渠道（四个）正确', 8],
    ['误差不超过 0.1（4）', '误差不超过 0.1', 4],
    ['合计 100', '合计 100', null],
    ['合计为 0 分（0 分）', '合计为 0 分（0 分）', null],
    ['（2分）', '（2分）', null],
    ['x'.repeat(700), 'x'.repeat(700), null],
  ] as const)
    t.strictSame(readRubric(line), [{ what, points }], line.slice(0, 20));
  t.equal(readRubric('一（1分）\r\n\r\n　\n二（2分）').length, 2);
  t.strictSame(readRubric(''), []);
});

void t.test('lengths asked for', async (t) => {
  for (const [text, min, max] of [
    ['200-500', 200, 500],
    ['２００～５００字', 200, 500],
    ['200 至 500 字', 200, 500],
    ['不少于200字', 200, null],
    ['≥200', 200, null],
    ['200字以上', 200, null],
    ['不超过 500 字', null, 500],
    ['500字以内', null, 500],
  ] as const)
    t.strictSame(readWords(text), { min, max }, text);
  for (const text of ['', '500-200', '200字左右', '0-10', '20000', '不少于 99999', '二百'])
    t.equal(readWords(text), null, text);
});

void t.test('kinds, sizes, plays', async (t) => {
  t.strictSame(readFileTypes('.xlsx、 XLS; *.et'), ['xlsx', 'xls', 'et']);
  for (const text of ['', 'xlsx,XLSX', '表格', 'a.b', 'x'.repeat(11)])
    t.equal(readFileTypes(text), null, text);
  for (const [text, bytes] of [
    ['20', 20 * 2 ** 20],
    ['２０ MB', 20 * 2 ** 20],
    ['1.5M', 1.5 * 2 ** 20],
    ['500kb', 500 * 1024],
    ['10兆', 10 * 2 ** 20],
    ['12B', 12],
  ] as const)
    t.equal(readFileSize(text), bytes, text);
  for (const text of ['', '0', '201MB', '1.0001MB', '1 GB', '-1', '十'])
    t.equal(readFileSize(text), null, text);
  t.strictSame(['2', '３ 次', '20遍', '不限', '不限次数', '0', '21', '', '两次'].map(readPlays), [
    2,
    3,
    20,
    'unlimited',
    'unlimited',
    null,
    null,
    null,
    null,
  ]);
});

void t.test('[property] what is written reads back', async (t) => {
  const points = fc.constantFrom(0.25, 1, 2, 10.5, 1000);
  const lines = fc.array(
    fc.record({ what: words.map((text) => `点${text}`.trim()), points }, { noNullPrototype: true }),
    {
      minLength: 1,
      maxLength: 5,
    },
  );
  fc.assert(
    fc.property(lines, (given) => t.strictSame(readRubric(writeRubric(given)), given) || true),
    { numRuns: 60 },
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 * 2 ** 20 }),
      (bytes) => readFileSize(writeFileSize(bytes)) === bytes,
    ),
  );
  const bound = fc.option(fc.integer({ min: 1, max: 10_000 }));
  fc.assert(
    fc.property(bound, bound, (one, other) => {
      const asked =
        one !== null && other !== null && one > other ? { min: other, max: one } : { min: one, max: other };
      const back = readWords(writeWords(asked));
      return asked.min === null && asked.max === null
        ? back === null
        : back?.min === asked.min && back.max === asked.max;
    }),
  );
  t.pass('sizes and lengths too');
});
