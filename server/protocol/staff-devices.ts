// What staff pages are shown of devices, alarms, recordings and the last check of the room. Data only; staff.ts says when.

import type { AlarmCode, AlarmSeverity } from '../core/alarm-codes.js';
import type { DeviceFaultCode, DeviceKind, Readings } from '../core/readings.js';
import type { AttestedWhat, DeviceAct } from '../core/types.js';
import type { GapCause } from '../core/video-types.js';

/** A device on the strip; how old its word is, the page reckons from `readAt`. */
export interface DeviceView {
  deviceId: string;
  kind: DeviceKind;
  name: string;
  adapter: string;
  simulated?: true;
  /** The last that it said, kept while it is silent. */
  readings: Readings;
  readAt: number | null;
  fault: DeviceFaultCode | 'silent' | null;
  commanded: { act: DeviceAct; by: string; at: number } | null;
  attested: {
    what: AttestedWhat;
    value: string;
    note: string;
    by: string;
    at: number;
    /** The discharge that proves a runtime: seconds, and per cent of charge. */
    tested?: { seconds: number; chargeFrom: number; chargeTo: number };
  }[];
  /** The worst alarm that stands. */
  worst: AlarmSeverity | null;
}

/** A number of a device at a moment of room time. */
export interface TrendPoint {
  at: number;
  value: number;
}

/** What a device said just now; the journal has a row a minute, so the picture alone would be old. */
export interface LiveDevice {
  deviceId: string;
  /** Null where the last poll gave none. */
  readings: Readings | null;
  fault: DeviceFaultCode | null;
  /** When it was asked, room time. */
  at: number;
  /** The last two hours of the number that matters most of its kind; null where it has none. */
  trend: { reading: string; points: TrendPoint[] } | null;
}

/** What happened to a device or for an alarm: the timeline of the exam is drawn of these. */
export interface DeviceMark {
  seq: number;
  at: number;
  type:
    | 'alarm-raised'
    | 'alarm-cleared'
    | 'alarm-acknowledged'
    | 'device-commanded'
    | 'device-acted'
    | 'device-attested'
    | 'mains-lost'
    | 'mains-restored';
  deviceId: string | null;
  seatId: string | null;
  /** Code, severity, act, fault, what, value, note, reason, by; as the event has them. */
  params: Record<string, string>;
}

/** An alarm that stands, or that nobody has acknowledged. */
export interface AlarmView {
  alarmId: string;
  deviceId: string | null;
  seatId: string | null;
  code: AlarmCode;
  severity: AlarmSeverity;
  raisedAt: number;
  clearedAt: number | null;
  acknowledged: { by: string; at: number; note: string } | null;
}

/** What a camera has of the session that is or was recorded last. Instants are room time. */
export interface CameraView {
  deviceId: string;
  /** It records now, or should. */
  wanted: boolean;
  /** Of which session the rest speaks; null where none has begun to be recorded. */
  sessionId: string | null;
  from: number | null;
  /** Null while it goes on. */
  to: number | null;
  /** Of the time so far, less what is still on its way (30 s); null where none has passed. */
  coveredPercent: number | null;
  /** Since when it has nothing, where that goes on. */
  missingSince: number | null;
  /** The newest hundred in this time. */
  gaps: { from: number; to: number; cause: GapCause }[];
  /** Of all times: gaps, segments, segments that cannot be played whole, bytes. */
  gapCount: number;
  segments: number;
  damaged: number;
  bytes: number;
  lastEndAt: number | null;
  /** The list of recordings began anew so often, for instance on another disk. */
  breaks: number;
  /** Wall clock minus room time: files are named by the wall clock. */
  wallAheadMs: number;
}

/** The last check of the room. */
export interface PreflightView {
  reportId: string;
  hash: string;
  at: number;
  green: number;
  amber: number;
  red: number;
  unknown: number;
  /** What has been changed since: parts of the installation. */
  changed: string[];
}
