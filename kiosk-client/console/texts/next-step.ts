// The sentences of the next step of the day: what to do, in words that a tired person reads once.

import type { NextKey, NextStep } from '../day/next-step.js';
import type { Texts } from '../../i18n/language.js';

interface Sentence {
  title: string;
  hint: string;
  /** The usual button; absent where there is nothing to press. */
  button?: string;
}

export interface NextStepTexts {
  heading: string;
  sentences: Record<NextKey, (step: NextStep, who: string) => Sentence>;
  from: (time: string, left: string) => string;
  until: (time: string, left: string) => string;
  /** @param left null once it is that time */
  startAt: (time: string, left: string | null) => string;
  paper: string;
  clock: string;
  missing: (seats: string) => string;
  notHere: (count: number) => string;
  notReady: (count: number) => string;
  sure: Partial<Record<NextKey, string>>;
}

const zh: NextStepTexts = {
  heading: '现在该做什么',
  sentences: {
    'no-package': () => ({
      title: '安装考试包',
      hint: '考场还没有考试包。请技术支持远程安装，或由系统管理员从 U 盘安装。',
    }),
    'no-session': () => ({ title: '没有安排考试', hint: '考试包里没有场次。' }),
    pair: ({ count }) => ({
      title: '配对考生机',
      hint: `还有 ${count} 个考位没有配对。把考生机屏幕上的 6 位编号输入到对应考位。`,
      button: '去配对',
    }),
    'check-room': ({ count }) => ({
      title: '考前检查',
      hint: `${count > 0 ? `有 ${count} 项不合格，先处理，再重新检查` : '还没有有效的检查报告，先检查考场'}。之后封场签名。`,
      button: '去检查',
    }),
    'sign-seal': () => ({
      title: '封场签名',
      hint: '逐项检查考场后签名。签名后再改动安装，封场即失效。',
      button: '去签名',
    }),
    'wait-seal': (_, who) => ({ title: '等待封场', hint: `还差：${who}。` }),
    'confirm-seal': () => ({
      title: '确认封场',
      hint: '两人都已签名。致电培训评价组织取得授权码，由技术支持或系统管理员输入。',
      button: '去确认',
    }),
    'wait-entry': () => ({ title: '等待开放入场', hint: '考场已封场，由主考开放入场。' }),
    'open-entry': () => ({
      title: '开放入场',
      hint: '开放后，监考员开始核验证件和准考证。',
      button: '开放入场',
    }),
    'check-in': ({ count }) => ({
      title: '核验入场',
      hint: `还有 ${count} 名考生没有核验。证件和准考证都要看。`,
      button: '去核验',
    }),
    'open-paper': () => ({ title: '启封试卷', hint: '输入电话收到的启封码和本人 PIN。', button: '去启封' }),
    start: () => ({ title: '开考', hint: '试卷已启封。按下后全场同时开始计时。', button: '开考' }),
    'wait-start': () => ({ title: '等待开考', hint: '由主考启封试卷并开考。' }),
    'late-comers': ({ count }) => ({
      title: '留意迟到考生',
      hint: `还有 ${count} 名考生没有到。停止入场前仍可核验入场。`,
      button: '去核验',
    }),
    watch: () => ({ title: '巡视考场', hint: '考试进行中。举手和异常会出现在右上方。' }),
    resume: () => ({ title: '恢复考试', hint: '考试暂停中，全场时间不走。', button: '恢复考试' }),
    'wait-resume': () => ({ title: '考试暂停中', hint: '请考生安静等候，由主考恢复考试。' }),
    'decide-suspended': () => ({
      title: '决定考试是否继续',
      hint: '服务器中断期间有人到了结束时间。主考与巡考员须作出同一决定。',
      button: '去决定',
    }),
    'wait-suspended': () => ({ title: '考试中断', hint: '请考生安静等候，由主考和巡考员决定。' }),
    'confirm-clock': () => ({
      title: '确认服务器时钟',
      hint: '时钟还没有确认，确认之前不能计时。',
      button: '去确认',
    }),
    approve: ({ count }) => ({
      title: '处理补时申请',
      hint: `有 ${count} 条申请等您同意。`,
      button: '去处理',
    }),
    'keep-on': ({ count }) => ({
      title: '考生机保持开机',
      hint: `还有 ${count} 个考位没有收齐，请先不要关机，也不要让考生离场。`,
    }),
    collect: () => ({ title: '收卷', hint: '全部收齐，可以离场。收卷后不再接收任何作答。', button: '收卷' }),
    'wait-collect': () => ({ title: '全部收齐，可以离场', hint: '由主考按下收卷。' }),
    'build-bundle': () => ({
      title: '生成成绩包',
      hint: '把本场全部记录签名、加密成一个文件。',
      button: '生成成绩包',
    }),
    receipt: () => ({
      title: '上交成绩包，登记回执',
      hint: '成绩包交给培训评价组织后，粘贴对方的回执。',
      button: '去登记',
    }),
    'wait-hand-over': (_, who) => ({ title: '等待交接', hint: `由${who}完成成绩包和回执。` }),
    done: () => ({ title: '本场考试已全部完成', hint: '成绩包已交接，可以关机。' }),
  },
  from: (time, left) => `${time} 起可以，还有 ${left}`,
  until: (time, left) => `${time} 截止，还有 ${left}`,
  startAt: (time, left) =>
    left === null ? `已到统一开考时间 ${time}` : `统一开考时间 ${time}，还有 ${left}`,
  paper: '试卷还没有启封',
  clock: '服务器时钟还没有确认',
  missing: (seats) => `未收齐：${seats}`,
  notHere: (count) => `${count} 人未到`,
  notReady: (count) => `${count} 人还没有就绪`,
  sure: {
    start: '全场立即开始计时，不能撤回',
    collect: '收卷后不再接收任何作答，不能撤回',
    resume: '全场立即继续计时',
    'open-entry': '封场状态正常，开始入场',
    'build-bundle': '需要几秒钟',
  },
};

