// Events of devices, their alarms, the check of the room and what is installed.

import type { Alarm, Attestation } from './device-types.js';
import type { Handlers } from './evolve-handlers.js';
import { plainCopy } from './plain-copy.js';
import { entryOf, must, seatOf } from './state-access.js';
import type { DeviceState, State } from './types.js';

type DeviceEvents =
  | 'devices-configured'
  | 'device-read'
  | 'alarm-raised'
  | 'alarm-cleared'
  | 'alarm-acknowledged'
  | 'device-commanded'
  | 'device-acted'
  | 'device-attested'
  | 'document-read'
  | 'shutdown-announced'
  | 'internet-checked'
  | 'preflight-recorded'
  | 'rehearsal-begun'
  | 'room-rehearsed'
  | 'rehearsal-stopped'
  | 'installation-fingerprinted';

const nothing = () => undefined;
const ENOUGH_ROUNDS = 2;

export const evolveDevices: Handlers<DeviceEvents> = {
  'devices-configured': (state, { devices }) => {
    state.devices = Object.fromEntries(
      devices.map((card) => {
        const known = entryOf(state.devices, card.deviceId);
        // Another kind under the same name is another device.
        return [card.deviceId, known?.card.kind === card.kind ? { ...known, card } : freshDevice(card)];
      }),
    );
  },
  'device-read': (state, { deviceId, readings, fault, at }) => {
    const device = deviceOf(state, deviceId);
    device.fault = fault;
    if (readings === null) return;
    device.readings = readings;
    device.readAt = at;
  },
  'alarm-raised': (state, { alarmId, deviceId, seatId, code, severity, at }) => {
    if (entryOf(state.alarms, alarmId) === undefined) state.alarmsRaised += 1;
    state.alarms[alarmId] = {
      ...{ alarmId, deviceId, seatId, code, severity },
      ...{ raisedAt: at, clearedAt: null, acknowledged: null },
    };
  },
  'alarm-cleared': (state, { alarmId, at }) => {
    alarmIn(state, alarmId).clearedAt = at;
    leaveIfDone(state, alarmId);
  },
  'alarm-acknowledged': (state, { alarmId, note, by, at }) => {
    alarmIn(state, alarmId).acknowledged = { by, at, note };
    leaveIfDone(state, alarmId);
  },
  'device-commanded': (state, { deviceId, act, by, at }) => {
    deviceOf(state, deviceId).commanded = { act, by, at };
  },
  'device-acted': nothing,
  'device-attested': (state, { deviceId, what, value, note, by, at, tested }) => {
    const device = deviceOf(state, deviceId);
    // A person's word and a test stand beside each other.
    const isOther = (one: Attestation) =>
      one.what !== what || (one.tested === undefined) !== (tested === undefined);
    const others = device.attested.filter(isOther);
    device.attested = [...others, { what, value, note, by, at, ...(tested && { tested }) }];
  },
  'document-read': nothing,
  'shutdown-announced': nothing,
  'internet-checked': (state, { seatId, reached, at }) => {
    const seat = seatOf(state, seatId);
    const before = seat.internet?.cleanRounds ?? ENOUGH_ROUNDS;
    seat.internet = { reached, at, cleanRounds: reached ? 0 : Math.min(ENOUGH_ROUNDS, before + 1) };
  },
  'preflight-recorded': (state, { reportId, hash, green, amber, red, unknown, attested, at }) => {
    const { installation: fingerprint } = state;
    state.preflight = { reportId, hash, at, green, amber, red, unknown, fingerprint };
    if (attested !== undefined) state.preflight.attested = plainCopy(attested);
  },
  'room-rehearsed': (state, { type: _, ...figures }) => {
    // Whoever keeps the event keeps it unchanged.
    state.roomRehearsal = plainCopy(figures);
  },
  'rehearsal-begun': nothing,
  'rehearsal-stopped': nothing,
  'installation-fingerprinted': (state, { fingerprint }) => {
    state.installation = fingerprint;
  },
};

function freshDevice(card: DeviceState['card']): DeviceState {
  return { card, readings: {}, readAt: null, fault: null, commanded: null, attested: [] };
}

function deviceOf(state: State, deviceId: string): DeviceState {
  return must(entryOf(state.devices, deviceId), `device ${deviceId}`);
}

function alarmIn(state: State, alarmId: string): Alarm {
  return must(entryOf(state.alarms, alarmId), `alarm ${alarmId}`);
}

/** What is over and was seen leaves the state; the journal has it. [DV4] */
function leaveIfDone(state: State, alarmId: string): void {
  const { clearedAt, acknowledged } = alarmIn(state, alarmId);
  if (clearedAt !== null && acknowledged !== null) delete state.alarms[alarmId];
}
