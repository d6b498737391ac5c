// An exam for a rehearsal of a room that has none: one practice session, a paper of every kind of item that is answered at
// the PC, as many invented candidates as seats. Source data like an organisation's; the words in it examine nobody.

import { randomInt } from 'node:crypto';
import { deflateSync, crc32 } from 'node:zlib';
import type { LoadedPaper, LoadedSource, MediumFile } from '../papers/source.js';
import type { ItemSource, PaperSource, PlanSource, RosterSource } from '../protocol/paper-source.js';

export const PRACTICE_SESSION = 'practice';
export const PRACTICE_PAPER = 'practice-main';

export interface PracticeExam {
  seats: number;
  /** Of the exam; parts of minutes too. */
  minutes: number;
  /** Wall clock of the start, milliseconds. */
  startsAt: number;
  /** Numbers in [0, 1): the pictures' noise. */
  random: () => number;
}

const DAY_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;
const PICTURES = 6;
const PICTURE_SIZE = { width: 200, height: 100 };

/** The source of the package. */
export function practiceExam({ seats, minutes, startsAt, random }: PracticeExam): LoadedSource {
  const main: LoadedPaper = { folder: PRACTICE_PAPER, ...practicePaper(random) };
  return {
    plan: practicePlan(seats, minutes, startsAt),
    roster: practiceRoster(seats),
    photos: new Map(),
    papers: new Map([[PRACTICE_PAPER, main]]),
    warnings: [],
  };
}

/** Seats as labels number them: `s0001` has the label 1. */
export const practiceSeatId = (index: number) => `s${String(index + 1).padStart(4, '0')}`;

function practicePlan(seats: number, minutes: number, startsAt: number): PlanSource {
  const roles = ['org-technician', 'chief', 'inspector', 'clerk', 'proctor', 'sysadmin'] as const;
  const names = ['远助', '严明', '明察', '文理', '静安', '机敏'];
  const lastsMs = minutes * MINUTE_MS;
  return {
    packageId: 'rehearsal',
    sequence: 1,
    org: { orgId: 'rehearsal', name: '演练用评价组织 / rehearsal organisation' },
    plan: { planNo: '0000000000', name: '演练 / rehearsal' },
    site: { siteNo: '0', name: '演练考点 / rehearsal site' },
    room: { roomId: 'rehearsal', name: '演练考场 / rehearsal room' },
    helpTelephone: '',
    expires: new Date(startsAt + 35 * DAY_MS).toISOString(),
    certificate: { certificateNo: '0000000000000000', name: '演练 / rehearsal', level: '中级' },
    seats: Array.from({ length: seats }, (_, index) => ({
      ...{ seatId: practiceSeatId(index), label: String(index + 1).padStart(2, '0'), spare: false },
    })),
    sessions: [
      {
        ...{ sessionId: PRACTICE_SESSION, startsAt: new Date(startsAt).toISOString(), practice: true },
        subject: {
          ...{ subjectNo: '00', name: '演练 / rehearsal', mode: 'theory', minutes },
          ...{ passMark: 60, weight: 100 },
        },
        ...{ main: PRACTICE_PAPER, reserve: null },
      },
    ],
    // The door closes early, so that the session ends with the last candidate and not after it.
    policy: {
      entryOpensBeforeMs: DAY_MS,
      rulesReadBeforeMs: 0,
      identityRecheckAfterMs: Math.round(lastsMs * 0.1),
      lateCutOffMs: Math.round(lastsMs * 0.2),
      remindersBeforeEndMs: [Math.round(lastsMs * 0.2)],
      earlyLeaveBeforeEndMs: Math.round(lastsMs * 0.5),
      handOverWindowMs: 5 * MINUTE_MS,
      // A rehearsal is part of the check of the room, and cannot wait for its report.
      sealNeedsReport: false,
    },
    staff: roles.map((role, index) => ({
      ...{ staffId: role, name: names[index] ?? role, roles: [role] },
      pin: String(randomInt(10_000_000, 100_000_000)),
    })),
  };
}

