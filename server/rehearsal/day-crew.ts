// The staff of one session, simulated: every step of the day as one call, and which step comes next by what the room shows.
// It only gives commands that people could give, signed in as those people.

import type { Role } from '../core/types.js';
import type { Outcome, RoomView, StaffRequest } from '../protocol/staff.js';
import type { RoomAddress } from './room-address.js';
import { SimulatedStaff } from './simulated-staff.js';
import { sysadminsWord } from './sysadmins-word.js';

export interface CrewOptions {
  address: RoomAddress;
  sessionId: string;
  paperId: string;
  startCode: string;
  /** The organisation's confirmation of the seal; each works once, so whoever seals again asks for another. */
  sealCode: string | (() => string);
  staff: readonly { staffId: string; pin: string; roles: readonly Role[] }[];
}

/** The steps that staff take, in the order of a day without trouble. */
export type DayMove =
  'seal' | 'open-entry' | 'open-paper' | 'start' | 'resume' | 'continue' | 'end' | 'collect' | 'build-bundle';

const CREW = ['sysadmin', 'clerk', 'org-technician', 'chief', 'inspector', 'proctor'] as const;
export type CrewRole = (typeof CREW)[number];

/** Somebody who signs in, as the plan names them. */
export interface CrewMember {
  staffId: string;
  pin: string;
}

/** Who does what on a day: for each role the first of the plan who has it. @throws Error when a role is missing */
export function crewOf(staff: CrewOptions['staff']): Record<CrewRole, CrewMember> {
  return Object.fromEntries(
    CREW.map((role) => {
      const person = staff.find(({ roles }) => roles.includes(role));
      if (person === undefined) throw new Error(`The plan has no ${role}`);
      return [role, { staffId: person.staffId, pin: person.pin }];
    }),
  ) as Record<CrewRole, CrewMember>;
}

export class DayCrew {
  readonly #members = new Map<CrewRole, SimulatedStaff>();

  constructor(private readonly options: CrewOptions) {}

  /** Signs everybody in. @throws Error when a role is missing from the plan, or with the refusal */
  async signIn(): Promise<void> {
    const crew = crewOf(this.options.staff);
    for (const role of CREW)
      this.#members.set(role, new SimulatedStaff(this.options.address, crew[role].staffId, crew[role].pin));
    await Promise.all([...this.#members.values()].map((one) => one.signIn()));
  }

  /** One person of the crew. @throws Error before `signIn` */
  member(role: CrewRole): SimulatedStaff {
    const one = this.#members.get(role);
    if (one === undefined) throw new Error(`No ${role} has signed in`);
    return one;
  }

  /** What the chief sees. @throws Error before `signIn` */
  get view(): RoomView {
    const { view } = this.member('chief');
    if (view === null) throw new Error('The chief has no view');
    return view;
  }

  /** The step that comes next; null when nothing is left to do. */
  nextMove(): DayMove | null {
    return nextMove(this.view, this.options.sessionId);
  }

  /**
   * Takes a step. The outcome of its last command; what was done before is not done twice.
   * @param withoutSeats for the collection: the seats that are not waited for
   */
  async take(move: DayMove, withoutSeats: string[] = []): Promise<Outcome> {
    const { sessionId, paperId, startCode, sealCode } = this.options;
    switch (move) {
      case 'seal':
        return this.#seal(sealCode);
      case 'open-entry':
        return this.#command('chief', { type: 'open-entry', sessionId });
      case 'open-paper': {
        const pin = this.options.staff.find(({ roles }) => roles.includes('chief'))?.pin ?? '';
        return this.#command('chief', { type: 'open-paper', sessionId, paperId, startCode, pin });
      }
      case 'start':
        return this.#command('chief', { type: 'start-session', sessionId });
      case 'resume':
        return this.#command('chief', { type: 'resume-session', sessionId });
      case 'continue':
        await this.#command('chief', { type: 'continue-suspended', sessionId });
        return this.#command('inspector', { type: 'continue-suspended', sessionId });
      case 'end':
        return this.#command('chief', {
          type: 'end-session',
          sessionId,
          reason: '演示结束 / end of the demo',
        });
      case 'collect':
        return this.#command('chief', {
          ...{ type: 'collect-session', sessionId, withoutSeats },
          reason: withoutSeats.length === 0 ? null : '演示中无人使用该机 / nobody uses this PC in the demo',
        });
      case 'build-bundle':
        return this.#command('sysadmin', { type: 'build-bundle', sessionId });
    }
  }

  /** Binds the PC that shows a code to a seat. */
  pair(pairingCode: string, seatId: string): Promise<Outcome> {
    return this.#command('sysadmin', { type: 'pair-seat', pairingCode, seatId });
  }

  /** Checks a candidate in, documents seen. */
  admit(candidateId: string): Promise<Outcome> {
    const { sessionId } = this.options;
    return this.#command('proctor', {
      ...{ type: 'check-in', sessionId, candidateId, outcome: 'admitted' },
      ...{ documentSeen: true, ticketSeen: true, reason: null, happenedAt: null },
    });
  }

  answerHand(candidateId: string): Promise<Outcome> {
    return this.#command('proctor', {
      type: 'answer-hand',
      sessionId: this.options.sessionId,
      candidateId,
    });
  }

  stop(): void {
    for (const one of this.#members.values()) one.stop();
  }

  async #seal(orgCode: string | (() => string)): Promise<Outcome> {
    const { sessionId } = this.options;
    const seal = this.view.session?.seal ?? null;
    for (const role of ['sysadmin', 'clerk'] as const) {
      if (seal !== null && seal[role] !== null) continue;
      const word = role === 'sysadmin' ? await sysadminsWord(this.member(role), sessionId) : {};
      const signed = await this.#command(role, { type: 'sign-seal', sessionId, ...word });
      if (!signed.ok) return signed;
    }
    return this.#command('org-technician', {
      ...{ type: 'confirm-seal', sessionId },
      orgCode: typeof orgCode === 'string' ? orgCode : orgCode(),
    });
  }

  #command(role: CrewRole, request: StaffRequest): Promise<Outcome> {
    return this.member(role).command(request);
  }
}

/** The step that the shown session waits for. */
export function nextMove({ session, sessions }: RoomView, sessionId: string): DayMove | null {
  const phase =
    session?.sessionId === sessionId
      ? session.phase
      : sessions.find((one) => one.sessionId === sessionId)?.phase;
  switch (phase) {
    case 'installed':
      return 'seal';
    case 'sealed':
      return 'open-entry';
    case 'open':
      return session?.paperOpened === true ? 'start' : 'open-paper';
    case 'running':
      return 'end';
    case 'paused':
      return 'resume';
    case 'suspended':
      return 'continue';
    case 'ended':
      return 'collect';
    case 'collected':
      return session?.bundle == null ? 'build-bundle' : null;
    case 'handed-over':
    case undefined:
      return null;
  }
}
