// Random days in a small room: whatever people and PCs may send, right and wrong, in any order, with restarts in between.
// The same seed gives the same day.

import type { Command } from '../../../server/core/commands.js';
import type { DeviceCard, Policy, State } from '../../../server/core/types.js';
import { FIRST_PREV, type VideoLine } from '../../../server/core/video-types.js';
import { chained } from '../../support/video-lines.js';
import { STAFF, samplePackage } from './sample-plan.js';
import type { Scene } from './scene.js';
import { byRoom, byStaff, checkIn, running, sealed } from './scene.js';
import { REHEARSED, usualCommands } from './usual-commands.js';

export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** In [0, 1). Mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  one<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }
}

const CANDIDATES = ['c1', 'c2', 'c3', 'c9'];
const SEATS = ['s1', 's2', 's3', 'b1', 'b2'];
const ITEMS = ['q1', 'q2', 'q3', 'q4', 'q4', 'q4', 'q5'];

function policyOf(dice: Dice): Partial<Policy> {
  return {
    seatBinding: dice.one(['assigned', 'any']),
    inspectorSent: dice.chance(0.7),
    sealNeedsOrgCode: false,
    sealNeedsReport: false,
    lateCutOffMs: dice.one([20_000, 60_000, 400_000]),
    remindersBeforeEndMs: dice.one([[60_000, 20_000], [15_000], []]),
    earlyLeaveBeforeEndMs: 60_000,
    extensionCeilingMs: 30_000,
    approvalExpiresMs: 40_000,
    criticalMomentMs: 30_000,
    handOverWindowMs: dice.one([20_000, 120_000]),
    suspendedDecisionMs: dice.one([30_000, 100_000]),
    codeTries: 3,
    codeLockMs: 20_000,
  };
}

/** A room in which a short exam has just begun, or one that is only sealed. */
export function randomRoom(dice: Dice): Scene {
  const options = { minutes: dice.one([1, 4, 4]), policy: policyOf(dice) };
  if (dice.chance(0.08)) return sealed(options).at('08:59:30');
  const without = dice.chance(0.3) ? ['c3'] : [];
  return running({ ...options, without, reserve: dice.chance(0.1) });
}

/** How far time goes before the next thing: mostly little, sometimes nothing, sometimes much. */
export function stepMs(dice: Dice): number {
  const kind = dice.next();
  if (kind < 0.2) return 0;
  if (kind < 0.96) return dice.below(2_000);
  return dice.below(20_000);
}

/** A PC's own idea of a lease: mostly its own, sometimes anybody's. */
function claimOf(dice: Dice, state: State, seatId: string): { candidateId: string; lease: number } {
  const pcId = state.seats[seatId]?.pcId;
  const own = Object.values(state.sessions['am']?.candidates ?? {}).flatMap(({ entry, leases }) =>
    leases
      .filter((lease) => lease.pcId === pcId)
      .map(({ no }) => ({ candidateId: entry.candidateId, lease: no })),
  );
  if (own.length > 0 && dice.chance(0.9)) return dice.one(own);
  return { candidateId: dice.one(CANDIDATES), lease: 1 + dice.below(3) };
}

/** Marks whose words these are: an answer of A must never stand under B. */
export function wordsOf(state: State, seatId: string, claim: { candidateId: string; lease: number }): string {
  const pcId = state.seats[seatId]?.pcId;
  const leases = state.sessions['am']?.candidates[claim.candidateId]?.leases ?? [];
  return leases.some(({ no, pcId: holder }) => no === claim.lease && holder === pcId)
    ? claim.candidateId
    : 'foreign';
}

