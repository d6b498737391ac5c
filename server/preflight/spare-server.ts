// The room's spare server in the check (REQ-A01): whether the package can be opened on one at all, and whether somebody saw it ready.

import { amber, check, red, unknown, type AnyCheck, type Both, type Judgement } from './line.js';

const REQUIRED: Both = {
  zh: '备用服务器就位：已开机，程序版本相同，装有同一考试包（建议配备）',
  en: 'a spare server stands ready: on, the same version, the same package installed (recommended)',
};

/**
 * REQ-A01. Where the organisation sealed the package to a second server of this room it reckons with one: red until a person has
 * seen it ready. Without a second key no other server could open the papers, and no tick changes that.
 * @param serverCount servers whose keys open the package; null = none is installed
 */
export function judgeSpareServer(serverCount: number | null): Judgement {
  if (serverCount === null)
    return unknown(
      REQUIRED,
      { zh: '没有安装考试包，不知道机构是否安排了备用服务器', en: 'no package says whether one is meant' },
      { zh: '安装考试包后再检查', en: 'install the package, and check again' },
    );
  if (serverCount < 2)
    return amber(
      { zh: '考试包只能由本服务器打开', en: 'this server alone opens the package' },
      REQUIRED,
      {
        zh: '没有备用服务器的密钥：本机损坏时，别的机器打不开试卷',
        en: 'it is sealed to no second server: should this one break, no other opens the papers',
      },
      {
        zh: '在备用服务器上运行 kaochang keys new --role room，把公钥交给机构，请机构按两把公钥制作考试包（--room-key 写两次）',
        en: 'run kaochang keys new --role room on a spare server and ask the organisation to build the package for both public keys (--room-key twice)',
      },
    );
  const others = serverCount - 1;
  return red(
    {
      zh: `考试包为另外 ${others} 台服务器备了密钥，尚无人确认其就绪`,
      en: `the package is sealed to ${others} more, and nobody has said that it is ready`,
    },
    REQUIRED,
    { zh: '机构安排了备用服务器，没有人看过', en: 'a spare server is meant, and nobody has looked at it' },
    {
      zh: '在备用服务器上装同一考试包并运行 kaochang preflight，核对版本后在此勾选',
      en: 'install the same package there, run kaochang preflight on it, compare the version, then tick this',
    },
  );
}

/** The line about the spare server. @param serverCount as judgeSpareServer takes it */
export function spareServerCheck(serverCount: () => Promise<number | null>): AnyCheck {
  return check({
    ...{ id: 'room.spare-server', group: 'room', requirement: 'REQ-A01', manual: true, mendedByTick: true },
    title: { zh: '备用服务器', en: 'spare server' },
    measure: serverCount,
    judge: judgeSpareServer,
  });
}
