// The names of everything that a device or a seat can be in alarm for, and how much it matters. Data only: when an alarm is
// raised and cleared is alarm-rules.ts.

export type AlarmSeverity = 'amber' | 'red';

/** Red = somebody has to go there now; amber = somebody has to look before it gets worse. */
export const ALARMS = {
  silent: 'amber',
  'on-battery': 'red',
  'battery-low': 'red',
  'runtime-short': 'amber',
  'battery-charge-low': 'amber',
  'battery-replace': 'amber',
  'ups-overload': 'red',
  'ups-bypass': 'amber',
  'ups-off': 'red',
  'forced-shutdown': 'red',
  'ups-alarm': 'amber',
  'mains-disagree': 'amber',
  'jammer-off': 'red',
  'jammer-ineffective': 'red',
  'jammer-hot': 'amber',
  'supply-off-range': 'amber',
  'door-open': 'amber',
  'help-asked': 'red',
  'reader-not-ready': 'amber',
  'pcs-unreachable': 'amber',
  'slow-network': 'amber',
  'duplicate-address': 'red',
  'seat-reaches-internet': 'red',
  'camera-lost': 'red',
  'camera-no-signal': 'red',
  'camera-tampered': 'red',
  'camera-clock-off': 'amber',
  'video-gap': 'amber',
  /** What the recorder lists does not follow what it listed before. */
  'video-chain': 'red',
  'video-space-low': 'amber',
  'video-space-out': 'red',
  'video-volume': 'red',
} as const satisfies Record<string, AlarmSeverity>;

export type AlarmCode = keyof typeof ALARMS;
export const ALARM_CODES = Object.keys(ALARMS) as readonly AlarmCode[];
