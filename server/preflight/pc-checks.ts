// The candidates' PCs (REQ-A04, A11, A13), one line a question over all seats: how many are well, and which are not.

import { PC_BANDS, type PcBands } from '../core/preflight-bands.js';
import {
  amber,
  check,
  green,
  red,
  unknown,
  type AnyCheck,
  type Both,
  type Judgement,
  type Verdict,
} from './line.js';
import type { SeatFacts } from './pc-facts.js';

/** Of one seat: well, to be looked at, not fit, or not known. */
type SeatVerdict = Verdict;
const NAMED = 20;

interface Question {
  title: Both;
  required: Both | ((bands: PcBands) => Both);
  cause: Both;
  nextStep: Both;
  /** null = this seat is not asked. */
  ask: (seat: SeatFacts, bands: PcBands) => SeatVerdict | null;
}

/** Adds the seats up: one that is not fit makes the line red, one that nobody knows of keeps it from green. */
export function judgeSeats(seats: readonly SeatFacts[], question: Question, bands: PcBands): Judgement {
  const { cause, nextStep, ask } = question;
  const required = requiredOf(question, bands);
  const asked = seats.flatMap((seat) => {
    const verdict = ask(seat, bands);
    return verdict === null ? [] : [{ seat, verdict }];
  });
  const names = (wanted: SeatVerdict) =>
    asked.filter(({ verdict }) => verdict === wanted).map(({ seat }) => seat.label);
  if (asked.length === 0)
    return unknown(
      required,
      { zh: '没有已配对的考生机', en: 'no candidate PC is paired' },
      { zh: '先在“配对”页配对考生机，再检查', en: 'pair the PCs first, then check again' },
    );
  const [bad, fair, open] = [names('red'), names('amber'), names('unknown')];
  const fine = asked.length - bad.length - fair.length - open.length;
  const measured = {
    zh: [`${fine}/${asked.length} 正常`, part('不合格', bad), part('注意', fair), part('未测得', open)]
      .filter(Boolean)
      .join('；'),
    en: [
      `${fine} of ${asked.length} fine`,
      part('not fit', bad),
      part('attention', fair),
      part('not measured', open),
    ]
      .filter(Boolean)
      .join('; '),
  };
  if (bad.length > 0) return red(measured, required, cause, nextStep);
  if (open.length > 0)
    return {
      ...unknown(
        required,
        { zh: `${open.length} 台没有报告此项`, en: `${open.length} PCs did not say` },
        nextStep,
      ),
      measured,
    };
  return fair.length > 0 ? amber(measured, required, cause, nextStep) : green(measured, required);
}

function requiredOf({ required }: Pick<Question, 'required'>, bands: PcBands): Both {
  return typeof required === 'function' ? required(bands) : required;
}

function part(word: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length > NAMED ? ' …' : '';
  return `${word} ${names.length}: ${names.slice(0, NAMED).join(' ')}${more}`;
}

/** Chrome or Firefox, and new enough. Others are judged by the machine check of the page alone. */
function judgeBrowser(browser: string | null, { chrome, firefox }: PcBands): SeatVerdict {
  if (browser === null) return 'unknown';
  const [, name = '', major = ''] = /^(chrome|chromium|edge|firefox)\D*(\d+)/i.exec(browser) ?? [];
  if (major === '') return 'amber';
  return Number(major) >= (/firefox/i.test(name) ? firefox : chrome) ? 'green' : 'red';
}

const atLeast = (value: number | undefined, good: number, bad = good): SeatVerdict =>
  value === undefined ? 'unknown' : value >= good ? 'green' : value >= bad ? 'amber' : 'red';
const atMost = (value: number | undefined, good: number, bad: number): SeatVerdict =>
  value === undefined ? 'unknown' : value <= good ? 'green' : value <= bad ? 'amber' : 'red';
const isTrue = (value: boolean | null | undefined): SeatVerdict =>
  value === undefined || value === null ? 'unknown' : value ? 'green' : 'red';
/** Only PCs that are there can say something of themselves. */
const ofPaired =
  (ask: (seat: SeatFacts, bands: PcBands) => SeatVerdict) =>
  (seat: SeatFacts, bands: PcBands): SeatVerdict | null =>
    seat.paired ? ask(seat, bands) : null;

const RUN_AGAIN: Both = {
  zh: '在该机考试页面重新检查；仍不行则换用备用机',
  en: 'check again on that PC; if it stays so use a spare one',
};
const REPLACE: Both = { zh: '加装或换用备用机', en: 'fit more, or use a spare PC' };

