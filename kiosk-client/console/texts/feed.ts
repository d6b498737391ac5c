// The sentence of each line under "just happened". An event without a sentence of its own is shown by its name, never dropped.

import type { FeedLine } from '../../../server/protocol/staff.js';
import type { Language } from '../../i18n/language.js';
import { actWords, alarmWords, attestedWords, brokenSeal, faultWords } from './devices.js';
import { refusalSentence } from './refusal.js';
import { words, type Role } from './words.js';

type Params = FeedLine['params'];
type Sentence = (p: Params, language: Language) => [zh: string, en: string];

const minutes = (ms: unknown) => {
  const all = Number(ms) / 60_000;
  return Number.isInteger(all) ? String(all) : all.toFixed(1);
};
/** `17 号 沈若溪` as far as it is known. */
const who = ({ seat, name }: Params): [string, string] => [
  [seat ? `${seat} 号` : '', name ?? ''].filter(Boolean).join(' '),
  [seat ? `seat ${seat}` : '', name ?? ''].filter(Boolean).join(' '),
];
const because = ({ reason, text }: Params): [string, string] => {
  const said = reason ?? text;
  return said ? [`：${said}`, `: ${said}`] : ['', ''];
};
const by = ({ staff }: Params): [string, string] => (staff ? [`${staff} `, ` by ${staff}`] : ['', '']);

/** `服务器 UPS ` or `17 号 `. */
const whose = ({ device, seat }: Params): [string, string] =>
  device ? [`${device} `, `${device}: `] : [seat ? `${seat} 号 ` : '', seat ? `seat ${seat}: ` : ''];

const both =
  (zh: string, en: string): Sentence =>
  () => [zh, en];
/** Who, and what happened to them. */
const of =
  (zh: string, en: string): Sentence =>
  (p) => [`${who(p)[0]} ${zh}${because(p)[0]}`, `${who(p)[1]} ${en}${because(p)[1]}`];
/** What somebody of the staff did. */
const act =
  (zh: string, en: string): Sentence =>
  (p) => [`${by(p)[0]}${zh}${because(p)[0]}`, `${en}${by(p)[1]}${because(p)[1]}`];

const EXPORT_ENDS: Record<string, [zh: string, en: string]> = {
  done: ['完成', 'done'],
  failed: ['失败', 'failed'],
  cancelled: ['已取消', 'cancelled'],
  interrupted: ['中断', 'interrupted'],
};

