// What somebody who clicks through the demo does next, in each stage of the day, Chinese and English. Sentences only: what is
// allowed the room decides.

import type { Role } from '../../server/core/types.js';
import type { RoomView } from '../../server/protocol/staff.js';

export type DemoStage =
  | 'seal'
  | 'open-entry'
  | 'open-paper'
  | 'start'
  | 'answer'
  | 'resume'
  | 'decide'
  | 'collect'
  | 'build'
  | 'hand-over'
  | 'done';

export interface Advice {
  zh: string;
  en: string;
}

/** Where the day stands; null where the room has no session. */
export function demoStage({ session }: RoomView): DemoStage | null {
  switch (session?.phase) {
    case undefined:
      return null;
    case 'installed':
      return 'seal';
    case 'sealed':
      return 'open-entry';
    case 'open':
      return session?.paperOpened === true ? 'start' : 'open-paper';
    case 'running':
      return 'answer';
    case 'paused':
      return 'resume';
    case 'suspended':
      return 'decide';
    case 'ended':
      return 'collect';
    case 'collected':
      return session?.bundle == null ? 'build' : 'hand-over';
    case 'handed-over':
      return 'done';
  }
}

/**
 * The advice for a stage.
 * @param at times of the day as text
 * @param who the name of somebody with this role
 */
export function adviceOf(
  stage: DemoStage,
  at: { start: string; end: string },
  who: (role: Role) => string,
): Advice {
  switch (stage) {
    case 'seal':
      return {
        zh: `封场：先打开考生机页面，由系统管理员（${who('sysadmin')}）配对；再由系统管理员和考务（${who('clerk')}）签名，技术支持（${who('org-technician')}）用封场授权码确认。或按 n 一次完成。`,
        en: `Seal: open the candidate pages, let the sysadmin (${who('sysadmin')}) pair them; sysadmin and clerk (${who('clerk')}) sign, the technician (${who('org-technician')}) confirms with the seal code. Or press n.`,
      };
    case 'open-entry':
      return {
        zh: `入场：由主考（${who('chief')}）开放入场，监考员（${who('proctor')}）核验 01–03 号考生；其余考生自动入场。或按 n。`,
        en: `Entry: the chief (${who('chief')}) opens it, the proctor (${who('proctor')}) checks in seats 01–03; the others come by themselves. Or press n.`,
      };
    case 'open-paper':
      return {
        zh: `考生登录、核对、读守则；主考用启封码和 PIN 启封试卷。统一开考 ${at.start}。或按 n。`,
        en: `Log in at the candidate pages, confirm, read the rules; the chief opens the paper with start code and PIN. The start is at ${at.start}. Or press n.`,
      };
    case 'start':
      return {
        zh: `试卷已启封。${at.start} 起由主考开考；按 n 则到点自动开考。`,
        en: `The paper is open. From ${at.start} on the chief starts; n starts it at that moment.`,
      };
    case 'answer':
      return {
        zh: `作答到 ${at.end}。试试：按 k 断电再恢复，刷新页面，举手，标记，交卷。按 n 提前结束。`,
        en: `Answer until ${at.end}. Try: k kills the server and brings it back, reload a page, raise a hand, mark, hand in. n ends the exam early.`,
      };
    case 'resume':
      return {
        zh: '考试暂停，全场时间不走。由主考恢复，或按 n。',
        en: 'Paused, nobody’s time runs. The chief resumes, or press n.',
      };
    case 'decide':
      return {
        zh: `服务器中断期间有人到了结束时间：主考与巡考员（${who('inspector')}）决定续考或结束。按 n 续考。`,
        en: `An end of somebody lay in the outage: chief and inspector (${who('inspector')}) decide to go on or to close. n goes on.`,
      };
    case 'collect':
      return {
        zh: '作答已结束，各机交卷；全部收齐后由主考收卷，或按 n。',
        en: 'Writing has ended, PCs hand in; when all is received the chief collects, or press n.',
      };
    case 'build':
      return {
        zh: '已收卷。由系统管理员生成成绩包，或按 n。',
        en: 'Collected. The sysadmin builds the result bundle, or press n.',
      };
    case 'hand-over':
      return {
        zh: '成绩包已生成。按 n 扮演评价组织：核验、评分、复核、出回执。',
        en: 'The bundle is built. n plays the organisation: verify, score, score again, receipt.',
      };
    case 'done':
      return {
        zh: '本场全部完成。按 q 结束演示。',
        en: 'The session is complete. q ends the demo.',
      };
  }
}
