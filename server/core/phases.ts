// Which command a session may be given in which phase, and which commands need a clock that is trusted. Data only: each
// decision looks closer.

import type { CommandType } from './commands.js';
import type { SessionPhase } from './types.js';

const ALL: SessionPhase[] = [
  'installed',
  'sealed',
  'open',
  'running',
  'paused',
  'suspended',
  'ended',
  'collected',
  'handed-over',
];
const upTo = (last: SessionPhase) => ALL.slice(0, ALL.indexOf(last) + 1);
const BEFORE_START = upTo('open');
const ENTERED: SessionPhase[] = ['open', 'running', 'paused', 'suspended', 'ended'];
const GOING: SessionPhase[] = ['running', 'paused'];

/** Phases of commands that name their session. [SE3] */
export const PHASES = {
  'deal-paper': upTo('paused'),
  'record-bundle': ['collected'],
  'record-wipe': ['handed-over'],
  'drop-file': ENTERED,
  'note-document-read': upTo('ended'),
  'log-in': ['open', 'running', 'paused', 'suspended'],
  'sign-seal': ['installed'],
  'confirm-seal': ['installed'],
  'open-entry': ['sealed'],
  'check-in': ['open', ...GOING],
  'correct-check-in': ['open', ...GOING],
  'open-paper': ['open'],
  'enable-reserve': BEFORE_START,
  'delay-start': BEFORE_START,
  'start-session': ['open'],
  'pause-session': ['running'],
  'resume-session': ['paused'],
  'request-extension': GOING,
  'approve-extension': GOING,
  'reject-extension': GOING,
  'swap-machine': ['open', ...GOING],
  'correct-swap': ['open', ...GOING, 'ended'],
  'answer-hand': ENTERED,
  'leave-room': GOING,
  'return-to-room': ENTERED,
  'end-candidate': ['open', ...GOING],
  'reopen-candidate': [...GOING, 'ended'],
  'record-incident': upTo('collected'),
  'send-message': ENTERED,
  'end-session': GOING,
  'close-suspended': ['suspended'],
  'continue-suspended': ['suspended'],
  'collect-session': ['ended'],
  'confirm-receipt': ['collected'],
  'export-video': ['collected', 'handed-over'],
  'stand-in': upTo('ended'),
} satisfies Partial<Record<CommandType, SessionPhase[]>>;

/** Acts that start, stop or compare a clock: not while the clock itself is in doubt. [CK5] */
export const NEEDS_CLOCK: ReadonlySet<CommandType> = new Set<CommandType>([
  'open-entry',
  'check-in',
  'start-session',
  'pause-session',
  'resume-session',
  'approve-extension',
  'swap-machine',
  'end-candidate',
  'reopen-candidate',
  'end-session',
  'close-suspended',
  'continue-suspended',
  'collect-session',
]);
