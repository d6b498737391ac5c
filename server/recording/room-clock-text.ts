// The room's clock as a subtitle track of a film: one line a second, and in place of a picture the word that there is none and
// why. A gap keeps its length in the film, with the last picture standing still: the text says that it stands.

import { GAP_MS, type GapCause } from '../core/video-types.js';
import { box, letters, shorts, words } from './written-boxes.js';

const SECOND_MS = 1000;
const CHINA_OFFSET_MS = 8 * 3_600_000;

/** From `fromMs` on this text is shown until the next one. Wall clock, ms. */
export interface ClockText {
  fromMs: number;
  bytes: Buffer;
}

/** A stretch without pictures. */
export interface Hole {
  from: number;
  to: number;
  cause: GapCause;
}

/** Causes as people read them. */
export const CAUSE_WORDS: Record<GapCause, readonly [zh: string, en: string]> = {
  'camera-unreachable': ['摄像机连不上', 'camera unreachable'],
  'camera-refused': ['摄像机不认密码', 'password refused by the camera'],
  'camera-stalled': ['摄像机无画面', 'camera stalled'],
  'recorder-ended': ['录像程序中断', 'recorder ended'],
  'recorder-restarted': ['录像程序重启', 'recorder restarted'],
  'server-restarted': ['服务器重启', 'server restarted'],
  'disk-full': ['磁盘已满', 'disk full'],
  'volume-missing': ['录像盘不在或不是指定的盘', 'recording volume missing'],
  'clock-stepped': ['时钟跳变', 'clock stepped'],
  'segment-damaged': ['录像文件损坏', 'file damaged'],
  'stopped-by-staff': ['人工停止', 'stopped by staff'],
  unknown: ['原因不明', 'cause unknown'],
};

/** Words of a cause; of one that a later version wrote, the code itself. */
export function causeWords(cause: GapCause): readonly [zh: string, en: string] {
  return (CAUSE_WORDS as Partial<typeof CAUSE_WORDS>)[cause] ?? [cause, cause];
}

/**
 * The texts of [from, to), one where each second begins and one where a hole begins or ends.
 * @param holes in the order of their time, ms of the wall clock
 */
export function clockTexts(from: number, to: number, holes: readonly Hole[]): ClockText[] {
  const seen = holes.filter((hole) => hole.to > from && hole.from < to && hole.to - hole.from > GAP_MS);
  const starts = new Set<number>([from]);
  for (let at = (Math.floor(from / SECOND_MS) + 1) * SECOND_MS; at < to; at += SECOND_MS) starts.add(at);
  for (const hole of seen) for (const at of [hole.from, hole.to]) if (at > from && at < to) starts.add(at);
  let next = 0;
  return [...starts]
    .sort((a, b) => a - b)
    .map((fromMs) => {
      while (next < seen.length && (seen[next]?.to ?? 0) <= fromMs) next++;
      const hole = seen[next];
      return {
        fromMs,
        bytes: textSample(lineOf(fromMs, hole !== undefined && hole.from <= fromMs ? hole : null)),
      };
    });
}

/** `2026-11-21 09:00:03`: the time in the room. @param at wall clock, ms */
export function roomClock(at: number): string {
  return new Date(at + CHINA_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

function lineOf(at: number, hole: Hole | null): string {
  const clock = roomClock(at);
  if (hole === null) return clock;
  const [zh, en] = causeWords(hole.cause);
  const lengthS = ((hole.to - hole.from) / SECOND_MS).toFixed(1);
  return `${clock}\n无录像 ${lengthS} 秒：${zh}\nno recording for ${lengthS} s: ${en}`;
}

/** 3GPP timed text: two bytes of length, then UTF-8. */
function textSample(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([shorts(bytes.length), bytes]);
}

/** How the text is drawn: white, at the bottom, in the middle. */
export function textEntry(): Buffer {
  const WHITE = 0xffffffff;
  const style = [shorts(0, 0, 1), Buffer.from([0, 18]), words(WHITE)];
  const font = box('ftab', shorts(1, 1), Buffer.from([5]), letters('Serif'));
  const place = [words(0), Buffer.from([1, 0xff]), words(0), shorts(0, 0, 0, 0)];
  return box('tx3g', words(0), shorts(0, 1), ...place, ...style, font);
}