/** Every question about the PCs, by the name of its line. */
export const PC_QUESTIONS = {
  'pcs.paired': {
    title: { zh: '考位配对', en: 'seats paired' },
    required: { zh: '每个考位（含备用）都已配对', en: 'every seat is paired, spare ones too' },
    cause: { zh: '有考位没有机器', en: 'seats without a PC' },
    nextStep: { zh: '打开该机浏览器，在“配对”页输入配对码', en: 'open its browser and pair it by its code' },
    ask: ({ paired, spare }) => (paired ? 'green' : spare ? 'amber' : 'red'),
  },
  'pcs.connected': {
    title: { zh: '在线', en: 'connected' },
    required: { zh: '已配对的考生机都在线', en: 'every paired PC is connected' },
    cause: { zh: '有考生机不在线', en: 'PCs are not connected' },
    nextStep: { zh: '检查电源、网线、交换机端口', en: 'look at power, cable and switch port' },
    ask: ofPaired(({ connected, spare }) => (connected ? 'green' : spare ? 'amber' : 'red')),
  },
  'pcs.real': {
    title: { zh: '真机', en: 'real PCs' },
    required: { zh: '考位上是真实的考生机', en: 'a real PC at every seat' },
    cause: { zh: '这些考位由演练程序扮演', en: 'these seats are played by a rehearsal' },
    nextStep: { zh: '结束演练，配对真实机器', en: 'end the rehearsal and pair the real PCs' },
    ask: ofPaired(({ simulated }) => (simulated ? 'red' : 'green')),
  },
  'pcs.machine-check': {
    title: { zh: '机器自检', en: 'machine check' },
    required: { zh: '浏览器、存储、加密均可用', en: 'browser, storage and cryptography work' },
    cause: { zh: '自检未通过', en: 'the machine check failed' },
    nextStep: RUN_AGAIN,
    ask: ofPaired(({ checkPassed }) => isTrue(checkPassed)),
  },
  'pcs.browser': {
    title: { zh: '浏览器', en: 'browser' },
    required: ({ chrome, firefox }) => ({
      zh: `Chrome ${chrome} 以上或 Firefox ${firefox} 以上`,
      en: `Chrome ${chrome} or Firefox ${firefox}, or later`,
    }),
    cause: { zh: '浏览器过旧或不明', en: 'old or unknown browser' },
    nextStep: {
      zh: '安装 Chrome（Windows 7 用 109 版）',
      en: 'install Chrome (109 is the last for Windows 7)',
    },
    ask: ofPaired(({ browser }, bands) => judgeBrowser(browser, bands)),
  },
  'pcs.screen': {
    title: { zh: '屏幕', en: 'screen' },
    required: ({ width, height }) => ({ zh: `${width}×${height} 以上`, en: `${width}×${height} or more` }),
    cause: { zh: '屏幕分辨率偏低，试题要来回滚动', en: 'a small screen: candidates have to scroll' },
    nextStep: { zh: '调高分辨率，或换显示器', en: 'set a higher resolution, or use another screen' },
    ask: ofPaired(({ facts: { screen } }, { width, height }) =>
      screen === undefined
        ? 'unknown'
        : screen.width >= width && screen.height >= height
          ? 'green'
          : screen.width >= 1_024 && screen.height >= 600
            ? 'amber'
            : 'red',
    ),
  },
  'pcs.memory': {
    title: { zh: '内存', en: 'memory' },
    required: ({ memoryGib }) => ({ zh: `${memoryGib} GB 以上`, en: `${memoryGib} GB or more` }),
    cause: { zh: '内存不足', en: 'too little memory' },
    nextStep: REPLACE,
    ask: ofPaired(({ facts }, { memoryGib }) => atLeast(facts.memoryGib, memoryGib, memoryGib / 2)),
  },
  'pcs.cores': {
    title: { zh: '处理器', en: 'cores' },
    required: ({ cores }) => ({ zh: `${cores} 核以上`, en: `${cores} cores or more` }),
    cause: { zh: '处理器核心不足', en: 'too few cores' },
    nextStep: REPLACE,
    ask: ofPaired(({ facts }, { cores }) => atLeast(facts.cores, cores)),
  },
  'pcs.storage': {
    title: { zh: '浏览器存储', en: 'browser storage' },
    required: ({ quotaBytes }) => ({
      zh: `可存 ${quotaBytes / 1e6} MB 以上`,
      en: `${quotaBytes / 1e6} MB or more`,
    }),
    cause: {
      zh: '磁盘快满，或浏览器处于隐私模式',
      en: 'the disk is nearly full, or a private window is open',
    },
    nextStep: { zh: '清理 C 盘；不要用无痕窗口', en: 'make room on the disk; use no private window' },
    ask: ofPaired(({ facts }, { quotaBytes }) => atLeast(facts.quotaBytes, quotaBytes, quotaBytes / 5)),
  },
  'pcs.audio': {
    title: { zh: '耳机', en: 'headphones' },
    required: { zh: '听到测试音', en: 'the test sound was heard' },
    cause: { zh: '耳机没有声音', en: 'no sound' },
    nextStep: { zh: '检查音量、插孔、默认播放设备', en: 'look at volume, plug and default device' },
    ask: ofPaired(({ audioOk }) => isTrue(audioOk)),
  },
  'pcs.input-method': {
    title: { zh: '中文输入法', en: 'Chinese input' },
    required: { zh: '用输入法打出一句中文，一字不差', en: 'a sentence typed through an input method' },
    cause: { zh: '输入法打字有误', en: 'typing through the input method went wrong' },
    nextStep: { zh: '安装并切换输入法后，在检查页重打', en: 'install an input method and type again' },
    ask: ofPaired(({ facts }) => isTrue(facts.inputMethod)),
  },
  'pcs.no-internet': {
    title: { zh: '不能上外网', en: 'no internet' },
    required: { zh: '考生机连不到外网', en: 'no PC reaches the internet' },
    cause: { zh: '考生机能上外网', en: 'PCs reach the internet' },
    nextStep: {
      zh: '在交换机或路由器上断开外网；停用无线网卡和 USB 共享上网',
      en: 'cut the line at switch or router; disable wireless and tethering',
    },
    ask: ofPaired(({ reachesInternet }) => isTrue(reachesInternet === null ? null : !reachesInternet)),
  },
  'pcs.round-trip': {
    title: { zh: '网络往返', en: 'round trip' },
    required: ({ roundTripMs }) => ({ zh: `${roundTripMs} ms 以内`, en: `${roundTripMs} ms at most` }),
    cause: { zh: '到服务器的往返慢', en: 'slow to the server' },
    nextStep: { zh: '检查网线、交换机；不要用无线', en: 'look at cable and switch; use no wireless' },
    ask: ofPaired(({ facts }, { roundTripMs, badRoundTripMs }) =>
      atMost(facts.roundTripMs, roundTripMs, badRoundTripMs),
    ),
  },
  'pcs.throughput': {
    title: { zh: '下载速度', en: 'throughput' },
    required: ({ throughputMbit }) => ({
      zh: `${throughputMbit} Mbit/s 以上`,
      en: `${throughputMbit} Mbit/s or more`,
    }),
    cause: { zh: '下载慢，试卷和音频会迟到', en: 'slow: papers and recordings come late' },
    nextStep: { zh: '检查网线和交换机端口是否 100/1000 Mbit/s', en: 'is the port at 100 or 1000 Mbit/s?' },
    ask: ofPaired(({ facts }, { throughputMbit, badThroughputMbit }) =>
      atLeast(facts.throughputMbit, throughputMbit, badThroughputMbit),
    ),
  },
  'pcs.restore-card': {
    title: { zh: '还原卡（重启后数据仍在）', en: 'data survives a restart' },
    required: { zh: '检查后重启一次，标记仍在', en: 'after the check and one restart the marker is there' },
    cause: {
      zh: '重启后标记消失：还原卡或影子系统仍在生效，断电会丢答案',
      en: 'the marker went: a restore card is on, and a power cut would lose answers',
    },
    nextStep: {
      zh: '关闭还原卡或影子系统，重启后再检查',
      en: 'switch the restore card off, restart, check again',
    },
    ask: ofPaired(({ facts }) => isTrue(facts.survivedReboot)),
  },
} as const satisfies Record<string, Question>;

