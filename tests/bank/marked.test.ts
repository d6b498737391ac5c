// Rows of items that people mark, of recordings and of cases, with the mess of real life: what is taken, and every cell that is not,
// by place and reason.

import t from 'tap';
import { readBank } from '../../server/bank/read-bank.js';
import type { BankPaper } from '../../server/bank/paper-draft.js';
import type { ItemSource } from '../../server/protocol/paper-source.js';
import { tinyFile } from './support/made-papers.js';
import { sheetRows, workbookParts, zipOf } from './support/made-files.js';

type Row = (string | null)[];
const HEADS = [
  '题目编号',
  '题型',
  '题干',
  '选项A',
  '选项B',
  '答案',
  '分值',
  '案例',
  '评分标准',
  '字数上限',
  '字数要求',
];
const FILE_HEADS = ['文件类型', '文件数', '单个文件上限', '录音', '录音说明', '播放次数'];
const MATERIALS = ['所属案例', '材料标题', '材料内容', '材料文件', '保存名'];

/** Two sheets, 题目 and 材料. */
async function read(
  rows: Row[],
  materials: Row[] = [],
  beside: Record<string, Buffer> = {},
): Promise<BankPaper> {
  // Rows may bring headings of their own.
  const head = rows[0]?.[0] === '序号' ? [] : [[...HEADS, ...FILE_HEADS]];
  const parts = workbookParts(sheetRows([...head, ...rows]));
  const sheet = parts['xl/worksheets/sheet1.xml'] ?? '';
  const bytes = await zipOf({
    ...parts,
    'xl/workbook.xml': (parts['xl/workbook.xml'] ?? '').replace(
      '</sheets>',
      '<sheet name="材料" sheetId="2" r:id="r2"/></sheets>',
    ),
    'xl/_rels/workbook.xml.rels': (parts['xl/_rels/workbook.xml.rels'] ?? '').replace(
      '</Relationships>',
      '<Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/></Relationships>',
    ),
    'xl/worksheets/sheet2.xml': sheet.replace(
      /<sheetData>.*<\/sheetData>/s,
      `<sheetData>${sheetRows([MATERIALS, ...materials])}</sheetData>`,
    ),
  });
  return readBank(bytes, 'bank.xlsx', (name) => Promise.resolve(beside[name] ?? null));
}

const itemsOf = ({ paper }: BankPaper): ItemSource[] => paper?.sections.flatMap(({ items }) => items) ?? [];
const faultsOf = ({ findings }: BankPaper) =>
  findings.faults.filter(({ code }) => code !== 'no-item').map(({ where, code }) => `${where} ${code}`);
const notesOf = ({ findings }: BankPaper) =>
  findings.notes
    .filter(({ code }) => !code.startsWith('paper-'))
    .map(({ where, code }) => `${where} ${code}`);

const essay = (id: string, more: Partial<Record<number, string | null>>): Row =>
  Object.assign<Row, object>(
    [id, '论述题', `论述 ${id}`, null, null, '参考', '5', null, '甲（2分）\n乙（3分）', null, null],
    more,
  );
const upload = (id: string, more: Partial<Record<number, string | null>>): Row =>
  Object.assign<Row, object>(
    [
      id,
      '操作题',
      `上传 ${id}`,
      null,
      null,
      '参考',
      '5',
      null,
      '甲（5分）',
      null,
      null,
      'xlsx',
      '2',
      '5MB',
      null,
      null,
      null,
    ],
    more,
  );
const single = (id: string, more: Partial<Record<number, string | null>> = {}): Row =>
  Object.assign<Row, object>([id, '单选题', `单选 ${id}`, '甲', '乙', 'A', '2'], more);

