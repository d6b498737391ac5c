// The one next step of the day for somebody: what to do now, why it cannot be done yet, or for whom to wait. Pure. The room
// decides; this only says what it is likely to accept.

import type { RoomView, SessionView, StaffRequest } from '../../../server/protocol/staff.js';
import { isReportGood } from '../preflight/report-good.js';
import type { Role } from '../texts/words.js';
import type { Place } from './places.js';

export type NextKey =
  | 'no-package'
  | 'no-session'
  | 'pair'
  | 'check-room'
  | 'sign-seal'
  | 'wait-seal'
  | 'confirm-seal'
  | 'wait-entry'
  | 'open-entry'
  | 'check-in'
  | 'open-paper'
  | 'start'
  | 'wait-start'
  | 'late-comers'
  | 'watch'
  | 'resume'
  | 'wait-resume'
  | 'decide-suspended'
  | 'wait-suspended'
  | 'confirm-clock'
  | 'approve'
  | 'keep-on'
  | 'collect'
  | 'wait-collect'
  | 'build-bundle'
  | 'receipt'
  | 'wait-hand-over'
  | 'done';

/** Why the button cannot be pressed yet, or what to know before pressing it. */
export type Hint =
  /** Possible from then on. */
  | { kind: 'from'; at: number }
  /** Possible until then. */
  | { kind: 'until'; at: number }
  /** The national start. */
  | { kind: 'start-at'; at: number }
  | { kind: 'paper' }
  | { kind: 'clock' }
  | { kind: 'missing'; seatIds: string[] }
  | { kind: 'not-here'; count: number }
  | { kind: 'not-ready'; count: number };

export interface NextStep {
  key: NextKey;
  /** People, seats, requests or lines of the check, for the sentence. */
  count: number;
  /** Who is waited for. */
  roles: Role[];
  /** What keeps the button closed. */
  blockedBy: Hint[];
  /** What to know before pressing it. */
  notes: Hint[];
  /** Given at once, after a second press. */
  request: StaffRequest | null;
  /** Or done on another page. */
  place: Place | null;
}

const step = (key: NextKey, more: Partial<NextStep> = {}): NextStep => ({
  key,
  count: 0,
  roles: [],
  blockedBy: [],
  notes: [],
  request: null,
  place: null,
  ...more,
});

const WAITING: readonly NextKey[] = [
  'wait-seal',
  'wait-entry',
  'wait-start',
  'watch',
  'wait-resume',
  'wait-suspended',
  'keep-on',
  'wait-collect',
  'wait-hand-over',
  'done',
];

/** True where somebody else, or time, is next. */
export const isWaiting = ({ key }: NextStep) => WAITING.includes(key);

/** The next step for somebody with these roles: of several the first that can be done. @param now room time, ms */
export function nextStep(view: RoomView, roles: readonly Role[], now: number): NextStep {
  if (view.packageId === null) return step('no-package');
  const { session } = view;
  if (session === null) return step('no-session');
  const steps = roles.map((role) => stepOf(role, view, session, now));
  return steps.find((one) => !isWaiting(one)) ?? steps[0] ?? step('watch');
}

function stepOf(role: Role, view: RoomView, session: SessionView, now: number): NextStep {
  switch (role) {
    case 'chief':
    case 'deputy':
      return stepOfLeader(view, session, now);
    case 'proctor':
      return stepOfProctor(view, session, now);
    case 'sysadmin':
      return unbuilt(view) ?? stepOfSysadmin(view, session, now);
    case 'clerk':
      return session.phase === 'installed' ? stepOfSealing('clerk', session) : watching(session);
    case 'inspector':
    case 'org-technician':
      return stepOfSecond(role, view, session);
  }
}

function stepOfLeader(view: RoomView, session: SessionView, now: number): NextStep {
  const { sessionId, phase } = session;
  if (!view.clockTrusted && phase !== 'installed' && phase !== 'collected' && phase !== 'handed-over')
    return step('confirm-clock', { place: 'lead' });
  switch (phase) {
    case 'sealed': {
      const opensAt = session.steps.find(({ key }) => key === 'entry')?.at ?? null;
      return step('open-entry', {
        request: { type: 'open-entry', sessionId },
        blockedBy: opensAt !== null && now < opensAt ? [{ kind: 'from', at: opensAt }] : [],
      });
    }
    case 'open': {
      if (!session.paperOpened) return step('open-paper', { place: 'lead', notes: notesOfEntry(view) });
      return step('start', {
        request: { type: 'start-session', sessionId },
        blockedBy: now < session.startsAt ? [{ kind: 'from', at: session.startsAt }] : [],
        notes: notesOfEntry(view),
      });
    }
    case 'running':
      return waitingRequests(view, 'chief') ?? watching(session);
    case 'paused':
      return step('resume', { request: { type: 'resume-session', sessionId } });
    case 'suspended':
      return step('decide-suspended', { place: 'lead' });
    case 'ended':
      if (session.lagging.length > 0)
        return step('keep-on', {
          count: session.lagging.length,
          place: 'hand-over',
          notes: [{ kind: 'missing', seatIds: session.lagging }],
        });
      return step('collect', {
        request: { type: 'collect-session', sessionId, withoutSeats: [], reason: null },
      });
    default:
      return watching(session);
  }
}

