// What is judged of the recording of a room before an exam: its plan against the sessions, its disk, its space. Pure.

import { amber, green, red, unknown, type Both, type Judgement } from './line.js';

const GB = 1e9;
const HOUR_MS = 3_600_000;
/** Bits that a camera is reckoned with while nobody saw its own. */
const ASSUMED_KILOBITS = 4_000;
/** Sessions begin late and run over. */
const MORE_MS = 30 * 60_000;
const MARGIN = 1.3;
/** Answers and the system have this for themselves. */
const RESERVE_BYTES = 20 * GB;

/** What has to be recorded, and whether it will be. Room time, milliseconds. */
export interface PlanFound {
  /** null = the server was never started; false = nobody said when cameras record. */
  hasRule: boolean | null;
  /** Sessions that are not over. */
  sessions: number;
  /** When cameras record for them. */
  windows: readonly { from: number; to: number; coversSession: boolean }[];
  /** Cameras whose streams are not known: they would record nothing. */
  unknownStreams: readonly string[];
}

export interface VolumeFound {
  /** `own` = below the data folder; `any` = elsewhere and not marked. */
  state: 'own' | 'any' | 'intended' | 'missing' | 'other';
  folder: string;
}

export function judgePlan({ hasRule, sessions, windows, unknownStreams }: PlanFound): Judgement {
  const required = {
    zh: '录像计划覆盖每一场，从入场前到收卷后',
    en: 'every session is recorded from before the entry until after it is collected',
  };
  const step = {
    zh: '启动考务服务器；检查配置 recording 与每台摄像机的地址',
    en: 'start the server; look at recording in the settings and at each camera’s address',
  };
  if (hasRule === null)
    return unknown(required, { zh: '考务服务器还没有启动过', en: 'the server was never started' }, step);
  if (sessions === 0)
    return unknown(
      required,
      { zh: '没有将要进行的场次', en: 'no session lies ahead' },
      { zh: '安装考试包后再检查', en: 'check again when the package is installed' },
    );
  const covered = windows.filter(({ coversSession }) => coversSession).length;
  const measured = { zh: `${covered}/${sessions} 场`, en: `${covered} of ${sessions} sessions` };
  if (!hasRule || covered === 0)
    return red(measured, required, { zh: '没有录像计划', en: 'nothing is planned' }, step);
  if (covered < sessions) return red(measured, required, { zh: '只覆盖一部分', en: 'only in part' }, step);
  if (unknownStreams.length > 0)
    return red(
      measured,
      required,
      {
        zh: `不知道码流地址：${unknownStreams.join('、')}`,
        en: `where the streams are is not known: ${unknownStreams.join(', ')}`,
      },
      step,
    );
  return green(measured, required);
}

/** What recordings will take, bytes: bits of all cameras for the planned time and half an hour, a third more, and a reserve. */
export function neededBytes(plannedMs: number, kilobits: readonly (number | null)[]): number {
  const perSecond = kilobits.reduce<number>((sum, one) => sum + (one ?? ASSUMED_KILOBITS), 0) * 125;
  return Math.round(((plannedMs + MORE_MS) / 1_000) * perSecond * MARGIN + RESERVE_BYTES);
}

export function judgeSpace({
  freeBytes,
  plannedMs,
  kilobits,
}: {
  freeBytes: number;
  plannedMs: number;
  /** Of each camera; null = it was not seen. */
  kilobits: readonly (number | null)[];
}): Judgement {
  const need = neededBytes(plannedMs, kilobits);
  const hours = (plannedMs / HOUR_MS).toFixed(1);
  const required = {
    zh: `${gb(need)} GB：${kilobits.length} 台，计划 ${hours} 小时，加半小时、三成和 20 GB`,
    en: `${gb(need)} GB: ${kilobits.length} cameras for ${hours} h, half an hour, 30 % and 20 GB more`,
  };
  const measured = { zh: `可用 ${gb(freeBytes)} GB`, en: `${gb(freeBytes)} GB free` };
  if (freeBytes < need)
    return red(
      measured,
      required,
      { zh: '空间不够录完', en: 'the space does not last' },
      {
        zh: '换大盘，或把已移交并有回执的旧录像移走；本系统不自动删除录像',
        en: 'use a larger disk, or move recordings away whose hand-over is confirmed; nothing is deleted by itself',
      },
    );
  if (kilobits.some((one) => one === null))
    return amber(
      measured,
      required,
      {
        zh: `有摄像机没有测得码率，按 ${ASSUMED_KILOBITS} kbit/s 估算`,
        en: `the bits of some cameras were not seen; ${ASSUMED_KILOBITS} kbit/s each are assumed`,
      },
      { zh: '先解决“视频流”一行', en: 'mend the line about the stream first' },
    );
  return green(measured, required);
}

const gb = (bytes: number) => (bytes / GB).toFixed(0);

export function judgeVolume({ state, folder }: VolumeFound): Judgement {
  const required: Both = { zh: '录像写到指定的盘', en: 'recordings go to the disk that is meant' };
  const measured = { zh: folder, en: folder };
  if (state === 'own' || state === 'intended') return green(measured, required);
  if (state === 'any')
    return amber(
      measured,
      required,
      {
        zh: '没有标记录像盘：没挂载时会悄悄写到系统盘',
        en: 'the disk is not marked: when it is not mounted, the system’s disk fills unnoticed',
      },
      {
        zh: '运行 kaochang video mark，把给出的标识写入配置 recording.volumeId',
        en: 'run kaochang video mark and write the mark that it gives into recording.volumeId',
      },
    );
  return red(
    measured,
    required,
    state === 'missing'
      ? { zh: '录像盘不在：找不到标记', en: 'the disk is not there: its mark is missing' }
      : { zh: '这是另一个盘：标记不同', en: 'it is another disk: its mark is different' },
    {
      zh: '接好录像盘并重新挂载；确认盘上的 kaochang-volume.json 与配置 recording.volumeId 一致',
      en: 'connect and mount the disk; its kaochang-volume.json has to agree with recording.volumeId',
    },
  );
}
