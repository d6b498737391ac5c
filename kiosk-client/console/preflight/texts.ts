// The texts of the check of the room before the exam.

import type { LineGroup, Verdict } from '../../../server/protocol/preflight.js';
import type { Texts } from '../../i18n/language.js';

export interface PreflightTexts {
  title: string;
  hint: string;
  groups: Record<LineGroup, string>;
  verdicts: Record<Verdict, string>;
  run: string;
  again: string;
  runGroup: string;
  progress: (done: number, total: number) => string;
  none: string;
  last: (at: string, by: string) => string;
  onServer: string;
  changed: (parts: string) => string;
  print: string;
  file: string;
  allGreen: (count: number) => string;
  show: string;
  hide: string;
  required: string;
  cause: string;
  next: string;
  tick: string;
  tickedBy: (who: string, at: string) => string;
  noteHint: string;
  noteOf: (line: string) => string;
  ticksHint: string;
  sendTicks: (count: number) => string;
  notRecorded: string;
  ready: string;
  notReady: (count: number) => string;
  withAmber: (count: number) => string;
  hash: string;
  judgedBy: (name: string) => string;
  practice: string;
  mayNot: string;
  notNow: string;
}

export const preflightTexts: Texts<PreflightTexts> = {
  zh: {
    title: '考前检查',
    hint: '逐项测量服务器、考试包、设备、考生机和考场，说明原因和下一步。结果签名后记入考场记录，供封场使用。',
    groups: { server: '服务器', package: '考试包', devices: '设备', pcs: '考生机', room: '考场' },
    verdicts: { green: '正常', amber: '注意', red: '不合格', unknown: '未测得' },
    run: '开始检查',
    again: '重新检查全部',
    runGroup: '重查本组',
    progress: (done, total) => `正在检查 ${done}/${total}`,
    none: '还没有检查过。考前一天先查一次，当天封场前再查一次。',
    last: (at, by) => `${at} ${by}检查`,
    onServer: '在服务器上',
    changed: (parts) => `检查之后有改动：${parts}。请重新检查。`,
    print: '打印报告',
    file: '签名文件',
    allGreen: (count) => `${count} 项全部正常`,
    show: '展开',
    hide: '收起',
    required: '要求',
    cause: '原因',
    next: '下一步',
    tick: '我已核对，正常',
    tickedBy: (who, at) => `${who} ${at} 核对`,
    noteHint: '备注（可不填）：怎样核对的',
    noteOf: (line) => `${line}的备注`,
    ticksHint: '仪器测不到的项目由人核对；勾选后提交，会以您的名义记入报告，备注中不要写考生姓名。',
    sendTicks: (count) => `提交 ${count} 项核对`,
    notRecorded: '检查已完成，但结果未能记入考场记录，请再检查一次。',
    ready: '没有不合格项，可以封场',
    notReady: (count) => `${count} 项不合格，先处理再封场`,
    withAmber: (count) => `${count} 项需要注意或未测得`,
    hash: '报告校验值',
    judgedBy: (name) => `判定标准：${name}`,
    practice: '演练考场：只有正式考试才需要的项目仅作提示',
    mayNot: '由系统管理员或技术支持检查。',
    notNow: '考试进行中，不做检查。',
  },
  en: {
    title: 'Preflight',
    hint: 'Measures server, package, devices, PCs and room line by line, with cause and next step. The result is signed and recorded; the seal stands on it.',
    groups: {
      server: 'Server',
      package: 'Exam package',
      devices: 'Devices',
      pcs: 'Candidate PCs',
      room: 'Room',
    },
    verdicts: { green: 'fine', amber: 'attention', red: 'not fit', unknown: 'not measured' },
    run: 'Begin',
    again: 'Check everything again',
    runGroup: 'Check this group again',
    progress: (done, total) => `Checking ${done}/${total}`,
    none: 'The room has not been checked. Do it the day before, and again before the seal.',
    last: (at, by) => `Checked ${at}, ${by}`,
    onServer: 'on the server',
    changed: (parts) => `Changed since: ${parts}. Check again.`,
    print: 'Print the report',
    file: 'Signed file',
    allGreen: (count) => `all ${count} fine`,
    show: 'Show',
    hide: 'Hide',
    required: 'required',
    cause: 'Cause',
    next: 'Next',
    tick: 'I have checked: it is well',
    tickedBy: (who, at) => `checked by ${who}, ${at}`,
    noteHint: 'Note (optional): how it was checked',
    noteOf: (line) => `Note on ${line}`,
    ticksHint:
      'What no instrument measures a person checks; ticked lines are sent together and recorded in your name. Keep candidates’ names out of the notes.',
    sendTicks: (count) => `Send ${count} ticked`,
    notRecorded: 'The check ended, but its result could not be recorded. Check again.',
    ready: 'Nothing is unfit: the room can be sealed',
    notReady: (count) => `${count} not fit: mend before the seal`,
    withAmber: (count) => `${count} need attention or were not measured`,
    hash: 'Checksum of the report',
    judgedBy: (name) => `Judged by: ${name}`,
    practice: 'A practice room: what only a real exam needs is amber',
    mayNot: 'The system administrator or the technician checks the room.',
    notNow: 'No check while an exam runs.',
  },
};
