// The words of the chief's page.

import type { Texts } from '../../i18n/language.js';

export interface LeadTexts {
  noSession: string;
  early: string;
  over: string;
  locked: (until: string) => string;
  openTitle: string;
  openHint: string;
  startCode: string;
  startCodeHint: string;
  pin: string;
  open: string;
  opened: string;
  which: string;
  main: string;
  reserve: string;
  delayTitle: string;
  delayHint: string;
  delayMinutes: string;
  delay: string;
  reserveTitle: string;
  reserveHint: string;
  reserveDo: string;
  codeIfNeeded: string;
  pauseTitle: string;
  pauseHint: string;
  cause: string;
  causes: { power: string; chief: string };
  pause: string;
  resumeTitle: string;
  resumeHint: (reason: string) => string;
  resume: string;
  resumeSure: string;
  messageTitle: string;
  messageHint: string;
  message: string;
  send: string;
  sent: string;
  endTitle: string;
  endHint: string;
  end: string;
  clockTitle: string;
  clockHint: (time: string) => string;
  clockRight: string;
  clockWrong: string;
  clockWrongSure: string;
  mainsTitle: string;
  mainsHint: string;
  mainsLost: string;
  mainsBackHint: string;
  mainsBack: string;
  mainsSure: string;
}

export const leadTexts: Texts<LeadTexts> = {
  zh: {
    noSession: '没有安排考试。',
    early: '封场完成后可以开放入场。右上方是现在该做的事。',
    over: '考试已经结束。收卷和交接在“收卷交接”页。',
    locked: (until) => `启封码多次输入错误，${until} 之后才能再试。请与培训评价组织核对。`,
    openTitle: '启封试卷',
    openHint:
      '试卷由两半密钥打开：一半在考场服务器，一半是启封码。启封后试卷内容才会发到考生机，考生到开考时才能看到。',
    startCode: '启封码',
    startCodeHint: '培训评价组织值班员电话读出，20 位数字，空格不限',
    pin: '主考本人 PIN',
    open: '启封',
    opened: '试卷已启封',
    which: '试卷',
    main: '正卷',
    reserve: '备用卷',
    delayTitle: '推迟开考',
    delayHint: '天气、交通、停电等不可抗力时用，须有培训评价组织授权。',
    delayMinutes: '推迟多少分钟',
    delay: '推迟开考',
    reserveTitle: '启用备用卷',
    reserveHint: '不可抗力使正卷不能使用时，凭培训评价组织的授权码启用。启用后按启封备用卷的启封码开考。',
    reserveDo: '启用备用卷',
    codeIfNeeded: '授权码',
    pauseTitle: '暂停考试',
    pauseHint: '全场停止计时，考生页面遮住试题。恢复后每人补足暂停的时间。',
    cause: '类型',
    causes: { power: '停电', chief: '主考决定' },
    pause: '暂停全场',
    resumeTitle: '恢复考试',
    resumeHint: (reason) => `暂停原因：${reason}`,
    resume: '恢复考试',
    resumeSure: '全场立即继续计时',
    messageTitle: '通知全场',
    messageHint: '显示在每一台考生机上，考生须点“知道了”。',
    message: '通知内容',
    send: '发送全场',
    sent: '已发送',
    endTitle: '提前结束全场考试',
    endHint: '所有考生页面立即锁定并收卷，不能撤回。',
    end: '结束全场考试',
    clockTitle: '核对服务器时钟',
    clockHint: (time) => `服务器显示的时间是 ${time}。请与手机或校园时钟核对。`,
    clockRight: '时间正确',
    clockWrong: '时间不对',
    clockWrongSure: '考试改按多数考生机的时间继续计时',
    mainsTitle: '市电',
    mainsHint: '没有接 UPS 监测时，停电时请在这里登记，系统据此提示临界时间。',
    mainsLost: '登记停电',
    mainsBackHint: '已登记停电。',
    mainsBack: '市电已恢复',
    mainsSure: '登记市电中断',
  },
  en: {
    noSession: 'No exam is planned.',
    early: 'Entry can be opened once the room is sealed. What to do now stands at the top right.',
    over: 'The exam is over. Collection and hand-over are on the page “Hand-over”.',
    locked: (until) => `Too many wrong codes: not before ${until}. Check with the organisation.`,
    openTitle: 'Open the paper',
    openHint:
      'Two halves open it: one is in this server, the other is the start code. Only then does the text go to the PCs; candidates see it at the start.',
    startCode: 'Start code',
    startCodeHint: '20 digits, read over the telephone by the organisation; blanks do not matter',
    pin: 'Your own PIN',
    open: 'Open',
    opened: 'The paper is open',
    which: 'Paper',
    main: 'Main paper',
    reserve: 'Reserve paper',
    delayTitle: 'Delay the start',
    delayHint: 'For weather, traffic, power cuts; the organisation has to agree.',
    delayMinutes: 'Minutes',
    delay: 'Delay the start',
    reserveTitle: 'Use the reserve paper',
    reserveHint:
      'When the main paper cannot be used, by a code of the organisation. It is then opened with its own start code.',
    reserveDo: 'Use the reserve paper',
    codeIfNeeded: 'Authorisation code',
    pauseTitle: 'Pause the exam',
    pauseHint: 'Nobody’s time runs and the questions are covered. Everybody gets the time back.',
    cause: 'Kind',
    causes: { power: 'Power cut', chief: 'The chief’s decision' },
    pause: 'Pause everybody',
    resumeTitle: 'Resume',
    resumeHint: (reason) => `Paused because: ${reason}`,
    resume: 'Resume',
    resumeSure: 'Everybody’s time runs again at once',
    messageTitle: 'Message to everybody',
    messageHint: 'Shown on every PC until the candidate has read it.',
    message: 'Message',
    send: 'Send',
    sent: 'Sent',
    endTitle: 'End the whole exam now',
    endHint: 'Every page locks and is collected at once. This cannot be undone.',
    end: 'End the exam',
    clockTitle: 'Check the server’s clock',
    clockHint: (time) => `The server shows ${time}. Compare it with a telephone or the school’s clock.`,
    clockRight: 'It is right',
    clockWrong: 'It is wrong',
    clockWrongSure: 'The exam goes on by the time of most PCs',
    mainsTitle: 'Mains power',
    mainsHint: 'Where no UPS is watched, record a power cut here: the critical moment is then shown.',
    mainsLost: 'Record a power cut',
    mainsBackHint: 'A power cut is recorded.',
    mainsBack: 'Mains is back',
    mainsSure: 'Mains power is lost',
  },
};