const en: NextStepTexts = {
  heading: 'What to do now',
  sentences: {
    'no-package': () => ({
      title: 'Install the exam package',
      hint: 'This room has no package yet. The org technician installs it remotely, or the system administrator from USB.',
    }),
    'no-session': () => ({ title: 'No exam is planned', hint: 'The package has no session.' }),
    pair: ({ count }) => ({
      title: 'Pair the PCs',
      hint: `${count === 1 ? '1 seat has' : `${count} seats have`} no PC yet. Type the six digits on each screen for its seat.`,
      button: 'Pair',
    }),
    'check-room': ({ count }) => ({
      title: 'Check the room',
      hint: `${count > 0 ? `${count === 1 ? '1 line is' : `${count} lines are`} not fit: mend and check again` : 'There is no report that holds: check the room'}. Then sign the seal.`,
      button: 'Check',
    }),
    'sign-seal': () => ({
      title: 'Sign the seal',
      hint: 'Check the room point by point, then sign. Any change of the installation breaks the seal.',
      button: 'Sign',
    }),
    'wait-seal': (_, who) => ({ title: 'The seal is awaited', hint: `Still missing: ${who}.` }),
    'confirm-seal': () => ({
      title: 'Confirm the seal',
      hint: 'Both have signed. Call the organisation for the code; technician or system administrator types it.',
      button: 'Confirm',
    }),
    'wait-entry': () => ({ title: 'Entry is awaited', hint: 'The room is sealed. The chief opens entry.' }),
    'open-entry': () => ({
      title: 'Open entry',
      hint: 'Proctors then check documents and tickets.',
      button: 'Open entry',
    }),
    'check-in': ({ count }) => ({
      title: 'Check candidates in',
      hint: `${count} candidates are not checked in. See both document and ticket.`,
      button: 'Check in',
    }),
    'open-paper': () => ({
      title: 'Open the paper',
      hint: 'Type the start code from the telephone and your PIN.',
      button: 'Open paper',
    }),
    start: () => ({
      title: 'Start the exam',
      hint: 'The paper is open. The clock starts for everybody at once.',
      button: 'Start',
    }),
    'wait-start': () => ({ title: 'The start is awaited', hint: 'The chief opens the paper and starts.' }),
    'late-comers': ({ count }) => ({
      title: 'Late candidates',
      hint: `${count} candidates are not here. They may come in until the door closes.`,
      button: 'Check in',
    }),
    watch: () => ({
      title: 'Walk the room',
      hint: 'The exam runs. Raised hands and trouble appear at the top right.',
    }),
    resume: () => ({ title: 'Resume the exam', hint: 'Paused: nobody’s time runs.', button: 'Resume' }),
    'wait-resume': () => ({ title: 'Paused', hint: 'Candidates wait quietly; the chief resumes.' }),
    'decide-suspended': () => ({
      title: 'Decide how to go on',
      hint: 'Somebody’s end lay in the outage. Chief and inspector have to decide the same.',
      button: 'Decide',
    }),
    'wait-suspended': () => ({
      title: 'Interrupted',
      hint: 'Candidates wait quietly; chief and inspector decide.',
    }),
    'confirm-clock': () => ({
      title: 'Confirm the clock',
      hint: 'Nothing is timed before the clock is confirmed.',
      button: 'Confirm',
    }),
    approve: ({ count }) => ({
      title: 'Requests for time',
      hint: `${count} of them wait for you.`,
      button: 'Look at them',
    }),
    'keep-on': ({ count }) => ({
      title: 'Keep the PCs on',
      hint: `${count} seats have not handed in everything. Nobody leaves, nothing is switched off.`,
    }),
    collect: () => ({
      title: 'Collect',
      hint: 'Everything is here, all may leave. Nothing is taken after the collection.',
      button: 'Collect',
    }),
    'wait-collect': () => ({ title: 'Everything is here, all may leave', hint: 'The chief collects.' }),
    'build-bundle': () => ({
      title: 'Build the result bundle',
      hint: 'All records of the session, signed and sealed in one file.',
      button: 'Build bundle',
    }),
    receipt: () => ({
      title: 'Hand over, record the receipt',
      hint: 'Give the bundle to the organisation, then paste its receipt.',
      button: 'Record receipt',
    }),
    'wait-hand-over': (_, who) => ({ title: 'Hand-over is awaited', hint: `Bundle and receipt: ${who}.` }),
    done: () => ({
      title: 'This session is complete',
      hint: 'The bundle is handed over; machines may go off.',
    }),
  },
  from: (time, left) => `from ${time}, in ${left}`,
  until: (time, left) => `until ${time}, ${left} left`,
  startAt: (time, left) => (left === null ? `the start was due at ${time}` : `start at ${time}, in ${left}`),
  paper: 'the paper is not open',
  clock: 'the clock is not confirmed',
  missing: (seats) => `missing: ${seats}`,
  notHere: (count) => `${count} not here`,
  notReady: (count) => `${count} not ready`,
  sure: {
    start: 'The clock starts for everybody; this cannot be undone',
    collect: 'Nothing is taken afterwards; this cannot be undone',
    resume: 'Everybody’s clock goes on at once',
    'open-entry': 'The seal is in order; entry begins',
    'build-bundle': 'Takes a few seconds',
  },
};

export const nextStepTexts: Texts<NextStepTexts> = { zh, en };