void t.test('texts, uploads and screenshots as people write them', async (t) => {
  const found = await read([
    [
      'q1',
      '简答题',
      '简述',
      null,
      null,
      '一、甲\n二、乙',
      '４ 分',
      null,
      '甲（2分）\n乙：2 分',
      '２００ 字',
      null,
    ],
    ['q2', '论述题', '论述', null, null, '略', '10', null, null, null, '200～500 字'],
    upload('q3', { 11: '.XLSX、xls', 12: '２个', 13: '20' }),
    [
      'q4',
      '截图',
      '截图',
      null,
      null,
      '图',
      '3',
      null,
      '清晰',
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
    ],
  ]);
  t.strictSame(faultsOf(found), []);
  const [short, long, file, shot] = itemsOf(found);
  t.strictSame(short, {
    itemId: 'q1',
    type: 'short-text',
    points: 4,
    stem: '<p>简述</p>',
    maxLength: 200,
    marking: {
      reference: '<p>一、甲</p><p>二、乙</p>',
      rubric: [
        { what: '甲', points: 2 },
        { what: '乙', points: 2 },
      ],
    },
  });
  t.match(long, { maxLength: 10_000, words: { min: 200, max: 500 }, marking: { rubric: [{ points: 10 }] } });
  t.match(file, {
    type: 'file-upload',
    files: { maxCount: 2, maxBytes: 20 * 2 ** 20, types: ['xlsx', 'xls'] },
  });
  t.match(shot, {
    type: 'screenshot',
    files: { maxCount: 1, maxBytes: 10 * 2 ** 20, types: ['png'] },
    marking: { rubric: [{ what: '清晰', points: 3 }] },
  });
  t.strictSame(notesOf(found), ['题目!I3 rubric-made'], 'what was not written is named');
});

void t.test('every cell that does not fit is named, and its item is left out', async (t) => {
  const cases: [Row, string][] = [
    [essay('a', { 5: null }), 'F2 answer-missing'],
    [essay('a', { 6: '6' }), 'I2 rubric-sum'],
    [essay('a', { 8: '甲（2分）\n乙' }), 'I2 rubric-line'],
    [
      essay('a', { 8: Array.from({ length: 31 }, (_, n) => `点${n}（1分）`).join('\n'), 6: '31' }),
      'I2 rubric-many',
    ],
    [essay('a', { 8: `${'长'.repeat(501)}（5分）` }), 'I2 text-too-long'],
    [essay('a', { 9: '20000' }), 'J2 length-bad'],
    [essay('a', { 9: '很多' }), 'J2 length-bad'],
    [essay('a', { 10: '500-200' }), 'K2 words-bad'],
    [essay('a', { 9: '100', 10: '200-500' }), 'K2 words-above-limit'],
    [essay('a', { 3: '甲' }), 'D2 options-here'],
    [essay('a', { 5: '见【图1】' }), 'F2 cell-markup'],
    [essay('a', { 5: 'HTML:<p><img data-media="x" alt="y" /></p>' }), 'F2 cell-markup'],
    [essay('a', { 5: 'HTML:<p onclick="x">a</p>' }), 'F2 cell-html'],
    [essay('a', { 1: '听力题' }), 'B2 type-audio'],
    [upload('a', { 11: null }), 'L2 file-types-missing'],
    [upload('a', { 11: '表格' }), 'L2 file-types-bad'],
    [upload('a', { 12: '21' }), 'M2 file-count-bad'],
    [upload('a', { 13: '500MB' }), 'N2 file-size-bad'],
    [upload('a', { 1: '截图题' }), 'L2 file-types-screenshot'],
    [upload('a', { 14: 'none.mp3', 16: '2' }), 'O2 beside-missing'],
    [upload('a', { 14: '../a.wav', 16: '2' }), 'O2 beside-name'],
    [upload('a', { 14: 'a.wav；b.wav', 16: '2' }), 'O2 audio-many'],
    [upload('a', { 14: 'bad.mp3', 16: '2' }), 'O2 beside-bad'],
    [upload('a', { 14: 'a.wav' }), 'Q2 plays-missing'],
    [upload('a', { 14: 'a.wav', 16: '50' }), 'Q2 plays-bad'],
    [upload('a', { 15: '第一段' }), 'P2 audio-none'],
  ];
  const beside = { 'a.wav': tinyFile('a.wav'), 'b.wav': tinyFile('b.wav'), 'bad.mp3': Buffer.from('<html>') };
  for (const [row, fault] of cases) {
    const found = await read([row], [], beside);
    t.strictSame(faultsOf(found), [`题目!${fault}`], fault);
    t.equal(found.taken, 0, fault);
  }
  const spare = await read([single('s', { 8: '甲（2分）', 11: 'xlsx' })]);
  t.strictSame(notesOf(spare), ['题目!I2 cell-unused', '题目!L2 cell-unused']);
  t.equal(spare.taken, 1, 'a cell that an item has no use for is named, and the item stands');
});