function practiceRoster(seats: number): RosterSource {
  return Array.from({ length: seats }, (_, index) => {
    const number = String(index + 1).padStart(6, '0');
    return {
      ...{ candidateId: `c${number}`, ticketNo: `00000000000000000000${number}` },
      ...{ name: `演练${index + 1}`, pinyin: `Yan Lian ${index + 1}`, sex: '女' as const },
      ...{ documentType: '其他', documentNo: `Y${number}`, phone: '', kind: 'school' as const },
      ...{ school: '演练学院', seatId: practiceSeatId(index), sessions: [PRACTICE_SESSION] },
    };
  });
}

const COUNTS = { single: 30, multiple: 10, 'true-false': 10, 'fill-in': 6, 'short-text': 3, essay: 1 };
const STEM = '<p>第 N 题：某店铺上月访客 12,480 人，下单 936 人，付款 811 人。请根据下列数据作答。</p>';

function practicePaper(random: () => number): Pick<LoadedPaper, 'paper' | 'media'> {
  const media = new Map<string, MediumFile[]>();
  let number = 0;
  const section = (type: keyof typeof COUNTS, title: string): PaperSource['sections'][number] => ({
    ...{ sectionId: type, title, instructions: '', shuffleItems: true, draw: null },
    items: Array.from({ length: COUNTS[type] }, () => itemOf(type, ++number)),
  });
  const sections = [
    section('single', '一、单项选择题'),
    section('multiple', '二、多项选择题'),
    section('true-false', '三、判断题'),
    section('fill-in', '四、填空题'),
    section('short-text', '五、简答题'),
    section('essay', '六、论述题'),
  ];
  for (const item of sections[0]?.items.slice(0, PICTURES) ?? []) {
    const picture = { name: 'chart', file: `${item.itemId}.png`, alt: '数据图' };
    item.media = [picture];
    item.stem += '<p><img data-media="chart"></p>';
    media.set(item.itemId, [{ ...picture, ...PICTURE_SIZE, type: 'image/png', bytes: noise(random) }]);
  }
  return { paper: { paperId: PRACTICE_PAPER, title: '演练卷 / rehearsal paper', sections }, media };
}

function itemOf(type: keyof typeof COUNTS, number: number): ItemSource {
  const item = { itemId: `q${String(number).padStart(2, '0')}`, stem: STEM.replace('N', String(number)) };
  const options = ['a', 'b', 'c', 'd'].map((id) => ({ id, html: `选项 ${id.toUpperCase()}` }));
  const marking = (points: number) => ({
    reference: '<p>参考答案</p>',
    rubric: [{ what: '要点齐全', points }],
  });
  switch (type) {
    case 'single':
      return { ...item, type, points: 1, options, answer: 'b', shuffleOptions: true };
    case 'multiple':
      return {
        ...{ ...item, type, points: 2, options, answer: ['a', 'c'], shuffleOptions: true },
        scoring: { rule: 'partial', pointsWhenMissing: 1 },
      };
    case 'true-false':
      return { ...item, type, points: 1, answer: true };
    case 'fill-in':
      return {
        ...{ ...item, type, points: 2, stem: `${item.stem}<p><blank n="1"></blank></p>` },
        blanks: [{ maxLength: 30, accept: ['6.5%'] }],
      };
    case 'short-text':
      return { ...item, type, points: 5, maxLength: 300, marking: marking(5) };
    case 'essay':
      return { ...item, type, points: 8, maxLength: 2_000, marking: marking(8) };
  }
}

/** A picture that no compression makes smaller: as large on the wire as a photo. */
function noise(random: () => number): Buffer {
  const { width, height } = PICTURE_SIZE;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const row = width * 3 + 1;
  const pixels = Buffer.alloc(row * height);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = at % row === 0 ? 0 : Math.floor(random() * 256);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}
