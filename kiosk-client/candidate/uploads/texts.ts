// What the kiosk says of files, Chinese and English: what may be handed in, where each file is, what to do next.

import type { Texts } from '../../i18n/language.js';
import type { FileObjection } from './choose-file.js';

/** A size as a person reads it. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const [unit, value] = bytes < 2 ** 20 ? ['KB', bytes / 1024] : ['MB', bytes / 2 ** 20];
  return `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} ${unit}`;
}

const zh = {
  files: (number: number) => `第 ${number} 题上交的文件`,
  limits: (count: number, size: string, types: string) =>
    `最多 ${count} 个文件，每个不超过 ${size}；可上交的类型：${types}`,
  choose: '选择文件…',
  chooseMore: '再选一个文件…',
  replace: '更换',
  remove: '移除',
  removeSure: '确定移除',
  keep: '保留',
  open: '打开检查',
  opening: '正在打开…',
  drop: '也可以把文件拖到这里',
  pasteHow: '先在其他软件中截图（PrtSc 或 Win+Shift+S），再回到本页按 Ctrl+V 粘贴',
  noPicture: '剪贴板里没有图片，请先截图再按 Ctrl+V',
  screenshotName: (number: number, place: number) => `截图-第${number}题-${place}.png`,
  screenshotOf: (place: number) => `已粘贴的截图 ${place}`,
  none: '还没有上交文件',
  reading: '正在读取文件…',
  inRoom: '已存入考场服务器',
  sending: (percent: number) => `已存在本机，正在送达 ${percent}%`,
  waiting: '已存在本机，连上考场服务器后自动送达',
  away: '本机没有这个文件的内容，考场服务器也还没有收到；请重新选择这个文件，或举手',
  memoryOnly: '本机存储异常，文件暂存在内存中，请不要关闭页面，并举手',
  openFailed: '暂时打不开这个文件，请稍后再试',
  objection: (why: FileObjection, name: string, types: string, size: string) =>
    ({
      'too-many': `“${name}”没有上交：文件个数已到上限，请先移除一个`,
      empty: `“${name}”是空文件，没有上交`,
      'too-large': `“${name}”超过 ${size}，没有上交，请缩小后再选`,
      'wrong-type': `“${name}”不是可上交的类型（${types}），请另存为要求的格式后再选`,
      twice: `“${name}”已经上交过了`,
      unreadable: `“${name}”读不出来，请关闭正在使用它的软件后再选`,
    })[why],
  missing: (numbers: string) => `第 ${numbers} 题还没有上交文件`,
};

const en: typeof zh = {
  files: (number) => `Files handed in to item ${number}`,
  limits: (count, size, types) =>
    `At most ${count} ${count === 1 ? 'file' : 'files'} of up to ${size}; types: ${types}`,
  choose: 'Choose a file…',
  chooseMore: 'Choose another file…',
  replace: 'Replace',
  remove: 'Remove',
  removeSure: 'Remove it',
  keep: 'Keep it',
  open: 'Open and check',
  opening: 'Opening…',
  drop: 'or drop it here',
  pasteHow: 'Take a screenshot in the other program (PrtSc or Win+Shift+S), then press Ctrl+V here',
  noPicture: 'There is no picture in the clipboard; take a screenshot first, then press Ctrl+V',
  screenshotName: (number, place) => `screenshot-item${number}-${place}.png`,
  screenshotOf: (place) => `Pasted screenshot ${place}`,
  none: 'No file handed in yet',
  reading: 'Reading the file…',
  inRoom: 'In the room',
  sending: (percent) => `On this PC, on its way: ${percent}%`,
  waiting: 'On this PC; it goes by itself once the room is back',
  away: 'The file is neither on this PC nor in the room; choose it again, or raise your hand',
  memoryOnly: 'This PC cannot store: the file is in memory only. Leave the page open and raise your hand',
  openFailed: 'The file cannot be opened yet; try again in a moment',
  objection: (why, name, types, size) =>
    ({
      'too-many': `"${name}" was not taken: remove another file first`,
      empty: `"${name}" is empty and was not taken`,
      'too-large': `"${name}" is larger than ${size}; make it smaller and choose it again`,
      'wrong-type': `"${name}" is not of a type that is taken (${types}); save it in another format`,
      twice: `"${name}" was handed in already`,
      unreadable: `"${name}" cannot be read; close the program that uses it and choose it again`,
    })[why],
  missing: (numbers) => `No file handed in yet to item ${numbers}`,
};

export const fileTexts: Texts<typeof zh> = { zh, en };
