// The staff's picture of the room, and what differs from what a page was sent before. No part of it has a place for an answer.

import type { RoomChange, RoomView, SeatRow, SessionView, Todo, FeedLine } from '../protocol/staff.js';
import type { Session, State } from '../core/types.js';
import { entryOf } from '../core/state-access.js';
import type { StaffHost } from './host.js';
import type { SeatRows } from './seat-rows.js';

/** The newest of a session. */
const EXPORTS_SHOWN = 10;

/** The part of the picture that is the same for everybody. */
export type SharedView = Omit<RoomView, 'you' | 'feed' | 'now'>;

/**
 * Makes the picture of now. @param rows of the seats, kept from one picture to the next; @param atMost so many rows are brought
 * up to date, the others are as they were
 */
export function sharedView(host: StaffHost, rows: SeatRows, atMost = Infinity): SharedView {
  const { state } = host.room;
  const now = host.room.now();
  const session = sessionOnStage(state);
  rows.bringUpToDate(session, atMost);
  const todo: Todo[] = host.rules.todo(state, session, rows.ofRules(), now);
  for (const { pairingCode, address, since, simulated } of host.pendingPairings())
    todo.push({ kind: 'pairing', pairingCode, address, since, ...(simulated === true ? { simulated } : {}) });
  return {
    roomName: state.package?.roomName ?? '',
    siteName: state.package?.siteName ?? '',
    planName: state.package?.planName ?? '',
    helpTelephone: state.package?.helpTelephone ?? '',
    packageId: state.package?.packageId ?? null,
    clockTrusted: state.clock.trusted,
    mainsPresent: state.mains.present,
    devices: host.rules.deviceRows(state),
    alarms: host.rules.alarmRows(state),
    cameras: host.rules.cameraRows(state, now),
    preflight: host.rules.preflightView(state),
    session: session === null ? null : sessionView(host, session),
    earlier: earlierSessions(state, session).map((one) => sessionView(host, one)),
    sessions: Object.values(state.sessions).map(({ plan, phase }) => ({
      sessionId: plan.sessionId,
      subject: plan.subject.name,
      startsAt: plan.startsAt,
      phase,
    })),
    seats: rows.shown(),
    todo: todo.sort((a, b) => a.since - b.since),
  };
}

function sessionView(host: StaffHost, session: Session): SessionView {
  const { bundle, ...rest } = host.rules.sessionView(session);
  const progress = host.bundleProgress(rest.sessionId);
  const building = progress === null ? {} : { building: progress };
  const more = { ...rest, ...building, ...exportsOf(host, rest.sessionId) };
  if (bundle === null) return { ...more, bundle };
  const { fileHash, builtAt } = bundle;
  const files = host.bundleFiles(rest.sessionId, fileHash);
  return { ...more, bundle: { fileHash, builtAt, files } };
}

/** Nothing is said of a session whose recordings nobody has handed over. */
function exportsOf(host: StaffHost, sessionId: string): Pick<SessionView, 'videoExports' | 'exporting'> {
  const all = host.rules.sessionExports(host.room.state, sessionId).slice(-EXPORTS_SHOWN);
  const progress = host.exports?.progress(sessionId) ?? null;
  return {
    ...(all.length === 0 ? {} : { videoExports: all.map(({ exported: _exported, ...one }) => one) }),
    ...(progress === null ? {} : { exporting: progress }),
  };
}

/**
 * The session that the pages are about: the one in the room, else the next that is not collected, so that the afternoon is
 * prepared while the morning's bundle is on its way; else the last.
 */
export function sessionOnStage(state: State): Session | null {
  if (state.currentSession !== null) return entryOf(state.sessions, state.currentSession) ?? null;
  const all = Object.values(state.sessions).sort((a, b) => a.plan.startsAt - b.plan.startsAt);
  const next = all.find(({ collectedAt }) => collectedAt === null);
  return next ?? all.findLast(({ handedOverAt }) => handedOverAt === null) ?? all.at(-1) ?? null;
}

/** Collected, not handed over, and not on stage: their bundles still have to be brought away. */
function earlierSessions(state: State, onStage: Session | null): Session[] {
  return Object.values(state.sessions).filter(
    (session) => session.collectedAt !== null && session.handedOverAt === null && session !== onStage,
  );
}

/** Remembers what the pages were sent, and says what is new. */
export class ViewDifference {
  readonly #parts = new Map<string, string>();

  /** Null when nothing changed. @param seats rows that changed */
  take(view: SharedView, seats: SeatRow[], feed: FeedLine[], now: number): RoomChange | null {
    const change: RoomChange = { now };
    if (seats.length > 0) change.seats = seats;
    if (this.#changed('session', view.session)) change.session = view.session;
    if (this.#changed('earlier', view.earlier)) change.earlier = view.earlier;
    if (this.#changed('sessions', view.sessions)) change.sessions = view.sessions;
    if (this.#changed('todo', view.todo)) change.todo = view.todo;
    if (this.#changed('clock', view.clockTrusted)) change.clockTrusted = view.clockTrusted;
    if (this.#changed('mains', view.mainsPresent)) change.mainsPresent = view.mainsPresent;
    if (this.#changed('devices', view.devices)) change.devices = view.devices;
    if (this.#changed('alarms', view.alarms)) change.alarms = view.alarms;
    if (this.#changed('cameras', view.cameras)) change.cameras = view.cameras;
    if (this.#changed('preflight', view.preflight)) change.preflight = view.preflight;
    if (feed.length > 0) change.feed = feed;
    return Object.keys(change).length > 1 ? change : null;
  }

  #changed(part: string, value: unknown): boolean {
    const text = JSON.stringify(value);
    if (this.#parts.get(part) === text) return false;
    this.#parts.set(part, text);
    return true;
  }
}
