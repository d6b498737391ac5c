// For every line about a device: what makes it well and what does not, by the same judgement that the room uses.

import { CAMERA_BANDS } from '../../../server/core/preflight-bands.js';
import type { Readings } from '../../../server/core/readings.js';
import { judgeAlarms, judgeCameras, judgeMains } from '../../../server/preflight/device-checks.js';
import type { DeviceFound } from '../../../server/preflight/device-found.js';
import { judgeDevice } from '../../../server/preflight/device-judgements.js';
import type { Judgement } from '../../../server/preflight/line.js';
import { NOW, type Cases } from './verdicts.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** One device that answers now; `more` changes it. */
export function device(
  kind: DeviceFound['card']['kind'],
  readings: Readings,
  more: Partial<DeviceFound> = {},
): DeviceFound {
  const { card: more_card = {}, ...rest } = more as Partial<DeviceFound> & { card?: object };
  return {
    card: { deviceId: kind, kind, name: kind, adapter: 'x', ...more_card },
    ...{ readings, readAt: NOW, fault: null, attested: [], lastDocumentAt: null },
    ...rest,
  };
}
const TWO_HOURS_S = 7_200;
const judged = (one: DeviceFound, practice = false, upsRuntimeS = TWO_HOURS_S) =>
  judgeDevice(one, one.card.kind, NOW, practice, upsRuntimeS);
const said = (what: 'jammer-effective' | 'runtime', value: string) => [
  { what, value, note: 'x', by: 'li', at: NOW - HOUR },
];
const simulated = { card: { simulated: true } } as unknown as Partial<DeviceFound>;

const FULL: Readings = {
  'mains.present': true,
  'battery.charge': 100,
  'battery.runtime': 7_200,
  'battery.runtime-source': 'device',
  'ups.load': 30,
};
const NO_RUNTIME: Readings = { 'mains.present': true, 'battery.charge': 100, 'ups.load': 30 };
const tested = (agoMs: number) => ({
  ...{ what: 'runtime' as const, value: '7600', note: 'x', by: 'li', at: NOW - agoMs },
  tested: { seconds: 660, chargeFrom: 100, chargeTo: 94 },
});
const notThere = (kind: DeviceFound['card']['kind']): Judgement[] => [
  judged(device(kind, {}, { fault: 'timed-out' })),
  judged(device(kind, FULL, { readAt: NOW - HOUR })),
];

