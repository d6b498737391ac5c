// Says in a few words by which figures a report judged: those of the requirements, or those of the plan with what differs.

import { CAMERA_BANDS, MACHINE_BANDS, PC_BANDS, UPS_BANDS } from '../core/preflight-bands.js';
import type { ReportBands } from '../protocol/preflight-bands.js';
import type { PreflightReport } from '../protocol/preflight.js';
import type { Both } from './line.js';

/** What each band counts, for people. */
const NAMES: {
  server: Record<keyof ReportBands['server'], string>;
  pcs: Record<keyof ReportBands['pcs'], string>;
  cameras: Record<keyof typeof CAMERA_BANDS, string>;
  ups: Record<keyof typeof UPS_BANDS, string>;
} = {
  server: {
    cores: '核心 cores',
    goodCores: '核心（建议）cores advised',
    memoryGib: '内存 memory GB',
    diskGb: '磁盘 disk GB',
    freeGb: '可用 free GB',
    goodFreeGb: '可用（建议）free advised GB',
    syncMs: '落盘 durable write ms',
    slowSyncMs: '落盘上限 durable write at most ms',
    megabits: '网卡 card Mbit/s',
  },
  pcs: {
    chrome: 'Chrome',
    firefox: 'Firefox',
    width: '屏宽 width px',
    height: '屏高 height px',
    memoryGib: '内存 memory GB',
    cores: '核心 cores',
    quotaBytes: '存储 storage bytes',
    roundTripMs: '往返 round trip ms',
    badRoundTripMs: '往返上限 round trip at most ms',
    throughputMbit: '下载 download Mbit/s',
    badThroughputMbit: '下载下限 download at least Mbit/s',
  },
  cameras: {
    count: '台数 number',
    width: '画面宽 width px',
    height: '画面高 height px',
    goodMegapixels: '百万像素（建议）megapixels advised',
    keyFrameS: '关键帧间隔 key-frame interval s',
    slowKeyFrameS: '关键帧间隔上限 key-frame interval at most s',
    clockMs: '时钟偏差 clock off by ms',
    badClockMs: '时钟偏差上限 clock off at most ms',
  },
  ups: { runtimeS: '供电时间 runtime s' },
};

/** Which figures were in force and where they come from; a report of before bands had those of the requirements. [PF2] */
export function bandsText({ bands, practice, package: from }: PreflightReport): Both {
  const forPractice =
    practice === true
      ? {
          zh: '；演练考场，只有正式考试才需要的项目仅作提示',
          en: '; a practice room: what only a real exam needs is amber',
        }
      : { zh: '', en: '' };
  if (bands === undefined || bands.name === null)
    return {
      zh: `考试要求 REQ-A01、A04、A06、A07${forPractice.zh}`,
      en: `the requirements, REQ-A01, A04, A06 and A07${forPractice.en}`,
    };
  const plan = from === null ? '' : ` ${from.packageId} #${from.sequence}`;
  return {
    zh: `${bands.name}，按考试包${plan} 的策略${forPractice.zh}`,
    en: `${bands.name}, by the policy of package${plan}${forPractice.en}`,
  };
}

/** The figures of the plan that differ, each with that of the requirements in brackets; nothing where none does. */
export function differingBands({ bands }: PreflightReport): string[] {
  if (bands === undefined) return [];
  const { server, pcs, cameras = CAMERA_BANDS, ups = UPS_BANDS } = bands;
  return [
    ...changed(server, MACHINE_BANDS, NAMES.server),
    ...changed(pcs, PC_BANDS, NAMES.pcs).map((text) => `考生机 PC ${text}`),
    ...changed(cameras, CAMERA_BANDS, NAMES.cameras).map((text) => `摄像机 camera ${text}`),
    ...changed(ups, UPS_BANDS, NAMES.ups).map((text) => `UPS ${text}`),
  ];
}

function changed<Name extends string>(
  now: Record<Name, number>,
  usual: Record<Name, number>,
  names: Record<Name, string>,
): string[] {
  const all = Object.keys(names) as Name[];
  return all
    .filter((name) => now[name] !== usual[name])
    .map((name) => `${names[name]} ${now[name]} (${usual[name]})`);
}