function stepOfProctor(view: RoomView, session: SessionView, now: number): NextStep {
  const expected = view.seats.filter(({ attendance }) => attendance === 'expected').length;
  if (session.phase === 'open' && expected > 0)
    return step('check-in', { count: expected, place: 'check-in' });
  const doorIsOpen = session.cutOffAt !== null && now < session.cutOffAt;
  if (session.phase === 'running' && expected > 0 && doorIsOpen)
    return step('late-comers', {
      count: expected,
      place: 'check-in',
      notes: [{ kind: 'until', at: session.cutOffAt ?? now }],
    });
  return watching(session);
}

function stepOfSysadmin(view: RoomView, session: SessionView, now: number): NextStep {
  const { sessionId, phase, sealNeedsReport } = session;
  const { preflight } = view;
  const unpaired = view.seats.filter(({ look, spare }) => look === 'unpaired' && !spare).length;
  if (phase === 'installed') {
    const isUnsigned = session.seal.sysadmin === null;
    if (isUnsigned && unpaired > 0) return step('pair', { count: unpaired, place: 'pairing' });
    if (isUnsigned && sealNeedsReport && !isReportGood(preflight, now))
      return step('check-room', { count: preflight?.red ?? 0, place: 'preflight' });
    return stepOfSealing('sysadmin', session);
  }
  if (phase === 'collected')
    return session.bundle === null
      ? step('build-bundle', { request: { type: 'build-bundle', sessionId } })
      : step('receipt', { place: 'hand-over' });
  return watching(session);
}

/** A bundle of a session before this one, while it still lies only here. */
function unbuilt({ earlier }: RoomView): NextStep | null {
  const one = earlier.find(({ bundle }) => bundle === null);
  if (one === undefined) return null;
  return step('build-bundle', { request: { type: 'build-bundle', sessionId: one.sessionId } });
}

function stepOfSealing(role: 'sysadmin' | 'clerk', { seal }: SessionView): NextStep {
  if (seal[role] === null) return step('sign-seal', { place: 'seal' });
  if (seal.sysadmin !== null && seal.clerk !== null)
    return role === 'sysadmin'
      ? step('confirm-seal', { place: 'seal' })
      : step('wait-seal', { roles: ['org-technician'] });
  return step('wait-seal', { roles: [role === 'sysadmin' ? 'clerk' : 'sysadmin'] });
}

function stepOfSecond(role: 'inspector' | 'org-technician', view: RoomView, session: SessionView): NextStep {
  const { seal, phase } = session;
  if (role === 'org-technician') {
    if (phase === 'installed' && seal.sysadmin !== null && seal.clerk !== null)
      return step('confirm-seal', { place: 'seal' });
    if (phase === 'collected' && session.bundle !== null) return step('receipt', { place: 'hand-over' });
    return watching(session);
  }
  if (phase === 'suspended') return step('decide-suspended', { place: 'time' });
  return waitingRequests(view, 'second') ?? watching(session);
}

function waitingRequests(view: RoomView, half: 'chief' | 'second'): NextStep | null {
  const count = view.todo.filter((one) => one.kind === 'extension' && one[half] === null).length;
  return count === 0 ? null : step('approve', { count, place: 'time' });
}

function notesOfEntry({ seats }: RoomView): Hint[] {
  const notHere = seats.filter(({ attendance }) => attendance === 'expected').length;
  const notReady = seats.filter(
    ({ attendance, loggedIn }) => attendance === 'admitted' && loggedIn !== 'ready',
  ).length;
  const notes: Hint[] = [];
  if (notHere > 0) notes.push({ kind: 'not-here', count: notHere });
  if (notReady > 0) notes.push({ kind: 'not-ready', count: notReady });
  return notes;
}

/** Where this role has nothing of its own to do: what the room waits for. */
function watching(session: SessionView): NextStep {
  const { seal, phase, lagging } = session;
  switch (phase) {
    case 'installed': {
      const missing: Role[] = [];
      if (seal.sysadmin === null) missing.push('sysadmin');
      if (seal.clerk === null) missing.push('clerk');
      return step('wait-seal', { roles: missing.length > 0 ? missing : ['org-technician'] });
    }
    case 'sealed':
      return step('wait-entry');
    case 'open':
      return step('wait-start', { notes: [{ kind: 'start-at', at: session.startsAt }] });
    case 'running':
      return step('watch');
    case 'paused':
      return step('wait-resume');
    case 'suspended':
      return step('wait-suspended');
    case 'ended':
      return lagging.length > 0
        ? step('keep-on', { count: lagging.length, notes: [{ kind: 'missing', seatIds: lagging }] })
        : step('wait-collect');
    case 'collected':
      return step('wait-hand-over', { roles: [session.bundle === null ? 'sysadmin' : 'org-technician'] });
    case 'handed-over':
      return step('done');
  }
}
