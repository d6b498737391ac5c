// The words of the cameras' pages.

import type { GapCause } from '../../../server/core/video-types.js';
import type { Language, Texts } from '../../i18n/language.js';

export interface CameraTexts {
  title: string;
  hint: string;
  none: string;
  recording: (recording: number, all: number) => string;
  spaceLeft: (time: string) => string;
  covered: (percent: number) => string;
  notCovered: string;
  gaps: (count: number) => string;
  noGaps: string;
  missingFor: (time: string) => string;
  open: (name: string) => string;
  back: string;
  live: string;
  calling: string;
  pictures: string;
  noCodec: string;
  recorded: string;
  play: string;
  pause: string;
  back10: string;
  on10: string;
  speed: (rate: number) => string;
  keys: string;
  bar: string;
  zoom: Record<'all' | 'hour' | 'minutes', string>;
  now: string;
  afterGap: (time: string, cause: string) => string;
  moments: string;
  noMoments: string;
  lookAt: (time: string) => string;
  nothingRecorded: string;
  mayNotReview: string;
  checkText: string;
  checkTextHint: string;
  textRight: string;
  textWrong: string;
  textIs: string;
  choose: string;
  note: string;
  noteHint: string;
  send: string;
  said: (word: string, time: string, who: string) => string;
  newPicture: string;
  legend: [recorded: string, gap: string, incident: string, alarm: string];
}

export const cameraTexts: Texts<CameraTexts> = {
  zh: {
    title: '录像',
    hint: '直播约有 4 至 8 秒延迟；录像由录像进程独立保存，与本页无关。',
    none: '考场配置中没有摄像机。',
    recording: (recording, all) => `${recording}/${all} 台正在录像`,
    spaceLeft: (time) => `录像盘还可录 ${time}`,
    covered: (percent) => `本场已录 ${percent}%`,
    notCovered: '本场尚未开始录像',
    gaps: (count) => `${count} 处缺口`,
    noGaps: '无缺口',
    missingFor: (time) => `已中断 ${time}`,
    open: (name) => `打开 ${name}`,
    back: '返回全部摄像机',
    live: '直播',
    calling: '正在连接摄像机',
    pictures: '每 2 秒一张画面',
    noCodec: '此浏览器不能播放这台摄像机的编码，改为逐张画面',
    recorded: '回放',
    play: '播放',
    pause: '暂停',
    back10: '后退 10 秒',
    on10: '前进 10 秒',
    speed: (rate) => `${rate} 倍`,
    keys: '空格播放或暂停，← → 10 秒，Shift 加 ← → 1 分钟',
    bar: '录像时间条',
    zoom: { all: '全场', hour: '1 小时', minutes: '10 分钟' },
    now: '现在',
    afterGap: (time, cause) => `之前缺 ${time}（${cause}）`,
    moments: '缺口与事件',
    noMoments: '这一段时间没有缺口和事件。',
    lookAt: (time) => `看 ${time} 的录像`,
    nothingRecorded: '这段时间还没有可回放的录像。正在录的一段约 10 秒后可看。',
    mayNotReview: '您的岗位可看直播，不能回放录像。',
    checkText: '核对画面和字幕',
    checkTextHint: '请看清画面中的考场名称和时钟：名称是否为本考场，时钟是否准确，是否看得到全场。',
    textRight: '正确',
    textWrong: '有误',
    textIs: '画面和字幕',
    choose: '请选择',
    note: '依据',
    noteHint: '看到了什么，会记入考场记录',
    send: '提交',
    said: (word, time, who) => `画面和字幕${word} · ${time} · ${who}`,
    newPicture: '重新取一张',
    legend: ['有录像', '缺口', '事件', '告警'],
  },
  en: {
    title: 'Cameras',
    hint: 'Live pictures are 4 to 8 seconds late. Recording is a process of its own, whatever this page does.',
    none: 'The room’s settings name no camera.',
    recording: (recording, all) => `${recording} of ${all} recording`,
    spaceLeft: (time) => `space for ${time} more`,
    covered: (percent) => `${percent}% of the session recorded`,
    notCovered: 'nothing of this session yet',
    gaps: (count) => (count === 1 ? '1 gap' : `${count} gaps`),
    noGaps: 'no gap',
    missingFor: (time) => `nothing for ${time}`,
    open: (name) => `Open ${name}`,
    back: 'Back to all cameras',
    live: 'Live',
    calling: 'Calling the camera',
    pictures: 'a picture every 2 s',
    noCodec: 'This browser cannot play what the camera sends; single pictures instead',
    recorded: 'Recorded',
    play: 'Play',
    pause: 'Pause',
    back10: 'Back 10 s',
    on10: 'On 10 s',
    speed: (rate) => `${rate}×`,
    keys: 'Space plays or pauses, ← → 10 s, Shift with ← → 1 minute',
    bar: 'Time bar of the recording',
    zoom: { all: 'Whole', hour: '1 hour', minutes: '10 minutes' },
    now: 'now',
    afterGap: (time, cause) => `before this, nothing for ${time} (${cause})`,
    moments: 'Gaps and events',
    noMoments: 'No gap and no event in this time.',
    lookAt: (time) => `Look at ${time}`,
    nothingRecorded: 'Nothing to look at yet. What is being recorded can be seen after about 10 seconds.',
    mayNotReview: 'Your role watches live and does not look at recordings.',
    checkText: 'Check picture and text',
    checkTextHint:
      'Read the room’s name and the clock in the picture: is it this room, is the clock right, is the whole room in view?',
    textRight: 'right',
    textWrong: 'wrong',
    textIs: 'Picture and text',
    choose: 'choose',
    note: 'How do you know',
    noteHint: 'What you saw; it goes into the room record',
    send: 'Submit',
    said: (word, time, who) => `picture and text ${word} · ${time} · ${who}`,
    newPicture: 'Take another',
    legend: ['recorded', 'gap', 'event', 'alarm'],
  },
};

