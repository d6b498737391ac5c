// Marks of people: pending is never 0, what comes back is checked line by line, both scorers agree, no sheet names a candidate.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import fc from 'fast-check';
import t from 'tap';
import type { AnswerValue } from '../../server/core/types.js';
import { partPaper } from '../../server/papers/part-paper.js';
import { rescoreCandidate } from '../../server/papers/rescore.js';
import { checkMarks, markingCode, tasksOf } from '../../server/papers/scoring/marks.js';
import { isEmpty, scoreCandidate } from '../../server/papers/scoring/score.js';
import { loadSource } from '../../server/papers/source.js';
import type { ScoringPart } from '../../server/protocol/package.js';
import { readMarkingSheet, writeMarkingSheet } from '../../scripts/commands/marking-sheet.js';

const source = await loadSource(join(process.cwd(), 'samples', 'practical'));
const loaded = source.papers.get('practical-main');
if (loaded === undefined) throw new Error('no paper');
const { scoring: items } = partPaper(loaded, () => ({ path: '', sha256: '' }));
const scoring: ScoringPart = {
  ...{ packageId: 'p', paperId: 'practical-main', title: '', passMark: 60, weight: 70, items },
  contentKey: Buffer.alloc(32, 7).toString('base64'),
};
const dealt = items.map(({ itemId }) => itemId);
const FILE = { fileHash: 'a'.repeat(64), size: 1, name: 'a.xlsx', type: '' };
const ALL: Record<string, AnswerValue> = {
  t1: { text: '重复 6 条' },
  t2: { files: [FILE] },
  t3: { files: [{ ...FILE, name: 'a.png' }] },
  t4: { text: '短视频' },
  t5: { text: '预算' },
};
const folder = mkdtempSync(join(tmpdir(), 'marks-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

void t.test('what nobody has marked is pending; what was not written is 0', async (t) => {
  const nothing = scoreCandidate(scoring, dealt, {});
  t.match(nothing, { points: 0, pending: 0, of: 100 }, 'nothing to mark');
  const waiting = scoreCandidate(scoring, dealt, ALL);
  t.match(waiting, { points: null, pending: 5 });
  t.ok(waiting.items.every(({ points }) => points === null));
  const some = scoreCandidate(
    scoring,
    dealt,
    ALL,
    new Map([
      ['t1', 5],
      ['t4', 0],
    ]),
  );
  t.match(some, { points: null, pending: 3 });
  t.same(
    some.items.map(({ points }) => points),
    [5, null, null, 0, null],
    'a mark of 0 is a mark',
  );
  const { t2: _t2, t3: _t3, ...texts } = ALL;
  const partial = { ...texts, t5: { text: ' \n' } };
  t.match(
    scoreCandidate(
      scoring,
      dealt,
      partial,
      new Map([
        ['t1', 4.5],
        ['t4', 20.25],
      ]),
    ),
    { points: 24.75, pending: 0 },
  );
});

void t.test('an answer that was taken back is none, of every kind', async (t) => {
  for (const value of [{ text: '' }, { text: '　 \n' }, { files: [] }, { options: [] }, { blanks: ['', ''] }])
    t.ok(isEmpty(value), JSON.stringify(value));
  for (const value of [{ text: 'x' }, { files: [FILE] }, { options: ['a'] }, { blanks: ['', 'x'] }])
    t.notOk(isEmpty(value), JSON.stringify(value));
});

void t.test('both scorers agree on any answers and marks', async (t) => {
  const text = fc.oneof(fc.constantFrom('', ' ', '\n', '　'), fc.string());
  const answers = fc.record({
    t1: fc.option(fc.record({ text }), { nil: undefined }),
    t2: fc.option(fc.record({ files: fc.constantFrom([], [FILE]) }), { nil: undefined }),
    t3: fc.option(fc.record({ files: fc.constantFrom([], [FILE]) }), { nil: undefined }),
    t4: fc.option(fc.record({ text }), { nil: undefined }),
    t5: fc.option(fc.record({ text }), { nil: undefined }),
  });
  const marks = fc.uniqueArray(
    fc.record({
      itemId: fc.constantFrom(...dealt),
      points: fc.integer({ min: 0, max: 500 }).map((n) => n / 100),
    }),
    { selector: ({ itemId }) => itemId },
  );
  fc.assert(
    fc.property(answers, marks, (given, list) => {
      const said = Object.fromEntries(
        Object.entries(given).filter(([, value]) => value !== undefined),
      ) as typeof ALL;
      const first = scoreCandidate(
        scoring,
        dealt,
        said,
        new Map(list.map(({ itemId, points }) => [itemId, points])),
      );
      const second = rescoreCandidate(scoring, dealt, said, list);
      return first.items.every(
        ({ points }, n) => (points === null ? null : Math.round(points * 100)) === second[n]?.cents,
      );
    }),
    { numRuns: 1_000 },
  );
  t.pass();
});

const tasks = ['c001', 'c002'].flatMap((id) => tasksOf(scoring, id, new Set(Object.keys(ALL))));
const line = (code: string, points: string, where = '评卷 2') => ({ where, code, points });
const code = (candidateId: string, itemId: string) => markingCode(scoring, candidateId, itemId);

void t.test('a code stands for one answer, and says nothing without the key', async (t) => {
  t.equal(tasks.length, 10);
  t.equal(new Set(tasks.map((task) => task.code)).size, 10);
  t.equal(code('c001', 't4'), code('c001', 't4'));
  t.match(code('c001', 't4'), /^[2-9A-HJ-NP-Z]{10}$/);
  t.not(markingCode({ ...scoring, contentKey: '' }, 'c001', 't4'), code('c001', 't4'));
  t.same(
    tasksOf(scoring, 'c003', new Set(['t4'])).map(({ itemId, of }) => [itemId, of]),
    [['t4', 27]],
  );
});

void t.test('marks that come back are taken or refused line by line', async (t) => {
  const one = code('c001', 't4');
  const rows: [ReturnType<typeof line>[], number | undefined, RegExp | null][] = [
    [[line(one, '20')], 20, null],
    [[line(one, ' ２０．２５ ')], 20.25, null],
    [[line(one.toLowerCase(), '27')], 27, null],
    [[line(one, '0')], 0, null],
    [[line(one, '')], undefined, null],
    [[line(one, '　')], undefined, null],
    [[line(one, '27.01')], undefined, /27\.01 超过满分 27/],
    [[line(one, '-1')], undefined, /不是数/],
    [[line(one, '1e1')], undefined, /不是数/],
    [[line(one, '2.125')], undefined, /不是数/],
    [[line(one, '缺考')], undefined, /不是数/],
    [[line('AAAAAAAAAA', '5')], undefined, /评卷 2: 没有评卷号/],
    [[line(one, '20'), line(one, '20')], 20, null],
    [[line(one, '20'), line(one, '21', '评卷 9')], 20, /评卷 9: 同一份作答有两个得分.*20, 21/],
  ];
  for (const [lines, points, fault] of rows) {
    const { marks, faults } = checkMarks(tasks, lines);
    t.equal(marks.get(one), points, JSON.stringify(lines));
    if (fault === null) t.same(faults, []);
    else t.match(faults[0], fault);
  }
});

void t.test('the sheet goes out without a name and comes back as .xlsx and as .csv of Excel', async (t) => {
  const file = join(folder, 'sheet.xlsx');
  const evil = '=1+1\u0001\n第二段';
  await writeMarkingSheet(
    file,
    [scoring],
    tasks.map((task) => ({
      ...task,
      stem: '任务',
      answer: task.itemId === 't4' ? { text: evil } : (ALL[task.itemId] ?? { text: '' }),
    })),
  );
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(file);
  const sheet = book.getWorksheet('评卷');
  if (sheet === undefined) throw new Error('no sheet');
  t.equal(sheet.rowCount, 11);
  const texts = JSON.stringify(sheet.getSheetValues());
  t.notMatch(texts, /c00|周景行/);
  t.match(JSON.stringify(book.getWorksheet('评分细则')?.getSheetValues()), /参考答案.*6\.60/);
  let at = 0;
  sheet.eachRow((row, number) => {
    if (row.getCell(2).value === 't4' && at === 0) at = number;
  });
  t.equal(sheet.getRow(at).getCell(4).value, '=1+1\ufffd\n第二段', 'a text, not a formula');
  sheet.getRow(at).getCell(6).value = 21.5;
  sheet.getRow(at + 1).getCell(6).value = { formula: '10+5', result: 15 } as ExcelJS.CellValue;
  await book.xlsx.writeFile(file);
  const lines = await readMarkingSheet(file);
  const { marks, faults } = checkMarks(tasks, lines);
  t.same(faults, []);
  t.same([...marks.values()].sort(), [15, 21.5]);

  const csv = '评卷号,备注,得分\r\n' + `${code('c001', 't1')},"好,的",4.5\r\n`;
  writeFileSync(join(folder, 'utf8.csv'), `\ufeff${csv}`);
  t.same(
    checkMarks(tasks, await readMarkingSheet(join(folder, 'utf8.csv'))).marks.get(code('c001', 't1')),
    4.5,
  );
  // 评卷号,得分 in GB 18030.
  const gb = Buffer.concat([
    Buffer.from([0xc6, 0xc0, 0xbe, 0xed, 0xba, 0xc5, 0x2c, 0xb5, 0xc3, 0xb7, 0xd6, 0x0d, 0x0a]),
    Buffer.from(`${code('c001', 't1')},3\r\n`),
  ]);
  writeFileSync(join(folder, 'gb.csv'), gb);
  t.same(checkMarks(tasks, await readMarkingSheet(join(folder, 'gb.csv'))).marks.get(code('c001', 't1')), 3);
  writeFileSync(join(folder, 'none.csv'), 'a,b\r\n1,2\r\n');
  await t.rejects(readMarkingSheet(join(folder, 'none.csv')), /缺少“评卷号”或“得分”列/);
  t.ok(readFileSync(file).length > 0);
});
