// What one device's last word is worth before an exam, kind by kind. A simulator is no device, silence is no good news, and a
// jammer is believed by what was measured apart from it only.

import type { DeviceKind } from '../core/readings.js';
import { judgeUps, type KnownRuntime, type UpsObjection } from '../core/ups-runtime.js';
import type { DeviceFound } from './device-found.js';
import { FAULT_WORDS, READING_VALUE_WORDS } from '../protocol/device-words.js';
import { durationWords } from '../protocol/duration-words.js';
import { amber, green, red, unknown, type Both, type Judgement } from './line.js';
import { readingWords } from './reading-words.js';
import { forPractice } from './standard.js';

/** Longer than the room waits between two entries of an idle device in its journal. */
const FRESH_MS = 900_000;
/** A test read of today. */
const READ_WITHIN_MS = 3_600_000;
const SLOW_MS = 200;

const ANSWERS: Both = { zh: '应答正常', en: 'answers' };
const LOOK: Both = {
  zh: '检查供电、连线和配置中的地址',
  en: 'look at its power, its line, and its address in the settings',
};

/**
 * @param found undefined where the room has not heard of it yet
 * @param practice nothing real is at stake: a simulator is amber there, and red in any other room [PF3]
 * @param upsRuntimeS so long a UPS has to last [PF2]
 */
export function judgeDevice(
  found: DeviceFound | undefined,
  kind: DeviceKind,
  now: number,
  practice: boolean,
  upsRuntimeS: number,
): Judgement {
  const required = requiredOf(kind, upsRuntimeS);
  if (found === undefined || (found.readAt === null && found.fault === null))
    return unknown(
      required,
      { zh: '还没有问到此设备', en: 'it has not been asked yet' },
      { zh: '启动考务服务器，稍后再检查', en: 'start the server, and check again in a while' },
    );
  const { fault, readAt } = found;
  if (fault !== null || readAt === null) {
    const why = FAULT_WORDS[fault ?? 'silent'];
    return red(
      { zh: `无应答（${why.zh}）`, en: `no answer (${why.en})` },
      required,
      { zh: '已配置的设备没有应答', en: 'the device is set up and does not answer' },
      LOOK,
    );
  }
  if (now - readAt > FRESH_MS)
    return red(
      { zh: `${minutes(now - readAt)} 分钟前`, en: `${minutes(now - readAt)} min ago` },
      required,
      { zh: '很久没有新读数', en: 'its last word is old' },
      { zh: '启动考务服务器，稍后再检查', en: 'start the server, and check again in a while' },
    );
  const judgement = JUDGES[kind](found, now, upsRuntimeS);
  if (found.card.simulated !== true || judgement.verdict === 'red') return judgement;
  const asSimulated = red(
    judgement.measured,
    required,
    { zh: '这是模拟设备', en: 'this is a simulator' },
    { zh: '正式考试前换成真实设备', en: 'set up the real device before an exam' },
  );
  return practice ? forPractice(asSimulated) : asSimulated;
}

const requiredOf = (kind: DeviceKind, upsRuntimeS: number): Both =>
  kind === 'ups' ? requiredOfUps(upsRuntimeS) : REQUIRED[kind];

const requiredOfUps = (runtimeS: number): Both => {
  const { zh, en } = durationWords(runtimeS, 'up');
  return { zh: `市电正常，满电可供 ${zh}`, en: `on mains, charged, ${en}` };
};

const REQUIRED: Record<Exclude<DeviceKind, 'ups'>, Both> = {
  jammer: { zh: '实测有效', en: 'measured to be effective' },
  'id-reader': { zh: '就绪，60 分钟内试读过证件', en: 'ready, with a test read within 60 minutes' },
  contact: ANSWERS,
  meter: { zh: '供电在正常范围', en: 'the supply is in its range' },
  network: { zh: '每台电脑可达，无重复地址', en: 'every PC answers, no address twice' },
  camera: ANSWERS,
};

const JUDGES: Record<DeviceKind, (found: DeviceFound, now: number, upsRuntimeS: number) => Judgement> = {
  ups: ofUps,
  jammer: ofJammer,
  'id-reader': ofReader,
  contact: ofContact,
  meter: ofMeter,
  network: ofNetwork,
  camera: ofCamera,
};

const SOURCE_WORDS: Record<string, Both> = READING_VALUE_WORDS['battery.runtime-source'];

