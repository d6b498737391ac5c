// When a device is in alarm: for each code what raises it, what clears it, and how long each has to hold. Every figure of the
// alarms is here and nowhere else. Data and small questions; device-watch.ts keeps the time.

import type { AlarmCode } from './alarm-codes.js';
import type { DeviceKind, ReadingName, Readings } from './readings.js';

/** What the readings say: in alarm, well, in between, or nothing (the reading is absent). */
export type Judgement = 'bad' | 'good' | 'between' | 'unknown';

export interface AlarmRule {
  code: AlarmCode;
  kinds: readonly DeviceKind[];
  judge: (readings: Readings) => Judgement;
  /** How long it has to be bad before it is an alarm, and good before it is none. */
  raiseAfterMs: number;
  clearAfterMs: number;
}

/** Of a device that answers. Silence is no reading and is not in this table. */
export const ALARM_RULES: readonly AlarmRule[] = [
  rule('on-battery', ['ups'], isFlag('mains.present', false), 3_000, 5_000),
  // Nobody waits where every second counts.
  rule('battery-low', ['ups'], isFlag('battery.low', true), 0, 5_000),
  rule('forced-shutdown', ['ups'], isFlag('ups.forced-shutdown', true), 0, 10_000),
  rule('runtime-short', ['ups'], isBelow('battery.runtime', 1_800, 2_100), 5_000, 30_000),
  rule('battery-charge-low', ['ups'], isBelow('battery.charge', 50, 60), 10_000, 60_000),
  rule('battery-replace', ['ups'], isFlag('battery.replace', true), 10_000, 60_000),
  rule('ups-overload', ['ups'], isFlag('ups.overload', true), 3_000, 10_000),
  rule('ups-bypass', ['ups'], isFlag('ups.bypass', true), 3_000, 10_000),
  rule('ups-off', ['ups'], isFlag('ups.off', true), 3_000, 10_000),
  // A UPS without an alarm leaves the word out.
  rule('ups-alarm', ['ups'], (readings) => (readings['ups.alarm'] ? 'bad' : 'good'), 3_000, 10_000),
  // Both words in one report: whoever asks the devices puts the contact's beside the UPS's own.
  rule('mains-disagree', ['ups'], mainsDisagree, 5_000, 5_000),
  rule('jammer-off', ['jammer'], jammerOff, 10_000, 10_000),
  rule('jammer-ineffective', ['jammer'], jammerIneffective, 30_000, 60_000),
  rule('jammer-hot', ['jammer'], isAbove('temperature', 65, 60), 10_000, 60_000),
  rule('supply-off-range', ['jammer', 'meter'], isFlag('supply.in-range', false), 10_000, 30_000),
  // People come and go.
  rule('door-open', ['contact'], isFlag('contact.door-open', true), 60_000, 5_000),
  rule('help-asked', ['contact'], isFlag('contact.help', true), 0, 5_000),
  rule('reader-not-ready', ['id-reader'], isFlag('reader.ready', false), 10_000, 10_000),
  rule('pcs-unreachable', ['network'], isListed('network.unreachable'), 30_000, 30_000),
  rule('slow-network', ['network'], isAbove('network.round-trip', 200, 100), 30_000, 60_000),
  rule('duplicate-address', ['network'], isListed('network.duplicates'), 10_000, 60_000),
  rule('camera-lost', ['camera'], cameraLost, 10_000, 5_000),
  rule('camera-no-signal', ['camera'], isFlag('camera.no-signal', true), 3_000, 10_000),
  // Somebody walks past; who covers a lens stays.
  rule('camera-tampered', ['camera'], isFlag('camera.tampered', true), 5_000, 30_000),
  rule('camera-clock-off', ['camera'], isFarFromZero('camera.clock-offset', 2_000, 1_000), 10_000, 30_000),
  rule('video-space-low', ['camera'], spaceFor('enough'), 10_000, 60_000),
  // The disk filled within seconds: nobody waits, and a recording that stopped is worth nothing.
  rule('video-space-out', ['camera'], spaceFor('enough', 'low'), 0, 30_000),
  rule('video-volume', ['camera'], volumeIsOther, 5_000, 10_000),
];

