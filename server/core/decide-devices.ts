// Devices, their alarms, and what people do about them. What a reading means was decided by the watch (device-watch.ts) before it
// came here; no device is spoken to here: whoever carries an act out waits until it is durable.

import { ALARMS, type AlarmCode } from './alarm-codes.js';
import { happened, isBlank, refuse, signerOf, type Deciders } from './decision.js';
import { breakSeals } from './decide-seal.js';
import { DEVICE_ACTS } from './device-acts.js';
import type { Alarm, AttestedWhat, DeviceCard } from './device-types.js';
import type { AlarmName, EventBody } from './events.js';
import type { DeviceId } from './ids.js';
import { rolesOf } from './permissions.js';
import type { DeviceKind } from './readings.js';
import { isRecordingNeeded } from './recording-plan.js';
import { currentSession, entryOf } from './state-access.js';
import type { Actor, State } from './types.js';

type DeviceDecisions =
  | 'configure-devices'
  | 'report-device'
  | 'note-act'
  | 'note-document-read'
  | 'acknowledge-alarm'
  | 'command-device'
  | 'attest-device'
  | 'record-discharge'
  | 'report-mains';

/** What a person may say in place of a measurement, and of which kinds; null = of any. [DV8] */
const ATTESTABLE: Record<AttestedWhat, { kind: DeviceKind | null; value: RegExp }> = {
  'jammer-effective': { kind: 'jammer', value: /^(in)?effective$/ },
  runtime: { kind: 'ups', value: /^[1-9][0-9]{0,5}$/ },
  detector: { kind: null, value: /\S/ },
  'camera-text': { kind: 'camera', value: /^(right|wrong)$/ },
};

/** The power will not last. [DV5] */
const LAST_OF_POWER: readonly AlarmCode[] = ['battery-low', 'forced-shutdown'];

export const deviceDecisions: Deciders<DeviceDecisions> = {
  'configure-devices': (state, { devices }) => {
    if (isSameList(state, devices)) return happened();
    const gone = Object.values(state.alarms).filter(
      ({ deviceId, clearedAt }) =>
        clearedAt === null && deviceId !== null && !devices.some((card) => card.deviceId === deviceId),
    );
    return happened(...breakSeals(state, 'devices-configured'), ...gone.map(clearing), {
      type: 'devices-configured',
      devices,
    });
  },
  'report-device': (state, { deviceId, readings, fault, changes }) => {
    if (entryOf(state.devices, deviceId) === undefined) return refuse('unknown-device');
    const events: EventBody[] = [{ type: 'device-read', deviceId, readings, fault }];
    const { raise, clear } = changes;
    for (const code of new Set(clear)) {
      const alarm = alarmOf(state, { deviceId, code });
      if (alarm?.clearedAt === null) events.push(clearing(alarm));
    }
    const raised = [...new Set(raise)].filter(
      (code) => alarmOf(state, { deviceId, code })?.clearedAt !== null,
    );
    raised.forEach((code, ahead) => events.push(raising(state, { deviceId, seatId: null, code }, ahead)));
    const last = raised.find((code) => LAST_OF_POWER.includes(code));
    if (last !== undefined && !state.mains.present) events.push(...lastOfPower(state, last));
    return happened(...events);
  },
  'report-mains': (state, { present }) => {
    if (state.mains.present === present) return refuse('nothing-to-do');
    if (present) return happened({ type: 'mains-restored' });
    const low = Object.values(state.alarms).find(
      ({ code, clearedAt }) => clearedAt === null && LAST_OF_POWER.includes(code),
    );
    return happened({ type: 'mains-lost' }, ...(low === undefined ? [] : lastOfPower(state, low.code)));
  },
  'note-act': (state, { deviceId, act, fault }) =>
    entryOf(state.devices, deviceId) === undefined
      ? refuse('unknown-device')
      : happened({ type: 'device-acted', deviceId, act, fault }),
  'note-document-read': (_state, { sessionId, deviceId, candidateId, outcome, differing, readBy }) => {
    const read = { deviceId, outcome, differing, ...(readBy === undefined ? {} : { readBy }) };
    return happened(
      sessionId === null
        ? { type: 'document-read', ...read, candidateId: null }
        : { type: 'document-read', ...read, sessionId, candidateId },
    );
  },
  'acknowledge-alarm': (state, { by, alarmId, note }) => {
    const alarm = entryOf(state.alarms, alarmId);
    if (alarm === undefined) return refuse('unknown-alarm');
    if (alarm.acknowledged !== null) return refuse('nothing-to-do');
    if (isBlank(note)) return refuse('needs-reason');
    return happened({ type: 'alarm-acknowledged', ...nameOf(alarm), note, by: signerOf(by) });
  },
  'command-device': (state, { by, deviceId, act, reason }, now) => {
    const device = entryOf(state.devices, deviceId);
    if (device === undefined) return refuse('unknown-device');
    const { kind, name } = device.card;
    if (!DEVICE_ACTS[kind].includes(act)) return refuse('device-cannot', { device: name });
    if (isBlank(reason)) return refuse('needs-reason');
    if (kind === 'jammer' && act === 'on' && !mayJam(state, by)) return refuse('jammer-not-armed');
    if (kind === 'camera' && act === 'off' && isRecordingNeeded(state, now))
      return refuse('recording-needed');
    const who = by.kind === 'room' ? 'room' : signerOf(by);
    return happened({ type: 'device-commanded', deviceId, act, by: who, reason });
  },
  'record-discharge': (state, { by, deviceId, note, result }) => {
    const device = entryOf(state.devices, deviceId);
    if (device === undefined) return refuse('unknown-device');
    if (device.card.kind !== 'ups') return refuse('device-cannot', { device: device.card.name });
    if (isBlank(note)) return refuse('needs-reason');
    if (result === null || 'refused' in result)
      return refuse('discharge-unproven', { why: result?.refused ?? 'none' });
    const { runtimeS, ...tested } = result;
    return happened({
      ...{ type: 'device-attested', deviceId, what: 'runtime', value: String(runtimeS) },
      ...{ note, by: signerOf(by), tested },
    });
  },
  'attest-device': (state, { by, deviceId, what, value, note }) => {
    const device = entryOf(state.devices, deviceId);
    if (device === undefined) return refuse('unknown-device');
    const { kind, value: shape } = ATTESTABLE[what];
    if (kind !== null && kind !== device.card.kind)
      return refuse('device-cannot', { device: device.card.name });
    if (!shape.test(value)) return refuse('bad-amount');
    if (isBlank(note)) return refuse('needs-reason');
    return happened({ type: 'device-attested', deviceId, what, value, note, by: signerOf(by) });
  },
};