type Words = Record<Language, string>;

const CAUSES: Record<GapCause, Words> = {
  'camera-unreachable': { zh: '连不上摄像机', en: 'camera not reachable' },
  'camera-refused': { zh: '密码被拒：改正设置', en: 'password refused: correct the settings' },
  'camera-stalled': { zh: '摄像机停止送流', en: 'camera stalled' },
  'recorder-ended': { zh: '录像程序意外结束', en: 'recording ended by itself' },
  'recorder-restarted': { zh: '录像进程重启', en: 'recorder restarted' },
  'server-restarted': { zh: '服务器重启', en: 'server restarted' },
  'disk-full': { zh: '录像盘已满', en: 'disk full' },
  'volume-missing': { zh: '录像盘不在', en: 'video volume missing' },
  'clock-stepped': { zh: '时钟跳变', en: 'clock stepped' },
  'segment-damaged': { zh: '录像文件损坏', en: 'recording damaged' },
  'stopped-by-staff': { zh: '人员停止录像', en: 'stopped by staff' },
  unknown: { zh: '原因不明', en: 'cause not known' },
};

/** Why nothing was recorded. A cause that this page does not know is shown as it is. */
export const causeWords = (cause: GapCause, language: Language): string =>
  Object.prototype.hasOwnProperty.call(CAUSES, cause) ? CAUSES[cause][language] : cause;

/** How long something was missing, to the half second below a minute. @param ms a duration */
export function missingTime(ms: number, language: Language): string {
  const halves = Math.round(ms / 500) / 2;
  const [m, s] = language === 'zh' ? [' 分 ', ' 秒'] : [' min ', ' s'];
  if (halves < 60) return `${halves}${s}`;
  const seconds = Math.round(halves);
  return `${Math.floor(seconds / 60)}${m}${seconds % 60}${s}`;
}
