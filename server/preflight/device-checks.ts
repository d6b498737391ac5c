// The devices in the check of the room (REQ-A06 to A10): one line for each that must be there, one for each that is set. What
// nobody set up is not known; what is set up and does not answer is not fit.

import type { DeviceKind } from '../core/readings.js';
import type { Alarm, DeviceState } from '../core/types.js';
import type { CameraBands, UpsBands } from '../core/preflight-bands.js';
import { ALARMS } from '../core/alarm-codes.js';
import { ALARM_WORDS } from '../protocol/device-words.js';
import { amber, check, green, red, unknown, type AnyCheck, type Both, type Judgement } from './line.js';
import { durationWords } from '../protocol/duration-words.js';
import type { DeviceFound } from './device-found.js';
import { judgeDevice } from './device-judgements.js';

/** An alarm, and the device or seat that it is about, as people name them; null = of the room. */
export interface StandingAlarm extends Pick<Alarm, 'code'> {
  of: { device: string } | { seat: string } | null;
}

export interface DevicesFound {
  devices: readonly DeviceFound[];
  /** Alarms that stand. */
  alarms: readonly StandingAlarm[];
  now: number;
  /** Cameras that the settings name, and camcorders beside them. */
  cameras: { recorded: number; camcorders: number };
  /** Nothing real is at stake: a simulator will do, and is named. */
  practice: boolean;
}

export interface DeviceSources {
  found(): Promise<DevicesFound>;
  /** The devices of the settings: each has its line. */
  cards: readonly Pick<DeviceState['card'], 'deviceId' | 'kind' | 'name'>[];
}

interface Need {
  kind: DeviceKind;
  requirement: string;
  title: Both;
  required: Both;
  nextStep: Both;
}

const needed = (upsLasts: Both): Need[] => [
  {
    kind: 'ups',
    requirement: 'REQ-A07',
    title: { zh: 'UPS', en: 'UPS' },
    required: {
      zh: `服务器由 UPS 供电，至少 ${upsLasts.zh}`,
      en: `the server is on a UPS for ${upsLasts.en}`,
    },
    nextStep: {
      zh: '在配置 devices 中加入 UPS；没有数据线的，人工确认并留存记录',
      en: 'name it under devices in the settings; without a data cable a person ticks it',
    },
  },
  {
    kind: 'jammer',
    requirement: 'REQ-A08',
    title: { zh: '屏蔽器', en: 'jammer' },
    required: { zh: '全程屏蔽无线信号', en: 'radio is jammed for the whole exam' },
    nextStep: {
      zh: '在配置 devices 中加入屏蔽器；不能联网的，用手机测试后人工确认',
      en: 'name it under devices; where it cannot be reached, test it with telephones and tick it',
    },
  },
  {
    kind: 'id-reader',
    requirement: 'REQ-A09',
    title: { zh: '身份证阅读器', en: 'identity reader' },
    required: { zh: '入场时可核验身份证件', en: 'identity documents can be read at the door' },
    nextStep: {
      zh: '在配置 devices 中加入阅读器；人工核验的，请勾选确认',
      en: 'name it under devices; where people compare documents by eye, tick it',
    },
  },
];

/** @returns green where one is set up: how it is, its own line says */
function judgePresence(
  { devices }: Pick<DevicesFound, 'devices'>,
  { kind, required, nextStep }: Need,
): Judgement {
  const names = devices.filter(({ card }) => card.kind === kind).map(({ card }) => card.name);
  if (names.length > 0) return green({ zh: names.join('、'), en: names.join(', ') }, required);
  return unknown(required, { zh: '没有接入', en: 'none is set up' }, nextStep);
}

/** Two words about the mains, from two places: they have to agree. */
export function judgeMains({ devices }: Pick<DevicesFound, 'devices'>): Judgement {
  const required = { zh: 'UPS 与市电触点说法一致', en: 'the UPS and a contact agree about mains' };
  const said = (name: 'mains.present' | 'contact.mains') =>
    devices
      .filter(({ fault }) => fault === null)
      .map(({ readings }) => readings[name])
      .find((one) => one !== undefined);
  const [ups, contact] = [said('mains.present'), said('contact.mains')];
  const word = (present: boolean): Both => (present ? { zh: '有电', en: 'on' } : { zh: '无电', en: 'off' });
  if (ups === undefined)
    return unknown(
      required,
      { zh: '没有 UPS 报告市电', en: 'no UPS says anything of mains' },
      { zh: '接入 UPS 数据线', en: 'connect the data cable of a UPS' },
    );
  if (contact === undefined)
    return amber(
      { zh: `UPS：${word(ups).zh}`, en: `UPS: ${word(ups).en}` },
      required,
      { zh: '没有市电触点，断电只有 UPS 一方的说法', en: 'no contact: only the UPS speaks of mains' },
      { zh: '可在未受 UPS 保护的线路上加装市电触点', en: 'a contact on the unprotected line can be fitted' },
    );
  const measured = {
    zh: `UPS：${word(ups).zh}；触点：${word(contact).zh}`,
    en: `UPS: ${word(ups).en}; contact: ${word(contact).en}`,
  };
  if (ups === contact && ups) return green(measured, required);
  return red(
    measured,
    required,
    ups === contact
      ? { zh: '市电断开', en: 'mains is off' }
      : {
          zh: '两者矛盾：数据线松脱，或触点接在 UPS 之后',
          en: 'they disagree: a loose cable, or a contact behind the UPS',
        },
    { zh: '检查 UPS 数据线与触点接线', en: 'look at the cable and at the wiring of the contact' },
  );
}

