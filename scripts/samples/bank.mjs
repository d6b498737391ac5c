// Writes samples/bank/messy.xlsx: a question bank with the mess of real life, for trying the import. Every question, name and
// figure is invented. What the spreadsheet library cannot write (a picture inside a cell, as WPS has it) is put in by hand.

import { mkdir, writeFile } from 'node:fs/promises';
import ExcelJS from 'exceljs';
import { readFileSync } from 'node:fs';
import yauzl from 'yauzl';
import yazl from 'yazl';

const MTIME = new Date(Date.UTC(2020, 0, 1));
const picture = (name) =>
  readFileSync(new URL(`../../samples/theory/papers/theory-main/media/${name}`, import.meta.url));
const workbook = new ExcelJS.Workbook();
workbook.creator = '示例';
workbook.created = workbook.modified = MTIME;

const paper = workbook.addWorksheet('试卷信息');
paper.addRow(['试卷编号：', null, 'ＤＥＭＯ－ｂａｎｋ']);
paper.addRow(['试卷名称', '　数字营销题库（示例）　']);
paper.addRow([]);
paper.addRow(['大题标题', '题目乱序', '抽题数', '每题分值', '作答说明']);
paper.addRow(['一、单项选择题', '是', '', 1, '每题只有一个正确答案。']);
paper.addRow(['二、多项选择题', '是', '', 2, '']);
paper.addRow(['三、判断题', '否', '', '１', '']);
paper.addRow(['四、填空题', '', '', 2, '每空分值相同。']);

const sheet = workbook.addWorksheet('题目 ');
sheet.columns = [6, 10, 50, 18, 18, 18, 18, 6, 14, 8, 8, 20, 12].map((width) => ({ width }));
sheet.addRow(['某某培训评价组织　题库（示例）']);
sheet.mergeCells('A1:M1');
sheet.addRow(['填写要求：一行一题，带 * 的必填']);
sheet.addRow([]);
const head = sheet.addRow([
  '序号',
  '题 型*',
  '题\n干（必填）',
  '选项Ａ',
  '选项 B',
  'C',
  '选项(D)',
  null,
  '正确答案：',
  '分 值',
  '难度',
  '答案解析',
  '出题人',
  '图 片',
]);
head.font = { bold: true };

