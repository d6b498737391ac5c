// Which column of a bank means what: headings as organisations write them, with stars, hints, blanks and full-width letters.

import { cellLine } from './cell-text.js';
import type { BookCell } from './book.js';

export type Field =
  | 'itemId'
  | 'number'
  | 'section'
  | 'type'
  | 'stem'
  | 'options'
  | `option-${number}`
  | 'answer'
  | 'points'
  | 'missingPoints'
  | 'shuffleOptions'
  | 'picture'
  | 'alt'
  | 'blankLength'
  | 'case'
  | 'rubric'
  | 'maxLength'
  | 'words'
  | 'fileTypes'
  | 'fileCount'
  | 'fileSize'
  | 'audio'
  | 'audioLabel'
  | 'plays'
  | 'difficulty'
  | 'explanation'
  | 'remark';

/** The heading that the template writes. */
export const FIELD_TITLES = {
  itemId: '题目编号',
  section: '大题',
  type: '题型',
  stem: '题干',
  answer: '答案',
  points: '分值',
  missingPoints: '漏选得分',
  shuffleOptions: '选项乱序',
  picture: '图片',
  alt: '图片说明',
  blankLength: '每空最多字数',
  case: '所属案例',
  rubric: '评分要点',
  maxLength: '字符上限',
  words: '字数要求',
  fileTypes: '文件类型',
  fileCount: '文件数',
  fileSize: '单个文件上限',
  audio: '录音',
  audioLabel: '录音说明',
  plays: '播放次数',
  difficulty: '难度',
  explanation: '解析',
  remark: '备注',
} as const satisfies Partial<Record<Field, string>>;

/** Names of fields after normalising; the template's own first. */
const NAMES: Readonly<Record<string, Field>> = {
  题目编号: 'itemId',
  试题编号: 'itemId',
  题目id: 'itemId',
  试题id: 'itemId',
  itemid: 'itemId',
  题目代码: 'itemId',
  题号: 'number',
  序号: 'number',
  编号: 'number',
  no: 'number',
  大题: 'section',
  所属大题: 'section',
  部分: 'section',
  题组: 'section',
  section: 'section',
  题型: 'type',
  题目类型: 'type',
  试题类型: 'type',
  题类: 'type',
  type: 'type',
  题干: 'stem',
  题目: 'stem',
  题目内容: 'stem',
  试题内容: 'stem',
  试题题干: 'stem',
  问题: 'stem',
  stem: 'stem',
  question: 'stem',
  选项: 'options',
  备选项: 'options',
  备选答案: 'options',
  options: 'options',
  答案: 'answer',
  正确答案: 'answer',
  标准答案: 'answer',
  参考答案: 'answer',
  answer: 'answer',
  key: 'answer',
  分值: 'points',
  分数: 'points',
  得分: 'points',
  每题分值: 'points',
  points: 'points',
  score: 'points',
  漏选得分: 'missingPoints',
  少选得分: 'missingPoints',
  漏选分值: 'missingPoints',
  选项乱序: 'shuffleOptions',
  选项随机: 'shuffleOptions',
  图片: 'picture',
  题图: 'picture',
  配图: 'picture',
  图片文件: 'picture',
  图片文件名: 'picture',
  picture: 'picture',
  图片说明: 'alt',
  图片描述: 'alt',
  alt: 'alt',
  每空最多字数: 'blankLength',
  最多字数: 'blankLength',
  所属案例: 'case',
  案例编号: 'case',
  案例: 'case',
  case: 'case',
  评分要点: 'rubric',
  评分标准: 'rubric',
  评分细则: 'rubric',
  采分点: 'rubric',
  得分点: 'rubric',
  rubric: 'rubric',
  字符上限: 'maxLength',
  字数上限: 'maxLength',
  最多字符: 'maxLength',
  maxlength: 'maxLength',
  字数要求: 'words',
  要求字数: 'words',
  words: 'words',
  文件类型: 'fileTypes',
  上传文件类型: 'fileTypes',
  允许类型: 'fileTypes',
  filetypes: 'fileTypes',
  文件数: 'fileCount',
  文件数量: 'fileCount',
  文件个数: 'fileCount',
  filecount: 'fileCount',
  单个文件上限: 'fileSize',
  文件大小: 'fileSize',
  文件大小上限: 'fileSize',
  filesize: 'fileSize',
  录音: 'audio',
  音频: 'audio',
  录音文件: 'audio',
  音频文件: 'audio',
  audio: 'audio',
  录音说明: 'audioLabel',
  音频说明: 'audioLabel',
  播放次数: 'plays',
  plays: 'plays',
  难度: 'difficulty',
  难易度: 'difficulty',
  难度系数: 'difficulty',
  解析: 'explanation',
  答案解析: 'explanation',
  试题解析: 'explanation',
  备注: 'remark',
  知识点: 'remark',
};

export interface Headings {
  row: number;
  columns: Map<number, Field>;
  /** What the heading cells say, by column. */
  titles: Map<number, string>;
  /** Columns of a field that an earlier column has already. */
  twice: number[];
}

/** Letters of options, the first ten. */
export const OPTION_LETTERS = 'ABCDEFGHIJ';

/** The field of a heading, or null. */
export function fieldOf(title: string): Field | null {
  const plain = normaliseHeading(title);
  const option = /^(?:选项|备选项?|答案选项|option)?([a-j])(?:选项|项)?$/.exec(plain)?.[1];
  if (option !== undefined) return `option-${option.charCodeAt(0) - 97}`;
  // Prefixed by nothing but its own name: objects have inherited members too.
  return Object.hasOwn(NAMES, plain) ? (NAMES[plain] ?? null) : null;
}

/** `＊ 题 干（必填）：` -> `题干`. */
export function normaliseHeading(title: string): string {
  return title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[(【[]\s*([a-j])\s*[)】\]]/g, '$1')
    .replace(/[(【[][^)】\]]*[)】\]]?/g, '')
    .replace(/[\s*:：、.。_-]+/g, '');
}

/** Reads a row as headings; null where it lacks stem or answer. */
export function readHeadings(row: number, cells: ReadonlyMap<number, BookCell>): Headings | null {
  const columns = new Map<number, Field>();
  const titles = new Map<number, string>();
  const twice: number[] = [];
  const seen = new Set<Field>();
  for (const [column, cell] of [...cells].sort(([a], [b]) => a - b)) {
    const title = cellLine(cell.runs);
    if (title === '') continue;
    titles.set(column, title);
    const field = fieldOf(title);
    if (field === null) continue;
    if (seen.has(field)) twice.push(column);
    else {
      seen.add(field);
      columns.set(column, field);
    }
  }
  return seen.has('stem') && seen.has('answer') ? { row, columns, titles, twice } : null;
}
