// The texts of the device beside the page: facts, acts, attestations, history.

import type { DeviceMark } from '../../../server/protocol/staff.js';
import type { Language, Texts } from '../../i18n/language.js';
import { actWords, alarmWords, attestedWords, faultWords } from '../texts/devices.js';

export interface DrawerTexts {
  state: string;
  lastAnswer: string;
  never: string;
  fault: string;
  adapter: string;
  commanded: string;
  reported: string;
  measured: string;
  attested: string;
  noneYet: string;
  apart: string;
  on: string;
  off: string;
  readings: string;
  trends: string;
  noTrend: string;
  acts: string;
  attest: string;
  attestJammer: string;
  attestRuntime: string;
  attestDetector: string;
  recordDischarge: string;
  dischargeHint: string;
  tested: (seconds: number, from: number, to: number) => string;
  minutes: string;
  minutesHint: string;
  effective: string;
  ineffective: string;
  choose: string;
  detectorValue: string;
  note: string;
  noteHint: string;
  history: string;
  noHistory: string;
  send: string;
}

export const drawerTexts: Texts<DrawerTexts> = {
  zh: {
    state: '状态',
    lastAnswer: '最近应答',
    never: '还没有应答',
    fault: '最近一次询问',
    adapter: '接入方式',
    commanded: '指令',
    reported: '设备自报',
    measured: '实测效果',
    attested: '人工确认',
    noneYet: '无',
    apart: '四项分别记录，互不替代',
    on: '开启',
    off: '关闭',
    readings: '读数',
    trends: '近两小时',
    noTrend: '走势将在几分钟后显示',
    acts: '操作',
    attest: '人工确认',
    attestJammer: '确认屏蔽效果',
    attestRuntime: '确认可供电时间',
    attestDetector: '确认探测设备',
    recordDischarge: '登记放电测试',
    dischargeHint:
      '充满电，带考场负载，断开市电 10 分钟以上（电量下降 3% 以上），再接回市电后登记。房间按 UPS 自己的读数计算供电时间，180 天内有效。',
    tested: (seconds, from, to) => `放电实测 ${Math.round(seconds / 60)} 分钟，${from}% → ${to}%`,
    minutes: '分钟',
    minutesHint: '按放电试验或厂家负载表，不写标称值',
    effective: '有效',
    ineffective: '无效',
    choose: '请选择',
    detectorValue: '探测结果',
    note: '依据',
    noteHint: '怎样确认的，会记入考场记录',
    history: '经过',
    noHistory: '还没有记录',
    send: '提交',
  },
  en: {
    state: 'State',
    lastAnswer: 'Last answer',
    never: 'none yet',
    fault: 'Last poll',
    adapter: 'Connected by',
    commanded: 'Commanded',
    reported: 'Reported',
    measured: 'Measured',
    attested: 'Attested',
    noneYet: 'none',
    apart: 'Four facts, none of which stands for another',
    on: 'on',
    off: 'off',
    readings: 'Readings',
    trends: 'Last two hours',
    noTrend: 'Trends appear after a few minutes',
    acts: 'Acts',
    attest: 'Attest',
    attestJammer: 'Attest the effect',
    attestRuntime: 'Attest the runtime',
    attestDetector: 'Attest the detector',
    recordDischarge: 'Record a discharge test',
    dischargeHint:
      'Charged and with the room’s load, unplug mains for ten minutes and a drop of 3 % or more, plug it in again, then record it. The runtime is reckoned from what the UPS told; it counts for 180 days.',
    tested: (seconds, from, to) => `tested: ${Math.round(seconds / 60)} min, ${from} % to ${to} %`,
    minutes: 'Minutes',
    minutesHint: 'From a discharge test or the maker’s load table, not the nominal figure',
    effective: 'effective',
    ineffective: 'without effect',
    choose: 'choose',
    detectorValue: 'What was found',
    note: 'How do you know',
    noteHint: 'It goes into the room record',
    history: 'History',
    noHistory: 'Nothing yet',
    send: 'Send',
  },
};

/** The sentence of a mark, without its device: that stands above or beside it. */
export function markSentence(
  { type, params }: DeviceMark,
  nameOf: (id: string) => string,
  language: Language,
): string {
  const zh = language === 'zh';
  const by =
    params['by'] === undefined
      ? ''
      : params['by'] === 'room'
        ? zh
          ? '系统'
          : 'the room'
        : nameOf(params['by']);
  const said = params['note'] ?? params['reason'];
  const because = said === undefined ? '' : zh ? `：${said}` : `: ${said}`;
  const code = alarmWords(params['code'], language);
  const act = actWords(params['act'], language);
  switch (type) {
    case 'alarm-raised':
      return zh ? `告警：${code}` : `Alarm: ${code}`;
    case 'alarm-cleared':
      return zh ? `解除：${code}` : `Over: ${code}`;
    case 'alarm-acknowledged':
      return zh ? `${by} 确认“${code}”${because}` : `${by} acknowledged “${code}”${because}`;
    case 'device-commanded':
      return zh ? `${by} 指令${act}${because}` : `${by}: ${act}${because}`;
    case 'device-acted': {
      const fault = params['fault'];
      if (fault === undefined) return zh ? `已执行${act}` : `carried out: ${act}`;
      return zh
        ? `${act}失败：${faultWords(fault, language)}`
        : `${act} failed: ${faultWords(fault, language)}`;
    }
    case 'device-attested':
      return zh
        ? `${by} 确认${attestedWords(params, language)}${because}`
        : `${by} attested ${attestedWords(params, language)}${because}`;
    case 'mains-lost':
      return zh ? '市电中断' : 'Mains power lost';
    case 'mains-restored':
      return zh ? '市电恢复' : 'Mains power is back';
  }
}
