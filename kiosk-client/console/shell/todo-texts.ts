// The texts of what needs a person.

import type { Texts } from '../../i18n/language.js';

export interface TodoTexts {
  heading: (count: number) => string;
  none: string;
  waits: (time: string) => string;
  hand: string;
  there: string;
  doubt: string;
  alone: string;
  aloneHint: (time: string, unsent: number) => string;
  unsent: string;
  unsentHint: (unsent: number) => string;
  swap: string;
  look: string;
  extension: (minutes: string) => string;
  asked: (reason: string) => string;
  agreed: (role: string, name: string) => string;
  missing: (roles: string, left: string) => string;
  and: string;
  agree: string;
  disagree: string;
  gap: (time: string) => string;
  gapHint: string;
  giveBack: string;
  clock: string;
  clockHint: (doubt: string) => string;
  suspended: string;
  suspendedHint: (at: string, left: string) => string;
  mains: string;
  mainsHint: (at: string) => string;
  mainsShort: string;
  mainsBack: string;
  alarmStands: (time: string) => string;
  alarmOver: string;
  pairing: (code: string) => string;
  pairingHint: (address: string) => string;
  pair: string;
  decide: string;
}

export const todoTexts: Texts<TodoTexts> = {
  zh: {
    heading: (count) => `需要处理（${count}）`,
    none: '没有需要处理的事',
    waits: (time) => `已等待 ${time}`,
    hand: '举手',
    there: '已到位',
    doubt: '记录',
    alone: '单机作答',
    aloneHint: (time, unsent) => `断开 ${time}，作答没有中断${unsent > 0 ? `，${unsent} 项待送` : ''}`,
    unsent: '有未送达',
    unsentHint: (unsent) => `${unsent} 项超过 10 秒没有送达，请看网线`,
    swap: '换到备用机',
    look: '查看',
    extension: (minutes) => `补时 ${minutes}`,
    asked: (reason) => `原因：${reason}`,
    agreed: (role, name) => `${role} ${name} 已同意`,
    and: '、',
    missing: (roles, left) => `等待${roles}同意，剩 ${left}`,
    agree: '同意',
    disagree: '处理',
    gap: (time) => `机器停了 ${time}`,
    gapHint: '考生机自己的记录，可申请补时',
    giveBack: '申请补时',
    clock: '服务器时钟有疑问',
    clockHint: (doubt) => `疑似偏差 ${doubt}，由主考核对`,
    suspended: '考试中断，等待决定',
    suspendedHint: (at, left) => `${at} 之前决定，剩 ${left}`,
    mains: '市电中断',
    mainsHint: (at) => `${at} 前市电没有恢复，即到临界时间`,
    mainsShort: 'UPS 供电中',
    mainsBack: '市电已恢复',
    alarmStands: (time) => `已持续 ${time}`,
    alarmOver: '已自行恢复，等待确认',
    pairing: (code) => `新考生机 ${code}`,
    pairingHint: (address) => `地址 ${address}`,
    pair: '去配对',
    decide: '去处理',
  },
  en: {
    heading: (count) => `Needs a person (${count})`,
    none: 'Nothing waits for anybody',
    waits: (time) => `waiting for ${time}`,
    hand: 'Hand up',
    there: 'I am there',
    doubt: 'Note',
    alone: 'works alone',
    aloneHint: (time, unsent) =>
      `off for ${time}; answering goes on${unsent > 0 ? `, ${unsent} to send` : ''}`,
    unsent: 'unsent',
    unsentHint: (unsent) => `${unsent} for over 10 s: look at the cable`,
    swap: 'Move to a spare',
    look: 'Look',
    extension: (minutes) => `${minutes} back`,
    asked: (reason) => `Reason: ${reason}`,
    agreed: (role, name) => `${role} ${name} agreed`,
    and: ' and ',
    missing: (roles, left) => `${roles} to agree, ${left} left`,
    agree: 'Agree',
    disagree: 'Look',
    gap: (time) => `the PC stood still for ${time}`,
    gapHint: 'By the PC’s own log; time may be asked for',
    giveBack: 'Ask for time',
    clock: 'The server’s clock is in doubt',
    clockHint: (doubt) => `Perhaps ${doubt} off; the chief checks`,
    suspended: 'Interrupted: a decision is needed',
    suspendedHint: (at, left) => `before ${at}, ${left} left`,
    mains: 'Mains power lost',
    mainsHint: (at) => `The critical moment is ${at}`,
    mainsShort: 'The UPS feeds the room',
    mainsBack: 'Mains is back',
    alarmStands: (time) => `for ${time}`,
    alarmOver: 'over by itself; to be acknowledged',
    pairing: (code) => `New PC ${code}`,
    pairingHint: (address) => `address ${address}`,
    pair: 'Pair',
    decide: 'Go there',
  },
};