const rich = (...parts) => ({ richText: parts.map(([text, font]) => (font ? { text, font } : { text })) });
const rows = {
  // Row 5: all is well, with blanks at the ends, a full-width key and line breaks.
  plain: [
    '1',
    '单选题',
    ' 　某推广计划展现 20000 次，点击 500 次，\r\n其点击率为（　　）。 ',
    '2.5%',
    '0.25%',
    '25%',
    '4%',
    null,
    ' Ｂ ',
    null,
    '易',
    '略',
    '甲',
  ],
  // Row 6: numbers with formats, as Excel stores them.
  numbers: [2, '单选题', '下列折扣中，折后价最低的是', 0.85, 0.9, 0.755, 0.8, null, 'C', 1],
  // Row 7: sub- and superscript, bold; the type from the merged cell above.
  rich: [
    '3',
    null,
    rich(
      ['面积单位 m'],
      ['2', { vertAlign: 'superscript' }],
      [' 与体积单位 m'],
      ['3', { vertAlign: 'superscript' }],
      ['，'],
      ['不', { bold: true }],
      ['能相加。水是 H'],
      ['2', { vertAlign: 'subscript' }],
      ['O。以上说法'],
    ),
    '都对',
    '都错',
    '只有前一句对',
    '只有后一句对',
    null,
    'A',
    1,
  ],
  // Row 8: a formula with its stored value.
  formula: [
    4,
    '单选题',
    { formula: 'CONCATENATE("120 元的商品打","九折后为")', result: '120 元的商品打九折后为' },
    { formula: '120*0.9', result: 108 },
    111,
    12,
    132,
    null,
    '(A)',
    1,
  ],
  // Row 9: a formula that was never worked out.
  noValue: [5, '单选题', { formula: 'A1&B1' }, '甲', '乙', null, null, null, 'A', 1],
  // Row 10: a date that the author wrote as a fraction.
  date: [
    6,
    '单选题',
    '一份推广费占总费用的比例为',
    new Date(Date.UTC(2024, 0, 2)),
    '三分之一',
    '四分之一',
    '五分之一',
    null,
    'A',
    1,
  ],
  // Row 11: an error value.
  error: [7, '单选题', '查找引用出错的一题', { error: '#REF!' }, '乙', '丙', '丁', null, 'A', 1],
  // Row 12: the key is no option.
  noOption: [8, '单选题', '只有三个选项的一题', '甲', '乙', '丙', null, null, 'D', 1],
  // Row 13: a gap in the options.
  gap: [9, '单选题', '选项 B 漏填的一题', '甲', null, '丙', '丁', null, 'A', 1],
  // Row 14: two keys for a single choice.
  twoKeys: [10, '单选题', '单选题写了两个答案', '甲', '乙', '丙', '丁', null, 'Ａ、Ｃ', 1],
  // Row 15: struck-through text.
  strike: [
    11,
    '单选题',
    rich(['某店铺'], ['上月', { strike: true }], ['本月的成交额最高的渠道是']),
    '直播',
    '搜索',
    '推荐',
    '会员',
    null,
    'A',
    1,
  ],
  // Row 16: the same as row 5.
  twin: [
    12,
    '单选',
    '某推广计划展现20000次，点击500次，\n其点击率为（　　）。',
    '2.5%',
    '0.25%',
    '25%',
    '4%',
    null,
    'A',
    1,
  ],
  // Row 17: hidden.
  hidden: [13, '单选题', '被隐藏的一题', '甲', '乙', '丙', '丁', null, 'A', 1],
  // Row 18: a title within the table.
  title: ['二、多项选择题（每题2分）'],
  multiple: [
    14,
    '多选题',
    '下列属于站外推广渠道的有',
    '短视频平台',
    '搜索引擎广告',
    '店铺首页',
    '社交媒体',
    null,
    'Ａ、Ｂ，ｄ',
    null,
    '中',
  ],
  // Row 20: the picture lies over the stem.
  pictured: [
    15,
    '多项选择',
    '根据图中数据，下列说法正确的有',
    '说法一',
    '说法二',
    '说法三',
    null,
    null,
    'AB',
    2,
  ],
  // Row 21: a picture inside a cell, as WPS has it, as option A.
  cellPicture: [
    16,
    '不定项选择题',
    '下列图表中，属于漏斗图的有',
    { formula: '_xlfn.DISPIMG("ID_0A1B2C3D",1)', result: '=DISPIMG("ID_0A1B2C3D",1)' },
    '折线图',
    null,
    null,
    null,
    'A',
    2,
  ],
  // Row 22: something in the column without a heading.
  unheaded: [17, '多选题', '选项 E 所在列没有表头', '甲', '乙', '丙', '丁', '戊', 'AE', 2],
  // Row 23: a table heading that was printed again.
  again: [
    '序号',
    '题型',
    '题干',
    '选项A',
    '选项B',
    '选项C',
    '选项D',
    null,
    '正确答案',
    '分值',
    '难度',
    '答案解析',
    '出题人',
  ],
  right: ['１８', '判断题', '点击率越高，转化率一定越高。', null, null, null, null, null, '×', 1],
  letters: [19, '判断', '客单价是平均每位成交客户的成交金额。', '正确', '错误', null, null, null, 'a', null],
  truth: [20, '判断题', '访客数与浏览量总是相等。', null, null, null, null, null, false, null],
  maybe: [21, '判断题', '答案写得含糊的一题。', null, null, null, null, null, '对/错', 1],
  blanks: [
    22,
    '填空题',
    '展现 1000 次、点击 30 次，点击率为____；每次点击 2 元，共花费＿＿＿元。',
    null,
    null,
    null,
    null,
    null,
    '3%|0.03；60',
    null,
  ],
  brackets: [
    23,
    '填空题',
    '客单价的计算公式为：成交金额÷（　　）。',
    null,
    null,
    null,
    null,
    null,
    '成交客户数/买家数',
    2,
  ],
  count: [24, '填空题', '只有一个空____的题，答案却有两个。', null, null, null, null, null, '甲；乙', 2],
  ruled: [
    25,
    '填空题',
    rich(['投入产出比的英文缩写是'], ['　　　　', { underline: true }], ['。']),
    null,
    null,
    null,
    null,
    null,
    'ROI',
    2,
  ],
  essay: [26, '简答题', '简述提高转化率的三种方法。', null, null, null, null, null, '略', 5],
  material: [27, '案例分析题', '阅读材料，回答问题。', null, null, null, null, null, '略', 10],
  unknown: [28, '连线题', '把左右两列连起来。', null, null, null, null, null, '略', 2],
  typeless: [29, null, '没有写题型的一题', '甲', '乙', null, null, null, 'A', 1],
  free: [30, '单选题', '分值写成零的一题', '甲', '乙', null, null, null, 'A', 0],
  tall: [31, '单选题', '题干合并了两行的一题', '甲', '乙', null, null, null, 'A', 1],
  tallMore: [null, null, null, '丙', '丁'],
  named: [
    32,
    '单选题',
    '图片在表格旁的一题：当日的支付转化率为',
    '30 %',
    '12 %',
    '3 %',
    '0.3 %',
    null,
    'C',
    1,
  ],
  sum: [null, null, null, null, null, null, null, null, null, 45],
};
const at = {};
Object.entries(rows).forEach(([name, values], index) => {
  const row = sheet.getRow((at[name] = 5 + index));
  values.forEach((value, column) => {
    if (value !== null && value !== undefined) row.getCell(column + 1).value = value;
  });
});
for (const cell of ['D', 'E', 'F', 'G'])
  sheet.getCell(`${cell}${at.numbers}`).numFmt = cell === 'F' ? '0.0%' : '0%';
