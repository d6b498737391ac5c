// The one dictionary of what devices report: every reading has one name, one type and one unit, whatever device it comes
// from. An adapter that has another figure translates it; a name that is not here does not exist.

/** `flag` is true or false, `number` has the unit, `text` is shown as it is, `list` is several texts. */
type ReadingType = 'flag' | 'number' | 'text' | 'list';

interface ReadingWord {
  type: ReadingType;
  /** '' where there is none. */
  unit: '' | '%' | 's' | 'ms' | 'V' | 'A' | 'W' | '°C' | 'dBm' | '1/min' | '1/s' | 'kbit/s' | 'GB';
  /** What a sane device says; anything else is a bad answer. */
  from?: number;
  to?: number;
  zh: string;
  en: string;
}

const flag = (zh: string, en: string) => ({ type: 'flag', unit: '', zh, en }) as const;
const text = (zh: string, en: string) => ({ type: 'text', unit: '', zh, en }) as const;
const list = (zh: string, en: string) => ({ type: 'list', unit: '', zh, en }) as const;
const number = (unit: ReadingWord['unit'], from: number, to: number, zh: string, en: string) =>
  ({ type: 'number', unit, from, to, zh, en }) as const;

export const READINGS = {
  // UPS
  'mains.present': flag('市电', 'mains'),
  'battery.charge': number('%', 0, 100, '电池电量', 'battery charge'),
  'battery.runtime': number('s', 0, 604_800, '可供电时间', 'runtime on battery'),
  /** Who says so: `device`, `tested` by a discharge, `estimated`, `attested` by a person. */
  'battery.runtime-source': text('可供电时间来源', 'source of the runtime'),
  'battery.low': flag('电池电量低', 'battery low'),
  'battery.replace': flag('需更换电池', 'battery to be replaced'),
  'ups.load': number('%', 0, 300, '负载', 'load'),
  'ups.overload': flag('过载', 'overload'),
  'ups.bypass': flag('旁路，无保护', 'on bypass, no protection'),
  'ups.off': flag('输出关闭', 'output off'),
  /** NUT's FSD: stays until its server restarts, even when mains is back. */
  'ups.forced-shutdown': flag('强制关机锁定', 'forced shutdown latched'),
  'ups.alarm': text('UPS 告警', 'alarm of the UPS'),
  'input.voltage': number('V', 0, 1_000, '输入电压', 'input voltage'),
  // jammer: three facts that are never merged
  'jammer.commanded': flag('屏蔽器指令', 'jammer: commanded'),
  'jammer.reported': flag('屏蔽器自报', 'jammer: reported'),
  /** `effective`, `ineffective` or `not-measurable`. */
  'jammer.observed': text('屏蔽效果', 'jammer: observed'),
  'jammer.bands': list('工作频段', 'bands that work'),
  'supply.current': number('A', 0, 1_000, '供电电流', 'supply current'),
  'supply.power': number('W', 0, 100_000, '供电功率', 'supply power'),
  /** By the range that the configuration gives; absent where it gives none. */
  'supply.in-range': flag('供电在正常范围', 'supply in its range'),
  temperature: number('°C', -60, 250, '温度', 'temperature'),
  'wifi.networks': number('', 0, 10_000, '可见无线网络数', 'wireless networks in sight'),
  'wifi.strongest': number('dBm', -200, 30, '最强无线信号', 'strongest wireless signal'),
  // contacts
  'contact.mains': flag('市电触点', 'mains contact'),
  'contact.door-open': flag('门开', 'door open'),
  'contact.help': flag('求助按钮', 'help button'),
  'relay.on': flag('继电器', 'relay'),
  // identity readers
  'reader.ready': flag('读卡器就绪', 'reader ready'),
  'reader.reads': number('', 0, 1e9, '读卡次数', 'documents read'),
  // network of the room
  'network.reachable': number('', 0, 10_000, '可达的电脑', 'PCs that answer'),
  'network.unreachable': list('不可达的电脑', 'PCs that do not answer'),
  'network.round-trip': number('ms', 0, 600_000, '网络往返（中位）', 'round trip (median)'),
  'network.round-trip-worst': number('ms', 0, 600_000, '网络往返（最差）', 'round trip (worst)'),
  'network.duplicates': list('重复的地址', 'duplicate addresses'),
  // cameras and their recordings
  /** `off`, `starting`, `recording` or `failed`. */
  'camera.state': text('录像状态', 'recording'),
  /** Whether it has to record now. */
  'camera.wanted': flag('应在录像', 'should record'),
  'camera.codec': text('编码', 'codec'),
  'camera.width': number('', 0, 20_000, '画面宽', 'width'),
  'camera.height': number('', 0, 20_000, '画面高', 'height'),
  'camera.frame-rate': number('1/s', 0, 1_000, '帧率', 'frames per second'),
  'camera.bit-rate': number('kbit/s', 0, 1_000_000, '码率', 'bit rate'),
  'camera.key-frame-interval': number('s', 0, 3_600, '关键帧间隔', 'key-frame interval'),
  /** Camera minus room. */
  'camera.clock-offset': number('ms', -1e13, 1e13, '摄像机时钟偏差', 'clock offset'),
  /** Covered, turned or blinded, as the camera itself says. */
  'camera.tampered': flag('镜头被遮挡或移动', 'lens covered or turned'),
  /** It has lost its own picture, as it says itself. */
  'camera.no-signal': flag('摄像机无图像信号', 'camera without a picture'),
  /** Of what the recording plan asks for so far. */
  'video.covered': number('%', 0, 100, '已录比例', 'covered'),
  'video.gaps': number('', 0, 1e9, '缺口', 'gaps'),
  'video.free': number('GB', 0, 1e9, '录像盘剩余', 'free for video'),
  /** How long the free space lasts at the bit rates of now. */
  'video.time-left': number('s', 0, 1e9, '可继续录像', 'time left for video'),
  /** `enough`, `low` (the smaller stream is recorded), `out` (recording stopped). */
  'video.space': text('录像空间', 'space for video'),
  /** `intended`, `missing` or `other`: whether the volume is the one that was marked. */
  'video.volume': text('录像盘', 'video volume'),
  // of every device
  model: text('型号', 'model'),
  serial: text('序列号', 'serial number'),
  firmware: text('固件', 'firmware'),
} as const satisfies Record<string, ReadingWord>;

