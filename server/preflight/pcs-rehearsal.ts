// The line about the rehearsal that the room's own PCs played: what every PC measured through the room's own network, against what
// an exam needs (REQ-C03).

import type { RehearsalEnd, RehearsedPc, RoomRehearsal } from '../core/rehearsal-types.js';
import { amber, green, red, unknown, type Both, type Judgement } from './line.js';
import { BAD_PAPER_MS, BAD_SAVE_MS, PAPER_MS, SAVE_MS } from './rehearsal-bands.js';

export interface PcsRehearsalFound {
  /** The last one; null where there is none. */
  rehearsal: (RoomRehearsal & { at: number }) | null;
  /** Room time. */
  now: number;
}

/** The day before and the morning of the exam. */
const STANDS_FOR_MS = 36 * 3_600_000;
const MOST_NAMED = 10;

const REQUIRED: Both = {
  zh: `已配对的考生机全部参加，无答案丢失，每台保存 p99 ${SAVE_MS} ms 以内，开考到试题 p99 ${PAPER_MS / 1_000} s 以内`,
  en: `every paired PC takes part, no answer lost, on each p99 of a save ${SAVE_MS} ms, of the first paper ${PAPER_MS / 1_000} s`,
};
const BEGIN: Both = {
  zh: '让考生机停在等候页，在检查页按“开始演练”，完成后重查本组',
  en: 'leave the PCs on the waiting page, press “Start rehearsal” on the page of checks, then check this group again',
};
const LOOK: Both = {
  zh: '看演练表中最慢的考生机：换网线或交换机端口后再演练；全部都慢时看服务器磁盘、处理器各行',
  en: 'see the slowest PCs in its table: change cable or switch port and rehearse again; where all are slow see the lines of disk and cores',
};
/** Somebody's wish, which says nothing of the PCs. */
const CUT_SHORT: Partial<Record<RehearsalEnd, Both>> = {
  stopped: { zh: '演练被人停止', en: 'it was stopped by a person' },
  'room-needed': { zh: '封场或入场使演练中止', en: 'the seal or the entry ended it' },
};
const NOT_ENDED: Partial<Record<RehearsalEnd, Both>> = {
  'time-limit': { zh: '超过时限', en: 'it was over its time limit' },
  failed: { zh: '演练出错', en: 'it failed' },
};

/** @returns unknown where there is none that was played to its end lately */
export function judgePcsRehearsal({ rehearsal, now }: PcsRehearsalFound): Judgement {
  if (rehearsal === null || now - rehearsal.at > STANDS_FOR_MS) {
    const why: Both =
      rehearsal === null
        ? { zh: '还没有用考生机演练过', en: 'the room’s own PCs have not rehearsed' }
        : { zh: '上次演练已超过 36 小时', en: 'the last rehearsal is more than 36 hours old' };
    return unknown(REQUIRED, why, BEGIN);
  }
  const cutShort = CUT_SHORT[rehearsal.ended];
  const measured = measuredOf(rehearsal);
  const { lost, problems, handedIn, seats, refused, missing, pcs } = rehearsal;
  if (lost > 0)
    return red(measured, REQUIRED, { zh: '有已确认的答案丢失', en: 'acknowledged answers were lost' }, LOOK);
  if (cutShort !== undefined) return unknown(REQUIRED, cutShort, BEGIN);
  if (rehearsal.ended !== 'complete' || problems.length > 0 || handedIn < seats) {
    const cause = notToItsEnd(rehearsal);
    return red(measured, REQUIRED, cause, LOOK);
  }
  const bad = pcs.filter((pc) => pc.saveP99Ms > BAD_SAVE_MS || pc.firstPaperP99Ms > BAD_PAPER_MS);
  if (bad.length > 0) return red(measured, REQUIRED, slowOnes(bad), LOOK);
  const slow = pcs.filter((pc) => pc.saveP99Ms > SAVE_MS || pc.firstPaperP99Ms > PAPER_MS);
  if (slow.length > 0) return amber(measured, REQUIRED, slowOnes(slow), LOOK);
  if (refused > 0)
    return amber(
      measured,
      REQUIRED,
      { zh: `服务器拒绝了 ${refused} 次请求`, en: `the server refused ${refused} requests` },
      {
        zh: '再演练一次；仍出现时把报告发给技术支持',
        en: 'rehearse again; if it stays so send the report to the support',
      },
    );
  if (missing.length > 0)
    return amber(
      measured,
      REQUIRED,
      { zh: `未参加：${named(missing)}`, en: `did not take part: ${named(missing)}` },
      {
        zh: '打开这些考生机，停在等候页，再演练一次',
        en: 'switch them on, leave them on the waiting page, rehearse again',
      },
    );
  return green(measured, REQUIRED);
}

function notToItsEnd({ ended, problems, handedIn, seats }: RoomRehearsal): Both {
  const out: Both = { zh: `${handedIn}/${seats} 交卷`, en: `${handedIn} of ${seats} handed in` };
  const end = NOT_ENDED[ended] ?? (problems.length > 0 ? null : out);
  const said = (first: string | undefined) => [first ?? [], problems].flat().join('; ').slice(0, 500);
  return {
    zh: `演练未完成：${said(end?.zh)}`,
    en: `the rehearsal did not come to its end: ${said(end?.en)}`,
  };
}

function measuredOf({ pcs, handedIn, seats, acknowledged, lost, phases }: RoomRehearsal): Both {
  const p99 = (phase: string) => Math.round(phases[phase]?.p99 ?? 0);
  const times = [p99('save'), p99('logIn'), p99('firstPaper')] as const;
  return {
    zh: `${pcs.length} 台考生机，${handedIn}/${seats} 名模拟考生交卷，${acknowledged} 次保存，丢失 ${lost}，p99：保存 ${times[0]} ms、登录 ${times[1]} ms、到试题 ${times[2]} ms`,
    en: `${pcs.length} PCs, ${handedIn} of ${seats} simulated candidates, ${acknowledged} saves, ${lost} lost, p99: save ${times[0]} ms, log-in ${times[1]} ms, first paper ${times[2]} ms`,
  };
}

function slowOnes(pcs: readonly RehearsedPc[]): Both {
  const worstFirst = [...pcs].sort((a, b) => b.saveP99Ms - a.saveP99Ms);
  const list = worstFirst.map(
    ({ label, saveP99Ms, firstPaperP99Ms }) =>
      `${label} (${Math.round(saveP99Ms)} / ${Math.round(firstPaperP99Ms)} ms)`,
  );
  return { zh: `较慢的考生机：${named(list)}`, en: `slow PCs: ${named(list)}` };
}

function named(labels: readonly string[]): string {
  const rest = labels.length > MOST_NAMED ? ` … (+${labels.length - MOST_NAMED})` : '';
  return labels.slice(0, MOST_NAMED).join(', ') + rest;
}