sheet.getCell(`D${at.date}`).numFmt = 'yyyy/m/d';
sheet.mergeCells(`B${at.numbers}:B${at.rich}`);
sheet.mergeCells(`A${at.title}:M${at.title}`);
sheet.mergeCells(`C${at.tall}:C${at.tallMore}`);
sheet.getRow(at.hidden).hidden = true;
sheet.getColumn(12).hidden = true;
sheet.getCell(`N${at.named}`).value = 'shop-day';

const float = (name, cell) => {
  const id = workbook.addImage({ buffer: picture(name), extension: 'png' });
  const { row, col } = sheet.getCell(cell);
  sheet.addImage(id, { tl: { col: col - 1 + 0.2, row: row - 1 + 0.2 }, ext: { width: 160, height: 60 } });
};
float('stock.png', `C${at.pictured}`);
float('keywords.png', `C${at.sum + 5}`);

const hidden = workbook.addWorksheet('作废题目');
hidden.addRow(['题型', '题干', '答案', '分值']);
hidden.addRow(['判断题', '作废的一题', '对', 1]);
hidden.state = 'hidden';
workbook.addWorksheet('Sheet3');
const notes = workbook.addWorksheet('命题记录');
notes.addRow(['2026 年 3 月', '初稿']);

await mkdir(new URL('../../samples/bank/', import.meta.url), { recursive: true });
const bytes = await addCellPicture(
  Buffer.from(await workbook.xlsx.writeBuffer()),
  picture('purchase-funnel.png'),
);
await writeFile(new URL('../../samples/bank/messy.xlsx', import.meta.url), bytes);
await writeFile(new URL('../../samples/bank/shop-day.png', import.meta.url), picture('shop-day.png'));

/** Adds the part that WPS Office keeps pictures of cells in. */
async function addCellPicture(xlsx, png) {
  const parts = await unzip(xlsx);
  parts.set('xl/media/cell1.png', png);
  parts.set(
    'xl/cellimages.xml',
    Buffer.from(
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData" xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><etc:cellImage><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="ID_0A1B2C3D" descr="购买漏斗"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill><xdr:spPr/></xdr:pic></etc:cellImage></etc:cellImages>',
    ),
  );
  parts.set(
    'xl/_rels/cellimages.xml.rels',
    Buffer.from(
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/cell1.png"/></Relationships>',
    ),
  );
  const change = (path, from, to) =>
    parts.set(path, Buffer.from(parts.get(path).toString('utf8').replace(from, to)));
  change(
    'xl/_rels/workbook.xml.rels',
    '</Relationships>',
    '<Relationship Id="rId900" Type="http://www.wps.cn/officeDocument/2020/cellImage" Target="cellimages.xml"/></Relationships>',
  );
  change(
    '[Content_Types].xml',
    '</Types>',
    '<Override PartName="/xl/cellimages.xml" ContentType="application/vnd.wps-officedocument.cellimage+xml"/></Types>',
  );
  const zip = new yazl.ZipFile();
  for (const [path, content] of parts)
    if (!path.endsWith('/')) zip.addBuffer(content, path, { mtime: MTIME });
  zip.end();
  const chunks = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function unzip(bytes) {
  return new Promise((resolve, reject) => {
    const parts = new Map();
    yauzl.fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      zip.on('end', () => resolve(parts));
      zip.on('entry', (entry) =>
        zip.openReadStream(entry, (failed, stream) => {
          if (failed) return reject(failed);
          const chunks = [];
          stream.on('data', (chunk) => chunks.push(chunk));
          stream.on('end', () => {
            parts.set(entry.fileName, Buffer.concat(chunks));
            zip.readEntry();
          });
        }),
      );
      zip.readEntry();
    });
  });
}
