// A small invented exam for tests of the wires: seats, candidates and staff, with the rules' own defaults, and the commands
// that bring it to each stage.

import { DEFAULT_POLICY } from '../../server/core/policy.js';
import type { Command, StaffCommand } from '../../server/core/commands.js';
import type {
  Actor,
  DealtOrder,
  InstalledPackage,
  PaperOutline,
  Policy,
  Role,
  SessionPlan,
} from '../../server/core/types.js';
import type { Handled } from '../../server/room.js';
import { NINE_O_CLOCK } from './driven-clocks.js';

export const SESSION = 'theory-am';
export const PAPER = 'theory-main';

export const OUTLINE: PaperOutline = {
  paperId: PAPER,
  use: 'main',
  sections: [
    {
      sectionId: 'one',
      title: '一、单项选择题',
      shuffleItems: true,
      draw: null,
      items: [
        { itemId: 'q1', type: 'single', points: 1, options: ['a', 'b', 'c', 'd'], shuffleOptions: true },
        { itemId: 'q2', type: 'multiple', points: 2, options: ['a', 'b', 'c', 'd'], shuffleOptions: true },
        { itemId: 'q3', type: 'fill-in', points: 2, blanks: [{ maxLength: 10 }, { maxLength: 10 }] },
      ],
    },
  ],
};

export const ORDER: DealtOrder = {
  paperId: PAPER,
  sections: [
    {
      sectionId: 'one',
      items: [
        { itemId: 'q2', options: ['b', 'a', 'd', 'c'] },
        { itemId: 'q1', options: ['d', 'c', 'b', 'a'] },
        { itemId: 'q3', options: [] },
      ],
    },
  ],
};

export const STAFF: Record<string, Role> = {
  zhang: 'org-technician',
  yan: 'chief',
  fu: 'deputy',
  xun: 'inspector',
  wu: 'clerk',
  jian: 'proctor',
  xi: 'sysadmin',
};

export interface SmallRoomOptions {
  candidates?: number;
  spares?: number;
  minutes?: number;
  /** Wall clock of the national start. */
  startsAt?: number;
  policy?: Partial<Policy>;
}

export const seatIdOf = (index: number) => `s${String(index + 1).padStart(2, '0')}`;
export const candidateIdOf = (index: number) => `c${index + 1}`;
export const ticketOf = (index: number) => String(10_000_000_000_000_000_000_000_000n + BigInt(index + 1));

/** The package as the rules know it. */
export function smallPackage(options: SmallRoomOptions = {}): InstalledPackage {
  const { candidates = 3, spares = 1, minutes = 60, startsAt = NINE_O_CLOCK, policy = {} } = options;
  const plan: SessionPlan = {
    sessionId: SESSION,
    certificate: '数字营销技术应用',
    level: '中级',
    subject: { subjectNo: '1', name: '理论', mode: 'theory', minutes, passMark: 60, weight: 30 },
    startsAt,
    practice: false,
    policy: { ...DEFAULT_POLICY, sealNeedsOrgCode: false, sealNeedsReport: false, ...policy },
    papers: [OUTLINE],
    roster: Array.from({ length: candidates }, (_, i) => ({
      candidateId: candidateIdOf(i),
      ticketNo: ticketOf(i),
      name: `考生${i + 1}`,
      documentType: '其他',
      documentNo: `X${i + 1}`,
      kind: 'school' as const,
      school: '示例职业学院',
      seatId: seatIdOf(i),
      photo: null,
    })),
  };
  return {
    packageId: 'pkg-1',
    sequence: 1,
    manifestHash: '0'.repeat(64),
    orgName: '示例评价组织',
    planName: '示例计划',
    siteName: '示例学院',
    roomName: '2号楼102考场',
    helpTelephone: '400-000-0000',
    expiresAt: startsAt + 30 * 24 * 3_600_000,
    seats: [
      ...Array.from({ length: candidates }, (_, i) => ({
        seatId: seatIdOf(i),
        label: `0${i + 1}`,
        spare: false,
      })),
      ...Array.from({ length: spares }, (_, i) => ({ seatId: `b${i + 1}`, label: `B${i + 1}`, spare: true })),
    ],
    staff: Object.entries(STAFF).map(([staffId, role]) => ({ staffId, name: staffId, roles: [role] })),
    sessions: [plan],
  };
}

export const byStaff = (staffId: string): Actor => ({ kind: 'staff', staffId, station: 'test' });
export const byRoom: Actor = { kind: 'room' };

/** Gives a command and expects it to be accepted. */
export function must(room: { handle(command: Command): Handled }, command: Command): Handled {
  const handled = room.handle(command);
  if (handled.refusal !== null) throw new Error(`${command.type} was refused: ${handled.refusal.code}`);
  return handled;
}

/** Gives a staff command and expects it to be accepted. */
export function mustStaff(
  room: { handle(command: Command): Handled },
  staffId: string,
  command: StaffCommand,
): Handled {
  return must(room, { ...command, by: byStaff(staffId) } as Command);
}

/** Seals the room and opens it for entry; the clock must stand within the entry time. */
export function openEntry(room: { handle(command: Command): Handled }): void {
  mustStaff(room, 'xi', { type: 'sign-seal', sessionId: SESSION });
  mustStaff(room, 'wu', { type: 'sign-seal', sessionId: SESSION });
  mustStaff(room, 'yan', { type: 'open-entry', sessionId: SESSION });
}

/** Deals everybody the same order. */
export function deal(room: { handle(command: Command): Handled }, candidates: number): void {
  const orders = Object.fromEntries(
    Array.from({ length: candidates }, (_, i) => [candidateIdOf(i), structuredClone(ORDER)]),
  );
  must(room, { type: 'deal-paper', sessionId: SESSION, paperId: PAPER, orders, by: byRoom });
}

export function admit(room: { handle(command: Command): Handled }, index: number): void {
  mustStaff(room, 'jian', {
    type: 'check-in',
    sessionId: SESSION,
    candidateId: candidateIdOf(index),
    outcome: 'admitted',
    documentSeen: true,
    ticketSeen: true,
    reason: null,
    happenedAt: null,
  });
}

/** Opens the paper and starts; the clock must have reached the start. */
export function start(room: { handle(command: Command): Handled }): Handled {
  mustStaff(room, 'yan', {
    type: 'open-paper',
    sessionId: SESSION,
    paperId: PAPER,
    opened: true,
    codeId: 'code-1',
  });
  return mustStaff(room, 'yan', { type: 'start-session', sessionId: SESSION });
}
