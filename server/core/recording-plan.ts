// When the cameras have to record: from before entry opens until after everything is collected, for every session; and when a
// camera records for a test. Pure arithmetic on the state; nothing is started here.

import { commonEndsAt, entryOpensAt, roomStartsAt, subjectMs } from './deadlines.js';
import { entryOf } from './state-access.js';
import type { Session, State } from './types.js';
import type { CameraId } from './video-types.js';

/** The time of one session in which every camera records, room time. */
export interface RecordingWindow {
  session: Session;
  from: number;
  /** null while the session holds the room: until it is collected nobody knows. */
  to: number | null;
  /** Where it ends if all goes by the plan. */
  plannedTo: number;
}

/** So long before a window opens its cameras begin: a camera must be asked, and a key frame come. */
export const LEAD_MS = 10_000;

/** A camera that was switched on by hand outside of every window records for so long. */
export const TEST_MS = 60 * 60_000;

/** The windows of all sessions, in no order; none where the room has no rule. [VI4] */
export function recordingWindows(state: State): RecordingWindow[] {
  return Object.values(state.sessions).flatMap((session) => recordingWindow(state, session) ?? []);
}

/** When this session has to be recorded; null where the room has no rule. [VI4] */
export function recordingWindow(state: State, session: Session): RecordingWindow | null {
  const { rule } = state.video;
  if (rule === null) return null;
  const { plan, collectedAt } = session;
  const endsAt = commonEndsAt(session) ?? roomStartsAt(session) + subjectMs(session);
  const plannedTo = endsAt + plan.policy.handOverWindowMs + rule.afterMs;
  const holdsTheRoom = state.currentSession === plan.sessionId;
  const to = collectedAt !== null ? collectedAt + rule.afterMs : holdsTheRoom ? null : plannedTo;
  return { session, from: entryOpensAt(session) - rule.beforeMs, to, plannedTo };
}

/** Those that are open now, half open like every interval. */
export function openWindows(state: State, now: number): RecordingWindow[] {
  return recordingWindows(state).filter(({ from, to }) => from <= now && (to === null || now < to));
}

/** Whether a session asks for recordings that nobody may stop: its window is open and it is not collected. [VI5] */
export function isRecordingNeeded(state: State, now: number): boolean {
  return openWindows(state, now).some(({ session }) => session.collectedAt === null);
}

/**
 * Whether this camera records now, or because a window is about to open. What the plan needs stands above what staff said; in the
 * time after the collection they may stop it, and outside of every window they may switch it on for a test. [VI4][VI5]
 */
export function recordsNow(state: State, cameraId: CameraId, now: number): boolean {
  const device = entryOf(state.devices, cameraId);
  // A camcorder's files come later.
  if (device === undefined || device.card.adapter === 'camcorder') return false;
  if (isRecordingNeeded(state, now) || isRecordingNeeded(state, now + LEAD_MS)) return true;
  const said = device.commanded;
  const after = openWindows(state, now).map(({ session }) => session.collectedAt as number);
  if (after.length > 0) return said?.act !== 'off' || said.at < Math.max(...after);
  return said?.act === 'on' && now < said.at + TEST_MS;
}

/** Whether staff stopped a camera in a time that the plan asks for: what is missing then is theirs. [VI5] */
export function isStoppedByStaff(state: State, cameraId: CameraId, now: number): boolean {
  const isRecorded = entryOf(state.devices, cameraId)?.card.adapter !== 'camcorder';
  return isRecorded && openWindows(state, now).length > 0 && !recordsNow(state, cameraId, now);
}

/** Until when the recorder goes on if nobody speaks to it any more: the planned end, or null where nothing is open. [VI6] */
export function recordsUntil(state: State, now: number): number | null {
  const ends = openWindows(state, now).map(({ plannedTo, to }) => to ?? plannedTo);
  return ends.length === 0 ? null : Math.max(...ends);
}