const OBJECTIONS: Record<UpsObjection, Both> = {
  'no-answer': { zh: '无应答', en: 'no answer' },
  'on-battery': { zh: '正在用电池', en: 'on battery' },
  'battery-low': { zh: '电量低', en: 'battery low' },
  'forced-shutdown': { zh: '强制关机锁定', en: 'forced shutdown latched' },
  'battery-replace': { zh: '需更换电池', en: 'battery to be replaced' },
  overload: { zh: '过载', en: 'overloaded' },
  bypass: { zh: '旁路无保护', en: 'on bypass' },
  'output-off': { zh: '输出关闭', en: 'output off' },
  alarm: { zh: 'UPS 自身告警', en: 'alarm of the UPS' },
  'mains-unknown': { zh: '不报告市电', en: 'says nothing of mains' },
  'runtime-unknown': { zh: '可供电时间不明', en: 'runtime unknown' },
  'runtime-short': { zh: '可供电不足要求的一半', en: 'less than half the time' },
  'runtime-below-plan': { zh: '可供电时间不足', en: 'less than the time asked for' },
  'runtime-not-proven': { zh: '时间未经实测', en: 'the time is not proven' },
  'test-too-old': { zh: '放电测试超过 180 天', en: 'the test is older than 180 days' },
  'below-the-test': { zh: 'UPS 自报远低于上次测试', en: 'it says far less than the last test' },
  'charge-low': { zh: '未充满', en: 'not charged' },
  'charge-unknown': { zh: '电量不明', en: 'charge unknown' },
  'load-off-range': { zh: '负载不在 5% 至 80%', en: 'load outside 5 to 80 %' },
  'load-unknown': { zh: '负载不明', en: 'load unknown' },
};

function ofUps({ readings, attested }: DeviceFound, now: number, requiredS: number): Judgement {
  const required = requiredOfUps(requiredS);
  const known = attested
    .filter(({ what }) => what === 'runtime')
    .map(({ value, at, tested }): KnownRuntime => ({
      source: tested === undefined ? 'attested' : 'tested',
      ...{ runtimeS: Number(value), at },
    }));
  const { verdict, runtimeS, source, objections } = judgeUps(readings, known, now, requiredS);
  const charge = readings['battery.charge'];
  const time = runtimeS === null || source === null ? null : minutes(runtimeS * 1_000);
  const measured: Both = {
    zh: [
      charge === undefined ? '' : `电量 ${charge}%`,
      time === null ? '' : `可供电 ${time} 分钟（${SOURCE_WORDS[source ?? '']?.zh}）`,
    ]
      .filter(Boolean)
      .join('，'),
    en: [
      charge === undefined ? '' : `${charge} % charged`,
      time === null ? '' : `${time} min (${SOURCE_WORDS[source ?? '']?.en})`,
    ]
      .filter(Boolean)
      .join(', '),
  };
  if (verdict === 'pass') return green(measured, required);
  const cause = {
    zh: objections.map((one) => OBJECTIONS[one].zh).join('、'),
    en: objections.map((one) => OBJECTIONS[one].en).join(', '),
  };
  const step = {
    zh: '接好市电充满电；换电池或减负载；用放电测试证明供电时间',
    en: 'charge it on mains; replace the battery or take load off; prove the time by a discharge test',
  };
  return verdict === 'fail' ? red(measured, required, cause, step) : amber(measured, required, cause, step);
}

/** Three facts that are never merged, and the honest level of the best of them. */
function ofJammer({ readings, attested }: DeviceFound): Judgement {
  const { 'jammer.observed': observed, 'jammer.reported': reported } = readings;
  const inRange = readings['supply.in-range'];
  const said = attested.find(({ what }) => what === 'jammer-effective')?.value;
  const step = {
    zh: '在设备页打开屏蔽器试机，用手机逐频段测试，再检查',
    en: 'switch it on for a test on the devices page, try every band with a telephone, check again',
  };
  const fail = (measured: Both, cause: Both) => red(measured, REQUIRED.jammer, cause, step);
  if (observed === 'ineffective')
    return fail(
      { zh: '实测无效', en: 'measured: no effect' },
      { zh: '仍能收到信号', en: 'signals are still received' },
    );
  if (said === 'ineffective')
    return fail(
      { zh: '人工测试无效', en: 'a person says: no effect' },
      { zh: '仍能收到信号', en: 'signals are still received' },
    );
  if (reported === false)
    return fail({ zh: '自报关闭', en: 'it says it is off' }, { zh: '屏蔽器未打开', en: 'the jammer is off' });
  if (observed === 'effective') return green({ zh: '实测有效', en: 'measured: effective' }, REQUIRED.jammer);
  const level: Both | null =
    said === 'effective'
      ? { zh: '人工确认有效', en: 'a person says it is effective' }
      : reported === true
        ? { zh: '仅自报打开', en: 'only it says so itself' }
        : inRange === true
          ? { zh: '仅供电正常', en: 'only its supply is as it should be' }
          : null;
  if (level === null)
    return unknown(
      REQUIRED.jammer,
      { zh: '效果不可测，也无人确认', en: 'nothing measures it, and nobody said' },
      step,
    );
  return amber(level, REQUIRED.jammer, { zh: '没有独立测量', en: 'not measured apart from it' }, step);
}