void t.test('a recording in an item of any type', async (t) => {
  const found = await read(
    [single('s', { 14: 'a.wav', 15: '第一段对话', 16: '２次' }), single('u', { 14: 'a.wav', 16: '不限' })],
    [],
    { 'a.wav': tinyFile('a.wav') },
  );
  t.strictSame(faultsOf(found), []);
  t.strictSame(
    itemsOf(found).map(({ audio }) => audio),
    [
      { file: 'a.wav', label: '第一段对话', maxPlays: 2 },
      { file: 'a.wav', label: '录音', maxPlays: null },
    ],
  );
  t.strictSame([...found.media.keys()], ['a.wav'], 'kept once');
  t.strictSame(notesOf(found), ['题目!P3 audio-label-made']);
});

const inCase = (row: Row, caseId = 'c1'): Row => Object.assign<Row, object>([...row], { 7: caseId });
const caseRow: Row = ['c1', '案例分析题', '情景一。\n情景二。'];

void t.test(
  'a case: its items by rows that name it, wherever they stand; its materials by their sheet',
  async (t) => {
    const found = await read(
      [inCase(single('s1')), single('alone'), caseRow, inCase(essay('e1', {})), inCase(upload('', {}))],
      [
        ['c1', '材料一', '甲\n乙', null, null],
        ['ｃ１', '材料二', null, '销售 数据.txt', null],
        ['c1', '材料三', 'HTML:<table><tr><td>1</td></tr></table>', 'b.txt', '明细.txt'],
      ],
      { '销售 数据.txt': tinyFile('a.txt'), 'b.txt': tinyFile('b.txt') },
    );
    t.strictSame(faultsOf(found), []);
    const [alone, whole] = itemsOf(found);
    t.equal(alone?.itemId, 'alone');
    t.match(whole, {
      itemId: 'c1',
      type: 'case',
      points: 12,
      stem: '<p>情景一。</p><p>情景二。</p>',
      shuffleItems: false,
      items: [{ itemId: 's1' }, { itemId: 'e1' }, { itemId: 'c1-001', type: 'file-upload' }],
    });
    const materials = whole?.type === 'case' ? whole.materials : [];
    t.strictSame(materials[0], { title: '材料一', html: '<p>甲</p><p>乙</p>' });
    t.equal(materials[1]?.file?.name, '销售 数据.txt');
    t.match(materials[1]?.file?.file, /^file-[0-9a-f]{8}\.txt$|^[A-Za-z0-9._-]+\.txt$/);
    t.strictSame(materials[2], {
      title: '材料三',
      html: '<table><tr><td>1</td></tr></table>',
      file: { name: '明细.txt', file: 'b.txt' },
    });
    t.equal(found.media.size, 2);
  },
);

void t.test('a case without an id is named by its running number', async (t) => {
  const found = await read([
    ['序号', ...HEADS.slice(1)],
    ['1', ...caseRow.slice(1)],
    inCase(Object.assign<Row, object>(single('x'), { 0: '2' }), '1'),
  ]);
  t.strictSame(faultsOf(found), []);
  t.match(itemsOf(found), [{ itemId: 'case-001', items: [{ itemId: 'case-1-002' }] }]);
});

