// A small sealed exam for tests: eight items of every kind, as many candidates as asked for, cheap codes.

import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeys, type PrivateKeys, type PublicKeys } from '../../server/keys/key-files.js';
import { buildPackage } from '../../server/papers/build.js';
import type { LoadedPaper, LoadedSource } from '../../server/papers/source.js';
import type { PackageSecrets } from '../../server/protocol/package.js';
import type { ItemSource, PaperSource } from '../../server/protocol/paper-source.js';

export const CHEAP = { codeCost: 2 ** 10, pinCost: 2 ** 10 };
export const PINS = { chief: '135790', deputy: '246801', others: '112233' };
/** Twenty sentences that must be nowhere before the opening. */
export const SENTENCES = Array.from(
  { length: 20 },
  (_, n) => `密题第${n + 1}句：转化漏斗的第${n * 37 + 11}号绝密题干`,
);

export interface SmallExam {
  folder: string;
  file: string;
  org: PrivateKeys;
  room: PrivateKeys;
  secrets: PackageSecrets;
  source: LoadedSource;
  startCode: string;
}

export interface SmallExamOptions {
  candidates?: number;
  spares?: number;
  startsAt?: number;
  minutes?: number;
  policy?: Record<string, unknown>;
  sequence?: number;
  packageId?: string;
  sessionId?: string;
  keys?: { org: PrivateKeys; room: PrivateKeys };
  /** The package is sealed to this one too. */
  spareServer?: PublicKeys;
  /** Another exam than the small one. */
  source?: LoadedSource;
  /** Items that the main paper has beside its own, in a last section. */
  more?: ItemSource[];
  /** A second session for the same people, a practice one, with the reserve paper as its own. */
  afternoon?: { startsAt: number; minutes: number };
  /** Bytes by which a photo makes the package larger. */
  padding?: number;
}

export const SESSION = 'theory-am';
export const AFTERNOON = 'theory-pm';

/** Builds it in a folder of its own; the caller removes the folder. */
export async function smallExam(options: SmallExamOptions = {}): Promise<SmallExam> {
  const folder = mkdtempSync(join(tmpdir(), 'exam-'));
  const org = options.keys?.org ?? (await generateKeys('org', '示例培训评价组织'));
  const room = options.keys?.room ?? (await generateKeys('room', '102'));
  const source = options.source ?? smallSource(options);
  const file = join(folder, 'small.exampkg');
  const now = Date.now();
  const secrets = await buildPackage({
    source,
    org,
    rooms: [room.public, ...(options.spareServer === undefined ? [] : [options.spareServer])],
    file,
    now,
    minServer: '0.1.0',
    costs: CHEAP,
  });
  const startCode = secrets.papers.find(({ use }) => use === 'main')?.startCode ?? '';
  return { folder, file, org, room, secrets, source, startCode };
}

