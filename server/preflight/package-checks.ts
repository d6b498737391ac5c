// The exam package in the check of the room (REQ-B, REQ-C): there, in force for the whole sitting, whole on the disk, to be opened by
// this room, with papers, seats and people enough.

import type { InstalledPackage, Role, SessionPlan } from '../core/types.js';
import { amber, check, green, red, same, unknown, type AnyCheck, type Both, type Judgement } from './line.js';

/** What is installed, and what its file says when it is read again. */
export interface PackageFound {
  /** null where the room has none. */
  installed: InstalledPackage | null;
  /** Sessions that are not collected. */
  ahead: readonly string[];
  now: number;
}

export interface PackageSources {
  found(): Promise<PackageFound>;
  /** Reads the whole file again: signature, every hash, the roster. null = there is no file; else what is wrong, or ''. */
  reread(): Promise<{ problem: string } | null>;
  /** The room's half of each paper: does the room's key open it. */
  halves(): Promise<{ paperId: string; opens: boolean }[]>;
  /** Practice sessions of this package that were played to their end. */
  trials(): Promise<number>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** An exam that is put off by a few days can still be held. */
const SPARE_TERM_MS = 3 * DAY_MS;
/** REQ-B06: two proctors up to so many candidates, above one for each twenty. */
const TWO_PROCTORS_UP_TO = 40;
const CANDIDATES_PER_PROCTOR = 20;
/** Without them no seal, no start, no check-in. */
const NEEDED_ROLES: readonly Role[] = ['chief', 'sysadmin', 'clerk', 'proctor'];
const ROLE_WORDS: Partial<Record<Role, Both>> = {
  chief: { zh: '主考', en: 'chief' },
  sysadmin: { zh: '系统管理员', en: 'sysadmin' },
  clerk: { zh: '考务工作人员', en: 'clerk' },
  proctor: { zh: '监考员', en: 'proctor' },
};

const INSTALL: Both = {
  zh: '安装考试包：kaochang install，或请机构远程安装',
  en: 'install it: kaochang install, or ask the organisation to do it from afar',
};
const ASK_ORG: Both = {
  zh: '请培训评价组织更正后重新下发考试包',
  en: 'ask the organisation for a corrected package',
};
const NO_PACKAGE: Both = { zh: '没有安装考试包', en: 'no package is installed' };

/** A line that says nothing of its own while there is no package. */
function ofPackage(
  required: Both,
  judge: (installed: InstalledPackage, found: PackageFound) => Judgement,
): (found: PackageFound) => Judgement {
  return (found) =>
    found.installed === null ? unknown(required, NO_PACKAGE, INSTALL) : judge(found.installed, found);
}

export function judgeInstalled({ installed, ahead }: PackageFound): Judgement {
  const required = { zh: '已安装本次考试的考试包', en: 'the package of this sitting is installed' };
  if (installed === null) return red({ zh: '没有', en: 'none' }, required, NO_PACKAGE, INSTALL);
  const { packageId, sequence, planName, sessions } = installed;
  const measured = {
    zh: `${packageId} #${sequence} ${planName}，${sessions.length} 场，未考 ${ahead.length} 场`,
    en: `${packageId} #${sequence} ${planName}, ${sessions.length} sessions, ${ahead.length} ahead`,
  };
  if (ahead.length > 0) return green(measured, required);
  return amber(measured, required, { zh: '场次都已考完', en: 'all its sessions are over' }, INSTALL);
}

export const judgeTerm = ofPackage(
  { zh: '到最后一场结束仍有效', en: 'in force until the last session is over' },
  ({ expiresAt, sessions }, { ahead, now }) => {
    const required = { zh: '到最后一场结束仍有效', en: 'in force until the last session is over' };
    const left = Math.floor((expiresAt - now) / HOUR_MS);
    const days = Math.floor(left / 24);
    const span =
      left >= 48 ? { zh: `${days} 天`, en: `${days} days` } : { zh: `${left} 小时`, en: `${left} hours` };
    const measured =
      left < 0 ? { zh: '已过期', en: 'expired' } : { zh: `还有 ${span.zh}`, en: `${span.en} left` };
    const cause = { zh: '考试包的有效期不够', en: 'its term is too short' };
    const ends = sessions
      .filter(({ sessionId }) => ahead.includes(sessionId))
      .map(({ startsAt, subject }) => startsAt + subject.minutes * 60_000);
    const lastEnd = Math.max(now, ...ends);
    if (expiresAt <= lastEnd) return red(measured, required, cause, ASK_ORG);
    return expiresAt < lastEnd + SPARE_TERM_MS
      ? amber(measured, required, cause, ASK_ORG)
      : green(measured, required);
  },
);

export function judgeReread(reread: { problem: string } | null): Judgement {
  const required = { zh: '签名有效，每个文件的校验值相符', en: 'signed, and every hash agrees' };
  if (reread === null) return unknown(required, NO_PACKAGE, INSTALL);
  if (reread.problem === '') return green({ zh: '完好', en: 'whole' }, required);
  return red(
    same(reread.problem),
    required,
    { zh: '磁盘上的考试包已损坏，或密钥不符', en: 'the package on the disk is damaged, or the keys changed' },
    { zh: '检查磁盘，重新安装同一考试包', en: 'look at the disk, and install the same package again' },
  );
}

export function judgeHalves(halves: readonly { paperId: string; opens: boolean }[]): Judgement {
  const required = { zh: '考场密钥能打开本考场的一半启封密钥', en: 'the room’s key opens the room’s half' };
  if (halves.length === 0) return unknown(required, NO_PACKAGE, INSTALL);
  const shut = halves.filter(({ opens }) => !opens).map(({ paperId }) => paperId);
  const measured = same(`${halves.length - shut.length}/${halves.length}`);
  if (shut.length === 0) return green(measured, required);
  return red(
    measured,
    required,
    {
      zh: `打不开 ${shut.join('、')}：考试包不是为这把考场密钥制作的`,
      en: `${shut.join(', ')} cannot be opened: it was not made for this room’s key`,
    },
    {
      zh: '恢复考场密钥的备份，或请机构按现有公钥重新制作',
      en: 'restore the room’s key, or have it made anew',
    },
  );
}

const PAPERS: Both = { zh: '每场都有正卷', en: 'a main paper for every session' };
export const judgePapers = ofPackage(PAPERS, (installed, found) =>
  ofSessions(installed, found, PAPERS, ({ papers }) => papers.some(({ use }) => use === 'main'), {
    zh: '没有正卷',
    en: 'no main paper',
  }),
);

const RESERVE: Both = { zh: '每场都有备用卷', en: 'a reserve paper for every session' };
export const judgeReserve = ofPackage(RESERVE, (installed, found) => {
  const judgement = ofSessions(
    installed,
    found,
    RESERVE,
    ({ papers }) => papers.some(({ use }) => use === 'reserve'),
    { zh: '没有备用卷', en: 'no reserve paper' },
  );
  return judgement.verdict === 'red' ? { ...judgement, verdict: 'amber' } : judgement;
});

const SEATS: Both = { zh: '考位不少于考生，另有备用机', en: 'as many seats as candidates, and spare ones' };
export const judgeSeatCount = ofPackage(SEATS, ({ seats, sessions }, { ahead }) => {
  const most = Math.max(0, ...of(sessions, ahead).map(({ roster }) => roster.length));
  const spare = seats.filter((seat) => seat.spare).length;
  const own = seats.length - spare;
  const measured = {
    zh: `${own} 个考位 + ${spare} 个备用，最多 ${most} 名考生`,
    en: `${own} seats and ${spare} spare ones, ${most} candidates at most`,
  };
  if (own < most) return red(measured, SEATS, { zh: '考位不够', en: 'too few seats' }, ASK_ORG);
  if (spare > 0) return green(measured, SEATS);
  return amber(
    measured,
    SEATS,
    { zh: '没有备用机，机器故障时无处可换', en: 'no spare PC to move to' },
    {
      zh: '请机构在考试包中加备用考位（一般为 10%）',
      en: 'ask for spare seats in the package, 10 % as a rule',
    },
  );
});

const STAFF: Both = {
  zh: `主考、系统管理员、考务、监考齐全；监考 ${TWO_PROCTORS_UP_TO} 人以内 2 名，以上每 ${CANDIDATES_PER_PROCTOR} 人 1 名`,
  en: `chief, sysadmin, clerk, proctors: 2 up to ${TWO_PROCTORS_UP_TO} candidates, above 1 for each ${CANDIDATES_PER_PROCTOR}`,
};
export const judgeStaff = ofPackage(STAFF, ({ staff, sessions }, { ahead }) => {
  const count = (role: Role) => staff.filter(({ roles }) => roles.includes(role)).length;
  const missing = NEEDED_ROLES.filter((role) => count(role) === 0);
  const most = Math.max(0, ...of(sessions, ahead).map(({ roster }) => roster.length));
  const needed = most <= TWO_PROCTORS_UP_TO ? 2 : Math.ceil(most / CANDIDATES_PER_PROCTOR);
  const proctors = count('proctor');
  const measured = {
    zh: `监考 ${proctors} 名，考生最多 ${most} 名`,
    en: `${proctors} proctors, ${most} candidates at most`,
  };
  if (missing.length > 0)
    return red(
      measured,
      STAFF,
      {
        zh: `缺少：${missing.map((role) => ROLE_WORDS[role]?.zh ?? role).join('、')}`,
        en: `missing: ${missing.map((role) => ROLE_WORDS[role]?.en ?? role).join(', ')}`,
      },
      ASK_ORG,
    );
  if (proctors >= needed) return green(measured, STAFF);
  return amber(
    measured,
    STAFF,
    { zh: `监考应为 ${needed} 名`, en: `${needed} proctors are asked for` },
    { zh: '增派监考；考务可顶替监考并记录', en: 'send more; a clerk may stand in, recorded' },
  );
});

export function judgeTrials({ trials, isInstalled }: { trials: number; isInstalled: boolean }): Judgement {
  const required = { zh: '试考已通过', en: 'the trial exam was passed' };
  if (trials > 0)
    return green({ zh: `演练场次已完成 ${trials} 场`, en: `${trials} practice sessions played` }, required);
  return unknown(
    required,
    isInstalled ? { zh: '没有完成过演练场次', en: 'no practice session was played' } : NO_PACKAGE,
    {
      zh: '用演练场次走完一次全流程；若用别的考试包试考，请勾选确认',
      en: 'play a practice session from entry to hand-over; tick it where it was another package’s',
    },
  );
}

/** Every session ahead is asked the same. */
function ofSessions(
  { sessions }: InstalledPackage,
  { ahead }: PackageFound,
  required: Both,
  isWell: (plan: SessionPlan) => boolean,
  cause: Both,
): Judgement {
  const asked = of(sessions, ahead);
  const bad = asked.filter((plan) => !isWell(plan)).map(({ sessionId }) => sessionId);
  const measured = same(`${asked.length - bad.length}/${asked.length}`);
  if (bad.length === 0) return green(measured, required);
  const named = { zh: `${cause.zh}：${bad.join('、')}`, en: `${cause.en}: ${bad.join(', ')}` };
  return red(measured, required, named, ASK_ORG);
}

function of(sessions: readonly SessionPlan[], ahead: readonly string[]): SessionPlan[] {
  return sessions.filter(({ sessionId }) => ahead.includes(sessionId));
}

/** The lines about the package. */
export function packageChecks({ found, reread, halves, trials }: PackageSources): AnyCheck[] {
  const line = (id: string, requirement: string, title: Both, judge: (one: PackageFound) => Judgement) =>
    check({ id: `package.${id}`, group: 'package', requirement, title, measure: found, judge });
  return [
    line('installed', 'REQ-C01', { zh: '考试包', en: 'package' }, judgeInstalled),
    line('term', 'REQ-C01', { zh: '有效期', en: 'term' }, judgeTerm),
    check({
      ...{ id: 'package.whole', group: 'package', requirement: 'REQ-C01' },
      title: { zh: '完整性', en: 'integrity' },
      measure: reread,
      judge: judgeReread,
    }),
    check({
      ...{ id: 'package.room-key', group: 'package', requirement: 'REQ-C01' },
      title: { zh: '启封密钥（考场一半）', en: 'the room’s half of the key' },
      measure: halves,
      judge: judgeHalves,
    }),
    line('papers', 'REQ-C02', { zh: '正卷', en: 'main papers' }, judgePapers),
    line('reserve', 'REQ-C02', { zh: '备用卷', en: 'reserve papers' }, judgeReserve),
    line('seats', 'REQ-B04', { zh: '考位数', en: 'seats' }, judgeSeatCount),
    line('staff', 'REQ-B06', { zh: '考务人员', en: 'staff' }, judgeStaff),
    check({
      ...{ id: 'package.trial', group: 'package', requirement: 'REQ-D01', manual: true },
      title: { zh: '试考', en: 'trial exam' },
      measure: async () => ({ trials: await trials(), isInstalled: (await found()).installed !== null }),
      judge: judgeTrials,
    }),
  ];
}
