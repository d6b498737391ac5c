// The room as a whole in the check: a rehearsal with its figures, and what only a person can see or hear (REQ-A, REQ-D01).

import { amber, check, green, red, unknown, type AnyCheck, type Both, type Judgement } from './line.js';
import { judgePcsRehearsal, type PcsRehearsalFound } from './pcs-rehearsal.js';
import { BAD_PAPER_MS, BAD_SAVE_MS, PAPER_MS, SAVE_MS } from './rehearsal-bands.js';

/** What a rehearsal of the whole room on this server came to; milliseconds. */
export interface RehearsalFound {
  seats: number;
  handedIn: number;
  acknowledged: number;
  lost: number;
  saveP99Ms: number;
  firstPaperP99Ms: number;
  problems: readonly string[];
}

export interface RoomSources {
  /** null = it was not to be played. */
  rehearse(signal: AbortSignal): Promise<RehearsalFound | null>;
  /** What the room's own PCs played last. */
  onPcs(): Promise<PcsRehearsalFound>;
}

/** A room of thousands takes minutes. */
const REHEARSAL_MS = 300_000;

export function judgeRehearsal(found: RehearsalFound | null): Judgement {
  const required = {
    zh: `无答案丢失，保存 p99 ${SAVE_MS} ms 以内，开考到试题 p99 ${PAPER_MS / 1_000} s 以内`,
    en: `no answer lost, p99 of a save ${SAVE_MS} ms, of the first paper ${PAPER_MS / 1_000} s`,
  };
  const step = {
    zh: '看本报告中服务器磁盘、处理器、内存各行；换更快的磁盘后重试',
    en: 'see the lines of disk, cores and memory; use a faster disk and try again',
  };
  if (found === null)
    return unknown(
      required,
      { zh: '本次未演练', en: 'it was not played this time' },
      {
        zh: '去掉 --no-rehearsal，并把配置 preflight.rehearsal 设为 true，再运行一次',
        en: 'run it without --no-rehearsal and with preflight.rehearsal in the settings',
      },
    );
  const { seats, handedIn, acknowledged, lost, saveP99Ms, firstPaperP99Ms, problems } = found;
  const figures = `p99 ${Math.round(saveP99Ms)} ms`;
  const measured = {
    zh: `${handedIn}/${seats} 名模拟考生交卷，${acknowledged} 次保存，丢失 ${lost}，保存 ${figures}，到试题 ${Math.round(firstPaperP99Ms)} ms`,
    en: `${handedIn} of ${seats} simulated candidates, ${acknowledged} saves, ${lost} lost, save ${figures}, first paper ${Math.round(firstPaperP99Ms)} ms`,
  };
  if (lost > 0)
    return red(measured, required, { zh: '有已确认的答案丢失', en: 'acknowledged answers were lost' }, step);
  if (problems.length > 0 || handedIn < seats) {
    const why = problems.join('; ').slice(0, 500);
    return red(
      measured,
      required,
      { zh: `演练未完成：${why}`, en: `the rehearsal did not come to its end: ${why}` },
      step,
    );
  }
  const slow = { zh: '服务器太慢', en: 'the server is slow' };
  if (saveP99Ms > BAD_SAVE_MS || firstPaperP99Ms > BAD_PAPER_MS) return red(measured, required, slow, step);
  return saveP99Ms > SAVE_MS || firstPaperP99Ms > PAPER_MS
    ? amber(measured, required, slow, step)
    : green(measured, required);
}

/** What nobody can measure from here: a person looks, and ticks. */
const TICKS: { id: string; requirement: string; title: Both; required: Both; nextStep: Both }[] = [
  tick(
    'seats-apart',
    'REQ-A12',
    '座位间距',
    'seats apart',
    '相邻考位至少 1 米或有隔板',
    'seats 1 m apart or screened',
  ),
  tick(
    'printer',
    'REQ-A10',
    '打印机复印机',
    'printer',
    '打印机可用，纸张充足',
    'a printer that works, with paper',
  ),
  tick(
    'telephone',
    'REQ-A10',
    '考务电话',
    'telephone',
    '考务专用电话可用，号码已报机构',
    'a telephone of the exam’s own, known to the organisation',
  ),
  tick(
    'bell',
    'REQ-A10',
    '铃声与广播',
    'bell and broadcast',
    '全场听得到铃声和广播',
    'bell and broadcast are heard everywhere',
  ),
  tick(
    'detector',
    'REQ-A08',
    '作弊器材检测',
    'detector',
    '检测器材就绪',
    'the detector for cheating devices is ready',
  ),
  tick(
    'antivirus',
    'REQ-D01',
    '杀毒',
    'antivirus',
    '服务器和考生机已查杀，结果干净',
    'server and PCs were scanned and are clean',
  ),
  tick(
    'usb-off',
    'REQ-A04',
    'USB 存储',
    'USB storage',
    '考生机 USB 存储已停用',
    'USB storage of the PCs is off',
  ),
  tick(
    'restore-cards',
    'REQ-A04',
    '还原卡',
    'restore cards',
    '考生机还原卡和影子系统已关闭',
    'restore cards are off',
  ),
  tick(
    'software',
    'REQ-A11',
    '考试软件',
    'software',
    '考试计划所列软件已装好并能打开',
    'the software that the plan lists is there and opens',
  ),
  tick(
    'peripherals',
    'REQ-A04',
    '键盘鼠标显示器',
    'keyboard, mouse, display',
    '每台键盘、鼠标、显示器可用',
    'they work at every seat',
  ),
  tick(
    'control-pc',
    'REQ-A03',
    '监考机',
    'control PC',
    '监考机装有 Chrome 和 Firefox，能打开考务页面',
    'the control PC has Chrome and Firefox and opens the staff pages',
  ),
];

function tick(
  id: string,
  requirement: string,
  zh: string,
  en: string,
  requiredZh: string,
  requiredEn: string,
) {
  return {
    ...{ id: `room.${id}`, requirement, title: { zh, en }, required: { zh: requiredZh, en: requiredEn } },
    nextStep: { zh: '到现场查看后勾选', en: 'go and look, then tick it' },
  };
}

/** @returns always unknown: the tick itself is put to it when the check runs */
function judgeTick({ required, nextStep }: { required: Both; nextStep: Both }): Judgement {
  return unknown(required, { zh: '尚无人确认', en: 'nobody has said so' }, nextStep);
}

/** The lines about the room. */
export function roomChecks({ rehearse, onPcs }: RoomSources): AnyCheck[] {
  return [
    check({
      ...{
        id: 'room.rehearsal',
        group: 'room',
        requirement: 'REQ-C03',
        timeoutMs: REHEARSAL_MS,
        alone: true,
      },
      title: { zh: '全员演练（模拟考生）', en: 'rehearsal with simulated candidates' },
      measure: rehearse,
      judge: judgeRehearsal,
    }),
    check({
      ...{ id: 'room.rehearsal-pcs', group: 'room', requirement: 'REQ-C03' },
      title: { zh: '考生机演练', en: 'rehearsal on the room’s own PCs' },
      measure: onPcs,
      judge: judgePcsRehearsal,
    }),
    ...TICKS.map(({ id, requirement, title, required, nextStep }) =>
      check({
        ...{ id, group: 'room', requirement, title, manual: true },
        measure: () => Promise.resolve({ required, nextStep }),
        judge: judgeTick,
      }),
    ),
  ];
}
