// What the template says to the editor, Chinese and English side by side, and its example items. Words only.

import type { TakenItem } from './cell-values.js';

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
    '题型：单选题、多选题、判断题、填空题。其他题型目前不能导入，导入时会逐题列出。',
    'Types: single, multiple, true-false, fill-in. Other types are not taken yet and are named one by one.',
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
  ['“示例”表供参考，不会导入。', 'The sheet 示例 shows examples and is never imported.'],
];

/** One item of each type. Questions of everyday arithmetic; no exam holds them. */
export const EXAMPLES: readonly TakenItem[] = [
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
];
