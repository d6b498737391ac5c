// What the template says to the editor, Chinese and English side by side, and its example items. Words only.

import type { ItemSource } from '../protocol/paper-source.js';

export const INSTRUCTIONS: readonly (readonly [string, string])[] = [
  [
    '“试卷”表：填写试卷编号（字母、数字、横线）、名称和各大题。大题可不填，此时按题型自动分大题。',
    'Sheet 试卷: identifier (letters, digits, dash), title and sections. Without sections the items are grouped by type.',
  ],
  [
    '“题目”表：一行一题。带 * 的列必填。列的顺序可以改变，可以增加自己的列（不读取，导入时会列出）。',
    'Sheet 题目: one row, one item. Columns with * are needed. Columns may be moved; columns of your own are named at the import and not read.',
  ],
  [
    '题型：单选题、多选题、判断题、填空题、简答题、论述题、文件上传题、截图题、案例题。听力题写作答方式，再填“录音”。',
    'Types: single, multiple, true-false, fill-in, short text, essay, file upload, screenshot, case. A listening item has the type of its answer, and a recording.',
  ],
  [
    '题干：用 Alt+Enter 分段。可用粗体、斜体、下划线、上标、下标；颜色、字号、删除线不行。',
    'Stem: Alt+Enter starts a paragraph. Bold, italic, underline, sub- and superscript are kept; colour, size and strike-through are not.',
  ],
  [
    '选择题：选项从 A 起依次填写，中间不留空。答案写字母，多选如 ABD 或 A、B、D。',
    'Choices: fill options from A without a gap. Key: letters, such as ABD or A、B、D.',
  ],
  [
    '判断题：答案写 对/错、√/×、正确/错误 或 T/F，选项列留空。',
    'True-false: key 对/错, √/×, 正确/错误 or T/F; leave the options blank.',
  ],
  [
    '填空题：题干中每个空写 ____（至少两条下划线）。答案每空用；分隔，同一空可接受的多个答案用 | 分隔。答案本身含 ；或 | 时前面加 \\。',
    'Fill-in: write ____ for each blank. Key: blanks parted by ；, alternatives of one blank by |. Put \\ before a ； or | that belongs to the answer.',
  ],
  [
    '简答题、论述题、文件上传题、截图题由人评分：“答案”写参考答案，“评分要点”每行一个，写成“要点（2分）”，合计等于分值。这两列考生看不到。',
    'Short texts, essays, uploads and screenshots are marked by people: 答案 holds the reference answer, 评分要点 one point a line as 要点（2分）, together the points of the item. Candidates see neither.',
  ],
  [
    '案例题：案例行写题目编号和情景；每个小题占一行，“所属案例”写案例的题目编号；材料写在“材料”表，每份一行。案例的分值等于小题之和。',
    'Cases: the row of the case has an item id and the situation; each of its items has a row that names that id in 所属案例; materials stand in the sheet 材料, one a row. A case is worth the sum of its items.',
  ],
  [
    '材料和录音的文件放在表格旁边，或旁边的“材料”“录音”文件夹。',
    'Files of materials and recordings lie beside the spreadsheet, or in the folders 材料 and 录音 beside it.',
  ],
  [
    '图片：插在本行单元格上（浮动图片），或把文件放在表格旁、在“图片”列写文件名。放在选项列上的图片属于该选项。格式为 PNG、JPEG、WebP。',
    'Pictures: place them over the item’s row, or put files beside the spreadsheet and their names into 图片. A picture over an option belongs to it. PNG, JPEG, WebP.',
  ],
  [
    '图片的位置：在题干或选项中写【图1】【图2】；没有写的图片放在题干末尾。',
    'Where a picture goes: write 【图1】, 【图2】 in stem or option; others follow the stem.',
  ],
  [
    '表格、列表：单元格以 HTML: 开头，其后写 HTML（p、b、i、u、sub、sup、ul、ol、li、table 等）。',
    'Tables and lists: open the cell with HTML: and write HTML (p, b, i, u, sub, sup, ul, ol, li, table …).',
  ],
  [
    '隐藏的行和工作表不读取。一题只占一行；题型、大题、分值可以跨行合并。',
    'Hidden rows and sheets are not read. One item is one row; type, section and points may be merged over rows.',
  ],
  [
    '数字按单元格显示的样子读取（25% 读作 25%）。像 1/2 这样的内容请先把单元格设为文本。',
    'Numbers are taken as they are shown (25% stays 25%). Format cells as text before you type 1/2.',
  ],
  [
    '“示例”“示例材料”表供参考，不会导入。',
    'The sheets 示例 and 示例材料 show examples and are never imported.',
  ],
];

