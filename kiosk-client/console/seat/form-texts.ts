// The words of the forms of a seat.

import type { Texts } from '../../i18n/language.js';
import type { SeatForm } from '../desk.js';

export interface FormTexts extends Record<SeatForm, string> {
  toSeat: string;
  noSeat: string;
  chooseSeat: string;
  swapDo: string;
  swapHint: string;
  minutes: string;
  minutesHint: (log: string) => string;
  timeDo: string;
  timeHint: string;
  escort: string;
  leaveDo: string;
  leaveHint: string;
  category: string;
  what: string;
  incidentDo: string;
  messageDo: string;
  messageText: string;
  messageHint: string;
  endWhy: string;
  endDo: string;
  endHint: string;
  correctCheckInDo: string;
  correctCheckInHint: string;
  correctSwapDo: string;
  reopenDo: string;
  reopenHint: string;
  unpairDo: string;
  unpairHint: string;
}

export const formTexts: Texts<FormTexts> = {
  zh: {
    swap: '换机',
    time: '补时',
    leave: '离场',
    incident: '记录',
    message: '通知',
    end: '终止考试',
    'correct-check-in': '更正入场',
    'correct-swap': '撤回换机',
    reopen: '恢复考试',
    unpair: '解除配对',
    toSeat: '换到',
    noSeat: '没有空闲的考位。请先在一台空机上打开考生页面并配对。',
    chooseSeat: '请选择考位',
    swapDo: '换机',
    swapHint: '答案跟着考生走。原考生机请不要关机，直到“已收齐”。',
    minutes: '补多少分钟',
    minutesHint: (log) => (log === '' ? '按实际耽误的时间' : `考生机记录停顿 ${log}`),
    timeDo: '提交申请',
    timeHint: '需要主考和巡考员两人同意，过时作废。',
    escort: '陪同人员',
    leaveDo: '登记离场',
    leaveHint: '考试时间不停。返回后再登记。',
    category: '类别',
    what: '经过',
    incidentDo: '记入考场记录',
    messageDo: '发送',
    messageText: '通知内容',
    messageHint: '只显示在这一台考生机上，考生须点“知道了”',
    endWhy: '终止原因',
    endDo: '终止考试',
    endHint: '考生页面立即锁定，已作答内容照常收卷。主考可以恢复。',
    correctCheckInDo: '改回“未核验”',
    correctCheckInHint: '点错时用。改回后重新核验，记录里两次都保留。',
    correctSwapDo: '撤回换机',
    reopenDo: '恢复考试',
    reopenHint: '交卷或终止是误操作时用，考生在剩余时间内继续作答。',
    unpairDo: '解除配对',
    unpairHint: '封场后解除配对，封场即失效，须重新签名。',
  },
  en: {
    swap: 'Move',
    time: 'Time back',
    leave: 'Out of room',
    incident: 'Note',
    message: 'Message',
    end: 'End exam',
    'correct-check-in': 'Correct check-in',
    'correct-swap': 'Take move back',
    reopen: 'Reopen',
    unpair: 'Unpair',
    toSeat: 'To',
    noSeat: 'No seat is free. Open the candidates’ page on an idle PC and pair it first.',
    chooseSeat: 'Choose a seat',
    swapDo: 'Move',
    swapHint: 'The answers follow. Leave the old PC on until it says “All received”.',
    minutes: 'Minutes to give back',
    minutesHint: (log) => (log === '' ? 'As much as was really lost' : `The PC’s log says ${log}`),
    timeDo: 'Ask for it',
    timeHint: 'Chief and inspector both have to agree, or it expires.',
    escort: 'Accompanied by',
    leaveDo: 'Record leaving',
    leaveHint: 'The time of the exam goes on. Record the return as well.',
    category: 'Kind',
    what: 'What happened',
    incidentDo: 'Into the record',
    messageDo: 'Send',
    messageText: 'Message',
    messageHint: 'Shown on this PC only, until the candidate has read it',
    endWhy: 'Reason',
    endDo: 'End the exam',
    endHint: 'The page locks at once; what was answered is collected. The chief can reopen.',
    correctCheckInDo: 'Back to “not here yet”',
    correctCheckInHint: 'For a wrong click. Both entries stay in the record.',
    correctSwapDo: 'Take the move back',
    reopenDo: 'Reopen',
    reopenHint: 'When handing in or ending was a mistake: the candidate goes on in the time that is left.',
    unpairDo: 'Unpair',
    unpairHint: 'After sealing this breaks the seal: it has to be signed again.',
  },
};
