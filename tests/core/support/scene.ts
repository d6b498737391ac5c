// A room that a test plays through: given what happened, at a time, when somebody asks for something, then this follows.
// Like the room it gives a tick first where a deadline has passed; unlike the room it can be told not to.

import type { Command, RoomCommand, SeatCommand, StaffCommand } from '../../../server/core/commands.js';
import { nextDeadline } from '../../../server/core/deadlines.js';
import { decide } from '../../../server/core/decide.js';
import type { Decision } from '../../../server/core/decision.js';
import type { Event, EventBody } from '../../../server/core/events.js';
import { evolve } from '../../../server/core/evolve.js';
import { initialState } from '../../../server/core/initial.js';
import type { RefusalCode } from '../../../server/core/refusals.js';
import type { Actor, AnswerValue, Candidate, Lease, Session, State } from '../../../server/core/types.js';
import { hm, orderOf, samplePackage, type PlanOptions } from './sample-plan.js';

export const byRoom: Actor = { kind: 'room' };
export const byStaff = (staffId: string): Actor => ({ kind: 'staff', staffId, station: 'control-pc' });

/** Everything below is frozen: a decision that changes it throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

export const frozenCopy = (state: State): State => deepFreeze(structuredClone(state));

export class Scene {
  state: State = initialState();
  readonly events: Event[] = [];
  now = hm('08:00');

  /** Puts events into the journal as they are. */
  given(...bodies: EventBody[]): this {
    for (const body of bodies) {
      const event: Event = structuredClone({ ...body, at: this.now });
      this.events.push(event);
      this.state = evolve(this.state, structuredClone(event));
    }
    return this;
  }

  /** Moves the time forward without anything happening by itself. */
  at(time: string | number, addedMs = 0): this {
    this.now = (typeof time === 'number' ? time : hm(time)) + addedMs;
    return this;
  }

  /** Lets everything happen that is due. */
  tick(): EventBody[] {
    return this.give({ type: 'tick', by: byRoom }).events;
  }

  /** A command without the tick before it. */
  give(command: Command): Decision {
    const decision = decide(frozenCopy(this.state), deepFreeze(structuredClone(command)), this.now);
    this.given(...decision.events);
    return decision;
  }

  when(command: Command): Decision {
    const deadline = nextDeadline(this.state);
    if (deadline !== null && deadline <= this.now) this.tick();
    return this.give(command);
  }

  /** What the decision would be; nothing happens. */
  would(command: Command): Decision {
    return decide(frozenCopy(this.state), deepFreeze(structuredClone(command)), this.now);
  }

  room(command: RoomCommand | Extract<StaffCommand, { type: 'report-mains' }>): Decision {
    return this.when({ ...command, by: byRoom });
  }

  staff(staffId: string, command: StaffCommand): Decision {
    return this.when({ ...command, by: byStaff(staffId) });
  }

  pc(seatId: string, command: SeatCommand): Decision {
    return this.when({ ...command, by: this.sitting(seatId) });
  }

  /** The PC that is paired with a seat now. */
  sitting(seatId: string): Actor {
    return { kind: 'seat', seatId, pcId: this.state.seats[seatId]?.pcId ?? 'nobody' };
  }

  get session(): Session {
    return this.sessionOf('am');
  }

  sessionOf(sessionId: string): Session {
    const session = this.state.sessions[sessionId];
    if (session === undefined) throw new Error(`No session ${sessionId}`);
    return session;
  }

  candidate(candidateId = 'c1'): Candidate {
    const candidate = this.session.candidates[candidateId];
    if (candidate === undefined) throw new Error(`No candidate ${candidateId}`);
    return candidate;
  }

  lease(candidateId = 'c1'): Lease {
    const lease = this.candidate(candidateId).leases.at(-1);
    if (lease === undefined) throw new Error(`${candidateId} never logged in`);
    return lease;
  }

  // ------------------------------------------------------------ steps of the day

  admit(candidateId: string, staffId = 'proctor'): Decision {
    return this.staff(staffId, checkIn(candidateId));
  }

  logIn(candidateId: string, seatId: string): Decision {
    const { ticketNo } = this.candidate(candidateId).entry;
    return this.pc(seatId, { type: 'log-in', sessionId: 'am', ticketNo, password: ticketNo.slice(-6) });
  }

  /** A proctor sends a candidate to another seat. */
  swap(candidateId: string, toSeatId: string): Decision {
    return this.staff('proctor', {
      type: 'swap-machine',
      sessionId: 'am',
      candidateId,
      toSeatId,
      reason: '坏',
    });
  }

  /** Chief and inspector give a candidate more time, ms. */
  extend(candidateId: string, ms: number): void {
    const request = { sessionId: 'am', requestId: 'r' };
    this.staff('chief', { type: 'request-extension', ...request, candidateId, ms, reason: '重启' });
    this.staff('inspector', { type: 'approve-extension', ...request, authorisation: null });
  }

  /** Saves the next revision of an answer, made now unless said otherwise. */
  save(seatId: string, candidateId: string, fields: Partial<SaveFields> = {}): Decision {
    return this.pc(seatId, saveOf(this, candidateId, fields));
  }

  connect(seatId: string): Decision {
    return this.room({ type: 'connect-seat', seatId, pcId: this.state.seats[seatId]?.pcId ?? '' });
  }

  disconnect(seatId: string, silentSince?: number): Decision {
    const pcId = this.state.seats[seatId]?.pcId ?? '';
    return this.room({
      type: 'disconnect-seat',
      seatId,
      pcId,
      ...(silentSince === undefined ? {} : { silentSince }),
    });
  }

  restart(bootId = 'boot-1', wallAt = this.now): Decision {
    // The server was away: nothing happens before its start.
    return this.give({ type: 'start-server', bootId, wallAt, monoMs: 0, version: 'test', by: byRoom });
  }
}

