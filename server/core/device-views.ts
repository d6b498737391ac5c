// What staff see of devices, alarms and the last check of the room: everybody on duty the same. No answer has a place here.

import { changedParts } from './decide-preflight.js';
import type { Alarm, DeviceState, PreflightState } from './device-types.js';
import type { AlarmSeverity } from './alarm-codes.js';
import type { State } from './types.js';

export type DeviceRowView = DeviceState['card'] &
  Omit<DeviceState, 'card'> & {
    /** The worst alarm that stands. */
    worst: AlarmSeverity | null;
  };

export type PreflightStateView = Omit<PreflightState, 'fingerprint' | 'attested'> & {
  /** Parts of the installation that were changed since. */
  changed: string[];
};

/** The strip of devices, in the order of the configuration. [VW7] */
export function deviceRows(state: State): DeviceRowView[] {
  const worst = new Map<string, AlarmSeverity>();
  for (const { deviceId, clearedAt, severity } of Object.values(state.alarms))
    if (deviceId !== null && clearedAt === null && worst.get(deviceId) !== 'red')
      worst.set(deviceId, severity);
  return Object.values(state.devices).map(({ card, ...rest }) => ({
    ...card,
    ...rest,
    worst: worst.get(card.deviceId) ?? null,
  }));
}

/** Alarms that stand or that nobody acknowledged: red ones first, then the oldest. [VW7] */
export function alarmRows(state: State): Alarm[] {
  return Object.values(state.alarms).sort(
    (a, b) => Number(b.severity === 'red') - Number(a.severity === 'red') || a.raisedAt - b.raisedAt,
  );
}

/** The last check of the room, and what was changed since. [PF1] */
export function preflightView({ preflight, installation }: State): PreflightStateView | null {
  if (preflight === null) return null;
  const { fingerprint, attested: _, ...rest } = preflight;
  const changed =
    fingerprint === null || installation === null ? [] : changedParts(fingerprint, installation);
  return { ...rest, changed };
}
