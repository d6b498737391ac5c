// The texts of the rehearsal on the room's own PCs.

import type { RehearsalEnd, RehearsalStage } from '../../../server/protocol/rehearsal.js';
import type { Texts } from '../../i18n/language.js';

export interface RehearsalTexts {
  title: string;
  hint: string;
  begin: (pcs: number) => string;
  seats: string;
  minutes: string;
  share: (seats: number, pcs: number, each: number) => string;
  nobody: string;
  stop: string;
  stages: Record<RehearsalStage, string>;
  going: (done: number, seats: number) => string;
  endsBy: (at: string) => string;
  last: (at: string, by: string) => string;
  ends: Record<RehearsalEnd, string>;
  /** Behind the word for the end. */
  stoppedBy: (name: string) => string;
  summary: (pcs: number, handedIn: number, seats: number) => string;
  saves: (saves: number, lost: number, refused: number) => string;
  missing: (labels: string) => string;
  phase: string;
  count: string;
  phases: Record<string, string>;
  pc: string;
  played: string;
  handedIn: string;
  savesOfPc: string;
  saveP99: string;
  paperP99: string;
  gone: string;
  fewer: string;
  allPcs: (count: number) => string;
  recheck: string;
}

export const rehearsalTexts: Texts<RehearsalTexts> = {
  zh: {
    title: '考生机演练',
    hint: '空闲的考生机（停在配对页或等候页）各扮演若干考生，经本考场的网络登录、作答、掉线重连、交卷。对手是服务器旁另建的演练场次，碰不到本考场的任何场次和考生。',
    begin: (pcs) => `开始演练（${pcs} 台）`,
    seats: '模拟考生总数',
    minutes: '作答分钟',
    share: (seats, pcs, each) => `${seats} 名模拟考生，${pcs} 台空闲考生机，每台约 ${each} 名`,
    nobody: '没有空闲的考生机。打开考生机，让页面停在配对页或等候页。',
    stop: '停止演练',
    stages: {
      preparing: '正在准备演练场次',
      gathering: '正在召集考生机',
      connecting: '正在连接、下载密封试卷',
      entering: '正在登录',
      answering: '正在作答',
      comparing: '正在核对日志',
    },
    going: (done, seats) => `已交卷 ${done}/${seats}`,
    endsBy: (at) => `最迟 ${at} 自动停止`,
    last: (at, by) => `上次 ${at}，${by}`,
    ends: {
      complete: '全部完成',
      stopped: '被停止',
      'time-limit': '超过时限',
      'room-needed': '因封场或入场而中止',
      failed: '未能完成',
    },
    stoppedBy: (name) => `（${name}）`,
    summary: (pcs, handedIn, seats) => `${pcs} 台考生机，${handedIn}/${seats} 名模拟考生交卷`,
    saves: (saves, lost, refused) => `${saves} 次保存已落盘，丢失 ${lost}，被拒 ${refused}`,
    missing: (labels) => `未参加：${labels}`,
    phase: '阶段（毫秒）',
    count: '次数',
    phases: {
      connect: '连接',
      fetch: '下载一份密封内容',
      logIn: '登录',
      key: '开考到密钥',
      firstPaper: '开考到试题',
      save: '保存',
      resent: '断线后补存',
      reconnect: '重连',
      handIn: '交卷',
    },
    pc: '考生机',
    played: '扮演',
    handedIn: '交卷',
    savesOfPc: '保存',
    saveP99: '保存 p99',
    paperP99: '到试题 p99',
    gone: '已离开',
    fewer: '收起',
    allPcs: (count) => `全部 ${count} 台`,
    recheck: '演练数据已记入考场记录。请重查“考场”一组，使检查报告用上它。',
  },
  en: {
    title: 'Rehearsal on the PCs',
    hint: 'Idle PCs (on the pairing or waiting page) each play some candidates through the room’s own network: log-in, answers, lost cables, hand-in. They play against a practice session made beside the room; no session and no candidate of this room can be touched.',
    begin: (pcs) => `Start rehearsal (${pcs} PCs)`,
    seats: 'Simulated candidates',
    minutes: 'Minutes of answering',
    share: (seats, pcs, each) => `${seats} simulated candidates on ${pcs} idle PCs, about ${each} each`,
    nobody: 'No PC is idle. Switch the PCs on and leave them on the pairing or waiting page.',
    stop: 'Stop rehearsal',
    stages: {
      preparing: 'Making the practice session',
      gathering: 'Calling the PCs',
      connecting: 'Connecting, fetching the sealed paper',
      entering: 'Logging in',
      answering: 'Answering',
      comparing: 'Comparing with the journal',
    },
    going: (done, seats) => `${done} of ${seats} handed in`,
    endsBy: (at) => `stops by itself at ${at}`,
    last: (at, by) => `Last: ${at}, ${by}`,
    ends: {
      complete: 'complete',
      stopped: 'stopped',
      'time-limit': 'over its time limit',
      'room-needed': 'ended by a seal or an entry',
      failed: 'not completed',
    },
    stoppedBy: (name) => ` by ${name}`,
    summary: (pcs, handedIn, seats) => `${pcs} PCs, ${handedIn} of ${seats} simulated candidates handed in`,
    saves: (saves, lost, refused) => `${saves} saves on the disk, ${lost} lost, ${refused} refused`,
    missing: (labels) => `Did not take part: ${labels}`,
    phase: 'Phase (ms)',
    count: 'count',
    phases: {
      connect: 'connect',
      fetch: 'one sealed part',
      logIn: 'log-in',
      key: 'start to key',
      firstPaper: 'start to first paper',
      save: 'save',
      resent: 'sent again',
      reconnect: 'reconnect',
      handIn: 'hand-in',
    },
    pc: 'PC',
    played: 'plays',
    handedIn: 'handed in',
    savesOfPc: 'saves',
    saveP99: 'save p99',
    paperP99: 'first paper p99',
    gone: 'gone',
    fewer: 'Fewer',
    allPcs: (count) => `All ${count}`,
    recheck: 'The figures are recorded. Check the group Room again, so that the report has them.',
  },
};
