// Which section an item of a spreadsheet goes to, which identifier and points it gets, and how answers are read.

import fc from 'fast-check';
import t from 'tap';
import {
  readBlankAnswers,
  readLetters,
  readPoints,
  readTruth,
  readType,
  writeBlankAnswers,
} from '../../server/bank/cell-values.js';
import { fieldOf } from '../../server/bank/headings.js';
import { readBank } from '../../server/bank/read-bank.js';
import { bankOf, HEADINGS } from './support/made-files.js';
import { words } from './support/made-papers.js';

const read = async (rows: (string | null)[][]) =>
  readBank(await bankOf(rows), '题库 A.xlsx', () => Promise.resolve(null));
const choice = (stem: string, section: string | null = null) => [
  '单选题',
  stem,
  '甲',
  '乙',
  null,
  null,
  'A',
  '1',
  section,
];

void t.test('without a plan: by type, numbered in the order of the bank', async (t) => {
  const { paper, findings } = await read([
    [...HEADINGS],
    ['判断题', '判断', null, null, null, null, '√', '1'],
    ['单选题', '单选', '甲', '乙', null, null, 'B', '2'],
    ['判断', '再判断', null, null, null, null, 'F', '1'],
  ]);
  t.match(paper, {
    paperId: 'A',
    title: '题库 A',
    sections: [
      {
        sectionId: 'true-false',
        title: '一、判断题',
        items: [{ itemId: 'true-false-001' }, { itemId: 'true-false-002' }],
      },
      { sectionId: 'single', title: '二、单项选择题', items: [{ itemId: 'single-001' }] },
    ],
  });
  t.strictSame(findings.faults, []);
});

void t.test('sections that differ by their number only are never joined', async (t) => {
  const { paper } = await read([
    [...HEADINGS, '大题'],
    choice('一', '一、选择题'),
    choice('二', '二、选择题'),
    choice('三', '一、选择题（每题 1 分）'),
  ]);
  t.strictSame(
    paper?.sections.map(({ title, items }) => [title, items.length]),
    [
      ['一、选择题', 2],
      ['二、选择题', 1],
    ],
  );
});

void t.test('a title row gives type and points to the rows below it, until another type comes', async (t) => {
  const { paper, findings } = await read([
    [...HEADINGS],
    ['一、单项选择题（每题 1.5 分，共 3 分）'],
    [null, '甲题', '甲', '乙', null, null, 'A', null],
    [null, '乙题', '甲', '乙', null, null, 'B', '2'],
    ['判断题', '丙题', null, null, null, null, '对', null],
    [null, '丁题', '甲', '乙', null, null, 'A', null],
  ]);
  t.strictSame(
    paper?.sections.flatMap(({ items }) => items.map(({ points }) => points)),
    [1.5, 2],
  );
  t.strictSame(
    findings.faults.map(({ where, code }) => `${where} ${code}`),
    ['题目!H5 points-missing', '题目!A6 type-missing'],
  );
});

void t.test('headings as people write them', async (t) => {
  for (const [title, field] of [
    ['题　干', 'stem'],
    ['*题干（必填）', 'stem'],
    ['题干：', 'stem'],
    ['选项Ａ', 'option-0'],
    ['选项（B）', 'option-1'],
    ['C', 'option-2'],
    ['备选项D', 'option-3'],
    ['答案*', 'answer'],
    ['标准答案', 'answer'],
    ['constructor', null],
    ['', null],
  ] as const)
    t.equal(fieldOf(title), field, title);
});

void t.test('keys as people type them', async (t) => {
  for (const [text, letters] of [
    ['ＡＢ', [0, 1]],
    ['A、C', [0, 2]],
    ['d,a', [0, 3]],
    ['答案：B', [1]],
    ['（C）', [2]],
    ['A B', [0, 1]],
    ['AA', null],
    ['K', null],
    ['1', null],
    ['', null],
  ] as const)
    t.strictSame(readLetters(text), letters, text);
  for (const yes of ['对', '√', '正确', 'T', 'TRUE', 'Ｔ', ' 是 ', '✓']) t.equal(readTruth(yes), true, yes);
  for (const no of ['错', '×', '错误', 'F', 'x', '✗', '否', 'FALSE']) t.equal(readTruth(no), false, no);
  for (const neither of ['', '对/错', '也许', '√×']) t.equal(readTruth(neither), null, neither);
  t.strictSame(['２ 分', '1.5', '0', '-1', '1001', '一'].map(readPoints), [2, 1.5, null, null, null, null]);
  t.strictSame(readType('三、判断题（每题1分）')?.type, 'true-false');
  t.equal(readType('连线题'), null);
});

void t.test('options in one cell are parted where the letters run on', async (t) => {
  const heads = ['题型', '题干', '选项', '答案', '分值'];
  const { paper, findings } = await read([
    heads,
    ['单选题', '一', 'A. 甲\nB．乙 B 面\nC、丙', 'B', '1'],
    ['单选题', '二', 'A.甲 B.乙 C.丙 D.丁', 'D', '1'],
    ['单选题', '三', 'A. 甲\nC. 丙', 'A', '1'],
    ['单选题', '四', '甲 乙 丙', 'A', '1'],
  ]);
  const options = paper?.sections[0]?.items.map((item) =>
    'options' in item ? item.options.map(({ html }) => html) : [],
  );
  t.strictSame(options, [
    ['甲', '乙 B 面', '丙'],
    ['甲', '乙', '丙', '丁'],
  ]);
  t.strictSame(
    findings.faults.map(({ where, code }) => `${where} ${code}`).filter((line) => line.includes('unread')),
    ['题目!C4 options-unread', '题目!C5 options-unread'],
  );
});

void t.test('[property] answers of blanks read back as they were written', async (t) => {
  const accept = words.map((text) => text.trim()).filter((text) => text !== '');
  const blanks = fc.array(fc.array(accept, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(blanks, (given) => t.strictSame(readBlankAnswers(writeBlankAnswers(given)), given) || true),
    {
      numRuns: 60,
    },
  );
});
