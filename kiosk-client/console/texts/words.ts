// The words of the console that several pages share: roles, phases, states of a seat, steps of the day. Chinese and English.

import type { DayStep, SeatLook, SeatRow, SessionView, SignInView } from '../../../server/protocol/staff.js';
import type { Texts } from '../../i18n/language.js';

export type Role = SignInView['staff'][number]['roles'][number];
export type Phase = SessionView['phase'];

export interface Words {
  roles: Record<Role, string>;
  phases: Record<Phase, string>;
  looks: Record<SeatLook, string>;
  steps: Record<DayStep['key'], string>;
  loggedIn: Record<SeatRow['loggedIn'], string>;
  attendance: Record<'expected' | 'admitted' | 'refused' | 'absent', string>;
  endReasons: Record<string, string>;
  categories: Record<string, string>;
  notConnected: string;
  checkFailed: string;
  reachesInternet: string;
  spareReady: string;
  seat: (label: string) => string;
  people: (count: number) => string;
  minutes: (count: number) => string;
  cancel: string;
  confirm: string;
  close: string;
  reason: string;
  reasonHint: string;
  orgCode: string;
  orgCodeHint: string;
  empty: string;
}

/** Shapes of the states, so that nobody needs to see colours. */
export const SHAPES: Record<SeatLook, string> = {
  hand: '▲',
  unsent: '■',
  alone: '◐',
  moving: '⇄',
  away: '◌',
  answering: '●',
  'handed-in': '✓',
  received: '✓✓',
  ended: '✕',
  absent: '○',
  refused: '⊘',
  waiting: '·',
  unpaired: '?',
};

const zh: Words = {
  roles: {
    'org-technician': '技术支持',
    chief: '主考',
    deputy: '副主考',
    inspector: '巡考员',
    clerk: '考务工作人员',
    proctor: '监考员',
    sysadmin: '系统管理员',
  },
  phases: {
    installed: '待封场',
    sealed: '已封场',
    open: '入场中',
    running: '考试中',
    paused: '已暂停',
    suspended: '考试中断',
    ended: '收卷中',
    collected: '已收卷',
    'handed-over': '已交接',
  },
  looks: {
    hand: '举手',
    unsent: '有未送达',
    alone: '单机作答',
    moving: '换机中',
    away: '离场',
    answering: '答题中',
    'handed-in': '已交卷',
    received: '已收齐',
    ended: '已终止',
    absent: '缺考',
    refused: '未准入',
    waiting: '等待中',
    unpaired: '未配对',
  },
  steps: {
    'power-on': '开机封场',
    entry: '开放入场',
    rules: '宣读考生守则',
    start: '开考',
    'identity-recheck': '复核身份',
    'cut-off': '停止入场',
    reminder: '临近结束提醒',
    end: '结束',
    collect: '收卷',
    'hand-over': '交接',
  },
  loggedIn: {
    no: '未登录',
    'logged-in': '已登录',
    'identity-confirmed': '已核对信息',
    ready: '已就绪',
  },
  attendance: { expected: '未到', admitted: '已准入', refused: '未准入', absent: '缺考' },
  endReasons: {
    time: '时间到',
    submitted: '自己交卷',
    violation: '违纪终止',
    illness: '因病终止',
    'early-leave': '提前离场',
    disturbing: '扰乱考场',
    'session-ended': '全场提前结束',
  },
  categories: {
    'violation-admonition': '违纪：提醒',
    'violation-warning': '违纪：警告',
    'violation-ending': '违纪：终止考试',
    'violation-voiding': '违纪：成绩无效',
    'question-doubt': '对试题有疑问',
    illness: '身体不适',
    machine: '机器故障',
    environment: '环境干扰',
    staff: '考务人员',
    other: '其他',
  },
  notConnected: '未连接',
  checkFailed: '自检未过',
  reachesInternet: '能上外网',
  spareReady: '备用',
  seat: (label) => `${label} 号`,
  people: (count) => `${count} 人`,
  minutes: (count) => `${count} 分钟`,
  cancel: '取消',
  confirm: '确认',
  close: '关闭',
  reason: '原因',
  reasonHint: '写清楚发生了什么，会记入考场记录',
  orgCode: '授权码',
  orgCodeHint: '由培训评价组织值班员电话读出，14 位数字',
  empty: '没有',
};

const en: Words = {
  roles: {
    'org-technician': 'Org technician',
    chief: 'Chief',
    deputy: 'Deputy chief',
    inspector: 'Inspector',
    clerk: 'Clerk',
    proctor: 'Proctor',
    sysadmin: 'System administrator',
  },
  phases: {
    installed: 'To be sealed',
    sealed: 'Sealed',
    open: 'Entry open',
    running: 'Exam running',
    paused: 'Paused',
    suspended: 'Interrupted',
    ended: 'Collecting',
    collected: 'Collected',
    'handed-over': 'Handed over',
  },
  looks: {
    hand: 'Hand up',
    unsent: 'Unsent',
    alone: 'Works alone',
    moving: 'Moving',
    away: 'Out of room',
    answering: 'Answering',
    'handed-in': 'Handed in',
    received: 'All received',
    ended: 'Ended by staff',
    absent: 'Absent',
    refused: 'Refused',
    waiting: 'Waiting',
    unpaired: 'Not paired',
  },
  steps: {
    'power-on': 'Power on, seal',
    entry: 'Entry',
    rules: 'Rules read',
    start: 'Start',
    'identity-recheck': 'Identity check',
    'cut-off': 'Door closes',
    reminder: 'Reminder',
    end: 'End',
    collect: 'Collection',
    'hand-over': 'Hand-over',
  },
  loggedIn: {
    no: 'Not logged in',
    'logged-in': 'Logged in',
    'identity-confirmed': 'Identity confirmed',
    ready: 'Ready',
  },
  attendance: { expected: 'Not here yet', admitted: 'Admitted', refused: 'Refused', absent: 'Absent' },
  endReasons: {
    time: 'Time over',
    submitted: 'Handed in',
    violation: 'Ended: violation',
    illness: 'Ended: illness',
    'early-leave': 'Left early',
    disturbing: 'Ended: disturbing',
    'session-ended': 'Session ended early',
  },
  categories: {
    'violation-admonition': 'Violation: admonition',
    'violation-warning': 'Violation: warning',
    'violation-ending': 'Violation: ending',
    'violation-voiding': 'Violation: voiding',
    'question-doubt': 'Doubt about a question',
    illness: 'Illness',
    machine: 'Machine failure',
    environment: 'Disturbance from outside',
    staff: 'Staff',
    other: 'Other',
  },
  notConnected: 'Not connected',
  checkFailed: 'Check failed',
  reachesInternet: 'Has internet',
  spareReady: 'Spare',
  seat: (label) => `Seat ${label}`,
  people: (count) => `${count}`,
  minutes: (count) => `${count} min`,
  cancel: 'Cancel',
  confirm: 'Confirm',
  close: 'Close',
  reason: 'Reason',
  reasonHint: 'Say what happened; it goes into the room record',
  orgCode: 'Authorisation code',
  orgCodeHint: '14 digits, read over the telephone by the duty officer of the organisation',
  empty: 'None',
};

export const words: Texts<Words> = { zh, en };