function seatCommand(dice: Dice, scene: Scene): Command {
  const { state, now } = scene;
  const sitting = Object.values(state.sessions['am']?.candidates ?? {}).flatMap(({ leases }) =>
    leases.map((lease) => lease.seatId),
  );
  const seatId = sitting.length > 0 && dice.chance(0.85) ? dice.one(sitting) : dice.one(SEATS);
  const by = scene.sitting(seatId);
  const claim = claimOf(dice, state, seatId);
  const madeAt = now - dice.one([0, 0, 0, 50, 2_000, 20_000, 60_000, -50, -40_000]);
  const kind = dice.next();
  if (kind < 0.55) {
    const itemId = dice.one(ITEMS);
    const words = wordsOf(state, seatId, claim);
    const value =
      itemId === 'q4'
        ? { blanks: ['', words] }
        : { options: dice.one(itemId === 'q3' ? [['true'], ['false'], []] : [['a'], ['b'], [], ['a', 'b']]) };
    const rev = dice.chance(0.8) ? scene.events.length : 1 + dice.below(40);
    return { type: 'save-answer', ...claim, itemId, rev, value, marked: false, madeAt, by };
  }
  if (kind < 0.558) return { type: 'submit', ...claim, madeAt, by };
  if (kind < 0.68) return { type: 'confirm-nothing-unsent', ...claim, by };
  if (kind < 0.75) return { type: 'report-gap', ...claim, from: madeAt - dice.below(9_000), to: madeAt, by };
  if (kind < 0.8) return { type: dice.one(['raise-hand', 'lower-hand'] as const), ...claim, by };
  if (kind < 0.81) return { type: 'report-internet', reached: dice.chance(0.3), probes: dice.below(3), by };
  if (kind < 0.84) return { type: dice.one(['confirm-identity', 'confirm-rules'] as const), ...claim, by };
  const candidate = state.sessions['am']?.candidates[dice.one(CANDIDATES)];
  const ticketNo = candidate?.entry.ticketNo ?? '0';
  const seat = dice.chance(0.6) ? (candidate?.movingTo ?? candidate?.entry.seatId ?? seatId) : seatId;
  return { type: 'log-in', sessionId: 'am', ticketNo, password: ticketNo.slice(-6), by: scene.sitting(seat) };
}

/** In earnest: a suspension is what everybody thinks of while it lasts. */
function decisionsOnSuspension(dice: Dice): ('close-suspended' | 'continue-suspended')[] {
  return Array.from({ length: 20 }, () => (dice.chance(0.8) ? 'continue-suspended' : 'close-suspended'));
}