/** REQ-A06. Camcorders may serve, and one camera may see the whole room: a person decides, and it stays amber. */
export function judgeCameras(
  { cameras: { recorded, camcorders } }: Pick<DevicesFound, 'cameras'>,
  { count }: Pick<CameraBands, 'count'>,
): Judgement {
  const required = {
    zh: `至少 ${count} 台摄像机覆盖全场，全程录像`,
    en: `${count} cameras or more see the whole room and record all of it`,
  };
  const measured = {
    zh: `${recorded} 台${camcorders === 0 ? '' : `，另有便携摄像机 ${camcorders} 台`}`,
    en: `${recorded}${camcorders === 0 ? '' : `, and ${camcorders} camcorders`}`,
  };
  if (recorded >= count) return green(measured, required);
  const step = {
    zh: '在配置 devices 中加入摄像机；便携摄像机也请列入，其录像考后用 kaochang video import 导入',
    en: 'name the cameras under devices; camcorders too: their files are imported afterwards by kaochang video import',
  };
  if (recorded + camcorders >= count)
    return amber(
      measured,
      required,
      {
        zh: '便携摄像机的录像考后导入，考试中没人看着它',
        en: 'camcorders’ files come afterwards; nobody watches them meanwhile',
      },
      step,
    );
  if (recorded + camcorders > 0)
    return amber(
      measured,
      required,
      { zh: '台数不够，可能看不到全场', en: 'so few may not see the whole room' },
      step,
    );
  return red(measured, required, { zh: '没有接入摄像机', en: 'no camera is set up' }, step);
}

/** What stands now. */
export function judgeAlarms({ alarms }: Pick<DevicesFound, 'alarms'>): Judgement {
  const required = { zh: '没有未消除的告警', en: 'no alarm stands' };
  if (alarms.length === 0) return green({ zh: '无', en: 'none' }, required);
  const words = alarms.map(alarmSentence);
  const measured = {
    zh: words.map(({ zh }) => zh).join('；'),
    en: words.map(({ en }) => en).join('; '),
  };
  const cause = { zh: '有告警未消除', en: 'alarms stand' };
  const step = { zh: '在控制台按告警的提示处理', en: 'do what the console says of each alarm' };
  return alarms.some(({ code }) => ALARMS[code] === 'red')
    ? red(measured, required, cause, step)
    : amber(measured, required, cause, step);
}

/** `服务器 UPS 电池供电`, `UPS of the server: on battery`: the words of the alarm feed. */
function alarmSentence({ code, of }: StandingAlarm): Both {
  const { zh, en } = ALARM_WORDS[code];
  if (of === null) return { zh, en };
  if ('device' in of) return { zh: `${of.device} ${zh}`, en: `${of.device}: ${en}` };
  return { zh: `${of.seat} 号 ${zh}`, en: `seat ${of.seat}: ${en}` };
}

/** The lines about the devices. @param bands the figures of REQ-A06 and A07, or those of the plan [PF2] */
export function deviceChecks(
  { found, cards }: DeviceSources,
  bands: { cameras: CameraBands; ups: UpsBands },
): AnyCheck[] {
  const { runtimeS } = bands.ups;
  const line = (id: string, requirement: string, title: Both, judge: (one: DevicesFound) => Judgement) =>
    check({ id, group: 'devices', requirement, title, measure: found, judge });
  return [
    ...needed(durationWords(runtimeS, 'up')).map((need) =>
      line(`devices.${need.kind}`, need.requirement, need.title, (one) => judgePresence(one, need)),
    ),
    line('devices.mains', 'REQ-A07', { zh: '市电的两个来源', en: 'two words about mains' }, judgeMains),
    check({
      ...{ id: 'devices.cameras', group: 'devices', requirement: 'REQ-A06', mendedByTick: true },
      title: { zh: '摄像与录像', en: 'cameras' },
      measure: found,
      judge: (one) => judgeCameras(one, bands.cameras),
    }),
    line('devices.alarms', 'REQ-D07', { zh: '设备告警', en: 'alarms' }, judgeAlarms),
    ...cards.map(({ deviceId, kind, name }) =>
      line(`device.${deviceId}`, REQUIREMENT_OF[kind], { zh: name, en: name }, ({ devices, now, practice }) =>
        judgeDevice(
          devices.find(({ card }) => card.deviceId === deviceId),
          kind,
          now,
          practice,
          runtimeS,
        ),
      ),
    ),
  ];
}

const REQUIREMENT_OF: Record<DeviceKind, string> = {
  ups: 'REQ-A07',
  jammer: 'REQ-A08',
  'id-reader': 'REQ-A09',
  contact: 'REQ-A10',
  meter: 'REQ-A08',
  network: 'REQ-A05',
  camera: 'REQ-A06',
};