/** Silence: so many failed polls one after the other, or so long without an answer; over when it has answered for so long. */
export const SILENCE = { failedPolls: 3, silentMs: 15_000, clearAfterMs: 5_000 } as const;

function rule(
  code: AlarmCode,
  kinds: readonly DeviceKind[],
  judge: AlarmRule['judge'],
  raiseAfterMs: number,
  clearAfterMs: number,
): AlarmRule {
  return { code, kinds, judge, raiseAfterMs, clearAfterMs };
}

type NameOf<T> = { [K in ReadingName]: NonNullable<Readings[K]> extends T ? K : never }[ReadingName];

function isFlag(name: NameOf<boolean>, bad: boolean): AlarmRule['judge'] {
  return (readings) => {
    const value = readings[name];
    if (value === undefined) return 'unknown';
    return value === bad ? 'bad' : 'good';
  };
}

/** @param raise below this it is bad; @param clear above this it is good */
function isBelow(name: NameOf<number>, raise: number, clear: number): AlarmRule['judge'] {
  return (readings) => {
    const value = readings[name];
    if (value === undefined) return 'unknown';
    if (value < raise) return 'bad';
    return value > clear ? 'good' : 'between';
  };
}

/** @param raise above this it is bad; @param clear below this it is good */
function isAbove(name: NameOf<number>, raise: number, clear: number): AlarmRule['judge'] {
  return (readings) => {
    const value = readings[name];
    if (value === undefined) return 'unknown';
    if (value > raise) return 'bad';
    return value < clear ? 'good' : 'between';
  };
}

function isListed(name: NameOf<string[]>): AlarmRule['judge'] {
  return (readings) => {
    const value = readings[name];
    if (value === undefined) return 'unknown';
    return value.length > 0 ? 'bad' : 'good';
  };
}

function mainsDisagree(readings: Readings): Judgement {
  const { 'mains.present': ups, 'contact.mains': contact } = readings;
  if (ups === undefined || contact === undefined) return 'unknown';
  return ups === contact ? 'good' : 'bad';
}

/** A jammer that nobody switched on may be off. */
function jammerOff(readings: Readings): Judgement {
  const { 'jammer.commanded': commanded, 'jammer.reported': reported } = readings;
  if (commanded === false || reported === true) return 'good';
  return commanded === true && reported === false ? 'bad' : 'unknown';
}

function jammerIneffective(readings: Readings): Judgement {
  const { 'jammer.commanded': commanded, 'jammer.observed': observed } = readings;
  if (commanded === false || observed === 'effective') return 'good';
  return observed === 'ineffective' ? 'bad' : 'unknown';
}

/** A camera that need not record may be off. */
function cameraLost(readings: Readings): Judgement {
  const { 'camera.wanted': wanted, 'camera.state': state } = readings;
  if (wanted === false || state === 'recording') return 'good';
  return wanted === true && state !== undefined ? 'bad' : 'unknown';
}

/** @param raise farther than this, either way, it is bad; @param clear nearer than this it is good */
function isFarFromZero(name: NameOf<number>, raise: number, clear: number): AlarmRule['judge'] {
  return (readings) => {
    const value = readings[name];
    if (value === undefined) return 'unknown';
    const distance = Math.abs(value);
    if (distance > raise) return 'bad';
    return distance < clear ? 'good' : 'between';
  };
}

/** @param good the words with which there is no such alarm */
function spaceFor(...good: readonly string[]): AlarmRule['judge'] {
  return (readings) => {
    const space = readings['video.space'];
    if (space === undefined) return 'unknown';
    return good.includes(space) ? 'good' : 'bad';
  };
}

function volumeIsOther(readings: Readings): Judgement {
  const volume = readings['video.volume'];
  if (volume === undefined) return 'unknown';
  return volume === 'intended' ? 'good' : 'bad';
}
