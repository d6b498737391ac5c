// What a device can be asked for, by its kind: the rules refuse the rest, and the pages offer no more. Data only.

import type { DeviceAct } from './device-types.js';
import type { DeviceKind } from './readings.js';

/** By kind of device. [DV6] */
export const DEVICE_ACTS: Record<DeviceKind, readonly DeviceAct[]> = {
  ups: [],
  jammer: ['on', 'off'],
  'id-reader': [],
  contact: ['on', 'off', 'ring'],
  meter: [],
  network: [],
  camera: ['on', 'off'],
};
