// Who may give which command (REQ-G), as data. Roles held by a recorded stand-in (REQ-E16) count for their session.
// A role that a message claims counts for nothing: only the state's roles do.

import type { StaffCommand } from './commands.js';
import { entryOf } from './state-access.js';
import type { Role, State } from './types.js';

/** They lead the exam, and may do what the proctors of the room do. */
const CHIEFS: Role[] = ['chief', 'deputy'];
/** Second approvers: which of the two counts is the plan's policy (REQ-E09). */
const SECONDS: Role[] = ['inspector', 'org-technician'];

export const PERMISSIONS = {
  'pair-seat': ['sysadmin'],
  'unpair-seat': ['sysadmin'],
  'sign-seal': ['sysadmin', 'clerk'],
  'confirm-seal': ['org-technician', 'sysadmin'],
  'open-entry': CHIEFS,
  'check-in': ['proctor', ...CHIEFS],
  'correct-check-in': ['proctor', ...CHIEFS],
  'open-paper': CHIEFS,
  'enable-reserve': ['org-technician', ...CHIEFS],
  'delay-start': CHIEFS,
  'start-session': CHIEFS,
  'pause-session': CHIEFS,
  'resume-session': CHIEFS,
  'report-mains': ['sysadmin', 'proctor', ...CHIEFS],
  'request-extension': ['proctor', 'inspector', ...CHIEFS],
  'approve-extension': [...CHIEFS, ...SECONDS],
  'reject-extension': [...CHIEFS, ...SECONDS],
  'swap-machine': ['proctor', ...CHIEFS],
  'correct-swap': ['proctor', ...CHIEFS],
  'answer-hand': ['proctor', ...CHIEFS],
  'leave-room': ['proctor', ...CHIEFS],
  'return-to-room': ['proctor', ...CHIEFS],
  'end-candidate': ['proctor', ...CHIEFS],
  'reopen-candidate': CHIEFS,
  'record-incident': ['proctor', 'clerk', 'inspector', 'sysadmin', 'org-technician', ...CHIEFS],
  'send-message': ['proctor', ...CHIEFS],
  'end-session': CHIEFS,
  'close-suspended': [...CHIEFS, ...SECONDS],
  'continue-suspended': [...CHIEFS, ...SECONDS],
  'collect-session': CHIEFS,
  'confirm-receipt': ['org-technician', 'sysadmin'],
  'confirm-clock': CHIEFS,
  'acknowledge-alarm': ['sysadmin', 'proctor', ...CHIEFS],
  'command-device': ['sysadmin', ...CHIEFS],
  'attest-device': ['sysadmin', ...CHIEFS],
  'record-discharge': ['sysadmin', ...CHIEFS],
  'export-video': ['sysadmin', 'org-technician', ...CHIEFS],
  'cancel-video-export': ['sysadmin', 'org-technician', ...CHIEFS],
  // The sysadmin prepares the room, or the technician who helps.
  'run-preflight': ['sysadmin', 'org-technician'],
  'begin-rehearsal': ['sysadmin', 'org-technician'],
  'stop-rehearsal': ['sysadmin', 'org-technician'],
  'stand-in': ['org-technician', 'inspector', ...CHIEFS],
} satisfies Record<StaffCommand['type'], Role[]>;

/** REQ-E16: who may stand in for whom. The inspector's half of two-person acts passes to nobody in the room. */
export const STAND_INS: Record<Role, readonly Role[]> = {
  proctor: ['clerk'],
  sysadmin: ['inspector', 'org-technician'],
  clerk: ['proctor'],
  chief: ['deputy'],
  deputy: [],
  inspector: [],
  'org-technician': [],
};

/** What this person is, stand-ins aside. Unknown staff are nothing. */
export function ownRolesOf(state: State, staffId: string): readonly Role[] {
  return entryOf(state.staff, staffId)?.roles ?? [];
}

/**
 * The roles of a member of staff, stand-ins included.
 * @param sessionId null for what concerns the room: there a stand-in counts until its session is collected [PW2]
 */
export function rolesOf(state: State, staffId: string, sessionId: string | null): Role[] {
  const standIns = entryOf(state.staff, staffId)?.standIn ?? [];
  const held = standIns.filter((one) =>
    sessionId === null
      ? (entryOf(state.sessions, one.sessionId)?.collectedAt ?? null) === null
      : one.sessionId === sessionId,
  );
  return [...ownRolesOf(state, staffId), ...held.map(({ role }) => role)];
}

/** Chief or deputy in this session. */
export function leads(state: State, staffId: string, sessionId: string): boolean {
  return rolesOf(state, staffId, sessionId).some((role) => CHIEFS.includes(role));
}

/** True when a role of this person may give the command. REQ-G */
export function isAllowed(state: State, staffId: string, command: StaffCommand): boolean {
  const allowed: readonly Role[] = PERMISSIONS[command.type];
  const sessionId = 'sessionId' in command ? command.sessionId : null;
  return rolesOf(state, staffId, sessionId).some((role) => allowed.includes(role));
}
