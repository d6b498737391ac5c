// What the page knows of the cameras and asks of the room about them: devices, what is recorded of each, and the way to their
// pictures.

import { useEffect, useState } from 'preact/hooks';
import type { CameraView, DeviceView, RoomView } from '../../../server/protocol/staff.js';
import { VIDEO_REVIEWERS, VIDEO_WATCHERS, type RecordedIndex } from '../../../server/protocol/video.js';
import { timelineSpan } from '../devices/timeline-rows.js';
import type { StaffLink } from '../room/staff-link.js';
import { useLink } from '../room/use-console.js';
import type { Stretch } from './time-marks.js';
import { NoPicture, VideoAccess } from './video-access.js';

/** The cameras of the room, in its order. */
export const camerasOf = ({ devices }: Pick<RoomView, 'devices'>): DeviceView[] =>
  devices.filter(({ kind }) => kind === 'camera');

/** What the room says of a camera and the session; null where it says nothing. */
export function sessionOf({ cameras }: Pick<RoomView, 'cameras'>, deviceId: string): CameraView | null {
  return cameras.find((one) => one.deviceId === deviceId) ?? null;
}

export const mayWatch = ({ you }: Pick<RoomView, 'you'>) =>
  you.roles.some((role) => VIDEO_WATCHERS.indexOf(role) >= 0);
export const mayReview = ({ you }: Pick<RoomView, 'you'>) =>
  you.roles.some((role) => VIDEO_REVIEWERS.indexOf(role) >= 0);

const accesses = new WeakMap<StaffLink, VideoAccess>();

/** The way to the pictures; one for the whole page. */
export function useVideoAccess(): VideoAccess {
  const link = useLink();
  const access = accesses.get(link) ?? new VideoAccess(link);
  accesses.set(link, access);
  return access;
}

const ASK_EVERY_MS = 10_000;
/** The room shows a day at most. */
const LONGEST_MS = 23 * 3_600_000;

/** The time that the bar spans: the session as far as it went, or the last two hours. */
export function spanOf(view: RoomView, deviceId: string, now: number): Stretch {
  const session = sessionOf(view, deviceId);
  if (session !== null && session.from !== null && session.from < now) {
    const to = Math.max(session.from + 60_000, session.to ?? now);
    return { from: Math.max(session.from, to - LONGEST_MS), to };
  }
  const { from } = timelineSpan(view.session, now);
  return { from: Math.max(from, now - LONGEST_MS), to: now };
}

export interface Asked {
  index: RecordedIndex | null;
  problem: NoPicture | null;
}

/** What is recorded of a camera, asked again while it is shown. @param to moves on with the time */
export function useRecordedIndex(deviceId: string, { from, to }: Stretch): Asked {
  const access = useVideoAccess();
  const [asked, setAsked] = useState<Asked>({ index: null, problem: null });
  const round = Math.floor(to / ASK_EVERY_MS);
  useEffect(() => {
    const control = new AbortController();
    access
      .get(`recorded/${deviceId}/index.json?from=${from}&to=${to}`, control.signal)
      .then((response) => response.json())
      .then((index: RecordedIndex) => setAsked({ index, problem: null }))
      .catch((error: unknown) => {
        if (error instanceof NoPicture) setAsked((before) => ({ index: before.index, problem: error }));
      });
    return () => control.abort();
  }, [access, deviceId, round]);
  return asked;
}
