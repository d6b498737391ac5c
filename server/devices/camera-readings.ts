// A camera's readings out of what its recorder says and what a look at its stream found: one dictionary, nothing invented.

import type { Readings } from '../core/readings.js';
import type { LookedAtStream, RecordedCamera } from './camera-host.js';

const GB = 1e9;

/** What is known is taken over; null is absent. */
function known(readings: Record<string, unknown>): Readings {
  return Object.fromEntries(
    Object.entries(readings).filter(([, value]) => value !== null && value !== undefined),
  ) as Readings;
}

/** What the last look found, for what the recorder does not say. */
export function lookedAtReadings(facts: LookedAtStream | null): Readings {
  if (facts === null) return {};
  return known({
    'camera.codec': facts.codec,
    'camera.width': facts.width,
    'camera.height': facts.height,
    'camera.frame-rate': facts.framesPerSecond,
    'camera.bit-rate': facts.kilobitsPerSecond,
    'camera.key-frame-interval': facts.keyFrameIntervalS,
  });
}

/** What the recorder says of now. */
export function recordedReadings({
  status,
  recorder,
  wanted,
  coveredPercent,
  gaps,
  timeLeftS,
}: RecordedCamera): Readings {
  return known({
    'camera.state': status.state,
    'camera.wanted': wanted,
    'camera.codec': status.codec,
    'camera.width': status.width,
    'camera.height': status.height,
    'camera.frame-rate': status.framesPerSecond,
    'camera.bit-rate': status.kilobitsPerSecond,
    'video.covered': coveredPercent,
    'video.gaps': gaps,
    'video.free': Math.round((recorder.freeBytes / GB) * 10) / 10,
    'video.time-left': timeLeftS,
    'video.space': recorder.space,
    'video.volume': recorder.volume,
  });
}
