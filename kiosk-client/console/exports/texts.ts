// The words of the export of recordings.

import type { ExportOutcome } from '../../../server/core/video-export-types.js';
import type { Texts } from '../../i18n/language.js';

export interface ExportTexts {
  title: string;
  hint: string;
  mayNot: string;
  busy: string;
  atTerminal: (target: string) => string;
  where: string;
  again: string;
  looking: string;
  noTarget: string;
  noTargetHint: string;
  free: (free: string, total: string) => string;
  divided: string;
  unfit: Record<'locked' | 'hangs' | 'names-garbled', string>;
  removable: string;
  plan: string;
  planning: string;
  noPlan: string;
  folder: string;
  head: [camera: string, file: string, size: string, recorded: string, gaps: string];
  noFile: string;
  gapCount: (count: number) => string;
  allThere: string;
  gapList: string;
  missing: (count: number) => string;
  sum: (size: string, free: string) => string;
  there: (size: string) => string;
  tooSmall: (by: string) => string;
  goesOn: (time: string) => string;
  start: (label: string) => string;
  steps: Record<'looking' | 'writing' | 'reading-back' | 'stopping', string>;
  fileOf: (number: number, count: number) => string;
  fileLeft: (time: string) => string;
  allLeft: (time: string) => string;
  speed: (perSecond: string) => string;
  stay: string;
  standsStill: string;
  cancel: string;
  cancelSure: string;
  bar: string;
  fileBar: string;
  outcome: Record<ExportOutcome, string>;
  begun: (time: string, by: string) => string;
  ended: (time: string) => string;
  byCommand: string;
  what: (files: number, size: string) => string;
  readBack: string;
  readCache: string;
  readCacheNext: string;
  doneNext: string;
  lacking: (count: number) => string;
  hash: string;
  hashHint: string;
  bundleOlder: string;
  goOn: string;
  earlier: string;
}