export type ReadingName = keyof typeof READINGS;

type ValueOf<T extends ReadingType> = { flag: boolean; number: number; text: string; list: string[] }[T];

/** What one poll gave; a reading that the device does not have is absent, never invented. */
export type Readings = { [Name in ReadingName]?: ValueOf<(typeof READINGS)[Name]['type']> };

/** Kinds of device; each is an entry in the tables that need one of every kind, which the compiler checks. */
export const DEVICE_KINDS = ['ups', 'jammer', 'id-reader', 'contact', 'meter', 'network', 'camera'] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];

/** Why a poll gave nothing. `silent` is the supervisor's: no good answer within the time that the device has. */
export const DEVICE_FAULTS = [
  'unreachable',
  'timed-out',
  'bad-answer',
  'refused',
  'stale-data',
  'driver-gone',
  'not-installed',
] as const;
export type DeviceFaultCode = (typeof DEVICE_FAULTS)[number];

const LONGEST_TEXT = 200;
const LONGEST_LIST = 200;

/** True when the value has the type and range of the dictionary; texts and lists are bounded. */
export function isReading(name: string, value: unknown): boolean {
  if (!Object.prototype.hasOwnProperty.call(READINGS, name)) return false;
  const word: ReadingWord = READINGS[name as ReadingName];
  if (word.type === 'flag') return typeof value === 'boolean';
  if (word.type === 'text') return isShortText(value);
  if (word.type === 'list')
    return Array.isArray(value) && value.length <= LONGEST_LIST && value.every(isShortText);
  const { from = -Infinity, to = Infinity } = word;
  return typeof value === 'number' && value >= from && value <= to;
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_TEXT;
}