interface SaveFields {
  lease: number;
  itemId: string;
  rev: number;
  value: AnswerValue;
  madeAt: number;
  restores: { rev: number; ofRev: number }[];
}

/** A save of `q1` with a revision that was not used. */
export function saveOf(scene: Scene, candidateId: string, fields: Partial<SaveFields> = {}): SeatCommand {
  return {
    type: 'save-answer',
    candidateId,
    lease: scene.candidate(candidateId).leases.length,
    itemId: 'q1',
    rev: scene.events.length,
    value: { options: ['a'] },
    marked: false,
    madeAt: scene.now,
    ...fields,
  };
}

export function checkIn(candidateId: string): Extract<StaffCommand, { type: 'check-in' }> {
  return {
    type: 'check-in',
    sessionId: 'am',
    candidateId,
    outcome: 'admitted',
    documentSeen: true,
    ticketSeen: true,
    reason: null,
    happenedAt: null,
  };
}

/** The codes and the types of a decision, for short comparisons. */
export const codeOf = (decision: Decision): RefusalCode | null => decision.refusal?.code ?? null;
export const typesOf = (decision: Decision): string[] => decision.events.map(({ type }) => type);

// ---------------------------------------------------------------- scenes to begin with

/** A server that runs, a package, five paired PCs that are connected. */
export function installed(options: PlanOptions = {}): Scene {
  const scene = new Scene();
  scene.restart();
  scene.room({ type: 'install-package', package: samplePackage(options) });
  for (const seatId of Object.keys(scene.state.seats)) {
    scene.staff('sysadmin', { type: 'pair-seat', seatId, pcId: `pc-${seatId}` });
    scene.connect(seatId);
  }
  return scene;
}

/** Sealed by two people. */
export function sealed(options: PlanOptions = {}): Scene {
  const scene = installed(options);
  scene.staff('sysadmin', { type: 'sign-seal', sessionId: 'am' });
  scene.staff('clerk', { type: 'sign-seal', sessionId: 'am' });
  return scene;
}

