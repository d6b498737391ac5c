// What an export of a session's recordings has to hold, as the journal tells it: its time by the cameras' clock, the cameras in
// the order of the settings, and what the files are named after. Pure; opens nothing.

import { entryOpensAt, roomStartsAt, subjectMs } from '../core/deadlines.js';
import { recordingWindow } from '../core/recording-plan.js';
import type { Session, State } from '../core/types.js';
import { emptyRecord, wallSpanOf } from '../core/video-record.js';
import type { Stretch } from '../core/video-types.js';
import { entryOf } from '../core/state-access.js';
import { isSameDay } from './export-names.js';
import type { VideoExportRequest } from './export-video.js';

export type WantedExport = Pick<VideoExportRequest, 'session' | 'from' | 'until' | 'judgedUntil' | 'cameras'>;

/** Where the room has no rule yet, so long before entry and after the end. */
const BESIDE_MS = 10 * 60_000;

/**
 * The export of a session.
 * @param listed cameras that have a list of recordings, also those that the settings no longer name
 * @param now room time, ms
 * @returns null where the journal has no such session
 */
export function wantedExport(
  state: State,
  sessionId: string,
  { listed, now, roomName }: { listed: readonly string[]; now: number; roomName: string },
): WantedExport | null {
  const session = entryOf(state.sessions, sessionId);
  if (session === undefined) return null;
  const cards = Object.values(state.devices).flatMap(({ card }) => (card.kind === 'camera' ? [card] : []));
  const named = cards.map(({ deviceId, name }) => ({ cameraId: deviceId, name }));
  const others = listed.filter((cameraId) => !named.some((camera) => camera.cameraId === cameraId));
  const cameras = [...named, ...others.map((cameraId) => ({ cameraId, name: cameraId }))];
  const { from, to } = timeOf(state, session, now);
  const whole = byCameras(state, from, Math.max(from, to));
  const judged = byCameras(state, from, Math.max(from, Math.min(session.collectedAt ?? now, to, now)));
  const startsAt = roomStartsAt(session);
  return {
    session: {
      ...{ sessionId, packageId: session.packageId, startsAt },
      siteName: state.package?.siteName ?? '',
      roomName: state.package?.roomName ?? roomName,
      isOneOfSeveral: Object.values(state.sessions).some(
        (other) => other !== session && isSameDay(roomStartsAt(other), startsAt),
      ),
    },
    ...{ from: whole.from, until: whole.to, judgedUntil: judged.to, cameras },
  };
}

function timeOf(state: State, session: Session, now: number): { from: number; to: number } {
  const window = recordingWindow(state, session);
  if (window !== null) return { from: window.from, to: window.to ?? now };
  const endsAt = session.collectedAt ?? roomStartsAt(session) + subjectMs(session);
  return { from: entryOpensAt(session) - BESIDE_MS, to: endsAt + BESIDE_MS };
}

/** Lists have the wall clock, the journal has room time; all cameras have one clock, what was heard of each differs. */
function byCameras({ video }: State, from: number, to: number): Stretch {
  const records = Object.values(video.cameras);
  const spans = (records.length === 0 ? [emptyRecord()] : records).map((one) =>
    wallSpanOf(one, { from, to }),
  );
  return {
    from: Math.min(...spans.map((span) => span.from)),
    to: Math.max(...spans.map((span) => span.to)),
  };
}