function staffCommand(dice: Dice, scene: Scene): Command {
  const candidateId = dice.one(CANDIDATES);
  const one = { sessionId: 'am', candidateId } as const;
  // Mostly those who lead and those who approve, now and then anybody.
  const by = byStaff(
    dice.one(dice.chance(0.8) ? ['chief', 'deputy', 'inspector', 'both'] : Object.keys(STAFF)),
  );
  const authorisation = dice.one([
    null,
    null,
    null,
    { ok: true, counter: dice.below(30) },
    { ok: false },
  ] as const);
  const waiting = Object.values(scene.session.approvals).filter(({ closed }) => closed === null);
  const requestId =
    waiting.length > 0 && dice.chance(0.8) ? dice.one(waiting).requestId : `r${dice.below(60)}`;
  const reason = dice.chance(0.95) ? '原因' : '';
  const some: Command[] = [
    { type: 'swap-machine', ...one, toSeatId: dice.one(SEATS), reason, by },
    { type: 'swap-machine', ...one, toSeatId: dice.one(['b1', 'b2']), reason, by },
    { type: 'correct-swap', ...one, reason, by },
    ...Array.from({ length: 3 }, (): Command => {
      const ms = dice.one([5_000, 20_000, 1.5]);
      return { type: 'request-extension', ...one, requestId: `r${dice.below(60)}`, ms, reason, by };
    }),
    ...Array.from({ length: 6 }, (): Command => {
      return { type: 'approve-extension', sessionId: 'am', requestId, authorisation, by };
    }),
    { type: 'reject-extension', sessionId: 'am', requestId, reason, by },
    { type: 'pause-session', sessionId: 'am', cause: dice.one(['power', 'chief']), reason, by },
    ...Array.from({ length: 4 }, () => ({ type: 'resume-session', sessionId: 'am', by }) as const),
    {
      type: 'end-candidate',
      ...one,
      reason: dice.one(['illness', 'disturbing', 'early-leave']),
      text: reason,
      by,
    },
    { type: 'reopen-candidate', ...one, reason, by },
    { type: 'reopen-candidate', ...one, reason, by },
    ...(scene.session.phase === 'suspended' ? decisionsOnSuspension(dice) : []).map(
      (type) => ({ type, sessionId: 'am', by }) as const,
    ),
    { ...checkIn(candidateId), happenedAt: dice.one([null, null, scene.now - 20_000]), by },
    { type: 'leave-room', ...one, accompaniedBy: '静安', by },
    { type: 'return-to-room', ...one, by },
    { type: 'confirm-clock', wallRight: dice.chance(0.5), by },
    {
      type: 'stand-in',
      sessionId: 'am',
      staffId: 'clerk',
      role: 'proctor',
      absentStaffId: 'proctor',
      reason,
      by,
    },
    { type: 'unpair-seat', seatId: dice.one(SEATS), reason, by },
    { type: 'pair-seat', seatId: dice.one(SEATS), pcId: `pc-${dice.one(SEATS)}`, by },
  ];
  if (dice.chance(0.004)) return { type: 'end-session', sessionId: 'am', reason, by };
  if (dice.chance(0.02))
    return {
      type: 'collect-session',
      sessionId: 'am',
      withoutSeats: dice.chance(0.5) ? SEATS : [],
      reason,
      by,
    };
  return dice.one(some);
}

function roomCommand(dice: Dice, scene: Scene): Command {
  const { state, now } = scene;
  const seatId = dice.one(SEATS);
  const pcId = state.seats[seatId]?.pcId ?? 'pc-x';
  const silent = dice.chance(0.5) ? { silentSince: now - dice.below(20_000) } : {};
  const bootId = state.clock.bootId ?? 'boot-1';
  const kind = dice.next();
  if (kind < 0.4) return { type: 'disconnect-seat', seatId, pcId, ...silent, by: byRoom };
  if (kind < 0.8) return { type: 'connect-seat', seatId, pcId, by: byRoom };
  if (kind < 0.9) return { type: 'sample-clock', bootId, wallAt: now, monoMs: now, by: byRoom };
  if (kind < 0.95)
    return {
      type: 'compare-clock',
      deviationsMs: [0, 1, dice.one([2, 99_999])].slice(dice.below(3)),
      aheadMs: [dice.below(20_000)],
      by: byRoom,
    };
  if (kind < 0.96) return { type: 'report-mains', present: dice.chance(0.5), by: byRoom };
  if (kind < 0.99) return equipmentCommand(dice, scene);
  return {
    type: 'install-package',
    package: { ...samplePackage(), sequence: 2 + dice.below(3) },
    by: byRoom,
  };
}

const CARDS: DeviceCard[] = [
  { deviceId: 'ups', kind: 'ups', name: 'UPS', adapter: 'nut' },
  { deviceId: 'jammer', kind: 'jammer', name: '屏蔽器', adapter: 'relay' },
  { deviceId: 'cam', kind: 'camera', name: '摄像机', adapter: 'rtsp' },
];