/** The source as it would be read from a folder. */
export function smallSource(options: SmallExamOptions = {}): LoadedSource {
  const { candidates = 4, spares = 1, startsAt = Date.now() + 60_000, minutes = 10, sequence = 1 } = options;
  const { sessionId = SESSION } = options;
  const seat = (n: number) => `s${String(n).padStart(2, '0')}`;
  const numbers = Array.from({ length: candidates }, (_, n) => n + 1);
  const main = smallPaper('paper-main', 0);
  if (options.more !== undefined)
    main.paper.sections.push({
      ...{ sectionId: 'more', title: '三、操作题', instructions: '', shuffleItems: false, draw: null },
      items: options.more,
    });
  const reserve = smallPaper('paper-reserve', 10);
  return {
    plan: {
      packageId: options.packageId ?? 'small-exam',
      sequence,
      org: { orgId: 'org-1', name: '示例培训评价组织' },
      plan: { planNo: '2026000001', name: '示例计划' },
      site: { siteNo: '1', name: '示例学院' },
      room: { roomId: 'room-102', name: '2号楼102考场' },
      helpTelephone: '400-000-0000',
      expires: new Date(Date.now() + 35 * 86_400_000).toISOString(),
      certificate: { certificateNo: '0000000000000001', name: '数字营销技术应用', level: '中级' },
      seats: [
        ...numbers.map((n) => ({ seatId: seat(n), label: String(n).padStart(2, '0'), spare: false })),
        ...Array.from({ length: spares }, (_, n) => ({
          seatId: `b${n + 1}`,
          label: `B${n + 1}`,
          spare: true,
        })),
      ],
      sessions: [
        {
          sessionId,
          subject: { subjectNo: '11', name: '理论知识', mode: 'theory', minutes, passMark: 60, weight: 30 },
          startsAt: new Date(startsAt).toISOString(),
          practice: false,
          main: 'main',
          reserve: options.afternoon === undefined ? 'reserve' : null,
        },
        ...(options.afternoon === undefined ? [] : [afternoonOf(options.afternoon)]),
      ],
      policy: { sealNeedsReport: false, ...options.policy },
      staff: [
        { staffId: 'chief', name: '严明', roles: ['chief'], pin: PINS.chief },
        { staffId: 'deputy', name: '方正', roles: ['deputy'], pin: PINS.deputy },
        { staffId: 'inspector', name: '明察', roles: ['inspector'], pin: PINS.others },
        { staffId: 'proctor', name: '静安', roles: ['proctor'], pin: PINS.others },
        { staffId: 'clerk', name: '文理', roles: ['clerk'], pin: PINS.others },
        { staffId: 'sysadmin', name: '机敏', roles: ['sysadmin'], pin: PINS.others },
        { staffId: 'technician', name: '远助', roles: ['org-technician'], pin: PINS.others },
      ],
    },
    roster: numbers.map((n) => ({
      candidateId: `c${n}`,
      ticketNo: `99000020260700000000${String(n).padStart(6, '0')}`,
      name: `考生${n}`,
      pinyin: `Kao Sheng ${n}`,
      sex: '女',
      documentType: '护照',
      documentNo: `X${n}`,
      phone: '',
      kind: 'school',
      school: '示例学院',
      seatId: seat(n),
      sessions: options.afternoon === undefined ? [sessionId] : [sessionId, AFTERNOON],
    })),
    photos:
      options.padding === undefined || options.padding === 0
        ? new Map()
        : new Map([['c1', { bytes: randomBytes(options.padding), type: 'image/jpeg' }]]),
    papers: new Map([
      ['main', main],
      ['reserve', reserve],
    ]),
    warnings: [],
  };
}

function afternoonOf({ startsAt, minutes }: { startsAt: number; minutes: number }) {
  return {
    sessionId: AFTERNOON,
    subject: {
      subjectNo: '12',
      name: '模拟练习',
      mode: 'theory' as const,
      minutes,
      passMark: 60,
      weight: 70,
    },
    startsAt: new Date(startsAt).toISOString(),
    practice: true,
    main: 'reserve',
    reserve: null,
  };
}

function smallPaper(paperId: string, from: number): LoadedPaper {
  const options = ['a', 'b', 'c', 'd'].map((id) => ({ id, html: `选项${id} ${paperId}` }));
  const stem = (n: number) => `<p>${SENTENCES[from + n] ?? ''}</p>`;
  const items: ItemSource[] = [
    { itemId: 'q1', type: 'single', points: 1, stem: stem(0), options, answer: 'b', shuffleOptions: true },
    { itemId: 'q2', type: 'single', points: 1, stem: stem(1), options, answer: 'c', shuffleOptions: true },
    {
      itemId: 'q3',
      type: 'multiple',
      points: 2,
      stem: stem(2),
      options,
      answer: ['a', 'c'],
      shuffleOptions: true,
      scoring: { rule: 'partial', pointsWhenMissing: 1 },
    },
    {
      itemId: 'q4',
      type: 'multiple',
      points: 2,
      stem: stem(3),
      options,
      answer: ['b', 'd'],
      shuffleOptions: false,
      scoring: { rule: 'all-or-nothing' },
    },
    { itemId: 'q5', type: 'true-false', points: 1, stem: stem(4), answer: true },
    {
      itemId: 'q6',
      type: 'fill-in',
      points: 3,
      stem: `${stem(5)}<blank n="1"></blank><blank n="2"></blank>`,
      blanks: [
        { maxLength: 20, accept: ['ROI', '投资回报率'] },
        { maxLength: 20, accept: ['3.5%'] },
      ],
    },
  ];
  const pooled: ItemSource[] = [6, 7, 8, 9].map((n) => ({
    itemId: `p${n}`,
    type: 'true-false',
    points: 1,
    stem: stem(n),
    answer: n % 2 === 0,
  }));
  const paper: PaperSource = {
    paperId,
    title: `示例试卷 ${paperId}`,
    sections: [
      { sectionId: 'one', title: '一、客观题', instructions: '', shuffleItems: true, draw: null, items },
      { sectionId: 'two', title: '二、抽题', instructions: '', shuffleItems: true, draw: 2, items: pooled },
    ],
  };
  return { folder: paperId, paper, media: new Map() };
}
