// A plan for the tests of the rules: three desks and two spares, five items of every kind, two sessions, everybody on duty.

import { DEFAULT_POLICY } from '../../../server/core/policy.js';
import type {
  DealtOrder,
  InstalledPackage,
  PaperOutline,
  Policy,
  Role,
  SessionPlan,
} from '../../../server/core/types.js';

export const MINUTE = 60_000;
const MIDNIGHT = Date.UTC(2026, 6, 4);

/** Room time of a time of day, '09:30' or '09:30:15', with milliseconds added. */
export function hm(time: string, addedMs = 0): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return MIDNIGHT + ((hours * 60 + minutes) * 60 + seconds) * 1_000 + addedMs;
}

/** Everybody on duty, by name; a name says the role. */
export const STAFF: Record<string, Role[]> = {
  chief: ['chief'],
  deputy: ['deputy'],
  inspector: ['inspector'],
  clerk: ['clerk'],
  proctor: ['proctor'],
  sysadmin: ['sysadmin'],
  technician: ['org-technician'],
  // Holds two powers, and is one person all the same.
  both: ['chief', 'inspector'],
  hands: ['sysadmin', 'clerk'],
};

export const MAIN: PaperOutline = {
  paperId: 'main',
  use: 'main',
  sections: [
    {
      sectionId: 's1',
      title: '一',
      shuffleItems: true,
      draw: null,
      items: [
        { itemId: 'q1', type: 'single', points: 1, options: ['a', 'b', 'c'], shuffleOptions: true },
        { itemId: 'q2', type: 'multiple', points: 2, options: ['a', 'b', 'c'], shuffleOptions: false },
        { itemId: 'q3', type: 'true-false', points: 1, options: ['true', 'false'], shuffleOptions: false },
      ],
    },
    {
      sectionId: 's2',
      title: '二',
      shuffleItems: false,
      draw: null,
      items: [
        { itemId: 'q4', type: 'fill-in', points: 2, blanks: [{ maxLength: 3 }, { maxLength: 10 }] },
        { itemId: 'q5', type: 'single', points: 1, options: ['a', 'b'], shuffleOptions: false },
      ],
    },
  ],
};

export const RESERVE: PaperOutline = { ...MAIN, paperId: 'reserve', use: 'reserve' };

/** The order that a candidate sees; q5 was drawn for nobody. */
export function orderOf(paperId = 'main'): DealtOrder {
  return {
    paperId,
    sections: [
      {
        sectionId: 's1',
        items: [
          { itemId: 'q2', options: ['a', 'b', 'c'] },
          { itemId: 'q1', options: ['c', 'a', 'b'] },
          { itemId: 'q3', options: ['true', 'false'] },
        ],
      },
      { sectionId: 's2', items: [{ itemId: 'q4', options: [] }] },
    ],
  };
}

export interface PlanOptions {
  minutes?: number;
  policy?: Partial<Policy>;
  candidates?: number;
}

/** A theory session at nine. */
export function morning(options: PlanOptions = {}): SessionPlan {
  const { minutes = 60, policy = {}, candidates = 3 } = options;
  return {
    sessionId: 'am',
    certificate: '示例证书',
    level: '中级',
    subject: { subjectNo: '1', name: '理论', mode: 'theory', minutes, passMark: 60, weight: 30 },
    startsAt: hm('09:00'),
    practice: false,
    policy: { ...DEFAULT_POLICY, sealNeedsOrgCode: false, sealNeedsReport: false, ...policy },
    papers: [MAIN, RESERVE],
    roster: Array.from({ length: candidates }, (_, i) => ({
      candidateId: `c${i + 1}`,
      ticketNo: `2026070400${100_001 + i}`,
      name: `考生${i + 1}`,
      documentType: '护照',
      documentNo: `X${i + 1}`,
      kind: 'school',
      school: '示例学院',
      seatId: `s${i + 1}`,
      photo: i === 0 ? 'f'.repeat(64) : null,
    })),
  };
}

/** The package with a morning and an afternoon session. */
export function samplePackage(options: PlanOptions = {}): InstalledPackage {
  const am = morning(options);
  const { candidates = 3 } = options;
  return {
    packageId: 'pkg',
    sequence: 1,
    manifestHash: '0'.repeat(64),
    orgName: '示例组织',
    planName: '示例计划',
    siteName: '示例学院',
    roomName: '102考场',
    helpTelephone: '400-000-0000',
    expiresAt: hm('23:59'),
    seats: [
      ...Array.from({ length: candidates }, (_, i) => ({
        seatId: `s${i + 1}`,
        label: `0${i + 1}`,
        spare: false,
      })),
      { seatId: 'b1', label: 'B1', spare: true },
      { seatId: 'b2', label: 'B2', spare: true },
    ],
    staff: Object.entries(STAFF).map(([staffId, roles]) => ({ staffId, name: staffId, roles })),
    sessions: [am, { ...am, sessionId: 'pm', startsAt: hm('14:00') }],
  };
}