/** What the devices of the room and its check say. */
function equipmentCommand(dice: Dice, scene: Scene): Command {
  const deviceId = dice.one(['ups', 'jammer']);
  const codes = () => (['silent', 'on-battery', 'battery-low'] as const).filter(() => dice.chance(0.2));
  const hash = () => `h${dice.below(2)}`;
  if (Object.keys(scene.state.devices).length === 0 || dice.chance(0.05)) {
    const devices = CARDS.slice(dice.chance(0.1) ? 1 : 0);
    return { type: 'configure-devices', devices, by: byRoom };
  }
  if (dice.chance(0.3)) return videoCommand(dice, scene);
  if (dice.chance(0.9))
    return {
      ...{ type: 'report-device', deviceId, fault: null, by: byRoom },
      readings: dice.chance(0.8) ? { 'mains.present': dice.chance(0.5) } : null,
      changes: { raise: codes(), clear: codes() },
    };
  if (dice.chance(0.3)) {
    const red = dice.below(2);
    if (scene.now % 2 === 0) return { type: 'record-rehearsal', ...REHEARSED, handedIn: 6 - red, by: byRoom };
    return {
      ...{ type: 'record-preflight', reportId: 'p', hash: 'h', green: 1, amber: 0, red },
      ...{ unknown: 0, redLines: [], by: byRoom },
    };
  }
  const fingerprint = { package: hash(), version: 'v', config: 'c', devices: 'd', seats: 's' };
  return { type: 'compare-installation', fingerprint, by: byRoom };
}

/** What the recorder lists, in its chain and out of it. */
function videoCommand(dice: Dice, scene: Scene): Command {
  const { lines: known, headHash } = scene.state.video.cameras['cam'] ?? { lines: 0, headHash: FIRST_PREV };
  if (dice.chance(0.1))
    return { type: 'configure-video', beforeMs: dice.below(2), afterMs: dice.below(2), by: byRoom };
  const anew = known > 0 && dice.chance(0.1);
  const from = scene.now + dice.below(20_000);
  const after = { line: known - 1, hash: dice.chance(0.9) ? headHash : FIRST_PREV } as VideoLine;
  const planned = [
    { from, to: from + 10_000, flags: dice.chance(0.1) ? (['damaged'] as const).slice() : [] },
    ...(dice.chance(0.3) ? [{ from: from - 5_000, to: from, cause: 'camera-stalled' as const }] : []),
  ];
  const lines = chained('cam', planned, anew || known === 0 ? undefined : after);
  const report = { type: 'report-video', cameraId: 'cam', lines, wallAheadMs: dice.below(1_000), by: byRoom };
  return { ...report, ...(anew ? { anew } : {}) } as Command;
}

/** What people do about devices. */
function deviceCommand(dice: Dice, scene: Scene): Command {
  const by = byStaff(dice.one(['chief', 'sysadmin', 'proctor']));
  const alarmId = dice.one([...Object.keys(scene.state.alarms), 'al9']);
  const note = dice.chance(0.9) ? '已查看' : '';
  if (dice.chance(0.7)) return { type: 'acknowledge-alarm', alarmId, note, by };
  const deviceId = dice.one(['ups', 'jammer', 'bell', 'cam']);
  if (dice.chance(0.5))
    return { type: 'command-device', deviceId, act: dice.one(['on', 'off', 'ring']), reason: note, by };
  return { type: 'attest-device', deviceId, what: 'runtime', value: '600', note, by };
}

/** The next thing that somebody asks for. */
export function randomCommand(dice: Dice, scene: Scene): Command {
  const { removed } = scene.state;
  if (removed !== undefined)
    return {
      type: 'install-package',
      package: { ...samplePackage(), sequence: removed.sequence + dice.below(2) },
      by: byRoom,
    };
  const kind = dice.next();
  if (kind < 0.5) return seatCommand(dice, scene);
  if (kind < 0.8) return staffCommand(dice, scene);
  if (kind < 0.9) return roomCommand(dice, scene);
  if (kind < 0.92) return equipmentCommand(dice, scene);
  if (kind < 0.94) return deviceCommand(dice, scene);
  const usual = usualCommands(scene);
  return dice.one(
    Object.values(usual).filter(({ type }) => type !== 'collect-session' && type !== 'end-session'),
  );
}