/** Open for entry at half past eight, the paper dealt. */
export function entered(options: PlanOptions = {}): Scene {
  const scene = sealed(options).at('08:30');
  scene.staff('chief', { type: 'open-entry', sessionId: 'am' });
  const orders = Object.fromEntries(Object.keys(scene.session.candidates).map((id) => [id, orderOf()]));
  scene.room({ type: 'deal-paper', sessionId: 'am', paperId: 'main', orders });
  return scene;
}

export interface ReadyOptions extends PlanOptions {
  /** Who is not there yet. */
  without?: string[];
  /** The org let the reserve take the main paper's place. */
  reserve?: boolean;
}

/** The reserve is enabled and dealt to everybody. @returns its id */
export function enableReserve(scene: Scene): string {
  const paperId = 'reserve';
  const authorisation = { ok: true, counter: 1 } as const;
  scene.staff('technician', {
    type: 'enable-reserve',
    sessionId: 'am',
    paperId,
    reason: '主卷泄露',
    authorisation,
  });
  const orders = Object.fromEntries(
    Object.keys(scene.session.candidates).map((id) => [id, orderOf(paperId)]),
  );
  scene.room({ type: 'deal-paper', sessionId: 'am', paperId, orders });
  return paperId;
}

/** Everybody admitted and ready, the paper opened, a minute before the start; `without` are not there yet. */
export function ready(options: ReadyOptions = {}): Scene {
  const scene = entered(options).at('08:59');
  const paperId = options.reserve === true ? enableReserve(scene) : 'main';
  for (const candidateId of Object.keys(scene.session.candidates)) {
    if (options.without?.includes(candidateId)) continue;
    scene.admit(candidateId);
    const { seatId } = scene.candidate(candidateId).entry;
    scene.logIn(candidateId, seatId);
    scene.pc(seatId, { type: 'confirm-identity', candidateId, lease: 1 });
    scene.pc(seatId, { type: 'confirm-rules', candidateId, lease: 1 });
  }
  scene.staff('chief', { type: 'open-paper', sessionId: 'am', paperId, opened: true, codeId: 'k' });
  return scene;
}

/** Running since nine o'clock. */
export function running(options: ReadyOptions = {}): Scene {
  const scene = ready(options).at('09:00');
  scene.staff('chief', { type: 'start-session', sessionId: 'am' });
  return scene;
}

/** Paused at half past nine. */
export function paused(cause: 'power' | 'chief' = 'chief', options: PlanOptions = {}): Scene {
  const scene = running(options).at('09:30');
  scene.tick();
  scene.staff('chief', { type: 'pause-session', sessionId: 'am', cause, reason: '停电' });
  return scene;
}

/** The server was away from 09:58 to 10:05, over the end at ten. */
export function suspended(options: PlanOptions = {}): Scene {
  const scene = running(options).at('09:50');
  scene.tick();
  scene.at('09:58').room({ type: 'sample-clock', bootId: 'boot-1', wallAt: scene.now, monoMs: 1 });
  scene.at('10:05').restart();
  scene.tick();
  return scene;
}

/** Ended by time at ten. */
export function ended(options: ReadyOptions = {}): Scene {
  const scene = running(options).at('09:59:59');
  scene.tick();
  scene.at('10:00').tick();
  return scene;
}

/** Everything received and collected. */
export function collected(options: ReadyOptions = {}): Scene {
  const scene = ended(options).at('10:01');
  for (const { entry } of Object.values(scene.session.candidates))
    scene.pc(entry.seatId, { type: 'confirm-nothing-unsent', candidateId: entry.candidateId, lease: 1 });
  scene.staff('chief', { type: 'collect-session', sessionId: 'am', withoutSeats: [], reason: null });
  return scene;
}

/** The bundle is built and the receipt came. */
export function handedOver(options: ReadyOptions = {}): Scene {
  const scene = collected(options).at('10:30');
  scene.room({ type: 'record-bundle', sessionId: 'am', fileHash: 'h', chainHead: 'c' });
  scene.staff('technician', { type: 'confirm-receipt', sessionId: 'am', receiptId: 'r', verified: true });
  return scene;
}
