// The words for what devices report, one dictionary for pages, alarms, the check of the room, its printed report and the terminal:
// alarms, faults, and those values of readings that are codes. Chinese and English; data only.

import type { AlarmCode } from '../core/alarm-codes.js';
import type { DeviceFaultCode, ReadingName } from '../core/readings.js';

interface Words {
  zh: string;
  en: string;
}

/** What an alarm says, without the device or seat that it is about. */
export const ALARM_WORDS: Record<AlarmCode, Words> = {
  silent: { zh: '没有回应', en: 'no answer' },
  'on-battery': { zh: '电池供电', en: 'on battery' },
  'battery-low': { zh: '电池电量低', en: 'battery low' },
  'runtime-short': { zh: '可供电时间不足', en: 'runtime on battery short' },
  'battery-charge-low': { zh: '电池未充足', en: 'battery not charged' },
  'battery-replace': { zh: '需更换电池', en: 'battery to be replaced' },
  'ups-overload': { zh: '过载', en: 'overload' },
  'ups-bypass': { zh: '旁路供电，断电无保护', en: 'on bypass: no protection' },
  'ups-off': { zh: '输出关闭', en: 'output off' },
  'forced-shutdown': { zh: '强制关机', en: 'forced shutdown' },
  'ups-alarm': { zh: '设备自报告警', en: 'alarm of the device' },
  'mains-disagree': { zh: 'UPS 与市电触点不一致', en: 'UPS and mains contact disagree' },
  'jammer-off': { zh: '应开未开', en: 'off and should be on' },
  'jammer-ineffective': { zh: '屏蔽无效', en: 'without effect' },
  'jammer-hot': { zh: '过热', en: 'too hot' },
  'supply-off-range': { zh: '供电电流异常', en: 'supply current out of range' },
  'door-open': { zh: '门开着', en: 'door open' },
  'help-asked': { zh: '有人求助', en: 'help is asked for' },
  'reader-not-ready': { zh: '未就绪', en: 'not ready' },
  'pcs-unreachable': { zh: '有电脑不可达', en: 'PCs do not answer' },
  'slow-network': { zh: '网络缓慢', en: 'network slow' },
  'duplicate-address': { zh: '网络地址冲突', en: 'an address is used twice' },
  'seat-reaches-internet': { zh: '能访问互联网', en: 'reaches the internet' },
  'camera-lost': { zh: '应录未录', en: 'does not record' },
  'camera-no-signal': { zh: '没有图像信号', en: 'no picture' },
  'camera-tampered': { zh: '镜头被遮挡或移动', en: 'lens covered or turned' },
  'camera-clock-off': { zh: '摄像机时钟不准', en: 'clock of the camera is off' },
  'video-gap': { zh: '录像有缺口', en: 'gap in the recording' },
  'video-chain': { zh: '录像清单对不上', en: 'list of recordings does not fit' },
  'video-space-low': { zh: '录像空间不足', en: 'space for video runs low' },
  'video-space-out': { zh: '录像因空间不足停止', en: 'no space: recording stopped' },
  'video-volume': { zh: '录像盘不对', en: 'not the intended video disk' },
};

/** Why a device gave nothing. */
export const FAULT_WORDS: Record<DeviceFaultCode | 'silent', Words> = {
  silent: { zh: '没有回应', en: 'no answer' },
  unreachable: { zh: '连接不上', en: 'not reachable' },
  'timed-out': { zh: '超时', en: 'timed out' },
  'bad-answer': { zh: '回应无法识别', en: 'answer not understood' },
  refused: { zh: '被设备拒绝', en: 'refused by the device' },
  'stale-data': { zh: '数据陈旧', en: 'stale data' },
  'driver-gone': { zh: '驱动已停止', en: 'driver gone' },
  'not-installed': { zh: '缺少组件', en: 'a component is missing' },
};

/** How a device is connected, by the adapter of its settings. */
export const ADAPTER_WORDS: Record<AdapterName, Words> = {
  nut: { zh: 'NUT 服务', en: 'NUT service' },
  'snmp-ups': { zh: 'SNMP 网卡', en: 'SNMP card' },
  'os-battery': { zh: '操作系统的电池', en: 'battery of the operating system' },
  jammer: { zh: '描述文件', en: 'device profile' },
  meter: { zh: '描述文件', en: 'device profile' },
  'contact-box': { zh: '触点盒', en: 'contact box' },
  libgpiod: { zh: '板卡引脚', en: 'pins of the board' },
  onoff: { zh: '板卡引脚（旧内核）', en: 'pins of the board (old kernels)' },
  'hid-reader': { zh: 'USB 读卡器', en: 'USB reader' },
  'bridge-reader': { zh: '读卡桥', en: 'reader bridge' },
  network: { zh: '考场网络', en: 'network of the room' },
  rtsp: { zh: 'RTSP', en: 'RTSP' },
  onvif: { zh: 'ONVIF', en: 'ONVIF' },
  camcorder: { zh: '便携摄像机，考后导入', en: 'camcorder, imported afterwards' },
  simulated: { zh: '模拟脚本', en: 'simulator’s script' },
};

/** Adapters of the settings; the table of what each does is the devices' own. */
export type AdapterName =
  | 'nut'
  | 'snmp-ups'
  | 'os-battery'
  | 'jammer'
  | 'meter'
  | 'contact-box'
  | 'libgpiod'
  | 'onoff'
  | 'hid-reader'
  | 'bridge-reader'
  | 'network'
  | 'rtsp'
  | 'onvif'
  | 'camcorder'
  | 'simulated';

/** Readings whose text is a code of a closed list; every other text is a name, a model or a number, shown as it is. */
export const READING_VALUE_WORDS = {
  'battery.runtime-source': {
    device: { zh: '设备报告', en: 'reported' },
    tested: { zh: '放电实测', en: 'tested' },
    estimated: { zh: '估算', en: 'estimated' },
    attested: { zh: '人工确认', en: 'attested' },
  },
  'jammer.observed': {
    effective: { zh: '有效', en: 'effective' },
    ineffective: { zh: '无效', en: 'without effect' },
    'not-measurable': { zh: '无法测量', en: 'cannot be measured' },
  },
  'camera.state': {
    off: { zh: '未录', en: 'off' },
    starting: { zh: '启动中', en: 'starting' },
    recording: { zh: '在录', en: 'on' },
    refused: { zh: '密码被拒', en: 'password refused' },
    failed: { zh: '失败', en: 'failed' },
  },
  'camera.codec': {
    h264: { zh: 'H.264', en: 'H.264' },
    hevc: { zh: 'H.265', en: 'H.265' },
  },
  'video.space': {
    enough: { zh: '足够', en: 'enough' },
    low: { zh: '偏少', en: 'low' },
    out: { zh: '用尽', en: 'out' },
  },
  'video.volume': {
    intended: { zh: '正确', en: 'as intended' },
    missing: { zh: '不在', en: 'missing' },
    other: { zh: '另一块', en: 'another one' },
  },
} as const satisfies Partial<Record<ReadingName, Record<string, Words>>>;

/** What the text of a reading says to people: its words where it is a code, else the text itself. */
export function readingValueWords(name: ReadingName, text: string): Words {
  const table: Partial<Record<string, Record<string, Words>>> = READING_VALUE_WORDS;
  const words = table[name] ?? {};
  const known = Object.prototype.hasOwnProperty.call(words, text) ? words[text] : undefined;
  return known ?? { zh: text, en: text };
}
