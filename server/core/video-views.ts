// What staff see of the recordings: each camera, how much of the session it has, and where it has nothing.

import {
  openWindows,
  recordingWindow,
  recordingWindows,
  recordsNow,
  type RecordingWindow,
} from './recording-plan.js';
import { entryOf } from './state-access.js';
import type { Session, State } from './types.js';
import { coverageOf, recordOf, type Coverage } from './video-record.js';
import type { ExportRecord } from './video-export-types.js';
import type { CameraId, NamedGap } from './video-types.js';

export interface CameraRowView {
  deviceId: CameraId;
  /** It records now, or should. */
  wanted: boolean;
  /** The session of which the rest speaks; null where none has begun to be recorded. */
  sessionId: string | null;
  /** The time that is judged; `to` null while it goes on. */
  from: number | null;
  to: number | null;
  /** Of the time so far, a tenth exact; null where none has passed. */
  coveredPercent: number | null;
  /** Since when it has nothing, where that goes on. */
  missingSince: number | null;
  /** The newest in the time that is judged. */
  gaps: NamedGap[];
  gapCount: number;
  segments: number;
  damaged: number;
  bytes: number;
  lastEndAt: number | null;
  /** The list of recordings began anew so often. */
  breaks: number;
  /** Wall clock minus room time: names of files have the wall clock. */
  wallAheadMs: number;
}

/** A segment is listed when it is whole, and a little later. */
const LISTED_AFTER_MS = 30_000;
const GAPS_SHOWN = 100;

/** The cameras in the order of the configuration. @param now room time [VI9] */
export function cameraRows(state: State, now: number): CameraRowView[] {
  const window = windowOnStage(state, now);
  const until = window === null ? 0 : Math.min(window.to ?? now, now - LISTED_AFTER_MS);
  return Object.values(state.devices)
    .filter(({ card }) => card.kind === 'camera')
    .map(({ card: { deviceId } }) => {
      const record = recordOf(state, deviceId);
      const { segments, damaged, bytes, gapCount, lastEndAt, breaks, wallAheadMs } = record;
      const coverage = coverageOf(record, window?.from ?? 0, until);
      const last = coverage.missing.at(-1);
      return {
        ...{
          deviceId,
          wanted: recordsNow(state, deviceId, now),
          sessionId: window?.session.plan.sessionId ?? null,
        },
        ...{ from: window?.from ?? null, to: window?.to ?? null, coveredPercent: percentOf(coverage) },
        missingSince: last?.to === until ? last.from : null,
        gaps: coverage.gaps.slice(-GAPS_SHOWN),
        ...{ gapCount, segments, damaged, bytes, lastEndAt, breaks, wallAheadMs },
      };
    });
}

/** Rounded down: what is not all is not 100. */
function percentOf({ coveredMs, plannedMs, missing }: Coverage): number | null {
  if (plannedMs === 0) return null;
  return missing.length === 0 ? 100 : Math.min(99.9, Math.floor((coveredMs / plannedMs) * 1_000) / 10);
}

/** The window that is open, the session's that holds the room before others; else the last that was. */
function windowOnStage(state: State, now: number): RecordingWindow | null {
  const open = openWindows(state, now);
  const held = open.find(({ session }) => session.plan.sessionId === state.currentSession);
  const begun = recordingWindows(state).filter(({ from }) => from <= now);
  return held ?? latest(open) ?? latest(begun);
}

function latest(windows: readonly RecordingWindow[]): RecordingWindow | null {
  return [...windows].sort((a, b) => a.from - b.from).at(-1) ?? null;
}

export interface SessionCoverage extends Coverage {
  cameraId: CameraId;
  name: string;
}

/**
 * How much of a session each camera has, from before the entry until it was collected: what a bundle says. Empty where the room
 * had no rule. [VI7]
 */
export function sessionCoverage(state: State, session: Session): SessionCoverage[] {
  const window = recordingWindow(state, session);
  if (window === null) return [];
  const to = session.collectedAt ?? state.lastAt;
  const named = Object.values(state.devices).filter(({ card }) => card.kind === 'camera');
  const ids = new Set([...named.map(({ card }) => card.deviceId), ...Object.keys(state.video.cameras)]);
  return [...ids].map((cameraId) => ({
    ...{ cameraId, name: entryOf(state.devices, cameraId)?.card.name ?? cameraId },
    ...coverageOf(recordOf(state, cameraId), window.from, to),
  }));
}

/** How a session's recordings were handed over, oldest first. [VX5] */
export function sessionExports({ video }: Pick<State, 'video'>, sessionId: string): ExportRecord[] {
  return (video.exports ?? []).filter(({ exported }) => exported === sessionId);
}
