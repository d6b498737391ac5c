// Who may give which command (REQ-G), as data. Roles held by a recorded stand-in (REQ-E16) count for their session.

import type { StaffCommand } from './commands.js';
import type { Role, State } from './types.js';

const CHIEFS: Role[] = ['chief', 'deputy'];
const SECONDS: Role[] = ['inspector', 'org-technician'];

export const PERMISSIONS = {
  'pair-seat': ['sysadmin'],
  'unpair-seat': ['sysadmin'],
  'sign-seal': ['sysadmin', 'clerk'],
  'confirm-seal': ['org-technician', 'sysadmin'],
  'open-entry': CHIEFS,
  'check-in': ['proctor', 'clerk', ...CHIEFS],
  'correct-check-in': ['proctor', 'clerk', ...CHIEFS],
  'open-paper': CHIEFS,
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
  'answer-hand': ['proctor', 'clerk', ...CHIEFS],
  'leave-room': ['proctor', ...CHIEFS],
  'return-to-room': ['proctor', ...CHIEFS],
  'end-candidate': ['proctor', ...CHIEFS],
  'reopen-candidate': CHIEFS,
  'record-incident': ['proctor', 'clerk', 'inspector', 'sysadmin', ...CHIEFS],
  'send-message': ['proctor', ...CHIEFS],
  'end-session': CHIEFS,
  'close-suspended': [...CHIEFS, ...SECONDS],
  'continue-suspended': [...CHIEFS, ...SECONDS],
  'collect-session': ['proctor', ...CHIEFS],
  'confirm-receipt': ['org-technician', 'sysadmin'],
  'confirm-clock': CHIEFS,
  'stand-in': [...CHIEFS, 'clerk', 'inspector'],
} satisfies Record<StaffCommand['type'], Role[]>;

/** The roles of a member of staff in a session, stand-ins included. Unknown staff have none. */
export function rolesOf(state: State, staffId: string, sessionId: string | null): Role[] {
  const staff = state.staff[staffId];
  if (staff === undefined) return [];
  const standIns = staff.standIn.filter((held) => held.sessionId === sessionId).map(({ role }) => role);
  return [...staff.roles, ...standIns];
}

/** True when a role of this person may give the command. REQ-G */
export function isAllowed(state: State, staffId: string, command: StaffCommand): boolean {
  const sessionId = 'sessionId' in command ? command.sessionId : state.currentSession;
  const allowed: readonly Role[] = PERMISSIONS[command.type];
  return rolesOf(state, staffId, sessionId).some((role) => allowed.includes(role));
}
