// Pictures of a room as the server sends them, for tests of the console's pure parts.

import type { RoomView, SeatRow, SessionView } from '../../../server/protocol/staff.js';

export const START = 1_800_000_000_000;

/** A seat whose candidate answers; fields that differ are given. */
export function seat(number: number, more: Partial<SeatRow> = {}): SeatRow {
  const label = String(number).padStart(2, '0');
  return {
    ...{ seatId: `s${label}`, label, spare: false, look: 'answering', since: START, connected: true },
    ...{
      checkPassed: true,
      audioOk: null,
      candidateId: `c${number}`,
      name: `考生${number}`,
      ticketNo: `9901202611${label}`,
    },
    ...{ photoUrl: null, attendance: 'admitted', checkedInAt: START, loggedIn: 'ready' },
    ...{ answered: 0, items: 60, unsent: 0, endsAt: START + 3600_000, extendedMs: 0, gapMs: 0 },
    ...{ endReason: null, movedTo: null },
    ...more,
  };
}

/** A session on stage. */
export function session(more: Partial<SessionView> = {}): SessionView {
  return {
    ...{ sessionId: 'am', certificate: '数字营销', level: '中级', subject: '理论', mode: 'theory' },
    ...{ practice: false, phase: 'running', startsAt: START, startedAt: START, minutes: 60 },
    ...{ endsAt: START + 3600_000, lastEndsAt: START + 3600_000, handOverUntil: null },
    ...{ cutOffAt: START + 1800_000, earlyLeaveFrom: null, pauseReason: null },
    seal: { sysadmin: 'xi', clerk: 'wu', orgConfirmed: true, brokenBy: null },
    ...{
      paperOpened: true,
      papers: [{ paperId: 'p1', use: 'main' }],
      paperInForce: 'p1',
      codesLockedUntil: null,
    },
    ...{ lagging: [], bundle: null, handedOver: false, steps: [] },
    counts: { expected: 2, admitted: 2, absent: 0, refused: 0, answering: 2, handedIn: 0 },
    ...more,
  } as SessionView;
}

/** The whole picture. */
export function roomView(more: Partial<RoomView> = {}): RoomView {
  return {
    ...{ now: START, roomName: '102', siteName: '学院', planName: '计划', helpTelephone: '400' },
    ...{
      packageId: 'pkg',
      clockTrusted: true,
      mainsPresent: true,
      devices: [],
      alarms: [],
      cameras: [],
      preflight: null,
      session: session(),
      earlier: [],
      sessions: [],
    },
    ...{ seats: [seat(1), seat(2)], todo: [], feed: [] },
    you: { staffId: 'yan', name: '严明', roles: ['chief'] },
    ...more,
  };
}