void t.test('a case is taken whole or not at all', async (t) => {
  const row = (more: Partial<Record<number, string>>) => Object.assign<Row, object>([...caseRow], more);
  const cases: [Row[], Row[], string[]][] = [
    [[caseRow], [], ['题目!A2 case-empty']],
    [
      [row({ 0: '' }), inCase(single('s'))],
      [],
      ['题目!A2 case-id', '题目!A2 case-empty', '题目!H3 case-unknown'],
    ],
    [[row({ 6: '5' }), inCase(single('s'))], [], ['题目!G2 case-sum']],
    [[row({ 5: '略' }), inCase(single('s'))], [], ['题目!F2 case-answer']],
    [[row({ 3: '甲' }), inCase(single('s'))], [], ['题目!D2 options-here']],
    [
      [caseRow, inCase(single('s')), inCase(single('b', { 5: 'D' }))],
      [],
      ['题目!F4 answer-no-option', '题目!A2 case-item-bad'],
    ],
    [
      [caseRow, inCase(single('s')), inCase(Object.assign<Row, object>([...caseRow], { 0: 'c2' }))],
      [],
      ['题目!B4 case-nested', '题目!A2 case-item-bad'],
    ],
    [[single('x'), inCase(single('s'), 'none')], [], ['题目!H3 case-unknown']],
    [[caseRow, inCase(single('s')), inCase(single('s', { 2: '又一题' }))], [], ['题目!2 id-twice']],
    [[caseRow, inCase(single('s'))], [['c9', '材料', '字']], ['材料!2 case-unknown']],
    [[caseRow, inCase(single('s'))], [['c1', null, '字']], ['材料!2 material-title', '题目!A2 material-bad']],
    [[caseRow, inCase(single('s'))], [['c1', '空', null]], ['材料!2 material-empty', '题目!A2 material-bad']],
    [
      [caseRow, inCase(single('s'))],
      [['c1', '宏', null, 'a.xlsm']],
      ['材料!D2 beside-bad', '题目!A2 material-bad'],
    ],
    [
      [caseRow, inCase(single('s'))],
      [['c1', '无', null, 'none.txt']],
      ['材料!D2 beside-missing', '题目!A2 material-bad'],
    ],
    [
      [caseRow, inCase(single('s'))],
      [['c1', '外', null, '../b.txt']],
      ['材料!D2 beside-name', '题目!A2 material-bad'],
    ],
    [
      [caseRow, inCase(single('s'))],
      [['c1', '名', null, 'b.txt', '明细.xlsx']],
      ['材料!2 material-name', '题目!A2 material-bad'],
    ],
    [
      [caseRow, inCase(single('s'))],
      [
        ['c1', '一', null, 'b.txt', null],
        ['c1', '二', null, 'b.txt', null],
      ],
      ['材料!3 material-twice', '题目!A2 material-bad'],
    ],
  ];
  const beside = { 'a.xlsm': Buffer.from('PK\u0003\u0004'), 'b.txt': tinyFile('b.txt') };
  for (const [rows, materials, faults] of cases) {
    const found = await read(rows, materials, beside);
    t.strictSame(faultsOf(found), faults, faults.join());
    const taken = itemsOf(found).some(({ type }) => type === 'case');
    t.equal(
      taken,
      faults[0]?.startsWith('材料!2 case-unknown') === true || faults[0] === '题目!H3 case-unknown'
        ? rows.includes(caseRow)
        : false,
    );
  }
});

void t.test('what stands beside the columns of the materials is named', async (t) => {
  const found = await read([caseRow, inCase(single('s'))], [['c1', '一', '字', null, null, '忘了表头']]);
  t.strictSame(faultsOf(found), ['材料!F heading-blank']);
});

void t.test('each finding of these says what to do, in both languages', async (t) => {
  const found = await read(
    [essay('a', { 8: '甲', 6: '3', 10: 'x' }), upload('b', { 11: null, 12: '0' }), caseRow],
    [['c1', null, null, '..', null]],
  );
  t.ok(found.findings.faults.length >= 5);
  for (const { zh, en } of found.findings.all) {
    t.match(zh, /[\u4e00-\u9fff]/);
    t.match(en, /[a-z]/);
    t.notMatch(`${zh}${en}`, /\{\w+\}/, 'no place of a text is left open');
  }
});
