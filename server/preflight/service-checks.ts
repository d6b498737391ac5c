// What the service needs of the system around it: a right clock, its port, ffmpeg, and a machine that neither sleeps nor
// updates itself in the middle of an exam; the internet before and after it (REQ-A02).

import { amber, check, green, red, same, unknown, type AnyCheck, type Both, type Judgement } from './line.js';

export interface ServiceFacts {
  /** One answer a time server that was asked; an empty list where none is set. */
  clock(signal: AbortSignal): Promise<{ server: string; offsetMs: number | null }[]>;
  timeZone(): Promise<string>;
  /** null = not asked, because a session holds the room. */
  internet(signal: AbortSignal): Promise<{ url: string; ok: boolean; tookMs: number }[] | null>;
  /** Whether anything is to be recorded here. */
  recordsVideo(): boolean;
  /** null where there is none. */
  ffmpeg(signal: AbortSignal): Promise<{ version: string; missing: string[] } | null>;
  port(
    signal: AbortSignal,
  ): Promise<{ port: number; state: 'free' | 'ours' | 'taken'; holder: string | null }>;
  sleeps(signal: AbortSignal): Promise<Sleeps>;
  /** null where the system does not say. */
  updatesItself(signal: AbortSignal): Promise<boolean | null>;
  openFiles(): Promise<number | null>;
}

/** By itself when idle, when somebody or something wants it, never; null where the system does not say. */
export type Sleeps = 'when-idle' | 'can' | 'never' | null;

const GOOD_OFFSET_MS = 500;
const FAIR_OFFSET_MS = 2_000;
/** Two clocks that differ by more cannot both be right. */
const SOURCES_AGREE_MS = 5_000;
/** 2,000 PCs, their uploads, the journal and the pages. */
const OPEN_FILES = 16_384;
const TIME_ZONE = 'Asia/Shanghai';

export function judgeClock(answers: readonly { server: string; offsetMs: number | null }[]): Judgement {
  const required = { zh: '与标准时间相差小于 0.5 秒', en: 'less than 0.5 s from the reference' };
  const known = answers.flatMap(({ server, offsetMs }) => (offsetMs === null ? [] : [{ server, offsetMs }]));
  const step = {
    zh: '核对系统时间（可用手机对时），并设置时间服务器',
    en: 'set the system time (compare with a telephone) and a time server',
  };
  if (known.length === 0)
    return unknown(
      required,
      answers.length === 0
        ? { zh: '未设置时间服务器', en: 'no time server is set' }
        : {
            zh: `时间服务器没有应答：${answers.map(({ server }) => server).join('、')}`,
            en: `no time server answered: ${answers.map(({ server }) => server).join(', ')}`,
          },
      step,
    );
  const offsets = known.map(({ offsetMs }) => offsetMs);
  const worst = offsets.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
  const measured = same(known.map(({ server, offsetMs }) => `${server} ${signed(offsetMs)}`).join(', '));
  if (Math.max(...offsets) - Math.min(...offsets) > SOURCES_AGREE_MS)
    return red(
      measured,
      required,
      { zh: '几个时间服务器互相矛盾', en: 'the time servers contradict each other' },
      {
        zh: '用电话报时或手机核对，去掉错误的时间服务器',
        en: 'compare with a telephone, and remove the wrong server',
      },
    );
  const cause = { zh: '服务器时间不准', en: 'the server’s clock is off' };
  if (Math.abs(worst) > FAIR_OFFSET_MS) return red(measured, required, cause, step);
  return Math.abs(worst) > GOOD_OFFSET_MS
    ? amber(measured, required, cause, step)
    : green(measured, required);
}

export function judgeTimeZone(zone: string): Judgement {
  const required = { zh: '北京时间', en: 'China time' };
  // UTC shifts no clock of the exam, which has none of its own; local times in the system's own logs are another matter.
  if ([TIME_ZONE, 'Asia/Chongqing', 'Asia/Harbin', 'Asia/Urumqi', 'PRC'].includes(zone))
    return green(same(zone), required);
  return amber(
    same(zone),
    required,
    { zh: '系统时区不是北京时间', en: 'the system is not set to China time' },
    { zh: '在系统设置中改为“(UTC+08:00) 北京”', en: 'set the system to (UTC+08:00) Beijing' },
  );
}