function ofReader({ readings, lastDocumentAt }: DeviceFound, now: number): Judgement {
  const required = REQUIRED['id-reader'];
  const step = { zh: '放一张证件试读', en: 'put a document on it' };
  if (readings['reader.ready'] === false)
    return red(
      { zh: '未就绪', en: 'not ready' },
      required,
      { zh: '阅读器未就绪', en: 'the reader is not ready' },
      LOOK,
    );
  const ready = { zh: '就绪', en: 'ready' };
  if (lastDocumentAt === null)
    return amber(ready, required, { zh: '还没有试读', en: 'nothing was read yet' }, step);
  const ago = now - lastDocumentAt;
  const measured = { zh: `就绪，${minutes(ago)} 分钟前读过`, en: `ready, read ${minutes(ago)} min ago` };
  if (ago <= READ_WITHIN_MS) return green(measured, required);
  return amber(measured, required, { zh: '试读太久以前', en: 'the test read is long ago' }, step);
}

function ofContact({ readings }: DeviceFound): Judgement {
  const words = readingWords(readings);
  if (readings['contact.help'] === true)
    return red(
      words,
      ANSWERS,
      { zh: '求助按钮按下', en: 'help was asked for' },
      { zh: '到现场查看', en: 'go and look' },
    );
  if (readings['contact.door-open'] === true)
    return amber(words, ANSWERS, { zh: '门开着', en: 'the door is open' }, { zh: '关门', en: 'close it' });
  return green(words, ANSWERS);
}

/** How it records now; what it sends has lines of its own. */
function ofCamera({ card, readings }: DeviceFound): Judgement {
  const words = readingWords(readings);
  if (card.adapter === 'camcorder')
    return amber(
      { zh: '便携摄像机', en: 'a camcorder' },
      REQUIRED.camera,
      { zh: '考试中问不到它', en: 'nothing can be asked of it' },
      {
        zh: '开考前试录一段并回放；考后导入文件',
        en: 'record and play a trial before; import its files afterwards',
      },
    );
  if (readings['camera.state'] === 'refused')
    return red(
      words,
      REQUIRED.camera,
      { zh: '摄像机不认用户名或密码', en: 'it does not take the user name or the password' },
      {
        zh: '改正设置中的 user 和密码文件；摄像机已锁定的，等它解锁',
        en: 'correct `user` and the password’s file in the settings; wait where the camera has locked the user out',
      },
    );
  if (readings['camera.state'] === 'failed')
    return red(words, REQUIRED.camera, { zh: '录像失败', en: 'its recording fails' }, LOOK);
  if (readings['camera.no-signal'] === true)
    return red(
      words,
      REQUIRED.camera,
      { zh: '摄像机自报无图像', en: 'it says that it has no picture' },
      LOOK,
    );
  if (readings['camera.tampered'] === true)
    return amber(
      words,
      REQUIRED.camera,
      { zh: '摄像机自报被遮挡或移动', en: 'it says that it was covered or turned' },
      { zh: '到现场看镜头', en: 'go and look at its lens' },
    );
  return green(words, REQUIRED.camera);
}

function ofMeter({ readings }: DeviceFound): Judgement {
  const words = readingWords(readings);
  const inRange = readings['supply.in-range'];
  if (inRange === true) return green(words, REQUIRED.meter);
  const step = {
    zh: '检查所测设备，或更正配置中的范围',
    en: 'look at what it measures, or mend the range in the settings',
  };
  return inRange === false
    ? red(words, REQUIRED.meter, { zh: '供电不在范围', en: 'the supply is out of its range' }, step)
    : amber(words, REQUIRED.meter, { zh: '没有设定范围', en: 'no range is set' }, step);
}

function ofNetwork({ readings }: DeviceFound): Judgement {
  const required = REQUIRED.network;
  const words = readingWords(readings);
  const { 'network.duplicates': twice = [], 'network.unreachable': gone = [] } = readings;
  const step = { zh: '检查网线、交换机和地址表', en: 'look at cables, switch and the list of addresses' };
  if (twice.length > 0)
    return red(
      words,
      required,
      { zh: `地址重复：${twice.join('、')}`, en: `addresses twice: ${twice.join(', ')}` },
      step,
    );
  if (gone.length > 0)
    return red(
      words,
      required,
      { zh: `不可达：${gone.join('、')}`, en: `no answer: ${gone.join(', ')}` },
      step,
    );
  if ((readings['network.round-trip'] ?? 0) > SLOW_MS)
    return amber(words, required, { zh: '往返慢', en: 'slow' }, step);
  // Nobody who could answer proves nothing.
  if ((readings['network.reachable'] ?? 0) === 0)
    return unknown(
      required,
      { zh: '没有电脑在线，无从检查', en: 'no PC is there to be asked' },
      {
        zh: '开机并打开考试页面后再检查',
        en: 'switch the PCs on, open the exam’s page on them, and check again',
      },
    );
  return green(words, required);
}

const minutes = (ms: number) => Math.max(0, Math.round(ms / 60_000));
