// May this happen, and what exactly happened? Never changes the state, reads no clock: `now` comes in.
// A refusal is a value; refused acts of staff, log-ins and entries are events too (rule 1), refused saves are not.

import type { Command, CommandType, RoomCommand, SeatCommand, StaffCommand } from './commands.js';
import { answerDecisions } from './decide-answers.js';
import { deviceDecisions } from './decide-devices.js';
import { endingDecisions } from './decide-ending.js';
import { entryDecisions } from './decide-entry.js';
import { fileDecisions } from './file-answers.js';
import { extensionDecisions } from './decide-extensions.js';
import { internetDecisions } from './decide-internet.js';
import { installDecisions } from './decide-install.js';
import { logInDecisions, refusedLogIn } from './decide-log-in.js';
import { paperDecisions } from './decide-paper.js';
import { preflightDecisions } from './decide-preflight.js';
import { roomDecisions } from './decide-room.js';
import { runningDecisions } from './decide-running.js';
import { sealDecisions } from './decide-seal.js';
import { suspendedDecisions } from './decide-suspended.js';
import { swapDecisions } from './decide-swap.js';
import { tick } from './decide-tick.js';
import { videoDecisions } from './decide-video.js';
import { exportDecisions } from './decide-video-export.js';
import { refuse, type Deciders, type Decision } from './decision.js';
import type { EventBody } from './events.js';
import { isAllowed } from './permissions.js';
import { NEEDS_CLOCK, PHASES } from './phases.js';
import { takesSimulated } from './simulated-pcs.js';
import { entryOf } from './state-access.js';
import type { Session, SessionPhase, State } from './types.js';

const DECIDERS: Deciders<CommandType> = {
  ...installDecisions,
  ...roomDecisions,
  ...deviceDecisions,
  ...internetDecisions,
  ...preflightDecisions,
  ...videoDecisions,
  ...exportDecisions,
  ...sealDecisions,
  ...entryDecisions,
  ...logInDecisions,
  ...paperDecisions,
  ...runningDecisions,
  ...answerDecisions,
  ...fileDecisions,
  ...extensionDecisions,
  ...swapDecisions,
  ...endingDecisions,
  ...suspendedDecisions,
  tick,
};

/** Who gives which command. */
const GIVEN_BY: Record<RoomCommand['type'], 'room'> &
  Record<SeatCommand['type'], 'seat'> &
  Record<StaffCommand['type'], 'staff' | 'staff-or-room'> = {
  'install-package': 'room',
  'remove-package': 'room',
  'record-install-refused': 'room',
  'start-server': 'room',
  'sample-clock': 'room',
  'compare-clock': 'room',
  'connect-seat': 'room',
  'disconnect-seat': 'room',
  'record-simulated-refused': 'room',
  'record-sign-in': 'room',
  'deal-paper': 'room',
  'record-bundle': 'room',
  'record-wipe': 'room',
  'drop-file': 'room',
  'configure-devices': 'room',
  'report-device': 'room',
  'note-act': 'room',
  'note-document-read': 'room',
  'record-preflight': 'room',
  'record-rehearsal': 'room',
  'compare-installation': 'room',
  'configure-video': 'room',
  'report-video': 'room',
  'doubt-video': 'room',
  'note-video-export': 'room',
  'end-video-export': 'room',
  tick: 'room',
  'report-check': 'seat',
  'report-internet': 'seat',
  'log-in': 'seat',
  'confirm-identity': 'seat',
  'confirm-rules': 'seat',
  'save-answer': 'seat',
  submit: 'seat',
  'raise-hand': 'seat',
  'lower-hand': 'seat',
  'note-play': 'seat',
  'report-gap': 'seat',
  'receive-file': 'seat',
  'confirm-nothing-unsent': 'seat',
  'pair-seat': 'staff',
  'unpair-seat': 'staff',
  'sign-seal': 'staff',
  'confirm-seal': 'staff',
  'open-entry': 'staff',
  'check-in': 'staff',
  'correct-check-in': 'staff',
  'open-paper': 'staff',
  'enable-reserve': 'staff',
  'delay-start': 'staff',
  'start-session': 'staff',
  'pause-session': 'staff',
  'resume-session': 'staff',
  // The power supply reports for itself where it can.
  'report-mains': 'staff-or-room',
  'request-extension': 'staff',
  'approve-extension': 'staff',
  'reject-extension': 'staff',
  'swap-machine': 'staff',
  'correct-swap': 'staff',
  'answer-hand': 'staff',
  'leave-room': 'staff',
  'return-to-room': 'staff',
  'end-candidate': 'staff',
  'reopen-candidate': 'staff',
  'record-incident': 'staff',
  'send-message': 'staff',
  'end-session': 'staff',
  'close-suspended': 'staff',
  'continue-suspended': 'staff',
  'collect-session': 'staff',
  'confirm-receipt': 'staff',
  'confirm-clock': 'staff',
  'acknowledge-alarm': 'staff',
  // A bell that the plan of the day rings, a jammer that goes on with the entry.
  'command-device': 'staff-or-room',
  'attest-device': 'staff',
  'record-discharge': 'staff',
  'export-video': 'staff',
  'cancel-video-export': 'staff',
  'run-preflight': 'staff',
  'begin-rehearsal': 'staff',
  'stop-rehearsal': 'staff',
  'stand-in': 'staff',
};

