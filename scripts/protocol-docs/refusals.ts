// Which refusals each request on a wire may meet: what the rules look at before they decide, and the decisions themselves.

import { join } from 'node:path';
import { NEEDS_CLOCK, PHASES } from '../../server/core/phases.js';
import { REFUSAL_CODES, type RefusalCode } from '../../server/core/refusals.js';
import type { CommandType, StaffCommand } from '../../server/core/commands.js';
import type { SeatRequest } from '../../server/protocol/seat.js';
import { commandOf } from '../../server/seats/seat-commands.js';
import { StaffRequestSchemas, type StaffRequestType } from '../../server/protocol/staff.js';
import { RefusalFinder } from './refusal-finder.js';

const BY = { kind: 'seat', seatId: 's1', pcId: 'pc' } as const;
/** Fields by which one type of request becomes one command or another. */
const KINDS = [
  { what: 'identity', up: true },
  { what: 'rules', up: false },
];

/** The commands that a PC's request becomes. */
export function commandsOf(type: SeatRequest['t']): CommandType[] {
  const made = KINDS.map((kind) => commandOf({ t: type, ...kind } as unknown as SeatRequest, BY, 'am'));
  return [...new Set(made.flatMap((command) => (command === null ? [] : [command.type])))];
}

export class Refusals {
  readonly #finder: RefusalFinder;

  /** @param root the project's folder, absolute */
  constructor(root: string) {
    this.#finder = new RefusalFinder(join(root, 'server', 'core', 'decide.ts'), REFUSAL_CODES);
  }

  ofSeatRequest(type: SeatRequest['t']): RefusalCode[] {
    const codes = new Set<RefusalCode>(['seat-not-paired']);
    for (const command of commandsOf(type)) {
      if (command in PHASES) codes.add('wrong-phase');
      this.#add(command, codes);
    }
    return inOrder(codes);
  }

  ofStaffRequest(type: StaffRequestType): RefusalCode[] {
    const codes = new Set<RefusalCode>(['not-allowed', 'unknown-staff']);
    if (type === 'build-bundle') return ['not-allowed', 'bundle-needs-space'];
    if (type === 'pair-seat') codes.add('unknown-pairing-code');
    const { properties } = StaffRequestSchemas[type];
    if ('sessionId' in properties) codes.add('unknown-session').add('wrong-phase');
    if ('candidateId' in properties) codes.add('unknown-candidate');
    if (NEEDS_CLOCK.has(type)) codes.add('clock-not-confirmed');
    this.#add(type satisfies StaffCommand['type'], codes);
    return inOrder(codes);
  }

  ofSignIn(): RefusalCode[] {
    const codes = new Set<RefusalCode>(['sign-in-refused']);
    this.#add('record-sign-in', codes);
    return inOrder(codes);
  }

  /** What the decision about a command may say; what is looked at before it is not in it. */
  ofCommand(command: CommandType): RefusalCode[] {
    const codes = new Set<RefusalCode>();
    this.#add(command, codes);
    return inOrder(codes);
  }

  #add(command: CommandType, codes: Set<RefusalCode>): void {
    for (const code of this.#finder.of(command)) codes.add(code as RefusalCode);
  }
}

function inOrder(codes: ReadonlySet<RefusalCode>): RefusalCode[] {
  return REFUSAL_CODES.filter((code) => codes.has(code));
}