/** The alarm of this code that stands or waits for somebody, or undefined. [DV4] */
export function alarmOf(
  state: State,
  {
    deviceId = null,
    seatId = null,
    code,
  }: { deviceId?: DeviceId | null; seatId?: string | null; code: AlarmCode },
): Alarm | undefined {
  return Object.values(state.alarms).find(
    (alarm) => alarm.code === code && alarm.deviceId === deviceId && alarm.seatId === seatId,
  );
}

/** @param ahead how many new alarms the same decision raises before this one */
export function raising(
  state: State,
  whose: { deviceId: DeviceId | null; seatId: string | null; code: AlarmCode },
  ahead = 0,
): EventBody {
  const { deviceId, seatId, code } = whose;
  const alarmId = alarmOf(state, whose)?.alarmId ?? `al${state.alarmsRaised + ahead + 1}`;
  return { type: 'alarm-raised', alarmId, deviceId, seatId, code, severity: ALARMS[code] };
}

export function clearing(alarm: Alarm): EventBody {
  return { type: 'alarm-cleared', ...nameOf(alarm) };
}

function nameOf({ alarmId, deviceId, seatId, code }: Alarm): AlarmName {
  return { alarmId, deviceId, seatId, code };
}

/** The journaled loss of mains is the ground on which the clock stops (rule 8); a clock in doubt is not touched. [DV5][CK5] */
function lastOfPower(state: State, reason: AlarmCode): EventBody[] {
  const session = currentSession(state);
  const announced: EventBody = { type: 'shutdown-announced', reason };
  if (session?.phase !== 'running' || !state.clock.trusted) return [announced];
  const { sessionId } = session.plan;
  return [
    { type: 'session-paused', sessionId, cause: 'power', reason: 'UPS 电量将尽 / UPS battery nearly empty' },
    announced,
  ];
}

/** A jammer disturbs the neighbourhood: it goes on while a session is entered, or for a test by the sysadmin. [DV7] */
function mayJam(state: State, by: Actor): boolean {
  if (state.currentSession !== null) return true;
  return by.kind === 'staff' && rolesOf(state, by.staffId, null).includes('sysadmin');
}

function isSameList({ devices }: State, cards: readonly DeviceCard[]): boolean {
  if (Object.keys(devices).length !== cards.length) return false;
  return cards.every((card) => {
    const known = entryOf(devices, card.deviceId)?.card;
    return known !== undefined && FIELDS.every((field) => known[field] === card[field]);
  });
}

const FIELDS = ['kind', 'name', 'adapter', 'simulated'] as const satisfies (keyof DeviceCard)[];