/** By kind: the line of a device is `device.<its id>`. */
export const DEVICE_KIND_CASES: Record<DeviceFound['card']['kind'], Cases> = {
  ups: {
    green: () => [
      judged(device('ups', FULL)),
      judged(device('ups', { ...FULL, 'battery.runtime': 18_000 }), false, 18_000),
      judged(device('ups', NO_RUNTIME, { attested: [tested(180 * DAY)] })),
      judged(device('ups', NO_RUNTIME, { attested: [tested(DAY), ...said('runtime', '100')] })),
    ],
    amber: () => [
      judged(device('ups', { ...FULL, 'battery.runtime-source': 'estimated' })),
      judged(device('ups', { ...FULL, 'battery.runtime': 5_000 })),
      // Five hours are asked for, and three are there.
      judged(device('ups', { ...FULL, 'battery.runtime': 10_800 }), false, 18_000),
      judged(device('ups', NO_RUNTIME, { attested: said('runtime', '9000') })),
      judged(device('ups', FULL, simulated), true),
      // A battery ages.
      judged(device('ups', FULL, { attested: [tested(181 * DAY)] })),
    ],
    red: () => [
      ...notThere('ups'),
      // A simulator is none of the room's devices.
      judged(device('ups', FULL, simulated)),
      judged(device('ups', { ...FULL, 'mains.present': false })),
      judged(device('ups', { ...FULL, 'battery.runtime': 1_000 })),
      judged(device('ups', { ...FULL, 'battery.replace': true })),
      // A simulator that is not well is not well.
      judged(device('ups', { ...FULL, 'ups.bypass': true }, simulated), true),
    ],
    unknown: () => [
      judgeDevice(undefined, 'ups', NOW, false, TWO_HOURS_S),
      judged(device('ups', {}, { readAt: null })),
    ],
  },
  jammer: {
    green: () => judged(device('jammer', { 'jammer.observed': 'effective' })),
    amber: () => [
      judged(device('jammer', { 'jammer.reported': true })),
      judged(device('jammer', { 'supply.in-range': true })),
      judged(device('jammer', {}, { attested: said('jammer-effective', 'effective') })),
    ],
    red: () => [
      ...notThere('jammer'),
      judged(device('jammer', { 'jammer.observed': 'ineffective', 'jammer.reported': true })),
      judged(device('jammer', { 'jammer.reported': false })),
      judged(
        device('jammer', { 'jammer.reported': true }, { attested: said('jammer-effective', 'ineffective') }),
      ),
    ],
    // What was commanded proves nothing.
    unknown: () =>
      judged(device('jammer', { 'jammer.commanded': true, 'jammer.observed': 'not-measurable' })),
  },
  'id-reader': {
    green: () => judged(device('id-reader', { 'reader.ready': true }, { lastDocumentAt: NOW - HOUR })),
    amber: () => [
      judged(device('id-reader', { 'reader.ready': true })),
      judged(device('id-reader', { 'reader.ready': true }, { lastDocumentAt: NOW - HOUR - 1 })),
    ],
    red: () => [...notThere('id-reader'), judged(device('id-reader', { 'reader.ready': false }))],
  },
  contact: {
    green: () => judged(device('contact', { 'contact.mains': true, 'contact.door-open': false })),
    amber: () => judged(device('contact', { 'contact.door-open': true })),
    red: () => [...notThere('contact'), judged(device('contact', { 'contact.help': true }))],
  },
  meter: {
    green: () => judged(device('meter', { 'supply.current': 1, 'supply.in-range': true })),
    amber: () => judged(device('meter', { 'supply.current': 1 })),
    red: () => [...notThere('meter'), judged(device('meter', { 'supply.in-range': false }))],
  },
  network: {
    // Nobody is there who could answer.
    unknown: () => [judged(device('network', { 'network.reachable': 0 })), judged(device('network', {}))],
    green: () => judged(device('network', { 'network.reachable': 40, 'network.round-trip': 1 })),
    amber: () => judged(device('network', { 'network.round-trip': 201 })),
    red: () => [
      ...notThere('network'),
      judged(device('network', { 'network.unreachable': ['07'] })),
      judged(device('network', { 'network.duplicates': ['10.0.0.7'] })),
    ],
  },
  camera: {
    green: () => [
      judged(device('camera', { 'camera.state': 'recording' })),
      judged(device('camera', { 'camera.state': 'off', 'camera.tampered': false })),
    ],
    amber: () => [
      judged(device('camera', { 'camera.tampered': true })),
      judged(device('camera', {}, { card: { adapter: 'camcorder' } } as unknown as Partial<DeviceFound>)),
    ],
    red: () => [
      ...notThere('camera'),
      judged(device('camera', { 'camera.state': 'failed', 'camera.wanted': true })),
      judged(device('camera', { 'camera.state': 'refused', 'camera.wanted': true })),
      judged(device('camera', { 'camera.state': 'off', 'camera.no-signal': true })),
    ],
  },
};

const camerasOf = (recorded: number, camcorders: number, count = CAMERA_BANDS.count) =>
  judgeCameras({ cameras: { recorded, camcorders } }, { count });
const mains = (ups: boolean | null, contact: boolean | null) =>
  judgeMains({
    devices: [
      ...(ups === null ? [] : [device('ups', { 'mains.present': ups })]),
      ...(contact === null ? [] : [device('contact', { 'contact.mains': contact })]),
    ],
  });
const alarm = (code: 'on-battery' | 'door-open') => ({ code, of: { device: 'x' } });

export const DEVICES: Record<string, Cases> = {
  'devices.mains': {
    green: () => mains(true, true),
    amber: () => mains(true, null),
    red: () => [mains(true, false), mains(false, true), mains(false, false)],
    unknown: () => [mains(null, null), mains(null, true)],
  },
  'devices.cameras': {
    green: () => [camerasOf(2, 0), camerasOf(8, 1), camerasOf(1, 0, 1)],
    // One sees a small room; camcorders record what nobody watches.
    amber: () => [camerasOf(1, 0), camerasOf(1, 1), camerasOf(0, 1), camerasOf(0, 2), camerasOf(3, 0, 4)],
    red: () => camerasOf(0, 0),
  },
  'devices.alarms': {
    green: () => judgeAlarms({ alarms: [] }),
    amber: () => judgeAlarms({ alarms: [alarm('door-open')] }),
    red: () => judgeAlarms({ alarms: [alarm('door-open'), alarm('on-battery')] }),
  },
};