export function judgeInternet(
  tries: readonly { url: string; ok: boolean; tookMs: number }[] | null,
): Judgement {
  const required = { zh: '考试之外能连通机构', en: 'reaches the organisation outside the exam' };
  if (tries === null)
    return green({ zh: '考试进行中，不检查', en: 'not asked while a session holds the room' }, required);
  const step = {
    zh: '检查外网线路；没有外网时，试卷和成绩包可用 U 盘传送',
    en: 'look at the line; without it papers and bundles travel on a USB drive',
  };
  if (tries.length === 0)
    return unknown(required, { zh: '未设置要连通的地址', en: 'no address is set' }, step);
  const list = tries
    .map(({ url, ok, tookMs }) => `${url} ${ok ? `${Math.round(tookMs)} ms` : '×'}`)
    .join(', ');
  if (tries.every(({ ok }) => ok)) return green(same(list), required);
  return amber(
    same(list),
    required,
    tries.some(({ ok }) => ok)
      ? { zh: '有地址不通', en: 'not all answer' }
      : { zh: '全部不通', en: 'none answers' },
    step,
  );
}

const NEEDED_OF_FFMPEG: Both = {
  zh: 'ffmpeg 5.0 以上，含 RTSP、分段、MP4',
  en: 'ffmpeg 5.0 or later with RTSP, segment, MP4',
};

/** @param isNeeded false where no camera is set up: the line of the cameras then says what that means */
export function judgeFfmpeg(
  found: { version: string; missing: string[] } | null,
  isNeeded = true,
): Judgement {
  const notFit = isNeeded ? red : amber;
  const step = {
    zh: '安装 ffmpeg（Debian：apt install ffmpeg；Windows：安装包自带）',
    en: 'install ffmpeg (Debian: apt install ffmpeg; on Windows it comes with the installer)',
  };
  if (found === null)
    return notFit(
      { zh: '没有找到', en: 'not found' },
      NEEDED_OF_FFMPEG,
      isNeeded
        ? { zh: '没有 ffmpeg，无法录像', en: 'without ffmpeg nothing is recorded' }
        : { zh: '没有接入摄像机，暂不需要', en: 'no camera is set up: it is not needed yet' },
      step,
    );
  const { version, missing } = found;
  if (missing.length > 0)
    return notFit(
      { zh: `${version}，缺 ${missing.join('、')}`, en: `${version}, lacks ${missing.join(', ')}` },
      NEEDED_OF_FFMPEG,
      { zh: '这个 ffmpeg 缺少录像所需的部件', en: 'this ffmpeg lacks what recording needs' },
      step,
    );
  const major = Number.parseInt(/\d+/.exec(version)?.[0] ?? '', 10);
  if (major >= 5) return green(same(version), NEEDED_OF_FFMPEG);
  return amber(
    same(version),
    NEEDED_OF_FFMPEG,
    { zh: '版本较旧或不明', en: 'old, or of unknown version' },
    step,
  );
}

export function judgePort({
  port,
  state,
  holder,
}: {
  port: number;
  state: 'free' | 'ours' | 'taken';
  holder: string | null;
}): Judgement {
  const required = { zh: `端口 ${port} 归本服务使用`, en: `port ${port} is this service’s` };
  if (state !== 'taken')
    return green(
      state === 'ours' ? { zh: '本服务正在使用', en: 'in use by this service' } : { zh: '空闲', en: 'free' },
      required,
    );
  const who = holder ?? '?';
  return red(
    { zh: `被 ${who} 占用`, en: `held by ${who}` },
    required,
    { zh: `端口被 ${who} 占用，服务无法启动`, en: `${who} holds the port: the service cannot start` },
    {
      zh: 'IIS 占用时停用“World Wide Web Publishing Service”，或在配置中改 httpsPort',
      en: 'where it is IIS stop the World Wide Web Publishing Service, or set another httpsPort',
    },
  );
}