/**
 * Says what a command makes happen at `now` (room time, ms), or why it may not. The caller gives a `tick` first where
 * `nextDeadline` has passed, as the room does.
 */
export function decide(state: State, command: Command, now: number): Decision {
  const refused =
    refusedActor(state, command) ?? refusedSession(state, command) ?? refusedClock(state, command);
  if (refused !== null) return onRecord(state, command, refused);
  const decider = DECIDERS[command.type] as (state: State, command: Command, now: number) => Decision;
  return onRecord(state, command, decider(state, command, now));
}

/** [PW1] */
function refusedActor(state: State, command: Command): Decision | null {
  const { by } = command;
  const from = GIVEN_BY[command.type];
  if (from === 'staff-or-room' ? by.kind === 'seat' : by.kind !== from) return refuse('not-allowed');
  if (by.kind === 'seat') {
    const seat = entryOf(state.seats, by.seatId);
    if (seat?.pcId !== by.pcId) return refuse('seat-not-paired');
    return seat.simulated === true && !takesSimulated(state) ? refuse('simulated-pc') : null;
  }
  if (by.kind === 'room') return null;
  if (entryOf(state.staff, by.staffId) === undefined) return refuse('unknown-staff');
  return isAllowed(state, by.staffId, command as StaffCommand) ? null : refuse('not-allowed');
}

/** [SE3] */
function refusedSession(state: State, command: Command): Decision | null {
  if (!('sessionId' in command) || command.sessionId === null) return null;
  const session = namedSession(state, command);
  if (session === undefined) return refuse('unknown-session');
  const phases: readonly SessionPhase[] = PHASES[command.type];
  if (!phases.includes(session.phase)) return refuse('wrong-phase', { phase: session.phase });
  const candidateId = 'candidateId' in command ? command.candidateId : null;
  if (candidateId === null || entryOf(session.candidates, candidateId) !== undefined) return null;
  return refuse('unknown-candidate');
}

/** [CK5] */
function refusedClock(state: State, command: Command): Decision | null {
  return NEEDS_CLOCK.has(command.type) && !state.clock.trusted ? refuse('clock-not-confirmed') : null;
}

function namedSession(state: State, command: Command): Session | undefined {
  if (!('sessionId' in command) || command.sessionId === null) return undefined;
  return entryOf(state.sessions, command.sessionId);
}

/** Refused acts of staff and refused log-ins are events of their own where the decision made none. [PW4][LI6] */
function onRecord(state: State, command: Command, decision: Decision): Decision {
  const { refusal, events } = decision;
  if (refusal === null || events.length > 0) return decision;
  const session = namedSession(state, command);
  if (command.type === 'log-in' && command.by.kind === 'seat' && session !== undefined)
    return { refusal, events: [refusedLogIn(session, command.by.seatId, null, refusal.code)] };
  if (command.by.kind !== 'staff') return decision;
  const event: EventBody = { type: 'command-refused', command: command.type, code: refusal.code };
  // Nothing is written under the key of a session that was wiped. [WP4]
  if (session === undefined || session.wiped !== null) return { refusal, events: [event] };
  event.sessionId = session.plan.sessionId;
  const candidateId = 'candidateId' in command ? command.candidateId : null;
  if (candidateId !== null && entryOf(session.candidates, candidateId) !== undefined)
    event.candidateId = candidateId;
  return { refusal, events: [event] };
}