/** One item of each type. Questions of everyday arithmetic; no exam holds them. */
export const EXAMPLES: readonly ItemSource[] = [
  {
    itemId: 'example-1',
    type: 'single',
    points: 1,
    stem: '<p>某商品进价 80 元，售价 100 元，其毛利率为（　　）。</p>',
    options: [
      { id: 'a', html: '20%' },
      { id: 'b', html: '25%' },
      { id: 'c', html: '80%' },
      { id: 'd', html: '125%' },
    ],
    answer: 'a',
    shuffleOptions: true,
  },
  {
    itemId: 'example-2',
    type: 'multiple',
    points: 2,
    stem: '<p>下列单位中，可以表示面积的有（　　）。</p>',
    options: [
      { id: 'a', html: 'm<sup>2</sup>' },
      { id: 'b', html: 'm<sup>3</sup>' },
      { id: 'c', html: 'km<sup>2</sup>' },
      { id: 'd', html: 'km' },
    ],
    answer: ['a', 'c'],
    shuffleOptions: true,
    scoring: { rule: 'partial', pointsWhenMissing: 1 },
  },
  {
    itemId: 'example-3',
    type: 'true-false',
    points: 1,
    stem: '<p>水的化学式是 H<sub>2</sub>O。</p>',
    answer: true,
  },
  {
    itemId: 'example-4',
    type: 'fill-in',
    points: 2,
    stem: '<p>点击 30 次、展现 1000 次，点击率为 <blank n="1"></blank>；点击率的英文缩写是 <blank n="2"></blank>。</p>',
    blanks: [
      { maxLength: 20, accept: ['3%', '0.03'] },
      { maxLength: 20, accept: ['CTR'] },
    ],
  },
  {
    itemId: 'example-5',
    type: 'short-text',
    points: 4,
    stem: '<p>什么是毛利率？写出计算公式。</p>',
    maxLength: 200,
    marking: {
      reference: '<p>毛利占售价的比例。毛利率 =（售价 − 进价）÷ 售价。</p>',
      rubric: [
        { what: '说明是毛利与售价之比', points: 2 },
        { what: '公式正确', points: 2 },
      ],
    },
  },
  {
    itemId: 'example-6',
    type: 'case',
    points: 20,
    stem: '<p>某小店要比较三种商品的销售情况。请阅读材料，完成下面的任务。</p>',
    materials: [
      { title: '材料一：一周销量', html: '<p>甲 30 件，乙 45 件，丙 25 件。</p><p>单价都是 10 元。</p>' },
    ],
    shuffleItems: false,
    items: [
      {
        itemId: 'example-6-1',
        type: 'single',
        points: 2,
        stem: '<p>一周销量最高的是（　　）。</p>',
        options: [
          { id: 'a', html: '甲' },
          { id: 'b', html: '乙' },
          { id: 'c', html: '丙' },
        ],
        answer: 'b',
        shuffleOptions: true,
      },
      {
        itemId: 'example-6-2',
        type: 'file-upload',
        points: 8,
        stem: '<p>用表格软件计算各商品的销售额，制作柱形图，保存为 .xlsx 上传。</p>',
        files: { maxCount: 1, maxBytes: 20971520, types: ['xlsx', 'et'] },
        marking: {
          reference: '<p>销售额：甲 300 元，乙 450 元，丙 250 元。</p>',
          rubric: [
            { what: '三种商品销售额正确', points: 6 },
            { what: '柱形图有标题', points: 2 },
          ],
        },
      },
      {
        itemId: 'example-6-3',
        type: 'screenshot',
        points: 2,
        stem: '<p>将柱形图截图，用 Ctrl+V 粘贴。</p>',
        files: { maxCount: 1, maxBytes: 10485760, types: ['png'] },
        marking: {
          reference: '<p>与上传的图一致。</p>',
          rubric: [{ what: '截图清晰、内容一致', points: 2 }],
        },
      },
      {
        itemId: 'example-6-4',
        type: 'essay',
        points: 8,
        stem: '<p>根据数据提出下周的进货建议。（100–200 字）</p>',
        maxLength: 1000,
        words: { min: 100, max: 200 },
        marking: {
          reference: '<p>增加乙的进货，丙减少或促销，并说明依据。</p>',
          rubric: [
            { what: '建议与数据一致', points: 5 },
            { what: '理由清楚', points: 3 },
          ],
        },
      },
    ],
  },
];