export const exportTexts: Texts<ExportTexts> = {
  zh: {
    title: '录像导出',
    hint: '每台摄像机一个影片，画面不重新编码；写完逐字节读回核对，并附考场签名的清单。',
    mayNot: '由系统管理员、主考、副主考或技术支持导出。',
    busy: '考场正在进行另一场，磁盘要留给作答：收卷后再导出。',
    atTerminal: (target) => `服务器终端上正在导出到 ${target}；要停止请在那个终端按 Ctrl-C。`,
    where: '导出到哪里',
    again: '重新查找',
    looking: '正在查找 U 盘和移动硬盘',
    noTarget: '没有找到可用的盘',
    noTargetHint: '请把 U 盘或移动硬盘插到考务服务器（不是本机）上，几秒后会出现在这里。',
    free: (free, total) => `可用 ${free} / 共 ${total}`,
    divided: 'FAT32：影片会分成小于 4 GB 的几段',
    unfit: {
      locked: '不能写入：拨开写保护开关，或换一块盘；仍不行请联系技术支持',
      hangs: '没有响应：稍等片刻；仍不响应就拔出它，换一块盘导出',
      'names-garbled': '挂载时没有启用 UTF-8 文件名，中文名会成乱码：用选项 utf8 重新挂载，或换一块盘',
    },
    removable: '移动盘',
    plan: '将导出的内容',
    planning: '正在查看录像，不写任何东西',
    noPlan: '暂时看不到录像的内容，请再选一次。',
    folder: '目录',
    head: ['摄像机', '文件', '大小', '已录', '缺口'],
    noFile: '没有录像',
    gapCount: (count) => `${count} 处`,
    allThere: '无',
    gapList: '缺口的时间和原因',
    missing: (count) => `录像盘上已少了 ${count} 段`,
    sum: (size, free) => `共 ${size}，盘上可用 ${free}`,
    there: (size) => `其中约 ${size} 盘上已有，会接着写`,
    tooSmall: (by) => `这个盘还差 ${by}：请腾出空间或换一块盘`,
    goesOn: (time) => `摄像机录到 ${time} 才停；之后再导出一次会补上后面的画面`,
    start: (label) => `开始导出到 ${label}`,
    steps: {
      looking: '正在查看录像',
      writing: '正在写入',
      'reading-back': '正在读回核对',
      stopping: '正在停止',
    },
    fileOf: (number, count) => `第 ${number} 个文件，共 ${count} 个`,
    fileLeft: (time) => `本文件约剩 ${time}`,
    allLeft: (time) => `全部约剩 ${time}`,
    speed: (perSecond) => `每秒 ${perSecond}`,
    stay: '完成前请不要拔盘。可以离开本页，导出在服务器上继续。',
    standsStill: '半分钟没有进展，盘可能没有响应：再等一会儿；仍不动就取消导出，拔出这块盘，换一块盘再导出。',
    cancel: '取消导出',
    cancelSure: '已写的部分留在盘上但不作数；再次导出会接着写',
    bar: '全部进度',
    fileBar: '本文件进度',
    outcome: { done: '已完成', failed: '失败', cancelled: '已取消', interrupted: '中断' },
    begun: (time, by) => `${time} ${by}开始`,
    ended: (time) => `${time} 结束`,
    byCommand: '在服务器终端',
    what: (files, size) => `${files} 个文件，${size}`,
    readBack: '全部从盘上读回，逐字节一致',
    readCache: '已读回核对，但系统可能用了缓存',
    readCacheNext: '请拔出再插上，用 kaochang video verify 复核一次',
    doneNext: '可以拔盘。录像要两份：第二份换一块盘再导出。',
    lacking: (count) => `有 ${count} 段录像缺失或与清单不符，已写入签名清单`,
    hash: '清单校验码',
    hashHint: '交接时双方核对前 8 位',
    bundleOlder: '成绩包是在这次导出之前生成的：重新生成后会写明这次导出。',
    goOn: '选同一个盘再导出，会接着写',
    earlier: '以前的导出',
  },
  en: {
    title: 'Export of recordings',
    hint: 'One film a camera, nothing encoded anew; read back byte for byte, with a list signed by the room.',
    mayNot: 'The system administrator, the chief, the deputy or the technician exports them.',
    busy: 'Another session holds the room and the disk is for answers: export after its collection.',
    atTerminal: (target) =>
      `A terminal of the server exports to ${target}; to stop it press Ctrl-C in that terminal.`,
    where: 'Where to',
    again: 'Look again',
    looking: 'Looking for drives',
    noTarget: 'No drive was found',
    noTargetHint: 'Plug one into the exam server (not into this PC); it shows here after a few seconds.',
    free: (free, total) => `${free} free of ${total}`,
    divided: 'FAT32: films are split into files below 4 GB',
    unfit: {
      locked: 'Cannot be written to: unlock it or take another; if that fails call the technician',
      hangs: 'Does not answer: give it a moment, then unplug it and export to another',
      'names-garbled':
        'Mounted without UTF-8 names, Chinese ones would be garbled: mount it with utf8, or take another',
    },
    removable: 'removable',
    plan: 'What will be exported',
    planning: 'Looking at the recordings; nothing is written',
    noPlan: 'The recordings cannot be looked at just now; choose again.',
    folder: 'Folder',
    head: ['Camera', 'File', 'Size', 'Recorded', 'Gaps'],
    noFile: 'nothing recorded',
    gapCount: (count) => String(count),
    allThere: 'none',
    gapList: 'Times and causes of the gaps',
    missing: (count) => `${count} segments are gone from the video disk`,
    sum: (size, free) => `${size} in all, ${free} free on the drive`,
    there: (size) => `about ${size} of it lies there already`,
    tooSmall: (by) => `The drive lacks ${by}: make room, or take another`,
    goesOn: (time) => `The cameras record until ${time}; an export after that adds the rest`,
    start: (label) => `Export to ${label}`,
    steps: {
      looking: 'Looking at the recordings',
      writing: 'Writing',
      'reading-back': 'Reading back',
      stopping: 'Stopping',
    },
    fileOf: (number, count) => `File ${number} of ${count}`,
    fileLeft: (time) => `about ${time} for this file`,
    allLeft: (time) => `about ${time} in all`,
    speed: (perSecond) => `${perSecond} a second`,
    stay: 'Leave the drive in until it is done. You may leave this page: the server goes on.',
    standsStill:
      'Nothing moved for half a minute, the drive may hang: wait a little; then cancel, unplug this drive and export to another.',
    cancel: 'Cancel the export',
    cancelSure: 'What was written stays on the drive and counts for nothing; the next export goes on with it',
    bar: 'Progress in all',
    fileBar: 'Progress of this file',
    outcome: { done: 'Done', failed: 'Failed', cancelled: 'Cancelled', interrupted: 'Interrupted' },
    begun: (time, by) => `begun ${time} ${by}`,
    ended: (time) => `ended ${time}`,
    byCommand: 'at the server’s terminal',
    what: (files, size) => `${files} files, ${size}`,
    readBack: 'All of it was read back from the drive and is the same, byte for byte',
    readCache: 'It was read back, but perhaps from the system’s memory',
    readCacheNext: 'Unplug the drive, plug it in and run kaochang video verify',
    doneNext: 'The drive may be unplugged. Two copies are wanted: the second goes to another drive.',
    lacking: (count) => `${count} segments are missing or not as listed; the signed list names them`,
    hash: 'Hash of the list',
    hashHint: 'Compare the first 8 characters at the hand-over',
    bundleOlder: 'The result bundle was built before this export: built again it names it.',
    goOn: 'Export to the same drive again: it goes on where it was',
    earlier: 'Earlier exports',
  },
};