export interface PcSources {
  seats(): Promise<readonly SeatFacts[]>;
  /** Some paper has something to listen to; else nobody asks for headphones. */
  needsAudio(): Promise<boolean>;
}

const REQUIREMENTS: Partial<Record<keyof typeof PC_QUESTIONS, string>> = {
  'pcs.input-method': 'REQ-A13',
  'pcs.throughput': 'REQ-A05',
  'pcs.round-trip': 'REQ-A05',
  'pcs.paired': 'REQ-D02',
  'pcs.connected': 'REQ-D02',
  'pcs.real': 'REQ-C03',
};

/** The lines about the PCs. */
export function pcChecks({ seats, needsAudio }: PcSources, bands: PcBands = PC_BANDS): AnyCheck[] {
  const questions = Object.entries(PC_QUESTIONS) as [keyof typeof PC_QUESTIONS, Question][];
  return questions.map(([id, question]) =>
    check({
      ...{ id, group: 'pcs', requirement: REQUIREMENTS[id] ?? 'REQ-A04', title: question.title },
      measure: async () => (id === 'pcs.audio' && !(await needsAudio()) ? null : await seats()),
      judge: (found) =>
        found === null
          ? green({ zh: '试卷没有音频，不需要', en: 'no paper has audio' }, requiredOf(question, bands))
          : judgeSeats(found, question, bands),
    }),
  );
}
