// The columns of the template's sheets: headings, widths, lists to choose from and what they say to the editor. Data only.

import { FIELD_TITLES, OPTION_LETTERS, type Field } from './headings.js';
import { TYPE_WORDS } from './item-cells.js';
import { MATERIAL_TITLES } from './material-sheet.js';

export interface Column {
  field: Field;
  title: string;
  width: number;
  needed: boolean;
  /** Words to choose from. */
  list?: string;
  /** Other words are taken as well. */
  open?: boolean;
  /** Bounds of a number. */
  number?: { least: number; most: number; whole: boolean };
  hint: string;
}

/** Columns of the sheet of items, in order. */
export const COLUMNS: readonly Column[] = [
  { field: 'itemId', title: FIELD_TITLES.itemId, width: 12, needed: false, hint: '字母、数字、横线；可空' },
  {
    field: 'section',
    title: FIELD_TITLES.section,
    width: 16,
    needed: false,
    hint: '与“试卷”表的大题标题一致；可空',
  },
  {
    field: 'type',
    title: FIELD_TITLES.type,
    width: 10,
    needed: true,
    list: Object.values(TYPE_WORDS).join(','),
    hint: '从列表选择',
  },
  {
    field: 'stem',
    title: FIELD_TITLES.stem,
    width: 48,
    needed: true,
    hint: 'Alt+Enter 换段；填空用 ____；图片位置写【图1】',
  },
  ...[...OPTION_LETTERS].map((letter, index): Column => ({
    field: `option-${index}`,
    title: `选项${letter}`,
    width: index < 4 ? 20 : 10,
    needed: false,
    hint: '选择题填写，不留空档',
  })),
  {
    field: 'answer',
    title: FIELD_TITLES.answer,
    width: 16,
    needed: true,
    hint: '单选 A；多选 ABD；判断 对/错；填空每空用；分隔，同空多答案用 | 分隔；人工评分的题写参考答案；案例行不写',
  },
  {
    field: 'points',
    title: FIELD_TITLES.points,
    width: 8,
    needed: true,
    hint: '大于 0；也可在“试卷”表写每题分值；案例行可空，等于小题之和',
    number: { least: 0.01, most: 1000, whole: false },
  },
  {
    field: 'missingPoints',
    title: FIELD_TITLES.missingPoints,
    width: 10,
    needed: false,
    hint: '多选题少选且无错选时的得分；空为不得分',
  },
  {
    field: 'shuffleOptions',
    title: FIELD_TITLES.shuffleOptions,
    width: 10,
    needed: false,
    list: '是,否',
    hint: '空为“是”，有“以上都对”之类的选项时为“否”；案例行为小题乱序，空为“否”',
  },
  {
    field: 'picture',
    title: FIELD_TITLES.picture,
    width: 20,
    needed: false,
    hint: '图片文件名，多个用；分隔；也可把图片直接插在本行',
  },
  { field: 'alt', title: FIELD_TITLES.alt, width: 20, needed: false, hint: '给读屏的说明，多个用；分隔' },
  {
    field: 'blankLength',
    title: FIELD_TITLES.blankLength,
    width: 12,
    needed: false,
    hint: '填空题；空为 100',
  },
  {
    field: 'case',
    title: FIELD_TITLES.case,
    width: 12,
    needed: false,
    hint: '小题行填写案例行的题目编号；案例行和独立的题不填',
  },
  {
    field: 'rubric',
    title: FIELD_TITLES.rubric,
    width: 36,
    needed: false,
    hint: '简答、论述、上传、截图题：每行一个要点，写成“要点（2分）”，合计等于分值',
  },
  {
    field: 'maxLength',
    title: FIELD_TITLES.maxLength,
    width: 10,
    needed: false,
    hint: '简答至多 500，论述至多 10000；空为最大',
    number: { least: 1, most: 10_000, whole: true },
  },
  {
    field: 'words',
    title: FIELD_TITLES.words,
    width: 12,
    needed: false,
    hint: '论述题：200-500、不少于 200、不超过 500；只提示，不强制',
  },
  {
    field: 'fileTypes',
    title: FIELD_TITLES.fileTypes,
    width: 14,
    needed: false,
    hint: '文件上传题必填，扩展名如 xlsx、docx；截图题为 png',
  },
  {
    field: 'fileCount',
    title: FIELD_TITLES.fileCount,
    width: 8,
    needed: false,
    hint: '1 至 20；空为 1',
    number: { least: 1, most: 20, whole: true },
  },
  {
    field: 'fileSize',
    title: FIELD_TITLES.fileSize,
    width: 12,
    needed: false,
    hint: '如 20MB、500KB；空为 20MB，截图 10MB；至多 200MB',
  },
  {
    field: 'audio',
    title: FIELD_TITLES.audio,
    width: 16,
    needed: false,
    hint: '录音文件名，放在表格旁边；mp3、wav、ogg，至多 20MB；任何题型都可有一段',
  },
  { field: 'audioLabel', title: FIELD_TITLES.audioLabel, width: 14, needed: false, hint: '如“第一段对话”' },
  {
    field: 'plays',
    title: FIELD_TITLES.plays,
    width: 10,
    needed: false,
    hint: '有录音时必填：1 至 20，或“不限”',
    list: '1,2,3,不限',
    open: true,
  },
  {
    field: 'difficulty',
    title: FIELD_TITLES.difficulty,
    width: 8,
    needed: false,
    list: '易,中,难',
    hint: '不进入试卷',
  },
  { field: 'explanation', title: FIELD_TITLES.explanation, width: 24, needed: false, hint: '不进入试卷' },
  { field: 'remark', title: FIELD_TITLES.remark, width: 16, needed: false, hint: '不进入试卷' },
];

/** Columns of the sheet of materials, in order. */
export const MATERIAL_COLUMNS: readonly { title: string; width: number; hint: string }[] = [
  { title: MATERIAL_TITLES.caseId, width: 14, hint: '案例行的题目编号' },
  { title: MATERIAL_TITLES.title, width: 24, hint: '如“材料一：任务背景”，至多 100 字' },
  { title: MATERIAL_TITLES.content, width: 60, hint: '阅读的文字，写法同题干；可空' },
  {
    title: MATERIAL_TITLES.file,
    width: 24,
    hint: '下载的文件，放在表格旁边；xlsx、docx、pptx、pdf、csv、txt、png、jpg，至多 20MB；可空',
  },
  { title: MATERIAL_TITLES.name, width: 24, hint: '考生保存时的文件名，扩展名与文件相同；空为原名' },
];
