// May this happen, and what exactly happened? Never changes the state, reads no clock: `now` comes in.
// A refusal is a value; refused acts of staff, log-ins and entries are events too (rule 1), refused saves are not.

import type { Command, CommandType, SeatCommand, StaffCommand } from './commands.js';
import { answerDecisions } from './decide-answers.js';
import { endingDecisions } from './decide-ending.js';
import { entryDecisions } from './decide-entry.js';
import { extensionDecisions } from './decide-extensions.js';
import { roomDecisions } from './decide-room.js';
import { runningDecisions } from './decide-running.js';
import { sealDecisions } from './decide-seal.js';
import { swapDecisions } from './decide-swap.js';
import { tick } from './decide-tick.js';
import type { Decision, Deciders } from './decision.js';
import { refuse } from './decision.js';
import { isAllowed, PERMISSIONS } from './permissions.js';
import type { SessionPhase, State } from './types.js';

const DECIDERS: Deciders<CommandType> = {
  ...roomDecisions,
  ...sealDecisions,
  ...entryDecisions,
  ...runningDecisions,
  ...answerDecisions,
  ...extensionDecisions,
  ...swapDecisions,
  ...endingDecisions,
  tick,
};

const BEFORE_START: SessionPhase[] = ['installed', 'sealed', 'open'];
const ENTERED: SessionPhase[] = ['open', 'running', 'paused', 'suspended', 'ended'];
const GOING: SessionPhase[] = ['running', 'paused'];

/** Phases in which a command of a session may be given at all; each decision looks closer. [SE3] */
export const PHASES: Partial<Record<CommandType, SessionPhase[]>> = {
  'deal-paper': ['open', 'running', 'paused'],
  'record-bundle': ['collected', 'handed-over'],
  'log-in': ['open', 'running', 'paused'],
  'sign-seal': ['installed'],
  'confirm-seal': ['installed'],
  'open-entry': ['sealed'],
  'check-in': ['open', 'running', 'paused'],
  'correct-check-in': ['open', 'running', 'paused'],
  'open-paper': ['open', 'running', 'paused'],
  'delay-start': BEFORE_START,
  'start-session': ['open'],
  'pause-session': ['running'],
  'resume-session': ['paused'],
  'request-extension': GOING,
  'approve-extension': GOING,
  'reject-extension': GOING,
  'swap-machine': ['open', 'running', 'paused', 'ended'],
  'correct-swap': ['open', 'running', 'paused', 'ended'],
  'answer-hand': ENTERED,
  'leave-room': GOING,
  'return-to-room': ENTERED,
  'end-candidate': GOING,
  'reopen-candidate': GOING,
  'send-message': ENTERED,
  'end-session': GOING,
  'close-suspended': ['suspended'],
  'continue-suspended': ['suspended'],
  'collect-session': ['ended'],
  'confirm-receipt': ['collected'],
};

/** Acts that set a clock going or stop it: not while the clock itself is in doubt. [CK3] */
const NEEDS_CLOCK = new Set<CommandType>([
  'open-entry',
  'start-session',
  'pause-session',
  'resume-session',
  'approve-extension',
  'end-session',
  'close-suspended',
  'continue-suspended',
]);

/** Says what a command makes happen at `now`, or why it may not. */
export function decide(state: State, command: Command, now: number): Decision {
  const decision = examine(state, command, now);
  if (decision.refusal === null || command.by.kind !== 'staff' || decision.events.length > 0) return decision;
  const { code } = decision.refusal;
  return { ...decision, events: [{ type: 'command-refused', command: command.type, code }] };
}

function examine(state: State, command: Command, now: number): Decision {
  if (isStaffCommand(command)) {
    if (command.by.kind === 'seat') return refuse('not-allowed');
    if (command.by.kind === 'staff') {
      if (state.staff[command.by.staffId] === undefined) return refuse('unknown-staff');
      if (!isAllowed(state, command.by.staffId, command)) return refuse('not-allowed');
    }
  } else if (command.by.kind === 'staff' || (command.by.kind === 'seat') !== isSeatCommand(command))
    return refuse('not-allowed');
  if ('sessionId' in command) {
    const session = state.sessions[command.sessionId];
    if (session === undefined) return refuse('unknown-session');
    const phases = PHASES[command.type];
    if (phases !== undefined && !phases.includes(session.phase))
      return refuse('wrong-phase', { phase: session.phase });
    if (
      'candidateId' in command &&
      command.candidateId !== null &&
      session.candidates[command.candidateId] === undefined
    )
      return refuse('unknown-candidate');
  }
  if (NEEDS_CLOCK.has(command.type) && !state.clock.trusted) return refuse('clock-not-confirmed');
  const decider = DECIDERS[command.type] as (state: State, command: Command, now: number) => Decision;
  return decider(state, command, now);
}

function isStaffCommand(command: Command): command is Command & StaffCommand {
  return command.type in PERMISSIONS;
}

const SEAT_COMMANDS: Record<SeatCommand['type'], true> = {
  'report-check': true,
  'log-in': true,
  'confirm-identity': true,
  'confirm-rules': true,
  'save-answer': true,
  submit: true,
  'raise-hand': true,
  'lower-hand': true,
  'report-gap': true,
  'confirm-nothing-unsent': true,
};

function isSeatCommand(command: Command): boolean {
  return command.type in SEAT_COMMANDS;
}
