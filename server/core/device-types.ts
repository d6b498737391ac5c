// What is true of the room's devices, of their alarms, of the check of the room before the exam and of what is installed.
// Data only; SPEC.md says what it means.

import type { AlarmCode, AlarmSeverity } from './alarm-codes.js';
import type { DeviceFaultCode, DeviceKind, Readings } from './readings.js';
import type { AlarmId, DeviceId, SeatId, StaffId } from './ids.js';

/** What the configuration says of a device. */
export interface DeviceCard {
  deviceId: DeviceId;
  kind: DeviceKind;
  name: string;
  /** The adapter that speaks with it, as the configuration names it. */
  adapter: string;
  /** No machine but a simulator. */
  simulated?: true;
}

/** What staff may ask of a device. `ring` pulses a bell once. */
export type DeviceAct = 'on' | 'off' | 'ring';

/** What a person says of a device where nothing can be measured. */
export type AttestedWhat = 'jammer-effective' | 'runtime' | 'detector' | 'camera-text';

export interface Attestation {
  what: AttestedWhat;
  value: string;
  note: string;
  by: StaffId;
  at: number;
  /** The discharge that proves a runtime; absent where a person says it. [DV10] */
  tested?: TestedDischarge;
}

/** A discharge of the room's UPS with mains unplugged, as the room saw it. */
export interface TestedDischarge {
  seconds: number;
  /** Per cent. */
  chargeFrom: number;
  chargeTo: number;
}

export interface DeviceState {
  card: DeviceCard;
  /** What it last said; it stays while the device is silent, and `readAt` says how old it is. */
  readings: Readings;
  readAt: number | null;
  /** Why the last poll gave nothing; null while it answers. */
  fault: DeviceFaultCode | 'silent' | null;
  commanded: { act: DeviceAct; by: StaffId | 'room'; at: number } | null;
  /** The last word on each matter. */
  attested: Attestation[];
}

/** Stays until it is cleared and acknowledged; a device has one of each code at most. [DV4] */
export interface Alarm {
  alarmId: AlarmId;
  deviceId: DeviceId | null;
  seatId: SeatId | null;
  code: AlarmCode;
  severity: AlarmSeverity;
  raisedAt: number;
  clearedAt: number | null;
  acknowledged: { by: StaffId; at: number; note: string } | null;
}

/** A line of the check of the room that a person says is well [PF4]; `by` as the report names them, null = on the server itself. */
export interface AttestedLine {
  line: string;
  by: string | null;
  at: number;
  note?: string;
}

/** What the sysadmin ticks before the signature (REQ-D01, REQ-A08, REQ-A12). */
export const SEAL_TICKS = [
  'trial-passed',
  'no-internet',
  'antivirus-clean',
  'programs-closed',
  'power-confirmed',
  'cameras-confirmed',
  'roster-reconciled',
  'seats-apart',
  'detector-ready',
] as const;
export type SealTick = (typeof SEAL_TICKS)[number];

/** What is installed, as hashes: two that are equal are the same installation. */
export interface Fingerprint {
  package: string;
  version: string;
  config: string;
  devices: string;
  seats: string;
}

/** The last check of the room that was recorded. */
export interface PreflightState {
  reportId: string;
  /** SHA-256 of the signed report, hex. */
  hash: string;
  at: number;
  green: number;
  amber: number;
  red: number;
  unknown: number;
  /** What was installed when it was recorded; null where nobody had said. */
  fingerprint: Fingerprint | null;
  /** Absent where nobody ticked a line. [PF4] */
  attested?: AttestedLine[];
}