export function judgeSleep(sleeps: Sleeps): Judgement {
  const required = { zh: '不会睡眠', en: 'never sleeps' };
  const step = {
    zh: '在电源设置中把“睡眠”改为“从不”；Linux：systemctl mask sleep.target suspend.target',
    en: 'set sleep to never; Linux: systemctl mask sleep.target suspend.target',
  };
  if (sleeps === null) return unknown(required, { zh: '系统未说明', en: 'the system does not say' }, step);
  if (sleeps === 'never') return green({ zh: '已关闭睡眠', en: 'sleep is off' }, required);
  if (sleeps === 'can')
    return amber(
      { zh: '未禁用睡眠', en: 'sleep is not masked' },
      required,
      {
        zh: '按电源键、合盖或桌面设置可使服务器睡眠',
        en: 'a key, a lid or a desktop’s setting can put it to sleep',
      },
      step,
    );
  return red(
    { zh: '闲置时会自动睡眠', en: 'it sleeps when idle' },
    required,
    { zh: '考试中服务器可能睡眠', en: 'the server may sleep during the exam' },
    step,
  );
}

export function judgeUpdates(updatesItself: boolean | null): Judgement {
  const required = { zh: '考试期间不自动更新重启', en: 'no update restarts it during the exam' };
  const step = {
    zh: '暂停自动更新至考试结束；Linux：停用 unattended-upgrades',
    en: 'pause automatic updates until after the exam; Linux: disable unattended-upgrades',
  };
  if (updatesItself === null)
    return unknown(required, { zh: '系统未说明', en: 'the system does not say' }, step);
  if (!updatesItself) return green({ zh: '已关闭自动更新', en: 'automatic updates are off' }, required);
  return amber(
    { zh: '自动更新开启', en: 'automatic updates are on' },
    required,
    { zh: '更新可能占用磁盘或重启', en: 'an update may take the disk, or restart the machine' },
    step,
  );
}

export function judgeOpenFiles(limit: number | null): Judgement {
  const required = { zh: `${OPEN_FILES} 个以上`, en: `${OPEN_FILES} or more` };
  if (limit === null) return green({ zh: '系统不限', en: 'no limit of the system' }, required);
  if (limit >= OPEN_FILES) return green(same(String(limit)), required);
  return amber(
    same(String(limit)),
    required,
    {
      zh: '可同时打开的文件和连接太少，人多的考场会不够',
      en: 'too few files and connections for a large room',
    },
    {
      zh: '用随附的 systemd 单元启动，或设置 LimitNOFILE',
      en: 'start it by the systemd unit that comes along, or set LimitNOFILE',
    },
  );
}

/** The lines about the service. */
export function serviceChecks(facts: ServiceFacts): AnyCheck[] {
  const group = 'server' as const;
  return [
    check({
      id: 'server.clock',
      group,
      requirement: 'REQ-E01',
      title: { zh: '时间', en: 'clock' },
      measure: (signal) => facts.clock(signal),
      judge: judgeClock,
    }),
    check({
      id: 'server.time-zone',
      group,
      requirement: 'REQ-E01',
      title: { zh: '时区', en: 'time zone' },
      measure: () => facts.timeZone(),
      judge: judgeTimeZone,
    }),
    check({
      id: 'server.internet',
      group,
      requirement: 'REQ-A02',
      title: { zh: '外网', en: 'internet' },
      measure: (signal) => facts.internet(signal),
      judge: judgeInternet,
    }),
    check({
      id: 'server.ffmpeg',
      group,
      requirement: 'REQ-A06',
      title: { zh: '录像程序', en: 'ffmpeg' },
      measure: (signal) => facts.ffmpeg(signal),
      judge: (found) => judgeFfmpeg(found, facts.recordsVideo()),
    }),
    check({
      id: 'server.port',
      group,
      requirement: 'REQ-A01',
      title: { zh: '服务端口', en: 'port' },
      measure: (signal) => facts.port(signal),
      judge: judgePort,
    }),
    check({
      id: 'server.sleep',
      group,
      requirement: 'REQ-D07',
      title: { zh: '自动睡眠', en: 'sleep' },
      measure: (signal) => facts.sleeps(signal),
      judge: judgeSleep,
    }),
    check({
      id: 'server.updates',
      group,
      requirement: 'REQ-D01',
      title: { zh: '自动更新', en: 'updates' },
      measure: (signal) => facts.updatesItself(signal),
      judge: judgeUpdates,
    }),
    check({
      id: 'server.open-files',
      group,
      requirement: 'REQ-A01',
      title: { zh: '打开文件上限', en: 'open files' },
      measure: () => facts.openFiles(),
      judge: judgeOpenFiles,
    }),
  ];
}

function signed(ms: number): string {
  return `${ms < 0 ? '−' : '+'}${(Math.abs(ms) / 1_000).toFixed(3)} s`;
}