const SENTENCES: Record<string, Sentence> = {
  'server-started': both('考场服务器已启动', 'The room’s server has started'),
  'wall-clock-stepped': both(
    '服务器系统时间被改动，考试计时不受影响',
    'The system time was set; no clock of the exam moved',
  ),
  'clock-doubted': both('服务器时钟有疑问', 'The server’s clock is in doubt'),
  'clock-confirmed': both('服务器时钟已确认', 'The server’s clock is confirmed'),
  'video-export-begun': (p) => [
    `${by(p)[0]}开始导出录像到 ${p['target'] ?? ''}${p['way'] === 'command' ? '（在服务器终端上）' : ''}`,
    `Export of recordings to ${p['target'] ?? ''} begun${by(p)[1]}${p['way'] === 'command' ? ' at the server’s terminal' : ''}`,
  ],
  'video-export-ended': (p) => {
    const [zh, en] = EXPORT_ENDS[String(p['outcome'])] ?? ['已结束', 'ended'];
    return [
      `${by(p)[0]}录像导出${zh}${p['zh'] ? `：${p['zh']}` : ''}`,
      `Export of recordings ${en}${by(p)[1]}${p['en'] ? `: ${p['en']}` : ''}`,
    ];
  },
  'mains-lost': both('市电中断', 'Mains power lost'),
  'mains-restored': both('市电恢复', 'Mains power is back'),
  'staff-signed-in': ({ person }) => [`${person} 登录监考台`, `${person} signed in`],
  'sign-in-refused': ({ person }) => [`${person} 的 PIN 输入错误`, `Wrong PIN for ${person}`],
  'simulated-refused': ({ address }) => [
    `拒绝了来自 ${address} 的模拟考生机：本考场有正式考试`,
    `A simulated PC from ${address} was sent away: this room has a real exam`,
  ],
  'seat-paired': ({ seat }) => [`${seat} 号完成配对`, `Seat ${seat} paired`],
  'seat-unpaired': (p) => [
    `${p['seat']} 号解除配对${because(p)[0]}`,
    `Seat ${p['seat']} unpaired${because(p)[1]}`,
  ],
  'seat-connected': ({ seat }) => [`${seat} 号已连上`, `Seat ${seat} connected`],
  'seat-disconnected': ({ seat }) => [`${seat} 号断开`, `Seat ${seat} disconnected`],
  'command-refused': (p, language) => {
    const { what } = refusalSentence({ ok: false, code: String(p['code']) }, language);
    return [`${p['staff'] ?? ''}的操作未被接受：${what}`, `Refused${by(p)[1]}: ${what}`];
  },
  'package-installed': ({ packageId, sequence, from }) => [
    `${from ? `${from} 远程` : ''}安装考试包 ${packageId} 第 ${sequence} 号`,
    `Package ${packageId} no. ${sequence} installed${from ? ` from afar by ${from}` : ''}`,
  ],
  'package-removed': (p) => [
    `${p['from']} 移除考试包 ${p['packageId']}${because(p)[0]}`,
    `Package ${p['packageId']} removed by ${p['from']}${because(p)[1]}`,
  ],
  'install-refused': ({ act: wish, code, packageId, from }, language) => {
    const { what } = refusalSentence({ ok: false, code: String(code) }, language);
    const isRemoval = wish === 'remove';
    return [
      `${from} 远程${isRemoval ? '移除' : '安装'}考试包 ${packageId} 未被接受：${what}`,
      `${isRemoval ? 'Removal' : 'Installation'} of a package ${packageId} by ${from} refused: ${what}`,
    ];
  },
  'seal-signed': act('已为封场签名', 'Seal signed'),
  'room-sealed': act('考场已封场', 'Room sealed'),
  'seal-broken': ({ by: cause }) => [
    `封场失效：${brokenSeal(String(cause ?? ''), 'zh')}`,
    `The seal is broken: ${brokenSeal(String(cause ?? ''), 'en')}`,
  ],
  'devices-configured': both('设备清单已更新', 'The list of devices was changed'),
  'alarm-raised': (p) => [
    `告警 · ${whose(p)[0]}${alarmWords(p['code'], 'zh')}`,
    `Alarm · ${whose(p)[1]}${alarmWords(p['code'], 'en')}`,
  ],
  'alarm-cleared': (p) => [
    `告警解除 · ${whose(p)[0]}${alarmWords(p['code'], 'zh')}`,
    `Alarm over · ${whose(p)[1]}${alarmWords(p['code'], 'en')}`,
  ],
  'alarm-acknowledged': (p) => [
    `${by(p)[0]}确认告警 · ${whose(p)[0]}${alarmWords(p['code'], 'zh')}：${p['note'] ?? ''}`,
    `Alarm acknowledged${by(p)[1]} · ${whose(p)[1]}${alarmWords(p['code'], 'en')}: ${p['note'] ?? ''}`,
  ],
  'device-commanded': (p) => [
    `${by(p)[0]}${actWords(p['act'], 'zh')} ${p['device'] ?? ''}${because(p)[0]}`,
    `${p['device'] ?? ''}: ${actWords(p['act'], 'en')}${by(p)[1]}${because(p)[1]}`,
  ],
  'device-acted': (p) =>
    p['fault'] === undefined
      ? [
          `${p['device'] ?? ''} 已执行：${actWords(p['act'], 'zh')}`,
          `${p['device'] ?? ''}: ${actWords(p['act'], 'en')} was done`,
        ]
      : [
          `${p['device'] ?? ''} 没有执行 ${actWords(p['act'], 'zh')}：${faultWords(p['fault'], 'zh')}`,
          `${p['device'] ?? ''}: ${actWords(p['act'], 'en')} failed, ${faultWords(p['fault'], 'en')}`,
        ],
  'device-attested': (p) => [
    `${by(p)[0]}人工确认 ${p['device'] ?? ''}：${attestedWords(p, 'zh')}`,
    `${p['device'] ?? ''}: ${attestedWords(p, 'en')} attested${by(p)[1]}`,
  ],
  'shutdown-announced': ({ reason }) => [
    `服务器即将有序关机：${alarmWords(reason, 'zh')}`,
    `The server is about to stop in order: ${alarmWords(reason, 'en')}`,
  ],
  'preflight-recorded': ({ green, amber, red, unknown }) => [
    `考前检查完成：${green} 绿 ${amber} 黄 ${red} 红，${unknown} 项未测得`,
    `Preflight done: ${green} green, ${amber} amber, ${red} red, ${unknown} not measured`,
  ],
  'room-rehearsed': ({ seats, handedIn, lost }) => [
    `考生机演练结束：${handedIn}/${seats} 名模拟考生交卷，丢失 ${lost}`,
    `Rehearsal on the PCs over: ${handedIn} of ${seats} simulated candidates handed in, ${lost} lost`,
  ],
  'rehearsal-begun': (p) => [
    `${by(p)[0]}开始考生机演练：${p['pcs']} 台考生机，${p['seats']} 名模拟考生`,
    `Rehearsal on the PCs begun${by(p)[1]}: ${p['pcs']} PCs, ${p['seats']} simulated candidates`,
  ],
  'rehearsal-stopped': (p) => [
    `${by(p)[0]}停止了考生机演练：${p['answering']} 名模拟考生已作答，${p['handedIn']} 名交卷，${p['saves']} 次保存`,
    `Rehearsal on the PCs stopped${by(p)[1]}: ${p['answering']} simulated candidates had answered, ${p['handedIn']} handed in, ${p['saves']} saves`,
  ],
  'entry-opened': act('开放入场', 'Entry opened'),
  'candidate-admitted': of('准入', 'admitted'),
  'candidate-refused': of('不准入', 'refused'),
  'check-in-corrected': of('入场登记已更正', 'check-in corrected'),
  'log-in-refused': (p, language) => {
    const { what } = refusalSentence({ ok: false, code: String(p['code']) }, language);
    return [`${who(p)[0]} 登录未成功：${what}`, `${who(p)[1]} log-in refused: ${what}`];
  },
  'candidate-logged-in': of('登录', 'logged in'),
  'paper-opened': act('启封试卷', 'Paper opened'),
  'reserve-enabled': act('启用备用卷', 'The reserve paper is in force'),
  'opening-failed': act('启封码或 PIN 输入错误', 'Wrong start code or PIN'),
  'start-delayed': (p) => [
    `${by(p)[0]}推迟开考 ${minutes(p['ms'])} 分钟${because(p)[0]}`,
    `Start delayed by ${minutes(p['ms'])} min${because(p)[1]}`,
  ],
  'session-started': act('开考', 'Exam started'),
  'entry-closed': ({ absent = 0 }) => [`停止入场：${absent} 人缺考`, `The door has closed: ${absent} absent`],
  'hand-raised': of('举手', 'raised a hand'),
  'hand-lowered': of('举手已处理', 'hand answered'),
  'reminder-given': ({ beforeEndMs, count }) => [
    `提醒 ${count} 人：还剩 ${minutes(beforeEndMs)} 分钟`,
    `${count} reminded: ${minutes(beforeEndMs)} min left`,
  ],
  'session-paused': act('暂停考试', 'Exam paused'),
  'session-resumed': act('恢复考试', 'Exam resumed'),
  'critical-moment-passed': both(
    '停电已超过临界时间，请与培训评价组织联系',
    'The critical moment has passed; call the organisation',
  ),
  'extension-requested': (p) => [
    `${by(p)[0]}为 ${who(p)[0]} 申请补时 ${minutes(p['ms'])} 分钟${because(p)[0]}`,
    `${minutes(p['ms'])} min asked for ${who(p)[1]}${by(p)[1]}${because(p)[1]}`,
  ],
  'extension-approved': act('同意补时', 'Time approved'),
  'time-granted': (p) => [
    `${who(p)[0]} 补时 ${minutes(p['ms'])} 分钟`,
    `${who(p)[1]}: ${minutes(p['ms'])} min given back`,
  ],
  'extension-closed': (p) =>
    p['why'] === 'expired'
      ? ['补时申请已过期', 'A request for time has expired']
      : [`${by(p)[0]}不同意补时${because(p)[0]}`, `Request for time rejected${by(p)[1]}${because(p)[1]}`],
  'code-refused': act('授权码输入错误', 'Wrong authorisation code'),
  'machine-swapped': (p) => [
    `${p['name'] ?? ''} 换到 ${p['toSeat']} 号${because(p)[0]}`,
    `${p['name'] ?? ''} moves to seat ${p['toSeat']}${because(p)[1]}`,
  ],
  'swap-corrected': of('换机已撤回', 'move taken back'),
  'candidate-left-room': (p) => [
    `${who(p)[0]} 离开考场，${p['accompaniedBy']} 陪同`,
    `${who(p)[1]} left the room with ${p['accompaniedBy']}`,
  ],
  'candidate-returned': of('返回考场', 'is back'),
  'candidate-submitted': of('交卷', 'handed in'),
  'candidate-ended': (p) => [
    `${who(p)[0]} ${words.zh.endReasons[String(p['reason'])] ?? '结束'}${p['text'] ? `：${p['text']}` : ''}`,
    `${who(p)[1]} ${words.en.endReasons[String(p['reason'])] ?? 'ended'}${p['text'] ? `: ${p['text']}` : ''}`,
  ],
  'candidate-reopened': of('恢复考试', 'reopened'),
  'time-ended': ({ count }) => [`${count} 人考试时间到`, `Time is over for ${count}`],
  'incident-recorded': (p) => [
    `记录 · ${words.zh.categories[String(p['category'])] ?? '其他'} ${who(p)[0]}${because(p)[0]}`,
    `Note · ${words.en.categories[String(p['category'])] ?? 'Other'} ${who(p)[1]}${because(p)[1]}`,
  ],
  'message-sent': (p) => [
    `发通知给${who(p)[0] || '全场'}${because(p)[0]}`,
    `Message to ${who(p)[1] || 'everybody'}${because(p)[1]}`,
  ],
  'stand-in-recorded': (p) => [
    `${p['person']} 顶岗${words.zh.roles[p['role'] as Role] ?? ''}${because(p)[0]}`,
    `${p['person']} stands in as ${words.en.roles[p['role'] as Role] ?? ''}${because(p)[1]}`,
  ],
  'session-suspended': both(
    '服务器中断期间有人到了结束时间，等待决定',
    'Somebody’s end lay in the outage: a decision is needed',
  ),
  'suspended-approved': act('已作出中断后的决定，等待另一人', 'Half of the decision after the outage'),
  'session-continued': both('考试继续', 'The exam goes on'),
  'session-ended': (p) => [
    `考试结束${p['text'] ? `：${p['text']}` : ''}`,
    `The exam has ended${p['text'] ? `: ${p['text']}` : ''}`,
  ],
  'candidate-received': of('全部收齐', 'all received'),
  'session-collected': act('收卷完成', 'Collected'),
  'bundle-built': both('成绩包已生成', 'The result bundle is built'),
  'session-wiped': both('交接完成，本场数据已清除', 'Handed over: this session’s data is wiped'),
  'session-handed-over': both('成绩包已交接', 'Handed over'),
};

/** What happened, in one sentence. */
export function feedSentence({ type, params }: FeedLine, language: Language): string {
  const sentence = SENTENCES[type];
  if (sentence === undefined) return type;
  const [zh, en] = sentence(params, language);
  const text = (language === 'zh' ? zh : en).trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Lines that matter more than comings and goings of PCs. */
export function isQuiet({ type }: FeedLine): boolean {
  return QUIET.has(type);
}

const QUIET = new Set(['seat-connected', 'seat-disconnected', 'candidate-logged-in', 'candidate-received']);

/** Every event that has a sentence; for the test. */
export const KNOWN_EVENTS: readonly string[] = Object.keys(SENTENCES);
